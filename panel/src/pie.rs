//! What a `piechart` panel shows: one slice for each sample of all its targets.

use venti_chart::{Color, PiePlot, Slice, Surface, Theme};
use venti_model::answer::Answer;
use venti_model::dashboard::Panel;
use venti_model::legend;
use venti_model::unit::{FormatOptions, Unit};

use crate::{UnfitAnswer, samples};

/// A slice as it is shown.
#[derive(Clone, Debug, PartialEq)]
pub struct PieSlice {
    /// Its name; names of Kubernetes phases have colours of their own.
    pub label: String,
    /// Its size.
    pub value: f64,
    /// The size in its unit.
    pub text: String,
    /// Its share of all, such as `12.5%`.
    pub share: String,
    /// Its palette slot.
    pub slot: usize,
}

impl PieSlice {
    /// Its colour in a theme.
    pub fn color(&self, theme: Theme) -> Color {
        let palette = theme.palette;
        palette
            .named(&self.label)
            .unwrap_or_else(|| palette.slot(self.slot).color)
    }
}

/// All slices, greatest first, and their sum in its unit.
#[derive(Clone, Debug, PartialEq)]
pub struct PieData {
    /// The slices.
    pub slices: Vec<PieSlice>,
    /// The sum.
    pub total: String,
}

impl PieData {
    /// The ring of it on a surface, with the sum in its middle.
    pub fn plot(&self, surface: Surface, theme: Theme) -> PiePlot {
        let slices = self.slices.iter().map(|it| Slice {
            label: it.label.clone(),
            value: it.value,
            color: it.color(theme),
        });
        let slices: Vec<Slice> = slices.collect();
        PiePlot::new(&slices, surface, theme).with_center(self.total.clone(), "")
    }
}

/// All slices, greatest first; `slots` gives the palette slots of their names. Values that are no
/// number are left out; negative ones are listed and take no part of the ring.
///
/// # Errors
///
/// An answer does not have one value for each series.
pub fn slices(
    panel: &Panel,
    answers: Vec<Answer>,
    format: &FormatOptions,
    slots: impl FnOnce(&[&str]) -> Vec<usize>,
) -> Result<PieData, UnfitAnswer> {
    let format = FormatOptions {
        decimals: panel.decimals,
        ..*format
    };
    let mut parts = Vec::new();
    for (target, answer) in panel.targets.iter().zip(answers) {
        let unit = panel.unit_of(target);
        for sample in samples(answer)?
            .into_iter()
            .filter(|it| it.value.is_finite())
        {
            let label = legend::render(target.legend.as_deref(), &sample.labels);
            parts.push((label, sample.value, unit.clone()));
        }
    }
    parts.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let total: f64 = parts.iter().map(|it| it.1.max(0.0)).sum();
    let total_unit = parts.first().map(|it| it.2.clone()).unwrap_or_default();
    let names: Vec<&str> = parts.iter().map(|it| it.0.as_str()).collect();
    let slots = slots(&names);
    let slices = parts
        .into_iter()
        .zip(slots)
        .map(|((label, value, unit), slot)| PieSlice {
            text: unit.format(value, &format),
            share: share(value, total),
            label,
            value,
            slot,
        });
    Ok(PieData {
        slices: slices.collect(),
        total: total_unit.format(total, &format),
    })
}

fn share(value: f64, total: f64) -> String {
    if total <= 0.0 {
        return String::new();
    }
    let percent = 100.0 * value.max(0.0) / total;
    percent_unit().map_or_else(String::new, |it| it.format(percent, &one_decimal()))
}

fn percent_unit() -> Option<Unit> {
    "percent".parse().ok()
}

fn one_decimal() -> FormatOptions {
    FormatOptions {
        decimals: Some(1),
        ..FormatOptions::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use venti_model::dashboard::Target;

    fn answer(samples: &[(&str, &str)]) -> Answer {
        let samples: Vec<String> = samples
            .iter()
            .map(|(phase, value)| {
                format!(r#"{{"metric":{{"phase":"{phase}"}},"value":[1,"{value}"]}}"#)
            })
            .collect();
        let body = format!(
            r#"{{"status":"success","data":{{"resultType":"vector","result":[{}]}}}}"#,
            samples.join(",")
        );
        Answer::decode(body.as_bytes()).unwrap()
    }

    #[test]
    fn joins_targets_and_sorts() {
        let target = |legend: &str| Target {
            legend: Some(legend.into()),
            ..Target::default()
        };
        let panel = Panel {
            targets: vec![target("{{phase}}"), target("Other")],
            ..Panel::default()
        };
        let answers = vec![
            answer(&[("Failed", "1"), ("Running", "2")]),
            answer(&[("x", "5")]),
        ];
        let data = slices(&panel, answers, &FormatOptions::default(), |names| {
            (0..names.len()).collect()
        })
        .unwrap();
        let shown: Vec<_> = data
            .slices
            .iter()
            .map(|it| (it.label.as_str(), it.text.as_str(), it.share.as_str()))
            .collect();
        assert_eq!(
            shown,
            [
                ("Other", "5", "62.5%"),
                ("Running", "2", "25.0%"),
                ("Failed", "1", "12.5%")
            ]
        );
        assert_eq!(data.total, "8");
    }
}
