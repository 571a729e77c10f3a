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
    insta::assert_snapshot!(fault("title: x\nrowz: []\n"), @"d.yml:2:1: unknown key `rowz`, did you mean `rows`? Known here: `title`, `rows`");
    insta::assert_snapshot!(fault("title: x\nrows:\n- panels:\n  - tpye: stat\n"), @"d.yml:4:5: unknown key `tpye`, did you mean `type`? Known here: `title`, `type`, `description`, `headers`, `chartOptions`, `unit`, `decimals`, `min`, `max`, `thresholds`, `span`, `targets`");
    insta::assert_snapshot!(fault("title: x\nrows:\n- panels:\n  - type: stats\n"), @"d.yml:4:11: unknown panel type `stats`, expected one of `time_series`, `stat`, `piechart`, `table`, `multitable`, `logs`");
    insta::assert_snapshot!(fault("title: x\ntitle: y\n"), @"d.yml:2:1: duplicate key `title`");
    insta::assert_snapshot!(fault("rows: []\n"), @"d.yml:1:1: missing key `title`");
    insta::assert_snapshot!(fault("title: x\nrows: 7\n"), @"d.yml:2:7: expected a list");
    insta::assert_snapshot!(fault("title: x\nrows:\n- panels: {}\n"), @"d.yml:3:11: expected a list");
    insta::assert_snapshot!(fault("title: [x\n"), @"d.yml:1:8: expected a text");
    insta::assert_snapshot!(fault("title: x\n\tbad: 1\n"), @"d.yml:1:8: while scanning a plain scalar, found a tab");
    insta::assert_snapshot!(fault("title: 'x\n"), @"d.yml:2:1: invalid indentation in multiline quoted scalar");
    insta::assert_snapshot!(fault(""), @"d.yml:1:1: the file is empty");
    insta::assert_snapshot!(fault("title: x\nrows:\n- panels:\n  - unit: bites\n"), @"d.yml:4:11: unknown unit `bites`: did you mean `bytes`? `suffix:bites` prints the text as it is");
    insta::assert_snapshot!(fault("title: x\nrows:\n- panels:\n  - chartOptions:\n      yMax: high\n"), @"d.yml:5:13: expected a number");
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
    insta::assert_snapshot!(ignored.unwrap(), @"d.yml:2:1: a second document begins here and is ignored: give it its own file");
}

proptest! {
    #[test]
    fn never_panics(text in "[a-z:\\-{}\\[\\]'\"|>&*#\n ]{0,60}") {
        let _ = Source { file: "d.yml", text: &text }.read_first::<Dashboard>();
    }
}
