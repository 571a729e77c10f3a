//! Who is logged in, and whether somebody has to log in before anything can be shown.
//!
//! The login stands in the place of the page while it is needed and leaves the URL alone, so
//! afterwards everybody is where they were, and there is no address to go back to that a link
//! could choose.

use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;
use venti_model::api::auth::{AuthMode, Role, SessionInfo, SessionUser};

use crate::api::{self, ApiError, Query, QueryOptions, auth, use_query};

/// Why a login is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LoginReason {
    /// Nobody is logged in.
    Nobody,
    /// The session has expired, or was ended elsewhere.
    Ended,
    /// A proxy before the server should have said who asks.
    Proxy,
}

/// The session.
#[derive(Clone, Copy)]
pub(crate) struct SessionState {
    info: Query<SessionInfo>,
    /// Whether the server has refused a request since the last login.
    is_refused: RwSignal<bool>,
    is_busy: RwSignal<bool>,
    error: RwSignal<Option<ApiError>>,
}

impl SessionState {
    /// Asks who is logged in, and hears of each request that is refused for want of a session.
    pub(crate) fn new() -> Self {
        let is_refused = RwSignal::new(false);
        api::on_unauthorized(move || is_refused.set(true));
        Self {
            info: use_query(
                || Some(()),
                QueryOptions::default(),
                |(), abort| auth::session(abort),
            ),
            is_refused,
            is_busy: RwSignal::new(false),
            error: RwSignal::new(None),
        }
    }

    /// The one of this app.
    pub(crate) fn expect() -> Self {
        expect_context()
    }

    /// Why a login is needed; `None` when there is a session, or none is needed.
    pub(crate) fn needs_login(&self) -> Option<LoginReason> {
        let info = self.info.data();
        login_reason(info.as_deref(), self.is_refused.get())
    }

    /// Who is logged in, where anybody can be.
    pub(crate) fn user(&self) -> Option<SessionUser> {
        let info = self.known()?;
        info.user.clone()
    }

    /// Whether there is a session that can be ended here.
    pub(crate) fn can_log_out(&self) -> bool {
        self.known().is_some_and(|it| it.mode == AuthMode::Users)
    }

    /// Whether whoever looks may also act.
    pub(crate) fn is_admin(&self) -> bool {
        self.user().is_some_and(|it| it.role == Role::Admin)
    }

    fn known(&self) -> Option<Arc<SessionInfo>> {
        self.info.data().filter(|it| it.mode != AuthMode::Anonymous)
    }

    /// Why the last login failed.
    pub(crate) fn error(&self) -> Option<ApiError> {
        self.error.get()
    }

    /// Whether a login or logout is under way.
    pub(crate) fn is_busy(&self) -> bool {
        self.is_busy.get()
    }

    /// Logs in, and calls back when that went well.
    pub(crate) fn login(self, username: String, password: String, on_done: Callback<()>) {
        self.is_busy.set(true);
        spawn_local(async move {
            let outcome = auth::login(&username, &password).await;
            self.is_busy.set(false);
            let is_done = outcome.is_ok();
            self.error.set(outcome.err());
            if is_done {
                self.is_refused.set(false);
                self.info.refetch();
                on_done.run(());
            }
        });
    }

    /// Logs out, and then knows that nobody is logged in.
    pub(crate) fn logout(self) {
        self.is_busy.set(true);
        spawn_local(async move {
            let outcome = auth::logout().await;
            self.is_busy.set(false);
            self.error.set(outcome.err());
            self.info.refetch();
        });
    }

    /// Asks again who is logged in, such as after a proxy was set right.
    pub(crate) fn ask_again(&self) {
        self.is_refused.set(false);
        self.info.refetch();
    }
}

fn login_reason(info: Option<&SessionInfo>, is_refused: bool) -> Option<LoginReason> {
    let is_known = info.is_some_and(|it| it.user.is_some());
    match info {
        // Before the first answer a refusal says nothing about why.
        None => is_refused.then_some(LoginReason::Nobody),
        Some(_) if is_known && !is_refused => None,
        Some(it) => Some(match it.mode {
            AuthMode::Proxy => LoginReason::Proxy,
            _ if it.has_ended || is_known => LoginReason::Ended,
            _ => LoginReason::Nobody,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn info(mode: AuthMode, is_known: bool, has_ended: bool) -> SessionInfo {
        let user = is_known.then(|| SessionUser {
            name: "ana".to_owned(),
            role: Role::Viewer,
            expires_at: None,
        });
        SessionInfo {
            mode,
            user,
            has_ended,
        }
    }

    #[test]
    fn a_login_is_needed_when_nobody_is_known_or_a_request_was_refused() {
        use AuthMode::{Anonymous, Proxy, Users};
        let reason = |mode, is_known, has_ended, is_refused| {
            login_reason(Some(&info(mode, is_known, has_ended)), is_refused)
        };
        assert_eq!(login_reason(None, false), None);
        assert_eq!(login_reason(None, true), Some(LoginReason::Nobody));
        assert_eq!(reason(Users, true, false, false), None);
        assert_eq!(reason(Anonymous, true, false, false), None);
        assert_eq!(reason(Users, false, false, true), Some(LoginReason::Nobody));
        assert_eq!(reason(Users, false, true, false), Some(LoginReason::Ended));
        // It was there a moment ago.
        assert_eq!(reason(Users, true, false, true), Some(LoginReason::Ended));
        assert_eq!(reason(Proxy, false, false, false), Some(LoginReason::Proxy));
    }
}
