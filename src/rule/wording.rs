//! Conditions in words, for people: `情节 ≥ 调整建议起点情节（较重）`.

use crate::pack::functions::{entry, filled};
use crate::pack::term::{Literals, Node, Term};

/// An atom as a phrase.
pub fn say(term: &Term, literals: &Literals) -> String {
    let (op, parts) = match &term.node {
        Node::Name(name, _) => {
            return match literals.get(&**name) {
                Some(literal) => format!("{name}（{}）", literal.said()),
                None => name.to_string(),
            };
        }
        Node::Value(value) => return value.said(),
        Node::Call(op, parts) => (op, parts),
    };
    let said: Vec<String> = parts.iter().map(|part| say(part, literals)).collect();
    match entry(op).and_then(|entry| entry.said) {
        Some(template) => filled(template, &said),
        // What has no phrase of its own is named by what it rests on.
        None => format!("由{}定出的条件", term.names().join("、")),
    }
}
