//! Pictures and notes to look at after a run, below `artifacts/`.

use std::fs;
use std::path::PathBuf;

use anyhow::Context;

use crate::world::root;

/// Writes `content` to `artifacts/<name>`, and gives its path.
pub(crate) fn keep(name: &str, content: &[u8]) -> anyhow::Result<PathBuf> {
    let directory = root().join("artifacts");
    let path = directory.join(name);
    fs::create_dir_all(&directory)
        .and_then(|()| fs::write(&path, content))
        .with_context(|| format!("could not write {}", path.display()))?;
    Ok(path)
}
