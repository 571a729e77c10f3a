//! Who may enter, as the configuration says at one moment. Made anew at each reload, so that a
//! removed user, a changed password and another mode hold from the next request on.

use std::sync::Arc;

use axum::http::{Extensions, HeaderMap};
use venti_model::api::auth::{AuthMode, Role};

use super::credentials::Credentials;
use super::peer::Peer;
use super::session::{Invalid, Sessions};
use super::users::Users;
use super::{Identity, UnixMillis};
use crate::config::{Access, Auth as Mode, ProxyAuth};

/// What somebody is called whom nobody knows.
const ANYBODY: &str = "anonymous";

/// Longer names are none.
const MOST_NAME_BYTES: usize = 256;

/// Decides about every request.
#[derive(Clone, Debug)]
pub(crate) struct Gate {
    pub(super) access: Access,
    pub(super) users: Users,
    /// Where there are logins.
    pub(super) sessions: Option<Arc<Sessions>>,
}

/// Why somebody may not enter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    /// Nothing proves who asks.
    #[error("log in first: this needs a session, or a token as `Authorization: Bearer …`")]
    Missing,
    /// The session is over.
    #[error("the session has expired: log in again")]
    Expired,
    /// The session was ended.
    #[error("the session was ended: log in again")]
    Ended,
    /// It is no session of this server, and no token.
    #[error("this session or token is not known here: log in again")]
    Unknown,
    /// The request did not come through a trusted proxy.
    #[error(
        "users are known by a proxy before this server: come through it, or list it under `trustedProxies`"
    )]
    NotThroughProxy,
    /// The proxy said nothing about who asks.
    #[error(
        "the proxy before this server does not say who asks: it must set the header `userHeader` once"
    )]
    Nameless,
}

impl Refusal {
    /// A word for the metrics.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Refusal::Missing => "missing",
            Refusal::Expired => "expired",
            Refusal::Ended => "ended",
            Refusal::Unknown => "unknown",
            Refusal::NotThroughProxy => "not_through_proxy",
            Refusal::Nameless => "nameless",
        }
    }
}

impl From<Invalid> for Refusal {
    fn from(invalid: Invalid) -> Self {
        match invalid {
            Invalid::Forged => Refusal::Unknown,
            Invalid::Expired => Refusal::Expired,
            Invalid::Ended => Refusal::Ended,
        }
    }
}

impl Gate {
    /// How it is known who asks.
    pub(crate) fn mode(&self) -> AuthMode {
        self.access.auth.mode()
    }

    /// Whether `/metrics` is for those who may enter only.
    pub(crate) fn guards_metrics(&self) -> bool {
        self.access.metrics_need_login
    }

    /// Where a request comes from.
    pub(crate) fn peer(&self, extensions: &Extensions, headers: &HeaderMap) -> Peer {
        Peer::of(extensions, headers, &self.access.trusted_proxies)
    }

    /// Who asks. Tokens of scripts count in every mode.
    pub(crate) fn identify(
        &self,
        peer: Peer,
        headers: &HeaderMap,
        now: UnixMillis,
    ) -> Result<Identity, Refusal> {
        let credentials = Credentials::of(headers, peer.is_secure);
        if let Credentials::Bearer(token) = credentials
            && let Some(script) = self.users.script(token)
        {
            return Ok(Identity {
                name: script.name.clone(),
                role: script.role,
                expires: None,
            });
        }
        match &self.access.auth {
            Mode::Users => self.logged_in(credentials, now),
            Mode::Anonymous => Ok(Identity {
                name: ANYBODY.to_owned(),
                role: Role::Viewer,
                expires: None,
            }),
            Mode::Proxy(proxy) => told_by_proxy(proxy, peer, headers),
        }
    }

    fn logged_in(&self, it: Credentials<'_>, now: UnixMillis) -> Result<Identity, Refusal> {
        let text = it.text().ok_or(Refusal::Missing)?;
        let sessions = self.sessions.as_ref().ok_or(Refusal::Unknown)?;
        let (user, session) = sessions.check(text, &self.users, now)?;
        Ok(Identity {
            name: user.name.clone(),
            role: user.role,
            expires: Some(session.expires),
        })
    }
}

fn told_by_proxy(proxy: &ProxyAuth, peer: Peer, headers: &HeaderMap) -> Result<Identity, Refusal> {
    if !peer.is_behind_proxy {
        return Err(Refusal::NotThroughProxy);
    }
    // Two of them: one may be the client's own, which the proxy did not remove.
    let mut names = headers.get_all(&proxy.user_header).into_iter();
    let (Some(name), None) = (names.next(), names.next()) else {
        return Err(Refusal::Nameless);
    };
    let name = name.to_str().unwrap_or_default().trim();
    if name.is_empty() || name.len() > MOST_NAME_BYTES {
        return Err(Refusal::Nameless);
    }
    let groups = headers.get_all(&proxy.groups_header).into_iter();
    let is_in_admin_group = groups
        .filter_map(|it| it.to_str().ok())
        .flat_map(|it| it.split(','))
        .any(|group| proxy.admin_groups.iter().any(|it| it == group.trim()));
    let is_admin = is_in_admin_group || proxy.admins.iter().any(|it| it == name);
    Ok(Identity {
        name: name.to_owned(),
        role: if is_admin { Role::Admin } else { Role::Viewer },
        expires: None,
    })
}
