//! `POST /api/v1/push`: lines for the files of a Lethe inside the server.

use axum::body::Body;
use axum::extract::{RawQuery, Request, State};
use axum::http::Response;
use tower::ServiceExt;

use super::parameters::Parameters;
use crate::App;
use crate::error::ApiError;
use crate::middleware::Admin;

/// Hands the body over as it is, to the datasource that the URL chooses. Whoever may do this can
/// write what others then read, so it is for administrators.
pub(crate) async fn push(
    _: Admin,
    State(app): State<App>,
    RawQuery(query): RawQuery,
    request: Request,
) -> Result<Response<Body>, ApiError> {
    let live = app.live();
    let choice = Parameters::of_url(query.unwrap_or_default()).choice();
    let datasource = live.datasources.choose(&choice)?;
    let name = &datasource.info.name;
    let router = datasource.logs.as_ref().and_then(|it| it.push());
    let router = router.ok_or_else(|| {
        ApiError::not_found(format!(
            "the datasource `{name}` takes no lines: it needs a `path` and `push: true`"
        ))
    })?;
    // The path is that of the Lethe, too.
    router
        .oneshot(request)
        .await
        .map_err(|never| match never {})
}
