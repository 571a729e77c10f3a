//! A server of its own, as a process whose memory can be read.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// A running server; it ends with this value.
pub(crate) struct Server {
    pub(crate) url: String,
    process: Child,
}

/// In bytes.
pub(crate) struct Memory {
    pub(crate) resident: u64,
    /// The most that was ever resident.
    pub(crate) peak: u64,
}

impl Server {
    /// Starts with the datasources `prometheus` and `counted`.
    pub(crate) async fn start(dir: &Path, prometheus: &str, counted: &str) -> Server {
        let etc = dir.join("etc");
        std::fs::create_dir(&etc).unwrap();
        let datasources = format!(
            "datasources:
- {{name: prometheus, type: prometheus, url: '{prometheus}'}}
- {{name: counted, type: prometheus, url: '{counted}'}}
"
        );
        std::fs::write(etc.join("datasources.yml"), datasources).unwrap();
        std::fs::write(etc.join("venti.yml"), "auth: anonymous\n").unwrap();
        let address = free_address();
        let process = Command::new(env!("CARGO_BIN_EXE_venti-server"))
            .args(["--listen", &address])
            .arg("--config")
            .arg(&etc)
            .arg("--data")
            .arg(dir.join("server-data"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let url = format!("http://{address}");
        while reqwest::get(format!("{url}/-/ready")).await.is_err() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Server { url, process }
    }

    pub(crate) fn memory(&self) -> Memory {
        let status = format!("/proc/{}/status", self.process.id());
        let status = std::fs::read_to_string(status).unwrap();
        let bytes = |name: &str| {
            let line = status.lines().find(|it| it.starts_with(name)).unwrap();
            let kib: u64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
            kib << 10
        };
        Memory {
            resident: bytes("VmRSS:"),
            peak: bytes("VmHWM:"),
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A port that was free a moment ago.
pub(crate) fn free_address() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().to_string()
}
