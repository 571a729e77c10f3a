//! `make run`: starts the local stack, says where it is, and ends it on Ctrl-C.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use anyhow::Context;
use clap::Parser;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use venti_local::{Part, Ports, Running, Stack};

/// How often the parts are looked after.
const WATCH: Duration = Duration::from_millis(200);

/// Starts Prometheus, node-exporter and venti-server on loopback.
#[derive(Debug, Parser)]
struct Args {
    /// Everything that the stack writes: series, logs, generated settings
    #[arg(long, default_value = "data")]
    data: PathBuf,
    /// Configuration directory; its datasources are replaced by those started here
    #[arg(long, default_value = "etc")]
    config: PathBuf,
    /// The built frontend
    #[arg(long, default_value = "dist")]
    frontend: PathBuf,
    /// The venti-server executable [default: the one beside this program]
    #[arg(long)]
    server: Option<PathBuf>,
    /// Print the resident memory of the idle server, and end
    #[arg(long)]
    memory: bool,
}

fn main() -> ExitCode {
    tracing_subscriber::fmt().with_writer(io::stderr).init();
    match run(Args::parse()) {
        Ok(code) => code,
        Err(error) => {
            say(&format!("venti-local: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn run(args: Args) -> anyhow::Result<ExitCode> {
    let interrupted = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM, SIGHUP] {
        signal_hook::flag::register(signal, Arc::clone(&interrupted))?;
    }
    let server = args.server.map_or_else(beside_this_program, Ok)?;
    let ports = if args.memory {
        Ports::Any
    } else {
        Ports::Usual
    };
    let stack = Stack::new(args.data, args.config, server, args.frontend)
        .ports(ports)
        .journal(!args.memory)
        .interrupted_by(Arc::clone(&interrupted))
        .start()?;
    if args.memory {
        say(&format!("{} KiB", resident_kib(&stack)?));
        return Ok(ExitCode::SUCCESS);
    }
    say(&introduction(&stack));
    watch(&stack, &interrupted)
}

/// Returns when the stack shall end. The others run on without Prometheus or
/// node-exporter, as they would in a cluster; without the server they are of no
/// use.
fn watch(stack: &Running, interrupted: &AtomicBool) -> anyhow::Result<ExitCode> {
    while !interrupted.load(Ordering::Relaxed) {
        for ended in stack.take_ended() {
            say(&format!("venti-local: {ended}"));
            if ended.part == Part::Server {
                return Ok(ExitCode::FAILURE);
            }
        }
        thread::sleep(WATCH);
    }
    say("\nstopping");
    Ok(ExitCode::SUCCESS)
}

fn introduction(stack: &Running) -> String {
    let mut text = String::new();
    for part in Part::ALL {
        let (name, port, usual) = (part.name(), stack.port(part), part.usual_port());
        if stack.missing().contains(&part) {
            text += &format!("  {name:<14} is not installed: panels that need it will say so\n");
        } else if port != usual {
            text += &format!(
                "  {name:<14} {}  (port {usual} is taken)\n",
                stack.url(part)
            );
        } else {
            text += &format!("  {name:<14} {}\n", stack.url(part));
        }
    }
    let (logs, url) = (stack.logs().display(), stack.url(Part::Server));
    format!(
        "\n{text}  {:<14} {logs}\n\nVenti runs at {url}\nNobody has to log in here. Ctrl-C stops everything.",
        "logs"
    )
}

/// Resident memory of the server, as the kernel counts it.
fn resident_kib(stack: &Running) -> anyhow::Result<u64> {
    let pid = stack.pid(Part::Server).context("the server has ended")?;
    let path = format!("/proc/{pid}/status");
    let status =
        std::fs::read_to_string(&path).with_context(|| format!("could not read {path}"))?;
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = resident.and_then(|it| it.split_whitespace().next()?.parse().ok());
    kib.with_context(|| format!("{path} does not say VmRSS"))
}

fn beside_this_program() -> anyhow::Result<PathBuf> {
    let this = std::env::current_exe().context("could not tell where this program is")?;
    Ok(this.with_file_name("venti-server"))
}

/// A terminal that is gone is no reason to leave the children behind.
fn say(text: &str) {
    writeln!(io::stdout(), "{text}").ok();
}
