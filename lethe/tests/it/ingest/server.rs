//! A forward listener over a temporary directory, in this process; and the
//! program as a process of its own.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{ChildStderr, Command, Stdio};
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use lethe::ingest::forward::{self, Security};
use lethe::ingest::{Counters, Ingest};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::program::Running;
use crate::support::test_clock;

/// Stops when it is dropped.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) counters: Arc<Counters>,
    pub(crate) root: TempDir,
    stop: watch::Sender<bool>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    pub(crate) fn start(security: Option<Security>) -> Server {
        let root = tempfile::tempdir().unwrap();
        let (stop, stopping) = watch::channel(false);
        let (tell, told) = std::sync::mpsc::channel();
        let below = root.path().to_owned();
        let serve = async move {
            let (ingest, ended) = Ingest::open(below, Arc::new(test_clock)).unwrap();
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let counters = Arc::clone(ingest.counters());
            tell.send((listener.local_addr().unwrap(), counters))
                .unwrap();
            forward::serve(listener, ingest, security, stopping).await;
            ended.wait().await;
        };
        let thread = thread::spawn(|| {
            let mut runtime = tokio::runtime::Builder::new_current_thread();
            runtime.enable_all().build().unwrap().block_on(serve);
        });
        let (address, counters) = told.recv().unwrap();
        Server {
            address,
            counters,
            root,
            stop,
            thread: Some(thread),
        }
    }

    /// Stops, which writes what was read.
    pub(crate) fn stop(&mut self) {
        // It may have ended already.
        let _ = self.stop.send(true);
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }

    pub(crate) fn read(&self, path: &str) -> String {
        read(self.root.path(), path)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}

/// A file of the data directory; nothing if it is missing.
pub(crate) fn read(root: &Path, path: &str) -> String {
    fs::read_to_string(root.join(path)).unwrap_or_default()
}

/// The files below a directory, relative to it and sorted.
pub(crate) fn files(root: &Path) -> Vec<String> {
    fn walk(directory: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => walk(&path, found),
                false => found.push(path),
            }
        }
    }
    let mut found = Vec::new();
    walk(root, &mut found);
    let name = |path: PathBuf| {
        path.strip_prefix(root)
            .unwrap()
            .to_str()
            .unwrap()
            .to_owned()
    };
    let mut names: Vec<String> = found.into_iter().map(name).collect();
    names.sort();
    names
}

/// The program, once it listens.
pub(crate) struct Program {
    running: Running,
    log: BufReader<ChildStderr>,
    pub(crate) api: SocketAddr,
    pub(crate) forward: Option<SocketAddr>,
}

impl Program {
    /// Starts it. `takes_forward` says whether its configuration has a forward
    /// listener.
    pub(crate) fn start(mut command: Command, takes_forward: bool) -> Program {
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap());
        let running = Running(child);
        let mut address = |of: &str| loop {
            let mut line = String::new();
            assert_ne!(log.read_line(&mut line).unwrap(), 0, "the program serves");
            if let Some((_, rest)) = line.split_once(of) {
                let address = rest.split_whitespace().next().unwrap();
                return address.parse().unwrap();
            }
        };
        let api = address(" listening address=");
        let forward = takes_forward.then(|| address(" over forward address="));
        Program {
            running,
            log,
            api,
            forward,
        }
    }

    /// As by `kill -9`.
    pub(crate) fn kill(mut self) {
        self.running.0.kill().unwrap();
        self.running.0.wait().unwrap();
    }

    /// Asks it to stop, and returns what it logged until it did so well.
    pub(crate) fn terminate(mut self) -> String {
        let id = self.running.0.id().to_string();
        let sent = Command::new("kill").args(["-TERM", &id]).status();
        assert!(sent.unwrap().success());
        let mut log = String::new();
        self.log.read_to_string(&mut log).unwrap();
        assert_eq!(self.running.0.wait().unwrap().code(), Some(0));
        log
    }

    /// Status and body of a POST.
    pub(crate) fn post(&self, path: &str, body: &str) -> (u16, String) {
        let mut connection = TcpStream::connect(self.api).unwrap();
        let len = body.len();
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {len}\r\nConnection: close\r\n\r\n"
        );
        connection.write_all(head.as_bytes()).unwrap();
        connection.write_all(body.as_bytes()).unwrap();
        let mut answer = String::new();
        connection.read_to_string(&mut answer).unwrap();
        let status = answer.get(9..12).unwrap().parse().unwrap();
        let (_, body) = answer.split_once("\r\n\r\n").unwrap();
        (status, body.to_owned())
    }
}
