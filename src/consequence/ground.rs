//! The grounds of a rule's hits: what the rule says, about whom, and the cells behind it.
//!
//! Names, columns and cells are looked up once for a rule ([`Grounds`]), then by index for each of its hits.

use sha2::{Digest, Sha256};

use super::draft::Draft;
use super::{Awaited, Ground, Lack, Line};
use crate::fact::{Error, Evidence, Extent, FactValue, Holders, Lookup, Origin, Texts, World};
use crate::once::Once;
use crate::pack::Entity;
use crate::place::Cell;
use crate::rule::{Reason, Reasons, Trace};

/// How the grounds of one rule are put together.
pub struct Grounds<'a> {
    rule: usize,
    confidential: bool,
    /// Facts in the order in which the rule names them, or those that its rows show, with their values in the lookup.
    values: Vec<(String, Option<usize>)>,
    /// What is told as evidence: of rows only what they show.
    told: Vec<usize>,
    shown: Extent<'a>,
    /// Per proposal the word that a fact, by its place in the lookup, must be for it to be made.
    only: Vec<Option<(usize, FactValue)>>,
    /// Facts whose evidence names what the ground is about.
    about: Vec<usize>,
    name: EntityName<'a>,
    pub holders: Holders,
}

/// What stands behind values: the trace, and what was proposed before.
pub struct Behind<'l, 'a> {
    pub world: &'l World<'a>,
    pub trace: &'l Trace<'a>,
    pub reasons: &'l Reasons<'l, 'a>,
    pub draft: &'l Draft<'l>,
}

impl Behind<'_, '_> {
    fn evidence(&self, values: &[usize], at: u32, told: Extent<'_>) -> Vec<Evidence> {
        self.trace.lookup.evidence(values, at, told, &|id| self.draft.evidence_of_line(self.world, id))
    }

    /// Down from what a rule misses for an entity: what is to be filled in or decided, and the cells where.
    pub fn lacks(&self, rule: usize, missing: &[String], at: u32) -> (Vec<Lack>, Vec<Origin>) {
        let mut lacks: Vec<Lack> = Vec::new();
        let mut cells = Vec::new();
        for name in missing {
            let mut add = |wanted: Awaited| {
                let lack = Lack { missing: name.clone(), wanted };
                lacks.once(lack);
            };
            for reason in self.reasons.of(rule, name, at) {
                match reason {
                    Reason::Blank { table, column, cell } => {
                        add(Awaited::Filled { table, column });
                        cells.extend(cell.map(Origin::Cell));
                    }
                    Reason::NoRow { table, column } => add(Awaited::Sent { table, column }),
                    Reason::Undecided => add(Awaited::Decided),
                    Reason::Waits(row) => {
                        let Some(expected) = self.draft.expected.get(row as usize) else { continue };
                        if expected.lacks.is_empty() {
                            add(Awaited::Settled);
                        }
                        expected.lacks.iter().for_each(|lack| add(lack.wanted));
                        cells.extend(expected.sources.iter().cloned());
                    }
                }
            }
        }
        (lacks, cells)
    }
}

impl<'a> Grounds<'a> {
    pub fn new(world: &World<'a>, lookup: &mut Lookup<'a>, rule: usize) -> Result<Self, Error> {
        let definition = &world.pack.rules[rule];
        let of = definition.of;
        let shown: &[String] = match of {
            Entity::Row(table) => &world.pack.tables[table].shown_facts,
            _ => &[],
        };
        let mut value = |name: &String| lookup.value(world, of, name, None, definition.stage);
        let names = definition.told();
        let mut all = Vec::new();
        if let (Some(scope), false) = (&definition.scope, shown.is_empty()) {
            all = scope.term().open_names();
        }
        all.extend(names.iter().cloned());
        all.extend(definition.shows.iter().cloned());
        let mut names = if shown.is_empty() { names } else { shown.to_vec() };
        names.extend(definition.shows.iter().filter(|name| !names.contains(name)).cloned().collect::<Vec<_>>());
        let only = definition.proposals.iter().map(|proposal| {
            let Some((name, word)) = &proposal.only else { return Ok(None) };
            Ok(value(name)?.map(|value| (value, FactValue::Text(word.clone()))))
        });
        let only = only.collect::<Result<_, Error>>()?;
        let values = names.into_iter().map(|name| Ok((name.clone(), value(&name)?))).collect::<Result<_, Error>>()?;
        let told = all.iter().map(&mut value).collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect();
        let about = definition.about.iter().map(&mut value).collect::<Result<Vec<_>, _>>()?;
        Ok(Grounds {
            rule,
            confidential: definition.confidential,
            only,
            values,
            told,
            shown: if shown.is_empty() { Extent::All } else { Extent::Only(shown) },
            about: about.into_iter().flatten().collect(),
            name: EntityName::new(world, of),
            holders: Holders::new(world, of),
        })
    }

    /// Whether a proposal of the rule is made for an entity for which the rule holds.
    pub fn proposes(&self, proposal: usize, at: u32, behind: &Behind<'_, '_>) -> bool {
        self.only[proposal].as_ref().is_none_or(|(value, word)| behind.trace.lookup.is(*value, at) == *word)
    }

    /// The ground of one hit.
    pub fn of(&self, at: u32, behind: &Behind<'_, '_>) -> Ground {
        let lookup = &behind.trace.lookup;
        let evidence = behind.evidence(&self.told, at, self.shown);
        let is = |value: &Option<usize>| value.map_or(FactValue::Null, |value| lookup.is(value, at));
        let facts = self.values.iter().map(|(name, value)| (name.clone(), is(value))).collect();
        let (mut about, about_label) = self.name.of(at);
        if !self.about.is_empty() {
            // One name per fact: of several the earliest, so that the order of rows does not show.
            let labels = self.about.iter().filter_map(|value| {
                let evidence = behind.evidence(std::slice::from_ref(value), at, Extent::All);
                evidence.into_iter().map(|one| one.label).min()
            });
            // For people the ground is about the entity itself.
            about = labels.collect::<Vec<_>>().join("、");
        }
        let mut rests_on = evidence.iter().flat_map(|one| one.through.iter().chain(&one.carries_out));
        let confidential = self.confidential || rests_on.any(|id| behind.draft.is_confidential(behind.world, id));
        let mut sources: Vec<Origin> = evidence.iter().map(|one| one.origin.clone()).collect();
        sources.extend(self.decisive(at, behind));
        dedup(&mut sources);
        let rule = self.rule;
        Ground { rule, about, about_label, facts, evidence, sources, confidential, ..Ground::default() }
    }

    /// Of a rule about rows the cells that decided, whether its rows show them or not.
    fn decisive(&self, at: u32, behind: &Behind<'_, '_>) -> Vec<Origin> {
        let Entity::Row(_) = self.name.of else { return Vec::new() };
        let decided = behind.trace.decided(self.rule, at);
        let evidence = behind.evidence(&decided, at, Extent::Decisive);
        evidence.into_iter().map(|one| one.origin).collect()
    }

    /// The cells to look at where the rule is not decided: `more`, or failing all the cell that names the entity.
    pub fn sources(&self, at: u32, behind: &Behind<'_, '_>, more: Vec<Origin>) -> Vec<Origin> {
        let evidence = behind.evidence(&self.told, at, self.shown);
        let mut sources: Vec<Origin> = evidence.into_iter().map(|one| one.origin).chain(more).collect();
        dedup(&mut sources);
        if sources.is_empty() {
            sources.extend(self.name.cell(at));
        }
        sources
    }
}

/// What entities of one kind are called.
struct EntityName<'a> {
    data: &'a crate::table::Dataset,
    of: Entity,
    /// Of a row its own name.
    texts: Option<Texts>,
    /// Table and column in which the name stands.
    place: Option<(usize, usize)>,
}

impl<'a> EntityName<'a> {
    fn new(world: &World<'a>, of: Entity) -> Self {
        let (texts, place) = match of {
            Entity::Subject(kind) => {
                let subject = &world.pack.subjects[kind];
                (None, Some((subject.register, subject.id)))
            }
            Entity::Row(table) => {
                let schema = &world.pack.tables[table];
                let texts = schema
                    .about
                    .and_then(|about| Texts::of(&world.data.tables[table].frame, &schema.columns[about].name));
                (texts, schema.about.map(|about| (table, about)))
            }
            Entity::City => (None, None),
        };
        EntityName { data: world.data, of, texts, place }
    }

    /// For programs and for people.
    fn of(&self, at: u32) -> (String, String) {
        match self.of {
            Entity::Subject(kind) => {
                let register = &self.data.registers[kind];
                (register.ids[at as usize].clone(), register.labels[at as usize].clone())
            }
            Entity::Row(_) => {
                let name = self.texts.as_ref().and_then(|texts| texts.at(at as usize)).unwrap_or_default();
                (name.to_string(), name.into_owned())
            }
            Entity::City => (String::new(), String::new()),
        }
    }

    /// The cell that names an entity: its id in the register, or the row's own name.
    fn cell(&self, at: u32) -> Option<Origin> {
        let (table, column) = self.place?;
        let row = match self.of {
            Entity::Subject(kind) => *self.data.registers[kind].rows.get(at as usize)?.first()?,
            Entity::Row(_) | Entity::City => at,
        };
        let cell: Cell = self.data.cell(table, row as usize, column)?;
        Some(Origin::Cell(cell))
    }
}

/// 核对码: what the committee decides about, without where it stands.
pub fn check_code(world: &World<'_>, line: &Line) -> String {
    let pack = world.pack;
    let grounds: Vec<_> = line
        .grounds
        .iter()
        .map(|ground| (pack.rules[ground.rule].id.as_str(), ground.about.as_str(), ground.facts.as_slice()))
        .collect();
    let content = (
        &pack.subjects[line.subject.kind].kind,
        &world.data.registers[line.subject.kind].ids[line.subject.index as usize],
        &pack.actions[line.action].name,
        &line.options,
        grounds,
    );
    // Facts and names always have a JSON form.
    let hash = Sha256::digest(serde_json::to_vec(&content).unwrap_or_default());
    let first = hash.iter().take(8).fold(0u64, |number, byte| number << 8 | u64::from(*byte));
    format!("{first:016X}")
}

/// A fact as JSON.
pub fn json(value: &FactValue) -> serde_json::Value {
    serde_json::to_value(value).unwrap_or(serde_json::Value::Null)
}

/// Keeps the first of equal origins.
pub fn dedup(origins: &mut Vec<Origin>) {
    if origins.len() > 1 {
        let mut seen = foldhash::HashSet::default();
        origins.retain(|one| seen.insert(one.clone()));
    }
}
