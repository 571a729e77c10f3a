//! Drives a search: which files and which parts of them are read, in which
//! order, by how many threads.

mod parts;
mod queue;
mod worker;

use std::cmp::Reverse;
use std::panic::resume_unwind;
use std::sync::Mutex;
use std::thread;

use crate::store::HourFile;

use super::cancel::{Cancel, Interrupted};
use super::filter::Filter;
use super::index::TimeIndex;
use super::report::Report;
use super::sink::{Side, Sink};
use super::time::TimeRange;

use self::queue::Queue;
use self::worker::{Shared, Worker};

pub(super) use self::parts::line_start;
pub(super) use self::queue::Part;

/// A search that is ready to run.
pub struct Scan<'s> {
    /// Where to look. Hits carry the index of their file in this.
    pub files: &'s [HourFile],
    /// The times that are wanted.
    pub range: TimeRange,
    /// The lines that are wanted.
    pub filter: &'s Filter,
    /// What is known of the times in files.
    pub index: &'s TimeIndex,
    /// Ends the search early.
    pub cancel: &'s Cancel,
    /// How many threads may work on it, the calling one included.
    pub n_threads: usize,
}

impl Scan<'_> {
    /// Hands every wanted line to `sink`, and says what was wrong with the
    /// files. Blocks until all threads have ended.
    pub fn run<S: Sink>(&self, sink: &mut S) -> Result<Report, Interrupted> {
        self.cancel.check()?;
        sink.begin(self.files);
        let order = self.order(sink.prefers());
        let shared = Shared {
            scan: self,
            queue: Queue::new(order.len()),
            order,
            range: Mutex::new(self.range),
        };
        let shared = &shared;
        let work = |sink| {
            let mut worker = Worker::new(shared, sink);
            let outcome = worker.run();
            outcome.map(|()| (worker.sink, worker.report))
        };
        thread::scope(|scope| {
            // Where no more threads can be had, those that there are do the work.
            let helpers: Vec<_> = (1..self.n_threads)
                .map_while(|_| {
                    let sink = sink.split();
                    let helper = thread::Builder::new();
                    helper.spawn_scoped(scope, move || work(sink)).ok()
                })
                .collect();
            let (found, mut report) = work(sink.split())?;
            sink.merge(found);
            for helper in helpers {
                let (found, more) = helper.join().unwrap_or_else(|it| resume_unwind(it))?;
                sink.merge(found);
                report.merge(more);
            }
            Ok(report)
        })
    }

    /// The same for some parts of the files alone, in one thread.
    pub(super) fn run_on<S: Sink>(
        &self,
        parts: Vec<(usize, Part)>,
        sink: &mut S,
    ) -> Result<Report, Interrupted> {
        sink.begin(self.files);
        let shared = Shared {
            scan: self,
            order: self.files.iter().enumerate().collect(),
            queue: Queue::of(parts),
            range: Mutex::new(self.range),
        };
        let mut worker = Worker::new(&shared, sink.split());
        worker.run()?;
        sink.merge(worker.sink);
        Ok(worker.report)
    }

    /// Hours in the order in which they are best read: once enough rows have
    /// been found, the rest is of no use.
    fn order(&self, side: Option<Side>) -> Vec<(usize, &HourFile)> {
        let mut order: Vec<(usize, &HourFile)> = self.files.iter().enumerate().collect();
        match side {
            Some(Side::Oldest) => order.sort_by_key(|(number, file)| (file.hour, *number)),
            _ => order.sort_by_key(|(number, file)| (Reverse(file.hour), *number)),
        }
        order
    }
}
