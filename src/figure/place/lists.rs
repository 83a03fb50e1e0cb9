//! Lists of lists in one stretch of memory: the graphs here are walked far more often than they are changed, and a
//! small graph should cost a few allocations, not a few per node.

use std::ops::{Index, IndexMut};

/// Lists by index.
#[derive(Clone, Debug)]
pub(super) struct Lists<T> {
    /// Where each list starts, and where the last one ends.
    starts: Vec<u32>,
    members: Vec<T>,
}

impl<T> Default for Lists<T> {
    fn default() -> Self {
        Lists { starts: vec![0], members: Vec::new() }
    }
}

impl<T> Lists<T> {
    /// No lists yet, with room for so many lists and members.
    pub fn with_capacity(lists: usize, members: usize) -> Self {
        let mut starts = Vec::with_capacity(lists + 1);
        starts.push(0);
        Lists { starts, members: Vec::with_capacity(members) }
    }

    /// `count` lists: each member goes to the list that its key names, in the order of the iterator.
    pub fn grouped(count: usize, keyed: impl Iterator<Item = (usize, T)> + Clone) -> Self
    where
        T: Clone + Default,
    {
        let mut starts = vec![0_u32; count + 1];
        for (key, _) in keyed.clone() {
            starts[key + 1] += 1;
        }
        for key in 0..count {
            starts[key + 1] += starts[key];
        }
        let mut members = vec![T::default(); starts[count] as usize];
        let mut ends = starts.clone();
        for (key, member) in keyed {
            members[ends[key] as usize] = member;
            ends[key] += 1;
        }
        Lists { starts, members }
    }

    /// Forgets all lists.
    pub fn clear(&mut self) {
        self.starts.truncate(1);
        self.members.clear();
    }

    /// Adds a member to the list that is being written.
    pub fn push(&mut self, member: T) {
        self.members.push(member);
    }

    /// Ends the list that is being written; the next member starts another.
    pub fn end_list(&mut self) {
        self.starts.push(self.members.len() as u32);
    }

    /// The number of lists.
    pub fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// Where a list's members start among all members; those of the list behind the last one start at the end.
    pub fn start(&self, list: usize) -> usize {
        self.starts[list] as usize
    }

    /// Where a list's members stand among all members.
    pub fn range(&self, list: usize) -> std::ops::Range<usize> {
        self.starts[list] as usize..self.starts[list + 1] as usize
    }

    /// The lists, one after the other.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &[T]> + ExactSizeIterator + Clone {
        self.starts.windows(2).map(|pair| &self.members[pair[0] as usize..pair[1] as usize])
    }

    /// Some neighbouring lists, one after the other.
    pub fn some(&self, lists: std::ops::Range<usize>) -> impl Iterator<Item = &[T]> + Clone {
        self.starts[lists.start..=lists.end].windows(2).map(|pair| &self.members[pair[0] as usize..pair[1] as usize])
    }

    /// The members of all lists.
    pub fn members(&self) -> &[T] {
        &self.members
    }

    /// The members of all lists, to be changed.
    pub fn members_mut(&mut self) -> &mut [T] {
        &mut self.members
    }
}

impl<T> Index<usize> for Lists<T> {
    type Output = [T];

    fn index(&self, list: usize) -> &[T] {
        &self.members[self.range(list)]
    }
}

impl<T> IndexMut<usize> for Lists<T> {
    fn index_mut(&mut self, list: usize) -> &mut [T] {
        let range = self.range(list);
        &mut self.members[range]
    }
}
