//! What was wrong with the files of a scan.

use super::lines::Malformed;

/// Faults that kept lines from being found as they should.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// How many lines that were looked at are none.
    pub n_malformed: u64,
    /// The first of them.
    pub malformed: Option<Fault>,
    /// How many lines were too long to be read whole.
    pub n_cut: u64,
    /// Names of files that could not be read, and why.
    pub unreadable: Vec<(String, String)>,
    /// How many bytes of lines were read.
    pub n_bytes: u64,
}

/// A line that is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Name of its file.
    pub file: String,
    /// Where in the file it begins.
    pub offset: u64,
    /// What is wrong.
    pub malformed: Malformed,
}

impl Report {
    /// Counts a malformed line.
    pub(super) fn add_malformed(&mut self, file: &str, offset: u64, malformed: Malformed) {
        self.n_malformed += 1;
        let is_first = self
            .malformed
            .as_ref()
            .is_none_or(|it| (file, offset) < (it.file.as_str(), it.offset));
        if is_first {
            self.malformed = Some(Fault {
                file: file.to_owned(),
                offset,
                malformed,
            });
        }
    }

    /// Adds what another thread found.
    pub(super) fn merge(&mut self, other: Report) {
        if let Some(fault) = other.malformed {
            self.add_malformed(&fault.file, fault.offset, fault.malformed);
            self.n_malformed += other.n_malformed - 1;
        }
        self.n_cut += other.n_cut;
        self.unreadable.extend(other.unreadable);
        self.unreadable.sort();
        self.unreadable.dedup();
        self.n_bytes += other.n_bytes;
    }

    /// The faults as sentences.
    pub fn warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        if let Some(Fault {
            file,
            offset,
            malformed,
        }) = &self.malformed
        {
            let count = counted(
                self.n_malformed,
                "malformed line was",
                "malformed lines were",
            );
            warnings.push(format!(
                "{count} skipped, the first in {file} at byte {offset}: {malformed}"
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
