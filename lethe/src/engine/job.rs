//! The work that blocks: one search over the files of its targets.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use crate::letheql::LogQuery;
use crate::search::filter::{Filter, Matcher};
use crate::search::{Cancel, Scan, Sink, TimeIndex, TimeRange};
use crate::store::{self, HourFile};

use super::error::QueryError;

/// One query, ready to run on a thread that may block.
pub(super) struct Search {
    pub(super) root: PathBuf,
    pub(super) index: Arc<TimeIndex>,
    pub(super) query: LogQuery,
    pub(super) filter: Filter,
    pub(super) target: Matcher,
    pub(super) range: TimeRange,
    pub(super) n_threads: usize,
}

/// What there is to say of a search besides its hits.
pub(super) struct Outcome {
    pub(super) files: Vec<HourFile>,
    /// What the reader should know, as sentences.
    pub(super) warnings: Vec<String>,
    /// How many bytes of lines were read.
    pub(super) n_bytes: u64,
}

impl Search {
    pub(super) fn run<S: Sink>(self, cancel: &Cancel, sink: &mut S) -> Result<Outcome, QueryError> {
        let mut warnings = self.query.notices.clone();
        let files = self.files(&mut warnings)?;
        let scan = Scan {
            files: &files,
            range: self.range,
            filter: &self.filter,
            index: &self.index,
            cancel,
            n_threads: self.n_threads,
        };
        let report = scan.run(sink)?;
        warnings.extend(report.warnings());
        Ok(Outcome {
            files,
            warnings,
            n_bytes: report.n_bytes,
        })
    }

    /// The files of its targets that may hold lines of its range, by name.
    pub(super) fn files(&self, warnings: &mut Vec<String>) -> io::Result<Vec<HourFile>> {
        let mut files = Vec::new();
        for target in store::targets(&self.root, self.query.log_type)? {
            if !self.target.accepts(target.name.as_bytes()) {
                continue;
            }
            match store::hour_files(
                &self.root,
                &target,
                self.range.start.into(),
                self.range.end.into(),
            ) {
                Ok(found) => files.extend(found),
                Err(error) => {
                    let log_type = self.query.log_type.name();
                    let name = &target.name;
                    warnings.push(format!(
                        "{log_type}/{name} could not be listed: {}",
                        error.kind()
                    ));
                }
            }
        }
        // As the original does: `pod/ns-a/…` stands before `pod/ns/…`.
        files.sort();
        Ok(files)
    }
}
