//! Streams without an end of their own, such as tails of logs, end when the server stops: they
//! would hold it up otherwise, and their viewers connect to the next one.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header;
use axum::middleware::Next;
use axum::response::Response;
use futures_util::StreamExt;

use crate::App;

pub(super) async fn end_at_stop(State(app): State<App>, request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    if !is_event_stream(&response) {
        return response;
    }
    let stop = Box::pin(app.stopping());
    response.map(|body| Body::from_stream(body.into_data_stream().take_until(stop)))
}

fn is_event_stream(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE);
    kind.is_some_and(|it| it.as_bytes().starts_with(b"text/event-stream"))
}
