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
use std::sync::Arc;

/// A family of notes: its name, a length to begin with, and the note of a length.
type Family = (&'static str, usize, fn(usize) -> String);

/// What is long enough to be measured, in hundredths of a second.
const ENOUGH: u64 = 60;
/// A ratio above this is not linear.
const LINEAR: f64 = 2.3;

const FAMILIES: &[Family] = &[
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
    ("references to headings", 1_000, |n| numbered(n, |i| format!("## h{i} {{#a{i}}}\n\n[](#a{i})\n\n"))),
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
    ("elements of a sum", 100, |n| block(&format!("x = zeros({n})\ny = {}", joined(n, " + ", |i| format!("x[{i}]"))))),
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
        let claims = numbered(n, |i| format!("expect d²y/dx{i}² = 0\n"));
        block(&format!("{}y = {}\n{claims}", leaves(n), joined(n, " * ", |i| format!("x{i}"))))
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
    ("distinct terms", 100, |n| block(&format!("{}y = {}", leaves(n), joined(n, " + ", |i| format!("x{i}"))))),
    ("parameters", 50, |n| {
        let params = numbered(n, |i| format!("param w{i} = 1\n"));
        block(&format!("input x = 2\n{params}y = {}", joined(n, " + ", |i| format!("w{i} * x"))))
    }),
    ("calls in calls", 100, |n| block(&format!("x = 0\ny = {}x{}", "tanh(".repeat(n), ")".repeat(n)))),
    ("the greater of two in such", 50, |n| block(&format!("x = 1\ny = {}x{}", "max(x, ".repeat(n), ")".repeat(n)))),
    ("squares", 100, |n| block(&format!("x0 = 0.1\n{}", numbered(n, |i| format!("x{} = x{i} * x{i}\n", i + 1))))),
    ("what is used again and again", 50, |n| {
        let gates = numbered(n, |i| format!("y{i} = exp(x)\n"));
        block(&format!("x = 1\n{gates}z = {}", joined(n, " + ", |i| format!("y{i}"))))
    }),
    ("graphs in a graph", 100, |n| block(&numbered(n, |i| format!("x{i} = 1\ny{i} = x{i} * 2\n")))),
    ("captions", 100, |n| block(&format!("x0 = 1\n{}", numbered(n, |i| format!("x{} = x{i} # c{i}\n", i + 1))))),
    ("claims", 1_000, |n| block(&format!("x = 1\ny = x * 2\n{}", "expect dy/dx = 2\n".repeat(n)))),
    ("claims of each derivative", 100, |n| {
        let claims = numbered(n, |i| format!("expect dy/dx{i} = 1\n"));
        block(&format!("{}y = {}\n{claims}", leaves(n), joined(n, " + ", |i| format!("x{i}"))))
    }),
    ("claims along a chain", 100, |n| {
        let gates = numbered(n, |i| format!("x{} = x{i} * 1\n", i + 1));
        block(&format!("x0 = 1\n{gates}{}", numbered(n, |i| format!("expect dx{}/dx0 = 1\n", i + 1))))
    }),
    ("groups in a chain", 100, |n| {
        block(&format!("y0 = 1\n{}", numbered(n, |i| format!("group g{i} {{\ny{} = y{i} * 2\n}}\n", i + 1))))
    }),
    ("groups in groups", 100, |n| {
        let groups = numbered(n, |i| format!("group g{i} {{\ny{} = y{i} * 2\n", i + 1));
        block(&format!("y0 = 1\n{groups}{}", "}\n".repeat(n)))
    }),
    ("gradients of a sum", 50, |n| {
        let sum = joined(n, " + ", |i| format!("x{i} * x{i}"));
        block(&format!("{}y = {sum}\n{}", leaves(n), numbered(n, |i| format!("g{i} = grad(y, x{i})\n"))))
    }),
    ("gradients of each", 50, |n| {
        let gates = numbered(n, |i| format!("y{i} = x{i} * x{i}\n"));
        block(&format!("{}{gates}{}", leaves(n), numbered(n, |i| format!("g{i} = grad(y{i}, x{i})\n"))))
    }),
    ("passes of a loop", 50, |n| block(&format!("h[0] = 1\nw = 1\nfor t in 1..{n} {{\nh[t] = h[t-1] * w\n}}\n"))),
    ("mistakes in a loop", 500, |n| {
        block(&format!("for t in 1..2 {{\n{}}}\n", numbered(n, |i| format!("x{i}[t / 2] = 1\n"))))
    }),
    ("functions", 500, |n| block(&format!("{}x = 1\ny = f0(x)", numbered(n, |i| format!("def f{i}(a) = a * 2\n"))))),
    ("names used too early", 500, |n| {
        block(&format!("{}x{n} = 1\n", numbered(n, |i| format!("x{i} = x{} * 2\n", i + 1))))
    }),
    ("a circle of names", 500, |n| block(&numbered(n, |i| format!("x{i} = x{} * 2\n", (i + 1) % n)))),
    ("a circle of functions", 500, |n| block(&numbered(n, |i| format!("def f{i}(a) = f{}(a)\n", (i + 1) % n)))),
    ("unknown functions", 500, |n| {
        let functions = numbered(n, |i| format!("def f{i}(a) = a\n"));
        block(&format!("{functions}x = 1\n{}", numbered(n, |i| format!("y{i} = gg{i}(x)\n"))))
    }),
    ("names and their elements", 500, |n| block(&numbered(n, |i| format!("x{i} = 1\nx{i}[0] = 1\n")))),
    ("functions that call others twice", 10, |n| {
        let doubling = numbered(n, |i| format!("def f{}(a) = f{i}(a) + f{i}(a)\n", i + 1));
        block(&format!("def f0(a) = a * 2\n{doubling}x = 1\ny = f{n}(x)"))
    }),
    ("parameters of a function", 1_000, |n| {
        let (parameters, given) = (joined(n, ", ", |i| format!("a{i}")), vec!["x"; n].join(", "));
        block(&format!("def f({parameters}) = {}\nx = 1\ny = f({given})", joined(n, " * 1 + ", |i| format!("a{i}"))))
    }),
    ("names in a list", 50, |n| block(&format!("{}y = sum([{}])", leaves(n), joined(n, ", ", |i| format!("x{i}"))))),
    ("rows of a matrix", 1_000, |n| block(&format!("x = [{}]\ny = sum(x)", vec!["[1, 2]"; n].join(", ")))),
    ("lists in lists of numbers", 1_000, |n| block(&format!("x = {}1{}", "[".repeat(n), "]".repeat(n)))),
    ("graphs", 20, |n| numbered(n, |i| format!("```graph #g{i}\nx = {i}\ny = x * 2\n```\n\n"))),
    ("emphasis in emphasis", 5_000, |n| format!("{}b{}\n", "*a ".repeat(n), "*".repeat(n))),
    ("links in brackets", 5_000, |n| format!("{}a{}\n", "[".repeat(n), "](b)".repeat(n))),
    ("short tables", 500, |n| "| a | b |\n|--|--|\n| 1 | 2 |\n\n".repeat(n)),
    ("footnotes that refer to each other", 500, |n| {
        format!("a[^0]\n\n{}", numbered(n, |i| format!("[^{i}]: x[^{}] y[^{}]\n\n", (i + 1) % n, i * 7 % n)))
    }),
    ("addresses", 2_000, |n| numbered(n, |i| format!("<https://a.org/{i}> "))),
    ("codes in a line", 5_000, |n| "`a` ".repeat(n)),
    ("languages of code", 1_000, |n| numbered(n, |i| format!("```lang{i}\nx = 1\n```\n\n"))),
    ("tags that stay open", 500, |n| "a <b>".repeat(n)),
    ("formulas in a column", 500, |n| numbered(n, |i| format!("$$x_{{{i}}}$$\n\n"))),
    ("roots in roots", 500, |n| format!("${}x{}$\n", "\\sqrt{".repeat(n), "}".repeat(n))),
    ("tasks", 2_000, |n| "- [ ] a\n".repeat(n)),
    ("values in a sentence", 500, |n| format!("{}{}\n", block("x = 2\ny = x"), "$\\val{y}$ ".repeat(n))),
    ("blocks that repeat one", 60, |n| {
        format!("{}{}", block("x = 1\ny = x * 2"), numbered(n, |i| format!("```graph #h{i} src=#g\nx = 2\n```\n\n")))
    }),
];

/// A family of projects: its name, a length to begin with, and for a number the note of that number among so many.
type Book = (&'static str, usize, fn(usize, usize) -> String);

const BOOKS: &[Book] = &[
    ("notes", 50, |i, _| format!("# N{i}\n\nword\n")),
    ("notes of one title", 50, |_, _| "# N\n\nword\n".to_owned()),
    ("notes that link to the next", 50, |i, n| format!("# N{i}\n\n[a]({0:06}-n{0}.ko.md)\n", (i + 1) % n)),
    ("notes that link to the first", 50, |i, _| format!("# N{i}\n\n[a](000000-n0.ko.md)\n")),
    ("notes with one tag", 50, |i, _| format!("+++\ntags = [\"t\"]\n+++\n# N{i}\n")),
    ("notes with tags of their own", 50, |i, _| format!("+++\ntags = [\"t{i}\"]\n+++\n# N{i}\n")),
    ("notes with former addresses", 50, |i, _| format!("+++\naliases = [\"t{i}.html\"]\n+++\n# N{i}\n")),
    ("notes with a graph", 20, |i, _| format!("# N{i}\n\n{}", block(&format!("x = {i}\ny = x * 2")))),
];

/// `x0 = 1` and so on.
fn leaves(n: usize) -> String {
    numbered(n, |i| format!("x{i} = 1\n"))
}

fn joined(n: usize, between: &str, one: impl Fn(usize) -> String) -> String {
    (0..n).map(one).collect::<Vec<_>>().join(between)
}

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
    let is_wanted = |family: &str| wanted.is_empty() || wanted.iter().any(|name| name == family);
    // Whatever is made once is made.
    took(vec![note("x")])?;
    let bare = took(vec![note("x")])?;
    for (name, start, text) in FAMILIES.iter().filter(|(name, ..)| is_wanted(name)) {
        print_growth(name, *start, bare, |n| vec![note(&text(n))])?;
    }
    for (name, start, text) in BOOKS.iter().filter(|(name, ..)| is_wanted(name)) {
        print_growth(name, *start, bare, |n| {
            (0..n).map(|i| (format!("content/a/{i:06}-n{i}.ko.md"), text(i, n))).collect()
        })?;
    }
    Ok(())
}

/// Paths and texts of notes.
type Notes = Vec<(String, String)>;

/// The one note of a project.
fn note(text: &str) -> (String, String) {
    let text = if text.starts_with("+++") { text.to_owned() } else { format!("# N\n\n{text}") };
    ("content/a/01-n.ko.md".to_owned(), text)
}

fn print_growth(name: &str, start: usize, bare: u64, notes: impl Fn(usize) -> Notes) -> Result<(), Box<dyn Error>> {
    let (mut n, mut times) = (start, Vec::new());
    while times.len() < 3 || (times.last().is_some_and(|time| *time < ENOUGH) && times.len() < 12) {
        times.push(took(notes(n))?.saturating_sub(bare));
        n *= 2;
    }
    let ratio = times[times.len() - 1] as f64 / times[times.len() - 2].max(1) as f64;
    let mut line = format!("{name}: up to {}: ", n / 2);
    times.iter().try_for_each(|time| write!(line, "{:.2} ", *time as f64 / 100.0))?;
    let mark = if ratio > LINEAR { " <<<" } else { "" };
    std::io::Write::write_all(&mut std::io::stdout(), format!("{line}s, ratio {ratio:.2}{mark}\n").as_bytes())?;
    Ok(())
}

/// The time that notes take from their texts to their pages and messages, on all processors together, in hundredths of a
/// second.
fn took(notes: Notes) -> Result<u64, Box<dyn Error>> {
    let notes = notes.into_iter().map(|(path, text)| Arc::new(SourceFile::new(path, text))).collect();
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
