//! Equal calls have one answer: one that is under way is read along, and one that came a
//! moment ago is given again where [`reuse`] allows it. Both hold it compressed already when its
//! askers can read that.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use axum::body::{Body, Bytes};
use axum::http::response::Parts;
use axum::http::{HeaderValue, Response, StatusCode};
use futures_util::{FutureExt, StreamExt};

use super::flight::{Flight, Reader};
use super::gzip::Gzip;
use super::kept::Kept;
use super::{Call, Endpoint, Failure, Upstream, UpstreamError, reuse};

/// Where an answer comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The datasource was asked.
    Asked,
    /// It had just been asked by somebody else.
    Shared,
    /// It was asked a moment ago.
    Kept,
}

impl Origin {
    /// The word of headers and metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Origin::Asked => "miss",
            Origin::Shared => "shared",
            Origin::Kept => "hit",
        }
    }
}

/// The answers of one datasource that are under way or hold for a moment.
#[derive(Debug, Default)]
pub(super) struct Shared {
    flights: Arc<Flights>,
    kept: Arc<Kept<Key>>,
}

#[derive(Debug, Default)]
struct Flights(Mutex<HashMap<Key, Weak<Flight>>>);

/// What makes two calls equal. The method does not: a form asks the same as a URL.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Key {
    endpoint: Endpoint,
    parameters: String,
    accept_encoding: Option<HeaderValue>,
}

impl Shared {
    pub(super) async fn answer(
        &self,
        upstream: &Upstream,
        call: Call,
        now: f64,
    ) -> (Origin, Result<Response<Body>, UpstreamError>) {
        // A tail is as long as its reader is there, and health is asked for to be sure.
        if matches!(call.endpoint, Endpoint::Tail | Endpoint::Healthy) {
            return (Origin::Asked, upstream.send(&call).await);
        }
        let key = Key::of(&call);
        if let Some(response) = self.kept.get(&key, now) {
            return (Origin::Kept, Ok(response));
        }
        let (reader, origin) = self.reader(upstream, key, call, now);
        let head = reader.head().await;
        let response = head.map(|it| Response::from_parts(it, Body::from_stream(reader)));
        (origin, response)
    }

    /// Joins the flight of an equal call, or starts one.
    fn reader(&self, upstream: &Upstream, key: Key, call: Call, now: f64) -> (Reader, Origin) {
        let mut flights = self.flights.lock();
        if let Some(flight) = flights.get(&key).and_then(Weak::upgrade)
            && let Some(reader) = flight.join()
        {
            return (reader, Origin::Shared);
        }
        let (flight, reader) = Flight::start();
        let upstream = upstream.clone();
        flights.insert(key.clone(), Arc::downgrade(&flight));
        let entry = Entry {
            datasource: upstream.0.name.clone(),
            flights: self.flights.clone(),
            key,
            flight: flight.clone(),
        };
        let keep = reuse::is_reusable(&call, now).then(|| self.kept.clone());
        let task = tokio::spawn(async move {
            let answer = drive(upstream, &call, &entry.flight).await;
            if let (Some(kept), Some((parts, body))) = (keep, answer)
                && parts.status == StatusCode::OK
            {
                let key = entry.key.clone();
                let key_bytes = key.parameters.len();
                kept.insert(key, key_bytes, now, parts, body);
            }
        });
        flight.driven_by(task.abort_handle());
        (reader, Origin::Asked)
    }
}

/// Asks, and hands the answer to whoever reads it. Gives it back when it is whole and not too
/// long to be kept.
async fn drive(upstream: Upstream, call: &Call, flight: &Flight) -> Option<(Parts, Bytes)> {
    let mut response = match upstream.send(call).await {
        Ok(response) => response,
        Err(error) => {
            flight.begin(Err(error));
            return None;
        }
    };
    let mut gzip = Gzip::begin(call, &mut response);
    let (parts, body) = response.into_parts();
    flight.begin(Ok(parts));
    let mut chunks = body.into_data_stream();
    loop {
        let next = match (chunks.next().now_or_never(), &mut gzip) {
            (Some(next), _) => next,
            (None, None) => chunks.next().await,
            (None, Some(gzip)) => {
                let ready = gzip.flush();
                if !ready.is_empty() {
                    flight.push(ready).await;
                }
                chunks.next().await
            }
        };
        let Some(chunk) = next else { break };
        let chunk = match chunk {
            Ok(chunk) => chunk,
            Err(error) => {
                flight.end(Err(error.to_string()));
                return None;
            }
        };
        let ready = match &mut gzip {
            Some(gzip) => gzip.push(&chunk),
            None => chunk,
        };
        if !ready.is_empty() {
            flight.push(ready).await;
        }
    }
    if let Some(gzip) = gzip {
        flight.push(gzip.finish()).await;
    }
    flight.end(Ok(()));
    flight.whole()
}

/// A flight that can be found. It is removed however the task that drives it ends.
#[derive(Debug)]
struct Entry {
    datasource: Arc<str>,
    flights: Arc<Flights>,
    key: Key,
    flight: Arc<Flight>,
}

impl Drop for Entry {
    fn drop(&mut self) {
        let mut flights = self.flights.lock();
        let is_own = |it: &Weak<Flight>| std::ptr::eq(it.as_ptr(), Arc::as_ptr(&self.flight));
        if flights.get(&self.key).is_some_and(is_own) {
            flights.remove(&self.key);
        }
        drop(flights);
        // Only a task that was stopped in its middle has not told the end.
        self.flight.abandon(UpstreamError {
            datasource: self.datasource.to_string(),
            failure: Failure::BrokenOff("the request was given up".to_owned()),
        });
    }
}

impl Flights {
    fn lock(&self) -> MutexGuard<'_, HashMap<Key, Weak<Flight>>> {
        // Nothing panics while it is held.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Key {
    fn of(call: &Call) -> Self {
        Self {
            endpoint: call.endpoint.clone(),
            parameters: call.encoded_parameters(),
            accept_encoding: call.accept_encoding.clone(),
        }
    }
}
