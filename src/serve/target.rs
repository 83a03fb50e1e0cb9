//! What a request asks for. In: the target as it stands in the request; out: the path of a file of the site, if it could
//! be one. No path of the disk is ever made of it.

use std::fmt::Write;

/// What a request asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Target {
    /// The path, decoded, without the first `/`. Empty for the site itself; a folder ends with `/`.
    pub path: String,
    /// What stands behind `?`, as it stands there.
    pub query: Option<String>,
}

/// A target may have so many bytes.
const LONGEST: usize = 4_096;

impl Target {
    /// Reads a target. None if it is not the path of anything: another form of target, a character that must not stand
    /// there, or what is no UTF-8 once it is decoded.
    pub(super) fn parse(target: &str) -> Option<Self> {
        let is_legal = |byte: u8| {
            matches!(byte, b'!'..=b'~')
                && !matches!(byte, b'#' | b'"' | b'<' | b'>' | b'\\' | b'^' | b'`' | b'{' | b'|' | b'}')
        };
        if target.len() > LONGEST || !target.bytes().all(is_legal) {
            return None;
        }
        let (path, query) = target.split_once('?').map_or((target, None), |(path, query)| (path, Some(query)));
        let path = decoded(path.strip_prefix('/')?)?;
        Some(Self { path, query: query.map(str::to_owned) })
    }

    /// The decoded value of a key of the query.
    pub(super) fn value_of(&self, key: &str) -> Option<String> {
        let pairs = self.query.as_deref()?.split('&');
        pairs.filter_map(|pair| pair.split_once('=')).find(|(name, _)| *name == key).and_then(|(_, value)| {
            // A query may have a `/` that is written by its number.
            String::from_utf8(bytes_of(value)?).ok().filter(|text| !text.chars().any(char::is_control))
        })
    }
}

/// A path with the characters that are written by their numbers. None where one of them must not be: one that cannot be
/// seen, or one that divides a path.
fn decoded(path: &str) -> Option<String> {
    let text = String::from_utf8(bytes_of(path)?).ok()?;
    let is_divided_alike = text.matches('/').count() == path.matches('/').count();
    let is_fit = is_divided_alike && !text.chars().any(|c| c.is_control() || c == '\\');
    is_fit.then_some(text)
}

fn bytes_of(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
        let number = digit(rest.next())? * 16 + digit(rest.next())?;
        bytes.push(u8::try_from(number).ok()?);
    }
    Some(bytes)
}

/// A path of the site as it is written in an address.
pub(super) fn encoded(path: &str) -> String {
    let mut address = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => address.push(byte.into()),
            _ => {
                let _ = write!(address, "%{byte:02X}");
            }
        }
    }
    address
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_decoded_once() {
        for (target, expected) in [
            ("/", Some("")),
            ("/ko/", Some("ko/")),
            ("/ko/%EC%97%AD%EC%A0%84%ED%8C%8C.html?play=x", Some("ko/역전파.html")),
            ("/a%20b", Some("a b")),
            ("/%2e%2e/x", Some("../x")),
            ("/%252e", Some("%2e")),
            ("//evil.example/", Some("/evil.example/")),
            ("", None),
            ("*", None),
            ("ko/", None),
            ("http://localhost/ko/", None),
            ("/ko#x", None),
            ("/ko\\x", None),
            ("/%5c", None),
            ("/%00", None),
            ("/%0d%0aX:1", None),
            ("/%", None),
            ("/%2", None),
            ("/%zz", None),
            ("/%+1", None),
            ("/a%2fb", None),
            ("/%c0%ae%c0%ae/", None),
            ("/%ff", None),
        ] {
            assert_eq!(Target::parse(target).map(|target| target.path).as_deref(), expected, "{target}");
        }
    }

    #[test]
    fn what_is_encoded_is_decoded_again() {
        for path in ["ko/역전파.html", "a b/%2e.html", "x+y&z=\"1\""] {
            assert_eq!(Target::parse(&format!("/{}", encoded(path))).expect("a target").path, path);
        }
    }
}
