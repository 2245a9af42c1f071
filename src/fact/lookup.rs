//! Where the values of the names that rules use stand: one answer for grounds, pending cases and explanations.
//!
//! A [`Lookup`] holds the very columns that decided, with the rows behind each fact as they were evaluated. What
//! stands behind one entity's value is looked up in them by index, when it is asked for.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Deref;
use std::sync::Arc;

use polars::prelude::*;

use super::tree::{self, Tree};
use super::value::{FactValue, Texts};
use super::world::{Error, FactRows, World, column_for};
use crate::pack::scope::{Meaning, Site};
use crate::pack::term::Term;
use crate::pack::{CellRule, ColumnKind, Entity, Formula, Source};
use crate::place::Cell;
use crate::table::Dataset;

/// Where a deciding value stands.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Origin<S = String> {
    Cell(Cell),
    /// A line of this or an earlier run, by its id.
    Archive(S),
}

/// A value that decided, with its origin.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    pub origin: Origin,
    /// The same for all values of a column that decide a fact; a run keeps millions of them.
    pub of: Arc<EvidenceOf>,
    /// As shown in the cell.
    pub value: String,
    /// What the row is called in `about`: the line that it is or carries out, else its own name (a talk's date).
    pub label: String,
    /// A line of this run or of an earlier one that the value stands for.
    pub through: Option<String>,
    /// The line that the row carries out, where it names one.
    pub carries_out: Option<String>,
}

/// What a value decided, and in which column such values stand.
#[derive(Debug, Clone, PartialEq)]
pub struct EvidenceOf {
    /// The fact it decided; empty where it only shows through whom the rule reaches the recipient.
    pub fact: Arc<str>,
    pub table: Arc<str>,
    pub column: Arc<str>,
    /// The parameter and value it was compared with (`半年得分线`, `60`).
    pub line: Option<(Arc<str>, Arc<str>)>,
}

impl Deref for Evidence {
    type Target = EvidenceOf;

    fn deref(&self) -> &EvidenceOf {
        &self.of
    }
}

/// What of the evidence behind values is told.
#[derive(Debug, Clone, Copy)]
pub enum Extent<'l> {
    /// All that a derived fact is computed from, or shows where it holds.
    All,
    /// Of an entity that is a row just these columns and facts, with what they rest on.
    Only(&'l [String]),
    /// All that decided: of parts that are joined by AND and OR those that do.
    Decisive,
}

/// Gives the evidence behind a line of this run, by its id.
pub type OfLine<'a> = dyn Fn(&str) -> Vec<Evidence> + Sync + 'a;

/// The values of names for all entities of a kind, and where they stand; each name is looked up once.
pub struct Lookup<'a> {
    data: &'a Dataset,
    values: Vec<NameValues>,
    /// By entity, what the name means there and, if it may change in the run, the stage.
    known: BTreeMap<(Entity, String, Option<usize>, u32), usize>,
}

/// One name's values.
pub struct NameValues {
    pub name: Arc<str>,
    pub entity: Entity,
    pub fact: Option<usize>,
    column: Texts,
    stands: Stands,
    /// The values that a fact without cells of its own is computed from, and those that are shown where it holds.
    pub parts: Vec<usize>,
    shows: Vec<usize>,
    decides: Option<Decides>,
    /// What most entities have, among the values that need no cell.
    pub common: FactValue,
}

/// A fact's condition as it was evaluated: which of its parts decide.
struct Decides {
    node: Tree,
    values: Vec<BooleanChunked>,
    /// Per atom the values it uses.
    uses: Vec<Vec<usize>>,
}

/// Where a name's values are looked up.
enum Stands {
    Nowhere,
    /// In the entity's own cell; for a subject in that of its home row.
    Cell {
        home: Option<usize>,
        cells: Box<CellsOf>,
    },
    /// In cells of the rows that decide a fact.
    Rows {
        rows: Arc<FactRows>,
        cells: Vec<CellsOf>,
    },
    /// In lines of the archive or of this run that decide a fact.
    Lines {
        rows: Arc<FactRows>,
        ids: StringChunked,
        columns: Vec<Arc<str>>,
        of_run: bool,
    },
    /// Where that of the subject stands to which the entity refers.
    Of {
        subject: UInt32Chunked,
        value: usize,
    },
    /// Where those stand that it is computed from.
    Parts,
}

/// A parameter and its value.
type ComparedWith = Option<(Arc<str>, Arc<str>)>;

/// The cells of one column of a table.
struct CellsOf {
    table: usize,
    column: usize,
    texts: Texts,
    label: Option<Texts>,
    /// Ids of the lines that rows carry out: such a row is one and the same with its line.
    carried_out: Option<Texts>,
    of: Arc<EvidenceOf>,
}

/// A cell or line behind a value.
pub struct Witnessed<'l> {
    pub spot: Origin<Cow<'l, str>>,
    /// Which of the fact's cell rules it stands for.
    pub rule: usize,
    /// It decided; otherwise it was looked at.
    pub decided: bool,
    /// As shown.
    pub text: Cow<'l, str>,
    row: Option<(&'l CellsOf, usize)>,
}

impl<'a> Lookup<'a> {
    pub fn new(data: &'a Dataset) -> Self {
        Lookup { data, values: Vec::new(), known: BTreeMap::new() }
    }

    /// All values, by index.
    pub fn values(&self) -> &[NameValues] {
        &self.values
    }

    /// A value by its name, as the stage that is evaluated in `world` sees it; with it all that it is computed from.
    /// None for what is the same in the whole run. `not`: the fact being defined.
    pub fn value(
        &mut self,
        world: &World<'a>,
        of: Entity,
        name: &str,
        not: Option<usize>,
        stage: u32,
    ) -> Result<Option<usize>, Error> {
        let site = Site::Entity(of);
        let meaning = world.resolve(site, name, not)?;
        if meaning == Meaning::Literal {
            return Ok(None);
        }
        let fact = meaning.fact();
        let stage = if fact.is_some_and(|fact| world.is_volatile(fact)) { stage } else { 0 };
        let key = (of, name.to_owned(), fact, stage);
        if let Some(known) = self.known.get(&key) {
            return Ok(Some(*known));
        }
        let column = world.evaluate(site, name, vec![column_for(name, meaning)])?.remove(0);
        let (mut parts, mut shows, mut decides) = (Vec::new(), Vec::new(), None);
        let stands = match meaning {
            Meaning::Column => match of {
                Entity::Row(table) => in_cell(world, None, table, name),
                Entity::Subject(kind) => in_cell(world, Some(kind), world.pack.subjects[kind].register, name),
                Entity::City => Stands::Nowhere,
            },
            Meaning::Fact(fact) => match &world.pack.facts[fact].formula {
                Formula::Own { is, cells, shows: shown } if cells.is_empty() => {
                    for name in is.term().names() {
                        parts.extend(self.value(world, of, name, Some(fact), stage)?);
                    }
                    for name in shown {
                        shows.extend(self.value(world, of, name, Some(fact), stage)?);
                    }
                    decides = self.decides(world, of, fact, is.term(), stage)?;
                    Stands::Parts
                }
                _ => behind(world, fact, name),
            },
            Meaning::OfSubject(kind, _) => {
                let theirs = self.value(world, Entity::Subject(kind), name, None, stage)?;
                let subject = world.refers(of, kind).zip(theirs);
                subject.map_or(Stands::Nowhere, |(subject, value)| Stands::Of { subject, value })
            }
            Meaning::OfCity(_) | Meaning::Literal => Stands::Nowhere,
        };
        let (name, common) = (name.into(), common(&column));
        let column = Texts::new(&column);
        self.values.push(NameValues { name, entity: of, fact, column, stands, parts, shows, decides, common });
        self.known.insert(key, self.values.len() - 1);
        Ok(Some(self.values.len() - 1))
    }

    /// Of a condition that is put together from several, each of them.
    fn decides(
        &mut self,
        world: &World<'a>,
        of: Entity,
        fact: usize,
        term: &Term,
        stage: u32,
    ) -> Result<Option<Decides>, Error> {
        let mut atoms = Vec::new();
        let node = tree::take_apart(term, &mut atoms);
        if let Tree::Atom(_) = node {
            return Ok(None);
        }
        let name = &world.pack.facts[fact].name;
        let values = world.masks(Site::Entity(of), name, atoms.iter().map(|atom| world.compile(atom)).collect())?;
        let mut uses = Vec::new();
        for atom in &atoms {
            let mut used = Vec::new();
            for name in atom.names() {
                used.extend(self.value(world, of, name, Some(fact), stage)?);
            }
            uses.push(used);
        }
        Ok(Some(Decides { node, values, uses }))
    }

    /// The value of one entity.
    pub fn is(&self, value: usize, at: u32) -> FactValue {
        self.values[value].column.value(at as usize)
    }

    /// Whether one entity has the value that most have, and it stands nowhere.
    pub fn is_common(&self, value: usize, at: u32) -> bool {
        let stands = match &self.values[value].stands {
            Stands::Nowhere | Stands::Parts => false,
            Stands::Rows { rows, .. } | Stands::Lines { rows, .. } => rows.of(at).next().is_some(),
            Stands::Cell { .. } | Stands::Of { .. } => true,
        };
        !stands && self.is(value, at) == self.values[value].common
    }

    /// What decided values of one entity, each place once.
    pub fn evidence(&self, values: &[usize], at: u32, told: Extent<'_>, of_line: &OfLine<'_>) -> Vec<Evidence> {
        let mut found = Vec::new();
        values.iter().for_each(|value| self.walk(*value, at, told, of_line, &mut found));
        let mut kept: Vec<Evidence> = Vec::with_capacity(found.len());
        for one in found {
            if !kept.iter().any(|known| known.origin == one.origin && known.label == one.label) {
                kept.push(one);
            }
        }
        kept
    }

    fn walk(&self, value: usize, at: u32, told: Extent<'_>, of_line: &OfLine<'_>, found: &mut Vec<Evidence>) {
        let known = &self.values[value];
        let (shown, below) = match told {
            Extent::Only(only) if only.iter().any(|one| **one == *known.name) => (true, Extent::All),
            Extent::Only(_) => (false, told),
            told => (true, told),
        };
        match &known.stands {
            Stands::Parts => {
                let holds = !known.shows.is_empty() && self.is(value, at) == FactValue::Bool(true);
                match (&known.decides, told) {
                    (Some(decides), Extent::Decisive) => {
                        let is = |atom: usize| decides.values[atom].get(at as usize);
                        decides.node.deciding(&is, &mut |atom| {
                            decides.uses[atom].iter().for_each(|part| self.walk(*part, at, below, of_line, found));
                        });
                    }
                    _ => {
                        let parts = if holds { &known.shows } else { &known.parts };
                        parts.iter().for_each(|part| self.walk(*part, at, below, of_line, found));
                    }
                }
            }
            _ if !shown => {}
            Stands::Of { subject, value } => {
                if let Some(subject) = subject.get(at as usize) {
                    self.walk(*value, subject, below, of_line, found);
                }
            }
            stands => self.visit(stands, at, &mut |seen| {
                if seen.decided {
                    seen.evidence(known, of_line, found);
                }
            }),
        }
    }

    /// The cells and lines that were looked at for a value of one entity.
    pub fn seen(&self, value: usize, at: u32) -> Vec<Witnessed<'_>> {
        match &self.values[value].stands {
            Stands::Of { subject, value } => {
                subject.get(at as usize).map_or_else(Vec::new, |subject| self.seen(*value, subject))
            }
            stands => {
                let mut found = Vec::new();
                self.visit(stands, at, &mut |seen| found.push(seen));
                found
            }
        }
    }

    fn visit<'l>(&'l self, stands: &'l Stands, at: u32, visit: &mut dyn FnMut(Witnessed<'l>)) {
        match stands {
            Stands::Cell { home, cells } => {
                let row = match home {
                    None => Some(at),
                    Some(kind) => {
                        self.data.registers[*kind].rows.get(at as usize).and_then(|rows| rows.first()).copied()
                    }
                };
                row.and_then(|row| cells.seen(self.data, row as usize, 0, true)).into_iter().for_each(visit);
            }
            Stands::Rows { rows, cells } => {
                for (row, bits) in rows.of(at) {
                    for (rule, cells) in cells.iter().enumerate() {
                        let decided = bits & (1 << rule) != 0;
                        cells.seen(self.data, row as usize, rule, decided).into_iter().for_each(&mut *visit);
                    }
                }
            }
            Stands::Lines { rows, ids, columns, .. } => {
                for (row, bits) in rows.of(at) {
                    let Some(id) = ids.get(row as usize) else { continue };
                    for rule in (0..columns.len()).filter(|rule| bits & (1 << rule) != 0) {
                        let spot = Origin::Archive(Cow::Borrowed(id));
                        visit(Witnessed { spot, rule, decided: true, text: Cow::default(), row: None });
                    }
                }
            }
            Stands::Nowhere | Stands::Of { .. } | Stands::Parts => {}
        }
    }
}

impl Witnessed<'_> {
    /// As evidence; a line of this run stands on the cells of its own grounds.
    fn evidence(self, known: &NameValues, of_line: &OfLine<'_>, found: &mut Vec<Evidence>) {
        if let Some((cells, row)) = self.row {
            let origin = match self.spot {
                Origin::Cell(cell) => Origin::Cell(cell),
                Origin::Archive(id) => Origin::Archive(id.into_owned()),
            };
            return found.push(Evidence {
                origin,
                of: Arc::clone(&cells.of),
                value: self.text.into_owned(),
                label: cells.label(row).unwrap_or_default().into_owned(),
                through: None,
                carries_out: cells.carries_out(row).map(Cow::into_owned),
            });
        }
        let (Origin::Archive(id), Stands::Lines { columns, of_run, .. }) = (self.spot, &known.stands) else { return };
        let (fact, column) = (Arc::clone(&known.name), Arc::clone(&columns[self.rule]));
        let line = Evidence {
            origin: Origin::Archive(id.to_string()),
            of: Arc::new(EvidenceOf { fact, table: "".into(), column, line: None }),
            value: id.to_string(),
            label: id.to_string(),
            through: Some(id.to_string()),
            carries_out: None,
        };
        let stands_on = if *of_run { of_line(&id) } else { Vec::new() };
        if stands_on.is_empty() {
            // Of an earlier run, or (a planned talk that was made something else) for no reason in any cell.
            return found.push(line);
        }
        for Evidence { origin, value, of, .. } in stands_on {
            let of = Arc::new(EvidenceOf { fact: Arc::clone(&line.fact), line: None, ..EvidenceOf::clone(&of) });
            found.push(Evidence { origin, value, of, ..line.clone() });
        }
    }
}

impl CellsOf {
    fn new(world: &World<'_>, fact: &str, (table, column): (usize, &str), line: ComparedWith) -> Option<CellsOf> {
        let schema = &world.pack.tables[table];
        let frame = &world.data.tables[table].frame;
        let carried = schema.columns.iter().find(|column| matches!(column.kind, ColumnKind::Line { .. }));
        Some(CellsOf {
            table,
            column: schema.column(column)?,
            texts: Texts::of(frame, column)?,
            label: schema.about.and_then(|about| Texts::of(frame, &schema.columns[about].name)),
            carried_out: carried.and_then(|column| Texts::of(frame, &column.name)),
            of: Arc::new(EvidenceOf {
                fact: fact.into(),
                table: schema.name.as_str().into(),
                column: column.into(),
                line,
            }),
        })
    }

    fn carries_out(&self, row: usize) -> Option<Cow<'_, str>> {
        self.carried_out.as_ref()?.at(row)
    }

    fn label(&self, row: usize) -> Option<Cow<'_, str>> {
        self.carries_out(row).or_else(|| self.label.as_ref()?.at(row))
    }

    /// The cell of a row, unless it is blank and decided nothing.
    fn seen(&self, data: &Dataset, row: usize, rule: usize, decided: bool) -> Option<Witnessed<'_>> {
        // A remembered row stands for the line that it carries out.
        let spot = if data.was_read(self.table, row) {
            Origin::Cell(data.cell(self.table, row, self.column)?)
        } else {
            Origin::Archive(self.carries_out(row)?)
        };
        let text = self.texts.at(row).unwrap_or_default();
        (decided || !text.is_empty()).then_some(Witnessed { spot, rule, decided, text, row: Some((self, row)) })
    }
}

fn in_cell(world: &World<'_>, home: Option<usize>, table: usize, column: &str) -> Stands {
    let cells = CellsOf::new(world, column, (table, column), None);
    cells.map_or(Stands::Nowhere, |cells| Stands::Cell { home, cells: Box::new(cells) })
}

/// Where a fact with cells of its own is looked up.
fn behind(world: &World<'_>, fact: usize, name: &str) -> Stands {
    let definition = &world.pack.facts[fact];
    let (rules, source): (&[CellRule], Source) = match (&definition.formula, definition.of) {
        (Formula::Own { cells, .. }, Entity::Row(table)) => (cells, Source::Table(table)),
        (Formula::Aggregate { cells, source, .. }, _) => (cells, *source),
        _ => return Stands::Nowhere,
    };
    let Some(rows) = world.fact_rows[fact].clone() else { return Stands::Nowhere };
    if let Source::Table(table) = source {
        let ruled = |rule: &CellRule| {
            let compared = rule.line.as_ref().and_then(|line| {
                let value = world.literals.get(line)?.said();
                Some((Arc::from(line.as_str()), Arc::from(value)))
            });
            CellsOf::new(world, name, (table, &rule.column), compared)
        };
        // A bit stands for each rule, so none may be left out.
        let cells: Option<Vec<_>> = rules.iter().map(ruled).collect();
        return cells.map_or(Stands::Nowhere, |cells| Stands::Rows { rows, cells });
    }
    let ids = world.system.get(&source).and_then(|frame| frame.column("处理编号").ok()?.str().ok().cloned());
    let columns = rules.iter().map(|rule| rule.column.as_str().into()).collect();
    ids.map_or(Stands::Nowhere, |ids| Stands::Lines { rows, ids, columns, of_run: source == Source::Proposed })
}

/// The value that most entities have, among those that need no cell.
fn common(column: &Column) -> FactValue {
    let null = column.null_count();
    match column.bool() {
        Ok(mask) => {
            let held = mask.sum().unwrap_or_default() as usize;
            let counts = [(mask.len() - null - held, FactValue::Bool(false)), (held, FactValue::Bool(true))];
            let most = counts.into_iter().max_by_key(|(count, value)| (*count, *value == FactValue::Bool(false)));
            most.filter(|(count, _)| *count >= null).map_or(FactValue::Null, |(_, value)| value)
        }
        Err(_) => FactValue::Null,
    }
}

impl<'a> World<'a> {
    /// For each entity the subject of a kind that it refers to; none where none of them does.
    pub fn refers(&self, entity: Entity, kind: usize) -> Option<UInt32Chunked> {
        let column = self.frame(entity)?.column(&format!("@{}", self.pack.subjects[kind].kind)).ok()?;
        Some(column.cast(&DataType::UInt32).ok()?.u32().ok()?.rechunk().into_owned())
    }
}
