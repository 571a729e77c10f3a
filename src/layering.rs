//! Arrows between modules point one way: from what arranges to what is arranged. These tests
//! read the sources and name every arrow that goes up.
//!
//! What a file names in its tests, which stand at its foot, is its own affair.

use std::fs;
use std::path::{Path, PathBuf};

/// Each module, and what it may use of ours and of the crates in [`GOVERNED`].
const MAY_USE: [(&str, &[&str]); 15] = [
    ("app", &["chunks", "pages", "shell", "state", "route", "ui"]),
    ("chunks", &["pages", "ui"]),
    (
        "pages",
        &[
            "shell",
            "dashboard",
            "explore",
            "alerting",
            "system",
            "ui",
            "state",
            "api",
            "route",
            "venti_model",
        ],
    ),
    (
        "shell",
        &["plot", "ui", "state", "route", "venti_model", "web_sys"],
    ),
    // The two features do not know each other.
    (
        "dashboard",
        &[
            "plot",
            "logs",
            "ui",
            "state",
            "api",
            "hooks",
            "route",
            "venti_model",
            "venti_panel",
            "web_sys",
        ],
    ),
    (
        "explore",
        &[
            "plot",
            "logs",
            "ui",
            "state",
            "api",
            "hooks",
            "route",
            "venti_model",
            "lethe",
            "web_sys",
        ],
    ),
    // Lines on the page, whoever has them.
    ("logs", &["ui", "venti_model", "lethe"]),
    // Faults of rule files show as they do in the side bar.
    (
        "alerting",
        &[
            "shell",
            "ui",
            "state",
            "api",
            "hooks",
            "route",
            "venti_model",
        ],
    ),
    // Its pages show the same faults as the side bar.
    (
        "system",
        &["shell", "ui", "state", "api", "venti_model", "web_sys"],
    ),
    // Features convert their answers before they plot them.
    (
        "plot",
        &[
            "hooks",
            "venti_chart",
            "venti_model",
            "venti_panel",
            "plotters",
            "plotters_backend",
            "plotters_canvas",
            "web_sys",
        ],
    ),
    // Widgets without domain words.
    ("ui", &["hooks", "web_sys"]),
    (
        "state",
        &["api", "hooks", "route", "venti_model", "web_sys"],
    ),
    ("api", &["route", "venti_model", "web_sys", "gloo_net"]),
    // The bare browser, and nothing of ours.
    ("hooks", &["web_sys"]),
    ("route", &[]),
];

/// Crates that not every module may use: what is drawn, what is asked, and the bare browser.
const GOVERNED: [&str; 9] = [
    "venti_model",
    "venti_panel",
    "lethe",
    "venti_chart",
    "plotters",
    "plotters_backend",
    "plotters_canvas",
    "gloo_net",
    "web_sys",
];

/// Where it is decided what data means: plain Rust, without views, signals and browser.
const PURE: [&str; 18] = [
    "route.rs",
    "alerting/annotation.rs",
    "alerting/filter.rs",
    "alerting/listing.rs",
    "alerting/moment.rs",
    "dashboard/data.rs",
    "dashboard/data/",
    "system/facts.rs",
    "system/targets.rs",
    "logs/clean.rs",
    "logs/line.rs",
    "logs/lines.rs",
    "logs/tame.rs",
    "explore/logs/completion.rs",
    "explore/logs/json.rs",
    "explore/logs/letheql.rs",
    "explore/logs/targets.rs",
    "ui/virtual_list/layout.rs",
];

/// A file of the frontend, by its path below `src`, without comments and tests.
struct Source {
    path: String,
    code: String,
}

impl Source {
    fn new(path: &str, text: &str) -> Self {
        let code = text
            .lines()
            .take_while(|line| *line != "#[cfg(test)]")
            .map(|line| line.split_once("//").map_or(line, |(code, _)| code))
            .collect::<Vec<_>>()
            .join("\n");
        Self {
            path: path.to_owned(),
            code,
        }
    }

    /// The top-level module the file belongs to.
    fn module(&self) -> &str {
        self.path
            .split_once('/')
            .map_or(self.path.trim_end_matches(".rs"), |(module, _)| module)
    }

    /// Every path the code names, such as `crate::plot::` or `leptos::prelude::`.
    fn named(&self) -> impl Iterator<Item = &str> {
        let is_in_path = |it: char| it.is_alphanumeric() || it == '_' || it == ':';
        self.code
            .split(move |it| !is_in_path(it))
            .map(|path| path.trim_start_matches(':'))
            .filter(|path| path.contains("::"))
    }

    /// What is wrong with a path that the code names, if anything is.
    fn fault(&self, named: &str) -> Option<&'static str> {
        let n_supers = named.split("::").take_while(|it| *it == "super").count();
        if n_supers > self.path.matches('/').count() {
            return Some("write `crate::` for what lies outside of the module");
        }
        let target = match named.split("::").collect::<Vec<_>>()[..] {
            ["crate", "", ..] => return Some("one `use` for each module, so that it can be read"),
            ["crate", module, ..] => module,
            [extern_crate, ..] if GOVERNED.contains(&extern_crate) => extern_crate,
            _ => return None,
        };
        let Some((_, may_use)) = MAY_USE.iter().find(|(it, _)| *it == self.module()) else {
            return Some("give the module its place in the table of layers");
        };
        (target != self.module() && !may_use.contains(&target)).then_some("an arrow that goes up")
    }

    fn is_pure(&self) -> bool {
        PURE.iter().any(|it| self.path.starts_with(it))
    }
}

/// All files of the frontend but the two roots and the tests.
fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders = vec![root.clone()];
    let mut sources = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path: PathBuf = entry.unwrap().path();
            let below = path.strip_prefix(&root).unwrap();
            let below = below.to_str().unwrap().replace('\\', "/");
            if path.is_dir() {
                folders.push(path);
            } else if !["lib.rs", "main.rs", "layering.rs"].contains(&below.as_str())
                && below.ends_with(".rs")
                && !below.ends_with("/tests.rs")
            {
                sources.push(Source::new(&below, &fs::read_to_string(&path).unwrap()));
            }
        }
    }
    assert!(!sources.is_empty());
    sources
}

/// Every named path about which `fault` has something to say.
#[track_caller]
fn assert_faultless(fault: impl Fn(&Source, &str) -> Option<&'static str>) {
    let sources = sources();
    let faults: Vec<String> = sources
        .iter()
        .flat_map(|source| source.named().map(move |named| (source, named)))
        .filter_map(|(source, named)| {
            fault(source, named).map(|it| format!("src/{}: `{named}`: {it}", source.path))
        })
        .collect();
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn no_arrow_goes_up() {
    assert_faultless(Source::fault);
}

#[test]
fn no_page_knows_another() {
    assert_faultless(|source, named| {
        let is_page = source.path.starts_with("pages/");
        let shared = named
            .strip_prefix("super::")
            .or_else(|| named.strip_prefix("crate::pages::"))?;
        // Of what pages share, only functions are named directly; pages are types in modules.
        let is_function = shared.starts_with(char::is_lowercase) && !shared.contains("::");
        (is_page && !is_function).then_some("what two pages share belongs below them")
    });
}

#[test]
fn what_decides_about_data_is_plain_rust() {
    let is_of_browser = |named: &str| {
        ["leptos", "web_sys", "js_sys", "wasm_bindgen", "gloo_net"]
            .iter()
            .any(|it| named.starts_with(it))
    };
    assert_faultless(|source, named| {
        (source.is_pure() && is_of_browser(named)).then_some("not in a pure file")
    });
}

#[test]
fn arrows_are_found_however_they_are_written() {
    let fault = |path: &str, text: &str| {
        let source = Source::new(path, text);
        source.named().find_map(|named| source.fault(named))
    };
    let up = Some("an arrow that goes up");
    assert_eq!(fault("ui/icon.rs", "use crate::state::ThemeState;"), up);
    assert_eq!(fault("ui.rs", "pub(crate) use crate::api;"), up);
    assert_eq!(
        fault("ui/icon.rs", "let now = crate::api::clock::now();"),
        up
    );
    assert_eq!(
        fault("plot/data.rs", "use crate::api::{\n    Query,\n};"),
        up
    );
    assert_eq!(
        fault("dashboard/grid.rs", "use crate::explore::Editor;"),
        up
    );
    assert_eq!(fault("pages/home.rs", "x: Option<web_sys::Element>,"), up);
    assert_eq!(
        fault("state/zone.rs", "Request::get(gloo_net::http::X)"),
        up
    );

    assert!(fault("ui/icon.rs", "use crate::{api, state};").is_some());
    assert!(fault("ui/icon.rs", "use super::super::api::Query;").is_some());
    assert!(fault("newcomer.rs", "use crate::api::Query;").is_some());

    assert_eq!(fault("ui/dropdown.rs", "use super::Icon;"), None);
    assert_eq!(fault("ui/dropdown.rs", "use crate::ui::Icon;"), None);
    assert_eq!(fault("ui/icon.rs", "//! Not `crate::state::X`."), None);
    assert_eq!(
        fault("ui/icon.rs", "#[cfg(test)]\nuse crate::api::X;"),
        None
    );
    assert_eq!(
        fault("pages/home.rs", "use crate::state::CatalogState;"),
        None
    );
}
