//! Dashboard files: found, read, checked, with unique titles.

mod expressions;
pub(crate) mod reference;

use std::collections::HashSet;

use serde::Deserialize;
use serde_saphyr::Spanned;
use venti_model::dashboard::Dashboard;
use venti_model::status::ConfigFault;

use crate::config::{Read, Reading, Source, place, yaml_files};

/// The folder inside the configuration directory.
const FOLDER: &str = "dashboards";

/// Reads `dashboards/*.y*ml`, then `dashboards/*/*.y*ml`, names ascending. What cannot be read
/// and never could is left out and listed.
pub(crate) fn load(reading: &mut Reading<'_>) -> Vec<Dashboard> {
    let files = yaml_files(reading, FOLDER);
    if files.is_empty() {
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
