//! Small instant queries a second, beside nginx with kept connections.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use venti_local::find;

use crate::line;
use crate::server::free_address;

/// Rounds of each, in turns; the best counts, since others use the machine too.
const ROUNDS: usize = 3;

pub(crate) fn measure(dir: &Path, prometheus: &str, server: &str) {
    let (Some(wrk), Some(nginx)) = (find::program(&["wrk"]), find::program(&["nginx"])) else {
        println!("throughput: not measured without nginx and wrk (deploy/local/install.sh bench)");
        return;
    };
    let proxy = Nginx::start(&nginx, dir, prometheus);
    let rate = |path: &str, url: &str, time: &str| {
        let script = dir.join("ask.lua");
        let text = format!(
            "local i = 0\nrequest = function()\n  i = i + 1\n  return wrk.format('GET', '{path}query=vector(1)' .. {time})\nend\n"
        );
        std::fs::write(&script, text).unwrap();
        run(&wrk, &script, url)
    };
    // Another time for each request, so that nothing is shared; always now, as those under way at
    // a moment share an answer; or always the same time, whose answer holds for a moment.
    let [other, now, same] = ["'&time=' .. i", "''", "'&time=1'"];
    let [mut direct, mut beside, mut through, mut shared, mut kept] = [0.0_f64; 5];
    for _ in 0..ROUNDS {
        direct = direct.max(rate("/api/v1/query?", prometheus, other));
        beside = beside.max(rate("/api/v1/query?", &proxy.url, other));
        let path = "/remote/query?dsName=prometheus&";
        through = through.max(rate(path, server, other));
        shared = shared.max(rate(path, server, now));
        kept = kept.max(rate(path, server, same));
    }
    let report = |what: &str, rate: f64, budget: &str| {
        let what = format!("queries a second, {what} ({rate:.0})");
        line(&what, format!("{:.2} x nginx", rate / beside), budget);
    };
    report("direct", direct, "");
    report("nginx", beside, "");
    report("venti, all different", through, "0.9 x");
    report("venti, all about now", shared, "0.9 x");
    report("venti, all of one moment", kept, "");
}

/// Requests a second.
fn run(wrk: &Path, script: &Path, url: &str) -> f64 {
    let output = Command::new(wrk)
        .args(["-t1", "-c16", "-d4s", "-s"])
        .arg(script)
        .arg(url)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(!text.contains("Non-2xx"), "{text}");
    let rate = text.lines().find_map(|it| it.strip_prefix("Requests/sec:"));
    rate.unwrap_or_else(|| panic!("{text}"))
        .trim()
        .parse()
        .unwrap()
}

/// nginx on loopback, with files of its own; it ends with this value.
struct Nginx {
    url: String,
    process: Child,
}

impl Nginx {
    fn start(program: &Path, dir: &Path, prometheus: &str) -> Nginx {
        let address = free_address();
        let home = dir.join("nginx");
        std::fs::create_dir(&home).unwrap();
        let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|it| format!("  {it}_temp_path {}/{it};\n", home.display()))
            .concat();
        let upstream = prometheus.trim_start_matches("http://");
        let config = format!(
            "daemon off;
pid {home}/pid;
error_log {home}/error.log;
worker_processes auto;
events {{}}
http {{
  access_log off;
{temporary}  keepalive_requests 1000000;
  upstream prometheus {{ server {upstream}; keepalive 64; keepalive_requests 1000000; }}
  server {{
    listen {address};
    location / {{
      proxy_pass http://prometheus;
      proxy_http_version 1.1;
      proxy_set_header Connection \"\";
    }}
  }}
}}
",
            home = home.display()
        );
        let file = home.join("nginx.conf");
        std::fs::write(&file, config).unwrap();
        let process = Command::new(program)
            .arg("-p")
            .arg(&home)
            .arg("-c")
            .arg(&file)
            .arg("-e")
            .arg(home.join("error.log"))
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        while std::net::TcpStream::connect(&address).is_err() {
            std::thread::sleep(Duration::from_millis(20));
        }
        let url = format!("http://{address}");
        Nginx { url, process }
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // The master ends its workers when it is asked to; killed, it would leave them.
        let pid = self.process.id().to_string();
        let _ = Command::new("kill").arg(pid).status();
        let _ = self.process.wait();
    }
}
