//! Many short lists in little memory: nearly every subject has one row, one unit, one name.

use std::ops::Index;

/// A list per subject.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Lists<T> {
    /// Where each list ends and the next begins.
    ends: Vec<u32>,
    items: Vec<T>,
}

impl<T: Copy> Lists<T> {
    /// From pairs of list and item; the items of a list keep their order.
    pub fn new(count: usize, pairs: &[(u32, T)]) -> Self {
        // Each list's end is counted up from its start while its items are put in.
        let mut starts = vec![0; count + 1];
        pairs.iter().for_each(|(list, _)| starts[*list as usize + 1] += 1);
        for at in 1..=count {
            starts[at] += starts[at - 1];
        }
        let mut ends = starts;
        ends.truncate(count);
        // Any item, until its own is put there.
        let mut items: Vec<T> = pairs.iter().map(|(_, item)| *item).collect();
        for (list, item) in pairs {
            let end = &mut ends[*list as usize];
            items[*end as usize] = *item;
            *end += 1;
        }
        Lists { ends, items }
    }

    pub fn get(&self, at: usize) -> Option<&[T]> {
        (at < self.ends.len()).then(|| &self[at])
    }

    pub fn iter(&self) -> impl Iterator<Item = &[T]> {
        (0..self.ends.len()).map(|at| &self[at])
    }
}

impl<T> Index<usize> for Lists<T> {
    type Output = [T];

    fn index(&self, at: usize) -> &[T] {
        let start = if at == 0 { 0 } else { self.ends[at - 1] };
        &self.items[start as usize..self.ends[at] as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_hold_their_items_in_order() {
        let lists = Lists::new(4, &[(2, 7), (0, 3), (2, 5), (3, 1)]);
        let all: Vec<&[u32]> = (0..4).map(|at| &lists[at]).collect();
        assert_eq!(all, [&[3][..], &[], &[7, 5], &[1]]);
        assert_eq!((lists.get(3), lists.get(4)), (Some(&[1][..]), None));
    }
}
