//! Packed hours: answers are the same, and damage is told.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use lethe::Lethe;
use lethe::compress::{Compression, Compressor};
use lethe::search::Cancel;
use lethe::store::{LogWriter, Record};
use proptest::prelude::*;
use tempfile::TempDir;

use super::support::{self, Reply, open, test_clock};

const HOURS: [u32; 3] = [20, 21, 22];
/// Lines of an hour: more than two mebibytes, so that it makes several blocks.
const LINES: usize = 4_000;

/// Three hours of one namespace, not quite in order.
fn tree() -> TempDir {
    let root = tempfile::tempdir().unwrap();
    fs::create_dir_all(root.path().join("pod/ns")).unwrap();
    for hour in HOURS {
        let mut text = String::new();
        for number in 0..LINES {
            let second = (number * 3_600 / LINES + number % 7) % 3_600;
            let (minute, second) = (second / 60, second % 60);
            let level = if number % 50 == 0 { "ERROR" } else { "INFO" };
            let pod = number % 3;
            text += &format!(
                "2009-11-10T{hour}:{minute:02}:{second:02}Z[ns|web-{pod}|app] {level} request {number} of hour {hour}: {}\n",
                "some words that fill the line, ".repeat(20)
            );
        }
        fs::write(hour_file(root.path(), hour), text).unwrap();
    }
    root
}

fn hour_file(root: &Path, hour: u32) -> PathBuf {
    root.join(format!("pod/ns/2009-11-10_{hour}.log"))
}

fn packed_file(root: &Path, hour: u32) -> PathBuf {
    root.join(format!("pod/ns/2009-11-10_{hour}.log.zst"))
}

fn pack(root: &Path) -> Compression {
    pack_after(root, Duration::ZERO)
}

fn pack_after(root: &Path, after: Duration) -> Compression {
    let mut compressor = Compressor::new(root.to_owned(), after);
    let compression = compressor.run(test_clock(), &Cancel::at(None));
    assert!(compression.failed.is_empty(), "{:?}", compression.failed);
    compression
}

/// Asks for a URL that may hold the characters of a query.
fn get(lethe: Lethe, url: &str) -> Reply {
    let url = [
        ("\"", "%22"),
        ("{", "%7B"),
        ("}", "%7D"),
        ("|", "%7C"),
        (" ", "%20"),
    ]
    .into_iter()
    .fold(url.to_owned(), |url, (from, to)| url.replace(from, to));
    support::get(lethe, &url)
}

fn body(root: &Path, url: &str) -> String {
    let reply = get(open(root), url);
    assert_eq!(reply.status, 200, "{url}: {}", reply.body);
    reply.body
}

fn count(root: &Path) -> usize {
    let url = "/api/v1/query?query=sum(count_over_time(pod{namespace=\"ns\"}[1d]))\
               &time=2009-11-10T23:59:59Z";
    let json = get(open(root), url).json();
    let count = json["data"]["result"][0]["value"][1].as_str();
    count.map_or(0, |it| it.parse().unwrap())
}

#[test]
fn every_answer_stays_what_it_was() {
    let root = tree();
    let day = "start=2009-11-10T00:00:00Z&end=2009-11-10T23:59:59Z";
    let urls = [
        format!("/api/v1/query_range?query=pod{{namespace=\"ns\"}}&{day}&cursors=true"),
        format!("/api/v1/query_range?query=pod{{namespace=\"ns\"}}&{day}&direction=forward"),
        format!("/api/v1/query_range?query=pod{{namespace=\"ns\"}}|=\"request 777 \"&{day}&cursors=true"),
        format!("/api/v1/query_range?query=pod{{namespace=\"ns\",pod=\"web-1\"}}|~\"7{{3}}\"&{day}"),
        "/api/v1/query_range?query=pod{namespace=\"ns\"}&start=2009-11-10T21:30:00Z&end=2009-11-10T21:35:00Z&limit=5000".to_owned(),
        format!("/api/v1/query_range?query=sum by(pod)(count_over_time(pod{{namespace=\"ns\"}}[10m]))&{day}&step=600"),
        format!("/api/v1/histogram?query=pod{{namespace=\"ns\"}}&{day}&step=300"),
        format!("/api/v1/label/pod/values?match[]=pod{{namespace=\"ns\"}}&{day}"),
        "/api/v1/query?query=pod{namespace=\"ns\"}&time=2009-11-10T22:59:59Z".to_owned(),
        "/api/v1/targets".to_owned(),
        "/api/v1/metadata".to_owned(),
    ];
    let before: Vec<String> = urls.iter().map(|it| body(root.path(), it)).collect();
    let cursor = get(open(root.path()), &urls[2]).json()["data"]["result"][0]["cursor"].clone();
    let context = format!(
        "/api/v1/context?query=pod{{namespace=\"ns\"}}&cursor={}",
        cursor.as_str().unwrap()
    );
    let around = body(root.path(), &context);

    let compression = pack(root.path());
    assert_eq!(
        compression.packed,
        HOURS.map(|it| hour_file(root.path(), it))
    );
    assert!(compression.packed_bytes < compression.plain_bytes / 4);
    for hour in HOURS {
        assert!(!hour_file(root.path(), hour).exists());
    }
    for (url, before) in urls.iter().zip(before) {
        assert_eq!(body(root.path(), url), before, "{url}");
    }
    assert_eq!(body(root.path(), &context), around);
}

#[test]
fn other_programs_unpack_a_file_whole() {
    let root = tree();
    let text = fs::read(hour_file(root.path(), 20)).unwrap();
    pack(root.path());
    let packed = File::open(packed_file(root.path(), 20)).unwrap();
    assert_eq!(zstd::decode_all(packed).unwrap(), text);
}

#[test]
fn only_closed_hours_are_packed() {
    let root = tree();
    fs::write(root.path().join("pod/ns/2009-11-10_19.log"), "small\n").unwrap();
    fs::copy(hour_file(root.path(), 20), hour_file(root.path(), 23)).unwrap();
    let odd = root.path().join("pod/ns/2009-11-10_18.log.1");
    fs::copy(hour_file(root.path(), 20), &odd).unwrap();
    let packed = pack_after(root.path(), Duration::from_secs(3_600)).packed;
    assert_eq!(packed, [20, 21].map(|it| hour_file(root.path(), it)));
    assert_eq!(pack(root.path()).packed, [hour_file(root.path(), 22)]);
    assert!(odd.exists() && hour_file(root.path(), 23).exists());
}

#[test]
fn late_lines_are_read_behind_the_packed_ones() {
    let root = tree();
    pack(root.path());
    let writer = LogWriter::open(root.path()).unwrap();
    let record = Record::Pod {
        namespace: "ns",
        pod: "web-9",
        container: "app",
    };
    let time = "2009-11-10T21:10:00Z".parse().unwrap();
    writer.append(&record, time, "late").unwrap();
    assert_eq!(count(root.path()), HOURS.len() * LINES + 1);
    let url = "/api/v1/query_range?query=pod{namespace=\"ns\",pod=\"web-9\"}\
               &start=2009-11-10T21:00:00Z&end=2009-11-10T21:30:00Z";
    assert_eq!(
        get(open(root.path()), url).rows(),
        ["2009-11-10T21:10:00.000000Z [ns|web-9|app] late"]
    );
    // They stay as they are, however often packing is tried.
    assert_eq!(pack(root.path()).packed, [] as [PathBuf; 0]);
    assert!(hour_file(root.path(), 21).exists());
    assert_eq!(count(root.path()), HOURS.len() * LINES + 1);
}

#[test]
fn a_plain_file_that_was_left_behind_is_not_read_twice() {
    let root = tree();
    let plain = fs::read(hour_file(root.path(), 21)).unwrap();
    pack(root.path());
    fs::write(hour_file(root.path(), 21), &plain).unwrap();
    assert_eq!(count(root.path()), HOURS.len() * LINES);
    // Somebody writes to it before it is packed again.
    let mut file = File::options()
        .append(true)
        .open(hour_file(root.path(), 21))
        .unwrap();
    file.write_all(b"2009-11-10T21:10:00Z[ns|web-9|app] late\n")
        .unwrap();
    assert_eq!(count(root.path()), HOURS.len() * LINES + 1);
    assert_eq!(pack(root.path()).packed, [hour_file(root.path(), 21)]);
    assert!(!hour_file(root.path(), 21).exists());
    assert_eq!(count(root.path()), HOURS.len() * LINES + 1);
}

#[test]
fn a_file_that_is_being_written_to_is_packed_later() {
    let root = tree();
    let writing = File::open(hour_file(root.path(), 21)).unwrap();
    writing.lock_shared().unwrap();
    let packed = pack(root.path()).packed;
    assert_eq!(packed, [20, 22].map(|it| hour_file(root.path(), it)));
    drop(writing);
    assert_eq!(pack(root.path()).packed, [hour_file(root.path(), 21)]);
    assert_eq!(count(root.path()), HOURS.len() * LINES);
}

#[test]
fn what_a_program_without_locks_adds_at_the_last_moment_is_kept() {
    let root = tree();
    let mut unaware = File::options()
        .append(true)
        .open(hour_file(root.path(), 21))
        .unwrap();
    let mut compressor = Compressor::new(root.path().to_owned(), Duration::ZERO);
    compressor.run(test_clock(), &Cancel::at(None));
    unaware
        .write_all(b"2009-11-10T21:10:00Z[ns|web-9|app] late\n")
        .unwrap();
    compressor.run(test_clock(), &Cancel::at(None));
    assert_eq!(count(root.path()), HOURS.len() * LINES + 1);
}

#[test]
fn leftovers_of_a_killed_process_are_removed() {
    let root = tree();
    let leftover = root.path().join("pod/ns/.2009-11-10_21.log.zst");
    fs::write(&leftover, "half").unwrap();
    assert_eq!(count(root.path()), HOURS.len() * LINES);
    pack(root.path());
    assert!(!leftover.exists());
}

#[test]
fn lines_longer_than_a_block_are_cut_in_the_same_way() {
    let root = tempfile::tempdir().unwrap();
    fs::create_dir_all(root.path().join("pod/ns")).unwrap();
    let line = |second: usize, len: usize| {
        format!(
            "2009-11-10T20:00:{second:02}Z[ns|p|c] {}\n",
            "x".repeat(len)
        )
    };
    let text = line(1, 10) + &line(2, 5 << 20) + &line(3, 20) + &line(4, 3 << 19) + "torn";
    fs::write(hour_file(root.path(), 20), &text).unwrap();
    let urls = [
        "/api/v1/query_range?query=pod{namespace=\"ns\"}&start=2009-11-10T20:00:00Z&end=2009-11-10T21:00:00Z",
        "/api/v1/query_range?query=pod{namespace=\"ns\"}|=\"xxxx\"&start=2009-11-10T20:00:00Z&end=2009-11-10T21:00:00Z",
    ];
    let rows = |url: &&str| get(open(root.path()), url).rows();
    let before: Vec<Vec<String>> = urls.iter().map(rows).collect();
    assert_eq!(before[0].len(), 4);
    pack(root.path());
    assert_eq!(urls.iter().map(rows).collect::<Vec<_>>(), before);
    let packed = File::open(packed_file(root.path(), 20)).unwrap();
    assert_eq!(
        zstd::decode_all(packed).unwrap(),
        (text + "\n").into_bytes()
    );
}

#[test]
fn damage_is_told_and_the_rest_is_read() {
    let root = tree();
    pack(root.path());
    let path = packed_file(root.path(), 21);
    let mut bytes = fs::read(&path).unwrap();
    bytes[1_000] ^= 1;
    fs::write(&path, &bytes).unwrap();
    let url = "/api/v1/query_range?query=pod{namespace=\"ns\"}&limit=1000000\
               &start=2009-11-10T00:00:00Z&end=2009-11-10T23:59:59Z";
    let reply = get(open(root.path()), url);
    let found = reply.rows().len();
    assert!(found > 2 * LINES && found < 3 * LINES, "{found}");
    assert_eq!(
        reply.warnings(),
        ["1 file could not be read, the first is pod/ns/2009-11-10_21.log: invalid data"]
    );
    // Packed by somebody else, the file has no table; late lines are read.
    fs::write(&path, zstd::encode_all(&b"x"[..], 1).unwrap()).unwrap();
    fs::write(
        hour_file(root.path(), 21),
        "2009-11-10T21:10:00Z[ns|web-9|app] late\n",
    )
    .unwrap();
    let reply = get(open(root.path()), url);
    assert_eq!(reply.rows().len(), 2 * LINES + 1);
    assert_eq!(reply.warnings().len(), 1);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn no_damage_breaks_a_query(
        lines in 1usize..2_000,
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
        cut in any::<Option<prop::sample::Index>>(),
    ) {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join("pod/ns")).unwrap();
        let line = "2009-11-10T20:00:00Z[ns|p|c] some words\n";
        fs::write(hour_file(root.path(), 20), line.repeat(lines + 110)).unwrap();
        pack(root.path());
        let path = packed_file(root.path(), 20);
        let mut bytes = fs::read(&path).unwrap();
        for (at, byte) in &damage {
            let at = at.index(bytes.len());
            bytes[at] = *byte;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        let is_whole = damage.is_empty() && cut.is_none();
        fs::write(&path, bytes).unwrap();
        let url = "/api/v1/query_range?query=pod{namespace=\"ns\"}&limit=1000000\
                   &start=2009-11-10T20:00:00Z&end=2009-11-10T21:00:00Z";
        let reply = get(open(root.path()), url);
        prop_assert_eq!(reply.status, 200);
        // Whatever is answered is right, and what is missing is told.
        let rows = reply.rows();
        prop_assert!(rows.len() == lines + 110 || (rows.is_empty() && reply.warnings().len() == 1));
        prop_assert!(!is_whole || rows.len() == lines + 110);
    }
}
