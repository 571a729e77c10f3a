//! `venti.yml` and `datasources.yml`: what stops the start, and where it points.

use std::path::Path;

use venti_server::config::{self, Config, ConfigError, Location, LogLevel};

use crate::support::app::write_files;

fn load(files: &[(&str, &str)]) -> Result<Config, ConfigError> {
    let dir = tempfile::tempdir().unwrap();
    write_files(dir.path(), files);
    config::load(dir.path(), Path::new("data"))
}

/// Everything that is said about why the start fails.
fn refused(files: &[(&str, &str)]) -> String {
    load(files).unwrap_err().to_string()
}

/// The fault itself, without the excerpt below it.
fn fault(file: &str, text: &str) -> String {
    let refused = refused(&[("datasources.yml", "datasources: []\n"), (file, text)]);
    refused.lines().next().unwrap().to_owned()
}

#[test]
fn files_of_the_original_are_read() {
    let config = load(&[
        ("venti.yml", "ginMode: release\nlogLevel: debug\n"),
        (
            "datasources.yml",
            "queryTimeout: 1m30s
datasources:
- name: prometheus
  type: prometheus
  url: http://prometheus:9090
  basicAuth: false
  basicAuthUser: \"\"
  basicAuthPassword: \"\"
  isMain: false
- name: lethe
  type: lethe
  url: http://lethe:6060
discovery:
  enabled: false
  mainNamespace: kube-system
  annotationKey: kuoss.org/datasource-type
  byNamePrometheus: false
  byNameLethe: false
",
        ),
        ("dashboards/a.yml", "title: A\n"),
    ])
    .unwrap();
    assert_eq!(config.settings.log_level, LogLevel::Debug);
    assert_eq!(config.datasources.query_timeout.as_secs(), 90);
    assert_eq!(config.datasources.entries.len(), 2);
    assert_eq!(config.faults, []);
}

#[test]
fn the_configuration_of_this_repository_has_no_fault() {
    let config = config::load(
        Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../etc")),
        Path::new("data"),
    )
    .unwrap();
    assert_eq!(config.faults, []);
    assert!(!config.datasources.entries.is_empty() && !config.dashboards.is_empty());
}

#[test]
fn without_files_only_logs_below_the_data_directory_are_served() {
    let config = load(&[]).unwrap();
    assert_eq!(config.settings.log_level, LogLevel::Info);
    assert_eq!(config.datasources.query_timeout.as_secs(), 30);
    let [lethe] = &config.datasources.entries[..] else {
        panic!("{:?}", config.datasources.entries);
    };
    let Location::InProcess(logs) = &lethe.location else {
        panic!("{:?}", lethe.location);
    };
    assert_eq!(logs.log_data_path, Path::new("data/log"));
    let faults: Vec<String> = config.faults.iter().map(ToString::to_string).collect();
    assert_eq!(
        faults,
        [
            "dashboards: no dashboard file here: add one, such as `host.yml`",
            "datasources.yml: there is no such file: only logs below the data directory are served; \
             name a Prometheus in it to see metrics",
        ]
    );
    assert!(!config.has_errors());
}

#[test]
fn a_fault_shows_the_lines_around_it() {
    let text = "# How much is logged.\nginMode: release\nlogLevel: verbose\n";
    insta::assert_snapshot!(refused(&[("venti.yml", text)]), @r"
    venti.yml:3:11: unknown value `verbose`, expected one of `trace`, `debug`, `info`, `warn`, `warning`, `error`
    1 | # How much is logged.
    2 | ginMode: release
    3 | logLevel: verbose
      |           ^
    ");
}

#[test]
fn faults_stop_the_start_and_say_where_and_what_was_expected() {
    assert_eq!(
        fault("venti.yml", "loglevel: info\n"),
        "venti.yml:1:1: unknown key `loglevel`, did you mean `logLevel`? Known here: `logLevel`, `logFormat`, `basePath`, `tls`, `ginMode`, `auth`, `sessionDuration`, `trustedProxies`, `metricsNeedLogin`"
    );
    assert_eq!(
        fault("datasources.yml", "queryTimeout: 30\n"),
        "datasources.yml:1:15: missing unit in duration `30`: write for example `30s`"
    );
}

#[test]
fn faults_of_one_datasource() {
    for (entry, expected) in [
        (
            "{name: a, type: graphite, url: http://a}",
            "19: unknown value `graphite`, expected one of `prometheus`, `lethe`, `victorialogs`, `loki`",
        ),
        (
            "{name: a, type: prometheus, adress: http://a}",
            "31: unknown key `adress`, expected one of `name`, `type`, `url`, `path`, `basicAuth`, `basicAuthUser`, `basicAuthPassword`, `basicAuthPasswordFile`, `bearerToken`, `bearerTokenFile`, `headers`, `tls`, `fields`, `retention`, `compressAfter`, `forward`, `push`, `journal`, `tail`, `queryTimeout`, `maxResponseBytes`, `isMain`",
        ),
        ("{name: a, type: prometheus}", "10: missing key `url`"),
        (
            "{name: a, type: lethe}",
            "10: missing key `url` (a Lethe elsewhere) or `path` (a log directory here)",
        ),
        (
            "{name: a, type: lethe, url: http://a, path: data}",
            "47: a datasource has either `url` or `path`, not both",
        ),
        (
            "{name: a, type: prometheus, path: data}",
            "37: `path` is for datasources of type `lethe`: give this one a `url`",
        ),
        (
            "{name: a, type: prometheus, url: 'prometheus:9090'}",
            "36: not an HTTP URL: write for example `http://prometheus:9090`",
        ),
        (
            "{name: a, type: prometheus, url: /prometheus}",
            "36: not a URL (relative URL without a base): write for example `http://prometheus:9090`",
        ),
        (
            "{name: a, type: prometheus, url: 'http://a/?b=c'}",
            "36: the URL of a datasource has no `?` or `#` part",
        ),
        (
            "{name: '', type: prometheus, url: http://a}",
            "10: the name of a datasource must not be empty",
        ),
        (
            "{name: a, type: prometheus, url: http://a, basicAuth: true}",
            "10: `basicAuth: true` needs `basicAuthUser`",
        ),
        ("{name: a, isMain: maybe}", "21: expected `true` or `false`"),
    ] {
        let text = format!("datasources:\n- {entry}\n");
        let expected = format!("datasources.yml:2:{expected}");
        assert_eq!(fault("datasources.yml", &text), expected, "{entry}");
    }
}

#[test]
fn faults_about_who_may_enter() {
    for (text, expected) in [
        (
            "auth: everybody",
            "1:7: unknown value `everybody`, expected one of `users`, `anonymous`, `proxy`",
        ),
        (
            "auth: {proxy: {}}",
            "1:7: a proxy that says who asks must be listed under `trustedProxies`, else everybody could say it",
        ),
        (
            "trustedProxies: [10.0.0.0/8, ingress]",
            "1:30: `ingress` is not a network: write for example `10.0.0.0/8` or an address",
        ),
        (
            "trustedProxies: [::1]\nauth: {proxy: {userHeader: a b}}",
            "2:28: `a b` is not the name of a header",
        ),
        (
            "sessionDuration: 1y",
            "1:18: a session lasts between a second and 90 days",
        ),
    ] {
        assert_eq!(
            fault("venti.yml", text),
            format!("venti.yml:{expected}"),
            "{text}"
        );
    }
}

#[test]
fn no_message_shows_a_password() {
    for text in [
        "datasources:\n- name: a\n  basicAuthPassword: hunter2\n  type: graphite\n  url: x\n",
        "datasources:\n- name: a\n  type: prometheus\n  url: ftp://me:hunter2@host/\n",
        "datasources:\n- name: a\n  type: prometheus\n  url: http://me:hunter2@host:port/\n",
        "datasources:\n- name: a\n  type: prometheus\n  basicAuthPassword:\n    [hunter2]\n",
        "datasources:\n- name: a\n  type: prometheus\n  basicAuthPassword: 'hunter2\n",
    ] {
        let message = refused(&[("datasources.yml", text)]);
        assert!(!message.contains("hunter2"), "{message}");
    }
}

#[test]
fn what_works_but_deserves_a_look_is_a_fault_that_does_not_stop_the_start() {
    let config = load(&[
        (
            "datasources.yml",
            "datasources:
- {name: a, type: prometheus, url: http://a}
- {name: a, type: prometheus, url: http://b}
discovery:
  enabled: true
  byNameLethe: true
",
        ),
        ("dashboards/a.yml", "title: A\n"),
    ])
    .unwrap();
    let faults: Vec<String> = config.faults.iter().map(ToString::to_string).collect();
    assert_eq!(
        faults,
        [
            "datasources.yml:3:10: duplicate datasource name `a`: only the first is found by its name",
            "datasources.yml:5:3: `byNameLethe` is deprecated: annotate the service with `kuoss.org/datasource-type: lethe`",
        ]
    );
}

#[test]
fn a_lethe_inside_keeps_everything_unless_it_is_told_otherwise() {
    let logs = |text: &str| {
        let config = load(&[("datasources.yml", text)]).unwrap();
        match &config.datasources.entries[0].location {
            Location::InProcess(it) => (**it).clone(),
            other => panic!("{other:?}"),
        }
    };
    let plain = logs("datasources:\n- {name: a, type: lethe, path: /log}\n");
    assert_eq!(plain.maintenance().retention, Default::default());
    assert_eq!(plain.sources, Default::default());
    let full = logs(
        "datasources:
- name: a
  type: lethe
  path: /log
  retention: {time: 7d, size: 10GB}
  compressAfter: 2h
  forward: {listenAddress: ':24224', sharedKeyFile: /key, usersFile: /users}
  push: true
  journal: true
  tail:
  - {path: '/var/log/*.log', node: n1}
",
    );
    assert_eq!(full.log_data_path, Path::new("/log"));
    assert_eq!(full.retention_time.as_secs(), 7 * 86_400);
    assert_eq!(full.retention_size, 10 << 30);
    assert_eq!(full.compress_after.as_secs(), 7_200);
    let sources = full.sources;
    assert_eq!(sources.forward_address.unwrap().port, 24_224);
    assert_eq!(sources.forward_users_file.unwrap(), Path::new("/users"));
    assert!(sources.push && sources.journal);
    assert_eq!(sources.tail[0].path, "/var/log/*.log");
    assert_eq!(sources.tail[0].node.as_deref(), Some("n1"));
}

#[test]
fn what_a_lethe_inside_cannot_do_is_told_with_its_place() {
    for (keys, expected) in [
        (
            "path: /log\n  retention: {time: -1d}",
            "5:21: `-1d` is no time below 292y: write one such as `15d`, `36h` or `1d12h`",
        ),
        (
            "path: /log\n  compressAfter: soon",
            "5:18: `soon` is no time below 292y: write one such as `15d`, `36h` or `1d12h`",
        ),
        (
            "path: /log\n  forward: {listenAddress: ingest}",
            "5:28: `ingest` has no port: write `host:port`, or `:6060` for every address",
        ),
        (
            "path: /log\n  forward: {}",
            "5:12: missing key `listenAddress`",
        ),
        (
            "path: /log\n  tail: [{node: a}]",
            "5:11: missing key `path`",
        ),
        (
            "path: /log\n  retention: {tiem: 1d}",
            "5:15: unknown key `tiem`, did you mean `time`? Known here: `time`, `size`",
        ),
        (
            "url: http://a\n  push: true",
            "5:9: `push` is for a Lethe inside the server, which has a `path` and no `url`",
        ),
    ] {
        let text = format!("datasources:\n- name: a\n  type: lethe\n  {keys}\n");
        let expected = format!("datasources.yml:{expected}");
        assert_eq!(fault("datasources.yml", &text), expected, "{keys}");
    }
}
