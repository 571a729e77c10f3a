//! What a panel has to show, made from Prometheus' own answers to the requests
//! that the page sent for it. Units and legends are the model's, whose own tests
//! say what they mean.

use anyhow::{Context, ensure};
use venti_local::Running;
use venti_model::dashboard::{Panel, Target};
use venti_model::labels::Labels;
use venti_model::legend;
use venti_model::time::Zone;
use venti_model::unit::FormatOptions;
use venti_model::variables::Variables;

use crate::oracle::{self, Series};
use crate::pages::DataTable;
use crate::requests::Request;

/// The answers that a panel shows, and where its user is.
#[derive(Debug)]
pub struct Expected<'a> {
    panel: &'a Panel,
    answers: Vec<Vec<Series>>,
    format: FormatOptions,
}

impl<'a> Expected<'a> {
    /// Asks Prometheus what the page asked last for each target of `panel`.
    pub async fn of(
        stack: &Running,
        panel: &'a Panel,
        requests: &[Request],
        zone: Zone,
    ) -> anyhow::Result<Expected<'a>> {
        let mut answers = Vec::new();
        for target in &panel.targets {
            let is_range = panel.kind.as_str() == "time_series";
            let mut newest = requests.iter().rev();
            let request = newest.find(|it| it.is_range() == is_range && asks(it, target));
            let request = request.with_context(|| format!("nobody asked {:?}", target.expr))?;
            answers.push(oracle::replay(stack, request).await?);
        }
        let format = FormatOptions {
            decimals: panel.decimals,
            zone,
            now: None,
        };
        Ok(Expected {
            panel,
            answers,
            format,
        })
    }

    /// Number, unit and caption of each value of a stat panel.
    pub fn stats(&self) -> anyhow::Result<Vec<(String, String, Option<String>)>> {
        let mut stats = Vec::new();
        for (target, answer) in self.parts() {
            let Some(series) = answer.first() else {
                continue;
            };
            let legend = target.legend.clone().filter(|it| !it.is_empty());
            stats.push(match legend {
                Some(template) if template.contains("{{") => {
                    (name(target, series), String::new(), None)
                }
                caption => {
                    let unit = self.panel.unit_of(target);
                    let (number, unit) = unit.parts(only(series)?, &self.format);
                    (number, unit.trim().to_owned(), caption)
                }
            });
        }
        Ok(stats)
    }

    /// Name, value and share of each slice of a pie, greatest first.
    pub fn slices(&self) -> anyhow::Result<Vec<(String, String, String)>> {
        let mut slices = Vec::new();
        for (target, series) in self.series() {
            let value = only(series)?;
            let text = self.panel.unit_of(target).format(value, &self.format);
            slices.push((name(target, series), value, text));
        }
        slices.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        let total: f64 = slices.iter().map(|(_, value, _)| value).sum();
        let slice = |(name, value, text)| {
            let share = format!("{:.1}%", 100.0 * value / total);
            (name, text, share)
        };
        Ok(slices.into_iter().map(slice).collect())
    }

    /// The names of all series, in the order of targets and answers.
    pub fn legend(&self) -> Vec<String> {
        let names = self.series().map(|(target, series)| name(target, series));
        names.collect()
    }

    /// Every time at which a series has a sample, ascending.
    pub fn times(&self) -> Vec<f64> {
        let samples = self.series().flat_map(|(_, series)| series.samples());
        let mut times: Vec<f64> = samples.map(|(time, _)| *time).collect();
        times.sort_by(f64::total_cmp);
        times.dedup();
        times
    }

    /// What the data table says about the time that it shows.
    pub fn readings(&self, shown: &DataTable) -> anyhow::Result<Vec<(String, String)>> {
        let format = |time: &f64| self.format.zone.format(*time);
        let times = self.times();
        let time = times.iter().find(|it| format(it) == shown.time);
        let time = *time.with_context(|| format!("no sample is at {}", shown.time))?;
        let mut readings = Vec::new();
        for (target, series) in self.series() {
            if let Some(value) = series.at(time).filter(|it| !it.is_nan()) {
                let text = self.panel.unit_of(target).format(value, &self.format);
                readings.push((name(target, series), value, text));
            }
        }
        readings.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        let readings = readings.into_iter().map(|(name, _, text)| (name, text));
        Ok(readings.collect())
    }

    fn series(&self) -> impl Iterator<Item = (&Target, &Series)> {
        self.parts()
            .flat_map(|(target, answer)| answer.iter().map(move |it| (target, it)))
    }

    fn parts(&self) -> impl Iterator<Item = (&Target, &Vec<Series>)> {
        self.panel.targets.iter().zip(&self.answers)
    }
}

/// Whether a request is for a target, whatever stands for its variables that
/// come from the range.
fn asks(request: &Request, target: &Target) -> bool {
    let Some(query) = request.param("query") else {
        return false;
    };
    let steps = [5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1800, 3600];
    steps.into_iter().any(|interval| {
        let variables = Variables {
            namespace: None,
            node: None,
            interval,
            range: 3600,
        };
        variables.substitute(&target.expr) == query
    })
}

fn name(target: &Target, series: &Series) -> String {
    let labels = Labels::from_iter(series.labels.clone());
    legend::render(target.legend.as_deref(), &labels)
}

/// The value of the one sample of a series.
fn only(series: &Series) -> anyhow::Result<f64> {
    let mut samples = series.samples();
    let (_, text) = samples.next().context("a series without a sample")?;
    ensure!(samples.next().is_none(), "a series with several samples");
    text.parse().context("a value that is no number")
}
