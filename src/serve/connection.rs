//! A connection from its first byte to its last. In: a stream; out: answers to the requests that come over it.

use super::answer::Answer;
use super::desk::Desk;
use super::gate::{Doing, Gate};
use super::guard::Guard;
use super::head::{self, Refusal, Request};
use super::{events, target::Target};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::time::timeout;

/// A connection over which nothing comes is kept for so long.
const IDLE: Duration = Duration::from_secs(30);
/// How long the other side has for taking a refusal.
const FAREWELL: Duration = Duration::from_millis(500);
/// How much of what it still sends is taken in the meantime.
const REST: usize = 256 * 1024;

/// Where pages listen for changes.
const EVENTS: &str = "_bpdoc/events";

/// Answers the requests of a connection until it ends, or until its seat is needed by another.
pub(super) async fn attend(mut stream: TcpStream, gate: &Gate, desk: &Desk, guard: Guard) {
    let leave = Arc::new(Notify::new());
    let page = tokio::select! {
        biased;
        () = leave.notified() => None,
        page = converse(&mut stream, gate, desk, guard, &leave) => page,
    };
    let Some(page) = page else { return };
    match gate.listener() {
        Some(_place) => events::tell(&mut stream, desk, &page).await,
        None => drop(Answer::plain(503).send(&mut stream, true, false).await),
    }
}

/// Answers requests. The path of a page is what is left: it wants to hear of changes over this connection.
async fn converse(
    stream: &mut TcpStream,
    gate: &Gate,
    desk: &Desk,
    guard: Guard,
    leave: &Arc<Notify>,
) -> Option<String> {
    let mut buffer = Vec::new();
    loop {
        let asking = gate.visit(Doing::Asking, leave);
        let found = head::read(stream, &mut buffer, IDLE).await;
        drop(asking);
        let _taking = gate.visit(Doing::Taking, leave);
        let request = match found {
            Ok(request) => request,
            Err(Refusal::Gone) => return None,
            Err(Refusal::Status(status)) => {
                Answer::plain(status).send(stream, true, false).await;
                part(stream).await;
                return None;
            }
        };
        let is_listener = request.target.path == EVENTS;
        let refused =
            if is_listener { guard.refuses_listener(&request.fields) } else { guard.refuses(&request.fields) };
        if is_listener && refused.is_none() && request.wants_body {
            return Some(page_of(&request));
        }
        let answer = match refused {
            Some(status) => Answer::plain(status),
            None => desk.answer(&request).await,
        };
        if !answer.send(stream, request.wants_body, request.keep_alive).await || !request.keep_alive {
            let _ = stream.shutdown().await;
            return None;
        }
    }
}

/// The page that listens, as its address says.
fn page_of(request: &Request) -> String {
    let address = request.target.value_of("page").unwrap_or_default();
    Target::parse(&address).map(|target| target.path).unwrap_or_default()
}

/// Ends a connection over which more may still come: if it were closed at once, the other side would lose the answer.
async fn part(stream: &mut TcpStream) {
    let _ = stream.shutdown().await;
    let mut rest = [0; 4096];
    let mut taken = 0;
    let take = async {
        while taken < REST {
            match stream.read(&mut rest).await {
                Ok(count @ 1..) => taken += count,
                _ => break,
            }
        }
    };
    let _ = timeout(FAREWELL, take).await;
}
