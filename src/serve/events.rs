//! The channel over which an open page hears of changes (server-sent events). In: a page; out: what is new about it, at
//! once and after every change, until the page is closed.

use super::answer::{Answer, EVENTS, write};
use super::desk::Desk;
use std::time::Duration;
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio::time::interval;

/// A line that says nothing shows that both sides are there.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// After how many milliseconds a page that has lost us tries again.
const RETRY: &str = "retry: 500\n\n";

/// Tells a page of changes.
pub(super) async fn tell(stream: &mut TcpStream, desk: &Desk, page: &str) {
    let mut news = desk.listen();
    let head = Answer::new(200, EVENTS, Vec::new()).head(false);
    if !write(stream, format!("{head}{RETRY}").as_bytes()).await {
        return;
    }
    let mut heartbeat = interval(HEARTBEAT);
    heartbeat.reset();
    let mut sent = String::new();
    loop {
        news.borrow_and_update();
        let message = desk.message(page);
        if message != sent && !write(stream, format!("data: {message}\n\n").as_bytes()).await {
            return;
        }
        sent = message;
        let mut byte = [0];
        tokio::select! {
            changed = news.changed() => if changed.is_err() { return },
            // Nothing comes from a page but its end.
            _ = stream.read(&mut byte) => return,
            _ = heartbeat.tick() => if !write(stream, b":\n\n").await { return },
        }
    }
}
