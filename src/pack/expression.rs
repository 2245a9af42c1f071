//! An expression of a pack: its text as written, where it stands, and the term that it was parsed and bound to.

use std::sync::{Arc, OnceLock};

use super::model::Passage;
use super::syntax::{self, Wrong};
use super::term::Term;

/// Parsed when the pack is read, bound when it is checked; after that everything asks the bound term.
#[derive(Debug, Clone)]
pub struct Expression {
    pub text: String,
    /// Where its text stands in the pack's files, with the quotes around it.
    pub place: Passage,
    parsed: Result<Arc<Term>, Wrong>,
    bound: OnceLock<Arc<Term>>,
}

impl Expression {
    pub fn new(text: &str, place: Passage) -> Expression {
        let parsed = syntax::parse(text).map(Arc::new);
        Expression { text: text.to_owned(), place, parsed, bound: OnceLock::new() }
    }

    /// The term: bound once the pack is checked. A text that could not be parsed is an unknown value, and its pack
    /// is refused.
    pub fn term(&self) -> &Term {
        static NOTHING: OnceLock<Term> = OnceLock::new();
        match (self.bound.get(), &self.parsed) {
            (Some(bound), _) => bound,
            (None, Ok(parsed)) => parsed,
            (None, Err(_)) => NOTHING.get_or_init(Term::null),
        }
    }

    /// The term before its names mean something.
    ///
    /// # Errors
    /// Why the text could not be parsed.
    pub fn parsed(&self) -> Result<&Term, &Wrong> {
        self.parsed.as_deref()
    }

    /// Keeps the term with its types and the meanings of its names.
    pub fn bind(&self, term: Term) {
        // The same pack is checked once; a second time could only bind the same.
        let _ = self.bound.set(Arc::new(term));
    }

    /// The same expression with another term, which is bound.
    pub fn saying(&self, term: Term) -> Expression {
        let (text, term) = (term.to_string(), Arc::new(term));
        Expression { text, place: self.place.clone(), parsed: Ok(Arc::clone(&term)), bound: OnceLock::from(term) }
    }

    /// The place of all of it, without the blanks behind it.
    pub fn whole(&self, files: &[(String, String)]) -> Passage {
        self.place_of(&(0..self.text.trim_end().len()), files)
    }

    /// The place of some bytes of the text, in the pack's files.
    pub fn place_of(&self, span: &std::ops::Range<usize>, files: &[(String, String)]) -> Passage {
        let file = files.iter().find(|(name, _)| *name == self.place.file).map_or("", |(_, text)| text.as_str());
        // A text with escapes stands there otherwise than it reads: then all of it is pointed at.
        let start = file
            .get(self.place.span.clone())
            .and_then(|written| written.find(&self.text))
            .map(|at| self.place.span.start + at);
        let span = match start {
            Some(start) => start + span.start..start + span.end,
            None => self.place.span.clone(),
        };
        Passage { file: self.place.file.clone(), span }
    }
}

/// As it is written, without the blanks around it.
impl std::fmt::Display for Expression {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.text.trim())
    }
}
