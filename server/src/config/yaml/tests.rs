use super::*;
use proptest::prelude::*;
use venti_model::dashboard::Dashboard;

/// `line:column: message` of the fault in a dashboard.
fn fault(text: &str) -> String {
    let source = Source {
        file: "d.yml",
        text,
    };
    let fault = source.read::<Dashboard>().unwrap_err();
    fault.to_string()
}

#[test]
fn points_at_the_fault() {
    insta::assert_snapshot!(fault("title: x\nrowz: []\n"), @"");
    insta::assert_snapshot!(fault("title: x\nrows:\n- panels:\n  - tpye: stat\n"), @"");
    insta::assert_snapshot!(fault("title: x\nrows:\n- panels:\n  - type: stats\n"), @"");
    insta::assert_snapshot!(fault("title: x\ntitle: y\n"), @"");
    insta::assert_snapshot!(fault("rows: []\n"), @"");
    insta::assert_snapshot!(fault("title: x\nrows: 7\n"), @"");
    insta::assert_snapshot!(fault("title: x\nrows:\n- panels: {}\n"), @"");
    insta::assert_snapshot!(fault("title: [x\n"), @"");
    insta::assert_snapshot!(fault("title: x\n\tbad: 1\n"), @"");
    insta::assert_snapshot!(fault("title: 'x\n"), @"");
    insta::assert_snapshot!(fault(""), @"");
    insta::assert_snapshot!(fault("title: x\nrows:\n- panels:\n  - chartOptions:\n      yMax: high\n"), @"");
}

#[test]
fn a_second_document_is_ignored_and_reported() {
    let text = "title: x\n---\ntitle: y\n";
    let (dashboard, ignored) = Source {
        file: "d.yml",
        text,
    }
    .read_first::<Dashboard>()
    .unwrap();
    assert_eq!(dashboard.title, "x");
    insta::assert_snapshot!(ignored.unwrap(), @"");
}

proptest! {
    #[test]
    fn never_panics(text in "[a-z:\\-{}\\[\\]'\"|>&*#\n ]{0,60}") {
        let _ = Source { file: "d.yml", text: &text }.read_first::<Dashboard>();
    }
}
