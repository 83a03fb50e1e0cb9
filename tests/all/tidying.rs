//! `bpdoc fmt`: blocks of notes, tidied.

use bpdoc::diag::Checked;
use bpdoc::{format, graph, train};
use proptest::prelude::*;
use std::fs;

/// A text with the places in it left out.
fn without_places(shown: &str) -> String {
    let mut rest = shown;
    let mut kept = String::new();
    while let Some(at) = rest.find("span: ") {
        kept.push_str(&rest[..at]);
        let behind = &rest[at + "span: ".len()..];
        rest = behind.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    }
    kept.push_str(rest);
    // Names and parameters carry their places without a word before them.
    let digits = |c: char| c.is_ascii_digit();
    let mut plain = String::new();
    for word in kept.split_inclusive([' ', '\n', ')', ',', ']']) {
        let place = word.trim_end_matches([' ', '\n', ')', ',', ']']);
        let is_place = place
            .split_once("..")
            .is_some_and(|(a, b)| !a.is_empty() && !b.is_empty() && a.chars().all(digits) && b.chars().all(digits));
        plain.push_str(if is_place { "" } else { word });
    }
    plain
}

fn said(block: &str) -> String {
    let Checked { value, diagnostics } = graph::parse(block);
    assert!(diagnostics.is_empty(), "{block}");
    without_places(&format!("{value:?}"))
}

/// Statements, with `_` where an author may leave blanks or not.
const STATEMENTS: [&str; 16] = [
    "w_=_-_2",
    "param_ 가중치_=_1.5e-3",
    "input_ X_=_[[_1_,_2_]_,_[_3_,_4_]_]",
    "g_=_w_*_x_+_b",
    "y_=_a*b_-_-1_^_2",
    "z_=_sum_(_X_,_axis_=_1_,_keepdims_=_true_)",
    "p_=_X_[_0_,_1_:_2_]_@_W.T",
    "c_=_where_(_x_>_0_,_x_,_-x_)",
    "def_ f_(_x_,_w_)_=_x_*_w",
    "h_[_1_]_=_0.5",
    "for_ t_ in_ 1_.._3_{_h[t]_=_h[t-1]_}",
    "group_ 은닉층_|_hidden_{_q_=_1_;_r_=_2_}",
    "output_ f_,_g",
    "expect_ f_=_-7",
    "expect_ d²f/dx²_<=_0.5_ within_ 1e-6",
    "k_=_softmax_(_Z_)_[_0_]",
];

fn line() -> impl Strategy<Value = String> {
    let blanks = prop::sample::select(vec!["", "", " ", "  ", "\t"]);
    let comment = prop::sample::select(vec!["", "", "#", "# 설명|caption", "#   a |  b", "## x", "# |x|"]);
    (prop::sample::select(STATEMENTS.to_vec()), prop::collection::vec(blanks, 24), comment, 0_usize..5).prop_map(
        |(statement, blanks, comment, indent)| {
            let mut blanks = blanks.into_iter().cycle();
            let written = statement.chars().fold(String::new(), |mut line, c| {
                match c {
                    // `w_1` has no blanks in it: only where a blank may be, the statements have `_`.
                    '_' => line.push_str(blanks.next().unwrap_or_default()),
                    c => line.push(c),
                }
                line
            });
            format!("{}{written}{}{comment}", " ".repeat(indent), blanks.next().unwrap_or_default())
        },
    )
}

fn block() -> impl Strategy<Value = String> {
    let other = prop::sample::select(vec![
        "",
        "  ",
        "# a comment | 설명",
        "group 틀|frame {",
        "  }",
        "X = [1,\n   2] # two lines",
    ]);
    prop::collection::vec(prop_oneof![3 => line(), 1 => other.prop_map(str::to_owned)], 0..12).prop_map(|lines| {
        let mut text = lines.join("\n");
        let balance = |text: &str| text.matches('{').count() as i64 - text.matches('}').count() as i64;
        for _ in 0..balance(&text) {
            text.push_str("\n}");
        }
        text
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a_tidied_block_says_the_same_and_stays_as_it_is(block in block()) {
        let Some(lines) = graph::format(&block) else { return Ok(()) };
        // As a block ends in a note.
        let whole = |lines: Vec<String>| lines.iter().map(|line| format!("{line}\n")).collect::<String>();
        let count = lines.len();
        let tidy = whole(lines);
        prop_assert_eq!(said(&block), said(&tidy), "{}\n->\n{}", block, tidy);
        prop_assert_eq!(count, block.lines().count());
        let again = graph::format(&tidy).map(whole);
        prop_assert_eq!(again, Some(tidy));
    }

    #[test]
    fn all_outside_of_blocks_stays_as_it_is(block in block(), prefix in prop::sample::select(vec!["", "> ", "   ", "- ", "1. > "]), crlf: bool) {
        let inner = prefix.replace(['-', '1', '.'], " ");
        let fenced: String = format!("```graph #x\n{block}\n```").lines().enumerate()
            .map(|(i, line)| format!("{}{line}\n", if i == 0 { prefix } else { &inner })).collect();
        let note = format!("\u{feff}# 제목\n\nx  =  1\n\n{fenced}\n```text\nw=1\n```\n끝");
        let note = if crlf { note.replace('\n', "\r\n") } else { note };
        let tidy = format::note(&note);
        prop_assert_eq!(format::note(&tidy), tidy.clone());
        let (old, new): (Vec<&str>, Vec<&str>) = (note.split('\n').collect(), tidy.split('\n').collect());
        prop_assert_eq!(old.len(), new.len());
        let body = 5..5 + block.split('\n').count();
        for (i, (old, new)) in old.iter().zip(&new).enumerate() {
            if !body.contains(&i) {
                prop_assert_eq!(old, new);
            }
            prop_assert_eq!(old.ends_with('\r'), new.ends_with('\r'));
            prop_assert!(i < body.start || !body.contains(&i) || old.trim().is_empty() || new.starts_with(inner.trim_end()));
        }
    }
}

#[test]
fn a_train_block_is_tidied_too() {
    let block = "#학습|Training\nminimize   cost over W,b\nrate 0.1 # 학습률|rate\nsteps 1000   # 횟수|steps\noptimizer  adam   beta1=0.8\nreport 0 ,10\nexpect  cost@1000<  0.02";
    let tidy = "# 학습 | Training\nminimize cost over W, b\nrate 0.1    # 학습률 | rate\nsteps 1000  # 횟수 | steps\noptimizer adam beta1=0.8\nreport 0, 10\nexpect cost@1000 < 0.02";
    let lines = train::format(block).expect("it can be read");
    assert_eq!(lines.join("\n"), tidy);
    assert_eq!(train::format(tidy), Some(lines));
    assert_eq!(train::format("rate x"), None);
}

#[test]
fn blocks_keep_what_stands_before_their_lines() {
    let note = "1. > ```graph #a\r\n   > w=1 # a\r\n   > 가중치=2 # b\r\n   > ```\r\n\r\n```graph\nx = (\ny=1\n```\n";
    let tidy = "1. > ```graph #a\r\n   > w = 1       # a\r\n   > 가중치 = 2  # b\r\n   > ```\r\n\r\n```graph\nx = (\ny=1\n```\n";
    assert_eq!(format::note(note), tidy);
}

/// The notes of this site, and those of a new project, are as `bpdoc fmt` would write them.
#[test]
fn our_own_notes_are_tidy() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    for folder in ["content", "src/cli/new", "tests/browser/notes"] {
        for note in bpdoc::project::markdown_at(&root.join(folder)).expect("readable") {
            let text = fs::read_to_string(&note).expect("text");
            assert!(format::note(&text) == text, "{} is not tidy", note.display());
        }
    }
}
