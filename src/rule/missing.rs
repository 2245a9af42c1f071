//! Which facts keep a condition unknown, and down from them the cells that nobody filled in.
//!
//! A part that is already decided needs nothing; in an unknown part the names without a value are what is missing.
//! A fact among them is followed to what it is computed from in turn, through other facts, the rows that it sums
//! up and the subjects that those refer to ([`Blanks`]).

use std::collections::BTreeMap;
use std::sync::Arc;

use polars::prelude::*;

use super::{Node, Part, tree};
use crate::fact::{Error, FactRows, World, column_of};
use crate::pack::scope::{Meaning, Site};
use crate::pack::term::{Kind, Node as TermNode, Term};
use crate::pack::{Entity, Formula, Source};
use crate::place::Cell;

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
    let open = OpenNames::new(world, Site::Entity(part.entity), what, vec![condition.whole()], &part.atoms, values)?;
    let named = |at: u32| open.at(at).into_iter().map(|name| open.names[name].0.clone()).collect();
    Ok(unknown.into_iter().map(|at| (at, named(at))).collect())
}

/// Conditions over atoms, with the names that can leave them open.
struct OpenNames {
    nodes: Vec<Node>,
    /// Per atom its truth; of atoms of other types whether it is known.
    values: Vec<BooleanChunked>,
    /// Per atom the names in it.
    uses: Vec<Vec<usize>>,
    names: Vec<(String, Meaning)>,
    /// Per name where it has no value.
    null: Vec<BooleanChunked>,
}

impl OpenNames {
    fn new(
        world: &World<'_>,
        site: Site,
        what: &str,
        nodes: Vec<Node>,
        atoms: &[Term],
        values: Vec<BooleanChunked>,
    ) -> Result<OpenNames, Error> {
        let mut names: Vec<(String, Meaning)> = Vec::new();
        for node in &nodes {
            node.atoms(&mut |atom| {
                for (name, meaning) in atoms[atom].meanings() {
                    if meaning != Meaning::Literal && !names.iter().any(|(known, _)| known == name) {
                        names.push((name.to_owned(), meaning));
                    }
                }
            });
        }
        let place = |name: &&str| names.iter().position(|(known, _)| known == name);
        let uses = atoms.iter().map(|atom| atom.names().iter().filter_map(place).collect()).collect();
        let null = names.iter().map(|(name, meaning)| {
            let column = meaning.fact().map_or_else(|| col(name.as_str()), |fact| col(column_of(fact)));
            column.is_null()
        });
        let null = masks(world, site, what, null.collect())?;
        Ok(OpenNames { nodes, values, uses, names, null })
    }

    /// Terms that are worked out for each row of a site.
    fn of_terms<'t>(
        world: &World<'_>,
        site: Site,
        what: &str,
        terms: impl Iterator<Item = &'t Term>,
    ) -> Result<OpenNames, Error> {
        let mut atoms = Vec::new();
        let nodes = terms.map(|term| tree::take_apart(term, &mut atoms)).collect();
        let known = |atom: &Term| {
            let value = world.compile(atom);
            if atom.kind == Kind::Truth {
                value
            } else {
                when(value.is_not_null()).then(lit(true)).otherwise(lit(NULL))
            }
        };
        let values = masks(world, site, what, atoms.iter().map(known).collect())?;
        OpenNames::new(world, site, what, nodes, &atoms, values)
    }

    /// The names without a value that leave a condition open.
    fn at(&self, at: u32) -> Vec<usize> {
        let value = |mask: &BooleanChunked| mask.get(if mask.len() == 1 { 0 } else { at as usize });
        let mut found: Vec<usize> = Vec::new();
        for node in &self.nodes {
            node.open(&|atom| value(&self.values[atom]), &mut |atom| {
                for name in &self.uses[atom] {
                    if value(&self.null[*name]) == Some(true) && !found.contains(name) {
                        found.push(*name);
                    }
                }
            });
        }
        found
    }
}

fn masks(world: &World<'_>, site: Site, what: &str, exprs: Vec<Expr>) -> Result<Vec<BooleanChunked>, Error> {
    let failed = |source| Error::Polars { what: what.to_owned(), source };
    let mask = |column: &Column| column.cast(&DataType::Boolean)?.bool().cloned();
    world.evaluate(site, what, exprs)?.iter().map(mask).collect::<PolarsResult<_>>().map_err(failed)
}

/// Where something is missing, so that a value is unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Blank {
    pub table: usize,
    /// The column that is blank; none where the table has no row at all.
    pub column: Option<usize>,
    /// The cell, or the first of its row where the sheet has no such column.
    pub cell: Option<Cell>,
}

/// What leaves names open that are missing, followed down to the cells. Made for a stage; a fact is looked into
/// once, when something rests on it.
pub struct Blanks<'w, 'a> {
    world: &'w World<'a>,
    facts: BTreeMap<usize, Below>,
    rules: BTreeMap<usize, Below>,
}

/// What a fact or a rule is worked out from.
struct Below {
    open: OpenNames,
    /// Per name where it leads.
    ways: Vec<Way>,
    /// Of a fact that sums up a table's rows: the table, and which rows.
    rows: Option<(usize, Arc<FactRows>)>,
}

/// Where a name leads.
enum Way {
    /// To a column; for a subject in its home row.
    Cell {
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

impl<'w, 'a> Blanks<'w, 'a> {
    pub fn new(world: &'w World<'a>) -> Self {
        Blanks { world, facts: BTreeMap::new(), rules: BTreeMap::new() }
    }

    /// Looks into all that a rule rests on.
    ///
    /// # Errors
    /// As [`World::new`].
    pub fn look_into(&mut self, rule: usize) -> Result<(), Error> {
        let definition = &self.world.pack.rules[rule];
        let terms = definition.scope.iter().chain([&definition.when]).map(|condition| condition.term());
        let open = OpenNames::of_terms(self.world, Site::Entity(definition.of), &definition.id, terms)?;
        let below = self.below(open, definition.of, None)?;
        self.rules.insert(rule, below);
        Ok(())
    }

    fn below(&mut self, open: OpenNames, of: Entity, rows: Option<(usize, Arc<FactRows>)>) -> Result<Below, Error> {
        let ways: Vec<Way> = open.names.iter().map(|(name, meaning)| self.way(of, name, *meaning)).collect();
        for fact in open.names.iter().filter_map(|(_, meaning)| meaning.fact()) {
            self.fact(fact)?;
        }
        Ok(Below { open, ways, rows })
    }

    fn fact(&mut self, fact: usize) -> Result<(), Error> {
        if self.facts.contains_key(&fact) {
            return Ok(());
        }
        let definition = &self.world.pack.facts[fact];
        let below = match &definition.formula {
            Formula::Own { is, .. } => {
                let site = Site::Entity(definition.of);
                let open = OpenNames::of_terms(self.world, site, &definition.name, [is.term()].into_iter())?;
                self.below(open, definition.of, None)?
            }
            Formula::Aggregate { source: source @ Source::Table(table), value, .. } => {
                let mut summed = Vec::new();
                value.term().walk(&mut |term| {
                    if let TermNode::Call(op, parts) = &term.node
                        && op.aggregates()
                    {
                        summed.extend(parts);
                    }
                });
                let site = Site::Source(*source);
                let open = OpenNames::of_terms(self.world, site, &definition.name, summed.into_iter())?;
                let rows = self.world.fact_rows[fact].clone().map(|rows| (*table, rows));
                self.below(open, Entity::Row(*table), rows)?
            }
            // What the archive holds or this run left pending is no cell.
            Formula::Aggregate { .. } | Formula::Covered => return Ok(()),
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
                pack.tables[table].column(name).map_or(Way::Nowhere, |column| Way::Cell { table, home, column })
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

    /// The blanks behind a name that a rule misses for an entity; none where nothing that is blank explains it.
    pub fn behind(&self, rule: usize, name: &str, at: u32) -> Vec<Blank> {
        let mut found = Vec::new();
        let below = self.rules.get(&rule);
        let place = below.and_then(|below| below.open.names.iter().position(|(known, _)| known == name));
        if let Some((below, place)) = below.zip(place)
            && below.open.null[place].get(at as usize) == Some(true)
        {
            self.follow(&below.ways[place], at, &mut found);
        }
        found
    }

    fn follow(&self, way: &Way, at: u32, found: &mut Vec<Blank>) {
        match way {
            Way::Cell { table, home, column } => {
                let register = home.map(|kind| &self.world.data.registers[kind].rows);
                let row = register.map_or(Some(at), |rows| rows.get(at as usize)?.first().copied());
                found.extend(row.and_then(|row| self.blank(*table, row, *column)).filter(|one| !found.contains(one)));
            }
            Way::Fact(fact) => self.descend(*fact, at, found),
            Way::City(fact) => self.descend(*fact, 0, found),
            Way::Of(subjects, fact, columns) => match subjects.get(at as usize) {
                Some(subject) => self.descend(*fact, subject, found),
                None => found.extend(columns.iter().filter_map(|(table, column)| self.blank(*table, at, *column))),
            },
            Way::Nowhere => {}
        }
    }

    fn descend(&self, fact: usize, at: u32, found: &mut Vec<Blank>) {
        let Some(below) = self.facts.get(&fact) else { return };
        let Some((table, rows)) = &below.rows else {
            return below.open.at(at).into_iter().for_each(|name| self.follow(&below.ways[name], at, found));
        };
        let mut rows = rows.of(at).peekable();
        if rows.peek().is_none() {
            let none = Blank { table: *table, column: None, cell: None };
            found.extend(Some(none).filter(|one| !found.contains(one)));
        }
        for (row, _) in rows {
            below.open.at(row).into_iter().for_each(|name| self.follow(&below.ways[name], row, found));
        }
    }

    fn blank(&self, table: usize, row: u32, column: usize) -> Option<Blank> {
        let data = self.world.data;
        let row = row as usize;
        let first =
            || (0..self.world.pack.tables[table].columns.len()).find_map(|column| data.cell(table, row, column));
        let cell = data.cell(table, row, column).or_else(first);
        data.was_read(table, row).then_some(Blank { table, column: Some(column), cell })
    }
}
