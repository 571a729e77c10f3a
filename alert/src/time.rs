//! Moments in nanoseconds: slots are finer than milliseconds, and are cut only where they leave.

use std::time::Duration;

use chrono::{DateTime, SecondsFormat};
use serde::{Deserialize, Serialize};

/// A moment, nanoseconds since 1970.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    /// From nanoseconds since 1970.
    pub const fn from_nanos(nanos: i64) -> Self {
        Self(nanos)
    }

    /// From unix seconds, exact to the millisecond as Prometheus' API speaks them. What no
    /// calendar holds becomes the nearest moment that fits.
    pub fn from_seconds(seconds: f64) -> Self {
        Self(((seconds * 1e3).round() as i64).saturating_mul(1_000_000))
    }

    /// Nanoseconds since 1970.
    pub const fn nanos(self) -> i64 {
        self.0
    }

    /// Unix seconds, cut to the millisecond.
    pub fn seconds(self) -> f64 {
        self.0.div_euclid(1_000_000) as f64 / 1e3
    }

    /// So much later.
    pub fn plus(self, length: Duration) -> Self {
        Self(self.0.saturating_add(nanos_of(length)))
    }

    /// So much earlier.
    pub fn minus(self, length: Duration) -> Self {
        Self(self.0.saturating_sub(nanos_of(length)))
    }

    /// How long after an earlier moment this is; nothing when it is not.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_nanos(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// `1795231911.632`, for the parameter `time` of a query.
    pub fn to_query_time(self) -> String {
        let millis = self.0.div_euclid(1_000_000);
        format!("{}.{:03}", millis.div_euclid(1000), millis.rem_euclid(1000))
    }

    /// `2026-11-21T03:31:51.632Z`, as Alertmanager reads it.
    pub fn to_rfc3339_millis(self) -> String {
        // Chrono rounds nowhere: it cuts, as Go does.
        DateTime::from_timestamp_nanos(self.0).to_rfc3339_opts(SecondsFormat::Millis, true)
    }

    /// `2026-11-21T03:31:51.632510205Z`, without zeros at the end of the fraction, as the API of
    /// Prometheus writes moments.
    pub fn to_rfc3339(self) -> String {
        let text =
            DateTime::from_timestamp_nanos(self.0).to_rfc3339_opts(SecondsFormat::Nanos, true);
        let digits = text.trim_end_matches('Z').trim_end_matches('0');
        format!("{}Z", digits.trim_end_matches('.'))
    }
}

/// A length in nanoseconds; what does not fit, 292 years, is that.
pub(crate) fn nanos_of(length: Duration) -> i64 {
    i64::try_from(length.as_nanos()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_moments_as_prometheus_does() {
        let at = Timestamp::from_nanos(1_795_231_911_632_510_205);
        assert_eq!(at.to_query_time(), "1795231911.632");
        assert_eq!(at.to_rfc3339_millis(), "2026-11-21T03:31:51.632Z");
        assert_eq!(at.to_rfc3339(), "2026-11-21T03:31:51.632510205Z");
        assert_eq!(
            Timestamp::from_seconds(1.5).to_rfc3339(),
            "1970-01-01T00:00:01.5Z"
        );
        assert_eq!(Timestamp::default().to_rfc3339(), "1970-01-01T00:00:00Z");
        assert_eq!(at.seconds(), 1_795_231_911.632);
        assert_eq!(Timestamp::from_nanos(-1).to_query_time(), "-1.999");
    }

    #[test]
    fn stays_within_what_fits() {
        let end = Timestamp::from_nanos(i64::MAX);
        assert_eq!(end.plus(Duration::MAX), end);
        assert_eq!(
            end.since(Timestamp::from_nanos(i64::MIN)),
            Duration::from_nanos(i64::MAX as u64)
        );
        assert_eq!(Timestamp::default().since(end), Duration::ZERO);
        assert_eq!(Timestamp::from_seconds(f64::NAN), Timestamp::default());
    }
}
