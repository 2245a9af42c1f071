//! Many texts in one piece of memory: a city has more than a million different ones.

/// Texts by number.
#[derive(Debug, Clone, Default)]
pub struct Texts {
    bytes: String,
    /// Where each text ends and the next begins.
    ends: Vec<usize>,
}

impl Texts {
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    pub fn push(&mut self, text: &str) {
        self.bytes.push_str(text);
        self.ends.push(self.bytes.len());
    }

    pub fn get(&self, at: usize) -> &str {
        let start = if at == 0 { 0 } else { self.ends[at - 1] };
        &self.bytes[start..self.ends[at]]
    }

    pub fn iter(&self) -> impl ExactSizeIterator<Item = &str> {
        (0..self.len()).map(|at| self.get(at))
    }

    /// The texts of another from number `from` on follow.
    pub fn append(&mut self, other: &Texts, from: usize) {
        let start = from.checked_sub(1).map_or(0, |before| other.ends[before]);
        let (have, more) = (self.bytes.len(), &other.bytes[start..]);
        self.bytes.reserve_exact(more.len());
        self.bytes.push_str(more);
        self.ends.reserve_exact(other.len() - from);
        self.ends.extend(other.ends[from..].iter().map(|end| end - start + have));
    }

    pub fn shrink_to_fit(&mut self) {
        self.bytes.shrink_to_fit();
        self.ends.shrink_to_fit();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_follow_each_other() {
        let (mut texts, mut others) = (Texts::default(), Texts::default());
        ["", "甲", "乙丙"].iter().for_each(|text| texts.push(text));
        ["", "丁", "", "戊"].iter().for_each(|text| others.push(text));
        texts.append(&others, 1);
        assert_eq!(texts.iter().collect::<Vec<_>>(), ["", "甲", "乙丙", "丁", "", "戊"]);
    }
}
