//! Pictures. In: a file's name and bytes; out: the size at which a browser shows it, and whether it would run something
//! there. This room alone knows the formats of pictures.

use crate::note::url::{Target, target};
use resvg::usvg::roxmltree::{Document, Node, ParsingOptions};
use std::borrow::Cow;
use std::ops::Range;

/// A picture's width and height in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// The width.
    pub width: u32,
    /// The height.
    pub height: u32,
}

/// The formats that browsers show.
const FORMATS: [&str; 8] = ["png", "jpg", "jpeg", "gif", "webp", "avif", "svg", "apng"];

/// Whether a file's name is that of a picture that browsers show.
pub fn is_picture(path: &str) -> bool {
    FORMATS.contains(&ending(path).as_str())
}

/// The size of a picture; none if the file is damaged, or an SVG that fits any room.
pub fn size(path: &str, bytes: &[u8]) -> Option<Size> {
    if ending(path) == "svg" {
        return size_of_svg(std::str::from_utf8(bytes).ok()?);
    }
    let size = imagesize::blob_size(bytes).ok()?;
    Some(Size { width: u32::try_from(size.width).ok()?, height: u32::try_from(size.height).ok()? })
}

/// Whether a file is a picture as its name says.
pub fn is_sound(path: &str, bytes: &[u8]) -> bool {
    match ending(path).as_str() {
        "svg" => std::str::from_utf8(bytes).is_ok_and(|text| Document::parse(text).is_ok()),
        _ => imagesize::blob_size(bytes).is_ok(),
    }
}

/// Why a file of XML, such as an SVG, must not be opened by a reader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Active {
    /// A part of it does something in a browser.
    Part(Range<usize>),
    /// Nobody can tell.
    Unreadable,
}

/// Elements that run something, or load another page.
const ACTIVE_ELEMENTS: [&str; 8] = ["script", "handler", "listener", "iframe", "object", "embed", "base", "meta"];
/// Attributes that hold addresses, also those that an animation gives an attribute, and what addresses begin with.
const ADDRESSES: [&str; 17] = [
    "href",
    "src",
    "action",
    "formaction",
    "data",
    "srcdoc",
    "from",
    "to",
    "by",
    "values",
    "srcset",
    "poster",
    "background",
    "ping",
    "cite",
    "longdesc",
    "base",
];
/// The nodes of a picture that is looked through.
const MOST_NODES: u32 = 2_000_000;

/// The first part of a file of XML that does something in a browser that opens it: scripts, what starts them, and what is
/// fetched from elsewhere.
pub fn active_part(text: &str) -> Option<Active> {
    let options = ParsingOptions { allow_dtd: true, nodes_limit: MOST_NODES, ..ParsingOptions::default() };
    let Ok(document) = Document::parse_with_options(text, options) else { return Some(Active::Unreadable) };
    let found = document.root().descendants().find_map(active_in_node);
    found.map(Active::Part)
}

fn active_in_node(node: Node<'_, '_>) -> Option<Range<usize>> {
    if node.is_pi() {
        return node.pi().filter(|pi| pi.target == "xml-stylesheet").map(|_| node.range());
    }
    let name = node.tag_name().name().to_ascii_lowercase();
    if ACTIVE_ELEMENTS.contains(&name.as_str()) {
        return Some(node.range());
    }
    let active = node.attributes().find(|attribute| {
        let (key, value) = (attribute.name().to_ascii_lowercase(), attribute.value());
        let mut addresses = addresses(&key, value);
        key.starts_with("on")
            || !addresses.all(|address| is_harmless(address, name == "a"))
            || !is_harmless_style(value)
    });
    let style = || node.children().find(|text| name == "style" && !is_harmless_style(text.text().unwrap_or_default()));
    active.map(|attribute| attribute.range()).or_else(|| style().map(|text| text.range()))
}

/// The addresses in an attribute: an animation goes through several, and a picture may come in several sizes.
fn addresses<'v>(key: &str, value: &'v str) -> impl Iterator<Item = &'v str> {
    let between = match key {
        "values" => ';',
        "srcset" => ',',
        // Nothing holds it.
        _ => '\0',
    };
    value.split(between).map(str::trim).filter(|_| ADDRESSES.contains(&key)).collect::<Vec<_>>().into_iter()
}

/// Whether a style, or the value of an attribute that may hold a part of one, asks for nothing from elsewhere. What it
/// holds itself can be a font or a picture, which run nothing there.
fn is_harmless_style(style: &str) -> bool {
    let style = without_escapes(style).to_ascii_lowercase();
    let is_held = |address: &str| address.starts_with("data:") || is_harmless(address, false);
    let urls = style.split("url(").skip(1).map(|rest| rest.split(')').next().unwrap_or_default());
    let mut urls = urls.map(|address| address.trim().trim_matches(['"', '\'']).trim());
    let mut texts = style.split(['"', '\'']).skip(1);
    let has_functions = style.contains('(') || style.contains('@');
    !style.contains("@import")
        && urls.all(is_held)
        && !(has_functions && texts.any(|text| text.trim().starts_with("//") || target(text) == Target::Outside))
}

/// Style without its escapes, which hide names: `u\72l(` is `url(`.
fn without_escapes(style: &str) -> Cow<'_, str> {
    if !style.contains('\\') {
        return style.into();
    }
    let mut pieces = style.split('\\');
    let mut plain = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let digits = piece.bytes().take(6).take_while(u8::is_ascii_hexdigit).count();
        let rest = &piece[digits..];
        let escaped = u32::from_str_radix(&piece[..digits], 16).ok().and_then(char::from_u32);
        plain.extend(escaped);
        // One blank ends the number, and belongs to it.
        let after = rest.strip_prefix([' ', '\t', '\n', '\r', '\u{c}']).filter(|_| digits > 0);
        plain.push_str(after.unwrap_or(rest));
    }
    plain.into()
}

/// Whether an address leads to the site, holds a picture, or is a link that a reader follows.
fn is_harmless(address: &str, is_link: bool) -> bool {
    match target(address) {
        Target::Inside => true,
        Target::Outside | Target::Mail => is_link,
        Target::Unsafe => address.trim_start().starts_with("data:image/") && !is_link,
    }
}

fn ending(path: &str) -> String {
    path.rsplit_once('.').map_or("", |(_, ending)| ending).to_ascii_lowercase()
}

/// By its own width and height, else by its view box.
fn size_of_svg(text: &str) -> Option<Size> {
    let document = Document::parse(text).ok()?;
    let root = document.root_element();
    let own = |name: &str| root.attribute(name).and_then(pixels);
    let view: Vec<f64> = root
        .attribute("viewBox")
        .unwrap_or_default()
        .split([' ', ',', '\n', '\t'])
        .filter_map(|number| number.parse().ok())
        .collect();
    let (width, height) = match (own("width"), own("height"), view.as_slice()) {
        (Some(width), Some(height), _) => (width, height),
        (Some(width), None, [_, _, across, down]) if *across > 0.0 => (width, width * down / across),
        (None, Some(height), [_, _, across, down]) if *down > 0.0 => (height * across / down, height),
        (None, None, [_, _, across, down]) => (*across, *down),
        _ => return None,
    };
    let whole = |length: f64| (1.0..1e6).contains(&length).then(|| length.round() as u32);
    Some(Size { width: whole(width)?, height: whole(height)? })
}

/// A length in pixels; none for one that hangs on what is around the picture.
fn pixels(length: &str) -> Option<f64> {
    const UNITS: [(&str, f64); 6] =
        [("px", 1.0), ("pt", 4.0 / 3.0), ("pc", 16.0), ("mm", 96.0 / 25.4), ("cm", 96.0 / 2.54), ("in", 96.0)];
    let length = length.trim();
    let unit = UNITS.iter().find_map(|(unit, pixels)| Some((length.strip_suffix(unit)?, *pixels)));
    let (number, factor) = unit.unwrap_or((length, 1.0));
    number.trim().parse::<f64>().ok().map(|number| number * factor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_those_that_browsers_show() {
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x04\0\0\0\x02\x08\x02\0\0\0";
        let gif = b"GIF89a\x03\0\x05\0\0\0\0";
        for (path, bytes, expected) in [
            ("a.png", &png[..], Some((4, 2))),
            ("A.PNG", png, Some((4, 2))),
            ("a.gif", gif, Some((3, 5))),
            ("a.jpg", b"no", None),
            ("a.svg", b"<svg xmlns='x' width='30px' height='1in'/>", Some((30, 96))),
            ("a.svg", b"<svg xmlns='x' viewBox='0 0 40 20'/>", Some((40, 20))),
            ("a.svg", b"<svg xmlns='x' width='80' viewBox='0,0,40,20'/>", Some((80, 40))),
            ("a.svg", b"<svg xmlns='x' width='100%' height='100%' viewBox='0 0 40 20'/>", Some((40, 20))),
            ("a.svg", b"<svg xmlns='x'/>", None),
            ("a.svg", b"<!DOCTYPE svg [<!ENTITY a 'b'>]><svg/>", None),
            ("a.svg", b"<svg", None),
        ] {
            let found = size(path, bytes).map(|size| (size.width, size.height));
            assert_eq!(found, expected, "{path} {}", String::from_utf8_lossy(bytes));
        }
        assert!(is_sound("a.svg", b"<svg/>") && !is_sound("a.svg", b"<svg") && !is_sound("a.png", b"GIF"));
        assert!(is_picture("x/y.JPEG") && !is_picture("x.pdf") && !is_picture("png"));
    }

    #[test]
    fn what_runs_in_a_browser_is_found() {
        for (text, expected) in [
            ("<svg><a href='https://e.org/'><path d='M0 0' fill='url(#g)'/></a><use href='#g'/></svg>", None),
            ("<svg><image href='data:image/png;base64,AA'/><animate attributeName='x' values='0;1'/></svg>", None),
            ("<!DOCTYPE svg PUBLIC '-//W3C//DTD SVG 1.1//EN' 'x'><svg/>", None),
            ("<svg><script>x()</script></svg>", Some("<script>x()</script>")),
            ("<svg onload='x()'/>", Some("onload='x()'")),
            ("<svg xmlns:x='y'><a x:href=' java&#9;script:x()'/></svg>", Some("x:href=' java&#9;script:x()'")),
            ("<svg><a><set attributeName='href' to='javascript:x()'/></a></svg>", Some("to='javascript:x()'")),
            ("<svg><image href='http://e.org/x.png'/></svg>", Some("href='http://e.org/x.png'")),
            ("<svg><a href='data:image/svg+xml,x'/></svg>", Some("href='data:image/svg+xml,x'")),
            ("<svg><style>@font-face{src:url(data:font/woff2;base64,AA)} text{font:1em 'A b'}</style></svg>", None),
            ("<svg><path style='fill:url(#a)' filter='url(&quot;#b&quot;)'/><text>\"//e.org\" (a)</text></svg>", None),
            ("<svg><a><animate values='#;javascript:x()'/></a></svg>", Some("values='#;javascript:x()'")),
            ("<svg><style>@import '//e.org/x.css'</style></svg>", Some("@import '//e.org/x.css'")),
            ("<svg><style>a{b:u\\72 l(https://e.org/x)}</style></svg>", Some("a{b:u\\72 l(https://e.org/x)}")),
            ("<svg><style>\\72\u{3000}{b:url(//e.org)}</style></svg>", Some("\\72\u{3000}{b:url(//e.org)}")),
            ("<svg><style>a{b:image-set('//e.org/x' 1x)}</style></svg>", Some("a{b:image-set('//e.org/x' 1x)}")),
            ("<svg><path fill='url(https://e.org/x#a)'/></svg>", Some("fill='url(https://e.org/x#a)'")),
            ("<svg><path style='fill:url( \"//e.org/x\" )'/></svg>", Some("style='fill:url( \"//e.org/x\" )'")),
            ("<svg><img srcset='a.png 1x, //e.org/b.png 2x'/></svg>", Some("srcset='a.png 1x, //e.org/b.png 2x'")),
            ("<svg><video poster='//e.org/b.png'/></svg>", Some("poster='//e.org/b.png'")),
            ("<svg xml:base='https://e.org/'/>", Some("xml:base='https://e.org/'")),
            ("<?xml-stylesheet href='x.xsl'?><svg/>", Some("<?xml-stylesheet href='x.xsl'?>")),
            ("<x xmlns:h='http://www.w3.org/1999/xhtml'><h:script/></x>", Some("<h:script/>")),
        ] {
            let found = active_part(text);
            assert_eq!(
                found,
                expected.map(|part| Active::Part(text.find(part).map(|at| at..at + part.len()).expect("there"))),
                "{text}"
            );
        }
        let bomb = "<!DOCTYPE s [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'><!ENTITY c '&b;&b;&b;&b;&b;&b;&b;&b;'><!ENTITY d '&c;&c;&c;&c;&c;&c;&c;&c;'>]><s>&d;&d;</s>";
        for text in ["<svg>", "", bomb] {
            assert_eq!(active_part(text), Some(Active::Unreadable), "{text}");
        }
    }
}
