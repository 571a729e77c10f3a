//! Questions that are answered with numbers and names.

use crate::letheql::{LogQuery, MetricQuery};
use crate::metric::{self, Series};
use crate::search::{Histogram, Instants, LabelValues, TimeRange, WindowCounts};

use super::Lethe;
use super::error::{MAX_COUNTS, MAX_POINTS, QueryError};

/// Values of a label in one answer.
const MAX_VALUES: usize = 10_000;

impl Lethe {
    /// Counts the lines that a query selects, in buckets of `step` seconds.
    /// With the counts come warnings, as sentences.
    pub async fn histogram(
        &self,
        query: LogQuery,
        range: TimeRange,
        step: i64,
    ) -> Result<(Histogram, Vec<String>), QueryError> {
        let histogram =
            Histogram::new(&range, step, MAX_POINTS).ok_or(QueryError::TooManyPoints)?;
        let found = self.search(query, range, histogram).await?;
        Ok((found.sink, found.warnings))
    }

    /// Evaluates a query for numbers at some instants. With the series come
    /// warnings, as sentences.
    pub async fn evaluate(
        &self,
        query: MetricQuery,
        instants: Instants,
    ) -> Result<(Vec<Series>, Vec<String>), QueryError> {
        let labels = query.labels.iter().map(|it| it.source.clone()).collect();
        let counts = WindowCounts::new(instants, query.window_millis, labels, MAX_COUNTS);
        let range = counts.range();
        let found = self.search(query.lines.clone(), range, counts).await?;
        let counts = found.sink.finish().ok_or(QueryError::TooManySeries)?;
        Ok((metric::evaluate(&query, counts), found.warnings))
    }

    /// The values that a label of the selected lines has, in order. With them
    /// come warnings, as sentences.
    pub async fn label_values(
        &self,
        query: LogQuery,
        range: TimeRange,
        label: &str,
    ) -> Result<(Vec<Vec<u8>>, Vec<String>), QueryError> {
        let labels = query.log_type.labels();
        let place =
            labels
                .iter()
                .position(|it| *it == label)
                .ok_or_else(|| QueryError::UnknownLabel {
                    log_type: query.log_type.name(),
                    label: label.to_owned(),
                })?;
        let values = LabelValues::new(place, MAX_VALUES);
        let found = self.search(query, range, values).await?;
        let mut warnings = found.warnings;
        let (values, has_more) = found.sink.finish();
        if has_more {
            warnings.push(format!("there are more than {MAX_VALUES} values"));
        }
        Ok((values, warnings))
    }
}
