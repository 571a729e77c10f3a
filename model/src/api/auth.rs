//! `/auth/…`: logging in and out. What is sent to [`LOGIN`] is a form with `username` and
//! `password`, or JSON with the same keys; it has no type here, where nothing holds a password.

use serde::{Deserialize, Serialize};

/// `POST`: begins a session.
pub const LOGIN: &str = "/auth/login";

/// `POST`: ends the session.
pub const LOGOUT: &str = "/auth/logout";

/// `GET`: who asks, as the server knows it. Answers everybody.
pub const SESSION: &str = "/auth/session";

/// What somebody may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Look at everything.
    Viewer,
    /// Also act: reload the configuration, silence, send test alerts.
    Admin,
}

/// How the server knows who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AuthMode {
    /// By a login.
    Users,
    /// It does not: everybody may look.
    Anonymous,
    /// A proxy before the server says it.
    Proxy,
}

/// The answer to a login, with the original's keys.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LoginResponse {
    /// For people.
    pub message: String,
    /// For scripts: the session as `Authorization: Bearer …`. Browsers have their cookie instead,
    /// which no script of a page can read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// The user's place in the file, from 1.
    #[serde(rename = "userID")]
    pub user_id: usize,
    /// The user's name.
    pub username: String,
    /// Who is logged in now, as [`SESSION`] answers.
    pub session: SessionInfo,
}

/// The answer to a logout.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogoutResponse {
    /// For people.
    pub message: String,
}

/// Who asks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionInfo {
    /// How the server knows.
    pub mode: AuthMode,
    /// Nobody: a login is needed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<SessionUser>,
    /// Whether the browser still had a session that has expired or was ended.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub has_ended: bool,
}

/// Somebody who may look.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionUser {
    /// The name.
    pub name: String,
    /// What the user may do.
    pub role: Role,
    /// When the session ends by itself, unix seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<f64>,
}
