//! What a `time_series` panel draws: the series of all its targets.

use venti_model::answer::{Answer, Data};
use venti_model::dashboard::Panel;
use venti_model::step::Grid;

use crate::{PlotData, PlotOptions, QueryLines, UnfitAnswer};

/// The chart of a panel; `slots` gives the palette slots of its series.
///
/// # Errors
///
/// An answer is no range of samples, or is damaged.
pub fn plot(
    panel: &Panel,
    answers: Vec<Answer>,
    grid: Grid,
    slots: impl FnOnce(&[&str]) -> Vec<usize>,
) -> Result<PlotData, UnfitAnswer> {
    let mut queries = Vec::with_capacity(answers.len());
    for (target, answer) in panel.targets.iter().zip(answers) {
        let Data::Matrix(matrix) = answer.data else {
            return Err(UnfitAnswer::NotOverTime);
        };
        queries.push(QueryLines {
            matrix,
            legend: target.legend.clone(),
            unit: panel.unit_of(target),
        });
    }
    Ok(PlotData::new(queries, grid, options(panel), slots)?)
}

fn options(panel: &Panel) -> PlotOptions {
    let mut options = PlotOptions {
        decimals: panel.decimals,
        thresholds: panel.thresholds.clone(),
        ..PlotOptions::default()
    };
    options.limits.min = panel.min;
    options.limits.max = panel.max;
    options.limits.soft_max = panel.chart_options.and_then(|it| it.y_max);
    options
}

#[cfg(test)]
mod tests {
    use super::*;
    use venti_model::dashboard::Target;

    fn answer(body: &str) -> Answer {
        Answer::decode(body.as_bytes()).unwrap()
    }

    #[test]
    fn draws_every_target_under_its_legend() {
        let target = |legend: &str| Target {
            legend: Some(legend.into()),
            ..Target::default()
        };
        let panel = Panel {
            targets: vec![target("in {{device}}"), target("out")],
            ..Panel::default()
        };
        let series = |device: &str| {
            answer(&format!(
                r#"{{"status":"success","data":{{"resultType":"matrix","result":[{{"metric":{{"device":"{device}"}},"values":[[10,"1"],[20,"2"]]}}]}}}}"#
            ))
        };
        let grid = Grid {
            start: 0,
            end: 20,
            step: 10,
        };
        let answers = vec![series("eth0"), series("eth0")];
        let plot = plot(&panel, answers, grid, |names| vec![0; names.len()]).unwrap();
        let names: Vec<_> = plot
            .frame
            .series()
            .iter()
            .map(|it| it.name.as_str())
            .collect();
        assert_eq!(names, ["in eth0", "out"]);
        assert_eq!(plot.frame.times(), [10.0, 20.0]);
    }
}
