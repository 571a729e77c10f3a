//! Who may look at the server, as `venti.yml` says it.

use std::net::IpAddr;
use std::time::Duration;

use axum::http::HeaderName;
use ipnet::IpNet;
use serde_saphyr::Spanned;
use venti_model::api::auth::AuthMode;
use venti_model::status::ConfigFault;
use venti_yaml::FileDuration;

use super::file::{AuthEntry, ProxyEntry, VentiFile};
use super::{Source, place};
use crate::auth::LONGEST_SESSION;

/// The original's.
const DEFAULT_SESSION: Duration = Duration::from_hours(48);

/// Who may look, and how that is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// How it is known who asks.
    pub auth: Auth,
    /// How long a session lasts from its login.
    pub session: Duration,
    /// Proxies before the server: they are believed about who asks, from where, and whether by
    /// HTTPS.
    pub trusted_proxies: Vec<IpNet>,
    /// Whether `/metrics` needs a session or a token, too.
    pub metrics_need_login: bool,
}

/// How it is known who asks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Auth {
    /// By a login, or by a token.
    #[default]
    Users,
    /// It is not: everybody may look.
    Anonymous,
    /// A trusted proxy says it.
    Proxy(ProxyAuth),
}

/// What a trusted proxy says about who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProxyAuth {
    /// The header with the user's name.
    pub user_header: HeaderName,
    /// The header with the user's groups, separated by commas.
    pub groups_header: HeaderName,
    /// Names of administrators.
    pub admins: Vec<String>,
    /// Groups of administrators.
    pub admin_groups: Vec<String>,
}

impl Auth {
    /// Its kind, for the browser.
    pub(crate) fn mode(&self) -> AuthMode {
        match self {
            Auth::Users => AuthMode::Users,
            Auth::Anonymous => AuthMode::Anonymous,
            Auth::Proxy(_) => AuthMode::Proxy,
        }
    }
}

impl Default for Access {
    fn default() -> Self {
        Self {
            auth: Auth::Users,
            session: DEFAULT_SESSION,
            trusted_proxies: Vec::new(),
            metrics_need_login: false,
        }
    }
}

/// Checks what is written.
pub(super) fn resolve(file: &VentiFile, source: Source<'_>) -> Result<Access, ConfigFault> {
    let trusted_proxies = file.trusted_proxies.iter().flatten();
    let trusted_proxies = trusted_proxies
        .map(|it| network(source, it))
        .collect::<Result<Vec<_>, _>>()?;
    let auth = match &file.auth {
        None => Auth::default(),
        Some(entry) => match &entry.value {
            AuthEntry::Users => Auth::Users,
            AuthEntry::Anonymous => Auth::Anonymous,
            AuthEntry::Proxy(_) if trusted_proxies.is_empty() => {
                let message = "a proxy that says who asks must be listed under `trustedProxies`, \
                               else everybody could say it";
                return Err(source.fault(place(entry.referenced), message));
            }
            AuthEntry::Proxy(entry) => Auth::Proxy(proxy(source, entry)?),
        },
    };
    Ok(Access {
        auth,
        session: session(source, file.session_duration.as_ref())?,
        trusted_proxies,
        metrics_need_login: file.metrics_need_login,
    })
}

fn session(
    source: Source<'_>,
    written: Option<&Spanned<FileDuration>>,
) -> Result<Duration, ConfigFault> {
    let Some(written) = written else {
        return Ok(DEFAULT_SESSION);
    };
    let FileDuration(session) = written.value;
    if session < Duration::from_secs(1) || session > LONGEST_SESSION {
        let days = LONGEST_SESSION.as_secs() / 86400;
        let message = format!("a session lasts between a second and {days} days");
        return Err(source.fault(place(written.referenced), message));
    }
    Ok(session)
}

/// A network such as `10.0.0.0/8`, or a single address.
fn network(source: Source<'_>, written: &Spanned<String>) -> Result<IpNet, ConfigFault> {
    let text = &written.value;
    let address = |_| text.parse::<IpAddr>().map(IpNet::from);
    text.parse().or_else(address).map_err(|_| {
        let message =
            format!("`{text}` is not a network: write for example `10.0.0.0/8` or an address");
        source.fault(place(written.referenced), message)
    })
}

fn proxy(source: Source<'_>, entry: &ProxyEntry) -> Result<ProxyAuth, ConfigFault> {
    Ok(ProxyAuth {
        user_header: header(source, entry.user_header.as_ref(), "x-forwarded-user")?,
        groups_header: header(source, entry.groups_header.as_ref(), "x-forwarded-groups")?,
        admins: entry.admins.clone().unwrap_or_default(),
        admin_groups: entry.admin_groups.clone().unwrap_or_default(),
    })
}

fn header(
    source: Source<'_>,
    written: Option<&Spanned<String>>,
    usual: &'static str,
) -> Result<HeaderName, ConfigFault> {
    let Some(written) = written else {
        return Ok(HeaderName::from_static(usual));
    };
    HeaderName::try_from(&written.value).map_err(|_| {
        let message = format!("`{}` is not the name of a header", written.value);
        source.fault(place(written.referenced), message)
    })
}
