//! The program with the frontend inside, in a directory without any file.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use reqwest::header;

use crate::support::app::{client, raw_get};

/// The program, ended with this value.
struct Program {
    child: Child,
    address: String,
}

impl Program {
    fn start_in_an_empty_directory() -> (Self, tempfile::TempDir) {
        let dir = tempfile::tempdir().unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_venti-server"))
            .args(["--listen", "127.0.0.1:0", "--log-format", "json"])
            .current_dir(dir.path())
            .env_clear()
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let log = BufReader::new(child.stderr.take().unwrap());
        let listening = log.lines().map_while(Result::ok).find_map(|line| {
            let line: serde_json::Value = serde_json::from_str(&line).ok()?;
            Some(line["address"].as_str()?.to_owned())
        });
        let address = listening.unwrap();
        (Self { child, address }, dir)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test]
async fn it_serves_the_page_and_its_files_compressed() {
    let (program, _dir) = Program::start_in_an_empty_directory();
    let get = async |path: &str, encoding: &str| {
        let request = client().get(format!("http://{}{path}", program.address));
        let request = request.header(header::ACCEPT_ENCODING, encoding);
        request.send().await.unwrap()
    };
    let page = get("/dashboards/any", "identity").await;
    assert_eq!(page.status(), 200);
    assert!(page.headers().contains_key(header::CONTENT_SECURITY_POLICY));
    let page = page.text().await.unwrap();
    let start = page.find("venti-").unwrap();
    let script = page[start..].split('.').next().unwrap();
    for (encoding, sent) in [
        ("br, gzip", Some("br")),
        ("gzip", Some("gzip")),
        ("identity", None),
    ] {
        let file = get(&format!("/{script}.js"), encoding).await;
        assert_eq!(file.status(), 200);
        let found = file.headers().get(header::CONTENT_ENCODING);
        assert_eq!(found.map(|it| it.to_str().unwrap()), sent);
        assert_eq!(file.headers()[header::CONTENT_TYPE], "text/javascript");
        assert_eq!(
            file.headers()[header::CACHE_CONTROL],
            "public, max-age=31536000, immutable"
        );
    }
    assert_eq!(get("/venti-0000000000000000.js", "br").await.status(), 404);
    let outside = raw_get(program.address.parse().unwrap(), "/../server/Cargo.toml").await;
    assert!(outside.contains("<title>Venti</title>"), "{outside}");
}
