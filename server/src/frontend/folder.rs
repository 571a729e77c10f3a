//! The frontend as a folder beside the server.

use std::io;
use std::path::PathBuf;

use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use tower::ServiceExt;
use tower_http::services::ServeDir;

/// The folder that `trunk build` made, or would make. A rebuilt one shows without a restart.
#[derive(Clone, Debug)]
pub(crate) struct Folder {
    path: PathBuf,
    files: ServeDir,
}

impl Folder {
    pub(super) fn new(path: PathBuf) -> Self {
        let files = ServeDir::new(&path)
            .append_index_html_on_directories(false)
            .precompressed_br()
            .precompressed_gzip();
        Self { path, files }
    }

    /// The text of the page; `None` before it is built. It is read anew each time: it is small
    /// and asked for once per visit.
    pub(super) async fn page(&self) -> io::Result<Option<String>> {
        match tokio::fs::read_to_string(self.path.join(super::page::FILE)).await {
            Ok(html) => Ok(Some(html)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// A file, compressed where the browser reads that, or an answer that it is not there.
    pub(super) async fn file(&self, request: Request) -> Response {
        match self.files.clone().oneshot(request).await {
            Ok(response) => response.map(Body::new),
            Err(never) => match never {},
        }
    }
}
