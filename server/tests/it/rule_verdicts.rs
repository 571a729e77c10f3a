//! `venti-server test rules` says of files of unit tests what promtool says of them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use venti_local::find;

use crate::support::programs::find_or_skip;

/// Below it are rule files, and files of tests that are as they should be.
const FILES: &str = "tests/files/unittests";

/// Whether a program finds all as expected in a file of tests.
fn accepts(program: &Path, file: &Path) -> bool {
    let mut command = Command::new(program);
    let output = command.args(["test", "rules"]).arg(file).output().unwrap();
    let code = output.status.code();
    assert!(
        matches!(code, Some(0 | 1)),
        "{}: {output:?}",
        file.display()
    );
    code == Some(0)
}

/// The same tests, each with one expectation that is wrong.
fn mutations(text: &str) -> Vec<String> {
    let mut mutations = Vec::new();
    for (right, wrong) in [
        ("exp_labels: {", "exp_labels: {wrong: label, "),
        ("exp_alerts: [{", "exp_alerts: [{}, {"),
        ("summary: ", "summary: not "),
        ("value: 0.95", "value: 0.96"),
    ] {
        for (at, _) in text.match_indices(right) {
            let (before, after) = text.split_at(at);
            mutations.push(format!("{before}{wrong}{}", &after[right.len()..]));
        }
    }
    mutations
}

#[test]
fn files_of_tests_are_judged_as_by_promtool() {
    let ours = Path::new(env!("CARGO_BIN_EXE_venti-server"));
    let (Some(promtool), Some(_)) = (find_or_skip(&["promtool"]), find_or_skip(find::PROMETHEUS))
    else {
        return;
    };
    let dir = tempfile::tempdir().unwrap();
    let mut tests = Vec::new();
    for entry in fs::read_dir(FILES).unwrap() {
        let path: PathBuf = entry.unwrap().path();
        let copy = dir.path().join(path.file_name().unwrap());
        fs::copy(&path, &copy).unwrap();
        if copy.to_string_lossy().ends_with(".test.yml") {
            tests.push(copy);
        }
    }
    assert!(!tests.is_empty());
    for file in tests {
        for program in [ours, &promtool] {
            assert!(accepts(program, &file), "{program:?} refuses {file:?}");
        }
        let text = fs::read_to_string(&file).unwrap();
        let mutations = mutations(&text);
        assert!(!mutations.is_empty(), "{file:?}");
        // One Prometheus is started for each, so not all.
        for (index, mutation) in mutations.iter().step_by(4).enumerate() {
            let wrong = file.with_extension(format!("{index}.yml"));
            fs::write(&wrong, mutation).unwrap();
            for program in [ours, &promtool] {
                assert!(!accepts(program, &wrong), "{program:?} accepts {mutation}");
            }
        }
    }
}
