//! The head of a request. In: bytes as they come from the network; out: a request, or the status with which it is
//! refused. What is not understood to the last byte is refused: there is nothing to be guessed about a request for a file.

use super::target::Target;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::time::{Instant, timeout_at};

/// A head may have so many bytes.
const LARGEST: usize = 16 * 1024;
/// And so many fields.
const FIELDS: usize = 64;
/// A head that has begun to come has to be there after this.
const ARRIVES: Duration = Duration::from_secs(5);

/// A request for a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Request {
    /// Whether the file itself is wanted, and not only what would be said about it (HEAD).
    pub wants_body: bool,
    /// What is asked for.
    pub target: Target,
    /// The fields that are looked at.
    pub fields: Fields,
    /// Whether the connection stays for further requests.
    pub keep_alive: bool,
}

/// The fields of a request that are looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Fields {
    pub host: String,
    pub origin: Option<String>,
    pub fetch_site: Option<String>,
    pub fetch_mode: Option<String>,
    pub fetch_dest: Option<String>,
    pub if_none_match: Option<String>,
}

/// Why no request was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The other side has gone, or has said nothing for too long: there is nobody to be answered.
    Gone,
    /// It is refused with this status.
    Status(u16),
}

/// Reads the next head. `buffer` holds what has been read already, and afterwards what was read too far.
pub(super) async fn read(
    stream: &mut (impl AsyncRead + Unpin),
    buffer: &mut Vec<u8>,
    idle: Duration,
) -> Result<Request, Refusal> {
    let mut deadline = Instant::now() + if buffer.is_empty() { idle } else { ARRIVES };
    loop {
        if let Some((request, length)) = parse(buffer)? {
            buffer.drain(..length);
            return Ok(request);
        }
        if buffer.len() >= LARGEST {
            return Err(Refusal::Status(431));
        }
        let was_empty = buffer.is_empty();
        let room = LARGEST - buffer.len();
        match timeout_at(deadline, (&mut *stream).take(room as u64).read_buf(buffer)).await {
            Ok(Ok(1..)) => {}
            Ok(_) => return Err(Refusal::Gone),
            Err(_) => return Err(if was_empty { Refusal::Gone } else { Refusal::Status(408) }),
        }
        if was_empty {
            deadline = Instant::now() + ARRIVES;
        }
    }
}

/// The request at the start of `bytes` and the length of its head; None if the head is not complete.
pub(super) fn parse(bytes: &[u8]) -> Result<Option<(Request, usize)>, Refusal> {
    let bad = Refusal::Status(400);
    let mut fields = [httparse::EMPTY_HEADER; FIELDS];
    let mut head = httparse::Request::new(&mut fields);
    let length = match head.parse(bytes) {
        Ok(httparse::Status::Complete(length)) => length,
        Ok(httparse::Status::Partial) => return Ok(None),
        Err(httparse::Error::TooManyHeaders) => return Err(Refusal::Status(431)),
        Err(_) => return Err(bad),
    };
    // A line that ends without a carriage return is one to some and none to others.
    let is_plain = |byte: &u8| matches!(byte, b'\t' | b'\r' | b'\n' | b' '..=b'~' | 0x80..);
    let has_bare_ends = bytes[..length].iter().enumerate().any(|(i, byte)| {
        (*byte == b'\n' && (i == 0 || bytes[i - 1] != b'\r')) || (*byte == b'\r' && bytes.get(i + 1) != Some(&b'\n'))
    });
    if has_bare_ends || !bytes[..length].iter().all(is_plain) {
        return Err(bad);
    }
    let wants_body = match head.method {
        Some("GET") => true,
        Some("HEAD") => false,
        _ => return Err(Refusal::Status(405)),
    };
    let is_one_one = head.version == Some(1);
    let (fields, keep_alive) = fields_of(head.headers, is_one_one)?;
    let target = Target::parse(head.path.unwrap_or_default()).ok_or(bad)?;
    Ok(Some((Request { wants_body, target, fields, keep_alive }, length)))
}

/// No request that is answered has a body, and each of the fields that matter stands once.
fn fields_of(found: &[httparse::Header<'_>], is_one_one: bool) -> Result<(Fields, bool), Refusal> {
    let bad = Refusal::Status(400);
    let mut fields = Fields::default();
    let mut host = None;
    let mut keep_alive = is_one_one;
    for field in found {
        let name = field.name.to_ascii_lowercase();
        let place = match name.as_str() {
            "host" => &mut host,
            "origin" => &mut fields.origin,
            "sec-fetch-site" => &mut fields.fetch_site,
            "sec-fetch-mode" => &mut fields.fetch_mode,
            "sec-fetch-dest" => &mut fields.fetch_dest,
            "if-none-match" => &mut fields.if_none_match,
            "connection" => {
                let asks = |word: &str| {
                    let words = field.value.split(|byte| *byte == b',');
                    words.map(<[u8]>::trim_ascii).any(|found| found.eq_ignore_ascii_case(word.as_bytes()))
                };
                keep_alive = (keep_alive || asks("keep-alive")) && !asks("close");
                continue;
            }
            "content-length" if field.value == b"0" => continue,
            "content-length" | "transfer-encoding" => return Err(Refusal::Status(413)),
            "expect" => return Err(Refusal::Status(417)),
            _ => continue,
        };
        let value = std::str::from_utf8(field.value).ok().filter(|value| value.is_ascii()).ok_or(bad)?;
        if place.replace(value.to_owned()).is_some() {
            return Err(bad);
        }
    }
    fields.host = host.ok_or(bad)?;
    Ok((fields, keep_alive))
}
