//! `datasources.yml` as it is used: every value checked, URLs parsed, credentials set apart.

use std::collections::HashSet;
use std::path::PathBuf;
use std::time::Duration;

use serde_saphyr::Spanned;
use url::Url;
use venti_model::api::datasources::DatasourceType;
use venti_model::status::ConfigFault;

use super::file::{DatasourceEntry, DatasourcesFile};
use super::secret::Secret;
use super::{Source, place};

/// The original's default, and what it means by zero.
pub const DEFAULT_QUERY_TIMEOUT: Duration = Duration::from_secs(30);

/// What `datasources.yml` says.
#[derive(Clone, Debug)]
pub struct Datasources {
    /// How long one request to a datasource may take, from connecting to its last byte.
    pub query_timeout: Duration,
    /// In the order of the file.
    pub entries: Vec<DatasourceConfig>,
}

impl Datasources {
    /// A Lethe over this log directory, and nothing else.
    pub(super) fn only_logs(path: PathBuf) -> Self {
        let lethe = DatasourceConfig {
            name: "lethe".to_owned(),
            kind: DatasourceType::Lethe,
            location: Location::InProcess { path },
            is_main: true,
        };
        Self {
            query_timeout: DEFAULT_QUERY_TIMEOUT,
            entries: vec![lethe],
        }
    }
}

/// One datasource that can be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatasourceConfig {
    /// Its name, not empty.
    pub name: String,
    /// What speaks there.
    pub kind: DatasourceType,
    /// Where.
    pub location: Location,
    /// Whether the file marks it as the main one of its type.
    pub is_main: bool,
}

/// Where a datasource is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// At a URL without user and password, query or fragment.
    Http {
        /// Scheme, host, port and path prefix.
        url: Url,
        /// Sent with every request.
        credentials: Option<Credentials>,
    },
    /// Inside the server: a Lethe over this log directory.
    InProcess {
        /// Relative to the working directory.
        path: PathBuf,
    },
}

/// User and password of basic auth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credentials {
    /// The user.
    pub user: String,
    /// The password.
    pub password: Secret,
}

/// Checks the file. The first entry without meaning is the error; what deserves a look but
/// works comes back beside the result.
pub(super) fn resolve(
    file: DatasourcesFile,
    source: Source<'_>,
) -> Result<(Datasources, Vec<ConfigFault>), ConfigFault> {
    let mut warnings = Vec::new();
    let mut names = HashSet::new();
    let mut entries = Vec::new();
    for entry in file.datasources.unwrap_or_default() {
        if !names.insert(entry.name.value.clone()) {
            let name = &entry.name.value;
            let message =
                format!("duplicate datasource name `{name}`: only the first is found by its name");
            warnings.push(source.warning(place(entry.name.referenced), message));
        }
        entries.push(resolve_entry(entry, source)?);
    }
    if let Some(discovery) = file.discovery.filter(|it| it.value.enabled) {
        let message = "discovery of datasources in the cluster is not served by this version: \
                       list them under `datasources`";
        warnings.push(source.warning(place(discovery.referenced), message));
    }
    let query_timeout = match file.query_timeout {
        Some(it) if !it.0.is_zero() => it.0,
        _ => DEFAULT_QUERY_TIMEOUT,
    };
    let datasources = Datasources {
        query_timeout,
        entries,
    };
    Ok((datasources, warnings))
}

fn resolve_entry(
    entry: DatasourceEntry,
    source: Source<'_>,
) -> Result<DatasourceConfig, ConfigFault> {
    let at = entry.name.referenced;
    if entry.name.value.is_empty() {
        return Err(source.fault(place(at), "the name of a datasource must not be empty"));
    }
    let location = match (&entry.url, &entry.path) {
        (Some(url), None) => http_location(url, &entry, source)?,
        (None, Some(path)) if entry.kind == DatasourceType::Lethe => Location::InProcess {
            path: PathBuf::from(&path.value),
        },
        (None, Some(path)) => {
            let message = "`path` is for datasources of type `lethe`: give this one a `url`";
            return Err(source.fault(place(path.referenced), message));
        }
        (Some(_), Some(path)) => {
            let message = "a datasource has either `url` or `path`, not both";
            return Err(source.fault(place(path.referenced), message));
        }
        (None, None) => {
            let message = match entry.kind {
                DatasourceType::Prometheus => "missing key `url`",
                DatasourceType::Lethe => {
                    "missing key `url` (a Lethe elsewhere) or `path` (a log directory here)"
                }
            };
            return Err(source.fault(place(at), message));
        }
    };
    Ok(DatasourceConfig {
        name: entry.name.value,
        kind: entry.kind,
        location,
        is_main: entry.is_main,
    })
}

/// Checks a URL and takes the credentials out of it. The message never repeats the URL, which
/// may hold a password.
fn http_location(
    text: &Spanned<String>,
    entry: &DatasourceEntry,
    source: Source<'_>,
) -> Result<Location, ConfigFault> {
    let fault = |message: &str| source.fault(place(text.referenced), message);
    let mut url = Url::parse(&text.value).map_err(|error| {
        fault(&format!(
            "not a URL ({error}): write for example `http://prometheus:9090`"
        ))
    })?;
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return Err(fault(
            "not an HTTP URL: write for example `http://prometheus:9090`",
        ));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(fault("the URL of a datasource has no `?` or `#` part"));
    }
    let in_url = (!url.username().is_empty()).then(|| Credentials {
        user: percent_decoded(url.username()),
        password: Secret::from(percent_decoded(url.password().unwrap_or_default()).as_str()),
    });
    // Both fail only for URLs without a host.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    let credentials = match (entry.basic_auth, &entry.basic_auth_user) {
        (true, Some(user)) => Some(Credentials {
            user: user.clone(),
            password: entry.basic_auth_password.clone().unwrap_or_default(),
        }),
        (true, None) => {
            let message = "`basicAuth: true` needs `basicAuthUser`";
            return Err(source.fault(place(entry.name.referenced), message));
        }
        (false, _) => in_url,
    };
    Ok(Location::Http { url, credentials })
}

fn percent_decoded(text: &str) -> String {
    percent_encoding::percent_decode_str(text)
        .decode_utf8_lossy()
        .into_owned()
}
