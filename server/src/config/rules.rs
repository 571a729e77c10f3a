//! Alert rules and where alerts go: `alertrules/` and `alerting.yml`.

use std::path::PathBuf;
use std::sync::Arc;

use venti_alert::config::AlertingFile;
use venti_alert::rule::{AlertRule, RuleFile};
use venti_alert::rulefile;
use venti_model::dashboard::Dashboard;
use venti_model::status::{ConfigFault, Severity};

use super::loader::Read;
use super::{Reading, Source, listing};
use crate::dashboards::reference;
use crate::notify;

/// The folder inside the configuration directory.
const FOLDER: &str = "alertrules";

/// Where alerts go.
pub(super) const ALERTING: &str = "alerting.yml";

/// Reads `alerting.yml`.
pub(super) fn alerting(source: Source<'_>) -> Read<AlertingFile> {
    let file: Option<AlertingFile> = source.read()?;
    let file = file.unwrap_or_default();
    let faults = notify::faults(&file.alerting, source);
    Ok((file, faults))
}

/// Reads the rule files. A faulty rule costs itself, but nothing that runs: a file whose errors
/// would take away a rule holds in its last good version, so no alert ends by a slip of the pen.
///
/// With `patterns` the files that they name are read in place of those in the folder.
pub(super) fn load(reading: &mut Reading<'_>, patterns: Option<&[String]>) -> Vec<RuleFile> {
    let files = match patterns {
        Some(patterns) => patterns.iter().flat_map(|it| named(reading, it)).collect(),
        None => listing::yaml_files(reading, FOLDER),
    };
    files
        .iter()
        .filter_map(|file| reading.one_in_parts(file, read, loses_a_rule))
        .collect()
}

/// Lists rules whose annotation `panel` names none. Their messages go out without its picture.
pub(super) fn check_panels(
    reading: &mut Reading<'_>,
    rules: &[RuleFile],
    dashboards: &[Dashboard],
) {
    for file in rules {
        for rule in file.groups.iter().flat_map(|it| it.alerts()) {
            let panel = rule.annotations.iter().find(|(name, _)| name == "panel");
            let written = panel.map(|(_, text)| text.source());
            let written = written.filter(|it| !it.contains("{{"));
            let found = written.map(|it| reference::panel(dashboards, it));
            if let Some(Err(error)) = found {
                let (line, column) = rule.at.unzip();
                reading.tell(ConfigFault {
                    line,
                    column,
                    severity: Severity::Warning,
                    ..ConfigFault::of_file(
                        &file.path,
                        format!("alert `{}`, annotation `panel`: {error}", rule.name),
                    )
                });
            }
        }
    }
}

/// The files of a pattern of `rule_files`.
fn named(reading: &mut Reading<'_>, pattern: &str) -> Vec<String> {
    let found = match listing::matching(reading.dir, pattern) {
        Ok(found) => found,
        Err(error) => {
            let message = format!("rule_files: `{pattern}`: {error}");
            reading.tell(ConfigFault::of_file(ALERTING, message));
            return Vec::new();
        }
    };
    if found.is_empty() {
        reading.warn(
            ALERTING,
            &format!("rule_files: no file is named `{pattern}`"),
        );
    }
    let name = |path: &PathBuf| {
        let relative = path.strip_prefix(reading.dir).unwrap_or(path);
        relative.to_string_lossy().into_owned()
    };
    found.iter().map(name).collect()
}

fn read(source: Source<'_>) -> Read<RuleFile> {
    let file = rulefile::read(source.file, source.text);
    let faults = file.faults.clone();
    let error = faults.iter().find(|it| it.severity == Severity::Error);
    match error {
        Some(error) if file.groups.is_empty() => Err(error.clone()),
        _ => Ok((file, faults)),
    }
}

/// Whether a rule has no continuation in the group of the same name.
fn loses_a_rule(before: &RuleFile, now: &RuleFile) -> bool {
    before.groups.iter().any(|group| {
        let next = now.groups.iter().find(|it| it.name == group.name);
        let continued = |rule: &Arc<AlertRule>| {
            next.is_some_and(|it| it.alerts().any(|it| it.is_continuation_of(rule)))
        };
        !group.alerts().all(continued)
    })
}
