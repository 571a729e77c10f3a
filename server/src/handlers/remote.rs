//! Queries passed on to a datasource: `/api/v1/remote/…` and `/remote/…`.

use std::time::Instant;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, Method, Response, header};
use venti_model::api::datasources::DatasourceType;

use super::parameters::Parameters;
use crate::App;
use crate::error::ApiError;
use crate::upstream::{Call, Endpoint};

type Answer = Result<Response<Body>, ApiError>;

/// A query at one moment.
pub(crate) async fn query(
    State(app): State<App>,
    method: Method,
    headers: HeaderMap,
    parameters: Parameters,
) -> Answer {
    forward(&app, Endpoint::Query, method, &headers, parameters).await
}

/// A query over a range.
pub(crate) async fn query_range(
    State(app): State<App>,
    method: Method,
    headers: HeaderMap,
    parameters: Parameters,
) -> Answer {
    forward(&app, Endpoint::QueryRange, method, &headers, parameters).await
}

/// Metric names with their types and help texts, or log targets.
pub(crate) async fn metadata(
    State(app): State<App>,
    headers: HeaderMap,
    parameters: Parameters,
) -> Answer {
    forward(&app, Endpoint::Metadata, Method::GET, &headers, parameters).await
}

/// Whether the datasource is well.
pub(crate) async fn healthy(
    State(app): State<App>,
    headers: HeaderMap,
    parameters: Parameters,
) -> Answer {
    forward(&app, Endpoint::Healthy, Method::GET, &headers, parameters).await
}

async fn forward(
    app: &App,
    endpoint: Endpoint,
    method: Method,
    headers: &HeaderMap,
    parameters: Parameters,
) -> Answer {
    let datasource = app.datasources().choose(&parameters.choice())?;
    let kind = datasource.info.kind;
    let call = Call {
        endpoint,
        // Lethe knows no other.
        method: match kind {
            DatasourceType::Prometheus => method,
            DatasourceType::Lethe => Method::GET,
        },
        parameters: parameters.only(endpoint.parameters(kind)),
        accept_encoding: headers.get(header::ACCEPT_ENCODING).cloned(),
    };
    let started = Instant::now();
    let answer = datasource.upstream.send(&call).await;
    app.metrics()
        .upstream_answered(&datasource.info.name, answer.is_ok(), started.elapsed());
    Ok(answer?)
}
