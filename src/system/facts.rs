//! What the server tells about itself, as rows of names and values.

use std::collections::BTreeMap;

use venti_model::api::status::{BuildInfo, RuntimeInfo};

/// A heading, and rows of name and value below it.
pub(super) type Facts = (&'static str, Vec<(String, String)>);

/// Build, runtime and flags; what is not known is left out.
pub(super) fn facts(
    build: BuildInfo,
    runtime: RuntimeInfo,
    flags: BTreeMap<String, String>,
) -> Vec<Facts> {
    let (tasks, threads) = (runtime.goroutine_count, runtime.gomaxprocs);
    vec![
        (
            "Build",
            known([
                ("Version", build.version),
                ("Revision", build.revision),
                ("Branch", build.branch),
                ("Built by", build.build_user),
                ("Built", build.build_date),
            ]),
        ),
        (
            "Runtime",
            known([
                ("Started", runtime.start_time),
                ("Server time", runtime.server_time),
                ("Machine", runtime.hostname),
                ("Working directory", runtime.cwd),
                ("Tasks on threads", format!("{tasks} on {threads}")),
            ]),
        ),
        ("Flags", flags.into_iter().collect()),
    ]
}

fn known<const N: usize>(rows: [(&str, String); N]) -> Vec<(String, String)> {
    let known = rows.into_iter().filter(|(_, value)| !value.is_empty());
    known
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_is_left_out() {
        let build = BuildInfo {
            version: "0.1.0".to_owned(),
            ..BuildInfo::default()
        };
        let runtime = RuntimeInfo {
            goroutine_count: 7,
            gomaxprocs: 2,
            ..RuntimeInfo::default()
        };
        let flags = BTreeMap::from([("listen".to_owned(), String::new())]);
        let row = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(
            facts(build, runtime, flags),
            [
                ("Build", vec![row("Version", "0.1.0")]),
                ("Runtime", vec![row("Tasks on threads", "7 on 2")]),
                // An empty flag is known to be empty.
                ("Flags", vec![row("listen", "")]),
            ]
        );
    }
}
