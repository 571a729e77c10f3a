//! What a `stat` panel shows: one big value for each target.

use venti_model::answer::{Answer, Data, Sample};
use venti_model::dashboard::{Panel, Target};
use venti_model::legend;
use venti_model::threshold::{self, Level};
use venti_model::unit::FormatOptions;

use super::samples;
use crate::api::ApiError;

/// One value, ready to read.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct StatValue {
    /// What it is, when a panel has several.
    pub(crate) caption: Option<String>,
    /// The value.
    pub(crate) text: String,
    /// Its unit.
    pub(crate) suffix: String,
    /// How bad it is, when limits say so.
    pub(crate) level: Option<Level>,
}

/// The values of all targets that have one. None at all: the panel is empty, never green.
pub(crate) fn values(
    panel: &Panel,
    answers: Vec<Answer>,
    format: &FormatOptions,
) -> Result<Vec<StatValue>, ApiError> {
    let mut values = Vec::new();
    for (target, answer) in panel.targets.iter().zip(answers) {
        if let Data::Text(text) = answer.data {
            values.push(StatValue {
                caption: None,
                text,
                suffix: String::new(),
                level: None,
            });
            continue;
        }
        if let Some(sample) = samples(answer)?.first() {
            values.push(value(panel, target, sample, format));
        }
    }
    Ok(values)
}

/// A legend with labels is the value itself, as in `{{git_version}}`; one without is a caption.
fn value(panel: &Panel, target: &Target, sample: &Sample, format: &FormatOptions) -> StatValue {
    let legend = target.legend.as_deref().filter(|it| !it.is_empty());
    let level = threshold::worst(panel.thresholds_of(target), sample.value);
    if let Some(template) = legend.filter(|it| it.contains("{{")) {
        let text = legend::render(Some(template), &sample.labels);
        return StatValue {
            caption: None,
            text,
            suffix: String::new(),
            level,
        };
    }
    let format = FormatOptions {
        decimals: panel.decimals,
        ..*format
    };
    let (text, suffix) = panel.unit_of(target).parts(sample.value, &format);
    StatValue {
        caption: legend.map(str::to_owned),
        text,
        suffix,
        level,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use venti_model::threshold::Threshold;

    fn answer(body: &str) -> Answer {
        Answer::decode(format!(r#"{{"status":"success","data":{body}}}"#).as_bytes()).unwrap()
    }

    fn vector(labels: &str, value: &str) -> Answer {
        answer(&format!(
            r#"{{"resultType":"vector","result":[{{"metric":{labels},"value":[1,"{value}"]}}]}}"#
        ))
    }

    fn show(target: Target, answer: Answer) -> Vec<StatValue> {
        let panel = Panel {
            targets: vec![target],
            ..Panel::default()
        };
        values(&panel, vec![answer], &FormatOptions::default()).unwrap()
    }

    #[test]
    fn shows_value_unit_and_level() {
        let target = Target {
            unit: Some("percentunit".parse().unwrap()),
            thresholds: vec![Threshold {
                values: vec![0.8, 0.9],
                invert: false,
            }],
            ..Target::default()
        };
        let shown = show(target, vector("{}", "0.85"));
        assert_eq!(
            (shown[0].text.as_str(), shown[0].suffix.as_str()),
            ("85", "%")
        );
        assert_eq!(shown[0].level, Some(Level::Warning));
    }

    #[test]
    fn a_legend_with_labels_is_the_value() {
        let target = Target {
            legend: Some("{{git_version}}".into()),
            ..Target::default()
        };
        let shown = show(target, vector(r#"{"git_version":"v1.31"}"#, "1"));
        assert_eq!(shown[0].text, "v1.31");
        assert_eq!(shown[0].level, None);
    }

    #[test]
    fn nothing_is_empty_and_a_range_is_an_error() {
        let empty = answer(r#"{"resultType":"vector","result":[]}"#);
        assert!(show(Target::default(), empty).is_empty());
        let panel = Panel {
            targets: vec![Target::default()],
            ..Panel::default()
        };
        let range = answer(r#"{"resultType":"matrix","result":[]}"#);
        assert!(values(&panel, vec![range], &FormatOptions::default()).is_err());
    }
}
