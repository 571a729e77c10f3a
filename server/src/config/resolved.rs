//! `datasources.yml` as it is used: every value checked.

use std::collections::HashSet;
use std::path::PathBuf;
use std::time::Duration;

use serde_saphyr::Spanned;
use venti_model::api::datasources::DatasourceType;
use venti_model::status::ConfigFault;
use venti_yaml::FileDuration;

use super::connection::{self, Connection};
use super::discovery::{self, Discovery};
use super::file::{DatasourceEntry, DatasourcesFile};
use super::log_fields::LogFields;
use super::{Source, logs, place};

/// The original's default, and what it means by zero.
const DEFAULT_QUERY_TIMEOUT: Duration = Duration::from_secs(30);

/// More than any browser can draw.
const DEFAULT_MAX_RESPONSE_BYTES: u64 = 256 << 20;

/// What `datasources.yml` says.
#[derive(Clone, Debug)]
pub struct Datasources {
    /// How long one request to a datasource may take, from connecting to its last byte.
    pub query_timeout: Duration,
    /// In the order of the file.
    pub entries: Vec<DatasourceConfig>,
    /// Which services of the cluster join them; `None` when none is looked for.
    pub discovery: Option<Discovery>,
}

impl Datasources {
    /// A Lethe over this log directory, and nothing else.
    pub(super) fn only_logs(path: PathBuf) -> Self {
        let logs = logs::over(path, DEFAULT_QUERY_TIMEOUT);
        let lethe = DatasourceConfig {
            name: "lethe".to_owned(),
            kind: DatasourceType::Lethe,
            location: Location::InProcess(Box::new(logs)),
            limits: Limits::default(),
            fields: LogFields::default(),
            is_main: true,
            is_discovered: false,
        };
        Self {
            query_timeout: DEFAULT_QUERY_TIMEOUT,
            entries: vec![lethe],
            discovery: None,
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
    /// How much one answer may take.
    pub limits: Limits,
    /// For `victorialogs` and `loki`.
    pub fields: LogFields,
    /// Whether it is marked as a main one of its type.
    pub is_main: bool,
    /// Whether it was found in the cluster rather than written in the file.
    pub is_discovered: bool,
}

/// Where a datasource is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// At a URL.
    Http(Box<Connection>),
    /// Inside the server: a Lethe over a log directory. Paths are relative to the working
    /// directory.
    InProcess(Box<lethe::config::Config>),
}

/// How much one answer may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// From connecting to the last byte.
    pub timeout: Duration,
    /// As they come, which may be compressed.
    pub max_response_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            timeout: DEFAULT_QUERY_TIMEOUT,
            max_response_bytes: DEFAULT_MAX_RESPONSE_BYTES,
        }
    }
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
    let query_timeout = not_zero(file.query_timeout).unwrap_or(DEFAULT_QUERY_TIMEOUT);
    for entry in file.datasources.unwrap_or_default() {
        if !names.insert(entry.name.value.clone()) {
            let name = &entry.name.value;
            let message =
                format!("duplicate datasource name `{name}`: only the first is found by its name");
            warnings.push(source.warning(place(entry.name.referenced), message));
        }
        entries.push(resolve_entry(entry, query_timeout, source)?);
    }
    let discovery = file.discovery.filter(|it| it.value.enabled);
    if let Some(entry) = &discovery {
        warnings.extend(discovery::deprecated(entry, source));
    }
    let datasources = Datasources {
        query_timeout,
        entries,
        discovery: discovery.map(|it| it.value.into()),
    };
    Ok((datasources, warnings))
}

/// Zero means the default, as in the original.
fn not_zero(duration: Option<FileDuration>) -> Option<Duration> {
    duration.map(|it| it.0).filter(|it| !it.is_zero())
}

fn resolve_entry(
    entry: DatasourceEntry,
    query_timeout: Duration,
    source: Source<'_>,
) -> Result<DatasourceConfig, ConfigFault> {
    let at = entry.name.referenced;
    if entry.name.value.is_empty() {
        return Err(source.fault(place(at), "the name of a datasource must not be empty"));
    }
    let timeout = not_zero(entry.query_timeout).unwrap_or(query_timeout);
    if entry.path.is_none() {
        logs::refuse(&entry, source)?;
    }
    let location = match (&entry.url, &entry.path) {
        (Some(url), None) => Location::Http(Box::new(connection::resolve(url, &entry, source)?)),
        (None, Some(path)) if entry.kind == DatasourceType::Lethe => {
            let logs = logs::resolve(path, &entry, timeout, source)?;
            Location::InProcess(Box::new(logs))
        }
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
                DatasourceType::Lethe => {
                    "missing key `url` (a Lethe elsewhere) or `path` (a log directory here)"
                }
                _ => "missing key `url`",
            };
            return Err(source.fault(place(at), message));
        }
    };
    let has_fields = matches!(
        entry.kind,
        DatasourceType::VictoriaLogs | DatasourceType::Loki
    );
    let fields = match entry.fields {
        Some(fields) if !has_fields => {
            let message = "`fields` is for datasources of type `victorialogs` or `loki`";
            return Err(source.fault(place(fields.referenced), message));
        }
        Some(fields) => LogFields::of(fields.value),
        None => LogFields::default(),
    };
    let max_response_bytes = match entry.max_response_bytes {
        Some(Spanned {
            value: 0,
            referenced,
            ..
        }) => {
            let message = "`maxResponseBytes` is a number of bytes above 0";
            return Err(source.fault(place(referenced), message));
        }
        Some(it) => it.value,
        None => DEFAULT_MAX_RESPONSE_BYTES,
    };
    Ok(DatasourceConfig {
        fields,
        limits: Limits {
            timeout,
            max_response_bytes,
        },
        name: entry.name.value,
        kind: entry.kind,
        location,
        is_main: entry.is_main,
        is_discovered: false,
    })
}
