//! What a document of Pandoc's can show. In: the name of its format; out: the form that figures take there.

use super::super::Host;

/// The form of figures in a format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// HTML with a style sheet.
    Html(Host),
    /// TikZ; a curve is a file.
    Latex,
    /// A PNG inside the document.
    Embedded,
    /// A file beside the document, as SVG or, where that cannot be read, as PNG.
    File(Picture),
    /// A table, where there are no pictures.
    Table,
}

/// The form of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Picture {
    /// Shapes.
    Svg,
    /// Pixels.
    Png,
}

impl Target {
    /// The form for a format, as Pandoc tells it to filters (`html5`, `gfm`, `markdown-raw_html`).
    pub fn of(format: &str) -> Self {
        let name = format.split(['+', '-']).next().unwrap_or_default();
        match name {
            "html" | "html4" | "html5" | "chunkedhtml" | "revealjs" | "slidy" | "slideous" | "s5" | "dzslides" => {
                Self::Html(Host::Pandoc)
            }
            "latex" | "beamer" | "pdf" => Self::Latex,
            "docx" | "odt" | "opendocument" | "pptx" | "epub" | "epub2" | "epub3" | "rtf" | "fb2" | "icml" => {
                Self::Embedded
            }
            "context" | "ms" => Self::File(Picture::Png),
            "plain" | "man" | "ansi" => Self::Table,
            _ => Self::File(Picture::Svg),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_have_forms() {
        for (format, expected) in [
            ("html5", Target::Html(Host::Pandoc)),
            ("html+smart", Target::Html(Host::Pandoc)),
            ("latex", Target::Latex),
            ("docx", Target::Embedded),
            ("typst", Target::File(Picture::Svg)),
            ("gfm-raw_html", Target::File(Picture::Svg)),
            ("plain", Target::Table),
        ] {
            assert_eq!(Target::of(format), expected, "{format}");
        }
    }
}
