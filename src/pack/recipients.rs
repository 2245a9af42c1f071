//! Of what kind whoever a proposal reaches is, as far as the pack alone says it.

use super::functions::Op;
use super::model::*;
use super::term::{Literal, Node, Term};

/// The kinds of subjects that a proposal of a rule reaches.
pub fn kinds(pack: &Pack, rule: &Rule, proposal: &Proposal) -> Vec<usize> {
    match (&proposal.to, rule.of) {
        (Recipient::Role { .. } | Recipient::Named { .. }, _) => vec![pack.membership.member],
        (Recipient::Itself, Entity::Subject(kind)) => vec![kind],
        (Recipient::Itself, Entity::Row(table)) => {
            // Rows that refer to several kinds say by a column which one they are about.
            let table = &pack.tables[table];
            let mut equal = Vec::new();
            rule.scope.iter().for_each(|scope| equalities(scope.term(), &mut equal));
            let fits = |reference: &&Reference| {
                reference.when.as_ref().is_none_or(|(column, value)| {
                    let column = &table.columns[*column].name;
                    equal.iter().all(|(name, word)| name != column || word == value)
                })
            };
            table.references.iter().filter(fits).map(|reference| reference.subject).collect()
        }
        (Recipient::Itself, Entity::City) => Vec::new(),
    }
}

/// The `column = 'word'` that all must hold for the condition to hold.
fn equalities(condition: &Term, found: &mut Vec<(String, String)>) {
    match (&condition.node, condition.comparison()) {
        (Node::Call(Op::And, parts), _) => parts.iter().for_each(|part| equalities(part, found)),
        (_, Some((Op::Equal, left, right))) => {
            if let (Node::Name(name, _), Some(Literal::Text(word))) = (&left.node, right.constant()) {
                found.push((name.to_string(), word.to_string()));
            }
        }
        _ => {}
    }
}
