//! Dashboard files: found, read, checked, with unique titles.

use std::collections::HashSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_saphyr::Spanned;
use venti_model::dashboard::Dashboard;
use venti_model::status::ConfigFault;

use crate::config::{Source, place};

/// The folder inside the configuration directory.
const FOLDER: &str = "dashboards";

/// Reads `dashboards/*.y*ml`, then `dashboards/*/*.y*ml`, names ascending. A file with a fault
/// is left out and listed.
pub(crate) fn load(config_dir: &Path) -> (Vec<Dashboard>, Vec<ConfigFault>) {
    let mut loaded = Loaded::default();
    let found = match files(&config_dir.join(FOLDER)) {
        // Whether the folder or its files are missing, what to do is the same.
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        found => found,
    };
    match found {
        Ok(files) if files.is_empty() => {
            loaded.fail(
                FOLDER,
                "no dashboard file here: add one, such as `host.yml`",
            );
        }
        Ok(files) => files.iter().for_each(|it| loaded.add(it, config_dir)),
        Err(error) => loaded.fail(FOLDER, format!("cannot list the folder: {error}")),
    }
    (loaded.dashboards, loaded.faults)
}

#[derive(Default)]
struct Loaded {
    dashboards: Vec<Dashboard>,
    faults: Vec<ConfigFault>,
    titles: HashSet<String>,
}

impl Loaded {
    fn add(&mut self, path: &Path, config_dir: &Path) {
        let name = path
            .strip_prefix(config_dir)
            .unwrap_or(path)
            .to_string_lossy();
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) => return self.fail(&name, format!("cannot read the file: {error}")),
        };
        let source = Source {
            file: &name,
            text: &text,
        };
        match source.read_first::<Dashboard>() {
            Ok((dashboard, ignored)) => {
                self.faults.extend(ignored);
                self.keep(dashboard, source);
            }
            Err(fault) => self.faults.push(fault),
        }
    }

    /// The title is what the URL names, so a second dashboard of the same title gets a number.
    fn keep(&mut self, mut dashboard: Dashboard, source: Source<'_>) {
        let wanted = dashboard.title.clone();
        let mut copies = 1;
        while !self.titles.insert(dashboard.title.clone()) {
            copies += 1;
            dashboard.title = format!("{wanted} ({copies})");
        }
        if copies > 1 {
            let shown = &dashboard.title;
            let message = format!("the title `{wanted}` is taken: shown as `{shown}`");
            self.faults.push(source.fault(title_place(source), message));
        }
        self.dashboards.push(dashboard);
    }

    fn fail(&mut self, file: &str, message: impl Into<String>) {
        let unknown = Source { file, text: "" };
        self.faults.push(unknown.fault(None, message));
    }
}

/// Where the title stands; the dashboard itself keeps no positions.
fn title_place(source: Source<'_>) -> Option<(usize, usize)> {
    #[derive(Deserialize)]
    struct Title {
        title: Spanned<String>,
    }
    let (title, _) = source.read_first::<Title>().ok()?;
    place(title.title.referenced)
}

/// The files of the folder, then those of its folders. Names with a leading dot are skipped:
/// a mounted ConfigMap holds every file again in `..data` and its like.
fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let entries = visible_entries(folder)?;
    found.extend(entries.iter().filter(|it| is_yaml_file(it)).cloned());
    for folder in entries.iter().filter(|it| it.is_dir()) {
        found.extend(
            visible_entries(folder)?
                .into_iter()
                .filter(|it| is_yaml_file(it)),
        );
    }
    Ok(found)
}

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
