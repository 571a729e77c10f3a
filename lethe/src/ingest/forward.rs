//! Fluent Forward: what Fluent Bit, Fluentd and their client libraries speak,
//! by [the specification](https://github.com/fluent/fluentd/wiki/Forward-Protocol-Specification-v1).
//!
//! All four modes are understood, events with metadata as Fluent Bit 2 sends
//! them, acknowledgements by `chunk`, compression with gzip and zstd, and the
//! handshake with a shared key, with or without users. UDP heartbeats are answered.
//!
//! A message that makes no sense ends its connection and nothing else: what
//! follows it cannot be told from it. `size` is a hint that nothing needs.
//!
//! # Bounds
//!
//! | | |
//! |---|---|
//! | connections | 512; more are closed at once |
//! | bytes of a message | 16 MiB; 64 MiB once unpacked |
//! | connections in the middle of a message beyond 1 MiB | 16; others wait |
//! | values within values | 32 |
//! | silence in the middle of a message or of the handshake | 1 minute |
//! | silence between messages | 1 hour |
//! | messages of a connection that wait for the disk | 64 |

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream, UdpSocket};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::Ingest;

mod acknowledge;
mod connection;
mod event;
mod frames;
mod handshake;
mod message;
mod secrets;

pub use event::Event;
pub use handshake::{Secret, Security};
pub use message::{DecodeError, Message};
pub use secrets::SecretsError;
pub(super) use secrets::security;

const MAX_CONNECTIONS: usize = 512;

/// What all connections share.
struct Shared {
    ingest: Ingest,
    security: Option<Security>,
    /// Messages that are decoded at once: each may take what a packed one
    /// unpacks to.
    decoding: Arc<Semaphore>,
    /// Connections that are in the middle of a long message.
    receiving: Arc<Semaphore>,
}

/// Takes connections until `stop` says so or its sender is gone. Returns once
/// the messages that were read are acknowledged or given up.
pub async fn serve(
    listener: TcpListener,
    ingest: Ingest,
    security: Option<Security>,
    mut stop: watch::Receiver<bool>,
) {
    let shared = Arc::new(Shared {
        ingest,
        security,
        decoding: Arc::new(Semaphore::new(
            available_parallelism().map_or(2, |it| it.get()),
        )),
        receiving: Arc::new(Semaphore::new(frames::PLACES)),
    });
    let mut connections = JoinSet::new();
    let stopping = stop.clone();
    let accept = async {
        loop {
            let (stream, peer) = accepted(&listener).await;
            while connections.try_join_next().is_some() {}
            if connections.len() < MAX_CONNECTIONS {
                let shared = Arc::clone(&shared);
                connections.spawn(serve_one(stream, peer, shared, stopping.clone()));
            } else if let Some(count) = shared.ingest.counters().rejected() {
                tracing::warn!(%peer, count, "a forward connection is turned away: too many");
            }
        }
    };
    tokio::select! {
        () = accept => {}
        // An error means that nobody can ask for anything any more.
        _ = stop.wait_for(|stop| *stop) => {}
    }
    drop(listener);
    while connections.join_next().await.is_some() {}
}

/// Answers heartbeats: a byte for a packet.
pub async fn answer_heartbeats(socket: UdpSocket) {
    let mut packet = [0; 16];
    loop {
        // Whoever misses the answer asks again.
        let sent = match socket.recv_from(&mut packet).await {
            Ok((_, peer)) => socket.send_to(&[0], peer).await.map(drop),
            Err(error) => Err(error),
        };
        if sent.is_err() {
            sleep(Duration::from_millis(100)).await;
        }
    }
}

/// The next connection, however long the system has no place for one.
async fn accepted(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok(accepted) => return accepted,
            Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
            Err(error) => {
                tracing::warn!(%error, "no forward connection can be accepted");
                sleep(Duration::from_secs(1)).await;
            }
        }
    }
}

async fn serve_one(
    stream: TcpStream,
    peer: SocketAddr,
    shared: Arc<Shared>,
    stop: watch::Receiver<bool>,
) {
    let counters = Arc::clone(shared.ingest.counters());
    counters.connected();
    let served = connection::serve(stream, &shared, stop).await;
    counters.disconnected();
    let telling = match &served {
        Err(connection::Error::Denied(_)) => counters.rejected(),
        Err(connection::Error::Message(_) | connection::Error::TooLong) => counters.malformed(),
        // A sender that went away comes again, and what the disk says has
        // been told.
        _ => None,
    };
    if let (Err(error), Some(count)) = (served, telling) {
        let error = &error as &dyn std::error::Error;
        tracing::warn!(%peer, count, error, "a forward connection is closed");
    }
}
