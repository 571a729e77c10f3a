//! `venti.yml` and `datasources.yml` as they are written; [`super::resolved`] is what they mean.
//!
//! Keys and meanings are the original's, with more of them for each datasource. Types are strict:
//! an unknown key is a fault.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Deserialize;
use serde_saphyr::Spanned;
use venti_model::api::datasources::DatasourceType;
use venti_yaml::FileDuration;

use super::logs::{ForwardEntry, RetentionEntry, TailEntry};
use super::secret::Secret;

/// `venti.yml`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct VentiFile {
    /// How much is logged; `RUST_LOG` overrides it.
    pub(crate) log_level: LogLevel,
    /// How lines of the log look.
    pub(crate) log_format: LogFormat,
    /// The path under which browsers find the server.
    pub(crate) base_path: Option<Spanned<String>>,
    /// Certificate and key, to serve HTTPS.
    pub(crate) tls: Option<TlsFiles>,
    /// Accepted because files of the original hold it; it chose a mode of its web framework.
    #[serde(rename = "ginMode")]
    _gin_mode: Option<GinMode>,
    /// How it is known who asks.
    pub(crate) auth: Option<Spanned<AuthEntry>>,
    /// How long a session lasts from its login.
    pub(crate) session_duration: Option<Spanned<FileDuration>>,
    /// Networks of proxies that are believed.
    pub(crate) trusted_proxies: Option<Vec<Spanned<String>>>,
    /// Whether `/metrics` needs a session or a token, too.
    pub(crate) metrics_need_login: bool,
}

/// The values of `auth`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum AuthEntry {
    /// By a login.
    Users,
    /// It is not: everybody may look.
    Anonymous,
    /// By what a trusted proxy says.
    Proxy(Box<ProxyEntry>),
}

/// What a trusted proxy says about who asks.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct ProxyEntry {
    pub(crate) user_header: Option<Spanned<String>>,
    pub(crate) groups_header: Option<Spanned<String>>,
    pub(crate) admins: Option<Vec<String>>,
    pub(crate) admin_groups: Option<Vec<String>>,
}

/// The levels of `logLevel`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogLevel {
    /// Everything.
    Trace,
    /// Also every request that went well.
    Debug,
    /// What happens to the server, and requests that failed.
    #[default]
    Info,
    /// What an operator should look at.
    #[serde(alias = "warning")]
    Warn,
    /// What does not work.
    Error,
}

impl LogLevel {
    /// The word of files and of `RUST_LOG`.
    pub fn as_str(self) -> &'static str {
        match self {
            LogLevel::Trace => "trace",
            LogLevel::Debug => "debug",
            LogLevel::Info => "info",
            LogLevel::Warn => "warn",
            LogLevel::Error => "error",
        }
    }
}

/// The forms of `logFormat`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// Lines for people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// `tls`: PEM files, relative to the working directory.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TlsFiles {
    /// The server's certificate, and those that lead from it to a known authority.
    pub cert: PathBuf,
    /// Its private key.
    pub key: PathBuf,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum GinMode {
    Release,
    Debug,
    Test,
}

/// `datasources.yml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct DatasourcesFile {
    /// How long one request to a datasource may take, from connecting to its last byte.
    #[serde(default)]
    pub(crate) query_timeout: Option<FileDuration>,
    /// In the order in which they are searched.
    #[serde(default)]
    pub(crate) datasources: Option<Vec<DatasourceEntry>>,
    /// Datasources found in the cluster.
    #[serde(default)]
    pub(crate) discovery: Option<Spanned<DiscoveryEntry>>,
}

/// One configured datasource.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct DatasourceEntry {
    pub(crate) name: Spanned<String>,
    #[serde(rename = "type")]
    pub(crate) kind: DatasourceType,
    /// Where it answers over HTTP.
    pub(crate) url: Option<Spanned<String>>,
    /// The log directory of a Lethe that runs inside the server.
    pub(crate) path: Option<Spanned<String>>,
    #[serde(default)]
    pub(crate) basic_auth: bool,
    pub(crate) basic_auth_user: Option<String>,
    pub(crate) basic_auth_password: Option<Spanned<Secret>>,
    pub(crate) basic_auth_password_file: Option<Spanned<PathBuf>>,
    pub(crate) bearer_token: Option<Spanned<Secret>>,
    pub(crate) bearer_token_file: Option<Spanned<PathBuf>>,
    /// Sent with every request.
    pub(crate) headers: Option<BTreeMap<String, Spanned<Secret>>>,
    pub(crate) tls: Option<Spanned<TlsEntry>>,
    /// For `victorialogs` and `loki`: what its fields are called.
    pub(crate) fields: Option<Spanned<FieldsEntry>>,
    /// For a Lethe inside the server: what may stay of its files.
    pub(crate) retention: Option<Spanned<RetentionEntry>>,
    /// How long after its end an hour is packed.
    pub(crate) compress_after: Option<Spanned<String>>,
    /// Where its lines come from, besides those that others write into its files.
    pub(crate) forward: Option<Spanned<ForwardEntry>>,
    pub(crate) push: Option<Spanned<bool>>,
    pub(crate) journal: Option<Spanned<bool>>,
    pub(crate) tail: Option<Spanned<Vec<TailEntry>>>,
    /// In place of the one for all datasources.
    pub(crate) query_timeout: Option<FileDuration>,
    pub(crate) max_response_bytes: Option<Spanned<u64>>,
    #[serde(default)]
    pub(crate) is_main: bool,
}

/// `fields` of a datasource: the field or label that says what Lethe's says.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct FieldsEntry {
    pub(crate) namespace: Option<String>,
    pub(crate) pod: Option<String>,
    pub(crate) container: Option<String>,
    pub(crate) node: Option<String>,
    pub(crate) process: Option<String>,
}

/// `tls` of a datasource. Files are PEM.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct TlsEntry {
    /// Certificates to trust in place of the machine's authorities.
    pub(crate) ca_file: Option<PathBuf>,
    /// What the server shows of itself.
    pub(crate) cert_file: Option<PathBuf>,
    pub(crate) key_file: Option<PathBuf>,
    pub(crate) insecure_skip_verify: bool,
}

/// How datasources are found in the cluster.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct DiscoveryEntry {
    pub(crate) enabled: bool,
    pub(crate) main_namespace: Option<String>,
    pub(crate) annotation_key: Option<String>,
    pub(crate) by_name_prometheus: bool,
    pub(crate) by_name_lethe: bool,
}
