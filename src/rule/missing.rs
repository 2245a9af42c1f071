//! Which facts keep a condition unknown.
//!
//! A part that is already decided needs nothing; in an unknown part the facts without a value are
//! what is missing.

use super::Part;
use crate::fact::{Error, World};
use crate::pack::scope::{Meaning, Site};

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
    let site = Site::Entity(part.entity);
    let condition = &part.conditions[condition];
    let whole = condition.whole();
    // Every name in the condition that can be missing, and where it is.
    let mut names: Vec<String> = Vec::new();
    whole.atoms(&mut |atom| {
        for (name, meaning) in part.atoms[atom].meanings() {
            if meaning != Meaning::Literal && !names.iter().any(|known| known == name) {
                names.push(name.to_owned());
            }
        }
    });
    let exprs = names.iter().map(|name| Ok(world.named(site, name)?.is_null()));
    let exprs = exprs.collect::<Result<Vec<_>, Error>>()?;
    let columns = world.evaluate(site, &world.pack.rules[condition.rule].id, exprs)?;
    let null = |name: usize, at: u32| columns[name].bool().ok().and_then(|mask| mask.get(at as usize)) == Some(true);
    let used: Vec<Vec<usize>> = part
        .atoms
        .iter()
        .map(|atom| atom.names().iter().filter_map(|name| names.iter().position(|one| one == name)).collect())
        .collect();
    Ok(unknown
        .into_iter()
        .map(|at| {
            let mut found: Vec<usize> = Vec::new();
            whole.open(&|atom| part.values[atom].get(at as usize), &mut |atom| {
                for name in &used[atom] {
                    if null(*name, at) && !found.contains(name) {
                        found.push(*name);
                    }
                }
            });
            (at, found.into_iter().map(|name| names[name].clone()).collect())
        })
        .collect())
}
