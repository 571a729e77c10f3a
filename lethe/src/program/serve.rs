//! Listening and answering until there is a reason to stop.

use std::future::{Future, IntoFuture, pending};
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::time::sleep;

use crate::config::ListenAddress;

/// How long answers that are under way may take once stopping is asked for.
/// Clients that follow lines would stay for ever.
pub(super) const DRAIN: Duration = Duration::from_secs(10);

/// Listens at an address. Without a host that is every address of both kinds,
/// or of IPv4 alone where there is no IPv6.
pub async fn bind(address: &ListenAddress) -> io::Result<TcpListener> {
    let ListenAddress { host, port } = address;
    if !host.is_empty() {
        return TcpListener::bind((host.as_str(), *port)).await;
    }
    match TcpListener::bind((Ipv6Addr::UNSPECIFIED, *port)).await {
        Err(error) if error.kind() != io::ErrorKind::AddrInUse => {
            TcpListener::bind((Ipv4Addr::UNSPECIFIED, *port)).await
        }
        bound => bound,
    }
}

/// Answers until `stop` is ready, and then what was asked before.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let (stopping, stop_asked) = oneshot::channel();
    let stop = async move {
        stop.await;
        tracing::info!("stopping");
        // Nobody listens any more only when serving has already ended.
        let _ = stopping.send(());
    };
    let drained = async {
        match stop_asked.await {
            Ok(()) => sleep(DRAIN).await,
            Err(_) => pending().await,
        }
    };
    let served = axum::serve(listener, router).with_graceful_shutdown(stop);
    tokio::select! {
        ended = served.into_future() => ended,
        () = drained => {
            tracing::warn!("requests still under way after {DRAIN:?} are cut off");
            Ok(())
        }
    }
}
