//! What a time series chart and its data table show, made from answers.

use venti_chart::{
    Frame, FrameError, Moment, Series, Status, Surface, Theme, TickBase, TimeSeriesOptions,
    TimeSeriesPlot, ValueLimits,
};
use venti_model::answer::Matrix;
use venti_model::legend;
use venti_model::step::Grid;
use venti_model::threshold::{Level, Threshold};
use venti_model::time::Zone;
use venti_model::unit::{self, FormatOptions, Unit};

/// One query's answer, and how to read it.
#[derive(Debug)]
pub struct QueryLines {
    /// The answer.
    pub matrix: Matrix,
    /// Template of the series' names.
    pub legend: Option<String>,
    /// The unit of the values.
    pub unit: Unit,
}

/// What a series is besides its samples.
#[derive(Clone, Debug)]
pub struct Line {
    /// The unit of its values.
    pub unit: Unit,
}

/// How a panel wants its chart.
#[derive(Clone, Debug, Default)]
pub struct PlotOptions {
    /// Ends of the value axis.
    pub limits: ValueLimits,
    /// Digits after the point.
    pub decimals: Option<u8>,
    /// Limits drawn as lines.
    pub thresholds: Vec<Threshold>,
    /// Moments drawn as lines, in unix seconds.
    pub moments: Vec<f64>,
}

/// A chart's data: columns, and what the columns mean.
#[derive(Debug)]
pub struct PlotData {
    /// The samples.
    pub frame: Frame,
    /// One for each series of the frame.
    pub lines: Vec<Line>,
    /// The grid that was asked for; its ends are the ends of the axis.
    pub grid: Grid,
    /// How the panel wants it.
    pub options: PlotOptions,
}

/// One series at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// The series' name.
    pub name: String,
    /// Its palette slot.
    pub slot: usize,
    /// Its position in the frame.
    pub series: usize,
    /// The value in its unit.
    pub text: String,
    value: f64,
}

impl PlotData {
    /// Puts the answers of all queries of a chart on one column of times; `slots` gives the
    /// palette slots of their names.
    ///
    /// # Errors
    ///
    /// The times of an answer do not ascend, or its columns are of different lengths.
    pub fn new(
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

    /// Gives every series the name that is made of its present one. Colours stay.
    pub fn rename(&mut self, name: impl Fn(&str) -> String) {
        let names = self.frame.series().iter().map(|it| name(&it.name));
        for (series, name) in names.collect::<Vec<_>>().into_iter().enumerate() {
            self.frame.rename(series, name);
        }
    }

    /// The unit of the value axis: the first series'.
    pub fn axis_unit(&self) -> Unit {
        self.lines
            .first()
            .map(|it| it.unit.clone())
            .unwrap_or_default()
    }

    /// The geometry of the chart on a surface; `measure` gives the width in CSS pixels of a text
    /// in the axis font.
    pub fn plot(
        &self,
        surface: Surface,
        theme: Theme,
        zone: Zone,
        measure: &dyn Fn(&str) -> f64,
    ) -> TimeSeriesPlot {
        let unit = self.axis_unit();
        let thresholds: Vec<venti_chart::Threshold> = self
            .threshold_lines()
            .into_iter()
            .map(|(value, level)| venti_chart::Threshold {
                value,
                color: theme.palette.status(match level {
                    Level::Ok => Status::Ok,
                    Level::Warning => Status::Warn,
                    Level::Critical => Status::Crit,
                }),
            })
            .collect();
        let color = theme.palette.status(Status::Crit);
        let moments = self.options.moments.iter();
        let moments: Vec<Moment> = moments.map(|&time| Moment { time, color }).collect();
        let options = TimeSeriesOptions {
            step: Some(self.grid.step as f64),
            limits: self.options.limits,
            base: match unit.tick_base() {
                unit::TickBase::Decimal => TickBase::Decimal,
                unit::TickBase::Binary => TickBase::Binary,
                unit::TickBase::Time => TickBase::Time,
            },
            thresholds: &thresholds,
            moments: &moments,
            labels: &|marks, step| unit.ticks(marks, step),
            utc_offset: &|at| zone.offset_at(at as f64),
            ..TimeSeriesOptions::new((self.grid.start as f64, self.grid.end as f64))
        };
        TimeSeriesPlot::new(&self.frame, &options, surface, theme, measure)
    }

    /// The limits to draw, with their severity: the first of a ladder warns, the rest are critical.
    pub fn threshold_lines(&self) -> Vec<(f64, Level)> {
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
    pub fn readings(&self, index: usize, options: &FormatOptions) -> Vec<Reading> {
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
