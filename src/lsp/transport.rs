//! Messages on standard input and output. What cannot be read is passed over, and said; the session goes on, unless a message
//! is longer than any that an editor sends.

use lsp_server::{Connection, Message, Notification};
use std::io::{self, BufRead, Error, ErrorKind, Read, stdin, stdout};
use std::thread::JoinHandle;

/// Ends the thread that writes.
const EXIT: &str = "exit";

/// The longest message that is read, in bytes. Room is made for what has come, not for what was announced.
const LONGEST: u64 = 64 * 1024 * 1024;
/// The longest line in front of a message.
const LONGEST_LINE: u64 = 8 * 1024;

/// The session's messages, and the thread that writes them.
pub fn over_stdio() -> (Connection, JoinHandle<io::Result<()>>) {
    let (ours, theirs) = Connection::memory();
    let (incoming, outgoing, complaints) = (theirs.sender, theirs.receiver, ours.sender.clone());
    std::thread::spawn(move || {
        let mut stdin = stdin().lock();
        loop {
            let is_heard = match read(&mut stdin) {
                Ok(Some(message)) => incoming.send(message).is_ok(),
                Err(error) if error.kind() == ErrorKind::InvalidData => {
                    let said = serde_json::json!({ "type": 1, "message": error.to_string() });
                    complaints.send(Notification::new("window/logMessage".to_owned(), said).into()).is_ok()
                }
                Err(error) if error.kind() == ErrorKind::FileTooLarge => {
                    let said = serde_json::json!({ "type": 1, "message": error.to_string() });
                    let _ = complaints.send(Notification::new("window/showMessage".to_owned(), said).into());
                    false
                }
                Ok(None) | Err(_) => false,
            };
            if !is_heard {
                break;
            }
        }
    });
    let writer = std::thread::spawn(move || {
        let mut stdout = stdout().lock();
        for message in outgoing {
            if matches!(&message, Message::Notification(notification) if notification.method == EXIT) {
                break;
            }
            message.write(&mut stdout)?;
        }
        Ok(())
    });
    (ours, writer)
}

/// The next message; none at the end.
fn read(input: &mut impl BufRead) -> io::Result<Option<Message>> {
    let Some(length) = announced(input)? else { return Ok(None) };
    if length > LONGEST {
        let said = format!("a message of {length} bytes is too long (the limit is {LONGEST} bytes)");
        return Err(Error::new(ErrorKind::FileTooLarge, said));
    }
    let mut bytes = Vec::new();
    input.take(length).read_to_end(&mut bytes)?;
    if (bytes.len() as u64) < length {
        return Err(ErrorKind::UnexpectedEof.into());
    }
    serde_json::from_slice(&bytes).map(Some).map_err(|error| invalid(format!("malformed message: {error}")))
}

/// How many bytes the next message has, as the lines in front of it say; none at the end.
fn announced(input: &mut impl BufRead) -> io::Result<Option<u64>> {
    let mut length = None;
    loop {
        let mut line = String::new();
        if input.take(LONGEST_LINE).read_line(&mut line)? == 0 {
            return Ok(None);
        }
        match line.strip_suffix("\r\n").map(|line| line.split_once(": ").ok_or(line)) {
            Some(Ok((name, value))) if name.eq_ignore_ascii_case("Content-Length") => {
                length = Some(value.parse().map_err(|_| invalid(format!("`{value}` is no length")))?);
            }
            Some(Ok(_)) => {}
            Some(Err("")) => return length.map(Some).ok_or_else(|| invalid("no Content-Length".to_owned())),
            Some(Err(_)) | None => return Err(invalid(format!("malformed header: {line:?}"))),
        }
    }
}

fn invalid(message: String) -> Error {
    Error::new(ErrorKind::InvalidData, message)
}

/// What tells the writing thread to end once all before it is written.
pub fn end() -> Message {
    Notification::new(EXIT.to_owned(), serde_json::Value::Null).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_read_up_to_a_length() {
        let exit = r#"{"method":"exit"}"#;
        let framed = |length: &str| format!("Content-Type: x\r\ncontent-length: {length}\r\n\r\n{exit}");
        for (sent, expected) in [
            (framed(&exit.len().to_string()), Ok(true)),
            (String::new(), Ok(false)),
            (framed("4"), Err(ErrorKind::InvalidData)),
            (framed("-1"), Err(ErrorKind::InvalidData)),
            ("\r\n".to_owned(), Err(ErrorKind::InvalidData)),
            ("x".repeat(100_000), Err(ErrorKind::InvalidData)),
            (framed("99"), Err(ErrorKind::UnexpectedEof)),
            (framed("4000000000"), Err(ErrorKind::FileTooLarge)),
            (framed(&u64::MAX.to_string()), Err(ErrorKind::FileTooLarge)),
        ] {
            let found = read(&mut sent.as_bytes());
            assert_eq!(found.map(|message| message.is_some()).map_err(|error| error.kind()), expected);
        }
    }
}
