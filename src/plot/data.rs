//! What a time series chart and its data table show, made from answers.

use venti_chart::{Frame, FrameError, Series, ValueLimits};
use venti_model::answer::Matrix;
use venti_model::legend;
use venti_model::step::Grid;
use venti_model::threshold::{Level, Threshold};
use venti_model::unit::{FormatOptions, Unit};

/// One query's answer, and how to read it.
#[derive(Debug)]
pub(crate) struct QueryLines {
    /// The answer.
    pub(crate) matrix: Matrix,
    /// Template of the series' names.
    pub(crate) legend: Option<String>,
    /// The unit of the values.
    pub(crate) unit: Unit,
}

/// What a series is besides its samples.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    /// The unit of its values.
    pub(crate) unit: Unit,
}

/// How a panel wants its chart.
#[derive(Clone, Debug, Default)]
pub(crate) struct PlotOptions {
    /// Ends of the value axis.
    pub(crate) limits: ValueLimits,
    /// Digits after the point.
    pub(crate) decimals: Option<u8>,
    /// Limits drawn as lines.
    pub(crate) thresholds: Vec<Threshold>,
}

/// A chart's data: columns, and what the columns mean.
#[derive(Debug)]
pub(crate) struct PlotData {
    /// The samples.
    pub(crate) frame: Frame,
    /// One for each series of the frame.
    pub(crate) lines: Vec<Line>,
    /// The grid that was asked for; its ends are the ends of the axis.
    pub(crate) grid: Grid,
    /// How the panel wants it.
    pub(crate) options: PlotOptions,
}

/// One series at one moment.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Reading {
    /// The series' name.
    pub(crate) name: String,
    /// Its palette slot.
    pub(crate) slot: usize,
    /// Its position in the frame.
    pub(crate) series: usize,
    /// The value in its unit.
    pub(crate) text: String,
    value: f64,
}

impl PlotData {
    /// Puts the answers of all queries of a chart on one column of times; `slots` gives the
    /// palette slots of their names.
    pub(crate) fn new(
        queries: Vec<QueryLines>,
        grid: Grid,
        options: PlotOptions,
        slots: impl FnOnce(&[&str]) -> Vec<usize>,
    ) -> Result<Self, FrameError> {
        let times = common_times(&queries);
        let mut series = Vec::new();
        let mut lines = Vec::new();
        for QueryLines {
            matrix,
            legend,
            unit,
        } in queries
        {
            let Matrix {
                times: own_times,
                series: own_series,
            } = matrix;
            for one in own_series {
                let name = legend::render(legend.as_deref(), &one.labels);
                let values = spread(one.values, &own_times, &times);
                series.push(Series {
                    name,
                    values,
                    slot: 0,
                    hidden: false,
                });
                lines.push(Line { unit: unit.clone() });
            }
        }
        let names: Vec<&str> = series.iter().map(|it| it.name.as_str()).collect();
        let slots = slots(&names);
        for (one, slot) in series.iter_mut().zip(slots) {
            one.slot = slot;
        }
        Ok(Self {
            frame: Frame::new(times, series)?,
            lines,
            grid,
            options,
        })
    }

    /// The unit of the value axis: the first series'.
    pub(crate) fn axis_unit(&self) -> Unit {
        self.lines
            .first()
            .map(|it| it.unit.clone())
            .unwrap_or_default()
    }

    /// The limits to draw, with their severity: the first of a ladder warns, the rest are critical.
    pub(crate) fn threshold_lines(&self) -> Vec<(f64, Level)> {
        let mut lines = Vec::new();
        for threshold in &self.options.thresholds {
            let mut values = threshold.values.clone();
            values.sort_by(f64::total_cmp);
            if threshold.invert {
                values.reverse();
            }
            let warns = values.len() > 1;
            lines.extend(values.into_iter().enumerate().map(|(at, value)| {
                (
                    value,
                    if at == 0 && warns {
                        Level::Warning
                    } else {
                        Level::Critical
                    },
                )
            }));
        }
        lines
    }

    /// All series that have a sample at a position of the column of times, greatest value first.
    pub(crate) fn readings(&self, index: usize, options: &FormatOptions) -> Vec<Reading> {
        let options = FormatOptions {
            decimals: self.options.decimals,
            ..*options
        };
        let mut readings: Vec<Reading> = self
            .frame
            .visible()
            .filter_map(|(at, series)| {
                let value = *series.values.get(index).filter(|it| !it.is_nan())?;
                Some(Reading {
                    name: series.name.clone(),
                    slot: series.slot,
                    series: at,
                    text: self.lines.get(at)?.unit.format(value, &options),
                    value,
                })
            })
            .collect();
        readings.sort_by(|a, b| {
            b.value
                .total_cmp(&a.value)
                .then_with(|| a.name.cmp(&b.name))
        });
        readings
    }
}

/// Every time of any answer, ascending. Answers over one grid mostly share their times.
fn common_times(queries: &[QueryLines]) -> Vec<f64> {
    let mut queries = queries.iter().filter(|it| !it.matrix.times.is_empty());
    let mut times = queries
        .next()
        .map(|it| it.matrix.times.clone())
        .unwrap_or_default();
    for query in queries {
        if query.matrix.times != times {
            times.extend_from_slice(&query.matrix.times);
            times.sort_by(f64::total_cmp);
            times.dedup();
        }
    }
    times
}

/// Moves a column from its own times to the common ones; `NaN` where it has no sample.
fn spread(values: Vec<f64>, own_times: &[f64], times: &[f64]) -> Vec<f64> {
    if own_times.len() == times.len() {
        return values;
    }
    let mut column = vec![f64::NAN; times.len()];
    for (time, value) in own_times.iter().zip(values) {
        if let Ok(at) = times.binary_search_by(|it| it.total_cmp(time)) {
            column[at] = value;
        }
    }
    column
}

#[cfg(test)]
mod tests {
    use super::*;
    use venti_model::answer::MatrixSeries;
    use venti_model::labels::Labels;

    fn query(legend: &str, times: &[f64], values: &[f64]) -> QueryLines {
        let series = vec![MatrixSeries {
            labels: Labels::default(),
            values: values.to_vec(),
        }];
        QueryLines {
            matrix: Matrix {
                times: times.to_vec(),
                series,
            },
            legend: Some(legend.to_owned()),
            unit: Unit::default(),
        }
    }

    fn plot(queries: Vec<QueryLines>) -> PlotData {
        PlotData::new(
            queries,
            Grid {
                start: 0,
                end: 30,
                step: 10,
            },
            PlotOptions::default(),
            |names| (0..names.len()).collect(),
        )
        .unwrap()
    }

    #[test]
    fn joins_queries_on_their_times() {
        let data = plot(vec![
            query("a", &[0.0, 10.0], &[1.0, 2.0]),
            query("b", &[10.0, 20.0], &[3.0, f64::NAN]),
        ]);
        assert_eq!(data.frame.times(), [0.0, 10.0, 20.0]);
        let readings = |index| -> Vec<(String, String)> {
            data.readings(index, &FormatOptions::default())
                .into_iter()
                .map(|it| (it.name, it.text))
                .collect()
        };
        assert_eq!(
            readings(1),
            [("b".into(), "3".into()), ("a".into(), "2".into())]
        );
        assert_eq!(readings(0), [("a".into(), "1".into())]);
        assert!(readings(2).is_empty() && readings(9).is_empty());
    }

    #[test]
    fn limits_of_a_ladder_grow_in_severity() {
        let mut data = plot(vec![]);
        data.options.thresholds = vec![Threshold {
            values: vec![80.0, 100.0],
            invert: true,
        }];
        assert_eq!(
            data.threshold_lines(),
            [(100.0, Level::Warning), (80.0, Level::Critical)]
        );
    }
}
