//! Lines as they are written, as server-sent events.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use chrono::TimeDelta;
use futures_util::stream;
use tokio::time::{Interval, MissedTickBehavior, interval};

use crate::letheql::LogQuery;
use crate::search::TimeRange;
use crate::{Answer, Lethe, Page, Tail};

use super::error::ApiError;
use super::params::Params;
use super::{range, rows};

/// How far the first event looks back when no start is given.
const LOOK_BACK: TimeDelta = TimeDelta::hours(1);

/// `query`, `start` (an hour ago), `limit`, `cursors`: the newest lines up to
/// now, then new ones as they come. The data of each event is an answer as of `query`.
/// An event named `error`, with an error as its data, is the last one. The
/// stream ends with its client.
pub(super) async fn tail(
    State(lethe): State<Arc<Lethe>>,
    RawQuery(raw): RawQuery,
) -> Result<impl IntoResponse, ApiError> {
    let params = Params::parse(raw.as_deref());
    let query = LogQuery::parse(params.get("query").unwrap_or_default())?;
    let end = lethe.now().into();
    let start = params
        .time("start")?
        .unwrap_or_else(|| range::before(end, LOOK_BACK));
    let page = Page::newest(TimeRange { start, end }, params.count("limit")?);
    let (tail, first) = Tail::start(lethe, query, page).await?;
    let mut clock = interval(Tail::PERIOD);
    clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let feed = Feed {
        with_cursors: params.flag("cursors")?,
        first: Some(first),
        tail: Some(tail),
        clock,
    };
    let events = Sse::new(stream::unfold(feed, Feed::next)).keep_alive(KeepAlive::default());
    // nginx would hold events back until its buffer is full.
    Ok(([("x-accel-buffering", "no")], events))
}

/// What is still to be sent.
struct Feed {
    with_cursors: bool,
    first: Option<Answer>,
    /// Nothing behind the last event.
    tail: Option<Tail>,
    clock: Interval,
}

impl Feed {
    async fn next(mut self) -> Option<(Result<Event, Infallible>, Feed)> {
        if let Some(first) = self.first.take() {
            return Some((Ok(self.event(&first)), self));
        }
        loop {
            self.clock.tick().await;
            match self.tail.as_mut()?.next().await {
                Ok(answer) if answer.rows.is_empty() && answer.warnings.is_empty() => {}
                Ok(answer) => return Some((Ok(self.event(&answer)), self)),
                Err(error) => {
                    self.tail = None;
                    let (_, body) = ApiError::from(error).into_parts();
                    let event = Event::default().event("error");
                    return Some((Ok(event.data(String::from_utf8_lossy(&body))), self));
                }
            }
        }
    }

    fn event(&self, answer: &Answer) -> Event {
        let body = rows::body(answer, self.with_cursors);
        Event::default().data(String::from_utf8_lossy(&body))
    }
}
