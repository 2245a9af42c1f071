//! Which names keep a condition or another term unknown.
//!
//! A part that is already decided needs nothing; in an unknown part the names without a value are what is missing.

use polars::prelude::*;

use super::{Part, Tree, tree};
use crate::fact::{Error, World, column_for};
use crate::pack::functions::Op;
use crate::pack::scope::{Meaning, Site};
use crate::pack::term::{Kind, Node, Term, Value};

/// For each of `unknown` (entities for which condition `condition` of `part` is unknown) the facts that
/// are missing.
pub fn missing(
    world: &World<'_>,
    part: &Part,
    condition: usize,
    unknown: Vec<u32>,
) -> Result<Vec<(u32, Vec<String>)>, Error> {
    if unknown.is_empty() {
        return Ok(Vec::new());
    }
    let condition = &part.conditions[condition];
    let what = &world.pack.rules[condition.rule].id;
    let values = part.values.clone();
    let open = OpenNames::new(
        world,
        Site::Entity(part.entity),
        what,
        vec![Why::Condition(condition.whole())],
        &part.atoms,
        values,
    )?;
    let named = |at: u32| open.reasons(at).into_iter().map(|(name, _)| open.names[name].0.clone()).collect();
    Ok(unknown.into_iter().map(|at| (at, named(at))).collect())
}

/// What is asked about a name behind something unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Question {
    /// Why it has no value.
    Unknown,
    /// Why it has the value that says so.
    Said,
    /// Why it has a value by which no branch was taken.
    Passed,
}

/// How a term comes to be unknown.
enum Why {
    /// By a part of it.
    Condition(Tree),
    /// By the first condition that holds: it says NULL, or something unknown; or because none does. The last has none.
    Case(Vec<(Option<Tree>, Why)>),
    Null,
}

impl Why {
    fn of(term: &Term, atoms: &mut Vec<Term>) -> Why {
        match &term.node {
            Node::Value(Value::Null) => Why::Null,
            Node::Call(Op::Case, parts) => {
                let branches = parts.chunks(2).map(|pair| match pair {
                    [condition, value] => (Some(tree::take_apart(condition, atoms)), Why::of(value, atoms)),
                    rest => (None, rest.first().map_or(Why::Null, |rest| Why::of(rest, atoms))),
                });
                Why::Case(branches.collect())
            }
            _ => Why::Condition(tree::take_apart(term, atoms)),
        }
    }

    fn atoms(&self, visit: &mut dyn FnMut(usize)) {
        match self {
            Why::Condition(node) => node.atoms(visit),
            Why::Case(branches) => branches.iter().for_each(|(condition, value)| {
                condition.iter().for_each(|condition| condition.atoms(visit));
                value.atoms(visit);
            }),
            Why::Null => {}
        }
    }

    /// Visits the atoms behind it, and what is asked about each.
    fn visit(&self, value: &dyn Fn(usize) -> Option<bool>, visit: &mut dyn FnMut(usize, Question)) {
        match self {
            Why::Condition(node) => node.open(value, &mut |atom| visit(atom, Question::Unknown)),
            Why::Case(branches) => {
                for (condition, then) in branches {
                    let holds = condition.as_ref().map_or(Some(true), |condition| condition.value(value));
                    match (condition, holds, then) {
                        (None, _, Why::Null) | (_, Some(false), _) => {}
                        (Some(condition), None, _) => condition.open(value, &mut |atom| visit(atom, Question::Unknown)),
                        (Some(condition), _, Why::Null) => {
                            return condition.deciding(value, &mut |atom| visit(atom, Question::Said));
                        }
                        _ => return then.visit(value, visit),
                    }
                }
                let passed = branches.iter().filter_map(|(condition, _)| condition.as_ref());
                passed
                    .filter(|condition| condition.value(value) == Some(false))
                    .for_each(|condition| condition.deciding(value, &mut |atom| visit(atom, Question::Passed)));
            }
            Why::Null => {}
        }
    }
}

/// Terms over atoms, with the names that can leave them open.
pub struct OpenNames {
    whys: Vec<Why>,
    /// Per atom its truth; of atoms of other types whether it is known.
    values: Vec<BooleanChunked>,
    /// Per atom the names in it.
    uses: Vec<Vec<usize>>,
    pub names: Vec<(String, Meaning)>,
    /// Per name where it has no value.
    null: Vec<BooleanChunked>,
}

impl OpenNames {
    fn new(
        world: &World<'_>,
        site: Site,
        what: &str,
        whys: Vec<Why>,
        atoms: &[Term],
        values: Vec<BooleanChunked>,
    ) -> Result<OpenNames, Error> {
        let mut names: Vec<(String, Meaning)> = Vec::new();
        for why in &whys {
            why.atoms(&mut |atom| {
                for (name, meaning) in atoms[atom].meanings() {
                    if meaning != Meaning::Literal && !names.iter().any(|(known, _)| known == name) {
                        names.push((name.to_owned(), meaning));
                    }
                }
            });
        }
        let place = |name: &&str| names.iter().position(|(known, _)| known == name);
        let uses = atoms.iter().map(|atom| atom.names().iter().filter_map(place).collect()).collect();
        let null = names.iter().map(|(name, meaning)| column_for(name, *meaning).is_null());
        let null = masks(world, site, what, null.collect())?;
        Ok(OpenNames { whys, values, uses, names, null })
    }

    /// Of terms that are worked out for each row of a site.
    pub fn of_terms<'t>(
        world: &World<'_>,
        site: Site,
        what: &str,
        terms: impl Iterator<Item = &'t Term>,
    ) -> Result<OpenNames, Error> {
        let mut atoms = Vec::new();
        let whys = terms.map(|term| Why::of(term, &mut atoms)).collect();
        let known = |atom: &Term| {
            let value = world.compile(atom);
            if atom.kind == Kind::Truth {
                value
            } else {
                when(value.is_not_null()).then(lit(true)).otherwise(lit(NULL))
            }
        };
        let values = masks(world, site, what, atoms.iter().map(known).collect())?;
        OpenNames::new(world, site, what, whys, &atoms, values)
    }

    /// Whether a name has no value.
    pub fn is_null(&self, name: usize, at: u32) -> bool {
        self.null[name].get(at as usize) == Some(true)
    }

    /// The names that leave a row open, and what is asked about each.
    pub fn reasons(&self, at: u32) -> Vec<(usize, Question)> {
        let mut found: Vec<(usize, Question)> = Vec::new();
        for why in &self.whys {
            why.visit(&|atom| self.values[atom].get(at as usize), &mut |atom, asked| {
                for name in self.uses[atom].iter().copied() {
                    let null = self.is_null(name, at);
                    let asked = if null { Question::Unknown } else { asked };
                    if (null || asked != Question::Unknown) && !found.contains(&(name, asked)) {
                        found.push((name, asked));
                    }
                }
            });
        }
        found
    }

    /// All names of a row, of which the value is asked about.
    pub fn all(&self, at: u32, asked: Question) -> Vec<(usize, Question)> {
        let unknown = |name: usize| if self.is_null(name, at) { Question::Unknown } else { asked };
        (0..self.names.len()).map(|name| (name, unknown(name))).collect()
    }
}

fn masks(world: &World<'_>, site: Site, what: &str, exprs: Vec<Expr>) -> Result<Vec<BooleanChunked>, Error> {
    let failed = |source| Error::Polars { what: what.to_owned(), source };
    let mask = |column: &Column| column.cast(&DataType::Boolean)?.bool().cloned();
    world.evaluate(site, what, exprs)?.iter().map(mask).collect::<PolarsResult<_>>().map_err(failed)
}
