//! The grounds of a rule's hits: what the rule says, about whom, and the cells behind it.
//!
//! Names, columns and cells are looked up once for a rule ([`Grounds`]), then by index for each of its hits.

use sha2::{Digest, Sha256};

use super::reach::Holders;
use super::{Ground, Line};
use crate::fact::{Error, Evidence, FactValue, Finder, Origin, Texts, Values, World};
use crate::pack::Entity;
use crate::place::Cell;

/// How the grounds of one rule are put together.
pub struct Grounds<'a> {
    rule: usize,
    confidential: bool,
    /// Facts in the order in which the rule names them, or those that its rows show.
    values: Vec<(String, Values)>,
    evidence: Finder<'a>,
    /// Facts whose evidence names what the ground is about.
    about: Vec<Finder<'a>>,
    name: Name<'a>,
    pub holders: Holders,
}

/// What is asked of the lines that were proposed before.
pub struct Lines<'l> {
    pub evidence: &'l (dyn Fn(&str) -> Vec<Evidence> + Sync),
    pub confidential: &'l (dyn Fn(&str) -> bool + Sync),
}

impl<'a> Grounds<'a> {
    /// # Errors
    /// As [`World::new`].
    pub fn new(world: &World<'a>, rule: usize) -> Result<Self, Error> {
        let definition = &world.pack.rules[rule];
        let of = definition.of;
        let shown: &[String] = match of {
            Entity::Row(table) => &world.pack.tables[table].shown_facts,
            _ => &[],
        };
        let names = definition.when.term().open_names();
        let mut all = Vec::new();
        if let (Some(scope), false) = (&definition.scope, shown.is_empty()) {
            all = scope.term().open_names();
        }
        all.extend(names.iter().cloned());
        let told = if shown.is_empty() { &names[..] } else { shown };
        let values = told.iter().map(|name| Ok((name.clone(), world.values(of, name)?)));
        let about = definition.about.iter().map(|name| world.finder(of, std::slice::from_ref(name), &[]));
        Ok(Grounds {
            rule,
            confidential: definition.confidential,
            values: values.collect::<Result<_, Error>>()?,
            evidence: world.finder(of, &all, shown)?,
            about: about.collect::<Result<_, _>>()?,
            name: Name::new(world, of),
            holders: Holders::new(world, of),
        })
    }

    /// The ground of one hit.
    pub fn of(&self, at: u32, lines: &Lines<'_>) -> Ground {
        let evidence = self.evidence.find(at, lines.evidence);
        let facts = self.values.iter().map(|(name, values)| (name.clone(), values.at(at))).collect();
        let (mut about, about_label) = self.name.of(at);
        if !self.about.is_empty() {
            // One name per fact: of several the earliest, so that the order of rows does not show.
            let labels = self.about.iter().filter_map(|finder| {
                let evidence = finder.find(at, lines.evidence);
                evidence.into_iter().map(|one| one.label).min()
            });
            // For people the ground is about the entity itself.
            about = labels.collect::<Vec<_>>().join("、");
        }
        let mut rests_on = evidence.iter().flat_map(|one| one.through.iter().chain(&one.carries_out));
        let confidential = self.confidential || rests_on.any(|id| (lines.confidential)(id));
        let mut sources: Vec<Origin> = evidence.iter().map(|one| one.origin.clone()).collect();
        dedup(&mut sources);
        Ground {
            rule: self.rule,
            about,
            about_label,
            facts,
            evidence,
            sources,
            units: Vec::new(),
            rows: Vec::new(),
            proposals: Vec::new(),
            confidential,
        }
    }

    /// The cells to look at where the rule is not decided: `more`, or failing all the cell that names the entity.
    pub fn sources(&self, at: u32, lines: &Lines<'_>, more: Vec<Origin>) -> Vec<Origin> {
        let evidence = self.evidence.find(at, lines.evidence);
        let mut sources: Vec<Origin> = evidence.into_iter().map(|one| one.origin).chain(more).collect();
        dedup(&mut sources);
        if sources.is_empty() {
            sources.extend(self.name.cell(at));
        }
        sources
    }
}

/// What entities of one kind are called.
struct Name<'a> {
    data: &'a crate::table::Dataset,
    of: Entity,
    /// Of a row its own name.
    texts: Option<Texts>,
    /// Table and column in which the name stands.
    place: Option<(usize, usize)>,
}

impl<'a> Name<'a> {
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
        Name { data: world.data, of, texts, place }
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
    /// Up to here comparing all with all is cheaper than hashing.
    const FEW: usize = 16;
    if origins.len() <= FEW {
        let mut at = 1;
        while at < origins.len() {
            if origins[..at].contains(&origins[at]) {
                origins.remove(at);
            } else {
                at += 1;
            }
        }
        return;
    }
    let mut seen = std::collections::HashSet::new();
    origins.retain(|one| seen.insert(one.clone()));
}
