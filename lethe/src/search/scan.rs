//! Drives a search: which files and which parts of them are read, in which
//! order, and what was wrong with them.

use std::cmp::Reverse;
use std::fs::File;
use std::io;

use crate::store::HourFile;

use super::cancel::{Cancel, Interrupted};
use super::filter::Filter;
use super::index::{IndexError, TimeIndex};
use super::lines::{Malformed, parse_labels, parse_time, without_break};
use super::pieces::{Piece, Pieces};
use super::prefilter::Prefilter;
use super::sink::{Hit, Sink};
use super::time::TimeRange;

/// Files up to this size are read as a whole without further thought.
const SMALL: u64 = 128 << 10;

/// What was wrong with the files.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// How many lines that were looked at are none.
    pub n_malformed: u64,
    /// The first of them: name of the file, place in it, what is wrong.
    pub malformed: Option<(String, u64, Malformed)>,
    /// How many lines were too long to be read whole.
    pub n_cut: u64,
    /// Names of files that could not be read, and why.
    pub unreadable: Vec<(String, String)>,
}

/// Hands every line of `files` that lies in `range` and passes `filter` to
/// `sink`. Hits carry the index of their file in `files`.
pub fn scan(
    files: &[HourFile],
    range: &TimeRange,
    filter: &Filter,
    index: &TimeIndex,
    cancel: &Cancel,
    sink: &mut dyn Sink,
) -> Result<Report, Interrupted> {
    let mut scan = Scan {
        range,
        filter,
        index,
        cancel,
        sink,
        report: Report::default(),
    };
    // Newest hours first: once enough rows have been found, older ones are of
    // no use.
    let mut order: Vec<(usize, &HourFile)> = files.iter().enumerate().collect();
    order.sort_by_key(|(number, file)| (Reverse(file.hour), *number));
    for (number, file) in order {
        cancel.check()?;
        match scan.file(number, file) {
            Ok(()) => {}
            Err(IndexError::Interrupted(interrupted)) => return Err(interrupted),
            // Rotation removes files at any time: one that is gone has no lines.
            Err(IndexError::Io(error)) if is_rotated(&error, file) => {}
            Err(IndexError::Io(error)) => {
                scan.report
                    .unreadable
                    .push((file.name.clone(), error.kind().to_string()));
            }
        }
    }
    Ok(scan.report)
}

fn is_rotated(error: &io::Error, file: &HourFile) -> bool {
    error.kind() == io::ErrorKind::NotFound && file.path.symlink_metadata().is_err()
}

struct Scan<'s> {
    range: &'s TimeRange,
    filter: &'s Filter,
    index: &'s TimeIndex,
    cancel: &'s Cancel,
    sink: &'s mut dyn Sink,
    report: Report,
}

impl Scan<'_> {
    fn file(&mut self, number: usize, hour_file: &HourFile) -> Result<(), IndexError> {
        let file = File::open(&hour_file.path)?;
        let len = file.metadata()?.len();
        if len == 0 {
            return Ok(());
        }
        let place = Place {
            number,
            name: &hour_file.name,
        };
        if len <= SMALL || !self.pays_to_index(hour_file) {
            return self.part(file, &place, 0, len);
        }
        let mut stretches = self
            .index
            .stretches(&hour_file.path, &file, len, self.cancel)?;
        stretches.retain(|it| it.meets(self.range));
        stretches.sort_by_key(|it| Reverse(it.times.map(|(_, newest)| newest)));
        for stretch in stretches {
            if stretch.reaches(self.sink.floor()) {
                self.part(file.try_clone()?, &place, stretch.start, stretch.end)?;
            }
        }
        Ok(())
    }

    /// Whether knowing the times in a file may save reading parts of it: when
    /// the range takes in only a part of its hour, or old lines are of no use
    /// any more, or every line would be taken apart anyway.
    fn pays_to_index(&self, file: &HourFile) -> bool {
        let is_part =
            self.range.start > file.hour.start().into() || self.range.end < file.hour.end().into();
        is_part || self.sink.floor().is_some() || self.filter.prefilter().is_none()
    }

    fn part(
        &mut self,
        file: File,
        place: &Place<'_>,
        start: u64,
        end: u64,
    ) -> Result<(), IndexError> {
        let mut pieces = Pieces::new(file, start, end)?;
        while let Some(piece) = pieces.read_next()? {
            self.cancel.check()?;
            match self
                .filter
                .prefilter()
                .filter(|it| it.works_on(piece.bytes))
            {
                None => self.all_lines(place, &piece),
                Some(prefilter) => self.found_lines(place, &piece, prefilter),
            }
        }
        self.report.n_cut += pieces.n_cut();
        Ok(())
    }

    fn all_lines(&mut self, place: &Place<'_>, piece: &Piece<'_>) {
        let mut offset = piece.offset;
        let mut rest = piece.bytes;
        while !rest.is_empty() {
            let len = memchr::memchr(b'\n', rest).map_or(rest.len(), |it| it + 1);
            let (line, tail) = rest.split_at(len);
            self.line(place, offset, line);
            offset += len as u64;
            rest = tail;
        }
    }

    fn found_lines(&mut self, place: &Place<'_>, piece: &Piece<'_>, prefilter: &Prefilter) {
        let mut offset = piece.offset;
        let mut rest = piece.bytes;
        while let Some(found) = prefilter.find(rest) {
            let (before, behind) = rest.split_at(found);
            let start = memchr::memrchr(b'\n', before).map_or(0, |it| it + 1);
            let end = memchr::memchr(b'\n', behind).map_or(rest.len(), |it| found + it + 1);
            let (upto, tail) = rest.split_at(end);
            self.line(place, offset + start as u64, upto.split_at(start).1);
            offset += end as u64;
            rest = tail;
        }
    }

    fn line(&mut self, place: &Place<'_>, offset: u64, line: &[u8]) {
        let line = without_break(line);
        let (time, open) = match parse_time(line) {
            Ok(parsed) => parsed,
            Err(malformed) => return self.malformed(place, offset, malformed),
        };
        if !self.range.contains(time) || self.sink.floor().is_some_and(|it| time < it) {
            return;
        }
        match parse_labels(line, open, self.filter.log_type()) {
            Ok(header) if self.filter.accepts(line, &header) => {
                self.sink.hit(&Hit {
                    time,
                    file: place.number,
                    offset,
                    header,
                    line,
                });
            }
            Ok(_) => {}
            Err(malformed) => self.malformed(place, offset, malformed),
        }
    }

    fn malformed(&mut self, place: &Place<'_>, offset: u64, malformed: Malformed) {
        self.report.n_malformed += 1;
        if self.report.malformed.is_none() {
            self.report.malformed = Some((place.name.to_owned(), offset, malformed));
        }
    }
}

/// The file that is being read.
struct Place<'f> {
    number: usize,
    name: &'f str,
}

impl Report {
    /// The faults as sentences.
    pub fn warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        if let Some((name, offset, malformed)) = &self.malformed {
            let count = counted(
                self.n_malformed,
                "malformed line was",
                "malformed lines were",
            );
            warnings.push(format!(
                "{count} skipped, the first in {name} at byte {offset}: {malformed}"
            ));
        }
        if self.n_cut > 0 {
            let count = counted(self.n_cut, "line was", "lines were");
            warnings.push(format!("{count} longer than 1 MiB and cut there"));
        }
        if let Some((name, error)) = self.unreadable.first() {
            let count = counted(self.unreadable.len() as u64, "file", "files");
            warnings.push(format!(
                "{count} could not be read, the first is {name}: {error}"
            ));
        }
        warnings
    }
}

fn counted(count: u64, one: &str, many: &str) -> String {
    if count == 1 {
        format!("1 {one}")
    } else {
        format!("{count} {many}")
    }
}
