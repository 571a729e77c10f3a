//! The time range of a request.

use chrono::{DateTime, TimeDelta, Utc};

use crate::Lethe;
use crate::search::{TimeRange, Timestamp};

use super::params::{ParamError, Params};

/// How long a range is whose start is not given.
const DEFAULT_RANGE: TimeDelta = TimeDelta::hours(1);

/// Points of a series whose step is not given.
const DEFAULT_POINTS: i64 = 100;

/// `start` (an hour before the end) and `end` (now).
pub(super) fn of(params: &Params, lethe: &Lethe) -> Result<TimeRange, ParamError> {
    let end = params.time("end")?.unwrap_or_else(|| lethe.now().into());
    let start = params
        .time("start")?
        .unwrap_or_else(|| before(end, DEFAULT_RANGE));
    Ok(TimeRange { start, end })
}

/// The step of a range whose step is not given.
pub(super) fn default_step_seconds(range: &TimeRange) -> i64 {
    let seconds = range.end.seconds().saturating_sub(range.start.seconds());
    seconds.max(0) / DEFAULT_POINTS + 1
}

/// An instant that lies `span` before another one.
pub(super) fn before(time: Timestamp, span: TimeDelta) -> Timestamp {
    let time = DateTime::<Utc>::from(time);
    time.checked_sub_signed(span)
        .unwrap_or(DateTime::<Utc>::MIN_UTC)
        .into()
}
