//! Alertmanagers: Prometheus' `alertmanagers`, as far as it needs no discovery.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::secret::SecretRef;
use crate::relabel::Relabel;
use venti_yaml::FileDuration;

/// Some Alertmanagers that are reached the same way.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AlertmanagerConfig {
    /// Their addresses.
    pub static_configs: Vec<StaticConfig>,
    /// For targets that name no scheme.
    pub scheme: Scheme,
    /// What stands before `/api/v2/alerts`.
    pub path_prefix: Option<String>,
    /// How long one request may take; absent: ten seconds.
    pub timeout: Option<FileDuration>,
    /// The only version there is: `v2`.
    pub api_version: ApiVersion,
    /// User and password.
    pub basic_auth: Option<BasicAuth>,
    /// A token.
    pub authorization: Option<Authorization>,
    /// Who is trusted over TLS.
    pub tls_config: Option<TlsConfig>,
    /// A proxy on the way there: an HTTP URL without user and password.
    pub proxy_url: Option<String>,
    /// Further headers of each request, by name.
    pub http_headers: BTreeMap<String, HttpHeader>,
    /// Read because files of Prometheus hold it: redirects are never followed.
    pub follow_redirects: Option<bool>,
    /// Read because files of Prometheus hold it; it changes nothing.
    pub enable_http2: Option<bool>,
    /// Changes to alerts for these alone.
    pub alert_relabel_configs: Vec<Relabel>,
}

/// Addresses.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StaticConfig {
    /// `host:port` as in Prometheus, or URLs as in the original.
    pub targets: Vec<String>,
    /// Read because files hold it; it changes nothing.
    pub labels: BTreeMap<String, String>,
}

/// The values of a header. Prometheus' `secrets` are left out: no secret is written here.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct HttpHeader {
    /// As they are.
    pub values: Vec<String>,
    /// Files that hold a value each.
    pub files: Vec<String>,
}

/// The scheme of a URL.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Scheme {
    #[default]
    Http,
    Https,
}

/// The version of Alertmanager's API.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ApiVersion {
    /// The one that there is.
    #[default]
    V2,
}

/// A user with a password.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "BasicAuthWritten")]
pub struct BasicAuth {
    /// The user.
    pub username: String,
    /// Where the password is.
    pub password: SecretRef,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BasicAuthWritten {
    username: String,
    password_file: Option<String>,
    password_env: Option<String>,
}

impl TryFrom<BasicAuthWritten> for BasicAuth {
    type Error = String;

    fn try_from(written: BasicAuthWritten) -> Result<Self, String> {
        Ok(Self {
            username: written.username,
            password: SecretRef::require("password", written.password_file, written.password_env)?,
        })
    }
}

/// A token in the header `Authorization`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "AuthorizationWritten")]
pub struct Authorization {
    /// What stands before the token, such as `Bearer`.
    pub kind: String,
    /// Where the token is.
    pub credentials: SecretRef,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AuthorizationWritten {
    #[serde(rename = "type")]
    kind: Option<String>,
    credentials_file: Option<String>,
    credentials_env: Option<String>,
}

impl TryFrom<AuthorizationWritten> for Authorization {
    type Error = String;

    fn try_from(written: AuthorizationWritten) -> Result<Self, String> {
        Ok(Self {
            kind: written.kind.unwrap_or_else(|| "Bearer".to_owned()),
            credentials: SecretRef::require(
                "credentials",
                written.credentials_file,
                written.credentials_env,
            )?,
        })
    }
}

/// Who is trusted over TLS, and who we are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TlsConfig {
    /// Authorities, instead of the machine's.
    pub ca_file: Option<String>,
    /// Our certificate.
    pub cert_file: Option<String>,
    /// Its key.
    pub key_file: Option<String>,
    /// The name that the certificate must have.
    pub server_name: Option<String>,
    /// Whether any certificate is accepted.
    pub insecure_skip_verify: bool,
}
