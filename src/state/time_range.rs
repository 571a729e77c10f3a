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
            let point = |name| params.get(name).and_then(|it| it.parse::<TimePoint>().ok());
            match (point("from"), point("to")) {
                (Some(from), to) => TimeRange {
                    from,
                    to: to.unwrap_or(TimePoint::NowMinus(0)),
                },
                _ => DEFAULT_RANGE,
            }
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
