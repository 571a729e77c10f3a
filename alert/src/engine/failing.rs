//! The rule that watches the rules: an alert that is held is true only as far as anybody knows,
//! so people are told that nobody looks.

use std::time::Duration;

use venti_model::labels::Labels;

use super::sample::Sample;
use crate::expression::{Answers, Expression, Language};
use crate::rule::{AlertRule, LineOptions, OnError};
use crate::template::Text;

/// The name of the alert.
pub const EVALUATION_FAILING: &str = "RuleEvaluationFailing";

/// A single failure is no news: a restart of the datasource takes as long.
const HOLD: Duration = Duration::from_secs(60);

/// A group with rules that could not be evaluated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FailingGroup<'a> {
    /// Its name.
    pub group: &'a str,
    /// The datasource that was asked.
    pub datasource: &'a str,
    /// How many of its rules failed.
    pub rules: usize,
}

/// The built-in rule. It is ticked like any other, with [`failing_samples`].
pub fn failing_rule() -> AlertRule {
    let annotation =
        |name: &str, text: &str| (name.to_owned(), Text::parse(EVALUATION_FAILING, text).0);
    AlertRule {
        name: EVALUATION_FAILING.to_owned(),
        expression: Expression {
            text: "failing rules by group and datasource".to_owned(),
            printed: "failing rules by group and datasource".to_owned(),
            language: Language::PromQl,
            answers: Answers::Samples,
        },
        hold: HOLD,
        keep_firing_for: Duration::ZERO,
        labels: vec![(
            "severity".to_owned(),
            Text::parse(EVALUATION_FAILING, "warning").0,
        )],
        annotations: vec![
            annotation(
                "description",
                "{{ $value }} rules of the group {{ $labels.rulegroup }} cannot be evaluated on {{ $labels.datasource }}. Their firing alerts are held meanwhile; new ones are not noticed.",
            ),
            annotation("summary", "Alert rules cannot be evaluated"),
        ],
        lines: LineOptions::default(),
        datasource: None,
        on_error: Some(OnError::Prometheus),
        notify: Vec::new(),
        at: None,
    }
}

/// Its samples: one for each group that fails on a datasource.
pub fn failing_samples(groups: &[FailingGroup<'_>]) -> Vec<Sample> {
    let sample = |it: &FailingGroup<'_>| Sample {
        labels: Labels::from_iter([("rulegroup", it.group), ("datasource", it.datasource)]),
        value: it.rules as f64,
        histogram: None,
        lines: None,
    };
    let mut samples: Vec<Sample> = groups.iter().map(sample).collect();
    // Groups of the same name in several files are told as one.
    samples.sort_by(|a, b| a.labels.cmp(&b.labels));
    samples.dedup_by(|next, kept| {
        let is_same = next.labels == kept.labels;
        if is_same {
            kept.value += next.value;
        }
        is_same
    });
    samples
}
