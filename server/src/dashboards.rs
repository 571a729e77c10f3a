//! Dashboard files: found, read, checked, with unique titles.

mod expressions;

use std::collections::HashSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_saphyr::Spanned;
use venti_model::dashboard::Dashboard;
use venti_model::status::ConfigFault;

use crate::config::{Read, Reading, Source, place};

/// The folder inside the configuration directory.
const FOLDER: &str = "dashboards";

/// Reads `dashboards/*.y*ml`, then `dashboards/*/*.y*ml`, names ascending. What cannot be read
/// and never could is left out and listed.
pub(crate) fn load(reading: &mut Reading<'_>) -> Vec<Dashboard> {
    let folder = reading.dir.join(FOLDER);
    let mut files = Vec::new();
    let entries = add_files(reading, &folder, &mut files);
    for folder in entries.iter().filter(|it| it.is_dir()) {
        add_files(reading, folder, &mut files);
    }
    if files.is_empty() && !reading.has_errors() {
        reading.warn(
            FOLDER,
            "no dashboard file here: add one, such as `host.yml`",
        );
    }
    let mut titles = HashSet::new();
    files
        .iter()
        .filter_map(|file| {
            let found = reading.one_of_many(file, read)?;
            Some(with_unique_title(reading, &mut titles, found))
        })
        .collect()
}

/// Notes the dashboard files of a folder, relative to the configuration directory, and gives
/// back all its entries.
fn add_files(reading: &mut Reading<'_>, folder: &Path, files: &mut Vec<String>) -> Vec<PathBuf> {
    let dir = reading.dir;
    let name = |path: &Path| {
        let relative = path.strip_prefix(dir).unwrap_or(path);
        relative.to_string_lossy().into_owned()
    };
    let entries = match visible_entries(folder) {
        Ok(entries) => entries,
        // As good as an empty one.
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        Err(error) => {
            let file = &name(folder);
            let message = format!("cannot list the folder: {error}");
            reading.tell(Source { file, text: "" }.fault(None, message));
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

/// A dashboard, and where its title stands: the dashboard itself keeps no positions.
struct Found {
    dashboard: Dashboard,
    second_title: ConfigFault,
}

fn read(source: Source<'_>) -> Read<Found> {
    let (dashboard, ignored) = source.read_first::<Dashboard>()?;
    let found = Found {
        dashboard,
        second_title: source.warning(title_place(source), ""),
    };
    let mut faults: Vec<_> = ignored.into_iter().collect();
    faults.extend(expressions::check(&found.dashboard, source));
    Ok((found, faults))
}

/// The title is what the URL names, so a second dashboard of the same title gets a number.
fn with_unique_title(
    reading: &mut Reading<'_>,
    titles: &mut HashSet<String>,
    found: Found,
) -> Dashboard {
    let mut dashboard = found.dashboard;
    let wanted = dashboard.title.clone();
    let mut copies = 1;
    while !titles.insert(dashboard.title.clone()) {
        copies += 1;
        dashboard.title = format!("{wanted} ({copies})");
    }
    if copies > 1 {
        let shown = &dashboard.title;
        reading.tell(ConfigFault {
            message: format!("the title `{wanted}` is taken: shown as `{shown}`"),
            ..found.second_title
        });
    }
    dashboard
}

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
