//! What an author is told of includes. In: places and words; out: diagnostics.

use crate::diag::Diagnostic;
use crate::lang::{Particle, Text, text, with_particle};
use std::ops::Range;

pub fn in_line(range: Range<usize>) -> Diagnostic {
    Diagnostic::error(
        "include-in-line",
        range,
        text("다른 Markdown 파일은 글줄 안에 넣을 수 없습니다", "a Markdown file cannot be included in a line of text"),
    )
    .help(text("앞뒤를 빈 줄로 띄워 따로 세우세요", "let it stand alone, between blank lines"))
}

pub fn bad_option(option: &str, range: Range<usize>) -> Diagnostic {
    Diagnostic::error(
        "bad-include-option",
        range,
        text(
            format!("{} 알 수 없는 지정입니다", with_particle(&format!("`{option}`"), Particle::Topic)),
            format!("`{option}` means nothing here"),
        ),
    )
    .help(text(
        "`{shift=1}`은 제목을 한 단계 낮춥니다. -5부터 5까지 쓸 수 있습니다",
        "`{shift=1}` moves headings one level down; it goes from -5 to 5",
    ))
}

pub fn outside(path: &str, range: Range<usize>) -> Diagnostic {
    Diagnostic::error(
        "outside-project",
        range,
        text(
            format!("`{path}`: `content` 폴더 안의 파일이 아닙니다"),
            format!("`{path}` is not a file inside the folder `content`"),
        ),
    )
    .help(text("이 파일에서 본 경로로 쓰세요", "write the path as it is seen from this file"))
}

pub fn missing(path: &str, near: Option<&str>, range: Range<usize>) -> Diagnostic {
    let diagnostic = Diagnostic::error(
        "missing-file",
        range,
        text(format!("`{path}`: 그런 파일이 없습니다"), format!("`{path}`: there is no such file")),
    );
    match near {
        Some(near) => diagnostic.help(text(format!("`{near}`인가요?"), format!("did you mean `{near}`?"))),
        None => diagnostic,
    }
}

pub fn no_part(name: &str, near: Option<&str>, range: Range<usize>) -> Diagnostic {
    let diagnostic = Diagnostic::error(
        "unknown-part",
        range,
        text(
            format!("그 파일에는 id가 `{name}`인 제목도, `<!-- ANCHOR: {name} -->` 줄도 없습니다"),
            format!("that file has no heading with the id `{name}`, and no line `<!-- ANCHOR: {name} -->`"),
        ),
    );
    match near {
        Some(near) => diagnostic.help(text(format!("`{near}`인가요?"), format!("did you mean `{near}`?"))),
        None => diagnostic,
    }
}

pub fn unclosed(name: &str, range: Range<usize>) -> Diagnostic {
    Diagnostic::error(
        "unclosed-part",
        range,
        text(
            format!("{} 끝나는 줄이 없습니다", with_particle(&format!("`{name}`"), Particle::Subject)),
            format!("the part `{name}` does not end"),
        ),
    )
    .help(text(
        format!("끝에 `<!-- ANCHOR_END: {name} -->`를 쓰세요"),
        format!("write `<!-- ANCHOR_END: {name} -->` behind it"),
    ))
}

pub fn empty(name: &str, range: Range<usize>) -> Diagnostic {
    Diagnostic::error(
        "empty-part",
        range,
        text(
            format!("{} 비어 있습니다", with_particle(&format!("`{name}`"), Particle::Topic)),
            format!("there is nothing in the part `{name}`"),
        ),
    )
    .help(text(
        "`ANCHOR` 줄은 문단 밖, 목록과 인용문 밖에 두세요",
        "put the `ANCHOR` lines outside of paragraphs, lists and quotes",
    ))
}

pub fn cycle(range: Range<usize>) -> Diagnostic {
    Diagnostic::error(
        "include-cycle",
        range,
        text("이 파일을 넣으면 끝없이 되풀이됩니다", "this file includes itself without end"),
    )
}

pub fn too_deep(deepest: usize, range: Range<usize>) -> Diagnostic {
    Diagnostic::error(
        "include-too-deep",
        range,
        text(
            format!("파일이 파일을 넣는 깊이가 {deepest}단을 넘습니다"),
            format!("files include each other more than {deepest} deep"),
        ),
    )
}

pub fn too_long(longest: usize, range: Range<usize>) -> Diagnostic {
    Diagnostic::error(
        "too-large",
        range,
        text(
            format!("넣은 파일까지 합치면 노트가 너무 깁니다(한도 {longest}바이트)"),
            format!("with what it includes, the note is too long (the limit is {longest} bytes)"),
        ),
    )
    .help(text(
        "`bpdoc.toml`의 `limits.note_bytes`로 한도를 정할 수 있습니다",
        "`limits.note_bytes` in `bpdoc.toml` sets the limit",
    ))
}

pub fn too_much(most: usize, range: Range<usize>) -> Diagnostic {
    Diagnostic::error(
        "too-large",
        range,
        text(
            format!("모든 노트가 넣은 파일을 합치면 너무 깁니다(한도 {most}바이트)"),
            format!("with this, all notes together include too much (the limit is {most} bytes)"),
        ),
    )
    .help(text(
        "`bpdoc.toml`의 `limits.included_bytes`로 한도를 정할 수 있습니다",
        "`limits.included_bytes` in `bpdoc.toml` sets the limit",
    ))
}

pub fn foreign(language: &str, range: Range<usize>) -> Diagnostic {
    Diagnostic::warning(
        "untranslated-part",
        range,
        text("이 파일은 이 노트의 언어로 된 짝이 없습니다", "this file has no twin in the language of this note"),
    )
    .help(text(
        format!("이름이 `.{language}.md`로 끝나는 짝을 쓰세요. 언어 없이 `.md`로 끝나면 모든 언어의 글입니다"),
        format!("write a twin whose name ends in `.{language}.md`; a file without a language in its name is for all languages"),
    ))
}

pub fn unused() -> Diagnostic {
    Diagnostic::warning("unused-part", 0..0, text("이 파일을 넣는 노트가 없습니다", "no note includes this file")).help(
        text(
            "이름이 `_`로 시작하는 파일은 페이지가 되지 않습니다. `![](파일)`로 넣으세요",
            "a file whose name begins with `_` is no page; include it with `![](FILE)`",
        ),
    )
}

/// The files that led to a mistake.
pub fn chain<'p>(files: impl Iterator<Item = &'p str>) -> Text {
    let files = files.map(|file| format!("`{file}`")).collect::<Vec<_>>().join(" → ");
    text(format!("파일의 차례: {files}"), format!("the files on the way: {files}"))
}
