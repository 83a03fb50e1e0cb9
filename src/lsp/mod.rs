//! The language server. In: messages of an editor on standard input; out: answers and diagnostics on standard output. This
//! room alone knows the Language Server Protocol (lsp-server, lsp-types); what notes mean it asks the other rooms.
//!
//! Two threads share the work. One answers requests from an [`analysis`] of the one note that they are about; the other
//! ([`checker`]) reports mistakes, first those of the note that has changed, then those of the whole project.

mod analysis;
mod book;
mod checker;
mod completion;
mod convert;
mod hover;
mod navigate;
mod outline;
mod place;
mod reading;
mod server;
mod text;
mod transport;
mod words;

use crate::lang::Tongue;
use convert::Abilities;
use lsp_server::{Connection, ErrorCode, Message, Request, RequestId, Response};
use lsp_types::{ClientCapabilities, InitializeParams};
use serde_json::{Value, json};
use server::{Agreement, Server, refused};
use std::collections::VecDeque;
use text::Encoding;

/// Serves an editor until it says that it is done; whether it has said so before it left. `asked` is the language that the
/// command line asks for, `usual` that of the terminal.
pub fn serve(asked: Option<Tongue>, usual: Tongue) -> bool {
    let (connection, writer) = transport::over_stdio();
    let goodbye = connection.sender.clone();
    let is_done = session(connection, asked, usual);
    let _ = goodbye.send(transport::end());
    // What cannot be written reaches nobody.
    let _ = writer.join();
    is_done
}

/// From the first message to the last.
fn session(connection: Connection, asked: Option<Tongue>, usual: Tongue) -> bool {
    let own = Connection { sender: connection.sender.clone(), receiver: connection.receiver.clone() };
    let mut inbox = Inbox { connection: own, waiting: VecDeque::new() };
    let Some((id, params)) = greeting(&connection, &mut inbox) else { return false };
    let agreement = agreement(&params, asked, usual);
    let sender = connection.sender.clone();
    let _ = sender.send(Response::new_ok(id, capabilities(agreement)).into());
    let mut server = Server::new(connection, agreement);
    let mut has_shut_down = false;
    while let Some(message) = inbox.next() {
        match message {
            Message::Notification(notification) if notification.method == "exit" => return has_shut_down,
            Message::Notification(notification) => server.notice(notification),
            Message::Request(request) if has_shut_down => {
                let late = refused(request.id, ErrorCode::InvalidRequest, "the session has been shut down");
                let _ = sender.send(late.into());
            }
            Message::Request(request) if request.method == "shutdown" => {
                has_shut_down = true;
                let _ = sender.send(Response::new_ok(request.id, Value::Null).into());
            }
            Message::Request(request) if inbox.is_cancelled(&request.id) => {
                let _ = sender.send(refused(request.id, ErrorCode::RequestCanceled, "cancelled").into());
            }
            Message::Request(request) => server.answer(request),
            // Nothing is asked of the client.
            Message::Response(_) => {}
        }
    }
    false
}

/// Waits for the request that begins a session.
fn greeting(connection: &Connection, inbox: &mut Inbox) -> Option<(RequestId, Value)> {
    loop {
        match inbox.next()? {
            Message::Request(Request { id, method, params }) if method == "initialize" => return Some((id, params)),
            Message::Request(request) => {
                let early = refused(request.id, ErrorCode::ServerNotInitialized, "the session has not begun");
                connection.sender.send(early.into()).ok()?;
            }
            Message::Notification(notification) if notification.method == "exit" => return None,
            Message::Notification(_) | Message::Response(_) => {}
        }
    }
}

/// Messages in their order, those that have come already known beforehand.
struct Inbox {
    connection: Connection,
    waiting: VecDeque<Message>,
}

impl Inbox {
    fn next(&mut self) -> Option<Message> {
        if self.waiting.is_empty() {
            self.waiting.push_back(self.connection.receiver.recv().ok()?);
        }
        self.waiting.extend(self.connection.receiver.try_iter());
        self.waiting.pop_front()
    }

    /// Whether the client does not want an answer any more.
    fn is_cancelled(&self, id: &RequestId) -> bool {
        let id = json!(id);
        self.waiting.iter().any(|message| match message {
            Message::Notification(notification) => {
                notification.method == "$/cancelRequest" && notification.params["id"] == id
            }
            _ => false,
        })
    }
}

fn agreement(params: &Value, asked: Option<Tongue>, usual: Tongue) -> Agreement {
    let options = &params["initializationOptions"];
    let named = |value: &Value| value.as_str().filter(|tag| !tag.is_empty()).map(Tongue::of_tag);
    let tongue = asked.or_else(|| named(&options["lang"])).or_else(|| named(&params["locale"])).unwrap_or(usual);
    // What a client says of itself in other words than the protocol's does not keep it out.
    let client: ClientCapabilities = serde_json::from_value::<InitializeParams>(params.clone())
        .map(|params| params.capabilities)
        .unwrap_or_default();
    let general = client.general.as_ref();
    let document = client.text_document.as_ref();
    let related = document.and_then(|document| document.publish_diagnostics.as_ref()?.related_information);
    let snippets =
        document.and_then(|document| document.completion.as_ref()?.completion_item.as_ref()?.snippet_support);
    Agreement {
        tongue,
        encoding: Encoding::agreed(general.and_then(|general| general.position_encodings.as_deref())),
        abilities: Abilities { related: related.unwrap_or(false), snippets: snippets.unwrap_or(false) },
        hints: options["inlayHints"].as_bool().unwrap_or(true),
    }
}

fn capabilities(agreement: Agreement) -> Value {
    json!({
        "capabilities": {
            "positionEncoding": agreement.encoding.kind(),
            "textDocumentSync": { "openClose": true, "change": 2, "save": true },
            "hoverProvider": true,
            "definitionProvider": true,
            "referencesProvider": true,
            "renameProvider": { "prepareProvider": true },
            "documentSymbolProvider": true,
            "completionProvider": { "triggerCharacters": ["#", "=", "{", "(", "/", ":", "`"] },
            "inlayHintProvider": true,
            "documentFormattingProvider": true,
        },
        "serverInfo": { "name": "bpdoc", "version": env!("CARGO_PKG_VERSION") },
    })
}
