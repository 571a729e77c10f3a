//! Alert rules and where alerts go: `alertrules/` and `alerting.yml`.

use venti_alert::config::AlertingFile;
use venti_alert::rule::RuleFile;
use venti_alert::rulefile;
use venti_model::status::Severity;

use super::loader::Read;
use super::{Reading, Source, listing};

/// The folder inside the configuration directory.
const FOLDER: &str = "alertrules";

/// `alerting.yml`.
pub(super) fn alerting(source: Source<'_>) -> Read<AlertingFile> {
    let file: Option<AlertingFile> = source.read()?;
    Ok((file.unwrap_or_default(), Vec::new()))
}

/// Reads the rule files. A faulty rule costs itself; a file of which nothing is left holds in its
/// last good version.
pub(super) fn load(reading: &mut Reading<'_>) -> Vec<RuleFile> {
    let files = listing::yaml_files(reading, FOLDER);
    files
        .iter()
        .filter_map(|file| reading.one_of_many(file, read))
        .collect()
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
