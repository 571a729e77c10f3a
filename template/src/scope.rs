//! What functions see of a running template: its data, the answers to its
//! queries, and how much work it may still do.

use std::cell::Cell;

use crate::data::{Data, Queries};
use crate::functions::pattern::Patterns;

/// The work of one rendering. A step costs [`STEP`], a byte of text that is
/// made or looked at costs one, so this is a fraction of a second at most.
const WORK: usize = 16 << 20;
/// What a node, an operand or an element costs.
pub(crate) const STEP: usize = 64;
/// The longest text, of a value or of the output. Receivers of alerts take a
/// few kilobytes.
pub(crate) const MAX_TEXT: usize = 1 << 20;

/// Why a function has no value.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    Error(String),
    NeedsQuery(String),
}

impl Failure {
    pub(crate) fn new(message: impl Into<String>) -> Failure {
        Failure::Error(message.into())
    }
}

pub(crate) struct Scope<'a> {
    pub(crate) data: &'a Data<'a>,
    pub(crate) queries: &'a Queries,
    pub(crate) patterns: &'a Patterns,
    work: Cell<usize>,
}

impl<'a> Scope<'a> {
    pub(crate) fn new(data: &'a Data<'a>, queries: &'a Queries, patterns: &'a Patterns) -> Self {
        Scope {
            data,
            queries,
            patterns,
            work: Cell::new(WORK),
        }
    }

    /// Accounts for work, or fails when there has been too much.
    pub(crate) fn spend(&self, work: usize) -> Result<(), Failure> {
        match self.work.get().checked_sub(work) {
            Some(rest) => {
                self.work.set(rest);
                Ok(())
            }
            None => Err(Failure::new("the template does too much work")),
        }
    }

    /// The length that a new text may have.
    pub(crate) fn room(&self) -> usize {
        self.work.get().min(MAX_TEXT)
    }
}
