//! `venti-server test rules`: files of unit tests, run against the rules that they name.
//!
//! Rules go through the engine that evaluates them live, so what is tested is what this server
//! does with them, its own keys included. The series of a test are written into a Prometheus that
//! is started for it, on loopback and in a directory of its own; its lines into a log directory
//! that a Lethe inside the program reads. Nothing else is asked, and both are gone afterwards.
//!
//! The files are those of `promtool test rules` ([`venti_alert::unittest`]), and so is their
//! meaning: all groups are evaluated at each multiple of the file's `evaluation_interval`, from
//! 1970 on, whatever interval they have themselves; what a recording rule or an alert leaves
//! behind is a series for the rules after it; an expectation is compared with the last evaluation
//! that is not after it. Labels `datasource` have the name that the rule file selects, else the
//! type, `prometheus` or `lethe`.

mod difference;
mod load;
mod play;
mod prometheus;
mod remote_write;
mod run;
mod stage;

use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// What came of all files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Expectations that are not met, and files that cannot be read.
    pub failed: usize,
    /// What cannot be tested on this machine, or at all.
    pub untested: usize,
}

impl Verdict {
    /// 0 when all is as expected, 1 when something is not, 2 when nothing is wrong but something
    /// could not be tested.
    pub fn exit_code(self) -> u8 {
        match self {
            Verdict { failed: 1.., .. } => 1,
            Verdict { untested: 1.., .. } => 2,
            _ => 0,
        }
    }
}

/// Why a test is no success. The text says where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
enum Finding {
    #[error("{0}")]
    Failed(String),
    #[error("{0}")]
    Untested(String),
}

/// Runs the files one after the other and writes what came of each. `prometheus` is the program
/// to start, by its path or its name on the search path.
pub async fn run(
    files: &[PathBuf],
    prometheus: &Path,
    out: &mut impl Write,
) -> io::Result<Verdict> {
    let mut verdict = Verdict::default();
    for file in files {
        writeln!(out, "Unit Testing:  {}", file.display())?;
        let findings = run::file(file, prometheus).await;
        if findings.is_empty() {
            writeln!(out, "  SUCCESS")?;
        }
        for finding in &findings {
            let (count, word) = match finding {
                Finding::Failed(_) => (&mut verdict.failed, "FAILED"),
                Finding::Untested(_) => (&mut verdict.untested, "NOT TESTED"),
            };
            *count += 1;
            writeln!(
                out,
                "  {word}: {}",
                finding.to_string().replace('\n', "\n    ")
            )?;
        }
        writeln!(out)?;
    }
    Ok(verdict)
}
