//! The reference of the ops, as notes of the site: one page per family and language, made from the op table, so that a
//! page cannot say anything else than the tool does. In: the languages of a site; out: Markdown.

use crate::lang::Tongue;
use crate::ops::{self, AttrDefault, Family, Form, Op};
use crate::source::SourceFile;
use std::fmt::Write;
use std::sync::Arc;

/// The folder of the reference below `content/`.
const SERIES: &str = "ops";

/// The families with the slugs of their pages.
const PAGES: [(Family, &str); 6] = [
    (Family::Arithmetic, "arithmetic"),
    (Family::Elementary, "elementary"),
    (Family::Activation, "activation"),
    (Family::Tensor, "tensor"),
    (Family::Network, "network"),
    (Family::Loss, "loss"),
];

/// The notes of the reference in all languages of a site.
pub fn notes(languages: &[String]) -> Vec<Arc<SourceFile>> {
    let mut notes = Vec::new();
    for tag in languages {
        let tongue = Tongue::of_tag(tag);
        let file =
            |name: &str, text: String| Arc::new(SourceFile::new(format!("content/{SERIES}/{name}.{tag}.md"), text));
        notes.push(file("_index", front_page(tongue)));
        for (i, (family, slug)) in PAGES.into_iter().enumerate() {
            notes.push(file(&format!("{:02}-{slug}", i + 1), page(family, tongue)));
        }
    }
    notes
}

/// The words of the reference in one tongue.
fn word(tongue: Tongue, ko: &'static str, en: &'static str) -> &'static str {
    if tongue == Tongue::Ko { ko } else { en }
}

fn front_page(tongue: Tongue) -> String {
    word(
        tongue,
        "+++\ntitle = \"연산 찾아보기\"\nsummary = \"모든 연산의 정의와 역전파 규칙, 꺾이는 점에서의 약속, 다른 도구의 표기\"\norder = 900\n+++\n\n그래프 블록에 쓸 수 있는 연산을 모두 모았다. 이 글은 bpdoc이 계산할 때 쓰는 바로 그 표에서 만들어진다. 규칙에서 `y`는 연산의 값, `g`는 상류에서 온 기울기이다.\n",
        "+++\ntitle = \"The operations\"\nsummary = \"Every operation with its backward rule, what holds at its kinks, and how other tools write it\"\norder = 900\n+++\n\nAll operations that a graph block may use. These pages are made from the very table that bpdoc computes with. In the rules `y` is the value of the operation and `g` the upstream gradient.\n",
    )
    .to_owned()
}

fn page(family: Family, tongue: Tongue) -> String {
    let title = family.title().text_in(tongue);
    let mut page = format!("+++\ntitle = \"{title}\"\n+++\n\n");
    for op in ops::table().filter(|op| op.family == family) {
        section(&mut page, op, tongue);
    }
    page
}

fn section(page: &mut String, op: &Op, tongue: Tongue) {
    let _ = writeln!(page, "## {} — `{}`\n", capitalised(op.title.text_in(tongue)), op.name);
    let _ = writeln!(page, "`{}`\n\n{}\n", op.signature(), op.about.text_in(tongue));
    let input = word(tongue, "입력", "Input");
    let _ = writeln!(page, "| {input} | {} |\n| --- | --- |", op.kind_of_rules().text_in(tongue));
    for (name, rule) in op.inputs.iter().zip(op.shown_rules()) {
        let _ = writeln!(page, "| `{name}` | `{rule}` |");
    }
    if let Some(domain) = &op.domain {
        let heading = word(tongue, "정의역", "Domain");
        let _ = writeln!(page, "\n{heading}: {}.", domain.needs.text_in(tongue));
    }
    for formula in op.replaces {
        let _ = match tongue {
            Tongue::Ko => writeln!(page, "\n`{formula}` 대신 쓰면 안정적으로 계산한다."),
            Tongue::En => writeln!(page, "\nIt computes `{formula}` safely."),
        };
    }
    let tool = word(tongue, "도구", "Tool");
    let code = word(tongue, "표기", "Code");
    let _ = writeln!(page, "\n| {tool} | {code} |\n| --- | --- |");
    let spelling = &op.spelling;
    for (name, form) in [
        ("PyTorch", &spelling.torch),
        ("JAX", &spelling.jax),
        ("TensorFlow", &spelling.tensorflow),
        ("NumPy", &spelling.numpy),
    ] {
        let _ = writeln!(page, "| {name} | `{}` |", spelled(form, op));
    }
    if let Some(example) = op.examples.first() {
        let _ = writeln!(page, "\n```graph\n{example}\n```\n");
    }
}

/// A template with the names of inputs and attributes in their places.
fn spelled(form: &Form, op: &Op) -> String {
    let mut code = form.template.replace("#all", "a, b");
    for (place, input) in op.inputs.iter().enumerate() {
        code = code.replace(&format!("#{}", place + 1), input);
    }
    let mut attrs: Vec<_> = op.attrs.iter().collect();
    // Longer names first: `#p` must not replace a part of `#padding`.
    attrs.sort_by_key(|attr| std::cmp::Reverse(attr.name.len()));
    for attr in attrs {
        let value = match attr.default {
            AttrDefault::Flag(flag) => if flag { "True" } else { "False" }.to_owned(),
            _ => attr.name.to_owned(),
        };
        code = code.replace(&format!("#{}", attr.name), &value);
    }
    code
}

/// A heading starts with a capital letter, where the script has them.
fn capitalised(title: &str) -> String {
    let mut letters = title.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
