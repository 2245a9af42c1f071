//! Conditions taken apart at AND, OR and NOT.
//!
//! The atoms that are left are evaluated once for all rules that share them; the conditions are then put
//! together from the atoms' columns. So what a rule decided and what explains it are the same values.

use polars::prelude::{BooleanChunked, ChunkFull};

use crate::pack::functions::Op;
use crate::pack::term::{self, Term};

/// A condition over atoms, by their index.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tree {
    Atom(usize),
    All(Vec<Tree>),
    Any(Vec<Tree>),
    Not(Box<Tree>),
}

impl Tree {
    /// The condition's values for so many entities in three-valued logic (Kleene), given its atoms' values.
    pub fn mask(&self, atoms: &[BooleanChunked], height: usize) -> BooleanChunked {
        let all = |value: bool| BooleanChunked::full("".into(), value, height);
        match self {
            Tree::Atom(at) => atoms[*at].clone(),
            Tree::All(nodes) => nodes.iter().fold(all(true), |mask, node| &mask & &node.mask(atoms, height)),
            Tree::Any(nodes) => nodes.iter().fold(all(false), |mask, node| &mask | &node.mask(atoms, height)),
            Tree::Not(node) => !node.mask(atoms, height),
        }
    }

    /// Its value for one entity.
    pub fn value(&self, atom: &dyn Fn(usize) -> Option<bool>) -> Option<bool> {
        let joined = |nodes: &[Tree], ends: bool| {
            let mut unknown = false;
            for node in nodes {
                match node.value(atom) {
                    Some(value) if value == ends => return Some(ends),
                    Some(_) => {}
                    None => unknown = true,
                }
            }
            if unknown { None } else { Some(!ends) }
        };
        match self {
            Tree::Atom(at) => atom(*at),
            Tree::All(nodes) => joined(nodes, false),
            Tree::Any(nodes) => joined(nodes, true),
            Tree::Not(node) => node.value(atom).map(|value| !value),
        }
    }

    /// Visits the atoms in reading order.
    pub fn atoms(&self, visit: &mut dyn FnMut(usize)) {
        match self {
            Tree::Atom(at) => visit(*at),
            Tree::All(nodes) | Tree::Any(nodes) => nodes.iter().for_each(|node| node.atoms(visit)),
            Tree::Not(node) => node.atoms(visit),
        }
    }

    /// Visits the atoms that give the condition its value: of parts that agree with it, those that do so.
    pub fn deciding(&self, atom: &dyn Fn(usize) -> Option<bool>, visit: &mut dyn FnMut(usize)) {
        match self {
            Tree::Atom(at) => visit(*at),
            Tree::All(nodes) | Tree::Any(nodes) => {
                let value = self.value(atom);
                nodes.iter().filter(|node| node.value(atom) == value).for_each(|node| node.deciding(atom, visit));
            }
            Tree::Not(node) => node.deciding(atom, visit),
        }
    }

    /// Visits the atoms that keep the condition unknown: those without a value in parts without one.
    pub fn open(&self, atom: &dyn Fn(usize) -> Option<bool>, visit: &mut dyn FnMut(usize)) {
        if self.value(atom).is_some() {
            return;
        }
        match self {
            Tree::Atom(at) => visit(*at),
            Tree::All(nodes) | Tree::Any(nodes) => nodes.iter().for_each(|node| node.open(atom, visit)),
            Tree::Not(node) => node.open(atom, visit),
        }
    }
}

/// Takes a term apart; atoms that are not known yet are added to `atoms`.
pub fn take_apart(term: &Term, atoms: &mut Vec<Term>) -> Tree {
    if term.node == term::Node::Value(term::Literal::Truth(true)) {
        return Tree::All(Vec::new());
    }
    let term::Node::Call(op, parts) = &term.node else { return atom(term, atoms) };
    match (op, parts.as_slice()) {
        (Op::And, parts) => Tree::All(parts.iter().map(|part| take_apart(part, atoms)).collect()),
        (Op::Or, parts) => Tree::Any(parts.iter().map(|part| take_apart(part, atoms)).collect()),
        (Op::Not, [of]) => Tree::Not(Box::new(take_apart(of, atoms))),
        _ => atom(term, atoms),
    }
}

fn atom(term: &Term, atoms: &mut Vec<Term>) -> Tree {
    let at = atoms.iter().position(|known| known == term).unwrap_or_else(|| {
        atoms.push(term.clone());
        atoms.len() - 1
    });
    Tree::Atom(at)
}
