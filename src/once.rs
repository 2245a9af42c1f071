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
