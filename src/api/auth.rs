//! Logging in and out.

use venti_model::api::auth::{LOGIN, LOGOUT, LoginResponse, SESSION, SessionInfo};

use super::http::{self, Abort, ApiError};

/// Who is logged in.
pub(crate) async fn session(abort: Abort) -> Result<SessionInfo, ApiError> {
    http::get_json(SESSION, &abort).await
}

/// Begins a session, which the browser keeps in a cookie that no script can read.
pub(crate) async fn login(username: &str, password: &str) -> Result<(), ApiError> {
    let form = [("username", username), ("password", password)];
    let body = http::post(LOGIN, &form).await?;
    serde_json::from_slice::<LoginResponse>(&body)
        .map(|_| ())
        .map_err(|error| ApiError::Decode(format!("{LOGIN} answered something else: {error}")))
}

/// Ends the session.
pub(crate) async fn logout() -> Result<(), ApiError> {
    http::post(LOGOUT, &[]).await.map(|_| ())
}
