//! Rotation by age and size, and what it must never touch.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::path::Path;
use std::time::{Duration, SystemTime};

use lethe::config::Config;
use lethe::rotate::{Retention, Rotation, rotate};
use proptest::prelude::*;
use serde_json::Value;
use tempfile::TempDir;

use super::support::{golden_lines, test_clock};

const HOUR: Duration = Duration::from_secs(3600);

/// A data directory with files of so many bytes.
fn tree(files: &[(&str, usize)]) -> TempDir {
    let root = tempfile::tempdir().unwrap();
    for (path, bytes) in files {
        let path = root.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "x".repeat(*bytes)).unwrap();
    }
    root
}

fn run(root: &Path, time: Duration, size: u64) -> Rotation {
    rotate(root, Retention { time, size }, test_clock())
}

/// All paths below `root` but the root itself; links are not followed.
fn paths(root: &Path) -> BTreeSet<String> {
    fn walk(root: &Path, directory: &Path, found: &mut BTreeSet<String>) {
        for entry in fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(root).unwrap().to_str().unwrap();
            found.insert(name.to_owned());
            if path.is_dir() && !path.is_symlink() {
                walk(root, &path, found);
            }
        }
    }
    let mut found = BTreeSet::new();
    walk(root, root, &mut found);
    found
}

#[test]
fn the_hour_being_written_stays_whatever_the_size() {
    let root = tree(&[
        ("pod/a/2009-11-10_22.log", 10),
        ("pod/a/2009-11-10_23.log", 1000),
        ("pod/a/2009-11-11_00.log", 1000),
    ]);
    let rotation = run(root.path(), Duration::ZERO, 1);
    assert_eq!(
        rotation.deleted,
        [root.path().join("pod/a/2009-11-10_22.log")]
    );
    assert!(root.path().join("pod/a/2009-11-10_23.log").exists());
    assert!(root.path().join("pod/a/2009-11-11_00.log").exists());
}

#[test]
fn files_of_equal_hours_go_by_path() {
    let root = tree(&[
        ("pod/b/2009-11-10_20.log", 10),
        ("pod/a/2009-11-10_20.log", 10),
        ("node/z/2009-11-10_20.log", 10),
        ("pod/a/2009-11-10_19.log", 10),
    ]);
    run(root.path(), Duration::ZERO, 21);
    let left = paths(root.path());
    assert!(!left.contains("pod/a/2009-11-10_19.log"));
    assert!(!left.contains("node/z/2009-11-10_20.log"));
    assert!(left.contains("pod/a/2009-11-10_20.log"));
    assert!(left.contains("pod/b/2009-11-10_20.log"));
}

#[test]
fn nothing_behind_links_is_touched() {
    let outside = tree(&[("2000-01-01_00.log", 10)]);
    let root = tree(&[("pod/a/2009-11-10_22.log", 10)]);
    symlink(outside.path(), root.path().join("pod/link")).unwrap();
    symlink(outside.path(), root.path().join("node")).unwrap();
    let link = root.path().join("pod/a/2000-01-01_00.log");
    symlink(outside.path().join("2000-01-01_00.log"), &link).unwrap();
    let rotation = run(root.path(), HOUR, 1);
    assert!(rotation.failed.is_empty(), "{:?}", rotation.failed);
    assert!(outside.path().join("2000-01-01_00.log").exists());
    assert!(!link.is_symlink(), "the link itself is an old file");
}

#[test]
fn a_directory_with_the_name_of_an_hour_is_no_file() {
    let root = tree(&[("pod/a/2000-01-01_00.log/x", 10)]);
    let rotation = run(root.path(), HOUR, 1);
    assert!(rotation.deleted.is_empty() && rotation.failed.is_empty());
    assert!(root.path().join("pod/a/2000-01-01_00.log/x").exists());
}

#[test]
fn files_of_the_root_stay_whatever_their_name() {
    let root = tree(&[("kube.1", 10), ("host.1", 10), ("pod/kube.1", 10)]);
    let before = paths(root.path());
    run(root.path(), HOUR, 1);
    assert_eq!(paths(root.path()), before);
}

#[test]
fn an_empty_target_goes_after_a_day() {
    let root = tree(&[]);
    for (name, hours) in [("pod/old", 25), ("pod/new", 23), ("node/old", 25)] {
        let path = root.path().join(name);
        fs::create_dir_all(&path).unwrap();
        let time = SystemTime::from(test_clock()) - HOUR * hours;
        File::open(path).unwrap().set_modified(time).unwrap();
    }
    let rotation = run(root.path(), Duration::ZERO, 0);
    let pruned = ["node/old", "pod/old"].map(|it| root.path().join(it));
    assert_eq!(rotation.pruned, pruned);
    assert!(root.path().join("pod/new").exists());
}

#[test]
fn no_data_directory_is_nothing_to_do() {
    let root = tree(&[]);
    let rotation = run(&root.path().join("missing"), HOUR, 1);
    assert!(rotation.deleted.is_empty() && rotation.failed.is_empty());
}

/// A record's name, what stays here of what the original deletes (`+`) or the
/// reverse (`-`), and why.
type Deviation = (&'static str, &'static [&'static str], &'static str);

const DEVIATIONS: [Deviation; 6] = [
    (
        "age/odd-names",
        &[
            "+pod/a/(x).log",
            "+pod/a/.hidden",
            "+pod/a/0000-00-00_00.log",
            "+pod/a/1.txt",
            "+pod/a/2009-10-26",
            "+pod/a/2009-10-26 22.log",
            "+pod/a/2009-10-26_2",
        ],
        "only names that tell an hour are those of log files",
    ),
    (
        "age/depths",
        &["+other/x/2000-01-01_00.log"],
        "a directory that is no log type holds no logs",
    ),
    (
        "size/-1B",
        &["refused"],
        "a negative size deleted everything",
    ),
    (
        "size/other-types-counted",
        &["+other/x/2009-11-10_19.log"],
        "a directory that is no log type holds no logs",
    ),
    (
        "prune/empty-dirs",
        &["+other/old"],
        "a directory that is no log type is somebody else's",
    ),
    (
        "links/age",
        &["-pod/x/2000-01-01_02.log"],
        "an old link goes whether it leads somewhere or not",
    ),
];

#[test]
fn golden_records_are_equal_but_for_the_deviations() {
    let Some(records) = golden_lines("rotation.jsonl.gz") else {
        return;
    };
    let mut deviations: Vec<_> = DEVIATIONS.to_vec();
    let mut faults = Vec::new();
    for record in &records {
        let id = record["id"].as_str().unwrap();
        let root = tempfile::tempdir().unwrap();
        plant(root.path(), record);
        let mut text = "retention:\n".to_owned();
        for (key, value) in record["retention"].as_object().unwrap() {
            text += &format!("  {key}: {value}\n");
        }
        let place = deviations.iter().position(|(it, ..)| *it == id);
        let expected = place.map(|it| deviations.remove(it).1);
        let Ok((config, _)) = Config::parse("lethe.yaml", &text) else {
            if expected != Some(&["refused"]) {
                faults.push(format!("{id}: refused"));
            }
            continue;
        };
        let rotation = run(root.path(), config.retention_time, config.retention_size);
        assert!(rotation.failed.is_empty(), "{id}: {:?}", rotation.failed);
        let here = paths(root.path());
        let there: BTreeSet<String> = entries(record, "after").map(|it| name(it).0).collect();
        let more = here.difference(&there).map(|it| format!("+{it}"));
        let fewer = there.difference(&here).map(|it| format!("-{it}"));
        let found: Vec<String> = more.chain(fewer).collect();
        if found != expected.unwrap_or_default() {
            faults.push(format!("{id}: {found:?}"));
        }
    }
    faults.extend(
        deviations
            .iter()
            .map(|it| format!("{}: is no record", it.0)),
    );
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

fn entries<'v>(record: &'v Value, key: &str) -> impl Iterator<Item = &'v Value> {
    record[key].as_array().unwrap().iter()
}

/// The path of a recorded entry, and what it is.
fn name(entry: &Value) -> (String, &'static str) {
    let of = |kind: &'static str| entry[kind].as_str().map(|it| (it.to_owned(), kind));
    ["dir", "path", "link"].into_iter().find_map(of).unwrap()
}

/// Writes the tree that a record begins with.
fn plant(root: &Path, record: &Value) {
    for entry in entries(record, "before") {
        let (name, kind) = name(entry);
        let path = root.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        match kind {
            "dir" => fs::create_dir_all(path).unwrap(),
            "link" => symlink(entry["to"].as_str().unwrap(), path).unwrap(),
            _ => {
                let bytes = entry["size"].as_u64().unwrap();
                File::create(path).unwrap().set_len(bytes).unwrap();
            }
        }
    }
    for (directory, hours) in record["dir_ages_h"].as_object().unwrap() {
        let age = HOUR.mul_f64(hours.as_f64().unwrap());
        let time = SystemTime::from(test_clock()) - age;
        let directory = File::open(root.join(directory)).unwrap();
        directory.set_modified(time).unwrap();
    }
}

proptest! {
    #[test]
    fn a_rotation_keeps_the_newest_and_repeats_itself(
        hours in prop::collection::btree_map(0u32..24, 0usize..50, 0..12),
        time in 0u64..40,
        size in 0u64..300,
    ) {
        let names: Vec<(String, usize)> = hours
            .iter()
            .map(|(hour, bytes)| (format!("pod/a/2009-11-10_{hour:02}.log"), *bytes))
            .collect();
        let files: Vec<(&str, usize)> = names.iter().map(|(it, n)| (it.as_str(), *n)).collect();
        let root = tree(&files);
        let time = HOUR * u32::try_from(time).unwrap();
        run(root.path(), time, size);
        let left: Vec<&(&str, usize)> =
            files.iter().filter(|(it, _)| root.path().join(it).exists()).collect();
        prop_assert!(files.iter().collect::<Vec<_>>().ends_with(&left));
        let used: usize = left.iter().map(|(_, bytes)| bytes).sum();
        let is_written = |it: &&&(&str, usize)| it.0.ends_with("_23.log");
        prop_assert!(
            size == 0 || (used as u64) < size || left.iter().all(|it| is_written(&it))
        );
        prop_assert!(run(root.path(), time, size).deleted.is_empty());
    }
}
