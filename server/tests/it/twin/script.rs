//! What happens to the series and the rule files, and what has to become of each rule.

use super::files::{self, RuleFile};
use super::pair::{Disturbed, Pair};

/// What the pushgateway exposes from some step on: jobs, each with all its series. An empty text
/// takes a job away.
type Step = [(&'static str, &'static str)];

const BEGIN: &Step = &[
    ("crosses", r#"crosses{tier="gold"} 5"#),
    ("blips", r#"blips{pod="a"} 1"#),
    (
        "vanishes",
        r#"vanishes{pod_ip="1.2.3.4",severity="page"} 1"#,
    ),
    ("duplicates", r#"duplicates{zone="a"} 1"#),
    (
        "breaks",
        r#"breaks{id="1"} 1
matches{id="1",of="a"} 1"#,
    ),
    ("held", "held 1"),
    (
        "limited",
        r#"limited{id="1"} 1
limited{id="2"} 1"#,
    ),
    ("changing", "changing 1"),
    (
        "words",
        r#"words{tier="gold",id="1"} 1234567.891
words{tier="iron",id="2"} 0.123456789"#,
    ),
];

const TROUBLE: &Step = &[
    ("crosses", r#"crosses{tier="gold"} 20"#),
    ("blips", ""),
    (
        "duplicates",
        r#"duplicates{zone="a"} 1
duplicates{zone="b"} 1"#,
    ),
    (
        "breaks",
        r#"breaks{id="1"} 1
matches{id="1",of="a"} 1
matches{id="1",of="b"} 1"#,
    ),
    (
        "limited",
        r#"limited{id="1"} 1
limited{id="2"} 1
limited{id="3"} 1"#,
    ),
];

const GONE: &Step = &[
    ("blips", r#"blips{pod="a"} 1"#),
    ("held", "held 0"),
    ("vanishes", ""),
];

const MENDED: &Step = &[
    ("crosses", r#"crosses{tier="gold"} 7"#),
    ("duplicates", r#"duplicates{zone="b"} 1"#),
    (
        "breaks",
        r#"breaks{id="1"} 1
matches{id="1",of="b"} 1"#,
    ),
    (
        "limited",
        r#"limited{id="2"} 1
limited{id="3"} 1"#,
    ),
];

const BACK: &Step = &[
    (
        "vanishes",
        r#"vanishes{pod_ip="1.2.3.4",severity="page"} 1"#,
    ),
    ("held", "held 3"),
];

const FALLEN: &Step = &[("held", ""), ("changing", "changing 0"), ("blips", "")];

const NOTHING: &Step = &[
    ("crosses", ""),
    ("vanishes", ""),
    ("duplicates", ""),
    ("breaks", ""),
    ("limited", ""),
    ("crowd", ""),
    ("words", ""),
];

/// What became of rules of ours, beat for beat: `.` for nothing, `p` for pending, `f` for firing,
/// `!` for an error; what stays the same is written once.
pub(super) const STORIES: &[(&str, &str)] = &[
    ("Crosses", ".f."),
    ("Blips", ".p.pf."),
    ("Vanishes", ".pf.pf."),
    ("IsAbsent", "f.f.f"),
    ("Duplicates", ".f!f."),
    ("Breaks", ".f!f."),
    ("Limited", ".p!pf."),
    ("LimitedWithoutFor", ".f!f."),
    ("Crowd", ".pf"),
    ("Down", ".pf."),
    ("Raised", ".pf."),
    ("RenamedNow", "f."),
    ("OverRecorded", ".f."),
];

/// Our own rules.
pub(super) async fn play(pair: &mut Pair) -> Result<(), Disturbed> {
    let files = files::own(&pair.beat);
    pair.join().await;
    pair.load(&files).await?;
    pair.step().await?;
    pair.expose(BEGIN).await;
    pair.step().await?;
    pair.expose(TROUBLE).await;
    pair.put("crowd", &crowd()).await;
    pair.step().await?;
    pair.expose(GONE).await;
    pair.step().await?;
    pair.expose(MENDED).await;
    pair.step().await?;
    pair.expose(BACK).await;
    pair.settle().await?;

    pair.step().await?;
    pair.load(&files::changed(&files)).await?;
    pair.step().await?;
    pair.programs.node_exporter.stop();
    pair.look().await?;
    pair.step().await?;
    pair.expose(FALLEN).await;
    pair.step().await?;
    pair.programs.node_exporter.start_again().unwrap();
    pair.settle().await?;

    pair.step().await?;
    pair.expose(NOTHING).await;
    pair.look().await?;
    pair.settle().await
}

/// Public rules, over this machine, and over nothing of what most of them look for.
pub(super) async fn play_public(pair: &mut Pair, files: &[RuleFile]) -> Result<(), Disturbed> {
    pair.load_anew(files).await?;
    pair.look().await?;
    pair.programs.node_exporter.stop();
    pair.look().await?;
    pair.look().await?;
    pair.programs.node_exporter.start_again().unwrap();
    pair.look().await?;
    pair.settle().await
}

fn crowd() -> String {
    let series = |id: usize| format!("crowd{{id=\"{id:03}\"}} {}\n", id + 1);
    (0..300).map(series).collect()
}
