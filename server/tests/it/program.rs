//! The program as it is started: what it says when it cannot start.

use std::process::{Command, Output};

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
