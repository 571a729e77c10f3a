//! Resident memory of the program while it answers.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// The program, serving a directory until this is dropped.
pub(crate) struct Program {
    child: Child,
    address: String,
}

/// Kilobytes of a process.
pub(crate) struct Memory {
    /// The most that was resident at once, mapped files included.
    pub(crate) peak: u64,
    /// What is resident now and belongs to no file.
    pub(crate) anonymous: u64,
}

impl Program {
    pub(crate) fn start(root: &Path) -> Program {
        let directory = root.with_extension("program");
        fs::create_dir_all(&directory).unwrap();
        let path = directory.join("lethe.yaml");
        let root = root.display();
        let config = format!(
            "storage: {{log_data_path: {root}}}\nretention: {{time: '0'}}\nweb: {{listen_address: '127.0.0.1:0'}}\n"
        );
        fs::write(&path, config).unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_lethe"))
            .arg("--config")
            .arg(path)
            .env_remove("RUST_LOG")
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let log = BufReader::new(child.stderr.take().unwrap());
        let address = log
            .lines()
            .map_while(Result::ok)
            .find_map(|it| Some(it.split_once("listening address=")?.1.to_owned()))
            .expect("the program serves");
        Program { child, address }
    }

    /// Asks a path and throws the answer away.
    pub(crate) fn ask(&self, path: &str, params: &[(&str, &str)]) {
        let encode =
            |text: &str| -> String { text.bytes().map(|it| format!("%{it:02X}")).collect() };
        let pairs: Vec<String> = params
            .iter()
            .map(|(name, value)| format!("{name}={}", encode(value)))
            .collect();
        let mut connection = TcpStream::connect(&self.address).unwrap();
        write!(
            connection,
            "GET {path}?{} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
            pairs.join("&")
        )
        .unwrap();
        let mut answer = Vec::new();
        connection.read_to_end(&mut answer).unwrap();
        let head = String::from_utf8_lossy(answer.get(..12).unwrap_or_default()).into_owned();
        assert_eq!(head, "HTTP/1.1 200");
    }

    pub(crate) fn memory(&self) -> Memory {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let field = |name: &str| {
            let line = status.lines().find_map(|it| it.strip_prefix(name));
            line.and_then(|it| it.split_whitespace().next()?.parse().ok())
                .unwrap_or(0)
        };
        Memory {
            peak: field("VmHWM:"),
            anonymous: field("RssAnon:"),
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // One that has ended already need not be ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
