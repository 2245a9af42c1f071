//! Ids in the order in which they came, each kept once, to be found again.

use std::hash::BuildHasher;
use std::ops::Deref;

use foldhash::fast::FixedState;
use hashbrown::HashTable;

/// Ids by number.
#[derive(Debug, Default)]
pub struct Ids {
    all: Vec<String>,
    known: HashTable<u32>,
    hasher: FixedState,
}

impl Ids {
    /// For so many ids.
    pub fn of(count: usize) -> Self {
        Self { all: Vec::with_capacity(count), known: HashTable::with_capacity(count), ..Self::default() }
    }

    pub fn find(&self, id: &str) -> Option<u32> {
        self.known.find(self.hasher.hash_one(id), |at| self.all[*at as usize] == id).copied()
    }

    /// One that is not among them yet, and its number. An empty one is nobody's and never found.
    pub fn push(&mut self, id: &str) -> u32 {
        let (all, hasher, number) = (&self.all, &self.hasher, self.all.len() as u32);
        if !id.is_empty() {
            let hash = |at: &u32| hasher.hash_one(all[*at as usize].as_str());
            self.known.insert_unique(hasher.hash_one(id), number, hash);
        }
        self.all.push(id.to_owned());
        number
    }
}

impl Deref for Ids {
    type Target = [String];

    fn deref(&self) -> &[String] {
        &self.all
    }
}

impl<'a> FromIterator<&'a str> for Ids {
    fn from_iter<I: IntoIterator<Item = &'a str>>(all: I) -> Self {
        let mut ids = Self::default();
        all.into_iter().for_each(|id| _ = ids.push(id));
        ids
    }
}
