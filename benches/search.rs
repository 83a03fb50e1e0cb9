//! How long it takes to write down what the search knows of notes in Korean and English. The time per word must not grow with the
//! number of notes.

use bpdoc::note::Section;
use bpdoc::page::search_entry;
use divan::Bencher;
use divan::counter::ItemsCount;
use mimalloc::MiMalloc;

/// The allocator of the program.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

const WORDS: [&str; 8] = ["역전파는", "the", "chain", "규칙을", "따라", "gradient", "거꾸로", "흐른다."];
const WORDS_OF_A_NOTE: usize = 900;
const SECTIONS_OF_A_NOTE: usize = 6;

fn main() {
    divan::main();
}

/// A note of the length of a lecture's.
fn sections(note: usize) -> Vec<Section> {
    let section = |at: usize| {
        let words = (0..WORDS_OF_A_NOTE / SECTIONS_OF_A_NOTE).map(|word| WORDS[(note + at + word * 5) % WORDS.len()]);
        let text = words.collect::<Vec<_>>().join(" ");
        Section { id: format!("part-{at}"), heading: format!("Part {at}"), text, is_figure: false }
    };
    (0..SECTIONS_OF_A_NOTE).map(section).collect()
}

#[divan::bench(args = [100, 1_000, 10_000])]
fn entries(bencher: Bencher<'_, '_>, notes: usize) {
    let sections: Vec<Vec<Section>> = (0..notes).map(sections).collect();
    bencher.counter(ItemsCount::new(notes * WORDS_OF_A_NOTE)).bench(|| {
        let entry = |sections: &Vec<Section>| search_entry("ko/s/a.html", "제목", &[], sections);
        sections.iter().map(entry).collect::<Vec<String>>()
    });
}
