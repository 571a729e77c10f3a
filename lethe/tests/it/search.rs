//! Search against a reference that reads everything, parses everything and
//! sorts everything.

use std::fs;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use lethe::letheql::LogQuery;
use lethe::search::{TimeRange, Timestamp};
use lethe::store::{LogWriter, Record};
use lethe::{Answer, Lethe, Options, Page};
use proptest::prelude::*;

use super::support::test_clock;

fn ask(lethe: &Lethe, query: &str, range: TimeRange, limit: usize) -> Answer {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime
        .block_on(lethe.query(
            LogQuery::parse(query).unwrap(),
            Page::newest(range, Some(limit)),
        ))
        .unwrap()
}

fn texts(answer: &Answer) -> Vec<String> {
    answer
        .rows
        .iter()
        .map(|it| String::from_utf8_lossy(it.message()).into_owned())
        .collect()
}

/// The first instant of the generated files.
fn base() -> DateTime<Utc> {
    "2009-11-10T21:00:00Z".parse().unwrap()
}

fn at(second: i64) -> DateTime<Utc> {
    base() + TimeDelta::seconds(second)
}

/// A line of a generated file: which hour's file, seconds of its own time since
/// [`base`], pod, word in the message, bytes of padding.
#[derive(Debug, Clone)]
struct Line {
    file: i64,
    second: i64,
    pod: u8,
    word: &'static str,
    padding: usize,
}

/// Most lines are in the file of their hour and in order; the rest is anywhere.
fn lines() -> impl Strategy<Value = Vec<Line>> {
    let word = prop::sample::select(vec!["needle", "hay", "NEEDLE", "caf\u{e9}"]);
    let line = (
        0i64..3,
        0i64..3_600,
        any::<bool>(),
        0u8..3,
        word,
        0usize..6_000,
    );
    let line = line.prop_map(|(file, second, is_stray, pod, word, padding)| {
        let hour = if is_stray && second % 7 == 0 {
            (file + second) % 3
        } else {
            file
        };
        Line {
            file,
            second: hour * 3_600 + second,
            pod,
            word,
            padding,
        }
    });
    (prop::collection::vec(line, 1..300), any::<bool>()).prop_map(|(mut lines, is_sorted)| {
        if is_sorted {
            lines.sort_by_key(|it| it.second);
        }
        lines
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn answers_equal_a_scan_of_everything(
        lines in lines(),
        start in -100i64..10_900,
        length in 0i64..11_000,
        limit in 1usize..40,
        query in prop::sample::select(vec![
            ("", None, None),
            (r#" |= "needle""#, None, Some("needle")),
            (r#" |~ "need.*""#, None, Some("needle")),
            (r#",pod="p1""#, Some(1), None),
            (r#",pod=~"p[1]""#, Some(1), None),
        ]),
    ) {
        let root = tempfile::tempdir().unwrap();
        let mut files = vec![String::new(); 3];
        for (number, line) in lines.iter().enumerate() {
            let time = at(line.second).to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
            let padding = "x".repeat(line.padding);
            let (pod, word) = (line.pod, line.word);
            let file = &mut files[line.file as usize];
            file.push_str(&format!("{time}[ns|p{pod}|c] {number} {word} {padding}\n"));
        }
        let directory = root.path().join("pod/ns");
        fs::create_dir_all(&directory).unwrap();
        for (hour, text) in files.iter().enumerate() {
            fs::write(directory.join(format!("2009-11-10_{}.log", 21 + hour)), text).unwrap();
        }

        let (condition, pod, word) = query;
        let (labels, filter) = match pod {
            Some(_) => (condition, ""),
            None => ("", condition),
        };
        let query = format!(r#"pod{{namespace="ns"{labels}}}{filter}"#);
        let (start, end) = (start, start + length);
        let mut expected: Vec<(i64, i64, usize)> = lines
            .iter()
            .enumerate()
            .filter(|(_, it)| (start..=end).contains(&it.second))
            .filter(|(_, it)| start < (it.file + 1) * 3_600 && end >= it.file * 3_600)
            .filter(|(_, it)| pod.is_none_or(|pod| pod == it.pod))
            .filter(|(_, it)| word.is_none_or(|word| word == it.word))
            .map(|(number, it)| (it.second, it.file, number))
            .collect();
        expected.sort_unstable();
        let has_more = expected.len() > limit;
        expected.drain(..expected.len().saturating_sub(limit));
        let expected: Vec<usize> = expected.into_iter().map(|it| it.2).collect();

        let range = TimeRange { start: at(start).into(), end: at(end).into() };
        let lethe = Lethe::open(Options::new(root.path())).with_clock(Arc::new(test_clock));
        // Twice: the second answer relies on what the first one learned.
        for _ in 0..2 {
            let answer = ask(&lethe, &query, range, limit);
            let found: Vec<usize> = texts(&answer)
                .iter()
                .map(|it| it.split(' ').next().unwrap().parse().unwrap())
                .collect();
            prop_assert_eq!(&found, &expected);
            prop_assert_eq!(!answer.warnings.is_empty(), has_more);
        }
    }

    #[test]
    fn any_bytes_in_a_file_are_survived(content in any::<Vec<u8>>(), lines in prop::collection::vec(
        prop_oneof![
            Just(b"2009-11-10T22:30:00Z[ns|p|c] x\n".to_vec()),
            Just(b"2009-11-10T22:30:00Z[ns|p|c]".to_vec()),
            Just(b"2009-11-10T22:30:00Z[ns|p".to_vec()),
            Just(b"\n".to_vec()),
            any::<Vec<u8>>(),
        ], 0..20,
    )) {
        let root = tempfile::tempdir().unwrap();
        let directory = root.path().join("pod/ns");
        fs::create_dir_all(&directory).unwrap();
        fs::write(directory.join("2009-11-10_22.log"), [content, lines.concat()].concat()).unwrap();
        let lethe = Lethe::open(Options::new(root.path()));
        for query in [r#"pod{namespace="ns"}"#, r#"pod{namespace="ns"} |= "x""#, r#"pod{namespace="ns"} |~ ".""#] {
            let range = TimeRange { start: at(0).into(), end: at(36_000).into() };
            ask(&lethe, query, range, 10);
        }
    }
}

#[test]
fn a_line_larger_than_any_buffer_hides_nothing() {
    let root = tempfile::tempdir().unwrap();
    fs::create_dir_all(root.path().join("pod/ns")).unwrap();
    let line =
        |second: u8, message: &str| format!("2009-11-10T21:00:0{second}Z[ns|p|c] {message}\n");
    let text = line(1, "first") + &line(2, &"x".repeat(3 << 20)) + &line(3, "last");
    fs::write(root.path().join("pod/ns/2009-11-10_21.log"), text).unwrap();
    let lethe = Lethe::open(Options::new(root.path()));
    let range = TimeRange {
        start: at(0).into(),
        end: at(60).into(),
    };
    for _ in 0..2 {
        let answer = ask(&lethe, r#"pod{namespace="ns"}"#, range, 10);
        assert_eq!(answer.rows.len(), 3);
        assert_eq!(answer.rows[2].message(), b"last");
        assert_eq!(
            answer.warnings,
            ["1 line was longer than 1 MiB and cut there"]
        );
    }
}

#[test]
fn the_rest_of_a_line_that_was_cut_is_no_line() {
    let root = tempfile::tempdir().unwrap();
    let directory = root.path().join("node/n");
    fs::create_dir_all(&directory).unwrap();
    let path = directory.join("2009-11-10_21.log");
    let line = "2009-11-10T21:00:01Z[n|p] ";
    let padding = "x".repeat((1 << 20) - line.len());
    let forged = "2009-11-10T21:00:02Z[n|sshd] forged";
    fs::write(&path, format!("{line}{padding}{forged}{padding}")).unwrap();
    let lethe = Lethe::open(Options::new(root.path()));
    let range = TimeRange {
        start: at(0).into(),
        end: at(60).into(),
    };
    let query = r#"node{node="n"}"#;
    assert_eq!(ask(&lethe, query, range, 10).rows.len(), 1);
    let mut file = fs::OpenOptions::new().append(true).open(&path).unwrap();
    std::io::Write::write_all(&mut file, b"\n2009-11-10T21:00:03Z[n|p] next\n").unwrap();
    for _ in 0..2 {
        let answer = ask(&lethe, query, range, 10);
        assert_eq!(answer.rows.len(), 2);
        assert_eq!(answer.rows[1].message(), b"next");
    }
}

#[test]
fn what_is_written_is_found_at_once() {
    let root = tempfile::tempdir().unwrap();
    let lethe = Lethe::open(Options::new(root.path()));
    let writer = LogWriter::open(root.path()).unwrap();
    let record = Record::Node {
        node: "n",
        process: "p",
    };
    let range = TimeRange {
        start: at(0).into(),
        end: at(3_000).into(),
    };
    let padding = "x".repeat(50_000);
    for number in 1..20 {
        writer
            .append(&record, at(number), format!("{number} {padding}"))
            .unwrap();
        let answer = ask(&lethe, r#"node{node="n"}"#, range, 100);
        assert_eq!(answer.rows.len() as i64, number);
    }
}

#[test]
fn a_scan_that_nobody_waits_for_ends() {
    use lethe::search::filter::Filter;
    use lethe::search::{Cancel, Interrupted, Rows, Scan, Side, TimeIndex};

    let root = tempfile::tempdir().unwrap();
    let writer = LogWriter::open(root.path()).unwrap();
    writer
        .append(
            &Record::Node {
                node: "n",
                process: "p",
            },
            at(1),
            "x",
        )
        .unwrap();
    let target = &lethe::store::targets(root.path(), lethe::letheql::LogType::Node).unwrap()[0];
    let files = lethe::store::hour_files(root.path(), target, at(0), at(60)).unwrap();
    let filter = Filter::new(&LogQuery::parse(r#"node{node="n"}"#).unwrap()).unwrap();
    let range = TimeRange {
        start: at(0).into(),
        end: at(60).into(),
    };
    let cancel = Cancel::at(None);
    let run = |sink: &mut Rows| {
        Scan {
            files: &files,
            range,
            filter: &filter,
            index: &TimeIndex::default(),
            cancel: &cancel,
            n_threads: 2,
        }
        .run(sink)
    };
    let mut sink = Rows::new(Side::Newest, 10, 1_000);
    assert!(run(&mut sink).is_ok());
    assert_eq!(sink.finish(&files).rows.len(), 1);
    cancel.cancel();
    let mut sink = Rows::new(Side::Newest, 10, 1_000);
    assert_eq!(run(&mut sink), Err(Interrupted::Canceled));
}

#[test]
fn lines_at_the_borders_of_parts_are_found_once() {
    // Larger than two parts of 4 MiB, with a line that is too long across the
    // first border.
    let root = tempfile::tempdir().unwrap();
    let directory = root.path().join("node/n");
    fs::create_dir_all(&directory).unwrap();
    let mut text = String::new();
    let mut expected = Vec::new();
    for number in 0..1_000 {
        let length = if number == 400 {
            3 << 20
        } else {
            9_000 + number % 97
        };
        let second = number % 3_600;
        text.push_str(&format!(
            "2009-11-10T21:{:02}:{:02}Z[n|p] {number} needle {}\n",
            second / 60,
            second % 60,
            "x".repeat(length)
        ));
        expected.push(number.to_string());
    }
    fs::write(directory.join("2009-11-10_21.log"), text).unwrap();
    let range = TimeRange {
        start: at(0).into(),
        end: at(3_600).into(),
    };
    let lethe = Lethe::open(Options::new(root.path()));
    let answer = ask(&lethe, r#"node{node="n"} |= "needle""#, range, 2_000);
    let found: Vec<String> = texts(&answer)
        .iter()
        .map(|it| it.split(' ').next().unwrap().to_owned())
        .collect();
    assert_eq!(found, expected);
    assert_eq!(
        answer.warnings,
        ["1 line was longer than 1 MiB and cut there"]
    );
}

#[test]
fn an_answer_is_bounded_in_bytes() {
    let root = tempfile::tempdir().unwrap();
    let writer = LogWriter::open(root.path()).unwrap();
    let record = Record::Node {
        node: "n",
        process: "p",
    };
    let message = "x".repeat(1_000_000);
    for number in 0..80 {
        writer.append(&record, at(number), &message).unwrap();
    }
    let lethe = Lethe::open(Options::new(root.path()));
    let range = TimeRange {
        start: at(0).into(),
        end: at(3_000).into(),
    };
    let answer = ask(&lethe, r#"node{node="n"}"#, range, 1_000);
    assert_eq!(answer.rows.len(), 67);
    assert_eq!(answer.rows[66].time(), Timestamp::from(at(79)));
    assert_eq!(
        answer.warnings,
        ["more than 67 rows match, these are the newest 67"]
    );
}
