//! Ids in the order in which they came, each kept once, to be found again.

use std::hash::BuildHasher;
use std::ops::Deref;

use foldhash::fast::FixedState;
use hashbrown::HashTable;
use hashbrown::hash_table::Entry;

/// Ids by number.
#[derive(Debug, Default)]
pub struct Ids {
    all: Vec<String>,
    known: HashTable<u32>,
    hasher: FixedState,
}

impl Ids {
    /// Ids with the number of each.
    pub fn numbered<'i>(ids: impl ExactSizeIterator<Item = &'i str>) -> (Self, Vec<u32>) {
        let count = ids.len();
        let (all, known) = (Vec::with_capacity(count), HashTable::with_capacity(count));
        let mut numbered = Self { all, known, ..Self::default() };
        let numbers = ids.map(|id| numbered.number(id)).collect();
        (numbered, numbers)
    }

    pub fn find(&self, id: &str) -> Option<u32> {
        self.known.find(self.hasher.hash_one(id), |at| self.all[*at as usize] == id).copied()
    }

    /// The number of an id, which is the next one where it has not come yet. An empty one is nobody's and never found.
    pub fn number(&mut self, id: &str) -> u32 {
        let next = self.all.len() as u32;
        let (all, hasher) = (&mut self.all, &self.hasher);
        if id.is_empty() {
            all.push(String::new());
            return next;
        }
        let is = |at: &u32| all[*at as usize] == id;
        match self.known.entry(hasher.hash_one(id), is, |at| hasher.hash_one(all[*at as usize].as_str())) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(free) => {
                free.insert(next);
                all.push(id.to_owned());
                next
            }
        }
    }
}

impl Deref for Ids {
    type Target = [String];

    fn deref(&self) -> &[String] {
        &self.all
    }
}
