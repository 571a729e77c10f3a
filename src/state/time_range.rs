//! The time range of the view, in the URL as `from` and `to`.

use leptos::prelude::*;
use venti_model::time::{TimePoint, TimeRange};

use super::RefreshState;
use super::view_params::{History, ViewParams};

/// What a view shows before anybody chose: the last quarter of an hour.
pub(crate) const DEFAULT_RANGE: TimeRange = TimeRange::last(900);

/// The chosen time range.
#[derive(Clone, Copy)]
pub(crate) struct TimeRangeState {
    range: Memo<TimeRange>,
    params: ViewParams,
}

impl TimeRangeState {
    /// Follows the URL.
    pub(crate) fn new(params: ViewParams) -> Self {
        let range = Memo::new(move |_| {
            written_range(params.get("from").as_deref(), params.get("to").as_deref())
        });
        Self { range, params }
    }

    /// The one of this app.
    pub(crate) fn expect() -> Self {
        expect_context()
    }

    /// The range as chosen.
    pub(crate) fn range(&self) -> TimeRange {
        self.range.get()
    }

    /// The range, without following it.
    pub(crate) fn range_untracked(&self) -> TimeRange {
        self.range.get_untracked()
    }

    /// Shows the time between two moments, unix seconds in either order: at least a second.
    pub(crate) fn zoom(&self, from: f64, to: f64, refresh: RefreshState) {
        let start = from.min(to).floor();
        let end = from.max(to).ceil().max(start + 1.0);
        let range = TimeRange {
            from: TimePoint::At(start),
            to: TimePoint::At(end),
        };
        self.set(range, refresh);
    }

    /// Shows another range, as of now.
    pub(crate) fn set(&self, range: TimeRange, refresh: RefreshState) {
        refresh.look_at_clock();
        let text = |point: TimePoint| Some(point.to_string());
        self.params.set(
            &[("from", text(range.from)), ("to", text(range.to))],
            History::Push,
        );
    }
}

/// The range that a URL's `from` and `to` mean. Without a `to` that can be read it ends now;
/// without such a `from` it is the one of a view where nobody chose.
fn written_range(from: Option<&str>, to: Option<&str>) -> TimeRange {
    let point = |text: Option<&str>| text?.parse::<TimePoint>().ok();
    match (point(from), point(to)) {
        (Some(from), to) => TimeRange {
            from,
            to: to.unwrap_or(TimePoint::NowMinus(0)),
        },
        _ => DEFAULT_RANGE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_ranges_of_urls() {
        let range = |from, to| TimeRange { from, to };
        let cases = [
            (None, None, DEFAULT_RANGE),
            (Some("now-1h"), None, TimeRange::last(3600)),
            (Some("now-1h"), Some("now"), TimeRange::last(3600)),
            (
                Some("now-2h"),
                Some("now-1h"),
                range(TimePoint::NowMinus(7200), TimePoint::NowMinus(3600)),
            ),
            (
                Some("1700000000"),
                Some("1700003600"),
                range(TimePoint::At(1.7e9), TimePoint::At(1.7e9 + 3600.0)),
            ),
            (Some("now-1h"), Some("tomorrow"), TimeRange::last(3600)),
            (Some("<script>"), Some("now-1h"), DEFAULT_RANGE),
            (None, Some("now-1h"), DEFAULT_RANGE),
            (Some(""), Some(""), DEFAULT_RANGE),
        ];
        for (from, to, expected) in cases {
            assert_eq!(written_range(from, to), expected, "from {from:?} to {to:?}");
        }
    }

    #[test]
    fn a_range_written_is_the_range_read() {
        let range = TimeRange {
            from: TimePoint::At(1_717_160_400.5),
            to: TimePoint::NowMinus(90),
        };
        let (from, to) = (range.from.to_string(), range.to.to_string());
        assert_eq!(written_range(Some(&from), Some(&to)), range);
    }
}
