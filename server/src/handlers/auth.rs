//! `/auth/login`, `/auth/logout`, `/auth/session`.

use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Request, State};
use axum::http::{Extensions, HeaderMap, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use url::form_urlencoded;
use venti_model::api::auth::{AuthMode, LoginResponse, LogoutResponse, SessionInfo, SessionUser};

use crate::App;
use crate::auth::{Credentials, Identity, LoginError, Refusal, forget, keep};
use crate::config::Secret;
use crate::error::ApiError;

/// What is sent to log in.
#[derive(Debug, Default, Deserialize)]
struct Login {
    username: String,
    password: Secret,
}

/// Begins a session: as a cookie for browsers, as a token in the answer for scripts.
pub(crate) async fn login(
    State(app): State<App>,
    extensions: Extensions,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, ApiError> {
    let body = body.map_err(|it| ApiError::unreadable_body(&it))?;
    let Login { username, password } = read_login(&headers, &body)
        .ok_or_else(|| ApiError::bad_data("send `username` and `password` as a form or as JSON"))?;
    let live = app.live();
    let peer = live.gate.peer(&extensions, &headers);
    let now = app.now_millis();
    let begun = app
        .auth()
        .login(&live.gate, &username, password, peer.address, now);
    let begun = begun.await;
    app.metrics().logged_in(result(&begun));
    let begun = begun.inspect_err(|error| {
        tracing::info!(address = %peer.address, %error, "login refused");
    })?;
    // Browsers say where they come from, and no script of a page needs to see the session.
    let is_script = !headers.contains_key(header::ORIGIN);
    let cookie = keep(&begun.session, begun.lasting, peer.is_secure);
    let body = LoginResponse {
        message: "logged in".to_owned(),
        token: is_script.then_some(begun.session),
        user_id: begun.user_number,
        username: begun.identity.name.clone(),
        session: SessionInfo {
            mode: AuthMode::Users,
            user: Some(user(begun.identity)),
            has_ended: false,
        },
    };
    let cookie = cookie.map(|it| [(header::SET_COOKIE, it)]);
    Ok((cookie, Json(body)).into_response())
}

/// Ends the session of the cookie or bearer, whoever has a copy of it.
pub(crate) async fn logout(State(app): State<App>, request: Request) -> Result<Response, ApiError> {
    let live = app.live();
    let peer = live.gate.peer(request.extensions(), request.headers());
    let credentials = Credentials::of(request.headers(), peer.is_secure);
    if let Some(session) = credentials.text().map(str::to_owned) {
        let now = app.now_millis();
        let ended = tokio::task::spawn_blocking(move || live.gate.logout(&session, now));
        let ended = ended
            .await
            .map_err(|it| ApiError::internal(it.to_string()))?;
        if let Err(error) = ended {
            tracing::error!(%error, "a logout could not be written down: it holds until a restart");
        }
    }
    let message = "logged out".to_owned();
    let cookie = forget(peer.is_secure).map(|it| [(header::SET_COOKIE, it)]);
    Ok((cookie, Json(LogoutResponse { message })).into_response())
}

/// Who asks. It answers everybody, so that the page knows whether to ask for a login.
pub(crate) async fn session(State(app): State<App>, request: Request) -> Json<SessionInfo> {
    let live = app.live();
    let peer = live.gate.peer(request.extensions(), request.headers());
    let identity = live
        .gate
        .identify(peer, request.headers(), app.now_millis());
    Json(SessionInfo {
        mode: live.gate.mode(),
        has_ended: matches!(identity, Err(Refusal::Expired | Refusal::Ended)),
        user: identity.ok().map(user),
    })
}

fn user(identity: Identity) -> SessionUser {
    SessionUser {
        name: identity.name,
        role: identity.role,
        expires_at: identity.expires.map(|it| it as f64 / 1000.0),
    }
}

/// The keys, of a form or of JSON; nothing when one is missing.
fn read_login(headers: &HeaderMap, body: &[u8]) -> Option<Login> {
    let content_type = headers.get(header::CONTENT_TYPE);
    let content_type = content_type.and_then(|it| it.to_str().ok());
    if content_type.is_some_and(|it| it.starts_with("application/json")) {
        return serde_json::from_slice(body).ok();
    }
    let (mut username, mut password) = (None, None);
    for (name, value) in form_urlencoded::parse(body) {
        match &*name {
            "username" => username = Some(value.into_owned()),
            "password" => password = Some(Secret::from(&*value)),
            _ => {}
        }
    }
    Some(Login {
        username: username?,
        password: password?,
    })
}

/// A word for the metrics.
fn result<T>(login: &Result<T, LoginError>) -> &'static str {
    match login {
        Ok(_) => "ok",
        Err(LoginError::Wrong) => "wrong",
        Err(LoginError::TooMany(_)) => "limited",
        Err(LoginError::NoLogins(_)) => "no_logins",
        Err(LoginError::Failed(_)) => "failed",
    }
}
