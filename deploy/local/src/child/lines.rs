//! Cuts the output of a process into lines, and remembers the last of them.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread;

use super::{LineSink, Shared};

/// Lines that are kept for the report of an early end.
const KEPT: usize = 20;

/// Longest line in bytes; what is longer arrives as several lines. It bounds
/// memory when a program writes without ever breaking a line.
const MAX_LINE: u64 = 32 * 1024;

/// The last lines of a process, oldest first.
#[derive(Debug, Default)]
pub(super) struct Tail(Mutex<VecDeque<String>>);

impl Tail {
    pub(super) fn lines(&self) -> Vec<String> {
        self.lock().iter().cloned().collect()
    }

    fn push(&self, line: &str) {
        let mut lines = self.lock();
        if lines.len() == KEPT {
            lines.pop_front();
        }
        lines.push_back(line.to_owned());
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, VecDeque<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Reads `output` to its end in a thread of its own. `reading` is dropped then.
pub(super) fn follow(
    output: impl Read + Send + 'static,
    shared: Arc<Shared>,
    sink: LineSink,
    reading: mpsc::Sender<()>,
) {
    thread::spawn(move || {
        each_line(output, |line| {
            shared.tail.push(line);
            sink(line);
        });
        drop(reading);
    });
}

/// Calls `take` with each line of `output`. Bytes that are not UTF-8 become
/// replacement characters; empty lines are left out. Ends at the end of the
/// output or at the first error, after which a pipe gives nothing more.
fn each_line(output: impl Read, mut take: impl FnMut(&str)) {
    let mut output = BufReader::new(output);
    let mut line = Vec::new();
    while let Ok(1..) = output.by_ref().take(MAX_LINE).read_until(b'\n', &mut line) {
        let text = String::from_utf8_lossy(&line);
        let text = text.trim_end_matches(['\r', '\n']);
        if !text.is_empty() {
            take(text);
        }
        line.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(output: &[u8]) -> Vec<String> {
        let mut lines = Vec::new();
        each_line(output, |line| lines.push(line.to_owned()));
        lines
    }

    #[test]
    fn output_is_cut_at_line_breaks() {
        assert_eq!(lines(b"one\ntwo\r\n\nthree"), ["one", "two", "three"]);
        assert_eq!(lines(b"caf\xc3\xa9 \xff\n"), ["café \u{fffd}"]);
        assert_eq!(lines(b""), Vec::<String>::new());
    }

    #[test]
    fn endless_lines_arrive_in_pieces() {
        let long = vec![b'x'; 2 * MAX_LINE as usize + 1];
        let lengths: Vec<_> = lines(&long).iter().map(String::len).collect();
        assert_eq!(lengths, [MAX_LINE as usize, MAX_LINE as usize, 1]);
    }

    #[test]
    fn the_tail_keeps_the_last_lines() {
        let tail = Tail::default();
        (0..100).for_each(|n| tail.push(&n.to_string()));
        assert_eq!(tail.lines().first().unwrap(), "80");
        assert_eq!(tail.lines().last().unwrap(), "99");
    }
}
