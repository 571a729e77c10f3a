//! Panels by the names that people see: `<dashboard>/<panel>`, the title of each.

use venti_model::dashboard::{Dashboard, Panel};

/// Why there is no panel of a name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PanelNotFound {
    #[error("`{0}` names no panel: write `<dashboard>/<panel>`, the title of each")]
    Reference(String),
    #[error("there is no dashboard for the panel `{0}`")]
    Dashboard(String),
    #[error("the dashboard `{0}` has no panel `{1}`")]
    Panel(String, String),
}

/// Finds a panel. Titles may hold slashes themselves; the first panel of a title is meant.
pub(crate) fn panel<'a>(
    dashboards: &'a [Dashboard],
    reference: &str,
) -> Result<(&'a Dashboard, &'a Panel), PanelNotFound> {
    let reference = reference.trim();
    let mut error = PanelNotFound::Reference(reference.to_owned());
    for (at, _) in reference.match_indices('/') {
        let (dashboard, panel) = reference.split_at(at);
        let panel = panel.trim_start_matches('/').trim();
        let dashboard = dashboard.trim();
        match dashboards.iter().find(|it| it.title == dashboard) {
            Some(found) => {
                let mut panels = found.rows.iter().flat_map(|it| &it.panels);
                if let Some(panel) = panels.find(|it| it.title == panel) {
                    return Ok((found, panel));
                }
                error = PanelNotFound::Panel(dashboard.to_owned(), panel.to_owned());
            }
            None if matches!(error, PanelNotFound::Reference(_)) => {
                error = PanelNotFound::Dashboard(reference.to_owned());
            }
            None => {}
        }
    }
    Err(error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use venti_model::dashboard::Row;

    fn dashboards() -> Vec<Dashboard> {
        let panel = |title: &str| Panel {
            title: title.to_owned(),
            ..Panel::default()
        };
        let row = |titles: [&str; 2]| Row {
            panels: titles.map(panel).to_vec(),
            ..Row::default()
        };
        let dashboard = |title: &str, rows| Dashboard {
            title: title.to_owned(),
            rows,
        };
        vec![
            dashboard("Host", vec![row(["CPU", "In/Out"]), row(["Memory", "CPU"])]),
            dashboard("Host/Disk", vec![row(["Space", ""])]),
        ]
    }

    #[test]
    fn titles_name_panels() {
        let dashboards = dashboards();
        let found = |text: &str| match panel(&dashboards, text) {
            Ok((dashboard, panel)) => format!("{} > {}", dashboard.title, panel.title),
            Err(error) => error.to_string(),
        };
        let cases = [
            ("Host/CPU", "Host > CPU"),
            (" Host / Memory ", "Host > Memory"),
            ("Host/In/Out", "Host > In/Out"),
            ("Host/Disk/Space", "Host/Disk > Space"),
            ("Host/Dsk", "the dashboard `Host` has no panel `Dsk`"),
            ("Hsot/CPU", "there is no dashboard for the panel `Hsot/CPU`"),
            (
                "CPU",
                "`CPU` names no panel: write `<dashboard>/<panel>`, the title of each",
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(found(text), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_taken(text in "[Host/ CPU\\PC]{0,20}") {
            let _ = panel(&dashboards(), &text);
        }
    }
}
