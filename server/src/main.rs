//! `venti-server`: arguments, configuration, log, serving.

mod commands;

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::SystemTime;

use anyhow::Context;
use clap::{Args, Parser, Subcommand};
use tokio::net::TcpListener;
use venti_server::alerting::{self, Notifier, Time};
use venti_server::config::{self, BasePath, Loader, LogFormat, Overrides};
use venti_server::datasource::{discovery, health, logs};
use venti_server::notify::Notifications;
use venti_server::{App, Setup, check, limits, serve, shutdown, telemetry, watch};

/// The system's takes a fifth of the time of a small request, and musl's, in the static program, more.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Serves dashboards over metrics and logs.
#[derive(Debug, Parser)]
#[command(version, args_conflicts_with_subcommands = true)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    serve: ServeArguments,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Check a configuration directory, and fail when something in it does not work
    Check {
        /// The directory
        #[arg(default_value = "etc", env = "VENTI_CONFIG")]
        dir: PathBuf,
        /// Fail for warnings too
        #[arg(long)]
        strict: bool,
    },
    /// Read a password and print its hash for users.yml
    HashPassword,
    /// Make a token for a script, and print it with its lines for users.yml
    Token {
        /// What the log calls the script
        name: String,
        /// Let it also act, not only look
        #[arg(long)]
        admin: bool,
    },
    /// Test without a server what a configuration does
    #[command(subcommand)]
    Test(TestCommand),
}

#[derive(Debug, Subcommand)]
enum TestCommand {
    /// Run unit tests of alert rules, in the format of `promtool test rules` and with log lines.
    ///
    /// Ends with 1 when something is not as expected, and with 2 when something could not be
    /// tested here
    Rules {
        /// Files of tests
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// The program that is started to answer PromQL
        #[arg(long, default_value = "prometheus")]
        prometheus: PathBuf,
    },
}

#[derive(Debug, Args)]
struct ServeArguments {
    /// Directory with venti.yml, datasources.yml and dashboards/ [default: etc, if there is one]
    #[arg(long, env = "VENTI_CONFIG")]
    config: Option<PathBuf>,
    /// Directory of what the server keeps
    #[arg(long, env = "VENTI_DATA", default_value = "data")]
    data: PathBuf,
    /// Address and port to listen on
    #[arg(long, env = "VENTI_LISTEN", default_value = "0.0.0.0:3030")]
    listen: SocketAddr,
    /// Directory of the built frontend [default: the one inside the program, else dist]
    #[arg(long, env = "VENTI_FRONTEND")]
    frontend: Option<PathBuf>,
    /// Path under which browsers find the server, such as /venti/
    #[arg(long, env = "VENTI_BASE_PATH")]
    base_path: Option<BasePath>,
    /// How lines of the log look
    #[arg(long, env = "VENTI_LOG_FORMAT")]
    log_format: Option<LogFormat>,
}

impl ServeArguments {
    fn loader(&self) -> Loader {
        let loader = match &self.config {
            Some(dir) => Loader::new(dir, &self.data),
            None => Loader::new("etc", &self.data).or_defaults(),
        };
        loader.with_overrides(Overrides {
            log_format: self.log_format,
            base_path: self.base_path.clone(),
        })
    }

    /// As they are shown by the server. None of them is a secret.
    fn flags(&self) -> BTreeMap<String, String> {
        let config = self.config.clone().unwrap_or_else(|| "etc".into());
        let given = [
            ("config", config.display().to_string()),
            ("data", self.data.display().to_string()),
            ("listen", self.listen.to_string()),
        ];
        let frontend = self.frontend.as_ref();
        let optional = [
            ("frontend", frontend.map(|it| it.display().to_string())),
            (
                "base-path",
                self.base_path.as_ref().map(ToString::to_string),
            ),
            (
                "log-format",
                self.log_format.map(|it| format!("{it:?}").to_lowercase()),
            ),
        ];
        let optional = optional
            .into_iter()
            .filter_map(|(name, it)| Some((name, it?)));
        given
            .into_iter()
            .chain(optional)
            .map(|(name, value)| (name.to_owned(), value))
            .collect()
    }
}

fn main() -> anyhow::Result<ExitCode> {
    let arguments = Arguments::parse();
    match arguments.command {
        Some(Command::Check { dir, strict }) => {
            let found = check::check(dir, &mut io::stdout().lock())?;
            let bad = found.errors > 0 || (strict && found.warnings > 0);
            Ok(ExitCode::from(u8::from(bad)))
        }
        Some(Command::HashPassword) => commands::hash_password().map(|()| ExitCode::SUCCESS),
        Some(Command::Token { name, admin }) => {
            commands::token(&name, admin).map(|()| ExitCode::SUCCESS)
        }
        Some(Command::Test(TestCommand::Rules { files, prometheus })) => {
            commands::test_rules(&files, &prometheus)
        }
        None => run(arguments.serve).map(|()| ExitCode::SUCCESS),
    }
}

#[tokio::main]
async fn run(arguments: ServeArguments) -> anyhow::Result<()> {
    let loader = arguments.loader();
    let dir = loader.dir().display().to_string();
    let app = App::new(Setup {
        loader,
        flags: arguments.flags(),
        frontend: arguments.frontend,
        clock: SystemTime::now,
    })
    .with_context(|| format!("cannot start with the configuration in {dir}"))?;
    let live = app.live();
    let telemetry = telemetry::start(&live.config.settings);
    config::log_faults(&live.faults(), &[]);
    limits::raise_open_files();
    let listener = TcpListener::bind(arguments.listen)
        .await
        .with_context(|| format!("cannot listen on {}", arguments.listen))?;
    tracing::info!(address = %listener.local_addr()?, "listening");
    let store = alerting::open_store(&app);
    let notifications = Notifications::start(app.clone(), store.clone());
    let notifier: Option<Arc<dyn Notifier>> = Some(Arc::new(notifications.clone()));
    let time = Time::system(SystemTime::now);
    let logs = tokio::spawn(logs::run(app.clone()));
    let background = async {
        tokio::join!(
            watch::run(app.clone()),
            telemetry.follow(app.clone()),
            health::run(app.clone()),
            discovery::run(app.clone(), discovery::Cluster::default()),
            alerting::run(app.clone(), time, store, notifier)
        )
    };
    let served = tokio::select! {
        served = serve(listener, app.clone(), shutdown::requested()) => served.context("cannot serve"),
        _ = background => return Ok(()),
    };
    notifications.drain().await;
    // Lines that were taken over are still being written.
    logs.await.context("cannot leave the logs in order")?;
    served
}
