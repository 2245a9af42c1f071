//! Down from a fact without a value to what leaves it so: cells that nobody filled in, lines that nobody decided.
//!
//! A name is followed to what it is computed from in turn: through other facts, the rows that it sums up or leaves out
//! because nobody knows whether they count, and the subjects that those refer to.

use std::collections::BTreeMap;
use std::sync::Arc;

use polars::prelude::UInt32Chunked;

use super::missing::{OpenNames, Question};
use crate::fact::{Error, FactRows, World};
use crate::pack::scope::{Meaning, Site};
use crate::pack::term::Node;
use crate::pack::{Entity, Formula, Source};
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

/// The reasons why names are unknown, looked up in a world; a fact is looked into once, when something rests on it.
pub struct Reasons<'w, 'a> {
    world: &'w World<'a>,
    facts: BTreeMap<usize, Below>,
    rules: BTreeMap<usize, Below>,
}

/// What a fact or a rule is worked out from.
struct Below {
    open: Option<OpenNames>,
    /// Per name where it leads.
    ways: Vec<Way>,
    /// Of a fact that sums up a source's rows: the source, and which rows.
    rows: Option<(Source, Arc<FactRows>)>,
    /// Rows that it leaves out because it is unknown whether they count, and why that is.
    left_out: Option<Box<Below>>,
}

impl Below {
    /// The names that are asked about one entity or row, and where they lead.
    fn names(&self, at: u32, asked: Question) -> impl Iterator<Item = (&Way, Question)> {
        let names = self.open.as_ref().map_or_else(Vec::new, |open| match asked {
            Question::Unknown => open.reasons(at),
            asked => open.all(at, asked),
        });
        names.into_iter().map(|(name, asked)| (&self.ways[name], asked))
    }

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
        Reasons { world, facts: BTreeMap::new(), rules: BTreeMap::new() }
    }

    /// Looks into all that a rule rests on.
    pub fn look_into(&mut self, rule: usize) -> Result<(), Error> {
        let definition = &self.world.pack.rules[rule];
        let terms = definition.scope.iter().chain([&definition.when]).map(|condition| condition.term());
        let open = OpenNames::of_terms(self.world, Site::Entity(definition.of), &definition.id, terms)?;
        let below = self.below(open, definition.of, None)?;
        self.rules.insert(rule, below);
        Ok(())
    }

    fn below(&mut self, open: OpenNames, of: Entity, rows: Option<(Source, Arc<FactRows>)>) -> Result<Below, Error> {
        let ways: Vec<Way> = open.names.iter().map(|(name, meaning)| self.way(of, name, *meaning)).collect();
        for fact in open.names.iter().filter_map(|(_, meaning)| meaning.fact()) {
            self.fact(fact)?;
        }
        Ok(Below { open: Some(open), ways, rows, left_out: None })
    }

    fn fact(&mut self, fact: usize) -> Result<(), Error> {
        if self.facts.contains_key(&fact) {
            return Ok(());
        }
        let definition = &self.world.pack.facts[fact];
        let rows = |source: Source| Some((source, self.world.fact_rows[fact].clone()?));
        let below = match &definition.formula {
            Formula::Own { is, .. } => {
                let site = Site::Entity(definition.of);
                let open = OpenNames::of_terms(self.world, site, &definition.name, [is.term()].into_iter())?;
                self.below(open, definition.of, None)?
            }
            Formula::Aggregate { source: source @ Source::Table(table), given, value, .. } => {
                let mut summed = Vec::new();
                value.term().walk(&mut |term| {
                    if let Node::Call(op, parts) = &term.node
                        && op.aggregates()
                    {
                        summed.extend(parts);
                    }
                });
                let site = Site::Source(*source);
                let open = OpenNames::of_terms(self.world, site, &definition.name, summed.into_iter())?;
                let rows = rows(*source);
                let mut below = self.below(open, Entity::Row(*table), rows)?;
                if let (Some(given), Some(left_out)) = (given, self.world.left_out(fact)?) {
                    let terms = [given.term()].into_iter();
                    let open = OpenNames::of_terms(self.world, site, &definition.name, terms)?;
                    let rows = Some((*source, Arc::new(left_out)));
                    below.left_out = Some(Box::new(self.below(open, Entity::Row(*table), rows)?));
                }
                below
            }
            Formula::Aggregate { source, .. } => {
                Below { open: None, ways: Vec::new(), rows: rows(*source), left_out: None }
            }
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
        let Some(Below { open: Some(open), ways, .. }) = self.rules.get(&rule) else { return found };
        let place = open.names.iter().position(|(known, _)| known == name);
        if let Some(place) = place.filter(|place| open.is_null(*place, at)) {
            self.follow(&ways[place], at, Question::Unknown, &mut found);
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
            below.names(at, asked).for_each(|(way, asked)| self.follow(way, at, asked, found));
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
                let column = |way: &Way| match way {
                    Way::Column { column, .. } => Some(*column),
                    _ => None,
                };
                let mut columns = below.ways.iter().filter_map(column).peekable();
                if columns.peek().is_none() {
                    add(found, Reason::NoRow { table, column: None });
                }
                columns.for_each(|column| add(found, Reason::NoRow { table, column: Some(column) }));
            }
            Source::Table(_) if asked == Question::Said => {}
            Source::Table(_) => rows.for_each(|row| into(below, row, asked)),
            Source::Pending => rows.for_each(|row| add(found, Reason::Waits(row))),
            Source::Archive | Source::ArchiveGrounds if rows.peek().is_some() => add(found, Reason::Undecided),
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
            add(found, Reason::Blank { table, column, cell });
        }
    }
}

fn add(found: &mut Vec<Reason>, reason: Reason) {
    if !found.contains(&reason) {
        found.push(reason);
    }
}
