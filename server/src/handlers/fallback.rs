//! Paths without a route: the frontend's, or a mistake.

use axum::extract::{Request, State};
use axum::http::Method;
use axum::response::{IntoResponse, Response};

use crate::App;
use crate::error::ApiError;

/// Below these the frontend has no page, so that a mistyped endpoint is not answered with HTML.
const NO_PAGES: [&str; 5] = ["/api", "/remote", "/-", "/auth", "/metrics"];

/// Files and pages of the frontend.
pub(crate) async fn anything_else(State(app): State<App>, request: Request) -> Response {
    let path = request.uri().path();
    let is_api = NO_PAGES.iter().any(|it| {
        path.strip_prefix(it)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    });
    if is_api {
        return ApiError::not_found("there is no such endpoint").into_response();
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return ApiError::method_not_allowed(request.method()).into_response();
    }
    let base = &app.live().config.settings.base_path;
    app.frontend().answer(request, base, app.now()).await
}

/// A known path, but not with this method.
pub(crate) async fn method_not_allowed(method: Method) -> ApiError {
    ApiError::method_not_allowed(&method)
}
