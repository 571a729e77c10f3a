//! The real program over a directory that outlives it.

use std::cell::Cell;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use crate::support::app::write_files;

/// How the program is started, and where.
pub(super) struct Program {
    dir: TempDir,
    outside: String,
    /// How often it was started.
    starts: Cell<u32>,
}

impl Program {
    /// Everything it talks to is below `outside`. One alert is held back for `hold`.
    pub(super) fn new(outside: &str, hold: Duration) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let datasources =
            format!("datasources:\n- {{name: p, type: prometheus, url: '{outside}/prometheus'}}\n");
        let rules = format!(
            "groups:
- name: g
  rules:
  - alert: Broken
    expr: broken
    annotations: {{summary: 'alert-{{{{ $labels.number }}}};'}}
  - alert: Held
    expr: held
    for: {}s
    annotations: {{summary: 'alert-{{{{ $labels.number }}}};'}}
",
            hold.as_secs()
        );
        let files = [
            ("etc/venti.yml", "auth: anonymous\n"),
            ("etc/datasources.yml", &datasources),
            ("etc/alertrules/r.yml", &rules),
            ("token", "xoxb-1"),
        ];
        write_files(dir.path(), &files);
        Self {
            dir,
            outside: outside.to_owned(),
            starts: Cell::default(),
        }
    }

    /// Receivers are called by a path with the server's number: what one that was killed has
    /// sent may arrive after the next was started.
    fn configure(&self) {
        let life = self.starts.get() + 1;
        self.starts.set(life);
        let outside = &self.outside;
        let alerting = format!(
            "alerting:
  evaluation_interval: 100ms
  resend_delay: 5s
  alertmanagers:
  - static_configs: [{{targets: ['{outside}/alertmanager']}}]
  receivers:
  - name: slack
    slack: {{token_file: '{{dir}}/token', channel: C1, api_url: '{outside}/slack/{life}'}}
    match: {{alertname: '.+'}}
    group_by: [number]
    group_wait: 0s
    group_interval: 0s
  - name: hook
    webhook: {{url: '{outside}/hook/{life}'}}
    match: {{alertname: '.+'}}
    group_by: [number]
    group_wait: 0s
    group_interval: 0s
"
        );
        write_files(self.dir.path(), &[("etc/alerting.yml", &alerting)]);
    }

    pub(super) fn start(&self) -> Child {
        self.spawn(
            Command::new(env!("CARGO_BIN_EXE_venti-server")),
            "127.0.0.1:0",
        )
    }

    /// The same at an address, for a program that is told when a file may not grow, instead of
    /// killed.
    pub(super) fn start_on_small_disk(&self, listen: &str) -> Child {
        let mut shell = Command::new("/bin/sh");
        let ignores = "trap '' XFSZ; exec \"$0\" \"$@\"";
        shell.args(["-c", ignores, env!("CARGO_BIN_EXE_venti-server")]);
        self.spawn(shell, listen)
    }

    fn spawn(&self, mut command: Command, listen: &str) -> Child {
        self.configure();
        command
            .current_dir(self.dir.path())
            .env_clear()
            .args(["--listen", listen])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap()
    }
}
