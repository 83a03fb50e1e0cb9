//! How far the work is. In: what whoever works says of it; out: nothing, unless somebody watches. This room does not
//! know clocks or terminals.

use crate::lang::Text;
use rayon::iter::{IndexedParallelIterator, ParallelIterator};

/// A part of the work that takes time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The project is read from the disk.
    Files,
    /// Notes are read.
    Notes,
    /// Graphs are run.
    Graphs,
    /// Trainings are run.
    Trainings,
    /// Lessons are written, with their figures.
    Lessons,
    /// Notes are compared with each other.
    Twins,
    /// Pages are made.
    Pages,
    /// Links are followed within the site.
    Links,
    /// Derivatives are compared.
    Gradients,
    /// Other sites are asked.
    Addresses,
    /// The site is compared with what is on the disk.
    Comparison,
    /// The site is written to the disk.
    Writing,
}

impl Stage {
    /// What it is called.
    pub const fn name(self) -> Text {
        match self {
            Self::Files => Text::fixed("파일", "files"),
            Self::Notes => Text::fixed("노트", "notes"),
            Self::Graphs => Text::fixed("그래프", "graphs"),
            Self::Trainings => Text::fixed("학습", "trainings"),
            Self::Lessons => Text::fixed("본문과 그림", "lessons and figures"),
            Self::Twins => Text::fixed("짝 노트 비교", "twins"),
            Self::Pages => Text::fixed("페이지", "pages"),
            Self::Links => Text::fixed("링크", "links"),
            Self::Gradients => Text::fixed("미분 비교", "derivatives"),
            Self::Addresses => Text::fixed("다른 사이트", "other sites"),
            Self::Comparison => Text::fixed("사이트 비교", "comparison"),
            Self::Writing => Text::fixed("쓰기", "writing"),
        }
    }

    /// Makes something of each part, on all threads, and counts along.
    pub fn each<P, M: Send>(
        self,
        progress: &dyn Progress,
        parts: impl IndexedParallelIterator<Item = P>,
        make: impl Fn(P) -> M + Sync + Send,
    ) -> Vec<M> {
        progress.begin(self, parts.len());
        let counted = |part| {
            let made = make(part);
            progress.step();
            made
        };
        parts.map(counted).collect()
    }
}

/// Whoever watches the work.
pub trait Progress: Sync {
    /// A stage begins, which ends the one before. It is of so many parts; 0 where they are not counted.
    fn begin(&self, _stage: Stage, _parts: usize) {}

    /// A part is done. Called by many threads, often.
    fn step(&self) {}
}

/// Nobody watches.
#[derive(Clone, Copy, Debug)]
pub struct Unwatched;

impl Progress for Unwatched {}
