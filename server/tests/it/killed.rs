//! The program is killed at once and started again: who was logged in still is, who had logged out
//! stays out, and nothing half-written is in the way.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::support::app::{client, write_files};

/// `hunter2`, at bcrypt's lowest cost.
const USERS: &str = "users:
- {username: ana, hash: $2y$04$gfYfchIng4242xXVsVQFdedIQbHzgSVe5AdyFg6O3SHKwqRbeWwbi}
";

/// The running program; it is killed with this value.
struct Program {
    child: Child,
    url: String,
}

impl Program {
    async fn start(dir: &Path) -> Program {
        let port = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = port.local_addr().unwrap().to_string();
        drop(port);
        let child = Command::new(env!("CARGO_BIN_EXE_venti-server"))
            .current_dir(dir)
            .env_clear()
            .args(["--listen", &address])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut program = Program {
            child,
            url: format!("http://{address}"),
        };
        let ready = format!("{}/-/ready", program.url);
        while client().get(&ready).send().await.is_err() {
            assert_eq!(program.child.try_wait().unwrap(), None, "it has ended");
            tokio::task::yield_now().await;
        }
        program
    }

    async fn log_in(&self) -> String {
        let post = client().post(format!("{}/auth/login", self.url));
        let post = post.header("content-type", "application/x-www-form-urlencoded");
        let answer = post.body("username=ana&password=hunter2").send();
        let body = answer.await.unwrap().bytes().await.unwrap();
        let body: Value = serde_json::from_slice(&body).unwrap();
        body["token"].as_str().unwrap().to_owned()
    }

    async fn log_out(&self, token: &str) {
        let post = client().post(format!("{}/auth/logout", self.url));
        let answer = post.bearer_auth(token).send().await.unwrap();
        assert_eq!(answer.status(), 200);
    }

    async fn status_with(&self, token: &str) -> u16 {
        let get = client().get(format!("{}/api/v1/dashboards", self.url));
        let answer = get.bearer_auth(token).send().await.unwrap();
        answer.status().as_u16()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // SIGKILL: it gets no chance to put anything in order.
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

#[tokio::test]
async fn who_was_inside_stays_inside_and_who_left_stays_out() {
    let dir = tempfile::tempdir().unwrap();
    let datasources = "datasources: []\n";
    let files = [
        ("etc/datasources.yml", datasources),
        ("etc/users.yml", USERS),
    ];
    write_files(dir.path(), &files);
    let program = Program::start(dir.path()).await;
    let (inside, outside) = (program.log_in().await, program.log_in().await);
    program.log_out(&outside).await;
    drop(program);
    for _ in 0..3 {
        let program = Program::start(dir.path()).await;
        assert_eq!(program.status_with(&inside).await, 200);
        assert_eq!(program.status_with(&outside).await, 401);
        let another = program.log_in().await;
        program.log_out(&another).await;
        drop(program);
        let program = Program::start(dir.path()).await;
        assert_eq!(program.status_with(&another).await, 401);
    }
}
