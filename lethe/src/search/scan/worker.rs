//! One thread of a scan: opens files, reads parts, hands hits to its sink.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use crate::store::{HourFile, Text};

use super::super::index::{IndexError, Stretch, is_large, packed_stretches};
use super::super::line::Line;
use super::super::lines::{Malformed, parse_labels, parse_time, without_break};
use super::super::pieces::{Piece, Pieces};
use super::super::prefilter::Prefilter;
use super::super::report::Report;
use super::super::sink::{Hit, Side, Sink};
use super::super::time::TimeRange;
use super::Scan;
use super::parts::{aligned, in_parts};
use super::queue::{Part, Queue, Task};

/// What the threads of a scan share.
pub(super) struct Shared<'s> {
    pub(super) scan: &'s Scan<'s>,
    /// The files in the order in which they are opened, with their numbers.
    pub(super) order: Vec<(usize, &'s HourFile)>,
    pub(super) queue: Queue,
    /// The times that may still change the outcome, as far as threads know.
    pub(super) range: Mutex<TimeRange>,
}

pub(super) struct Worker<'s, S> {
    shared: &'s Shared<'s>,
    range: TimeRange,
    pub(super) sink: S,
    pub(super) report: Report,
}

impl<'s, S: Sink> Worker<'s, S> {
    pub(super) fn new(shared: &'s Shared<'s>, sink: S) -> Worker<'s, S> {
        Worker {
            shared,
            range: shared.scan.range,
            sink,
            report: Report::default(),
        }
    }

    /// Works until there is nothing left to do.
    pub(super) fn run(&mut self) -> Result<(), super::Interrupted> {
        while let Some(task) = self.shared.queue.next() {
            self.shared.scan.cancel.check()?;
            self.narrow();
            let (at, outcome) = match task {
                Task::Open(opening) => {
                    let at = opening.file;
                    let parts = self.open(at);
                    (at, parts.map(|it| opening.opened(it.into_iter())))
                }
                Task::Read(at, part) => (at, self.read(at, &part)),
            };
            match outcome {
                Ok(()) => {}
                Err(IndexError::Interrupted(interrupted)) => return Err(interrupted),
                Err(IndexError::Io(error)) => self.unreadable(at, &error),
            }
        }
        Ok(())
    }

    /// Learns what other threads found to be of no use, and the reverse.
    fn narrow(&mut self) {
        self.sink.narrow(&mut self.range);
        let range = &mut *self
            .shared
            .range
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        range.start = range.start.max(self.range.start);
        range.end = range.end.min(self.range.end);
        self.range = *range;
    }

    fn unreadable(&mut self, at: usize, error: &io::Error) {
        let Some((_, file)) = self.shared.order.get(at) else {
            return;
        };
        // Rotation removes files at any time: one that is gone has no lines.
        let is_rotated =
            error.kind() == io::ErrorKind::NotFound && file.path.symlink_metadata().is_err();
        if !is_rotated {
            let fault = (file.name.clone(), error.kind().to_string());
            // Each damaged block of a file says so.
            if !self.report.unreadable.contains(&fault) {
                self.report.unreadable.push(fault);
            }
        }
    }

    fn open(&mut self, at: usize) -> Result<Vec<Part>, IndexError> {
        let Some(&(_, hour_file)) = self.shared.order.get(at) else {
            return Ok(Vec::new());
        };
        let text = Arc::new(Text::open(&hour_file.path)?);
        if let Some(damage) = text.damage() {
            self.unreadable(at, damage);
        }
        let (mut stretches, is_plain_aligned) = if is_large(&text) && self.pays_to_index(hour_file)
        {
            let Scan { index, cancel, .. } = self.shared.scan;
            (index.stretches(&hour_file.path, &text, cancel)?, true)
        } else {
            let mut stretches = packed_stretches(&text);
            stretches.extend(in_parts(text.packed_len(), text.len()));
            (stretches, false)
        };
        stretches.retain(|it| it.meets(&self.range));
        match self.sink.prefers() {
            // Stretches of unknown times promise anything.
            Some(Side::Newest) => {
                stretches.reverse();
                stretches.sort_by_key(|it| {
                    std::cmp::Reverse(it.times.map_or(self.range.end, |it| it.1))
                });
            }
            Some(Side::Oldest) => {
                stretches.sort_by_key(|it| it.times.map_or(self.range.start, |it| it.0));
            }
            None => {}
        }
        let part = |stretch: Stretch| Part {
            text: Arc::clone(&text),
            stretch,
            is_aligned: is_plain_aligned || stretch.end <= text.packed_len(),
        };
        Ok(stretches.into_iter().map(part).collect())
    }

    /// Whether knowing the times in a file may save reading parts of it: when
    /// only a part of its hour is of use, or when every line would be taken
    /// apart to find the first or last few.
    fn pays_to_index(&self, file: &HourFile) -> bool {
        let is_part =
            self.range.start > file.hour.start().into() || self.range.end < file.hour.end().into();
        let is_search = self.shared.scan.filter.prefilter().is_some();
        is_part || (self.sink.prefers().is_some() && !is_search)
    }

    fn read(&mut self, at: usize, part: &Part) -> Result<(), IndexError> {
        let Some(&(number, hour_file)) = self.shared.order.get(at) else {
            return Ok(());
        };
        if !part.stretch.meets(&self.range) {
            return Ok(());
        }
        let Stretch { start, end, .. } = part.stretch;
        let bounds = if part.is_aligned {
            Some((start, end))
        } else {
            aligned(&part.text, start, end)?
        };
        let Some((start, end)) = bounds else {
            return Ok(());
        };
        let place = Place {
            number,
            name: &hour_file.name,
        };
        let mut pieces = Pieces::new(&part.text, start, end);
        let Scan { filter, cancel, .. } = self.shared.scan;
        while let Some(piece) = pieces.read_next()? {
            cancel.check()?;
            self.report.n_bytes += piece.bytes.len() as u64;
            match filter.prefilter().filter(|it| it.works_on(piece.bytes)) {
                None => self.all_lines(&place, &piece),
                Some(prefilter) => self.found_lines(&place, &piece, prefilter),
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
        if !self.range.contains(time) {
            return;
        }
        let filter = self.shared.scan.filter;
        match parse_labels(line, open, filter.log_type()) {
            Ok(header) => {
                let line = Line::new(line, header);
                if filter.accepts(&line) {
                    self.sink.hit(&Hit {
                        time,
                        file: place.number,
                        offset,
                        line: &line,
                    });
                    self.sink.narrow(&mut self.range);
                }
            }
            Err(malformed) => self.malformed(place, offset, malformed),
        }
    }

    fn malformed(&mut self, place: &Place<'_>, offset: u64, malformed: Malformed) {
        self.report.add_malformed(place.name, offset, malformed);
    }
}

/// The file that is being read.
struct Place<'f> {
    number: usize,
    name: &'f str,
}
