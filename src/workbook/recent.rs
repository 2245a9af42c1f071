//! What came lately, to be found again at next to no cost.
//!
//! A city has more than a million different texts. A key for each in a map costs more time and memory than all that is
//! done with them: reading takes half as long again. Where the same few come again and again they are all found here;
//! where every one is another, as ids are, looking for them in vain costs nearly nothing.

/// Numbers by key: the later and the earlier of two for so many keys. 0 is none.
#[derive(Debug, Default)]
pub struct Recent(Vec<[(u32, u32); 2]>);

/// Enough for every word that is not made up for its row.
const PAIRS: usize = 2048;

impl Recent {
    /// The number with that key for which `is` holds, if it came lately.
    pub fn find(&mut self, key: u32, is: impl Fn(u32) -> bool) -> Option<u32> {
        let pair = self.0.get_mut(key as usize % PAIRS)?;
        let at = pair.iter().position(|(of, number)| *of == key && *number > 0 && is(*number))?;
        pair.swap(0, at);
        Some(pair[0].1)
    }

    /// One that was not found.
    pub fn insert(&mut self, key: u32, number: u32) {
        if self.0.is_empty() {
            self.0.resize(PAIRS, Default::default());
        }
        let pair = &mut self.0[key as usize % PAIRS];
        *pair = [(key, number), pair[0]];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_of_many_are_found() {
        let mut recent = Recent::default();
        (1..20_000).for_each(|number| recent.insert(number, number));
        let late = (1..20_000).filter(|number| recent.find(*number, |found| found == *number).is_some());
        assert!(late.eq(20_000 - 4_096..20_000));
        assert_eq!((recent.find(19_999, |_| false), recent.find(7, |_| true)), (None, None));
    }
}
