//! Messages on standard input and output. What cannot be read is passed over, and said; the session goes on.

use lsp_server::{Connection, Message, Notification};
use std::io::{self, ErrorKind, stdin, stdout};
use std::thread::JoinHandle;

/// Ends the thread that writes.
const EXIT: &str = "exit";

/// The session's messages, and the thread that writes them.
pub fn over_stdio() -> (Connection, JoinHandle<io::Result<()>>) {
    let (ours, theirs) = Connection::memory();
    let (incoming, outgoing, complaints) = (theirs.sender, theirs.receiver, ours.sender.clone());
    std::thread::spawn(move || {
        let mut stdin = stdin().lock();
        loop {
            let is_heard = match Message::read(&mut stdin) {
                Ok(Some(message)) => incoming.send(message).is_ok(),
                Err(error) if error.kind() == ErrorKind::InvalidData => {
                    let said = serde_json::json!({ "type": 1, "message": error.to_string() });
                    complaints.send(Notification::new("window/logMessage".to_owned(), said).into()).is_ok()
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

/// What tells the writing thread to end once all before it is written.
pub fn end() -> Message {
    Notification::new(EXIT.to_owned(), serde_json::Value::Null).into()
}
