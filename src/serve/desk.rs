//! What the server and whoever refreshes the site share. In: a studio; out: answers to requests for its files, and
//! what each open page is told.

use super::answer::{Answer, Piece};
use super::head::Request;
use super::overlay::Overlay;
use super::{inject, kind, target};
use crate::failure::Failure;
use crate::lang::Tongue;
use crate::markup::escaped;
use crate::page::{self, Words};
use crate::studio::{Studio, Update};
use foldhash::fast::FixedState;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::hash::{BuildHasher, Hasher};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::sync::{RwLock, watch};
use tokio::time::timeout;

/// A site in a studio with its visitors.
#[derive(Debug)]
pub struct Desk {
    studio: RwLock<Studio>,
    state: Mutex<State>,
    news: watch::Sender<u64>,
    /// Tells this run of the server from others.
    run: String,
    tongue: Tongue,
    words: Words,
}

/// What is known about the site's changes since the server was started. Versions count the refreshes that brought
/// something new.
#[derive(Debug)]
struct State {
    version: u64,
    /// When a file of the site changed last, for those that have changed since the first version.
    changed: BTreeMap<String, u64>,
    styles: u64,
    scripts: u64,
    overlay: Overlay,
    overlay_version: u64,
    has_failed: bool,
    /// Whether there is a site.
    is_ready: bool,
}

/// How long a page is waited for before the browser is given another one that waits.
const PATIENCE: Duration = Duration::from_millis(300);
/// Pictures, which stand in pages that do not change with them.
const PICTURES: [&str; 8] = [".avif", ".gif", ".heic", ".jpeg", ".jpg", ".png", ".svg", ".webp"];
/// What the script may have to say begins so.
const WORDS: &str = "serve_";
/// What bpdoc's own files are called.
const OWN: &str = "_bpdoc/";

impl Desk {
    /// A desk for a studio that has not looked at the disk yet. `tongue` is that of the terminal.
    pub fn new(studio: Studio, tongue: Tongue) -> Self {
        let state = State {
            version: 0,
            changed: BTreeMap::new(),
            styles: 0,
            scripts: 0,
            overlay: Overlay::of(&[], tongue, |_| None),
            overlay_version: 0,
            has_failed: false,
            is_ready: false,
        };
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self {
            studio: RwLock::new(studio),
            state: Mutex::new(state),
            news: watch::Sender::new(0),
            run: format!("{:x}", since.as_nanos()),
            tongue,
            words: page::own_words(tongue),
        }
    }

    /// Lets the studio look at the disk, and tells open pages what is new.
    ///
    /// # Errors
    /// What [`Studio::refresh`] fails of. Open pages are told.
    pub fn refresh(&self, changed: Option<&[PathBuf]>) -> Result<Update, Failure> {
        let mut studio = self.studio.blocking_write();
        let found = studio.refresh(changed);
        let mut state = self.state();
        let is_new = found.as_ref().map_or(true, |update| update.is_new) || state.has_failed;
        if is_new {
            state.version += 1;
            let overlay = match &found {
                Ok(update) => {
                    state.note(&update.changed);
                    self.overlay(&studio)
                }
                Err(failure) => Overlay::of_failure(&failure.message(), self.tongue),
            };
            state.show(overlay);
            state.has_failed = found.is_err();
            state.is_ready = studio.has_site();
            self.news.send_replace(state.version);
        }
        found
    }

    /// After work on the site that has ended in its middle: nothing that may be half-made is used again, and open pages are
    /// told why they stay as they are.
    pub fn begin_anew(&self, failure: &Failure) {
        let mut studio = self.studio.blocking_write();
        studio.begin_anew();
        let mut state = self.state();
        state.version += 1;
        state.show(Overlay::of_failure(&failure.message(), self.tongue));
        state.has_failed = true;
        state.is_ready = studio.has_site();
        self.news.send_replace(state.version);
    }

    /// Finds what is wrong with the pages themselves, now that everybody has them, and tells them. False if it was
    /// interrupted.
    pub fn proof(&self, is_interrupted: &(dyn Fn() -> bool + Sync)) -> bool {
        let found = self.studio.blocking_read().proof(is_interrupted);
        let Some(found) = found else { return false };
        if !found.is_empty() {
            let mut studio = self.studio.blocking_write();
            studio.take_proof(found);
            let mut state = self.state();
            state.version += 1;
            let overlay = self.overlay(&studio);
            state.show(overlay);
            self.news.send_replace(state.version);
        }
        true
    }

    fn overlay(&self, studio: &Studio) -> Overlay {
        Overlay::of(studio.diagnostics(), self.tongue, |path| studio.source(path))
    }

    /// Asks the studio something.
    pub fn ask<T>(&self, question: impl FnOnce(&Studio) -> T) -> T {
        question(&self.studio.blocking_read())
    }

    /// Whoever waits for news.
    pub(super) fn listen(&self) -> watch::Receiver<u64> {
        self.news.subscribe()
    }

    /// What a page is told: when it and what it needs changed last. That is the same for whoever has missed something.
    pub(super) fn message(&self, page: &str) -> String {
        let state = self.state();
        let page = file_name(page);
        let stem = page::stem(&page);
        let parts = [page.clone(), format!("{stem}.figures.js"), format!("{stem}.forms.js")];
        let latest = parts.iter().filter_map(|path| state.changed.get(path)).max();
        let is_picture = |path: &str| PICTURES.iter().any(|end| path.to_ascii_lowercase().ends_with(end));
        let pictures = state.changed.iter().filter(|(path, _)| is_picture(path));
        let pictures: serde_json::Map<_, _> =
            pictures.map(|(path, version)| (format!("/{}", target::encoded(path)), (*version).into())).collect();
        json!({
            "run": self.run,
            "version": state.version,
            "ready": state.is_ready,
            "page": latest.copied().unwrap_or(0),
            "styles": state.styles,
            "scripts": state.scripts,
            "pictures": pictures,
            "overlay": state.overlay_version,
            "errors": state.overlay.errors,
            "warnings": state.overlay.warnings,
        })
        .to_string()
    }

    /// The answer to a request that has been let in.
    pub(super) async fn answer(&self, request: &Request) -> Answer {
        let path = request.target.path.as_str();
        let answer = match path.strip_prefix(OWN) {
            Some(name) => self.own(name),
            None => self.file(request).await,
        };
        unless_known(answer, request.fields.if_none_match.as_deref())
    }

    fn own(&self, name: &str) -> Answer {
        let fixed = |bytes| Answer::new(200, kind::of(name), vec![Piece::Fixed(bytes)]);
        match name {
            "serve.js" => {
                let parts: [&[u8]; 2] = [include_bytes!("browser/morph.js"), include_bytes!("browser/serve.js")];
                Answer::new(200, kind::of(name), parts.map(Piece::Fixed).into())
            }
            "serve.css" => fixed(include_bytes!("browser/serve.css")),
            "overlay.json" => {
                let json = Arc::clone(&self.state().overlay.json);
                let whole = 0..json.len();
                Answer::new(200, kind::of(name), vec![Piece::Shared(json, whole)])
            }
            _ => Answer::plain(404),
        }
    }

    /// A file of the site. Where it is still being made, a page waits for it in the browser, and all else waits here.
    async fn file(&self, request: &Request) -> Answer {
        let name = file_name(&request.target.path);
        let is_page = name.ends_with(".html");
        // A script that asks for a page has nothing to show in the meantime.
        let is_shown = request.fields.fetch_mode.as_deref().is_none_or(|mode| mode == "navigate");
        let studio = if is_page && is_shown {
            match timeout(PATIENCE, self.studio.read()).await {
                Ok(studio) => studio,
                Err(_) => return self.without_site(),
            }
        } else {
            self.studio.read().await
        };
        if !studio.has_site() {
            return if is_page { self.without_site() } else { Answer::plain(404) };
        }
        if let Some(bytes) = studio.file(&name) {
            return self.page_or_file(200, &name, bytes, "");
        }
        let folder = format!("{name}/index.html");
        if studio.file(&folder).is_some() {
            let query = request.target.query.as_ref().map(|query| format!("?{query}")).unwrap_or_default();
            let mut answer = Answer::plain(308);
            answer.fields.push(("Location", format!("/{}/{query}", target::encoded(&name))));
            return answer;
        }
        match studio.file("404.html") {
            // Its links are meant for the front of the site.
            Some(bytes) => self.page_or_file(404, "404.html", bytes, "<base href=\"/\">"),
            None => Answer::plain(404),
        }
    }

    fn page_or_file(&self, status: u16, name: &str, bytes: Arc<[u8]>, before: &str) -> Answer {
        let body = if name.ends_with(".html") {
            inject::into_head(bytes, format!("{before}{}", self.element()))
        } else {
            let whole = 0..bytes.len();
            vec![Piece::Shared(bytes, whole)]
        };
        Answer::new(status, kind::of(name), body)
    }

    /// A page that is shown as long as there is no other, and then gives way to it.
    fn without_site(&self) -> Answer {
        let has_errors = self.state().overlay.errors > 0;
        let (status, word) = if has_errors { (500, "serve_no_site") } else { (503, "serve_making") };
        let page = include_str!("browser/waiting.html")
            .replace("{lang}", self.tongue.tag())
            .replace("{text}", &escaped(self.words.get(word)));
        let mut answer = Answer::new(status, kind::HTML, inject::into_head(page.into_bytes().into(), self.element()));
        if !has_errors {
            answer.fields.push(("Retry-After", "1".to_owned()));
        }
        answer
    }

    fn element(&self) -> String {
        let words = self.words.table().iter();
        let own: serde_json::Map<_, _> =
            words.filter_map(|(key, word)| Some((key.strip_prefix(WORDS)?.to_owned(), word.as_str().into()))).collect();
        let version = self.state().version;
        inject::element(&format!("{}.{version}", self.run), &serde_json::Value::Object(own).to_string())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Shows other diagnostics from this version on.
    fn show(&mut self, overlay: Overlay) {
        if overlay.json != self.overlay.json {
            (self.overlay, self.overlay_version) = (overlay, self.version);
        }
    }

    /// Notes which files are new in this version. What an open page has loaded is as new as the page in the first one.
    fn note(&mut self, changed: &BTreeSet<String>) {
        if self.version == 1 {
            return;
        }
        for path in changed {
            self.changed.insert(path.clone(), self.version);
            let Some(asset) = path.strip_prefix("assets/") else { continue };
            if asset.ends_with(".css") {
                self.styles = self.version;
            }
            // What the search looks through changes with the notes, and is loaded by a page that has been opened anew.
            if asset.ends_with(".js") && !page::is_search_data(asset) {
                self.scripts = self.version;
            }
        }
    }
}

/// The name of the file that a path stands for: a folder stands for its front page.
fn file_name(path: &str) -> String {
    if path.is_empty() || path.ends_with('/') { format!("{path}index.html") } else { path.to_owned() }
}

/// The answer with a mark of its bytes; without the bytes, where the browser has them already.
fn unless_known(mut answer: Answer, known: Option<&str>) -> Answer {
    if answer.status != 200 {
        return answer;
    }
    let mut hasher = FixedState::default().build_hasher();
    answer.body.iter().for_each(|piece| hasher.write(piece.bytes()));
    let tag = format!("\"{:016x}\"", hasher.finish());
    let is_known = |known: &str| {
        known.split(',').any(|known| matches!(known.trim(), k if k == "*" || k.strip_prefix("W/").unwrap_or(k) == tag))
    };
    if known.is_some_and(is_known) {
        answer.status = 304;
        answer.body.clear();
    }
    answer.fields.push(("ETag", tag));
    answer
}
