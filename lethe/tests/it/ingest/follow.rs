//! Following local files through rotation and restarts.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use chrono::TimeDelta;
use lethe::ingest::follow::{Reader, Source};
use tempfile::TempDir;

use crate::support::test_clock;

struct Machine {
    root: TempDir,
    reader: Option<Reader>,
}

impl Machine {
    fn new() -> Machine {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("var")).unwrap();
        Machine { root, reader: None }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.root.path().join("var").join(name)
    }

    fn append(&self, name: &str, text: &str) {
        append(&self.path(name), text);
    }

    fn rename(&self, from: &str, to: &str) {
        fs::rename(self.path(from), self.path(to)).unwrap();
    }

    /// A reader that goes on where the last one was.
    fn restart(&mut self) {
        self.reader = None;
    }

    /// The messages of all lines that are new, which then are on disk.
    fn look(&mut self) -> Vec<String> {
        let found = self.look_without_confirming();
        self.reader.as_mut().unwrap().confirm().unwrap();
        found
    }

    fn look_without_confirming(&mut self) -> Vec<String> {
        let source = Source {
            pattern: self.path("*.log").to_str().unwrap().to_owned(),
            node: "n".to_owned(),
            process: None,
        };
        let data = self.root.path().join("data");
        let open = || Reader::open(&data, vec![source]).unwrap();
        let reader = self.reader.get_or_insert_with(open);
        let files = reader.read(test_clock()).into_files();
        let mut lines: Vec<String> = files
            .flat_map(|(path, text)| {
                assert_eq!(path.as_str(), "node/n/2009-11-10_23.log");
                let text = String::from_utf8(text).unwrap();
                text.lines().map(str::to_owned).collect::<Vec<_>>()
            })
            .map(|it| {
                it.strip_prefix("2009-11-10T23:00:00.000000Z[n|")
                    .unwrap()
                    .to_owned()
            })
            .collect();
        lines.sort();
        lines
    }
}

fn append(path: &Path, text: &str) {
    let mut options = OpenOptions::new();
    let mut file = options.append(true).create(true).open(path).unwrap();
    file.write_all(text.as_bytes()).unwrap();
}

const NOTHING: [&str; 0] = [];

#[test]
fn new_lines_are_read_once_they_are_whole() {
    let mut machine = Machine::new();
    machine.append("old.log", "from before\nhalf");
    assert_eq!(machine.look(), NOTHING);
    machine.append("old.log", " a line\n");
    machine.append("new.access.log", "first\nsec");
    assert_eq!(machine.look(), ["new] first", "old] half a line"]);
    machine.append("new.access.log", "ond\r\n");
    assert_eq!(machine.look(), ["new] second"]);
    assert_eq!(machine.look(), NOTHING);
}

#[test]
fn a_restart_neither_loses_nor_doubles() {
    let mut machine = Machine::new();
    machine.append("a.log", "old\n");
    assert_eq!(machine.look(), NOTHING);
    machine.append("a.log", "1\n");
    assert_eq!(machine.look(), ["a] 1"]);
    machine.restart();
    machine.append("a.log", "2\n");
    // One that came meanwhile is read from its start.
    machine.append("b.log", "3\n");
    assert_eq!(machine.look(), ["a] 2", "b] 3"]);
    machine.restart();
    assert_eq!(machine.look(), NOTHING);
}

#[test]
fn what_is_not_on_disk_is_read_again() {
    let mut machine = Machine::new();
    assert_eq!(machine.look(), NOTHING);
    machine.append("a.log", "1\n");
    assert_eq!(machine.look_without_confirming(), ["a] 1"]);
    machine.restart();
    assert_eq!(machine.look(), ["a] 1"]);
}

#[test]
fn what_was_not_written_is_read_again_and_what_was_is_not() {
    let mut machine = Machine::new();
    assert_eq!(machine.look(), NOTHING);
    machine.append("a.log", "1\n");
    assert_eq!(machine.look_without_confirming(), ["a] 1"]);
    let reader = machine.reader.as_mut().unwrap();
    reader.retract();
    assert_eq!(machine.look_without_confirming(), ["a] 1"]);
    // The position cannot be saved any more.
    let saved = machine.root.path().join("data/.ingest");
    fs::remove_dir_all(&saved).unwrap();
    fs::write(&saved, "").unwrap();
    assert!(machine.reader.as_mut().unwrap().confirm().is_err());
    assert_eq!(machine.look_without_confirming(), NOTHING);
}

#[test]
fn a_renamed_file_is_read_to_its_end() {
    let mut machine = Machine::new();
    machine.append("a.log", "");
    assert_eq!(machine.look(), NOTHING);
    machine.append("a.log", "1\n");
    machine.rename("a.log", "a.log.1");
    machine.append("a.log", "2\n");
    assert_eq!(machine.look(), ["a] 1", "a] 2"]);
    // Its writer has not noticed yet.
    machine.append("a.log.1", "3\n");
    assert_eq!(machine.look(), ["a] 3"]);
    machine.rename("a.log", "a.log.2");
    machine.append("a.log.2", "4\n");
    machine.restart();
    assert_eq!(machine.look(), ["a] 4"]);
}

#[test]
fn a_renamed_file_is_given_up_in_the_end() {
    let mut machine = Machine::new();
    machine.append("a.log", "");
    assert_eq!(machine.look(), NOTHING);
    machine.rename("a.log", "a.log.1");
    assert_eq!(machine.look(), NOTHING);
    let later = test_clock() + TimeDelta::minutes(1);
    assert_eq!(machine.reader.as_mut().unwrap().read(later).n_lines(), 0);
    machine.append("a.log.1", "too late\n");
    assert_eq!(machine.look(), NOTHING);
}

#[test]
fn a_truncated_file_is_read_from_its_start() {
    let mut machine = Machine::new();
    machine.append("a.log", "");
    assert_eq!(machine.look(), NOTHING);
    machine.append("a.log", "a long line\n");
    assert_eq!(machine.look(), ["a] a long line"]);
    fs::write(machine.path("a.log"), "short\n").unwrap();
    assert_eq!(machine.look(), ["a] short"]);
    // It has grown beyond where it was, and begins otherwise.
    fs::write(machine.path("a.log"), "another line\nand one more\n").unwrap();
    assert_eq!(machine.look(), ["a] and one more", "a] another line"]);
}

#[test]
fn many_lines_are_read_in_several_looks() {
    let mut machine = Machine::new();
    machine.append("a.log", "");
    assert_eq!(machine.look(), NOTHING);
    let line = |n: usize| format!("{n:06} {}\n", "x".repeat(100));
    let text: String = (0..30_000).map(line).collect();
    machine.append("a.log", &text);
    machine.append("a.log", &"y".repeat(3 << 20));
    let mut found = Vec::new();
    loop {
        match machine.look() {
            lines if lines.is_empty() => break,
            lines => found.extend(lines),
        }
    }
    let numbered = found.iter().filter(|it| it.contains('x')).count();
    assert_eq!(numbered, 30_000);
}
