//! Who may enter: every route needs it, but those listed here. So a new route is closed until
//! somebody opens it.

use axum::extract::{FromRequestParts, MatchedPath, Request, State};
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use venti_model::api::auth::{LOGIN, LOGOUT, Role, SESSION};

use crate::App;
use crate::auth::{Credentials, Gate, Identity, Refusal, origin};
use crate::error::ApiError;

/// For probes, and for those who are not logged in yet. Paths without a route are files of the
/// frontend or mistakes, which tell nothing.
const OPEN: [&str; 5] = ["/-/healthy", "/-/ready", LOGIN, LOGOUT, SESSION];
const METRICS: &str = "/metrics";

/// Lets in whom the [`Gate`] knows, as an [`Identity`] of the request.
pub(super) async fn guard(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let live = app.live();
    let gate = &live.gate;
    let peer = gate.peer(request.extensions(), request.headers());
    let credentials = Credentials::of(request.headers(), peer.is_secure);
    // No page of another site can send a bearer.
    let is_scripts = matches!(credentials, Credentials::Bearer(_));
    if !is_scripts && !origin::is_acceptable(request.method(), request.headers()) {
        let message = "this came from a page of another site: only pages of this server may do it";
        return ApiError::forbidden(message).into_response();
    }
    if needs_identity(gate, request.extensions().get()) {
        match gate.identify(peer, request.headers(), app.now_millis()) {
            Ok(identity) => {
                request.extensions_mut().insert(identity);
            }
            Err(refusal) => {
                app.metrics().refused(refusal.as_str());
                return ApiError::from(refusal).into_response();
            }
        }
    }
    next.run(request).await
}

fn needs_identity(gate: &Gate, route: Option<&MatchedPath>) -> bool {
    match route.map(MatchedPath::as_str) {
        None => false,
        Some(METRICS) => gate.guards_metrics(),
        Some(route) => !OPEN.contains(&route),
    }
}

/// Proof that an administrator asks, for handlers that act.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Admin;

impl<S: Sync> FromRequestParts<S> for Admin {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        match parts.extensions.get::<Identity>() {
            Some(it) if it.role == Role::Admin => Ok(Self),
            Some(it) => {
                let message = format!("this is for administrators, and `{}` is none", it.name);
                Err(ApiError::forbidden(message))
            }
            None => Err(Refusal::Missing.into()),
        }
    }
}
