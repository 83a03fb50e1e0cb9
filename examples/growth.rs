//! How the time of a build grows with notes that are made to take long: for each family of them the time for a note, for
//! one of twice the length and so on, and the last ratio. Above 2.3 it is marked.
//! `cargo run --release --example growth -- [FAMILY …]`, on Linux

use bpdoc::compile;
use bpdoc::lang::Tongue;
use bpdoc::project::Project;
use bpdoc::report::{Format, report};
use bpdoc::source::SourceFile;
use std::error::Error;
use std::fmt::Write;

/// A family of notes: its name, a length to begin with, and the note of a length.
type Family = (&'static str, usize, fn(usize) -> String);

/// What is long enough to be measured, in hundredths of a second.
const ENOUGH: u64 = 60;
/// A ratio above this is not linear.
const LINEAR: f64 = 2.3;

const FAMILIES: [Family; 76] = [
    ("paragraphs", 4_000, |n| "word word\n\n".repeat(n)),
    ("one line", 40_000, |n| "word ".repeat(n)),
    ("stars", 20_000, |n| "*".repeat(n)),
    ("stars with letters", 20_000, |n| "*a ".repeat(n)),
    ("stars in words", 20_000, |n| "a**".repeat(n)),
    ("stars beside Hangul", 10_000, |n| "**가(a)는 ".repeat(n)),
    ("underscores", 20_000, |n| "_a_".repeat(n)),
    ("tildes", 20_000, |n| "~~a ".repeat(n)),
    ("brackets", 20_000, |n| "[".repeat(n)),
    ("links that do not end", 10_000, |n| "[a](".repeat(n)),
    ("pictures in pictures", 5_000, |n| format!("{}a{}", "![".repeat(n), "](b.png)".repeat(n))),
    ("links in pictures", 2_000, |n| format!("{}{}{}", "![".repeat(n), "[a](b)".repeat(n), "](b.png)".repeat(n))),
    ("links by name", 3_000, |n| format!("{}\n\n[b]: c.html\n", "[a][b] ".repeat(n))),
    ("names of links", 5_000, |n| numbered(n, |i| format!("[a{i}]: #x\n"))),
    ("dead links", 2_000, |n| numbered(n, |i| format!("[a](#h{i})\n"))),
    ("references", 3_000, |n| format!("## A {{#a}}\n\n{}", "[](#a) ".repeat(n))),
    ("dead references", 1_000, |n| numbered(n, |i| format!("[](#q{i}) "))),
    ("dollars", 20_000, |n| "$a ".repeat(n)),
    ("formulas", 1_500, |n| "$x_1+y$ ".repeat(n)),
    ("labels", 1_000, |n| numbered(n, |i| format!("$$x \\label{{e{i}}}$$\n\n$\\ref{{e{i}}}$\n\n"))),
    ("headings", 2_000, |n| numbered(n, |i| format!("## h{i}\n\n"))),
    ("the same heading", 2_000, |n| "## h\n\n".repeat(n)),
    ("headings and ids", 500, |n| numbered(n, |i| format!("## h{i}\n\n```py #c{i} title=\"x\"\nx\n```\n\n"))),
    ("the same id", 500, |n| "```py #c title=\"x\"\nx\n```\n\n".repeat(n)),
    ("footnotes", 1_000, |n| numbered(n, |i| format!("a[^{i}]\n\n[^{i}]: x\n\n"))),
    ("one footnote", 4_000, |n| format!("{}\n\n[^1]: x\n", "a[^1] ".repeat(n))),
    ("a chain of footnotes", 1_000, |n| format!("a[^0]\n\n{}", numbered(n, |i| format!("[^{i}]: x[^{}]\n\n", i + 1)))),
    ("quotes in quotes", 2_000, |n| format!("{}a\n", "> ".repeat(n))),
    ("lists in lists", 2_000, |n| format!("{}a\n", "- ".repeat(n))),
    ("items", 4_000, |n| "- a\n".repeat(n)),
    ("rows", 2_000, |n| format!("| a | b |\n|--|--|\n{}", "| 1 | 2 |\n".repeat(n))),
    ("columns", 4_000, |n| format!("|{}\n|{}\n|{}\n", "a|".repeat(n), "-|".repeat(n), "b|".repeat(n))),
    ("tags of HTML", 4_000, |n| "<b>a</b> ".repeat(n)),
    ("tags that do not end", 20_000, |n| "<b ".repeat(n)),
    ("comments that do not end", 10_000, |n| "<!-- ".repeat(n)),
    ("entities", 20_000, |n| "&amp;".repeat(n)),
    ("backslashes", 20_000, |n| format!("{}*a*", "\\".repeat(n))),
    ("code", 2_000, |n| format!("```python\n{}```\n", "x = 1\n".repeat(n))),
    ("a line of code", 3_000, |n| format!("```python\n{}\n```\n", "x=1;".repeat(n))),
    ("brackets in code", 4_000, |n| format!("```javascript\n{}\n```\n", "(".repeat(n))),
    ("tags", 300, |n| format!("+++\ntags = [{}]\n+++\n", numbered(n, |i| format!("\"t{i}\", ")))),
    ("former addresses", 300, |n| format!("+++\naliases = [{}]\n+++\n", numbered(n, |i| format!("\"t{i}.html\", ")))),
    ("unknown keys", 2_000, |n| format!("+++\n{}+++\n", numbered(n, |i| format!("k{i} = 1\n")))),
    ("unsafe links", 3_000, |n| "[a](javascript:x)\n".repeat(n)),
    ("unsafe links in a line", 3_000, |n| "[a](javascript:x) ".repeat(n)),
    ("unknown values", 1_000, |n| "$\\val{x}$ ".repeat(n)),
    ("braces in a formula", 2_000, |n| format!("${}{}$\n", "{".repeat(n), "}".repeat(n))),
    ("a long formula", 3_000, |n| format!("${}x$\n", "x+".repeat(n))),
    ("answers", 500, |n| "> [!ANSWER]\n> x\n\n".repeat(n)),
    ("empty answers", 1_000, |n| "> [!ANSWER]\n\n".repeat(n)),
    ("answers in answers", 1_000, |n| numbered(n, |i| format!("{} [!ANSWER]\n\n", ">".repeat(i % 20 + 1)))),
    ("empty headings", 2_000, |n| "#\n\n".repeat(n)),
    ("marked lines", 2_000, |n| {
        format!("```text {{{}}}\n{}```\n", numbered(n, |i| format!("{},", 2 * i + 1)), "a\n".repeat(2 * n))
    }),
    ("numbers of code in a sentence", 1_000, |n| format!("{}{}\n", block("x = 2\ny = x"), "`y` is 2, ".repeat(n))),
    ("numbers of formulas in a sentence", 1_000, |n| format!("{}{}\n", block("x = 2\ny = x"), "$y = 2$ ".repeat(n))),
    ("derivatives in a sentence", 1_000, |n| format!("{}{}\n", block("x = 2\ny = x"), "dy/dx is 1, ".repeat(n))),
    ("a chain of gates", 100, |n| block(&format!("x0 = 1\n{}", numbered(n, |i| format!("x{} = x{i} * 2\n", i + 1))))),
    ("terms of a sum", 100, |n| block(&format!("x = 1\ny = {}", vec!["x"; n].join(" + ")))),
    ("elements of a sum", 100, |n| {
        block(&format!("x = zeros({n})\ny = {}", (0..n).map(|i| format!("x[{i}]")).collect::<Vec<_>>().join(" + ")))
    }),
    ("operands", 25, |n| block(&format!("x = [1, 2]\ny = sum(concat([{}], 0))", vec!["x"; n].join(", ")))),
    ("ids", 1_000, |n| block(&format!("x = [1, 2]\ny = sum(index(x, [{}]))", vec!["1"; n].join(", ")))),
    ("outputs", 10, |n| block(&format!("x = 1\n{}", numbered(n, |i| format!("y{i} = x\noutput y{i}\n"))))),
    ("groups", 100, |n| block(&format!("x = 1\n{}", numbered(n, |i| format!("group g{i} {{\ny{i} = x\n}}\n"))))),
    ("gradients", 500, |n| block(&format!("y = 1\n{}", numbered(n, |i| format!("x{i} = 1\ns{i} = grad(y, x{i})\n"))))),
    ("choices in choices", 50, |n| block(&format!("x = 1\ny = {}x{}", "where(x > 0, x, ".repeat(n), ")".repeat(n)))),
    ("loops in loops", 1_000, |n| {
        block(&format!("{}{}", numbered(n, |i| format!("for t{i} in 1..1 {{\n")), "}\n".repeat(n)))
    }),
    ("claims of second derivatives", 100, |n| {
        let leaves = (0..n).map(|i| format!("x{i}")).collect::<Vec<_>>();
        let values = leaves.iter().map(|leaf| format!("{leaf} = 1\n")).collect::<String>();
        let claims = leaves.iter().map(|leaf| format!("expect d²y/d{leaf}² = 0\n")).collect::<String>();
        block(&format!("{values}y = {}\n{claims}", leaves.join(" * ")))
    }),
    ("claims of a training", 1_000, |n| {
        let claims = "expect y@0 = 1\n".repeat(n);
        let train = format!("```train graph=g\nminimize y over w\nrate 0.1\nsteps 1\n{claims}```\n");
        format!("{}{train}", block("param w = 1\ny = w * w"))
    }),
    ("parentheses", 20_000, |n| block(&format!("x = {}1{}", "(".repeat(n), ")".repeat(n)))),
    ("numbers", 2_000, |n| block(&format!("x = [{}]\ny = sum(x)", "1, ".repeat(n) + "1"))),
    ("unknown names", 1_000, |n| block(&format!("y = {}1", numbered(n, |i| format!("u{i} + "))))),
    ("orders of a derivative", 1_000, |n| block(&format!("x = 1\nf = x * x\nexpect df/{} = 1", "dx ".repeat(n)))),
    ("the same name", 1_500, |n| block(&"x = 1\n".repeat(n))),
    ("failed claims", 1_000, |n| block(&format!("x = 2\n{}", numbered(n, |i| format!("expect x = {}\n", i + 3))))),
    ("lines that are none", 2_000, |n| block(&"@@@\n".repeat(n))),
    ("blocks that repeat one", 60, |n| {
        format!("{}{}", block("x = 1\ny = x * 2"), numbered(n, |i| format!("```graph #h{i} src=#g\nx = 2\n```\n\n")))
    }),
];

fn block(text: &str) -> String {
    format!("```graph #g\n{text}\n```\n\n")
}

fn numbered(n: usize, one: impl Fn(usize) -> String) -> String {
    (0..n).fold(String::new(), |mut all, i| {
        all.push_str(&one(i));
        all
    })
}

fn main() -> Result<(), Box<dyn Error>> {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    let is_wanted = |family: &&Family| wanted.is_empty() || wanted.iter().any(|name| name == family.0);
    // Whatever is made once is made.
    took("x")?;
    let bare = took("x")?;
    for (name, start, note) in FAMILIES.iter().filter(is_wanted) {
        let (mut n, mut times) = (*start, Vec::new());
        while times.len() < 3 || (times.last().is_some_and(|time| *time < ENOUGH) && times.len() < 12) {
            times.push(took(&note(n))?.saturating_sub(bare));
            n *= 2;
        }
        let ratio = times[times.len() - 1] as f64 / times[times.len() - 2].max(1) as f64;
        let mut line = format!("{name}: up to {}: ", n / 2);
        times.iter().try_for_each(|time| write!(line, "{:.2} ", *time as f64 / 100.0))?;
        let mark = if ratio > LINEAR { " <<<" } else { "" };
        std::io::Write::write_all(&mut std::io::stdout(), format!("{line}s, ratio {ratio:.2}{mark}\n").as_bytes())?;
    }
    Ok(())
}

/// The time that a note takes from its text to its pages and messages, on all processors together, in hundredths of a second.
fn took(note: &str) -> Result<u64, Box<dyn Error>> {
    let text = if note.starts_with("+++") { note.to_owned() } else { format!("# N\n\n{note}") };
    let notes = vec![std::sync::Arc::new(SourceFile::new("content/a/01-n.ko.md", text))];
    let project = Project { notes, ..Project::default() };
    let before = processor_time()?;
    let checked = compile(&project);
    report(&checked.diagnostics, Format::Human { colour: false }, Tongue::En, |path| project.source(path));
    Ok(processor_time()? - before)
}

fn processor_time() -> Result<u64, Box<dyn Error>> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let fields: Vec<&str> = stat.rsplit_once(") ").ok_or("no such file")?.1.split(' ').collect();
    Ok(fields[11].parse::<u64>()? + fields[12].parse::<u64>()?)
}
