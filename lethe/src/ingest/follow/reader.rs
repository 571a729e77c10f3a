//! All files of some patterns, read from where they were left.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use glob::glob;

use crate::ingest::saved::Saved;
use crate::store::{Batch, Record};

use super::file::{Begin, Followed};
use super::positions::{Identity, Position, Positions};
use super::{Source, process_of};

/// Bytes of lines after which a batch is handed over.
const MAX_BATCH: usize = 4 << 20;

/// Reads what is new in files.
#[derive(Debug)]
pub struct Reader {
    sources: Vec<Source>,
    saved: Saved,
    /// Patterns whose files were there before they were followed.
    seen: BTreeSet<String>,
    /// What was saved of files that have not been found again.
    before: BTreeMap<Identity, Position>,
    files: Vec<Followed>,
    last_saved: Positions,
}

impl Reader {
    /// A reader that goes on where the last one below `root` was.
    pub fn open(root: &Path, sources: Vec<Source>) -> io::Result<Reader> {
        let saved = Saved::new(root, "files.json");
        let positions: Positions = saved.load()?.unwrap_or_default();
        let mut reader = Reader {
            sources,
            saved,
            seen: positions.patterns.clone(),
            last_saved: positions.clone(),
            before: positions.into_map(),
            files: Vec::new(),
        };
        reader.find_renamed();
        Ok(reader)
    }

    /// The new lines, with the time `now`; not all of them when those are
    /// many. Files that cannot be read are left for the next time.
    pub fn read(&mut self, now: DateTime<Utc>) -> Batch {
        let names = self.look();
        let mut batch = Batch::default();
        let sources = &self.sources;
        self.files.retain_mut(|file| {
            if batch.n_bytes() > MAX_BATCH {
                return true;
            }
            let Some(source) = sources.get(file.source) else {
                return false;
            };
            let process = file.process.clone();
            let record = Record::Node {
                node: &source.node,
                process: source.process.as_deref().unwrap_or(&process),
            };
            let read = file.read(|line| {
                // Only a time of five digits has no place, or a line of more
                // bytes than are read.
                let _ = batch.push(&record, now, line);
            });
            file.keeps(read.is_ok() && names.contains(&file.identity), now)
        });
        batch
    }

    /// What was read is not on disk: it is read again.
    pub fn retract(&mut self) {
        self.files.iter_mut().for_each(Followed::retract);
    }

    /// What was read is on disk. It is not read again, and when this succeeds,
    /// by no later reader either.
    pub fn confirm(&mut self) -> io::Result<()> {
        let patterns = self.seen.clone();
        let position = |file: &mut Followed| {
            file.confirm();
            let source = self.sources.get(file.source)?;
            Some(file.position(&source.pattern))
        };
        let files = self.files.iter_mut().filter_map(position).collect();
        let positions = Positions { patterns, files };
        if positions != self.last_saved {
            self.saved.save(&positions)?;
            self.last_saved = positions;
        }
        Ok(())
    }

    /// Opens files that are new, and returns which ones have a name.
    fn look(&mut self) -> BTreeSet<Identity> {
        let mut names = BTreeSet::new();
        for (number, source) in self.sources.iter().enumerate() {
            let is_first = !self.seen.contains(&source.pattern);
            for path in paths(&source.pattern) {
                let Ok(metadata) = fs::metadata(&path) else {
                    continue;
                };
                let identity = Identity::of(&metadata);
                if !metadata.is_file() || !names.insert(identity) {
                    continue;
                }
                if let Some(known) = self.files.iter_mut().find(|it| it.identity == identity) {
                    known.path = path;
                    continue;
                }
                let before = &mut self.before;
                let opened = Followed::open(&path, number, process_of(&path), |identity| {
                    match before.remove(&identity) {
                        Some(position) => Begin::At(position),
                        None if is_first => Begin::End,
                        None => Begin::Start,
                    }
                });
                // One that cannot be opened is tried again at the next look.
                self.files.extend(opened);
            }
            self.seen.insert(source.pattern.clone());
        }
        names
    }

    /// Files that no pattern finds any more, since they were renamed while
    /// nobody looked: the rest of them is read too.
    fn find_renamed(&mut self) {
        for (identity, position) in self.before.clone() {
            let is_same =
                |path: &PathBuf| fs::metadata(path).is_ok_and(|it| Identity::of(&it) == identity);
            if is_same(&position.path) {
                continue;
            }
            let number = self
                .sources
                .iter()
                .position(|it| it.pattern == position.pattern);
            let directory = position.path.parent().map(fs::read_dir);
            let (Some(number), Some(Ok(entries))) = (number, directory) else {
                continue;
            };
            let renamed = entries.flatten().map(|it| it.path()).find(is_same);
            if let Some(path) = renamed {
                let process = process_of(&position.path);
                let opened = Followed::open(&path, number, process, |_| Begin::At(position));
                self.files.extend(opened);
                self.before.remove(&identity);
            }
        }
    }
}

/// Files by a pattern. Directories that cannot be read hold none.
fn paths(pattern: &str) -> Vec<PathBuf> {
    glob(pattern).map_or_else(|_| Vec::new(), |paths| paths.flatten().collect())
}
