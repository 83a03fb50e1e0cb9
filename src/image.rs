//! How large pictures are. In: a file's name and bytes; out: the size at which a browser shows it. This room alone knows
//! the formats of pictures.

use resvg::usvg::roxmltree::Document;

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
}
