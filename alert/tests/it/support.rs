//! What several tests need: rules from YAML, samples, and a context without surroundings.

use std::path::PathBuf;
use std::sync::LazyLock;
use std::time::Duration;

use venti_alert::Timestamp;
use venti_alert::engine::{Context, Resend, Sample};
use venti_alert::rule::{AlertRule, OnError, RuleFile};
use venti_alert::rulefile;
use venti_model::labels::Labels;
use venti_model::status::{ConfigFault, Severity};
use venti_template::Queries;

pub(crate) static NOTHING: LazyLock<(Labels, Queries)> = LazyLock::new(Default::default);

/// No external labels, no limit, no label for the datasource.
pub(crate) fn context() -> Context<'static> {
    Context {
        datasource: "main",
        labels_datasource: false,
        external_labels: &NOTHING.0,
        external_url: "http://venti.example",
        queries: &NOTHING.1,
        limit: 0,
    }
}

/// Reads rules that can all be evaluated, indented by two, as one group.
pub(crate) fn rules(yaml: &str) -> Vec<AlertRule> {
    let file = rulefile::read("r.yml", &format!("groups:\n- name: g\n  rules:\n{yaml}"));
    let is_error = |it: &&ConfigFault| it.severity == Severity::Error;
    assert_eq!(file.faults.iter().find(is_error), None);
    let rules = file.groups[0].alerts();
    rules.map(|it| AlertRule::clone(it)).collect()
}

pub(crate) fn rule(yaml: &str) -> AlertRule {
    rules(yaml).remove(0)
}

pub(crate) fn labels(pairs: &[(&str, &str)]) -> Labels {
    pairs.iter().copied().collect()
}

pub(crate) fn sample(pairs: &[(&str, &str)], value: f64) -> Sample {
    Sample {
        labels: labels(pairs),
        value,
        histogram: None,
        lines: None,
    }
}

/// So many seconds after 1970.
pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_nanos(seconds * 1_000_000_000)
}

/// Messages at most every `delay` seconds, in intervals of one.
pub(crate) fn resend(delay: u64) -> Resend {
    Resend {
        delay: Duration::from_secs(delay),
        interval: Duration::from_secs(1),
        on_error: OnError::Prometheus,
        hold_max: Duration::from_secs(3600),
    }
}

/// A file or folder of the shared test data, or `None`, with a word about it, where there is none.
pub(crate) fn shared(path: &str) -> Option<PathBuf> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../shared")
        .join(path);
    if path.exists() {
        return Some(path);
    }
    eprintln!("skipped: {} is not there", path.display());
    None
}

/// The faults of a file as compilers write them.
pub(crate) fn faults(file: &RuleFile) -> Vec<String> {
    file.faults.iter().map(ToString::to_string).collect()
}
