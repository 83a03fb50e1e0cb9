//! Addresses of other sites. In: links to them; out: which do not open, and which have moved for good. This room alone
//! knows the network; nothing else in bpdoc goes there, and it does only when asked to.

use crate::diag::Diagnostic;
use crate::lang::{said, text};
use crate::stage::{Progress, Stage};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Mutex;
use std::time::Duration;
use ureq::Agent;
use ureq::http::{StatusCode, Uri, header::LOCATION};

/// The codes of what is found here, which are not looked for in every run.
pub const CODES: [&str; 2] = ["dead-external-link", "moved-external-link"];

/// So many sites are asked at a time, each for one page after the other.
const AT_A_TIME: usize = 8;

/// How far an address is followed.
const MOST_HOPS: usize = 6;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// What became of an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It opens, or the site does not want to be asked by programs.
    Fine,
    /// It has moved for good.
    Moved(String),
    /// It does not open; what the site or the system says.
    Dead(String),
}

/// Asks for each address once; the same answer holds wherever it stands.
pub fn ask(addresses: BTreeSet<String>, progress: &dyn Progress) -> BTreeMap<String, Answer> {
    progress.begin(Stage::Addresses, addresses.len());
    let mut by_site: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for address in addresses {
        let site = address.parse::<Uri>().ok().and_then(|uri| uri.host().map(str::to_owned)).unwrap_or_default();
        by_site.entry(site).or_default().push(address);
    }
    let agent = agent();
    let (sites, answers) = (Mutex::new(by_site), Mutex::new(BTreeMap::new()));
    let next = || sites.lock().ok()?.pop_first();
    std::thread::scope(|scope| {
        for _ in 0..AT_A_TIME {
            scope.spawn(|| {
                while let Some((_, addresses)) = next() {
                    for address in addresses {
                        let answer = follow(&agent, &address);
                        progress.step();
                        if let Ok(mut answers) = answers.lock() {
                            answers.insert(address, answer);
                        }
                    }
                }
            });
        }
    });
    answers.into_inner().unwrap_or_default()
}

fn agent() -> Agent {
    Agent::config_builder()
        .timeout_global(Some(PATIENCE))
        .max_redirects(0)
        .max_redirects_will_error(false)
        .http_status_as_error(false)
        .user_agent(concat!("bpdoc/", env!("CARGO_PKG_VERSION")))
        .build()
        .into()
}

fn follow(agent: &Agent, address: &str) -> Answer {
    let mut at = address.to_owned();
    let mut for_good = true;
    for _ in 0..MOST_HOPS {
        let (status, location) = match request(agent, &at) {
            Ok(answer) => answer,
            Err(why) => return Answer::Dead(why),
        };
        let next = location.filter(|_| status.is_redirection()).and_then(|to| resolved(&at, &to));
        match next {
            Some(next) => {
                for_good &= matches!(status.as_u16(), 301 | 308);
                at = next;
            }
            // Whoever is asked to come back later, or as a person, has been answered.
            None if status.is_success() || matches!(status.as_u16(), 401 | 403 | 429) => {
                return if for_good && at != address { Answer::Moved(at) } else { Answer::Fine };
            }
            None => return Answer::Dead(status.to_string()),
        }
    }
    Answer::Dead(format!("{MOST_HOPS} redirects"))
}

/// What a site answers. Some know only GET.
fn request(agent: &Agent, address: &str) -> Result<(StatusCode, Option<String>), String> {
    let head = agent.head(address).call();
    let wants_get = match &head {
        Ok(response) => response.status().is_client_error() || response.status().is_server_error(),
        Err(_) => true,
    };
    let response = if wants_get { agent.get(address).call() } else { head };
    let response = response.map_err(|error| error.to_string())?;
    let location = response.headers().get(LOCATION).and_then(|to| to.to_str().ok()).map(str::to_owned);
    Ok((response.status(), location))
}

/// Where a redirect leads that may be written from the address on.
fn resolved(address: &str, to: &str) -> Option<String> {
    if to.starts_with("http://") || to.starts_with("https://") {
        return Some(to.to_owned());
    }
    let uri: Uri = address.parse().ok()?;
    let (scheme, authority) = (uri.scheme_str()?, uri.authority()?);
    match to.strip_prefix("//") {
        Some(rest) => Some(format!("{scheme}://{rest}")),
        None if to.starts_with('/') => Some(format!("{scheme}://{authority}{to}")),
        None => {
            let folder = uri.path().rsplit_once('/').map_or("", |(folder, _)| folder);
            Some(format!("{scheme}://{authority}{folder}/{to}"))
        }
    }
}

/// The address that is asked for when a note links to `dest`; none if that is no page of another site.
pub fn address(dest: &str) -> Option<&str> {
    let is_outside = dest.starts_with("http://") || dest.starts_with("https://");
    is_outside.then(|| dest.split('#').next().unwrap_or_default())
}

/// What an author is told of an answer.
pub fn diagnostic(address: &str, answer: &Answer, range: Range<usize>) -> Option<Diagnostic> {
    match answer {
        Answer::Fine => None,
        Answer::Moved(to) => Some(
            Diagnostic::warning(
                "moved-external-link",
                range,
                text(format!("`{address}`: 아주 옮겨졌습니다"), format!("`{address}` has moved for good")),
            )
            .help(text(format!("새 주소: {to}"), format!("the new address: {to}"))),
        ),
        Answer::Dead(why) => {
            let why = said(why);
            Some(
                Diagnostic::warning(
                    "dead-external-link",
                    range,
                    text(
                        format!("`{address}`: 열리지 않습니다({})", why.ko),
                        format!("`{address}` does not open ({})", why.en),
                    ),
                )
                .help(text("주소를 고치거나 링크를 지우세요", "put the address right, or remove the link")),
            )
        }
    }
}
