//! The program as it is started: what it says when it cannot start, and what else it does.

use std::io::Write;
use std::process::{Command, Output, Stdio};

use venti_server::auth::{PasswordHash, TokenHash};

use crate::support::app::write_files;

/// Runs the program over these files until it gives up.
fn start(files: &[(&str, &str)], arguments: &[&str]) -> Output {
    let dir = tempfile::tempdir().unwrap();
    write_files(dir.path(), files);
    Command::new(env!("CARGO_BIN_EXE_venti-server"))
        .current_dir(dir.path())
        .env_clear()
        .args(arguments)
        .output()
        .unwrap()
}

fn refusal(files: &[(&str, &str)], arguments: &[&str]) -> String {
    let output = start(files, arguments);
    assert!(!output.status.success());
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn a_fault_in_a_file_is_told_with_its_place() {
    let files = [(
        "etc/datasources.yml",
        "datasources:\n- name: a\n  typ: lethe\n",
    )];
    let text = refusal(&files, &[]);
    assert!(
        text.contains("cannot start with the configuration in etc"),
        "{text}"
    );
    assert!(
        text.contains("datasources.yml:3:3: unknown key `typ`, did you mean `type`?"),
        "{text}"
    );
}

#[test]
fn a_wrong_directory_is_told_with_what_to_do() {
    let text = refusal(&[], &["--config", "nowhere"]);
    assert!(
        text.contains("cannot start with the configuration in nowhere"),
        "{text}"
    );
    assert!(text.contains("there is no directory nowhere"), "{text}");
}

#[test]
fn an_address_in_use_is_told() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let files = [("etc/datasources.yml", "datasources: []\n")];
    let text = refusal(&files, &["--listen", &address]);
    assert!(
        text.contains(&format!("cannot listen on {address}")),
        "{text}"
    );
}

#[test]
fn a_password_from_a_pipe_becomes_a_hash() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_venti-server"))
        .arg("hash-password")
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(b"open sesame\n").unwrap();
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    let hash: PasswordHash = String::from_utf8(output.stdout)
        .unwrap()
        .trim()
        .parse()
        .unwrap();
    assert!(hash.matches("open sesame"));
}

#[test]
fn a_token_comes_with_the_lines_that_let_it_in() {
    let output = start(&[], &["token", "back: up", "--admin"]);
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    let (token, _) = text.split_once('\n').unwrap();
    assert!(token.starts_with("venti_"), "{text}");
    let (_, lines) = text.split_once("tokens:\n").unwrap();
    let hash = TokenHash::of(token);
    assert_eq!(
        lines,
        format!("- name: \"back: up\"\n  hash: {hash}\n  isAdmin: true\n")
    );
}

#[test]
fn a_data_directory_that_cannot_be_used_is_told() {
    let files = [
        ("etc/datasources.yml", "datasources: []\n"),
        ("data/session-key", "not a key\n"),
    ];
    let text = refusal(&files, &[]);
    assert!(
        text.contains("cannot use data/session-key of the data directory: it does not hold a key"),
        "{text}"
    );
}

/// Exit code and output of `check` over these files.
fn check(files: &[(&str, &str)], arguments: &[&str]) -> (Option<i32>, String) {
    let arguments: Vec<&str> = [&["check"], arguments].concat();
    let output = start(files, &arguments);
    (
        output.status.code(),
        String::from_utf8(output.stdout).unwrap(),
    )
}

const GOOD: [(&str, &str); 3] = [
    (
        "etc/datasources.yml",
        "datasources:\n- {name: a, type: prometheus, url: http://a}\n",
    ),
    ("etc/dashboards/a.yml", "title: A\n"),
    (
        "etc/alertrules/a.yml",
        "groups:\n- name: a\n  rules:\n  - alert: Down\n    expr: up == 0\n",
    ),
];

#[test]
fn check_is_content_with_what_is_good() {
    assert_eq!(
        check(&GOOD, &["--strict"]),
        (
            Some(0),
            "etc: 1 datasources, 1 dashboards, 1 rule files; 0 errors, 0 warnings\n".to_owned()
        )
    );
}

#[test]
fn check_lists_every_fault_of_every_file_and_fails() {
    let files = [
        ("conf/venti.yml", "logLevel: verbose\n"),
        (
            "conf/datasources.yml",
            "datasources: []\nbasicAuthPassword: hunter2\n",
        ),
        (
            "conf/dashboards/a.yml",
            "title: A\nrows:\n- panels:\n  - targets:\n    - expr: sum(up\n",
        ),
        (
            "conf/alertrules/a.yml",
            "groups:\n- name: a\n  rules:\n  - alert: Down\n    expr: sum(up\n",
        ),
    ];
    let (code, output) = check(&files, &["conf"]);
    assert_eq!(code, Some(1));
    for part in [
        "venti.yml:1:11: error: unknown value `verbose`",
        "datasources.yml:2:1: error: unknown key `basicAuthPassword`",
        "2 | basicAuthPassword: <hidden>",
        "dashboards/a.yml:5:13: error: not PromQL: ",
        "alertrules/a.yml:5:",
        "5 |     - expr: sum(up",
    ] {
        assert!(output.contains(part), "{part} is missing in\n{output}");
    }
}

#[test]
fn check_fails_for_warnings_only_when_asked_to() {
    let second = ("etc/dashboards/b.yml", "title: A\n");
    let files = [GOOD[0], GOOD[1], second];
    assert_eq!(check(&files, &[]).0, Some(0));
    let (code, output) = check(&files, &["--strict"]);
    assert_eq!(code, Some(1));
    assert!(
        output.contains("b.yml:1:8: warning: the title `A` is taken"),
        "{output}"
    );
    assert_eq!(check(&[], &["nowhere"]).0, Some(1));
}

/// The server says so on its Status page; a CI has no server.
#[test]
fn a_check_tells_of_rules_that_ask_nobody() {
    let rules = "datasourceSelector: {system: sub}\ngroups:\n- name: g\n  rules:\n  - {alert: A, expr: up == 0}\n  - {alert: B, expr: up == 0}\n";
    let files = [
        (
            "etc/datasources.yml",
            "datasources:\n- {name: p, type: prometheus, url: 'http://p:9090'}\n",
        ),
        ("etc/alertrules/sub.yml", rules),
        ("etc/dashboards/a.yml", "title: A\n"),
    ];
    let (code, text) = check(&files, &[]);
    let expected = "alertrules/sub.yml: warning: 2 of its rules: `datasourceSelector` selects no datasource of the type `prometheus`: the rule is not evaluated\n";
    assert_eq!(code, Some(0));
    assert!(text.starts_with(expected), "{text}");
    assert_eq!(check(&files, &["--strict"]).0, Some(1));
}
