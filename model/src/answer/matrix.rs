//! Range answers as columns.

use serde::{Deserialize, Deserializer};

use super::sample::parse_value;
use crate::labels::Labels;

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

impl<'de> Deserialize<'de> for Matrix {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Wire {
            #[serde(default)]
            metric: Labels,
            #[serde(default)]
            values: Vec<(f64, String)>,
        }
        let wire = Vec::<Wire>::deserialize(deserializer)?;
        let mut times: Vec<f64> = wire
            .iter()
            .flat_map(|it| it.values.iter().map(|(time, _)| *time))
            .collect();
        times.sort_by(f64::total_cmp);
        times.dedup();
        let mut series = Vec::with_capacity(wire.len());
        for Wire { metric, values } in wire {
            let mut column = vec![f64::NAN; times.len()];
            for (time, text) in values {
                let value = parse_value(&text).ok_or_else(|| {
                    serde::de::Error::custom(format!("`{text}` is no sample value"))
                })?;
                if let Ok(at) = times.binary_search_by(|it| it.total_cmp(&time)) {
                    column[at] = value;
                }
            }
            series.push(MatrixSeries {
                labels: metric,
                values: column,
            });
        }
        Ok(Self { times, series })
    }
}
