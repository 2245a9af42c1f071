//! Which names keep a condition unknown.
//!
//! A part that is already decided needs nothing; in an unknown part the names without a value are what is missing.

use super::Part;
use crate::fact::{Error, World, column_for};
use crate::once::Once;
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
    let condition = &part.conditions[condition];
    let whole = condition.whole();
    let mut names: Vec<(&str, Meaning)> = Vec::new();
    whole.atoms(&mut |atom| part.atoms[atom].meanings().into_iter().for_each(|name| names.once(name)));
    names.retain(|(_, meaning)| *meaning != Meaning::Literal);
    let place = |name: &str| names.iter().position(|(known, _)| *known == name);
    let uses = part.atoms.iter().map(|atom| atom.names().into_iter().filter_map(place).collect());
    let uses: Vec<Vec<usize>> = uses.collect();
    let null = names.iter().map(|(name, meaning)| column_for(name, *meaning).is_null()).collect();
    let null = world.masks(Site::Entity(part.entity), &world.pack.rules[condition.rule].id, null)?;
    let named = |at: u32| {
        let mut found: Vec<usize> = Vec::new();
        whole.open(&|atom| part.values[atom].get(at as usize), &mut |atom| {
            let open = uses[atom].iter().filter(|name| null[**name].get(at as usize) == Some(true));
            open.for_each(|name| found.once(*name));
        });
        found.into_iter().map(|name| names[name].0.to_owned()).collect()
    };
    Ok(unknown.into_iter().map(|at| (at, named(at))).collect())
}
