//! What is still to be read, shared by the threads of a scan.
//!
//! A file is first opened, which shows the parts it is to be read in; then its
//! parts are read by whoever has time. The part that promises most comes
//! first, so that a scan that may end early does.

use std::collections::BTreeMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use crate::store::Text;

use super::super::index::Stretch;

/// A part of an open file.
pub(in crate::search) struct Part {
    pub(in crate::search) text: Arc<Text>,
    pub(in crate::search) stretch: Stretch,
    /// Whether the part begins and ends with whole lines. If not, it is made
    /// of the lines that begin in it.
    pub(in crate::search) is_aligned: bool,
}

/// The next thing to do.
pub(super) enum Task<'q> {
    /// Open a file, and say what parts it has.
    Open(Opening<'q>),
    /// Read a part of the file that stands at this place in the order.
    Read(usize, Part),
}

/// Files by their order, and the parts of those that were opened.
pub(super) struct Queue {
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    /// Files that are not open yet have no part.
    waiting: BTreeMap<(usize, usize), Option<Part>>,
    /// How many files are being opened, whose parts are not known yet.
    n_opening: usize,
}

impl Queue {
    pub(super) fn new(n_files: usize) -> Queue {
        Queue::holding((0..n_files).map(|it| ((it, 0), None)).collect())
    }

    /// Parts of files that are open already.
    pub(super) fn of(parts: Vec<(usize, Part)>) -> Queue {
        let parts = parts.into_iter();
        Queue::holding(parts.map(|(file, part)| ((file, 0), Some(part))).collect())
    }

    fn holding(waiting: BTreeMap<(usize, usize), Option<Part>>) -> Queue {
        Queue {
            state: Mutex::new(State {
                waiting,
                n_opening: 0,
            }),
            changed: Condvar::new(),
        }
    }

    /// The next task; nothing once all have been given out. Waits while others
    /// may still add some.
    pub(super) fn next(&self) -> Option<Task<'_>> {
        let mut state = self.lock();
        loop {
            match state.waiting.pop_first() {
                Some(((file, _), Some(part))) => return Some(Task::Read(file, part)),
                Some(((file, _), None)) => {
                    state.n_opening += 1;
                    return Some(Task::Open(Opening { queue: self, file }));
                }
                None if state.n_opening == 0 => return None,
                None => {
                    state = self
                        .changed
                        .wait(state)
                        .unwrap_or_else(PoisonError::into_inner);
                }
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A file that is being opened. Whatever becomes of it, nobody waits for it
/// once this is dropped.
pub(super) struct Opening<'q> {
    queue: &'q Queue,
    /// Its place in the order of files.
    pub(super) file: usize,
}

impl Opening<'_> {
    /// The parts of the file, the most promising one first.
    pub(super) fn opened(self, parts: impl Iterator<Item = Part>) {
        let mut state = self.queue.lock();
        for (number, part) in parts.enumerate() {
            state.waiting.insert((self.file, number), Some(part));
        }
    }
}

impl Drop for Opening<'_> {
    fn drop(&mut self) {
        self.queue.lock().n_opening -= 1;
        self.queue.changed.notify_all();
    }
}
