//! Reading the directory again and again: a file that was good once costs nothing when it breaks.
//!
//! Of each file the last usable text is kept. A later text that cannot be used is told, and the
//! kept one is read in its place, so a reload never takes away what works. Of a file whose parts
//! can fail alone, a text is not used either when its errors cost a part that works.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use venti_model::status::{ConfigFault, Severity};

use super::file::VentiFile;
use super::resolved::{self, Datasources};
use super::{BasePath, Config, ConfigError, LogFormat, Settings, Source, access, place, rules};
use crate::auth::{self, Users};
use crate::dashboards;

/// The configuration directory, with what was good in it so far.
#[derive(Debug)]
pub struct Loader {
    dir: PathBuf,
    data: PathBuf,
    may_be_missing: bool,
    overrides: Overrides,
    started: bool,
    good: BTreeMap<String, String>,
}

impl Loader {
    /// A loader for `dir`. `data` is the server's data directory: without a `datasources.yml`
    /// the logs below it are served.
    pub fn new(dir: impl Into<PathBuf>, data: impl Into<PathBuf>) -> Self {
        Self {
            dir: dir.into(),
            data: data.into(),
            may_be_missing: false,
            overrides: Overrides::default(),
            started: false,
            good: BTreeMap::new(),
        }
    }

    /// The same, for a directory that nobody asked for: without it, defaults hold.
    pub fn or_defaults(mut self) -> Self {
        self.may_be_missing = true;
        self
    }

    /// The same, with what the command line says in the place of `venti.yml`.
    pub fn with_overrides(mut self, overrides: Overrides) -> Self {
        self.overrides = overrides;
        self
    }

    /// The same, which lists a fault that would stop a start beside all others.
    pub fn listing_all(mut self) -> Self {
        self.started = true;
        self
    }

    /// The configuration directory.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The server's data directory.
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// Reads everything. It fails when the directory is missing, and the first time also when a
    /// file that decides about the whole server has a fault.
    pub fn load(&mut self) -> Result<Config, ConfigError> {
        let gone = !self.dir.is_dir();
        if gone && !(self.may_be_missing && self.good.is_empty()) {
            return Err(ConfigError::NoDirectory(self.dir.clone()));
        }
        let mut reading = Reading {
            dir: &self.dir,
            started: self.started,
            before: &self.good,
            good: BTreeMap::new(),
            faults: Vec::new(),
        };
        let settings = reading.whole("venti.yml", settings)?.unwrap_or_default();
        let settings = self.overrides.over(settings);
        let users = reading.whole("users.yml", users)?.unwrap_or_default();
        let datasources = reading.whole("datasources.yml", datasources)?;
        let datasources = datasources.unwrap_or_else(|| {
            reading.warn("datasources.yml", NO_DATASOURCES);
            Datasources::only_logs(self.data.join("log"))
        });
        let alerting = reading.whole(rules::ALERTING, rules::alerting)?;
        let alerting = alerting.unwrap_or_default();
        let rules = rules::load(&mut reading, alerting.rule_files.as_deref());
        let dashboards = dashboards::load(&mut reading);
        rules::check_panels(&mut reading, &rules, &dashboards);
        let Reading {
            good, mut faults, ..
        } = reading;
        faults.sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
        self.good = good;
        self.started = true;
        Ok(Config {
            settings,
            users,
            datasources,
            dashboards,
            alerting,
            rules,
            faults,
        })
    }
}

/// What the command line may say instead of `venti.yml`.
#[derive(Clone, Debug, Default)]
pub struct Overrides {
    /// How lines of the log look.
    pub log_format: Option<LogFormat>,
    /// The path under which browsers find the server.
    pub base_path: Option<BasePath>,
}

impl Overrides {
    fn over(&self, settings: Settings) -> Settings {
        let base_path = self.base_path.clone();
        Settings {
            log_format: self.log_format.unwrap_or(settings.log_format),
            base_path: base_path.unwrap_or(settings.base_path),
            ..settings
        }
    }
}

const NO_DATASOURCES: &str = "there is no such file: only logs below the data directory are \
                              served; name a Prometheus in it to see metrics";

const KEPT: &str =
    "the file holds as it was before these errors, since they would end what it said";

/// What a file's text means, with what deserves a look but works.
pub(crate) type Read<T> = Result<(T, Vec<ConfigFault>), ConfigFault>;

/// One pass over the directory.
pub(crate) struct Reading<'a> {
    /// The configuration directory.
    pub(crate) dir: &'a Path,
    started: bool,
    before: &'a BTreeMap<String, String>,
    good: BTreeMap<String, String>,
    faults: Vec<ConfigFault>,
}

impl Reading<'_> {
    /// A file that decides about the whole server; `None` when it was never there, or never good
    /// since the server runs. `file` is relative to the directory.
    fn whole<T>(
        &mut self,
        file: &str,
        read: impl Fn(Source<'_>) -> Read<T>,
    ) -> Result<Option<T>, ConfigError> {
        let found = match fs::read_to_string(self.dir.join(file)) {
            Ok(text) => Ok(text),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                if !self.before.contains_key(file) {
                    return Ok(None);
                }
                Err("the file is gone: what it said last holds until a restart".to_owned())
            }
            Err(error) => Err(unreadable(&error)),
        };
        match self.usable(file, found, read, |_, _| false) {
            Ok(value) => Ok(Some(value)),
            Err(fault) if self.started => {
                self.faults.push(fault);
                Ok(None)
            }
            Err(fault) => Err(ConfigError::Fault(Box::new(fault))),
        }
    }

    /// One file of many: with a fault and no earlier good version it is left out and listed.
    pub(crate) fn one_of_many<T>(
        &mut self,
        file: &str,
        read: impl Fn(Source<'_>) -> Read<T>,
    ) -> Option<T> {
        self.one_in_parts(file, read, |_, _| false)
    }

    /// The same for a file whose parts can fail alone. `loses` says whether a part of its last
    /// good version is missing in a new one; a new one with errors that does is not used.
    pub(crate) fn one_in_parts<T>(
        &mut self,
        file: &str,
        read: impl Fn(Source<'_>) -> Read<T>,
        loses: impl Fn(&T, &T) -> bool,
    ) -> Option<T> {
        let found = fs::read_to_string(self.dir.join(file)).map_err(|it| unreadable(&it));
        let value = self.usable(file, found, read, loses);
        value.map_err(|fault| self.faults.push(fault)).ok()
    }

    /// What the text means, or what the last good one did.
    fn usable<T>(
        &mut self,
        file: &str,
        found: Result<String, String>,
        read: impl Fn(Source<'_>) -> Read<T>,
        loses: impl Fn(&T, &T) -> bool,
    ) -> Result<T, ConfigFault> {
        let text = found.as_deref().unwrap_or_default();
        let value = match &found {
            Ok(text) => read(Source { file, text }),
            Err(message) => Err(Source { file, text }.fault(None, message.as_str())),
        };
        let before = || {
            let text = self.before.get(file)?;
            let (value, _) = read(Source { file, text }).ok()?;
            Some((value, text.clone()))
        };
        let (kept, faults) = match value {
            Ok((value, faults)) => {
                let has_errors = faults.iter().any(|it| it.severity == Severity::Error);
                let kept = has_errors.then(before).flatten();
                match kept.filter(|(before, _)| loses(before, &value)) {
                    Some(kept) => {
                        let source = Source { file, text };
                        let faults = faults.into_iter().chain([source.warning(None, KEPT)]);
                        (kept, faults.collect())
                    }
                    None => {
                        self.good.insert(file.to_owned(), text.to_owned());
                        self.faults.extend(faults);
                        return Ok(value);
                    }
                }
            }
            Err(fault) => match before() {
                Some(kept) => (kept, vec![fault]),
                None => return Err(fault),
            },
        };
        let (value, text) = kept;
        self.good.insert(file.to_owned(), text);
        self.faults.extend(faults);
        Ok(value)
    }

    /// The files in a folder and below that were there at the last reading.
    pub(crate) fn known_below(&self, folder: &str) -> Vec<String> {
        let names = self.before.keys();
        let below = names.filter(|it| Path::new(it).starts_with(folder));
        below.cloned().collect()
    }

    /// Lists a fault that the value of a file does not have, such as one between two files.
    pub(crate) fn tell(&mut self, fault: ConfigFault) {
        self.faults.push(fault);
    }

    /// Lists what deserves a look about a file or folder as a whole.
    pub(crate) fn warn(&mut self, file: &str, message: &str) {
        let source = Source { file, text: "" };
        self.tell(source.warning(None, message));
    }
}

fn unreadable(error: &io::Error) -> String {
    format!("cannot read the file: {error}")
}

fn settings(source: Source<'_>) -> Read<Settings> {
    let file: Option<VentiFile> = source.read()?;
    let file = file.unwrap_or_default();
    let access = access::resolve(&file, source)?;
    let base_path = match file.base_path {
        Some(text) => (text.value.parse::<BasePath>())
            .map_err(|error| source.fault(place(text.referenced), error.to_string()))?,
        None => BasePath::default(),
    };
    let settings = Settings {
        log_level: file.log_level,
        log_format: file.log_format,
        base_path,
        tls: file.tls,
        access,
    };
    Ok((settings, Vec::new()))
}

fn users(source: Source<'_>) -> Read<Users> {
    Ok((auth::read_users(source)?, Vec::new()))
}

fn datasources(source: Source<'_>) -> Read<Datasources> {
    resolved::resolve(source.read()?, source)
}
