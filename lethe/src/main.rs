//! The program `lethe`: arguments, configuration, log, and what is asked for.

use std::io::{self, IsTerminal, Write};
use std::num::{NonZeroU64, NonZeroUsize};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, bail};
use clap::{Parser, Subcommand};
use lethe::config::{Config, ListenAddress};
use lethe::ingest::Ingestion;
use lethe::letheql::Query;
use lethe::program::{self, Moment, Printed, Question};
use lethe::search::TimeRange;
use lethe::{Lethe, http};
use tokio::sync::watch;
use tracing_subscriber::EnvFilter;

/// A log database over plain files.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// Configuration file [default: lethe.yaml in etc or ../etc, if there is one]
    #[arg(long, global = true, env = "LETHE_CONFIG")]
    config: Option<PathBuf>,
    /// Take lines over Fluent Forward, at :24224 or another address
    #[arg(long, value_name = "ADDRESS", require_equals = true, num_args = 0..=1)]
    #[arg(default_missing_value = ":24224")]
    forward: Option<ListenAddress>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the API, rotate and pack files (the default)
    Serve,
    /// Read the configuration and say what is wrong with it
    Check,
    /// Print the lines that a query selects, newest last, or the numbers it counts
    Query {
        /// Such as 'pod{namespace="default"} |= "error"'
        query: String,
        /// First time: now-1h, RFC 3339, or seconds since 1970
        #[arg(long, default_value = "now-1h")]
        from: Moment,
        /// Last time
        #[arg(long, default_value = "now")]
        to: Moment,
        /// How many lines, the newest ones [default: query.limit of the configuration]
        #[arg(long)]
        limit: Option<NonZeroUsize>,
        /// Of a query that counts, the time between two values; without it, there is one at `--to`
        #[arg(long, value_parser = program::step)]
        step: Option<NonZeroU64>,
        /// Go on with lines as they are written, until Ctrl-C
        #[arg(long, conflicts_with_all = ["to", "step"])]
        follow: bool,
        /// Print the answer of the API
        #[arg(long)]
        json: bool,
    },
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(io::stderr().is_terminal())
        .with_writer(io::stderr)
        .init();
    let mut config = load(arguments.config)?;
    match arguments.command.unwrap_or(Command::Serve) {
        Command::Serve => {
            let forward = &mut config.sources.forward_address;
            *forward = arguments.forward.or_else(|| forward.take());
            serve(config).await
        }
        Command::Check => {
            tracing::info!("the configuration can be used");
            Ok(())
        }
        Command::Query {
            query,
            from,
            to,
            limit,
            step,
            follow,
            json,
        } => {
            let lethe = Arc::new(Lethe::open(config.options()));
            let now = lethe.now();
            let question = Question {
                range: TimeRange {
                    start: from.instant(now).into(),
                    end: to.instant(now).into(),
                },
                limit: limit.map(NonZeroUsize::get),
                step_millis: step.map(NonZeroU64::get),
                json,
            };
            let asked = match (Query::parse(&query)?, follow) {
                (Query::Logs(query), true) => question.follow(lethe, query, show).await,
                (Query::Metric(_), true) => {
                    bail!("numbers cannot be followed: leave `--follow` out")
                }
                (query, false) => show(&question.ask(&lethe, query).await?),
            };
            match asked.err().map(anyhow::Error::downcast::<io::Error>) {
                None => Ok(()),
                // Whoever reads the lines has seen enough.
                Some(Ok(error)) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
                Some(Ok(error)) => Err(error).context("cannot print"),
                Some(Err(error)) => Err(error),
            }
        }
    }
}

fn show(printed: &Printed) -> anyhow::Result<()> {
    for warning in &printed.warnings {
        tracing::warn!("{warning}");
    }
    io::stdout().lock().write_all(&printed.text)?;
    Ok(())
}

/// The file that was named or found, or the defaults.
fn load(path: Option<PathBuf>) -> anyhow::Result<Config> {
    let Some(path) = path.or_else(|| Config::find(Path::new(""))) else {
        tracing::warn!("there is no configuration file: defaults are used");
        return Ok(Config::default());
    };
    let (config, faults) = Config::load(&path)?;
    for fault in faults {
        tracing::warn!("{fault}");
    }
    Ok(config)
}

async fn serve(config: Config) -> anyhow::Result<()> {
    let lethe = Arc::new(Lethe::open(config.options()));
    let listener = (config.listen_address.bind().await)
        .with_context(|| format!("cannot listen on {}", config.listen_address))?;
    tracing::info!(address = %listener.local_addr()?, "listening");
    let (stopping, stop) = watch::channel(false);
    tokio::spawn(async move {
        program::requested().await;
        // Nobody listens any more only when serving has already ended.
        let _ = stopping.send(true);
    });
    let ingestion = Ingestion::start(&config, &stop).await?;
    if let Some(counters) = ingestion.counters() {
        lethe.watch_ingestion(counters);
    }
    let router = http::router(Arc::clone(&lethe)).merge(ingestion.router(&config));
    let mut asked = stop.clone();
    let asked = async move {
        // An error means that nobody can ask for it any more.
        let _ = asked.wait_for(|stop| *stop).await;
    };
    let served = tokio::select! {
        ended = program::serve(listener, router, asked) => ended.context("cannot serve"),
        () = lethe.maintain(config.maintenance()) => Ok(()),
    };
    ingestion.end().await;
    served
}
