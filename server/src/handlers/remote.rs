//! Requests passed on to a datasource: `/api/v1/remote/…` and `/remote/…`.

use std::time::Instant;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, Method, Response, header};
use axum::routing::{MethodRouter, get};
use venti_model::api::CACHE_HEADER;
use venti_model::api::datasources::DatasourceType;

use super::parameters::Parameters;
use crate::App;
use crate::error::ApiError;
use crate::upstream::{Call, Endpoint};

type Answer = Result<Response<Body>, ApiError>;

/// Passes on what is asked of an endpoint, by GET, and by POST where it takes forms.
pub(crate) fn passed_on(endpoint: Endpoint) -> MethodRouter<App> {
    let takes_forms = endpoint.takes_forms();
    let handler = async move |State(app): State<App>,
                              method: Method,
                              headers: HeaderMap,
                              parameters: Parameters| {
        forward(&app, endpoint, method, &headers, &parameters).await
    };
    if takes_forms {
        get(handler.clone()).post(handler)
    } else {
        get(handler)
    }
}

/// The values of the label that the path names.
pub(crate) async fn label_values(
    State(app): State<App>,
    Path(name): Path<String>,
    headers: HeaderMap,
    parameters: Parameters,
) -> Answer {
    let name = name
        .parse()
        .map_err(|error| ApiError::bad_data(format!("label: {error}")))?;
    let endpoint = Endpoint::LabelValues(name);
    forward(&app, endpoint, Method::GET, &headers, &parameters).await
}

async fn forward(
    app: &App,
    endpoint: Endpoint,
    method: Method,
    headers: &HeaderMap,
    parameters: &Parameters,
) -> Answer {
    let live = app.live();
    let datasource = live.datasources.choose(&parameters.choice())?;
    let kind = datasource.info.kind;
    let names = endpoint
        .parameters(kind)
        .ok_or_else(|| ApiError::no_endpoint(kind, &endpoint))?;
    let call = Call {
        endpoint,
        // Lethe knows no other.
        method: match kind {
            DatasourceType::Prometheus => method,
            _ => Method::GET,
        },
        parameters: parameters.only(names),
        // The one compression that datasources know. Browsers list more, each its own, and
        // calls are equal only when this is.
        accept_encoding: accepts_gzip(headers).then_some(HeaderValue::from_static("gzip")),
    };
    let started = Instant::now();
    let (origin, answer) = datasource.upstream.share(call, app.now()).await;
    let name = &datasource.info.name;
    app.metrics()
        .upstream_answered(name, origin, answer.is_ok(), started.elapsed());
    let mut answer = answer?;
    let origin = HeaderValue::from_static(origin.as_str());
    answer.headers_mut().insert(CACHE_HEADER, origin);
    Ok(answer)
}

fn accepts_gzip(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(header::ACCEPT_ENCODING);
    accepted
        .iter()
        .filter_map(|it| it.to_str().ok())
        .flat_map(|it| it.split(','))
        .any(|it| {
            let (name, weight) = it.split_once(';').unwrap_or((it, ""));
            name.trim().eq_ignore_ascii_case("gzip") && !matches!(weight.trim(), "q=0" | "q=0.0")
        })
}
