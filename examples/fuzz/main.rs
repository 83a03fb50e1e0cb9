//! Fuzzes a target of `fuzz/targets.rs` on stable Rust: notes, blocks and models of this repository, changed at random.
//! `cargo run --release --example fuzz -- TARGET SECONDS [SEED]`

#[path = "../../fuzz/targets.rs"]
mod targets;

use std::error::Error;
use std::fs;
use std::panic::catch_unwind;
use std::path::Path;
use std::time::{Duration, Instant};
use targets::{Kind, TARGETS, Target};

/// What an input may take, at most.
const LONG: Duration = Duration::from_secs(10);
/// The longest input.
const LONGEST: usize = 40_000;

/// Words that mean something in a note, a block or a settings file.
const WORDS: &str = "+++ --- ``` ```graph ```train #g of=#g src=#g { } [ ] ( ) [^a] [^a]: ![](a.png) [](#a) [](term:a) {#a} \
    $ $$ \\val{f} \\claim{f}{2} \\frac{ \\label{a} \\begin{align} & \\\\ ** * _ ~~ > - | |--| <b> </b> <!-- --> &amp; title = date \
    x = w f = x * w param input const output expect df/dw d²f/dx² def f(x) = group a | for t in 1..3 h[t] grad(f, x) \
    sum(x, axis=0) softmax(x) where(x > 0, x, 0) zeros(2, 3) normal(2, seed=1) [1, 2] ^ @ .T 1e308 1e-320 -0 1e999 0 99999999999 \
    minimize rate steps report optimizer adam within quiz=values view=backward view=forward-mode dir=down size=full engine=layout-rs \
    가 (a)**는 \u{1100}\u{1161} \u{202e} \u{0} \r\n \t \u{feff} é 𝑥";

/// A generator of random numbers (xorshift64*, Vigna 2016).
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % n.max(1)
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (Some(name), Some(seconds)) = (arguments.first(), arguments.get(1)) else {
        return Err(format!("a target and seconds, please; there are {:?}", TARGETS.map(|target| target.0)).into());
    };
    let target = TARGETS.into_iter().find(|target| target.0 == name.as_str()).ok_or("there is no such target")?;
    let seed = arguments.get(2).map_or(Ok(1), |seed| seed.parse())?;
    let found = fuzz(target, Duration::from_secs(seconds.parse()?), seed)?;
    if found == 0 { Ok(()) } else { Err(format!("{found} inputs went wrong").into()) }
}

fn fuzz((name, run, kind): Target, time: Duration, seed: u64) -> Result<usize, Box<dyn Error>> {
    let corpus = corpus(kind, Path::new(env!("CARGO_MANIFEST_DIR")))?;
    let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let (start, mut count, mut found) = (Instant::now(), 0_u64, 0);
    while start.elapsed() < time {
        let input = changed(&corpus, &mut random);
        let begin = Instant::now();
        let ended = catch_unwind(|| run(&input));
        if ended.is_err() || begin.elapsed() > LONG {
            found += 1;
            let file = std::env::temp_dir().join(format!("bpdoc-fuzz-{name}-{seed}-{count}"));
            fs::write(&file, &input)?;
            eprintln!("{}: {:?}", file.display(), begin.elapsed());
        }
        count += 1;
    }
    eprintln!("{name}: {count} inputs, {found} went wrong");
    Ok(found)
}

/// Inputs to start from.
fn corpus(kind: Kind, root: &Path) -> Result<Vec<Vec<u8>>, Box<dyn Error>> {
    let (folder, ending) = match kind {
        Kind::Block | Kind::Note => ("content", "md"),
        Kind::Settings => ("", "toml"),
        Kind::Onnx => ("tests/import", "onnx"),
    };
    let mut inputs = Vec::new();
    for entry in
        walkdir::WalkDir::new(root.join(folder)).max_depth(if folder.is_empty() { 1 } else { 9 }).sort_by_file_name()
    {
        let entry = entry?;
        if entry.path().extension().is_some_and(|end| end == ending) {
            inputs.push(fs::read(entry.path())?);
        }
    }
    if kind == Kind::Block {
        let text: String = inputs.iter().map(|note| String::from_utf8_lossy(note)).collect();
        let blocks = text.split("\n```graph").skip(1).filter_map(|block| block.split_once('\n')?.1.split_once("\n```"));
        inputs = blocks.map(|(block, _)| block.as_bytes().to_vec()).filter(|block| !block.is_empty()).collect();
    }
    Ok(inputs)
}

/// An input of the corpus, changed in a few places.
fn changed(corpus: &[Vec<u8>], random: &mut Random) -> Vec<u8> {
    let words: Vec<&str> = WORDS.split(' ').collect();
    let mut input = corpus[random.below(corpus.len())].clone();
    // A part of a long note is quicker, and as strange.
    let start = if random.below(2) == 0 { 0 } else { random.below(input.len()) };
    input.drain(..start);
    input.truncate(1 + random.below(4_000));
    for _ in 0..1 + random.below(8) {
        let at = random.below(input.len() + 1);
        let end = (at + random.below(60)).min(input.len());
        match random.below(8) {
            0 => input.get_mut(at).into_iter().for_each(|byte| *byte ^= 1 << random.below(8)),
            1 => drop(input.drain(at..end)),
            2 | 3 => drop(input.splice(at..at, words[random.below(words.len())].bytes())),
            4 => {
                let piece = input[at..end].to_vec();
                for _ in 0..random.below(200) {
                    input.splice(at..at, piece.iter().copied());
                }
            }
            5 => {
                let other = &corpus[random.below(corpus.len())];
                let from = random.below(other.len());
                input.splice(at..end, other[from..(from + random.below(400)).min(other.len())].iter().copied());
            }
            6 => drop(input.splice(
                at..end,
                std::iter::repeat_n(words[random.below(words.len())], random.below(300)).flat_map(str::bytes),
            )),
            _ => {
                let line = format!("\n{} ", words[random.below(words.len())]);
                input.splice(at..at, line.bytes());
            }
        }
        input.truncate(LONGEST);
    }
    input
}
