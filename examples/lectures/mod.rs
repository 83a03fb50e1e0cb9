//! Made-up lecture notes in Korean and English, alike in size and kind to real ones: 800 to 1,000 words, two figures,
//! formulas, numbers from the figures, a listing and links to other notes. In: how many; out: the files of a project.

mod sentences;

use sentences::{LANGUAGES, SENTENCES, TOPICS};
use std::fmt::Write;
use std::path::Path;
use std::{fs, io};

/// Notes of one series.
const OF_A_SERIES: usize = 25;
/// Sentences of each paragraph of a note, section by section.
const SECTIONS: [&[usize]; 5] = [&[4, 4], &[4, 4], &[5, 4], &[4, 4], &[4, 4]];

/// Writes a project with so many notes in each language.
pub fn write(folder: &Path, notes: usize) -> io::Result<()> {
    for (path, text) in files(notes) {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap_or(folder))?;
        fs::write(path, text)?;
    }
    Ok(())
}

/// The path of a note below the project's folder.
pub fn path_of(note: usize, language: &str) -> String {
    format!("content/{}/{}", series_of(note), file_of(note, language))
}

fn files(notes: usize) -> impl Iterator<Item = (String, String)> {
    let config = "title = { ko = \"계산 그래프 강의\", en = \"Lectures on computational graphs\" }\n";
    let fronts = (0..notes.div_ceil(OF_A_SERIES)).flat_map(|series| {
        LANGUAGES.iter().enumerate().map(move |(i, language)| {
            let title = [format!("강의 {}", series + 1), format!("Course {}", series + 1)];
            let path = format!("content/course-{:03}/_index.{language}.md", series + 1);
            (path, format!("+++\ntitle = \"{}\"\n+++\n\n{}\n", title[i], SENTENCES[series % SENTENCES.len()][i]))
        })
    });
    let lessons = (0..notes).flat_map(move |note| {
        LANGUAGES.iter().enumerate().map(move |(i, language)| (path_of(note, language), lesson(note, i, notes)))
    });
    std::iter::once(("bpdoc.toml".to_owned(), config.to_owned())).chain(fronts).chain(lessons)
}

fn series_of(note: usize) -> String {
    format!("course-{:03}", note / OF_A_SERIES + 1)
}

fn file_of(note: usize, language: &str) -> String {
    let slug = TOPICS[note % TOPICS.len()][1].to_lowercase().replace(' ', "-");
    format!("{:02}-{slug}-{}.{language}.md", note % OF_A_SERIES + 1, note + 1)
}

fn title_of(note: usize, language: usize) -> String {
    format!("{} {}", TOPICS[note % TOPICS.len()][language], note + 1)
}

fn lesson(note: usize, language: usize, notes: usize) -> String {
    let mut text = String::new();
    let topic = TOPICS[note % TOPICS.len()][language];
    let [day, month] = [note % 28 + 1, note / 28 % 12 + 1];
    let _ = write!(
        text,
        "+++\ntitle = \"{}\"\ndate = 2026-{month:02}-{day:02}\ntags = [\"{topic}\"]\n+++\n",
        title_of(note, language)
    );
    let headings = [
        ["한 뉴런의 계산", "One neuron"],
        ["기울기를 거슬러 가기", "Going back"],
        ["한 층의 계산", "One layer"],
        ["프로그램으로 쓰기", "As a program"],
        ["더 읽을 것", "Where to go on"],
    ];
    let mut at = note * 7;
    for (section, (heading, paragraphs)) in headings.iter().zip(SECTIONS).enumerate() {
        let _ = write!(text, "\n## {}\n", heading[language]);
        for (place, length) in paragraphs.iter().enumerate() {
            text.push('\n');
            for _ in 0..*length {
                // A stride without a factor in common with the list goes through all of it.
                at += 11;
                let _ = writeln!(text, "{}", SENTENCES[at % SENTENCES.len()][language]);
            }
            if place == 0 {
                text.push_str(&exhibit(section, note, language, notes));
            }
        }
    }
    text
}

/// What a section shows between its paragraphs.
fn exhibit(section: usize, note: usize, language: usize, notes: usize) -> String {
    // Small whole numbers: what they give is known without computing it as the tool does.
    let [w, x, b] = [(note % 9) as i64 - 4, (note / 9 % 7) as i64 + 1, (note % 5) as i64 - 2];
    let f = w * x + b;
    match (section, language) {
        (0, 0) => format!(
            "\n$$f = wx + b, \\qquad \\frac{{\\partial f}}{{\\partial w}} = x$$\n\n```graph #neuron\n# 뉴런 하나 | One neuron\nw = {w}  # 가중치 | weight\nx = {x}  # 입력 | input\nb = {b}  # 편향 | bias\ng = w * x\nf = g + b\ny = f ^ 2\n\nexpect f = {f}\nexpect dy/df = {}\n```\n",
            2 * f
        ),
        (0, _) => {
            "\n$$f = wx + b, \\qquad \\frac{\\partial f}{\\partial w} = x$$\n\n```graph #neuron\n```\n".to_owned()
        }
        (1, 0) => "\n여기에서는 $f = \\val{neuron:f}$이고 $\\frac{\\partial y}{\\partial w} = \\val{neuron:dy/dw}$이다. $\\sum_{i=1}^{n} x_i^2$처럼 긴 식도 같다.\n".to_owned(),
        (1, _) => "\nHere $f = \\val{neuron:f}$ and $\\frac{\\partial y}{\\partial w} = \\val{neuron:dy/dw}$. The same holds for longer terms such as $\\sum_{i=1}^{n} x_i^2$.\n".to_owned(),
        (2, 0) => format!(
            "\n```graph #layer\n# 한 층 | One layer\nW = [[{w}, 1, 0], [2, {b}, 1]]  # 가중치 | weights\nx = [{x}, 1, 2]  # 입력 | inputs\nz = W @ x\nh = tanh(z)\ns = sum(h * h)\n```\n\n$$\\mathbf{{h}} = \\tanh(W \\mathbf{{x}}), \\qquad s = \\sum_i h_i^2$$\n"
        ),
        (2, _) => "\n```graph #layer\n```\n\n$$\\mathbf{h} = \\tanh(W \\mathbf{x}), \\qquad s = \\sum_i h_i^2$$\n".to_owned(),
        (3, _) => format!(
            "\n```python\ndef neuron(w, x, b):\n    g = w * x\n    f = g + b\n    return f ** 2\n\n\nprint(neuron({w}, {x}, {b}))  # {}\n```\n",
            f * f
        ),
        _ => links(note, language, notes),
    }
}

/// Links to the notes before and behind, and to one of another series.
fn links(note: usize, language: usize, notes: usize) -> String {
    let mut text = String::from("\n");
    for other in [(note + notes - 1) % notes, (note + 1) % notes, (note + 3 * OF_A_SERIES + 5) % notes] {
        let path = format!("../{}/{}", series_of(other), file_of(other, LANGUAGES[language]));
        let _ = writeln!(text, "- [{}]({path})", title_of(other, language));
    }
    text
}
