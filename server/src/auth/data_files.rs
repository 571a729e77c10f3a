//! Files of the data directory that only the server may read: made whole or not at all.

use std::fs;
use std::io::{self, ErrorKind, Write};
use std::path::Path;

use tempfile::NamedTempFile;

/// The text of `path`, or nothing when there is no such file.
pub(super) fn read(path: &Path) -> io::Result<Option<String>> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Writes a new file. `AlreadyExists` when somebody else was faster; theirs stays.
pub(super) fn create(path: &Path, text: &str) -> io::Result<()> {
    written(path, text)?.persist_noclobber(path)?;
    Ok(())
}

/// Writes a file in the place of an older one.
pub(super) fn replace(path: &Path, text: &str) -> io::Result<()> {
    written(path, text)?.persist(path)?;
    Ok(())
}

/// The text on the disk, under a name of its own and readable for its owner alone.
fn written(path: &Path, text: &str) -> io::Result<NamedTempFile> {
    let dir = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(dir)?;
    let mut file = NamedTempFile::new_in(dir)?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn files_are_the_owners_alone_and_are_never_overwritten_by_create() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("data/key");
        assert_eq!(read(&path).unwrap(), None);
        create(&path, "one").unwrap();
        let again = create(&path, "two").unwrap_err();
        assert_eq!(again.kind(), ErrorKind::AlreadyExists);
        assert_eq!(read(&path).unwrap().as_deref(), Some("one"));
        replace(&path, "three").unwrap();
        assert_eq!(read(&path).unwrap().as_deref(), Some("three"));
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(fs::read_dir(dir.path().join("data")).unwrap().count(), 1);
    }
}
