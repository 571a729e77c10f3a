//! One connection from its first byte to its last, with bounds for those who send slowly.

use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;

use axum::Router;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tower::ServiceExt;

use super::tls;
use crate::App;
use crate::auth::Connection;

/// How long the head of a request may take, and how long a connection may rest between two. More
/// than the minute that proxies keep theirs, which must not find it closed just as they use it.
const HEAD_TIMEOUT: Duration = Duration::from_secs(65);

/// How long agreeing on keys may take.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);

/// Longer heads are refused. Cookies and long queries in URLs fit.
const MAX_HEAD_BYTES: usize = 64 << 10;

/// Answers what comes over a connection until either side ends it or the server stops.
pub(super) async fn serve(stream: TcpStream, peer: SocketAddr, router: Router, app: &App) {
    // Answers are small and written in few pieces: waiting to fill packets only delays them.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "cannot set TCP_NODELAY");
    }
    let tls = app.live().tls.clone();
    let end = Connection {
        address: peer.ip(),
        is_tls: tls.is_some(),
    };
    let Some(tls) = tls else {
        return answer(stream, end, router, app).await;
    };
    match timeout(HANDSHAKE_TIMEOUT, tls::accept(tls, stream)).await {
        Ok(Ok(stream)) => answer(stream, end, router, app).await,
        Ok(Err(error)) => tracing::debug!(%error, %peer, "no TLS connection"),
        Err(_) => tracing::debug!(%peer, "no TLS connection in time"),
    }
}

async fn answer<S>(stream: S, end: Connection, router: Router, app: &App)
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(end);
        router.clone().oneshot(request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_buf_size(MAX_HEAD_BYTES)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = app.stopping() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, peer = %end.address, "connection broke");
    }
}
