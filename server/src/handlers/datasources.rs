//! `GET /api/v1/datasources` and what they scrape.

use axum::Json;
use axum::body::to_bytes;
use axum::extract::{Path, State};
use axum::http::Method;
use axum::response::IntoResponse;
use futures_util::future::join_all;
use venti_model::api::datasources::DatasourcesResponse;

use crate::App;
use crate::datasource::{Choice, Datasource};
use crate::error::ApiError;
use crate::upstream::{Call, Endpoint};

/// The targets of a very large cluster. What is longer is not kept in memory.
const MAX_TARGETS_BYTES: usize = 32 << 20;

/// All datasources, without their credentials, and how they are.
pub(crate) async fn list_datasources(State(app): State<App>) -> Json<DatasourcesResponse> {
    let live = app.live();
    Json(live.datasources.iter().map(|it| it.current()).collect())
}

/// For each datasource the answer that it gives about its targets, as a text: the original's
/// shape. An error takes its place where there is none.
pub(crate) async fn all_targets(State(app): State<App>) -> Json<Vec<String>> {
    let live = app.live();
    let answers = live.datasources.iter().map(|it| targets_or_error(&app, it));
    Json(join_all(answers).await)
}

/// The same of one datasource.
pub(crate) async fn targets(
    State(app): State<App>,
    Path(name): Path<String>,
) -> Result<Json<String>, ApiError> {
    let live = app.live();
    let choice = Choice {
        name: Some(name),
        kind: None,
    };
    let datasource = live.datasources.choose(&choice)?;
    Ok(Json(targets_or_error(&app, datasource).await))
}

async fn targets_or_error(app: &App, datasource: &Datasource) -> String {
    let body = match ask_for_targets(app, datasource).await {
        Ok(body) => return body,
        Err(error) => error.into_response().into_body(),
    };
    let body = to_bytes(body, MAX_TARGETS_BYTES).await.unwrap_or_default();
    String::from_utf8_lossy(&body).into_owned()
}

async fn ask_for_targets(app: &App, datasource: &Datasource) -> Result<String, ApiError> {
    let kind = datasource.info.kind;
    let endpoint = Endpoint::Targets;
    let names = endpoint
        .parameters(kind)
        .ok_or_else(|| ApiError::no_endpoint(kind, &endpoint))?;
    let mut parameters = vec![("state".to_owned(), "active".to_owned())];
    parameters.retain(|(name, _)| names.contains(&name.as_str()));
    let call = Call {
        endpoint,
        method: Method::GET,
        parameters,
        accept_encoding: None,
    };
    let (_, answer) = datasource.upstream.share(call, app.now()).await;
    let body = to_bytes(answer?.into_body(), MAX_TARGETS_BYTES).await;
    let body = body.map_err(|error| {
        let name = &datasource.info.name;
        ApiError::bad_gateway(format!("the targets of datasource `{name}`: {error}"))
    })?;
    Ok(String::from_utf8_lossy(&body).into_owned())
}
