//! Range answers as columns.

mod scan;

use serde::{Deserialize, Deserializer};

use super::sample::parse_value;
use crate::labels::Labels;

pub(super) use scan::scan;

/// Series over one common column of times.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Matrix {
    /// Every moment at which any series has a sample, unix seconds, ascending.
    pub times: Vec<f64>,
    /// The series, in the order of the answer.
    pub series: Vec<MatrixSeries>,
}

/// One series.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MatrixSeries {
    /// Its labels.
    pub labels: Labels,
    /// One value for each of the matrix' times; `NaN` where the series has none.
    pub values: Vec<f64>,
}

impl Matrix {
    /// Puts series of labels, times and values on one column of times.
    fn join<'a>(series: impl Iterator<Item = (&'a Labels, &'a [f64], &'a [f64])> + Clone) -> Self {
        let mut times: Vec<f64> = series
            .clone()
            .flat_map(|(_, own, _)| own)
            .copied()
            .collect();
        times.sort_by(f64::total_cmp);
        times.dedup();
        let series = series.map(|(labels, own, values)| {
            let mut column = vec![f64::NAN; times.len()];
            for (time, value) in own.iter().zip(values) {
                if let Ok(at) = times.binary_search_by(|it| it.total_cmp(time)) {
                    column[at] = *value;
                }
            }
            MatrixSeries {
                labels: labels.clone(),
                values: column,
            }
        });
        let series = series.collect();
        Self { times, series }
    }
}

impl<'de> Deserialize<'de> for Matrix {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Wire {
            #[serde(default)]
            metric: Labels,
            #[serde(default)]
            values: Vec<(f64, String)>,
        }
        let mut columns = Vec::new();
        for Wire { metric, values } in Vec::<Wire>::deserialize(deserializer)? {
            let mut column = (metric, Vec::new(), Vec::new());
            for (time, text) in values {
                let value = parse_value(&text).ok_or_else(|| {
                    serde::de::Error::custom(format!("`{text}` is no sample value"))
                })?;
                column.1.push(time);
                column.2.push(value);
            }
            columns.push(column);
        }
        Ok(Self::join(columns.iter().map(|(labels, times, values)| {
            (labels, &**times, &**values)
        })))
    }
}
