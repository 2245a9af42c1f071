//! Which texts have been seen lately.
//!
//! A city has more than a million different texts. A key for each in a map costs more time and memory than all that is
//! done with them.

use std::hash::BuildHasher;

use foldhash::fast::FixedState;

/// A number with half of its text's hash, so that hardly any other text is looked at.
#[derive(Debug, Clone, Copy, Default)]
struct Slot {
    hash: u32,
    number: u32,
}

/// The numbers of texts that came lately. Where the same few texts come again and again they are all found here; where
/// every text is another one, as ids are, looking for them in vain costs nearly nothing, which a map of hundreds of
/// thousands does not.
#[derive(Debug, Default)]
pub struct Recent {
    /// Pairs of slots, the later text first; none before the first text.
    slots: Vec<[Slot; 2]>,
    state: FixedState,
}

/// Enough for every word that is not made up for its row.
const PAIRS: usize = 2048;

impl Recent {
    /// What [`Recent::find`] and [`Recent::insert`] want to know of a text.
    pub fn hash(&self, text: &str) -> u32 {
        self.state.hash_one(text) as u32
    }

    /// The number of the text with that hash for which `is` holds, if it came lately.
    pub fn find(&mut self, hash: u32, is: impl Fn(u32) -> bool) -> Option<u32> {
        let pair = self.slots.get_mut(hash as usize % PAIRS)?;
        let at = pair.iter().position(|slot| slot.hash == hash && slot.number > 0 && is(slot.number))?;
        pair.swap(0, at);
        Some(pair[0].number)
    }

    /// A text that was not found. Number 0 is no text's, and not kept.
    pub fn insert(&mut self, hash: u32, number: u32) {
        if number == 0 {
            return;
        }
        if self.slots.is_empty() {
            self.slots.resize(PAIRS, [Slot::default(); 2]);
        }
        let pair = &mut self.slots[hash as usize % PAIRS];
        *pair = [Slot { hash, number }, pair[0]];
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workbook::TextStore;

    #[test]
    fn texts_follow_each_other() {
        let (mut texts, mut others) = (TextStore::default(), TextStore::default());
        ["", "甲", "乙丙"].iter().for_each(|text| texts.push(text));
        ["", "丁", "", "戊"].iter().for_each(|text| others.push(text));
        texts.append(&others, 1);
        assert_eq!(texts.iter().collect::<Vec<_>>(), ["", "甲", "乙丙", "丁", "", "戊"]);
        assert!(texts.is(5, "戊") && !texts.is(5, "丁") && texts.is(4, ""));
    }

    #[test]
    fn the_latest_of_many_texts_are_found_among_the_recent() {
        let (mut recent, mut texts) = (Recent::default(), TextStore::default());
        texts.push("");
        for number in 1..20_000 {
            let text = number.to_string();
            texts.push(&text);
            recent.insert(recent.hash(&text), number);
        }
        let mut late = 0;
        for number in 1..20_000 {
            let text = number.to_string();
            let is = |at: u32| texts.is(at as usize, &text);
            let found = recent.find(recent.hash(&text), is);
            assert!(found.is_none_or(|found| found == number));
            late += u32::from(found.is_some());
        }
        assert!((3_000..=4_096).contains(&late), "{late}");
    }
}
