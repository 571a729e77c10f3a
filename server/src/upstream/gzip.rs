//! Compresses an answer that came as it is, once for all who read it.

use std::io::Write;
use std::mem;

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, Response, header};
use flate2::Compression;
use flate2::write::GzEncoder;
use tokio::sync::{Semaphore, SemaphorePermit};

use super::Call;

/// Shorter answers fit into a packet or two as they are.
const WORTHWHILE: u64 = 1400;

/// How many answers are compressed at a time: each takes a third of a MiB meanwhile. What comes
/// beyond these goes out as it is.
static FREE: Semaphore = Semaphore::const_new(32);

/// An answer that is being compressed.
#[derive(Debug)]
pub(super) struct Gzip {
    encoder: GzEncoder<Vec<u8>>,
    _place: SemaphorePermit<'static>,
}

impl Gzip {
    /// Says in the head of the answer that it is compressed, where it is to be: the asker can
    /// read it, the datasource has not done it, and it is worth it.
    pub(super) fn begin(call: &Call, response: &mut Response<Body>) -> Option<Self> {
        call.accept_encoding.as_ref()?;
        let headers = response.headers_mut();
        let length = headers.get(header::CONTENT_LENGTH);
        let length = length.and_then(|it| it.to_str().ok()?.parse::<u64>().ok());
        let is_short = length.is_some_and(|it| it < WORTHWHILE);
        if is_short || headers.contains_key(header::CONTENT_ENCODING) {
            return None;
        }
        let place = FREE.try_acquire().ok()?;
        headers.remove(header::CONTENT_LENGTH);
        let gzip = HeaderValue::from_static("gzip");
        headers.insert(header::CONTENT_ENCODING, gzip);
        // The lowest level: it takes a tenth of the time of the usual one for most of the gain,
        // and a browser waits.
        Some(Self {
            encoder: GzEncoder::new(Vec::new(), Compression::fast()),
            _place: place,
        })
    }

    /// Takes the next part, and gives what is ready: often nothing.
    pub(super) fn push(&mut self, part: &[u8]) -> Bytes {
        // Memory takes everything.
        let _ = self.encoder.write_all(part);
        self.take()
    }

    /// Gives all that was taken so far, for readers who would wait for the next part.
    pub(super) fn flush(&mut self) -> Bytes {
        let _ = self.encoder.flush();
        self.take()
    }

    fn take(&mut self) -> Bytes {
        mem::take(self.encoder.get_mut()).into()
    }

    /// What is left.
    pub(super) fn finish(self) -> Bytes {
        self.encoder.finish().unwrap_or_default().into()
    }
}
