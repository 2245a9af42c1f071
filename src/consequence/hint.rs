//! What people should weigh about a line, from the pack's hints.

use std::collections::BTreeMap;

use super::Line;
use crate::fact::{self, Error, Evidence, Lookup, Origin, Texts, World};
use crate::once::{Once, once};
use crate::pack::Entity;
use crate::pack::functions::fill;
use crate::place::A1;
use crate::table::Dataset;

/// The pack's hints, looked up for all entities.
pub struct Hints<'a> {
    hints: Vec<Told>,
    lookup: Lookup<'a>,
}

/// One hint.
struct Told {
    /// Whether it applies to each entity.
    applies: Vec<bool>,
    /// The fact whose dates are told with it, in the lookup.
    dates: Option<usize>,
    /// What stands for each row in the columns that its text names: `{列名}`.
    columns: BTreeMap<String, Texts>,
}

impl<'a> Hints<'a> {
    /// Evaluates all hints over all entities.
    pub fn new(world: &World<'a>) -> Result<Self, Error> {
        let mut lookup = Lookup::new(world.data);
        let hints = world.pack.hints.iter().map(|hint| {
            let applies = world.truths(hint.of, &hint.when)?;
            let dates = hint.dates.as_ref().map(|fact| lookup.value(world, hint.of, fact, None, 0)).transpose()?;
            let mut columns = BTreeMap::new();
            if let Entity::Row(table) = hint.of {
                fill(&hint.text, |name| {
                    let texts = Texts::of(&world.data.tables[table].frame, name);
                    columns.extend(texts.map(|texts| (name.to_owned(), texts)));
                    None
                });
            }
            Ok(Told { applies, dates: dates.flatten(), columns })
        });
        Ok(Hints { hints: hints.collect::<Result<_, Error>>()?, lookup })
    }

    /// Hints for a line, in the pack's order.
    pub fn of(&self, world: &World<'_>, line: &Line) -> Vec<String> {
        let subject = line.subject;
        let mut told = Vec::new();
        for (hint, known) in world.pack.hints.iter().zip(&self.hints) {
            if !hint.actions.is_empty() && !hint.actions.contains(&line.action) {
                continue;
            }
            match hint.of {
                Entity::Subject(kind) if kind == subject.kind && known.applies[subject.index as usize] => {
                    let dates = known.dates.map_or_else(Vec::new, |fact| self.dates(fact, subject.index));
                    told.push(if dates.is_empty() {
                        hint.text.clone()
                    } else {
                        format!("{}（{}）", hint.text, dates.join("、"))
                    });
                }
                Entity::Row(table) => {
                    for (of, row) in line.grounds.iter().flat_map(|ground| &ground.rows) {
                        if *of == table && known.applies[*row as usize] {
                            let text = |texts: &Texts| texts.at(*row as usize).unwrap_or_default().into_owned();
                            told.once(fill(&hint.text, |name| known.columns.get(name).map(text)));
                        }
                    }
                }
                _ => {}
            }
        }
        told.extend(shown_otherwise(world.data, line));
        told
    }

    fn dates(&self, fact: usize, at: u32) -> Vec<String> {
        let nothing = |_: &str| -> Vec<Evidence> { Vec::new() };
        once(self.lookup.evidence(&[fact], at, fact::Extent::All, &nothing).into_iter().map(|one| one.value))
    }
}

/// Cells that the line rests on whose number is shown rounded to the other side of a line: `E12显示为60，实为59.6`.
fn shown_otherwise(data: &Dataset, line: &Line) -> Vec<String> {
    if data.otherwise.is_empty() {
        return Vec::new();
    }
    once(line.grounds.iter().flat_map(|ground| &ground.sources).filter_map(|origin| {
        let Origin::Cell(cell) = origin else { return None };
        Some(format!("{}{}", A1(cell.row, cell.column), data.otherwise.get(cell)?))
    }))
}
