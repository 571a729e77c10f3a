//! How much memory a long answer takes on its way.

use futures_util::StreamExt;

use crate::server::Server;
use crate::upstream::LONG;
use crate::{line, mib};

pub(crate) async fn measure(server: &Server) {
    let url = format!(
        "{}/remote/query_range?dsName=counted&query=long&start=0&end=60&step=60",
        server.url
    );
    let before = server.memory();
    let mut body = reqwest::get(url).await.unwrap().bytes_stream();
    let mut read = 0;
    while let Some(chunk) = body.next().await {
        read += chunk.unwrap().len();
    }
    assert!(read >= LONG);
    let after = server.memory();
    let grown = after.peak.saturating_sub(before.peak.max(before.resident));
    let grown = grown.max(after.resident.saturating_sub(before.resident));
    line("memory grown by an answer of 20 MiB", mib(grown), "5 MiB");
}
