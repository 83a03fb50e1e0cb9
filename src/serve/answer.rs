//! Answers. In: a status, fields and bytes; out: what goes over the network, with what every answer says.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::time::timeout;

/// An answer to a request.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    pub status: u16,
    pub kind: &'static str,
    /// Further fields.
    pub fields: Vec<(&'static str, String)>,
    pub body: Vec<Piece>,
}

/// A part of a body.
#[derive(Clone, Debug)]
pub(super) enum Piece {
    /// Bytes of a file of the site, which many answers share.
    Shared(Arc<[u8]>, Range<usize>),
    /// Bytes of bpdoc's own.
    Fixed(&'static [u8]),
    /// Bytes for this answer.
    Own(Vec<u8>),
}

/// What every answer says: nothing here is for other sites, nor to be kept without asking again, and a page may load what
/// stands beside it and nothing else.
const ALWAYS: &str = "Cache-Control: no-cache\r\n\
    X-Content-Type-Options: nosniff\r\n\
    X-Frame-Options: DENY\r\n\
    Cross-Origin-Resource-Policy: same-origin\r\n\
    Cross-Origin-Opener-Policy: same-origin\r\n\
    Referrer-Policy: same-origin\r\n";
const POLICY: &str = "default-src 'self'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";
/// A drawing that is opened by itself is no place for scripts at all.
const POLICY_OF_DRAWINGS: &str =
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; sandbox";

/// The kind of a stream of events.
pub(super) const EVENTS: &str = "text/event-stream";

/// So many bytes are written at a time,
const STRETCH: usize = 64 * 1024;
/// and have to be taken within this.
const TAKEN: Duration = Duration::from_secs(10);

impl Piece {
    pub(super) fn bytes(&self) -> &[u8] {
        match self {
            Self::Shared(bytes, range) => &bytes[range.clone()],
            Self::Fixed(bytes) => bytes,
            Self::Own(bytes) => bytes,
        }
    }
}

impl Answer {
    /// An answer with a body.
    pub(super) fn new(status: u16, kind: &'static str, body: Vec<Piece>) -> Self {
        Self { status, kind, fields: Vec::new(), body }
    }

    /// An answer that says its status and no more.
    pub(super) fn plain(status: u16) -> Self {
        let words = format!("{status} {}\n", reason(status));
        let mut answer = Self::new(status, "text/plain; charset=utf-8", vec![Piece::Own(words.into_bytes())]);
        match status {
            405 => answer.fields.push(("Allow", "GET, HEAD".to_owned())),
            503 => answer.fields.push(("Retry-After", "1".to_owned())),
            _ => {}
        }
        answer
    }

    /// The head as it is sent.
    pub(super) fn head(&self, keep_alive: bool) -> String {
        let Self { status, kind, fields, .. } = self;
        let policy = if kind.contains("xml") { POLICY_OF_DRAWINGS } else { POLICY };
        let mut head =
            format!("HTTP/1.1 {status} {}\r\n{ALWAYS}Content-Security-Policy: {policy}\r\n", reason(*status));
        for (name, value) in fields {
            // No field comes from a request as it is, so none can end its line; what would is left out.
            if !value.contains(['\r', '\n']) {
                head.push_str(&format!("{name}: {value}\r\n"));
            }
        }
        if *status != 304 {
            head.push_str(&format!("Content-Type: {kind}\r\n"));
        }
        // A stream of events ends with its connection.
        if *status != 304 && *kind != EVENTS {
            let length: usize = self.body.iter().map(|piece| piece.bytes().len()).sum();
            head.push_str(&format!("Content-Length: {length}\r\n"));
        }
        head.push_str(if keep_alive { "Connection: keep-alive\r\n\r\n" } else { "Connection: close\r\n\r\n" });
        head
    }

    /// Sends it. False if the other side does not take it.
    pub(super) async fn send(&self, stream: &mut (impl AsyncWrite + Unpin), with_body: bool, keep_alive: bool) -> bool {
        let head = self.head(keep_alive);
        let mut first = head.into_bytes();
        let pieces = if with_body && self.status != 304 { self.body.as_slice() } else { &[] };
        for piece in pieces {
            let bytes = piece.bytes();
            // The start of the body goes with the head, so that a short answer is one packet.
            if !first.is_empty() && first.len() + bytes.len() <= STRETCH {
                first.extend_from_slice(bytes);
                continue;
            }
            if !write(stream, &first).await || !write(stream, bytes).await {
                return false;
            }
            first.clear();
        }
        write(stream, &first).await
    }
}

/// Writes, as long as what is written is taken.
pub(super) async fn write(stream: &mut (impl AsyncWrite + Unpin), bytes: &[u8]) -> bool {
    for stretch in bytes.chunks(STRETCH) {
        if !matches!(timeout(TAKEN, stream.write_all(stretch)).await, Ok(Ok(()))) {
            return false;
        }
    }
    true
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        304 => "Not Modified",
        308 => "Permanent Redirect",
        400 => "Bad Request",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        408 => "Request Timeout",
        413 => "Content Too Large",
        417 => "Expectation Failed",
        421 => "Misdirected Request",
        431 => "Request Header Fields Too Large",
        503 => "Service Unavailable",
        _ => "Internal Server Error",
    }
}
