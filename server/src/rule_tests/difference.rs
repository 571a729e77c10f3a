//! What was expected beside what came, as text; nothing when they are the same.

use std::fmt::Write;

use venti_alert::unittest::{ExpectedAlert, ExpectedSample};
use venti_model::answer::Sample;
use venti_model::labels::Labels;

/// An alert that fires.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Alert {
    pub(super) labels: Labels,
    pub(super) annotations: Labels,
}

impl Alert {
    fn expected(name: &str, alert: &ExpectedAlert) -> Self {
        let pair = |(name, value): (&'_ String, &'_ String)| (name.clone(), value.clone());
        let labels = alert.exp_labels.iter().map(pair);
        let name = [("alertname".to_owned(), name.to_owned())];
        Self {
            labels: labels.chain(name).collect(),
            annotations: alert.exp_annotations.iter().map(pair).collect(),
        }
    }
}

/// How the alerts `name` that fire differ from those that should, in any order.
pub(super) fn of_alerts(
    name: &str,
    expected: &[ExpectedAlert],
    mut surplus: Vec<Alert>,
) -> Option<String> {
    let mut missing = Vec::new();
    for alert in expected.iter().map(|it| Alert::expected(name, it)) {
        match surplus.iter().position(|it| *it == alert) {
            Some(index) => drop(surplus.swap_remove(index)),
            None => missing.push(alert),
        }
    }
    let mut text = String::new();
    // Of the same labels only the words differ, which is easier to read one by one.
    missing.retain(|alert| {
        let other = surplus.iter().position(|it| it.labels == alert.labels);
        let Some(index) = other else {
            return true;
        };
        let other = surplus.swap_remove(index);
        line(&mut text, "of", &alert.labels);
        pairs(
            &mut text,
            "annotation",
            &alert.annotations,
            &other.annotations,
        );
        false
    });
    missing.sort();
    surplus.sort();
    let are_alike = missing.len() == 1 && surplus.len() == 1;
    for alert in &missing {
        line(&mut text, "expected, does not fire:", &alert.labels);
        line(&mut text, "  with annotations", &alert.annotations);
    }
    for alert in &surplus {
        line(&mut text, "fires, not expected:", &alert.labels);
        line(&mut text, "  with annotations", &alert.annotations);
    }
    if let ([alert], [other], true) = (&*missing, &*surplus, are_alike) {
        text.push_str("\nthey differ in");
        pairs(&mut text, "label", &alert.labels, &other.labels);
        pairs(
            &mut text,
            "annotation",
            &alert.annotations,
            &other.annotations,
        );
    }
    (!text.is_empty()).then_some(text)
}

/// How samples differ from those that should come, in any order. Where values are compared
/// fuzzily, neighbours among all numbers count as the same.
pub(super) fn of_samples(
    expected: &[ExpectedSample],
    mut surplus: Vec<Sample>,
    is_fuzzy: bool,
) -> Option<String> {
    let mut text = String::new();
    for sample in expected {
        let labels = &sample.labels.0;
        let Some(index) = surplus.iter().position(|it| it.labels == *labels) else {
            let _ = write!(text, "\nexpected, not there: {labels} {}", sample.value);
            continue;
        };
        let value = surplus.swap_remove(index).value;
        if !is_same(sample.value, value, is_fuzzy) {
            let _ = write!(text, "\n{labels}: expected {}, got {value}", sample.value);
        }
    }
    for Sample { labels, value, .. } in &surplus {
        let _ = write!(text, "\nthere, not expected: {labels} {value}");
    }
    (!text.is_empty()).then_some(text)
}

fn is_same(a: f64, b: f64, is_fuzzy: bool) -> bool {
    let is_near = is_fuzzy && (a.next_up() == b || a.next_down() == b);
    a == b || (a.is_nan() && b.is_nan()) || is_near
}

fn line(text: &mut String, word: &str, labels: &Labels) {
    // Writing into a text cannot fail.
    let _ = write!(text, "\n{word} {labels}");
}

/// A line for each name whose values differ.
fn pairs(text: &mut String, what: &str, expected: &Labels, got: &Labels) {
    let mut names: Vec<&str> = expected.iter().chain(got.iter()).map(|it| it.0).collect();
    names.sort_unstable();
    names.dedup();
    for name in names {
        let (expected, got) = (expected.get(name), got.get(name));
        if expected != got {
            let shown = |it: Option<&str>| it.map_or("none".to_owned(), |it| format!("{it:?}"));
            let (expected, got) = (shown(expected), shown(got));
            let _ = write!(text, "\n  {what} `{name}`: expected {expected}, got {got}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;
    use venti_alert::unittest::Series;

    fn map(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        let pair = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        pairs.iter().map(pair).collect()
    }

    fn expected(labels: &[(&str, &str)], annotations: &[(&str, &str)]) -> ExpectedAlert {
        ExpectedAlert {
            exp_labels: map(labels),
            exp_annotations: map(annotations),
        }
    }

    fn alert(labels: &[(&str, &str)], annotations: &[(&str, &str)]) -> Alert {
        Alert::expected("A", &expected(labels, annotations))
    }

    #[test]
    fn equal_alerts_in_any_order_differ_in_nothing() {
        let wanted = [expected(&[("x", "1")], &[]), expected(&[("x", "2")], &[])];
        let got = vec![alert(&[("x", "2")], &[]), alert(&[("x", "1")], &[])];
        assert_eq!(of_alerts("A", &wanted, got), None);
        assert_eq!(of_alerts("A", &[], Vec::new()), None);
    }

    /// Two that are the same need two that fire.
    #[test]
    fn each_alert_is_expected_once() {
        let wanted = [expected(&[], &[]), expected(&[], &[])];
        let text = of_alerts("A", &wanted, vec![alert(&[], &[])]).unwrap();
        assert!(
            text.contains("expected, does not fire: {alertname=\"A\"}"),
            "{text}"
        );
    }

    #[test]
    fn a_difference_names_what_differs() {
        let wanted = [expected(&[("x", "1")], &[("summary", "one")])];
        let words = of_alerts(
            "A",
            &wanted,
            vec![alert(&[("x", "1")], &[("summary", "two")])],
        );
        insta::assert_snapshot!(words.unwrap().trim(), @r#"
        of {alertname="A", x="1"}
          annotation `summary`: expected "one", got "two"
        "#);
        let labels = of_alerts(
            "A",
            &wanted,
            vec![alert(&[("y", "1")], &[("summary", "one")])],
        );
        insta::assert_snapshot!(labels.unwrap().trim(), @r#"
        expected, does not fire: {alertname="A", x="1"}
          with annotations {summary="one"}
        fires, not expected: {alertname="A", y="1"}
          with annotations {summary="one"}
        they differ in
          label `x`: expected "1", got none
          label `y`: expected none, got "1"
        "#);
    }

    #[test]
    fn samples_are_compared_by_labels_and_value() {
        let wanted = |value| ExpectedSample {
            labels: Series::parse("up{job=\"x\"}").unwrap(),
            value,
        };
        let got = |value| Sample {
            labels: Series::parse("up{job=\"x\"}").unwrap().0,
            time: 0.0,
            value,
            histogram: None,
        };
        assert_eq!(of_samples(&[wanted(1.0)], vec![got(1.0)], false), None);
        assert_eq!(
            of_samples(&[wanted(f64::NAN)], vec![got(f64::NAN)], false),
            None
        );
        let near = 0.1 + 0.2;
        assert_eq!(of_samples(&[wanted(0.3)], vec![got(near)], true), None);
        let text = of_samples(&[wanted(0.3)], vec![got(near)], false).unwrap();
        assert!(
            text.contains("expected 0.3, got 0.30000000000000004"),
            "{text}"
        );
        let text = of_samples(&[wanted(1.0)], Vec::new(), false).unwrap();
        assert!(
            text.contains("expected, not there: up{job=\"x\"} 1"),
            "{text}"
        );
        let text = of_samples(&[], vec![got(1.0)], false).unwrap();
        assert!(
            text.contains("there, not expected: up{job=\"x\"} 1"),
            "{text}"
        );
    }
}
