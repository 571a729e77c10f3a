//! The password of the first start: without users nobody could log in, and a password that every
//! copy of a program has is none.
//!
//! It is printed once, on stderr and not into the log, where others could read it later. Only
//! its hash is kept, in the data directory, until there are users.

use std::io::{self, Write};
use std::path::Path;

use super::password::PasswordHash;
use super::{data_files, opaque};

/// The name that goes with it.
pub(super) const ADMIN: &str = "admin";

/// The hash of the password, which is made and printed when there is none yet.
pub(super) fn open(path: &Path, print: impl FnOnce(&str)) -> io::Result<PasswordHash> {
    if let Some(text) = data_files::read(path)? {
        let hash = text.trim().parse();
        return hash.map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error));
    }
    let password = opaque::text::<12>()?;
    let hash = PasswordHash::of(&password).map_err(io::Error::other)?;
    data_files::create(path, hash.expose())?;
    print(&password);
    Ok(hash)
}

/// Tells the operator, whatever the log is set to.
pub(super) fn print(password: &str, path: &Path) {
    let path = path.display();
    // Whoever closed stderr cannot be told; the file can be removed for another try.
    let _ = writeln!(
        io::stderr(),
        "\nThere are no users yet. Log in as `{ADMIN}` with the password\n\n    {password}\n\n\
         It is shown this once: then write a users.yml, see `venti-server hash-password`.\n\
         To get another one, remove {path} and start again.\n"
    );
}

/// Removes the hash: there are users now.
pub(super) fn close(path: &Path) -> io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_printed_once_and_works_until_it_is_closed() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("first-password");
        let mut printed = String::new();
        let hash = open(&path, |it| printed = it.to_owned()).unwrap();
        assert!(printed.len() >= 16);
        assert!(hash.matches(&printed));
        let again = open(&path, |it| panic!("printed {it} again")).unwrap();
        assert_eq!(again, hash);
        assert!(!std::fs::read_to_string(&path).unwrap().contains(&printed));

        close(&path).unwrap();
        close(&path).unwrap();
        let mut another = String::new();
        open(&path, |it| another = it.to_owned()).unwrap();
        assert_ne!(another, printed);
    }
}
