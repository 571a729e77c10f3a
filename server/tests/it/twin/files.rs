//! The rule files that both load: our own, and public ones that lie beside the repository.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use venti_local::find;

use super::beat::{Beat, Part};
use crate::support::app::write_files;

/// A rule file that both engines load.
#[derive(Clone, Debug)]
pub(super) struct RuleFile {
    /// Relative to the directory of either configuration.
    pub(super) path: String,
    pub(super) text: String,
}

macro_rules! own {
    ($name:literal) => {
        include_str!(concat!("../../files/twin/", $name, ".yml"))
    };
}

/// Our own files.
pub(super) fn own(beat: &Beat) -> Vec<RuleFile> {
    let texts = [
        ("events", own!("events")),
        ("crowd", own!("crowd")),
        ("words", own!("words")),
        ("machine", own!("machine")),
        ("recorded", own!("recorded")),
        ("changing", own!("changing")),
    ];
    let mut files: Vec<RuleFile> = (texts.iter())
        .map(|(stem, text)| placed(beat, stem, text, Part::Then))
        .collect();
    files.push(placed(beat, "recordings", own!("recordings"), Part::First));
    files
}

/// The files after the reload: one says something else, and one is gone.
pub(super) fn changed(files: &[RuleFile]) -> Vec<RuleFile> {
    let mut files = files.to_vec();
    files.retain(|it| !it.path.contains("/crowd-"));
    for file in files.iter_mut().filter(|it| it.path.contains("/changing-")) {
        file.text = own!("changed").to_owned();
    }
    files
}

/// The groups of all public files that this Prometheus accepts, each in a file of its own and
/// without an interval of its own. Says which it does not accept.
pub(super) fn public(beat: &Beat) -> Vec<RuleFile> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/rules");
    let mut paths = yaml_files(&dir);
    paths.sort();
    if paths.is_empty() {
        eprintln!("skipped: no public rule files beside the repository");
    }
    let mut files = Vec::new();
    for path in paths {
        let text = fs::read_to_string(&path).unwrap();
        let document: Value = serde_saphyr::from_str(&text).unwrap();
        let groups = document.get("spec").unwrap_or(&document)["groups"].clone();
        let stem = path.file_stem().unwrap().to_string_lossy().into_owned();
        for (index, mut group) in groups.as_array().unwrap().iter().cloned().enumerate() {
            group.as_object_mut().unwrap().remove("interval");
            let part = if reads_what_rules_write(&group) {
                Part::First
            } else {
                Part::Then
            };
            let text = json!({"groups": [group]}).to_string();
            files.push(placed(beat, &format!("{stem}-{index}"), &text, part));
        }
    }
    let accepted = accepted(&files);
    let is_accepted = |it: &RuleFile| accepted.contains(&it.path);
    let (accepted, refused): (Vec<_>, Vec<_>) = files.into_iter().partition(is_accepted);
    for file in refused {
        eprintln!("promtool refuses {}", file.path);
    }
    accepted
}

fn yaml_files(dir: &Path) -> Vec<PathBuf> {
    let Ok(entries) = dir.read_dir() else {
        return Vec::new();
    };
    let paths = entries.map(|it| it.unwrap().path());
    paths
        .flat_map(|path| {
            let is_yaml = path
                .extension()
                .is_some_and(|it| it == "yml" || it == "yaml");
            if path.is_dir() {
                yaml_files(&path)
            } else {
                Vec::from_iter(is_yaml.then_some(path))
            }
        })
        .collect()
}

/// Whether an expression of a group names a recorded series, which has a colon, or alerts.
fn reads_what_rules_write(group: &Value) -> bool {
    let rules = group["rules"].as_array().unwrap().iter();
    let mut expressions = rules.filter_map(|it| it["expr"].as_str());
    expressions.any(|it| it.contains("ALERTS") || it.contains(':'))
}

/// The paths of the files in which promtool finds nothing wrong.
fn accepted(files: &[RuleFile]) -> BTreeSet<String> {
    let dir = tempfile::tempdir().unwrap();
    for file in files {
        write_files(dir.path(), &[(&file.path, &file.text)]);
    }
    let promtool = find::program(&["promtool"]).unwrap();
    let mut check = Command::new(promtool);
    check.current_dir(dir.path()).args(["check", "rules"]);
    let output = check
        .args(files.iter().map(|it| &it.path))
        .output()
        .unwrap();
    // What is wrong goes to the other stream.
    let output = String::from_utf8(output.stdout).unwrap();
    let mut lines = output.lines().peekable();
    let mut accepted = BTreeSet::new();
    while let Some(line) = lines.next() {
        let is_good = lines.peek().is_some_and(|it| it.contains("SUCCESS"));
        if let Some(path) = line.strip_prefix("Checking ").filter(|_| is_good) {
            accepted.insert(path.to_owned());
        }
    }
    accepted
}

fn placed(beat: &Beat, stem: &str, text: &str, part: Part) -> RuleFile {
    let document: Value = serde_saphyr::from_str(text).unwrap();
    let groups = document["groups"].as_array().unwrap().iter();
    let names: Vec<String> = groups
        .map(|it| it["name"].as_str().unwrap().to_owned())
        .collect();
    RuleFile {
        path: beat.path(stem, &names, part),
        text: text.to_owned(),
    }
}
