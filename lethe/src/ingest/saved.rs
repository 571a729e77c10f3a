//! How far something was read, in a file of the data directory.
//!
//! These files lie in `.ingest`, which is no log type, so neither queries nor
//! rotation look there.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

/// The directory below the data directory.
const DIRECTORY: &str = ".ingest";

/// A value that outlives the process.
#[derive(Debug, Clone)]
pub(super) struct Saved {
    path: PathBuf,
}

impl Saved {
    /// The value called `name` of the data directory `root`.
    pub(super) fn new(root: &Path, name: &str) -> Saved {
        let path = root.join(DIRECTORY).join(name);
        Saved { path }
    }

    /// What was saved last. One that cannot be understood is as good as none,
    /// and is reported.
    pub(super) fn load<T: DeserializeOwned>(&self) -> io::Result<Option<T>> {
        let bytes = match fs::read(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            read => read?,
        };
        let value = serde_json::from_slice(&bytes).inspect_err(|error| {
            tracing::warn!(path = %self.path.display(), %error, "saved position has no effect");
        });
        Ok(value.ok())
    }

    /// Replaces what was saved. At any time, the old or the new value is there
    /// as a whole.
    pub(super) fn save<T: Serialize>(&self, value: &T) -> io::Result<()> {
        let bytes = serde_json::to_vec(value)?;
        if let Some(directory) = self.path.parent() {
            fs::create_dir_all(directory)?;
        }
        let new = self.path.with_extension("new");
        let mut file = File::create(&new)?;
        file.write_all(&bytes)?;
        file.sync_data()?;
        fs::rename(&new, &self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_there_the_next_time() {
        let root = tempfile::tempdir().unwrap();
        let saved = Saved::new(root.path(), "x.json");
        assert_eq!(saved.load::<String>().unwrap(), None);
        saved.save(&"first").unwrap();
        saved.save(&"second").unwrap();
        let again = Saved::new(root.path(), "x.json");
        assert_eq!(again.load().unwrap(), Some("second".to_owned()));
        fs::write(root.path().join(".ingest/x.json"), "{").unwrap();
        assert_eq!(again.load::<String>().unwrap(), None);
    }
}
