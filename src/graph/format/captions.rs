//! Captions behind the statements of a block, in columns.

use unicode_width::UnicodeWidthStr;

/// A line of a block, tidied but for the place of its caption.
pub(crate) enum Line {
    /// One that is left out of columns: empty, a comment alone, or part of a statement over several lines.
    Apart(String),
    /// A statement.
    Statement {
        /// What it says, with the blanks before it.
        code: String,
        /// How wide what stood before its comment was.
        column: usize,
        /// Its comment, tidied, with the sign in front.
        comment: Option<String>,
        /// Whether it opens or closes a brace, where columns end.
        turns: bool,
    },
}

/// Blanks between a statement and its caption, at least.
const GAP: usize = 2;

/// A statement wider than this has its caption right behind it, and does not move those of others.
const WIDEST: usize = 80;

impl Line {
    /// How many columns of a terminal a text takes.
    pub(crate) fn width(text: &str) -> usize {
        text.width()
    }

    fn is_empty(&self) -> bool {
        matches!(self, Self::Apart(text) if text.is_empty())
    }

    /// The width of its code and the column of its caption, if it has one that stands in a column with others.
    fn in_column(&self) -> Option<(usize, usize)> {
        match self {
            Self::Statement { code, column, comment: Some(_), .. } if code.width() <= WIDEST => {
                Some((code.width(), *column))
            }
            _ => None,
        }
    }
}

/// So many lines without captions end a column.
const FARTHEST: usize = 2;

/// The lines with their captions in columns. A column ends at an empty line, at a brace, and where captions are far apart.
pub(crate) fn aligned(lines: Vec<Line>) -> Vec<String> {
    let mut done = Vec::with_capacity(lines.len());
    let mut run: Vec<Line> = Vec::new();
    let mut bare = 0;
    for line in lines {
        let ends = line.is_empty() || matches!(line, Line::Statement { turns: true, .. });
        bare = if line.in_column().is_some() { 0 } else { bare + 1 };
        if ends || bare == FARTHEST {
            write_run(&mut run, &mut done);
        }
        run.push(line);
        if ends {
            write_run(&mut run, &mut done);
        }
    }
    write_run(&mut run, &mut done);
    done
}

fn write_run(run: &mut Vec<Line>, done: &mut Vec<String>) {
    let column = column_of(run);
    done.extend(run.drain(..).map(|line| match line {
        Line::Apart(text) | Line::Statement { code: text, comment: None, .. } => text,
        Line::Statement { code, comment: Some(comment), .. } => {
            let blanks = if code.width() <= WIDEST { column - code.width() } else { GAP };
            format!("{code}{}{comment}", " ".repeat(blanks))
        }
    }));
}

/// Where the captions of a run stand: where most stand already, if all fit there, or else right behind the widest statement.
fn column_of(run: &[Line]) -> usize {
    let found: Vec<(usize, usize)> = run.iter().filter_map(Line::in_column).collect();
    let needed = found.iter().map(|(width, _)| width + GAP).max().unwrap_or(0);
    let votes = |column: usize| found.iter().filter(|(_, its)| *its == column).count();
    let kept = found.iter().map(|(_, column)| *column).find(|column| 2 * votes(*column) > found.len());
    kept.filter(|column| *column >= needed).unwrap_or(needed)
}

/// A caption behind its sign: `# 가중치 | weight`.
pub(crate) fn caption(comment: &str) -> String {
    let parts: Vec<&str> = comment.split('|').map(str::trim).collect();
    one_blank(&parts.join(" | "))
}

/// A comment with one blank behind its sign; a line of signs has none.
pub(crate) fn one_blank(comment: &str) -> String {
    match comment.trim() {
        "" => "#".to_owned(),
        rule if rule.starts_with('#') => format!("#{rule}"),
        words => format!("# {words}"),
    }
}
