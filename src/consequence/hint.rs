//! What people should weigh about a line, from the pack's hints.

use polars::prelude::*;

use super::Subject;
use super::draft::DraftLine;
use crate::fact::{Error, Evidence, World, text_at};
use crate::pack::Entity;
use crate::pack::scope::Site;

/// For each hint of the pack, whether it applies to each entity.
pub struct Hints {
    applies: Vec<Vec<bool>>,
}

impl Hints {
    /// Evaluates all hints over all entities.
    ///
    /// # Errors
    /// As [`World::new`].
    pub fn new(world: &World<'_>) -> Result<Self, Error> {
        let applies = world
            .pack
            .hints
            .iter()
            .map(|hint| {
                let site = Site::Entity(hint.of);
                let expr = world.compile(site, &hint.when, None)?.fill_null(lit(false));
                let columns = world.evaluate(site, &hint.text, vec![expr])?;
                let failed = |source| Error::Polars { what: hint.text.clone(), source };
                let mask = columns[0].bool().map_err(failed)?;
                let height = world.height(hint.of);
                Ok((0..height).map(|at| mask.get(if mask.len() == 1 { 0 } else { at }) == Some(true)).collect())
            })
            .collect::<Result<Vec<_>, Error>>()?;
        Ok(Hints { applies })
    }

    /// Hints for a line, in the pack's order.
    ///
    /// # Errors
    /// As [`World::new`].
    pub fn of(
        &self,
        world: &World<'_>,
        action: usize,
        subject: Subject,
        line: &DraftLine,
    ) -> Result<Vec<String>, Error> {
        let mut told = Vec::new();
        for (hint, applies) in world.pack.hints.iter().zip(&self.applies) {
            if !hint.actions.is_empty() && !hint.actions.contains(&action) {
                continue;
            }
            match hint.of {
                Entity::Subject(kind) if kind == subject.kind && applies[subject.index as usize] => {
                    let dates = match &hint.dates {
                        Some(fact) => dates(world, hint.of, subject.index, fact)?,
                        None => Vec::new(),
                    };
                    told.push(if dates.is_empty() {
                        hint.text.clone()
                    } else {
                        format!("{}（{}）", hint.text, dates.join("、"))
                    });
                }
                Entity::Row(table) => {
                    for (of, row) in line.grounds.iter().flat_map(|ground| &ground.rows) {
                        if *of == table && applies[*row as usize] {
                            let text = fill(world, table, *row, &hint.text);
                            if !told.contains(&text) {
                                told.push(text);
                            }
                        }
                    }
                }
                _ => {}
            }
        }
        Ok(told)
    }
}

fn dates(world: &World<'_>, of: Entity, at: u32, fact: &str) -> Result<Vec<String>, Error> {
    let nothing = |_: &str| -> Vec<Evidence> { Vec::new() };
    let mut dates: Vec<String> = Vec::new();
    for one in world.evidence(of, at, &[fact.to_owned()], &[], &nothing)? {
        if !dates.contains(&one.value) {
            dates.push(one.value);
        }
    }
    Ok(dates)
}

/// Puts a row's values in for `{列名}`.
fn fill(world: &World<'_>, table: usize, row: u32, text: &str) -> String {
    let mut filled = text.to_owned();
    for column in &world.pack.tables[table].columns {
        let slot = format!("{{{}}}", column.name);
        if filled.contains(&slot) {
            let value = text_at(&world.data.tables[table].frame, &column.name, row as usize).unwrap_or_default();
            filled = filled.replace(&slot, &value);
        }
    }
    filled
}
