//! Down from a fact without a value to what leaves it so: cells that nobody filled in, lines that nobody decided.
//!
//! A name is followed to what it is computed from in turn: through other facts, the rows that it sums up or leaves out
//! because nobody knows whether they count, and the subjects that those refer to.

use std::collections::BTreeMap;
use std::sync::Arc;

use polars::prelude::*;

use super::{Tree, tree};
use crate::fact::{Error, FactRows, World, column_for};
use crate::once::Once;
use crate::pack::functions::Op;
use crate::pack::scope::{Meaning, Site};
use crate::pack::term::{Kind, Literal, Node, Term};
use crate::pack::{Entity, Fact, Formula, Source};
use crate::place::Cell;

/// What leaves a value unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// A blank column of a row, with its cell, or the first of the row where the sheet has no such column.
    Blank { table: usize, column: usize, cell: Option<Cell> },
    /// A table has no row, in which this column would tell; none where it is the row that tells.
    NoRow { table: usize, column: Option<usize> },
    /// An earlier run's line that is not decided.
    Undecided,
    /// What this run has left pending: a row of [`Source::Pending`].
    Waits(u32),
}

/// What is asked about a name behind something unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Question {
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
            Node::Value(Literal::Null) => Why::Null,
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

/// The reasons why names are unknown, looked up in a world; each is looked into once, when something rests on it.
pub struct Reasons<'w, 'a> {
    world: &'w World<'a>,
    names: Vec<OpenName>,
    /// By whose name it is, and which fact it means.
    known: BTreeMap<(Entity, String, Option<usize>), usize>,
    facts: BTreeMap<usize, Below>,
    /// Per rule the names in its scope and condition.
    rules: BTreeMap<usize, BTreeMap<String, usize>>,
}

/// A name: where it has no value, and where it leads.
struct OpenName {
    null: BooleanChunked,
    way: Way,
}

/// What a fact is worked out from.
#[derive(Default)]
struct Below {
    whys: Vec<Why>,
    /// Per atom its truth; of atoms of other types whether it is known.
    values: Vec<BooleanChunked>,
    /// Per atom the names in it.
    uses: Vec<Vec<usize>>,
    /// Of a fact that sums up a source's rows: the source, and which rows.
    rows: Option<(Source, Arc<FactRows>)>,
    /// Rows that it leaves out because it is unknown whether they count, and why that is.
    left_out: Option<Box<Below>>,
}

impl OpenName {
    fn is_null(&self, at: u32) -> bool {
        self.null.get(at as usize) == Some(true)
    }
}

impl Below {
    fn rows(&self, at: u32) -> impl Iterator<Item = u32> {
        self.rows.iter().flat_map(move |(_, rows)| rows.of(at)).map(|(row, _)| row)
    }
}

/// Where a name leads.
enum Way {
    /// To a column; for a subject in its home row.
    Column {
        table: usize,
        home: Option<usize>,
        column: usize,
    },
    /// To a fact of the same entity, or of the city.
    Fact(usize),
    City(usize),
    /// To a fact of a subject that the entity refers to; to nobody where these columns are blank.
    Of(UInt32Chunked, usize, Vec<(usize, usize)>),
    Nowhere,
}

impl<'w, 'a> Reasons<'w, 'a> {
    pub fn new(world: &'w World<'a>) -> Self {
        let (names, known, facts, rules) = Default::default();
        Reasons { world, names, known, facts, rules }
    }

    /// Looks into all that a rule rests on.
    pub fn look_into(&mut self, rule: usize) -> Result<(), Error> {
        let definition = &self.world.pack.rules[rule];
        let mut names = BTreeMap::new();
        for condition in definition.conditions() {
            for (name, meaning) in open(condition.term()) {
                names.insert(name.to_owned(), self.name(definition.of, name, meaning)?);
            }
        }
        self.rules.insert(rule, names);
        Ok(())
    }

    fn name(&mut self, of: Entity, name: &str, meaning: Meaning) -> Result<usize, Error> {
        let key = (of, name.to_owned(), meaning.fact());
        if let Some(known) = self.known.get(&key) {
            return Ok(*known);
        }
        let null = vec![column_for(name, meaning).is_null()];
        let null = self.world.masks(Site::Entity(of), name, null)?.remove(0);
        let at = self.names.len();
        self.names.push(OpenName { null, way: self.way(of, name, meaning) });
        self.known.insert(key, at);
        meaning.fact().map_or(Ok(()), |fact| self.fact(fact))?;
        Ok(at)
    }

    /// Terms about each entity of a kind, taken apart.
    fn below(&mut self, of: Entity, what: &str, terms: &[&Term]) -> Result<Below, Error> {
        let mut atoms = Vec::new();
        let whys = terms.iter().map(|term| Why::of(term, &mut atoms)).collect();
        let known = |atom: &Term| {
            let value = self.world.compile(atom);
            if atom.kind == Kind::Truth {
                value
            } else {
                when(value.is_not_null()).then(lit(true)).otherwise(lit(NULL))
            }
        };
        let values = self.world.masks(Site::Entity(of), what, atoms.iter().map(known).collect())?;
        let mut uses = Vec::new();
        for atom in &atoms {
            let names = open(atom).map(|(name, meaning)| self.name(of, name, meaning));
            uses.push(names.collect::<Result<_, _>>()?);
        }
        Ok(Below { whys, values, uses, ..Below::default() })
    }

    fn fact(&mut self, fact: usize) -> Result<(), Error> {
        if self.facts.contains_key(&fact) {
            return Ok(());
        }
        let Fact { of, name, formula, .. } = &self.world.pack.facts[fact];
        let rows = |source: Source| Some((source, self.world.fact_rows[fact].clone()?));
        let below = match formula {
            Formula::Own { is, .. } => self.below(*of, name, &[is.term()])?,
            Formula::Aggregate { source: source @ Source::Table(table), given, value, .. } => {
                let (of, rows) = (Entity::Row(*table), rows(*source));
                let mut summed = Vec::new();
                value.term().walk(&mut |term| {
                    if let Node::Call(op, parts) = &term.node
                        && op.aggregates()
                    {
                        summed.extend(parts);
                    }
                });
                let mut below = Below { rows, ..self.below(of, name, &summed)? };
                if let (Some(given), Some(left_out)) = (given, self.world.left_out(fact)?) {
                    let rows = Some((*source, Arc::new(left_out)));
                    below.left_out = Some(Box::new(Below { rows, ..self.below(of, name, &[given.term()])? }));
                }
                below
            }
            Formula::Aggregate { source, .. } => Below { rows: rows(*source), ..Below::default() },
            Formula::Covered => return Ok(()),
        };
        self.facts.insert(fact, below);
        Ok(())
    }

    fn way(&self, of: Entity, name: &str, meaning: Meaning) -> Way {
        let pack = self.world.pack;
        let (table, home) = match of {
            Entity::Row(table) => (table, None),
            Entity::Subject(kind) => (pack.subjects[kind].register, Some(kind)),
            Entity::City => return meaning.fact().map_or(Way::Nowhere, Way::City),
        };
        match meaning {
            Meaning::Column => {
                let column = pack.tables[table].column(name);
                column.map_or(Way::Nowhere, |column| Way::Column { table, home, column })
            }
            Meaning::Fact(fact) => Way::Fact(fact),
            Meaning::OfCity(fact) => Way::City(fact),
            Meaning::OfSubject(kind, fact) => {
                let references = pack.tables[table].references.iter().filter(|one| one.subject == kind);
                let columns = references.map(|one| (table, one.id)).collect();
                self.world.refers(of, kind).map_or(Way::Nowhere, |subject| Way::Of(subject, fact, columns))
            }
            Meaning::Literal => Way::Nowhere,
        }
    }

    /// Why a name that a rule misses has no value for an entity; empty where nothing explains it.
    pub fn of(&self, rule: usize, name: &str, at: u32) -> Vec<Reason> {
        let mut found = Vec::new();
        let name = self.rules.get(&rule).and_then(|names| names.get(name)).map(|name| &self.names[*name]);
        if let Some(name) = name.filter(|name| name.is_null(at)) {
            self.follow(&name.way, at, Question::Unknown, &mut found);
        }
        found
    }

    /// The names that are asked about one entity or row of what a fact is worked out from.
    fn asked(&self, below: &Below, at: u32, asked: Question) -> Vec<(usize, Question)> {
        let mut found = Vec::new();
        let mut ask = |atom: usize, asked: Question| {
            for name in &below.uses[atom] {
                match (self.names[*name].is_null(at), asked) {
                    (true, _) => found.once((*name, Question::Unknown)),
                    (false, Question::Unknown) => {}
                    (false, asked) => found.once((*name, asked)),
                }
            }
        };
        match asked {
            Question::Unknown => {
                let value = |atom: usize| below.values[atom].get(at as usize);
                below.whys.iter().for_each(|why| why.visit(&value, &mut ask));
            }
            asked => (0..below.uses.len()).for_each(|atom| ask(atom, asked)),
        }
        found
    }

    fn follow(&self, way: &Way, at: u32, asked: Question, found: &mut Vec<Reason>) {
        match way {
            Way::Column { .. } if asked != Question::Unknown => {}
            Way::Column { table, home, column } => {
                let register = home.map(|kind| &self.world.data.registers[kind].rows);
                let row = register.map_or(Some(at), |rows| rows.get(at as usize)?.first().copied());
                row.into_iter().for_each(|row| self.blank(*table, row, *column, found));
            }
            Way::Fact(fact) => self.descend(*fact, at, asked, found),
            Way::City(fact) => self.descend(*fact, 0, asked, found),
            Way::Of(subjects, fact, columns) => match subjects.get(at as usize) {
                Some(subject) => self.descend(*fact, subject, asked, found),
                None => columns.iter().for_each(|(table, column)| self.blank(*table, at, *column, found)),
            },
            Way::Nowhere => {}
        }
    }

    fn descend(&self, fact: usize, at: u32, asked: Question, found: &mut Vec<Reason>) {
        let Some(below) = self.facts.get(&fact) else { return };
        let mut into = |below: &Below, at: u32, asked: Question| {
            for (name, asked) in self.asked(below, at, asked) {
                self.follow(&self.names[name].way, at, asked, found);
            }
        };
        let Some((source, _)) = below.rows else { return into(below, at, asked) };
        let mut complete = true;
        if let Some(left_out) = &below.left_out {
            for row in left_out.rows(at) {
                complete = false;
                into(left_out, row, Question::Unknown);
            }
        }
        let mut rows = below.rows(at).peekable();
        match source {
            Source::Table(_) if asked == Question::Passed => {}
            Source::Table(table) if rows.peek().is_none() && complete => {
                let column = |name: &usize| match self.names[*name].way {
                    Way::Column { column, .. } => Some(column),
                    _ => None,
                };
                let mut columns = below.uses.iter().flatten().filter_map(column).peekable();
                if columns.peek().is_none() {
                    found.once(Reason::NoRow { table, column: None });
                }
                columns.for_each(|column| found.once(Reason::NoRow { table, column: Some(column) }));
            }
            Source::Table(_) if asked == Question::Said => {}
            Source::Table(_) => rows.for_each(|row| into(below, row, asked)),
            Source::Pending => rows.for_each(|row| found.once(Reason::Waits(row))),
            Source::Archive | Source::ArchiveGrounds if rows.peek().is_some() => found.once(Reason::Undecided),
            Source::Archive | Source::ArchiveGrounds | Source::ArchiveRuns | Source::Proposed => {}
        }
    }

    fn blank(&self, table: usize, row: u32, column: usize, found: &mut Vec<Reason>) {
        let data = self.world.data;
        let at = row as usize;
        if data.was_read(table, at) {
            let columns = 0..self.world.pack.tables[table].columns.len();
            let first = || columns.into_iter().find_map(|column| data.cell(table, at, column));
            let cell = data.cell(table, at, column).or_else(first);
            found.once(Reason::Blank { table, column, cell });
        }
    }
}

/// The names in a term that can have no value.
fn open(term: &Term) -> impl Iterator<Item = (&str, Meaning)> {
    term.meanings().into_iter().filter(|(_, meaning)| *meaning != Meaning::Literal)
}
