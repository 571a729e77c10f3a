//! What a panel can say about its data: loading, ready, empty, stale or failed, never mistaken
//! for each other.

use leptos::prelude::*;

use crate::api::Query;

/// The state of a panel.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum PanelState {
    /// Nothing was answered yet.
    Loading,
    /// The latest answer shows.
    Ready,
    /// The latest answer holds nothing.
    Empty,
    /// The latest request failed; the last good answer shows.
    Stale {
        /// When that answer came, unix seconds.
        since: f64,
        /// Why the request failed.
        reason: String,
    },
    /// The latest request failed and there is nothing to show.
    Failed {
        /// Why.
        reason: String,
    },
}

impl PanelState {
    /// Decides from the last good answer (whether it is empty, and when it came) and the
    /// latest failure.
    pub(crate) fn of(answer: Option<(bool, f64)>, failure: Option<String>) -> Self {
        match (answer, failure) {
            (None, None) => PanelState::Loading,
            (Some((true, _)), None) => PanelState::Empty,
            (Some((false, _)), None) => PanelState::Ready,
            (Some((false, since)), Some(reason)) => PanelState::Stale { since, reason },
            (_, Some(reason)) => PanelState::Failed { reason },
        }
    }

    /// The word for styles and tests.
    pub(crate) fn as_str(&self) -> &'static str {
        match self {
            PanelState::Loading => "loading",
            PanelState::Ready => "ready",
            PanelState::Empty => "empty",
            PanelState::Stale { .. } => "stale",
            PanelState::Failed { .. } => "failed",
        }
    }
}

/// The state of a panel that shows a query's answer.
pub(crate) fn panel_state<T: Send + Sync + 'static>(
    query: Query<T>,
    is_empty: impl Fn(&T) -> bool + Send + Sync + 'static,
) -> Signal<PanelState> {
    Memo::new(move |_| {
        let answer = query
            .data()
            .map(|it| (is_empty(&it), query.answered_at().unwrap_or_default()));
        PanelState::of(answer, query.error().map(|it| it.to_string()))
    })
    .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_state_looks_like_another() {
        let down = || Some("down".to_owned());
        let reason = || "down".to_owned();
        let cases = [
            (None, None, PanelState::Loading),
            (Some((false, 5.0)), None, PanelState::Ready),
            (Some((true, 5.0)), None, PanelState::Empty),
            (
                Some((false, 5.0)),
                down(),
                PanelState::Stale {
                    since: 5.0,
                    reason: reason(),
                },
            ),
            (
                Some((true, 5.0)),
                down(),
                PanelState::Failed { reason: reason() },
            ),
            (None, down(), PanelState::Failed { reason: reason() }),
        ];
        for (answer, failure, expected) in cases {
            assert_eq!(PanelState::of(answer, failure), expected);
        }
    }
}
