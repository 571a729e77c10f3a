//! Asking a log database in its own API, and its answers as Lethe's. A live tail asks again every
//! second, since the tails of these APIs are of different kinds, one of them over a websocket.

use std::convert::Infallible;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header};
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::{StreamExt, stream};
use tokio::time::{Interval, MissedTickBehavior, interval};
use url::form_urlencoded;

use super::client::{Client, Question};
use super::dialect::{self, Dialect, Following};
use super::{Call, Failure, answer};
use crate::app::{Clock, unix_seconds};
use crate::config::Limits;

/// Longer parameters are posted.
const MAX_QUERY_BYTES: usize = 2000;

/// Time between two rounds of a live tail.
const PERIOD: Duration = Duration::from_secs(1);

/// The first event of a tail that has no lines yet.
const EMPTY: &str = r#"{"status":"success","data":{"resultType":"logs","result":[]}}"#;

/// Asks all that a call needs. `limit` is what each answer may take, in bytes.
pub(super) async fn send(
    client: &Client,
    dialect: &Dialect,
    call: &Call,
    now: f64,
    limit: u64,
) -> Result<Response<Body>, Failure> {
    let mut answers = Vec::new();
    for question in dialect.questions(call, now)? {
        match ask(client, &question, limit).await? {
            Answered::Body(body) => answers.push((question, body)),
            Answered::Refused(body) => return Ok(json(StatusCode::BAD_REQUEST, body)),
        }
    }
    Ok(json(StatusCode::OK, dialect.answer(&answers)?))
}

/// A live tail: an event with the newest lines, and further ones with what comes. An event named
/// `error` is the last one.
#[derive(Clone, Debug)]
pub(super) struct Tail {
    pub(super) client: Client,
    pub(super) dialect: Dialect,
    pub(super) call: Call,
    pub(super) clock: Clock,
    pub(super) limits: Limits,
}

impl Tail {
    /// Waits for the first lines, so that a refusal is an answer of its own.
    pub(super) async fn start(self) -> Result<Response<Body>, Failure> {
        let following = self.dialect.follow(&self.call, unix_seconds(self.clock))?;
        let mut feed = Feed {
            tail: self,
            following: Some(following),
            clock: interval(PERIOD),
        };
        feed.clock
            .set_missed_tick_behavior(MissedTickBehavior::Delay);
        feed.clock.tick().await;
        let first = match feed.round().await? {
            Ok(news) => news.unwrap_or_else(|| EMPTY.to_owned()),
            Err(refusal) => return Ok(json(StatusCode::BAD_REQUEST, refusal)),
        };
        let first = stream::iter([Ok(Event::default().data(first))]);
        let events = first.chain(stream::unfold(feed, Feed::next));
        let events = Sse::new(events).keep_alive(KeepAlive::default());
        // nginx would hold events back until its buffer is full.
        Ok(([("x-accel-buffering", "no")], events).into_response())
    }
}

/// What is still to be sent of a tail.
struct Feed {
    tail: Tail,
    /// Nothing behind the last event.
    following: Option<Following>,
    clock: Interval,
}

impl Feed {
    async fn next(mut self) -> Option<(Result<Event, Infallible>, Feed)> {
        loop {
            self.clock.tick().await;
            let now = unix_seconds(self.tail.clock) * 1e9;
            self.following.as_mut()?.move_on(now as i64);
            let timeout = self.tail.limits.timeout;
            let round = tokio::time::timeout(timeout, self.round()).await;
            let body = match round.unwrap_or(Err(Failure::Timeout(timeout))) {
                Ok(Ok(None)) => continue,
                Ok(Ok(Some(news))) => return Some((Ok(Event::default().data(news)), self)),
                Ok(Err(refusal)) => refusal,
                Err(failure) => dialect::error_body(failure.to_string().as_bytes()),
            };
            self.following = None;
            let event = Event::default().event("error");
            return Some((Ok(event.data(String::from_utf8_lossy(&body))), self));
        }
    }

    /// What is new, or what the database says against the query.
    async fn round(&mut self) -> Result<Result<Option<String>, Vec<u8>>, Failure> {
        let Tail {
            client,
            dialect,
            call,
            limits,
            ..
        } = &self.tail;
        let Some(following) = &mut self.following else {
            return Ok(Ok(None));
        };
        let question = dialect.next_question(call, following)?;
        Ok(
            match ask(client, &question, limits.max_response_bytes).await? {
                Answered::Body(body) => Ok(dialect.news(call, following, &body)?),
                Answered::Refused(body) => Err(body),
            },
        )
    }
}

enum Answered {
    Body(Bytes),
    /// The database found fault with the query; an error in the shape of ours.
    Refused(Vec<u8>),
}

async fn ask(
    client: &Client,
    question: &dialect::Question,
    limit: u64,
) -> Result<Answered, Failure> {
    let limit = usize::try_from(limit)
        .unwrap_or(usize::MAX)
        .min(dialect::MAX_BYTES);
    let form: String = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(&question.parameters)
        .finish();
    let is_long = form.len() > MAX_QUERY_BYTES;
    let response = client
        .send(Question {
            method: if is_long { Method::POST } else { Method::GET },
            path: &question.path,
            form,
            // Nothing is unpacked here, so nothing may come packed.
            headers: HeaderMap::new(),
        })
        .await?;
    answer::check_status(&response)?;
    let status = response.status();
    if status.is_client_error() {
        let text = read(response, limit).await?;
        return Ok(Answered::Refused(dialect::error_body(&text)));
    }
    if !status.is_success() || response.headers().contains_key(header::CONTENT_ENCODING) {
        return Err(answer::unexpected(&response));
    }
    Ok(Answered::Body(read(response, limit).await?))
}

fn json(status: StatusCode, body: Vec<u8>) -> Response<Body> {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let kind = HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}

async fn read(response: Response<Body>, limit: usize) -> Result<Bytes, Failure> {
    let mut chunks = response.into_body().into_data_stream();
    let mut body = Vec::new();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|error| Failure::BrokenOff(error.to_string()))?;
        if body.len() + chunk.len() > limit {
            return Err(Failure::TooLarge(limit as u64));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.into())
}
