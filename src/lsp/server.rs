//! A session: open documents, and answers to requests about them.

use super::analysis::{Analysis, Bench, at_a_glance};
use super::book::{Book, Overlay};
use super::checker::{Moment, Open, Report, check, key};
use super::convert::{self, Abilities};
use super::hover::{Answer, Shown};
use super::navigate::Target;
use super::place::{Home, path_of, uri_of};
use super::reading::Reading;
use super::text::{Encoding, Text};
use crate::expr::is_name;
use crate::format;
use crate::lang::Tongue;
use lsp_server::{Connection, ErrorCode, Message, Notification, Request, RequestId, Response};
use lsp_types::{
    DidChangeTextDocumentParams, DidChangeWatchedFilesParams, DidCloseTextDocumentParams, DidOpenTextDocumentParams,
    DidSaveTextDocumentParams, DocumentFormattingParams, DocumentSymbolParams, Hover, HoverContents, InlayHint,
    InlayHintLabel, InlayHintParams, Location, MarkupContent, MarkupKind, PrepareRenameResponse, ReferenceParams,
    RenameParams, TextDocumentPositionParams, TextEdit, Uri,
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};

/// What was agreed when the session began.
#[derive(Clone, Copy, Debug)]
pub struct Agreement {
    /// The language of messages.
    pub tongue: Tongue,
    /// How places are counted.
    pub encoding: Encoding,
    /// What the client can show.
    pub abilities: Abilities,
    /// Whether values stand behind the lines of blocks.
    pub hints: bool,
}

/// A session.
pub struct Server {
    agreement: Agreement,
    now: Moment,
    /// The last analysis of each document, with what it was made of.
    analyses: HashMap<String, (usize, usize, Arc<Analysis>)>,
    /// Another number for every change.
    revision: usize,
    bench: Arc<Bench>,
    checker: Sender<Moment>,
    /// Tells the checker that a moment is about to come.
    stirring: Arc<AtomicBool>,
    connection: Connection,
    /// The version of each open document: what is found out about another is not told any more.
    versions: Arc<Mutex<BTreeMap<String, i32>>>,
}

/// Why a request has no answer.
pub struct Refusal(ErrorCode, String);

type Answered = Result<Value, Refusal>;

impl Server {
    /// A session over a connection.
    pub fn new(connection: Connection, agreement: Agreement) -> Self {
        let (checker, moments) = channel();
        let bench: Arc<Bench> = Arc::default();
        let versions: Arc<Mutex<BTreeMap<String, i32>>> = Arc::default();
        let (shared, sender, newest) = (Arc::clone(&bench), connection.sender.clone(), Arc::clone(&versions));
        let report: Report = Box::new(move |open, book, diagnostics| {
            // No document is closed or changed while its mistakes are told.
            let newest = newest.lock().unwrap_or_else(PoisonError::into_inner);
            if newest.get(open.uri.as_str()) != Some(&open.version) {
                return;
            }
            let told = convert::published(open, book, diagnostics, agreement.tongue, agreement.abilities);
            let _ = sender.send(Notification::new("textDocument/publishDiagnostics".to_owned(), told).into());
        });
        let stirring: Arc<AtomicBool> = Arc::default();
        let stirred = Arc::clone(&stirring);
        std::thread::spawn(move || check(&moments, &stirred, &shared, &report));
        let (now, analyses) = (Moment::default(), HashMap::new());
        Self { agreement, now, analyses, revision: 0, bench, checker, stirring, connection, versions }
    }

    /// Takes note of a notification; one that cannot be read, or is unknown, means nothing.
    pub fn notice(&mut self, notification: Notification) {
        let Notification { method, params } = notification;
        match method.as_str() {
            "textDocument/didOpen" => read(params).into_iter().for_each(|params| self.opened(params)),
            "textDocument/didChange" => read(params).into_iter().for_each(|params| self.changed(&params)),
            "textDocument/didClose" => read(params).into_iter().for_each(|params| self.closed(&params)),
            "textDocument/didSave" => read(params).into_iter().for_each(|params| self.saved(&params)),
            "workspace/didChangeWatchedFiles" => read(params).into_iter().for_each(|params| self.stirred(&params)),
            "workspace/didChangeConfiguration" => {
                let settings = &params["settings"];
                let wanted = settings["bpdoc"]["inlayHints"].as_bool().or(settings["inlayHints"].as_bool());
                self.agreement.hints = wanted.unwrap_or(self.agreement.hints);
            }
            _ => {}
        }
    }

    fn opened(&mut self, params: DidOpenTextDocumentParams) {
        let document = params.text_document;
        let home = path_of(&document.uri).map_or_else(|| nowhere(&document.uri), |path| Home::of(&path));
        let text = Text::new(&document.text, self.agreement.encoding);
        self.now.books.entry(key(&home)).or_insert_with(|| Arc::new(Book::load(&home)));
        let (uri, version) = (document.uri.to_string(), document.version);
        let open = Open { uri: document.uri, version, home: Arc::new(home), text: Arc::new(text) };
        self.now.documents.insert(uri.clone(), open);
        self.has_changed(uri);
    }

    fn changed(&mut self, params: &DidChangeTextDocumentParams) {
        let uri = params.text_document.uri.to_string();
        let Some(open) = self.now.documents.get_mut(&uri) else { return };
        for change in &params.content_changes {
            open.text = Arc::new(open.text.changed(change));
        }
        open.version = params.text_document.version;
        self.has_changed(uri);
    }

    fn closed(&mut self, params: &DidCloseTextDocumentParams) {
        let uri = params.text_document.uri.to_string();
        if let Some(open) = self.now.documents.remove(&uri) {
            self.analyses.remove(&uri);
            self.versions.lock().unwrap_or_else(PoisonError::into_inner).remove(&uri);
            let nothing = json!({ "uri": open.uri, "diagnostics": [] });
            self.send(Notification::new("textDocument/publishDiagnostics".to_owned(), nothing).into());
            // Now the disk counts, where the text may have been saved since the project was read.
            self.now.books.remove(&key(&open.home));
            self.reload(&[]);
        }
    }

    fn saved(&mut self, params: &DidSaveTextDocumentParams) {
        self.reload(&path_of(&params.text_document.uri).into_iter().collect::<Vec<_>>());
    }

    fn stirred(&mut self, params: &DidChangeWatchedFilesParams) {
        self.reload(&params.changes.iter().filter_map(|change| path_of(&change.uri)).collect::<Vec<_>>());
    }

    /// Reads anew what has changed on the disk.
    fn reload(&mut self, changed: &[PathBuf]) {
        self.revision += 1;
        let homes: Vec<Arc<Home>> = self.now.documents.values().map(|open| Arc::clone(&open.home)).collect();
        for (at, home) in homes.iter().enumerate() {
            if !homes[..at].iter().any(|before| key(before) == key(home)) {
                let book = match self.now.books.get(&key(home)) {
                    Some(book) if home.is_project => book.reloaded(home, changed),
                    _ => Book::load(home),
                };
                self.now.books.insert(key(home), Arc::new(book));
            }
        }
        for uri in self.now.documents.keys().cloned().collect::<Vec<_>>() {
            self.has_changed(uri);
        }
    }

    fn has_changed(&mut self, uri: String) {
        self.revision += 1;
        if let Some(open) = self.now.documents.get(&uri) {
            let mut versions = self.versions.lock().unwrap_or_else(PoisonError::into_inner);
            versions.insert(uri.clone(), open.version);
        }
        self.now.changed = uri;
        self.stirring.store(true, Ordering::Relaxed);
        // Without the checker there are no diagnostics, but answers.
        let _ = self.checker.send(self.now.clone());
    }

    /// Answers a request.
    pub fn answer(&mut self, request: Request) {
        let Request { id, method, params } = request;
        let found = catch_unwind(AssertUnwindSafe(|| self.find(&id, &method, params)));
        let answered = match found {
            Ok(Some(answered)) => answered,
            // The answer comes later.
            Ok(None) => return,
            Err(_) => Err(Refusal(ErrorCode::InternalError, format!("{method} failed"))),
        };
        self.send(responded(id, answered).into());
    }

    fn find(&mut self, id: &RequestId, method: &str, params: Value) -> Option<Answered> {
        Some(match method {
            "textDocument/hover" => return self.hover(id, params),
            "textDocument/definition" => self.at_position(params, Self::definition),
            "textDocument/completion" => self.at_position(params, Self::completion),
            "textDocument/prepareRename" => self.at_position(params, |_, reading, byte| {
                let found = reading.renamed(byte);
                json!(found.map(|(range, _)| PrepareRenameResponse::Range(reading.text.range(&range))))
            }),
            "textDocument/references" => asked(params).and_then(|params| self.references(&params)),
            "textDocument/rename" => asked(params).and_then(|params| self.rename(&params)),
            "textDocument/documentSymbol" => asked(params).and_then(|params: DocumentSymbolParams| {
                self.of_document(&params.text_document.uri, |_, reading| {
                    convert::symbols(&reading.outline(), reading.text)
                })
            }),
            "textDocument/inlayHint" => asked(params).and_then(|params| self.hints(&params)),
            "textDocument/formatting" => asked(params).and_then(|params: DocumentFormattingParams| {
                self.of_document(&params.text_document.uri, |_, reading| formatted(reading))
            }),
            _ => Err(Refusal(ErrorCode::MethodNotFound, format!("there is no {method}"))),
        })
    }

    fn hover(&mut self, id: &RequestId, params: Value) -> Option<Answered> {
        let place: TextDocumentPositionParams = match asked(params) {
            Ok(place) => place,
            Err(refusal) => return Some(Err(refusal)),
        };
        let (sender, later_id) = (self.connection.sender.clone(), id.clone());
        let found = self.of_document(&place.text_document.uri, |_, reading| {
            let text = Arc::new(reading.text.clone());
            match reading.hover(reading.text.byte(place.position)) {
                Answer::Now(shown) => Some(shown_hover(shown, &text)),
                Answer::Later(task) => {
                    std::thread::spawn(move || {
                        let shown = catch_unwind(AssertUnwindSafe(task)).unwrap_or_default();
                        let _ = sender.send(responded(later_id, Ok(shown_hover(shown, &text))).into());
                    });
                    None
                }
            }
        });
        match found {
            Ok(answer) => answer.map(Ok),
            Err(refusal) => Some(Err(refusal)),
        }
    }

    fn definition(&self, reading: &Reading<'_>, byte: usize) -> Value {
        let targets = reading.definitions(byte);
        targets.iter().filter_map(|target| self.location(reading, target)).map(|location| json!(location)).collect()
    }

    fn location(&self, reading: &Reading<'_>, target: &Target) -> Option<Location> {
        if target.path == reading.home.path {
            let uri = self.uri_of(reading.home, &target.path)?;
            return Some(Location::new(uri, reading.text.range(&target.range)));
        }
        let text =
            reading.book.text(&target.path, reading.overlay).or_else(|| reading.book.project.source(&target.path));
        let text = reading.text.another(text.unwrap_or_default());
        Some(Location::new(self.uri_of(reading.home, &target.path)?, text.range(&target.range)))
    }

    /// The address of a file: the client's own, where it has the file open.
    fn uri_of(&self, home: &Home, path: &str) -> Option<Uri> {
        let is_it = |open: &&Open| open.home.root == home.root && open.home.path == path;
        let open = self.now.documents.values().find(is_it);
        open.map(|open| open.uri.clone()).or_else(|| uri_of(&home.on_disk(path)))
    }

    fn completion(&self, reading: &Reading<'_>, byte: usize) -> Value {
        json!(convert::completions(&reading.candidates(byte), reading.text, self.agreement.abilities))
    }

    fn references(&mut self, params: &ReferenceParams) -> Answered {
        let TextDocumentPositionParams { text_document, position } = &params.text_document_position;
        let with_definitions = params.context.include_declaration;
        self.of_document(&text_document.uri, |_, reading| {
            let found = reading.references(reading.text.byte(*position)).into_iter();
            let told = found.filter(|place| with_definitions || !place.defines);
            told.map(|place| json!(Location::new(text_document.uri.clone(), reading.text.range(&place.range))))
                .collect()
        })
    }

    fn rename(&mut self, params: &RenameParams) -> Answered {
        if !is_name(&params.new_name) {
            return Err(Refusal(ErrorCode::InvalidParams, format!("`{}` is not a name", params.new_name)));
        }
        let TextDocumentPositionParams { text_document, position } = &params.text_document_position;
        self.of_document(&text_document.uri, |_, reading| {
            let places = reading.renamed(reading.text.byte(*position)).map_or_else(Vec::new, |(_, places)| places);
            let edit = |range| TextEdit { range: reading.text.range(range), new_text: params.new_name.clone() };
            let edits: Vec<TextEdit> = places.iter().map(|place| edit(&place.range)).collect();
            json!({ "changes": { text_document.uri.as_str(): edits } })
        })
    }

    fn hints(&mut self, params: &InlayHintParams) -> Answered {
        if !self.agreement.hints {
            return Ok(json!([]));
        }
        self.of_document(&params.text_document.uri, |_, reading| {
            let hints = reading.hints(&reading.text.bytes(params.range)).into_iter().map(|hint| InlayHint {
                position: reading.text.position(hint.at),
                label: InlayHintLabel::String(hint.label),
                kind: None,
                text_edits: None,
                tooltip: None,
                padding_left: Some(true),
                padding_right: None,
                data: None,
            });
            json!(hints.collect::<Vec<_>>())
        })
    }

    fn at_position(&mut self, params: Value, find: impl Fn(&Self, &Reading<'_>, usize) -> Value) -> Answered {
        let place: TextDocumentPositionParams = asked(params)?;
        self.of_document(&place.text_document.uri, |server, reading| {
            find(server, reading, reading.text.byte(place.position))
        })
    }

    /// What is found in a document that is open.
    fn of_document<T>(&mut self, uri: &Uri, find: impl FnOnce(&Self, &Reading<'_>) -> T) -> Result<T, Refusal> {
        let unknown = || Refusal(ErrorCode::InvalidParams, format!("`{}` is not open", uri.as_str()));
        let open = self.now.documents.get(uri.as_str()).cloned().ok_or_else(unknown)?;
        let book = self.now.book(&open.home).cloned().ok_or_else(unknown)?;
        let overlay = self.now.overlay(&open.home);
        let analysis = self.analysis(&open, &book, &overlay);
        let reading = Reading {
            text: &open.text,
            analysis: &analysis,
            home: &open.home,
            book: &book,
            overlay: &overlay,
            tongue: self.agreement.tongue,
        };
        Ok(find(self, &reading))
    }

    /// The analysis of a document: that of the last request, if nothing has changed since.
    fn analysis(&mut self, open: &Open, book: &Book, overlay: &Overlay) -> Arc<Analysis> {
        let (revision, arrived) = (self.revision, self.bench.arrived());
        if let Some((its_revision, its_arrived, known)) = self.analyses.get(open.uri.as_str())
            && (*its_revision, *its_arrived) == (revision, arrived)
        {
            return Arc::clone(known);
        }
        let found = Arc::new(Analysis::of(&open.home.path, book, overlay, &self.bench, at_a_glance()));
        self.analyses.insert(open.uri.to_string(), (revision, arrived, Arc::clone(&found)));
        found
    }

    fn send(&self, message: Message) {
        // A client that is gone needs no answer.
        let _ = self.connection.sender.send(message);
    }
}

/// The place of a document that is no file.
fn nowhere(uri: &Uri) -> Home {
    Home { root: uri.as_str().into(), path: "content/note.md".to_owned(), is_project: false }
}

fn read<T: DeserializeOwned>(params: Value) -> Option<T> {
    serde_json::from_value(params).ok()
}

fn asked<T: DeserializeOwned>(params: Value) -> Result<T, Refusal> {
    serde_json::from_value(params).map_err(|error| Refusal(ErrorCode::InvalidParams, error.to_string()))
}

/// The answer to a request, or why there is none.
pub fn responded(id: RequestId, answered: Answered) -> Response {
    match answered {
        Ok(value) => Response::new_ok(id, value),
        Err(Refusal(code, why)) => Response::new_err(id, code as i32, why),
    }
}

/// Says that a request comes at the wrong time.
pub fn refused(id: RequestId, code: ErrorCode, why: &str) -> Response {
    responded(id, Err(Refusal(code, why.to_owned())))
}

fn shown_hover(shown: Option<Shown>, text: &Text) -> Value {
    let hover = shown.map(|Shown { range, markdown }| Hover {
        contents: HoverContents::Markup(MarkupContent { kind: MarkupKind::Markdown, value: markdown }),
        range: Some(text.range(&range)),
    });
    json!(hover)
}

fn formatted(reading: &Reading<'_>) -> Value {
    let blocks = reading.analysis.own_blocks();
    let edits = blocks.flat_map(|block| format::replacements(&reading.text.text, &block.block));
    let edit = |edit: format::Replacement| TextEdit { range: reading.text.range(&edit.range), new_text: edit.text };
    json!(edits.map(edit).collect::<Vec<_>>())
}
