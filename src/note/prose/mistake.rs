//! What an author is told of the prose. In: places and words; out: diagnostics.

use crate::diag::Diagnostic;
use crate::lang::{Particle, text, with_particle};
use memchr::memchr_iter;
use std::ops::Range;

/// The code of what is said of a `\val` in plain text.
pub const VALUE_OUTSIDE_FORMULA: &str = "value-outside-formula";

pub fn too_much(most: usize, range: Range<usize>) -> Diagnostic {
    Diagnostic::error(
        "too-large",
        range,
        text(
            format!("노트에 글과 표시가 너무 많습니다(한도 {most}개)"),
            format!("the note has too many words, marks and cells (the limit is {most})"),
        ),
    )
    .help(text("여러 노트로 나누세요", "make several notes of it"))
}

pub fn bad_anchor(id: &str, range: Range<usize>) -> Diagnostic {
    Diagnostic::error(
        "bad-anchor",
        range,
        text(
            format!("{} 제목의 id로 쓸 수 없습니다", with_particle(&format!("`{id}`"), Particle::Topic)),
            format!("`{id}` cannot be a heading's id"),
        ),
    )
    .help(text(
        "글자, 숫자, `-_.:`만 쓸 수 있습니다. `main`과 `fn:`처럼 bpdoc이 쓰는 id는 쓸 수 없습니다",
        "letters, digits and `-_.:` are allowed, but not bpdoc's own ids, such as `main` and those that begin with `fn:`",
    ))
}

pub fn duplicate_anchor(id: &str, range: Range<usize>) -> Diagnostic {
    Diagnostic::error(
        "duplicate-anchor",
        range,
        text(
            format!("제목의 id {} 이 글에 이미 있습니다", with_particle(&format!("`{id}`"), Particle::Subject)),
            format!("this note has the heading id `{id}` already"),
        ),
    )
}

/// Each `\val{…}`, `\claim{…}`, `\eqref{…}` and `\ref{…}` that would be shown as it is written, because no formula is around
/// it or because the formula's braces are not closed.
pub fn commands_outside_formula(text_of_event: &str, range: &Range<usize>) -> Vec<Diagnostic> {
    const COMMANDS: [&str; 4] = [r"\val{", r"\claim{", r"\eqref{", r"\ref{"];
    let is_exact = text_of_event.len() == range.len();
    let found = memchr_iter(b'\\', text_of_event.as_bytes()).filter_map(|at| {
        let command = COMMANDS.into_iter().find(|command| text_of_event[at..].starts_with(command))?;
        let place = if is_exact { range.start + at..range.start + at + command.len() } else { range.clone() };
        Some(command_outside_formula(command, place))
    });
    // Those that cannot be told apart by their places are told once.
    if is_exact { found.collect() } else { found.take(1).collect() }
}

fn command_outside_formula(command: &str, place: Range<usize>) -> Diagnostic {
    let error = |code, shown: &str| {
        let message =
            text(format!("`{shown}`가 수식 안에 있지 않습니다"), format!("this `{shown}` is not inside a formula"));
        Diagnostic::error(code, place.clone(), message)
    };
    match command {
        r"\val{" => error(VALUE_OUTSIDE_FORMULA, r"\val{…}").help(text(
            r"`$\val{f}$`처럼 달러 사이에 쓰고, 중괄호를 모두 닫으세요",
            r"put it between dollars, as in `$\val{f}$`, and close every brace",
        )),
        r"\claim{" => error(VALUE_OUTSIDE_FORMULA, r"\claim{…}{…}").help(text(
            r"`$\claim{f}{2.5}$`처럼 달러 사이에 써야 수를 확인합니다",
            r"put it between dollars, as in `$\claim{f}{2.5}$`: only there the number is checked",
        )),
        command => error("reference-outside-formula", &format!("{command}…}}")).help(text(
            r"`$\eqref{eq:loss}$`처럼 달러 사이에 쓰거나, `[](#eq:loss)`로 쓰세요",
            r"put it between dollars, as in `$\eqref{eq:loss}$`, or write `[](#eq:loss)`",
        )),
    }
}

/// A formula whose braces do not match; `brace` is the one that has no other.
pub fn stray_brace(brace: &str, range: Range<usize>) -> Diagnostic {
    let why = if brace == "{" {
        text(
            "수식을 읽을 수 없습니다: 이 `{`를 닫는 `}`가 없습니다",
            "the formula cannot be read: nothing closes this `{`",
        )
    } else {
        text(
            "수식을 읽을 수 없습니다: 이 `}`가 닫을 `{`가 없습니다",
            "the formula cannot be read: this `}` closes nothing",
        )
    };
    Diagnostic::error("bad-formula", range, why)
        .help(text(r"중괄호 자체를 보이려면 `\{`나 `\}`로 쓰세요", r"to show a brace, write `\{` or `\}`"))
}

pub fn unclosed_formula(range: Range<usize>) -> Diagnostic {
    Diagnostic::warning(
        "unclosed-formula",
        range,
        text("이 `$$`는 닫히지 않아서 글자 그대로 보입니다", "this `$$` is not closed and is shown as it is written"),
    )
    .help(text(
        r"수식 안에는 빈 줄을 두지 마세요. 달러 기호를 보이려면 `\$\$`로 쓰세요",
        r"leave no empty line inside a formula; to show dollars, write `\$\$`",
    ))
}

pub fn nameless_in_heading(range: Range<usize>) -> Diagnostic {
    Diagnostic::error("empty-link", range, text("제목 안의 링크에 글이 없습니다", "a link in a heading has no text"))
        .help(text("`[` 와 `]` 사이에 글을 쓰세요", "write a text between `[` and `]`"))
}

pub fn raw_html_shown(range: Range<usize>) -> Diagnostic {
    Diagnostic::warning(
        "raw-html",
        range,
        text("HTML은 실행되지 않고 글자 그대로 보입니다", "HTML is shown as it is written and has no effect"),
    )
    .help(text(
        "코드라면 역따옴표로 감싸세요. bpdoc.toml의 `markdown.raw_html`로 허용할 수 있습니다",
        "put code into backticks; `markdown.raw_html` in bpdoc.toml can allow HTML",
    ))
}

pub fn unsafe_link(dest: &str, range: Range<usize>) -> Diagnostic {
    let shown: String = dest.chars().filter(|c| !c.is_control()).take(60).collect();
    Diagnostic::error(
        "unsafe-link",
        range,
        text(
            format!("{} 링크로 쓸 수 없는 주소입니다", with_particle(&format!("`{shown}`"), Particle::Topic)),
            format!("`{shown}` is not allowed as a link"),
        ),
    )
    .help(text(
        "`http:`, `https:`, `mailto:`, 상대 주소, `#`으로 시작하는 주소만 쓸 수 있습니다",
        "only `http:`, `https:`, `mailto:`, relative addresses and `#` are allowed",
    ))
}

pub fn external_image(range: Range<usize>) -> Diagnostic {
    Diagnostic::warning(
        "external-image",
        range,
        text("다른 사이트의 그림은 페이지에 넣지 않고 링크로 보입니다", "a picture of another site is shown as a link"),
    )
    .help(text("그림을 내려받아 글 옆에 두세요", "save the picture beside the note"))
}

pub fn missing_alt(range: Range<usize>) -> Diagnostic {
    Diagnostic::warning("missing-alt", range, text("그림에 대체 글이 없습니다", "the image has no alternative text"))
        .help(text("그림이 보여 주는 것을 `![ ]` 안에 쓰세요", "say between `![` and `]` what the image shows"))
}
