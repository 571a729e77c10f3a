//! The files that Prometheus and venti-server are started with.
//!
//! They are written anew at each start, because they name the ports that were
//! free this time. Strings are quoted as in JSON, which is YAML too: no path
//! and no host name can break out of its place.

use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::time::Duration;

use serde_json::json;

/// What Prometheus shall scrape: addresses as `host:port`.
#[derive(Debug, Clone)]
pub struct Targets<'a> {
    /// Prometheus itself.
    pub prometheus: &'a str,
    /// node-exporter.
    pub node_exporter: &'a str,
    /// venti-server.
    pub server: &'a str,
    /// Name of this machine. node-exporter's series carry it as `instance`, as
    /// the Kubernetes chart relabels them, so that `instance=~"$node"` selects
    /// and the metrics and the logs of a machine share one name.
    pub host: &'a str,
    /// Between two scrapes. Also their timeout.
    pub interval: Duration,
}

/// The file given to `prometheus --config.file`.
///
/// What the textfile collector exposes in somebody else's name, such as series
/// with an `instance` of their own, keeps its labels.
pub fn prometheus(targets: &Targets<'_>) -> String {
    let interval = format!("{}ms", targets.interval.as_millis().max(1));
    let job = |name: &str, target: &str, labels: serde_json::Value| {
        json!({
            "job_name": name,
            "honor_labels": true,
            "static_configs": [{ "targets": [target], "labels": labels }],
        })
    };
    let config = json!({
        "global": { "scrape_interval": interval, "scrape_timeout": interval },
        "scrape_configs": [
            job("prometheus", targets.prometheus, json!({})),
            job("node-exporter", targets.node_exporter, json!({ "instance": targets.host })),
            job("venti", targets.server, json!({})),
        ],
    });
    format!("{config:#}\n")
}

/// The `datasources.yml` that points venti-server at this stack.
pub fn datasources(prometheus: &str, logs: &Path) -> String {
    let url = json!(prometheus);
    let path = json!(logs.to_string_lossy());
    format!(
        "\
# Written at each start of the local stack; changes here are lost.
datasources:
- name: prometheus
  type: prometheus
  url: {url}
  isMain: true
- name: lethe
  type: lethe
  path: {path}
  isMain: true
"
    )
}

/// Makes `effective` the configuration directory that venti-server reads: all
/// of `etc` by symbolic links, so edits there take effect as they would without
/// this copy, except `datasources.yml`, which is `datasources`, and `venti.yml`
/// where it leaves open who may look: on loopback everybody may, unless there
/// are users.
pub fn configuration(etc: &Path, effective: &Path, datasources: &str) -> io::Result<()> {
    // What an earlier start linked may be gone from `etc` by now.
    if effective.exists() {
        fs::remove_dir_all(effective)?;
    }
    fs::create_dir_all(effective)?;
    for entry in fs::canonicalize(etc)?.read_dir()? {
        let entry = entry?;
        if entry.file_name() != DATASOURCES {
            symlink(entry.path(), effective.join(entry.file_name()))?;
        }
    }
    fs::write(effective.join(DATASOURCES), datasources)?;
    let venti = effective.join(VENTI);
    let text = match fs::read_to_string(&venti) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(error),
    };
    let is_decided = text.lines().any(|line| line.starts_with("auth:"));
    if is_decided || effective.join(USERS).exists() {
        return Ok(());
    }
    if venti.is_symlink() {
        fs::remove_file(&venti)?;
    }
    fs::write(venti, format!("{text}\nauth: anonymous\n"))
}

const DATASOURCES: &str = "datasources.yml";
const VENTI: &str = "venti.yml";
const USERS: &str = "users.yml";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_machine_is_the_instance_of_its_exporter() {
        let text = prometheus(&Targets {
            prometheus: "127.0.0.1:1",
            node_exporter: "127.0.0.1:2",
            server: "127.0.0.1:3",
            host: "a \"b\"\n",
            interval: Duration::from_millis(1500),
        });
        let config: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(config["global"]["scrape_interval"], "1500ms");
        let exporter = &config["scrape_configs"][1]["static_configs"][0];
        assert_eq!(exporter["targets"], json!(["127.0.0.1:2"]));
        assert_eq!(exporter["labels"]["instance"], "a \"b\"\n");
    }

    #[test]
    fn the_configuration_follows_the_original() {
        let root = tempfile::tempdir().unwrap();
        let (etc, effective) = (root.path().join("etc"), root.path().join("effective"));
        fs::create_dir_all(etc.join("dashboards")).unwrap();
        fs::write(etc.join("venti.yml"), "logLevel: info\n").unwrap();
        fs::write(etc.join("datasources.yml"), "datasources: []\n").unwrap();

        configuration(&etc, &effective, "first").unwrap();
        fs::write(etc.join("venti.yml"), "logLevel: debug\n").unwrap();
        fs::write(etc.join("dashboards/new.yml"), "title: new\n").unwrap();
        configuration(&etc, &effective, "second").unwrap();

        let read = |name| fs::read_to_string(effective.join(name)).unwrap();
        assert_eq!(read("venti.yml"), "logLevel: debug\n\nauth: anonymous\n");
        assert_eq!(read("dashboards/new.yml"), "title: new\n");
        assert_eq!(read("datasources.yml"), "second");
        let original = fs::read_to_string(etc.join("datasources.yml")).unwrap();
        assert_eq!(original, "datasources: []\n");
        let original = fs::read_to_string(etc.join("venti.yml")).unwrap();
        assert_eq!(original, "logLevel: debug\n");
    }

    #[test]
    fn everybody_may_look_unless_there_are_users_or_it_is_decided() {
        for (files, expected) in [
            (&[][..], "\nauth: anonymous\n"),
            (&[("venti.yml", "auth: users\n")], "auth: users\n"),
            (
                &[("venti.yml", "a: b\n"), ("users.yml", "users: []\n")],
                "a: b\n",
            ),
        ] {
            let root = tempfile::tempdir().unwrap();
            let (etc, effective) = (root.path().join("etc"), root.path().join("effective"));
            fs::create_dir_all(&etc).unwrap();
            for (name, text) in files {
                fs::write(etc.join(name), text).unwrap();
            }
            configuration(&etc, &effective, "").unwrap();
            let venti = fs::read_to_string(effective.join("venti.yml")).unwrap();
            assert_eq!(venti, expected);
        }
    }
}
