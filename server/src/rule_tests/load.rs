//! A file of tests with the rule files that it names.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use venti_alert::rule::RuleFile;
use venti_alert::rulefile;
use venti_alert::unittest::{self, TestFile};
use venti_model::status::Severity;

use super::Finding;
use crate::config::{describe, matching};

/// A file of tests, and the rules under test.
pub(super) struct Loaded {
    pub(super) file: TestFile,
    pub(super) rules: Vec<RuleFile>,
}

/// Reads them, or says all that is wrong. Warnings of rule files are for `check` to tell.
pub(super) fn load(path: &Path) -> Result<Loaded, Vec<Finding>> {
    let text = read(path).map_err(|it| vec![it])?;
    let file = unittest::read(&path.display().to_string(), &text)
        .map_err(|fault| vec![Finding::Failed(describe(&fault))])?;
    let mut findings = Vec::new();
    let mut rules = Vec::new();
    for path in rule_files(path, &file.rule_files, &mut findings) {
        match read(&path) {
            Ok(text) => rules.push(rulefile::read(&path.display().to_string(), &text)),
            Err(finding) => findings.push(finding),
        }
    }
    let faults = rules.iter().flat_map(|it| &it.faults);
    let errors = faults.filter(|it| it.severity == Severity::Error);
    findings.extend(errors.map(|it| Finding::Failed(describe(it))));
    if findings.is_empty() {
        Ok(Loaded { file, rules })
    } else {
        Err(findings)
    }
}

fn read(path: &Path) -> Result<String, Finding> {
    let failed = |it| Finding::Failed(format!("{}: cannot be read: {it}", path.display()));
    fs::read_to_string(path).map_err(failed)
}

/// The files that the patterns name, relative to the file of tests, each once.
fn rule_files(tests: &Path, patterns: &[String], findings: &mut Vec<Finding>) -> Vec<PathBuf> {
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    let folder = tests.parent().unwrap_or(Path::new(""));
    for pattern in patterns {
        let before = found.len();
        match matching(folder, pattern) {
            Ok(paths) => found.extend(paths),
            Err(error) => {
                let message = format!("{}: `{pattern}`: {error}", tests.display());
                findings.push(Finding::Failed(message));
                continue;
            }
        }
        if found.len() == before {
            let message = format!("{}: no file is named `{pattern}`", tests.display());
            findings.push(Finding::Failed(message));
        }
    }
    found.retain(|it| seen.insert(it.clone()));
    found
}
