//! Who is let in. In: the fields of a request; out: the status with which it is refused, if it is. Pages of other sites
//! are open in the same browser, and any of them may ask for any address.

use super::head::Fields;
use std::net::{IpAddr, SocketAddr};

/// Who is let in at an address.
#[derive(Clone, Copy, Debug)]
pub(super) struct Guard {
    address: SocketAddr,
}

/// The request came to the wrong server: it was meant for another name (RFC 9110, 15.5.20).
const MISDIRECTED: u16 = 421;
const FORBIDDEN: u16 = 403;

impl Guard {
    /// The guard of a server that listens at `address`.
    pub(super) fn of(address: SocketAddr) -> Self {
        Self { address }
    }

    /// The status with which a request for a file is refused.
    pub(super) fn refuses(&self, fields: &Fields) -> Option<u16> {
        if !self.is_our_name(&fields.host) {
            return Some(MISDIRECTED);
        }
        let is_ours = fields.origin.as_ref().is_none_or(|origin| *origin == format!("http://{}", fields.host));
        (!is_ours || is_taken_in(fields)).then_some(FORBIDDEN)
    }

    /// The status with which a request for the channel of changes is refused.
    ///
    /// Scripts of other sites always state their origin when they open a stream of events, and that is none of ours. For
    /// one of our own pages no browser states it; new ones say `Sec-Fetch-Site: same-origin`, which no script can forge,
    /// old ones nothing at all. `none` is an address that somebody has typed. So what is neither ours nor typed is
    /// refused, and what says nothing cannot be the script of another site.
    pub(super) fn refuses_listener(&self, fields: &Fields) -> Option<u16> {
        let is_foreign = fields.fetch_site.as_deref().is_some_and(|site| !matches!(site, "same-origin" | "none"));
        self.refuses(fields).or_else(|| is_foreign.then_some(FORBIDDEN))
    }

    /// A name that leads here, also after someone has bound a name of theirs to our address (DNS rebinding): only names
    /// that nobody can bind. Where we listen to more than this machine, any number is one.
    fn is_our_name(&self, host: &str) -> bool {
        let port = self.address.port();
        let name = match host.strip_suffix(&format!(":{port}")) {
            Some(name) => name,
            None if port == 80 => host,
            None => return false,
        };
        let is_of_this_machine = name.eq_ignore_ascii_case("localhost") || matches!(name, "127.0.0.1" | "[::1]");
        let is_number = || {
            let inner = name.strip_prefix('[').and_then(|name| name.strip_suffix(']'));
            inner.map_or_else(|| name.parse().map(IpAddr::V4).ok(), |name| name.parse().map(IpAddr::V6).ok()).is_some()
        };
        is_of_this_machine || (!self.address.ip().is_loopback() && is_number())
    }
}

/// Whether a page of another site takes ours in, as a picture, a script or a frame. It may lead to ours by a link.
fn is_taken_in(fields: &Fields) -> bool {
    let is_foreign = fields.fetch_site.as_deref().is_some_and(|site| !matches!(site, "same-origin" | "none"));
    let is_link = fields.fetch_mode.as_deref() == Some("navigate") && fields.fetch_dest.as_deref() == Some("document");
    is_foreign && !is_link
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(address: &str, host: &str, origin: Option<&str>, fetch: [&str; 3], expected: [Option<u16>; 2]) {
        let said = |value: &str| (!value.is_empty()).then(|| value.to_owned());
        let fields = Fields {
            host: host.to_owned(),
            origin: origin.map(str::to_owned),
            fetch_site: said(fetch[0]),
            fetch_mode: said(fetch[1]),
            fetch_dest: said(fetch[2]),
            if_none_match: None,
        };
        let guard = Guard::of(address.parse().expect("an address"));
        assert_eq!([guard.refuses(&fields), guard.refuses_listener(&fields)], expected, "{fields:?}");
    }

    #[test]
    fn names_that_can_be_bound_are_refused() {
        let own = "127.0.0.1:2718";
        for host in ["localhost:2718", "LocalHost:2718", "127.0.0.1:2718", "[::1]:2718"] {
            check(own, host, None, [""; 3], [None, None]);
        }
        for host in [
            "evil.example:2718",
            "evil.example",
            "localhost",
            "localhost:80",
            "localhost:27180",
            "localhost.evil.example:2718",
            "localhost.:2718",
            "127.0.0.1.evil.example:2718",
            "127.0.0.1:2718.evil.example",
            "a@localhost:2718",
            "192.168.0.7:2718",
            "0.0.0.0:2718",
            "127.1:2718",
            "[::ffff:127.0.0.1]:2718",
            "::1:2718",
            "",
            ":2718",
        ] {
            check(own, host, None, [""; 3], [Some(421), Some(421)]);
        }
        check("0.0.0.0:2718", "192.168.0.7:2718", None, [""; 3], [None, None]);
        check("0.0.0.0:2718", "evil.example:2718", None, [""; 3], [Some(421), Some(421)]);
        check("127.0.0.1:80", "localhost", None, [""; 3], [None, None]);
    }

    #[test]
    fn pages_of_other_sites_are_refused() {
        let (own, host) = ("127.0.0.1:2718", "localhost:2718");
        let none = [None, None];
        let all = [Some(403), Some(403)];
        check(own, host, Some("http://localhost:2718"), [""; 3], none);
        for origin in [
            "http://evil.example",
            "null",
            "",
            "https://localhost:2718",
            "http://localhost",
            "http://localhost:3000",
            "http://127.0.0.1:2718",
            "http://localhost:2718.evil.example",
            "http://localhost:2718/",
        ] {
            check(own, host, Some(origin), [""; 3], all);
        }
        check(own, host, None, ["same-origin", "cors", "empty"], none);
        check(own, host, None, ["none", "navigate", "document"], none);
        for site in ["cross-site", "same-site"] {
            check(own, host, None, [site, "no-cors", "script"], all);
            check(own, host, None, [site, "navigate", "iframe"], all);
            check(own, host, None, [site, "cors", "empty"], all);
            check(own, host, None, [site, "navigate", "document"], [None, Some(403)]);
        }
    }
}
