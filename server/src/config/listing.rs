//! Which files of a folder of the configuration are read.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use glob::{Pattern, PatternError};

use super::{Reading, Source};

/// The files `folder/*.y*ml`, then `folder/*/*.y*ml`, names ascending, relative to the
/// configuration directory. A missing folder is as good as an empty one; one that cannot be
/// listed is told, and its files count as still there.
pub(crate) fn yaml_files(reading: &mut Reading<'_>, folder: &str) -> Vec<String> {
    let folder = reading.dir.join(folder);
    let mut files = Vec::new();
    let entries = add_files(reading, &folder, &mut files);
    for folder in entries.iter().filter(|it| it.is_dir()) {
        add_files(reading, folder, &mut files);
    }
    files
}

/// The files that a pattern names, relative to a folder, names ascending. The folder is taken as
/// it is, whatever characters are in its name.
pub(crate) fn matching(folder: &Path, pattern: &str) -> Result<Vec<PathBuf>, PatternError> {
    let folder = Pattern::escape(&folder.to_string_lossy());
    let pattern = Path::new(&folder).join(pattern);
    Ok(glob::glob(&pattern.to_string_lossy())?.flatten().collect())
}

/// Notes the files of a folder and gives back all its entries.
fn add_files(reading: &mut Reading<'_>, folder: &Path, files: &mut Vec<String>) -> Vec<PathBuf> {
    let dir = reading.dir;
    let name = |path: &Path| {
        let relative = path.strip_prefix(dir).unwrap_or(path);
        relative.to_string_lossy().into_owned()
    };
    let entries = match visible_entries(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        Err(error) => {
            let file = &name(folder);
            let message = format!("cannot list the folder: {error}");
            reading.tell(Source { file, text: "" }.fault(None, message));
            files.extend(reading.known_below(file));
            Vec::new()
        }
    };
    files.extend(
        entries
            .iter()
            .filter(|it| is_yaml_file(it))
            .map(|it| name(it)),
    );
    entries
}

/// The entries of a folder, names ascending. Names with a leading dot are left out: a mounted
/// ConfigMap holds every file again in `..data` and its like.
fn visible_entries(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut entries = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if !entry.file_name().as_encoded_bytes().starts_with(b".") {
            entries.push(entry.path());
        }
    }
    entries.sort();
    Ok(entries)
}

/// Whether the name matches the original's `*.y*ml`.
fn is_yaml_file(path: &Path) -> bool {
    let is_yaml = path
        .extension()
        .is_some_and(|it| it == "yml" || it == "yaml");
    is_yaml && path.is_file()
}
