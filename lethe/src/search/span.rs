//! The oldest and the newest time of some lines.
//!
//! A file is as a rule written by one program, which writes all times with the
//! same number of digits in UTC. Such texts are in the order of their times, so
//! only the first and the last of them have to be read.

use super::lines::{parse_time, without_break};
use super::time::Timestamp;

/// Where the hour of a time ends, and its second, if the hour has two digits.
const HOUR_END: usize = 13;
const SECOND_END: usize = 19;

/// Oldest and newest time of some lines; nothing when none has a time.
pub(crate) fn times(lines: &[u8]) -> Option<(Timestamp, Timestamp)> {
    let mut span = Span::default();
    let mut texts: Option<Texts<'_>> = None;
    for line in Lines(lines) {
        let Some(open) = memchr::memchr(b'[', line) else {
            continue;
        };
        let text = line.get(..open).unwrap_or_default();
        match &mut texts {
            Some(texts) if texts.is_alike(text) => texts.add(text),
            None if is_plain(text) => texts = Some(Texts::of(text)),
            _ => span.add(line),
        }
    }
    let Some(texts) = texts else {
        return span.times;
    };
    match (Timestamp::parse(texts.first), Timestamp::parse(texts.last)) {
        (Some(first), Some(last)) => {
            span.add_time(first);
            span.add_time(last);
        }
        // A text that is no time stands at an end: any may.
        _ => Lines(lines).for_each(|it| span.add(it)),
    }
    span.times
}

/// The times that were read.
#[derive(Default)]
struct Span {
    times: Option<(Timestamp, Timestamp)>,
}

impl Span {
    fn add(&mut self, line: &[u8]) {
        if let Ok((time, _)) = parse_time(without_break(line)) {
            self.add_time(time);
        }
    }

    fn add_time(&mut self, time: Timestamp) {
        let (oldest, newest) = self.times.unwrap_or((time, time));
        self.times = Some((oldest.min(time), newest.max(time)));
    }
}

/// Texts of one length and form, of which the first and the last are kept.
struct Texts<'l> {
    first: &'l [u8],
    last: &'l [u8],
}

impl<'l> Texts<'l> {
    fn of(text: &'l [u8]) -> Texts<'l> {
        Texts {
            first: text,
            last: text,
        }
    }

    fn is_alike(&self, text: &[u8]) -> bool {
        text.len() == self.first.len()
            && is_plain(text)
            && text.get(SECOND_END) == self.first.get(SECOND_END)
    }

    fn add(&mut self, text: &'l [u8]) {
        if text < self.first {
            self.first = text;
        } else if text > self.last {
            self.last = text;
        }
    }
}

/// Whether a text may be a time in UTC whose hour has two digits.
fn is_plain(text: &[u8]) -> bool {
    text.ends_with(b"Z") && text.get(HOUR_END) == Some(&b':')
}

/// Lines with their line breaks.
struct Lines<'l>(&'l [u8]);

impl<'l> Iterator for Lines<'l> {
    type Item = &'l [u8];

    fn next(&mut self) -> Option<&'l [u8]> {
        if self.0.is_empty() {
            return None;
        }
        let len = memchr::memchr(b'\n', self.0).map_or(self.0.len(), |it| it + 1);
        let (line, rest) = self.0.split_at(len);
        self.0 = rest;
        Some(line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_span_is_that_of_all_lines(
            lines in prop::collection::vec(
                prop_oneof![
                    4 => "2009-11-1[01]T2[0-3]:[0-5][0-9]:[0-6][0-9]Z\\[n\\|p\\] x",
                    4 => "2009-11-1[01]T2[0-3]:[0-5][0-9]:[0-6][0-9][.,][0-9]{2,3}(Z|\\+01:00)\\[x",
                    1 => "2009-11-10T[0-9]:[0-5][0-9]:59\\.[0-9]{1,3}Z\\[x",
                    1 => "[0-9TZ:.\\[-]{0,30}",
                ],
                0..12,
            ),
        ) {
            let mut expected = Span::default();
            lines.iter().for_each(|it| expected.add(it.as_bytes()));
            prop_assert_eq!(times(lines.join("\n").as_bytes()), expected.times);
        }
    }
}
