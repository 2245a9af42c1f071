//! Lists in which each thing stands once, where it came first.

/// Adds what is not there yet.
pub trait Once<T> {
    fn once(&mut self, item: T);
}

impl<T: PartialEq> Once<T> for Vec<T> {
    fn once(&mut self, item: T) {
        if !self.contains(&item) {
            self.push(item);
        }
    }
}

/// All of them, each once.
pub fn once<T: PartialEq>(items: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut kept = Vec::new();
    items.into_iter().for_each(|item| kept.once(item));
    kept
}

/// What has the same key together, at the place of the first.
pub fn grouped<K: PartialEq, V>(pairs: impl IntoIterator<Item = (K, V)>) -> Vec<(K, Vec<V>)> {
    let mut groups: Vec<(K, Vec<V>)> = Vec::new();
    for (key, value) in pairs {
        match groups.iter_mut().find(|(known, _)| *known == key) {
            Some((_, values)) => values.push(value),
            None => groups.push((key, vec![value])),
        }
    }
    groups
}
