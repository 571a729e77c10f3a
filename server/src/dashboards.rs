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

/// Reads `dashboards/*.y*ml`, then `dashboards/*/*.y*ml`, names ascending. What cannot be read
/// is left out and listed.
pub(crate) fn load(config_dir: &Path) -> (Vec<Dashboard>, Vec<ConfigFault>) {
    let mut loaded = Loaded {
        config_dir,
        dashboards: Vec::new(),
        faults: Vec::new(),
        titles: HashSet::new(),
    };
    let folder = config_dir.join(FOLDER);
    let entries = loaded.add_files(&folder);
    for folder in entries.iter().filter(|it| it.is_dir()) {
        loaded.add_files(folder);
    }
    if loaded.dashboards.is_empty() && loaded.faults.is_empty() {
        loaded.fail(
            &folder,
            "no dashboard file here: add one, such as `host.yml`",
        );
    }
    (loaded.dashboards, loaded.faults)
}

struct Loaded<'a> {
    config_dir: &'a Path,
    dashboards: Vec<Dashboard>,
    faults: Vec<ConfigFault>,
    titles: HashSet<String>,
}

impl Loaded<'_> {
    /// Adds the files of a folder and gives back all its entries.
    fn add_files(&mut self, folder: &Path) -> Vec<PathBuf> {
        let entries = match visible_entries(folder) {
            Ok(entries) => entries,
            // As good as an empty one.
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            Err(error) => {
                self.fail(folder, format!("cannot list the folder: {error}"));
                Vec::new()
            }
        };
        for path in entries.iter().filter(|it| is_yaml_file(it)) {
            self.add(path);
        }
        entries
    }

    fn add(&mut self, path: &Path) {
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) => return self.fail(path, format!("cannot read the file: {error}")),
        };
        let file = &self.name(path);
        let source = Source { file, text: &text };
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

    fn fail(&mut self, path: &Path, message: impl Into<String>) {
        let file = &self.name(path);
        let source = Source { file, text: "" };
        self.faults.push(source.fault(None, message));
    }

    /// The path relative to the configuration directory.
    fn name(&self, path: &Path) -> String {
        let relative = path.strip_prefix(self.config_dir).unwrap_or(path);
        relative.to_string_lossy().into_owned()
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
