//! Whom a rule reaches: the subject itself, the holders of a role in its unit, or people named in a column.

use super::Subject;
use crate::fact::{Error, Holders, Origin, World};
use crate::pack::{Entity, Proposal, Recipient, Rule};

/// Somebody whom a rule reaches, and how.
#[derive(Debug, Clone)]
pub struct Reached {
    pub subject: Subject,
    /// Cells that show how the rule reaches them.
    pub sources: Vec<Origin>,
    /// Units in whose letters the line stands.
    pub units: Vec<u32>,
    /// Rows behind the reach: the seat, the lead.
    pub rows: Vec<(usize, u32)>,
}

/// Whom a proposal reaches, and what keeps it from reaching others.
#[derive(Debug, Default)]
pub struct Reach {
    pub reached: Vec<Reached>,
    /// What is missing (the role that nobody holds, the column with a name that fits nobody), and the
    /// cells that show it.
    pub missing: Vec<(String, Vec<Origin>)>,
}

impl Reach {
    fn miss(&mut self, what: &str, sources: impl IntoIterator<Item = Origin>) {
        match self.missing.iter_mut().find(|(known, _)| known == what) {
            Some((_, known)) => known.extend(sources),
            None => self.missing.push((what.to_owned(), sources.into_iter().collect())),
        }
    }
}

/// Whom `proposal` reaches when `rule` holds (or would hold) for entity `at`.
pub fn reach(world: &World<'_>, rule: &Rule, proposal: &Proposal, holders: &Holders, at: u32) -> Result<Reach, Error> {
    let membership = &world.pack.membership;
    let own_row = match rule.of {
        Entity::Row(table) => vec![(table, at)],
        _ => Vec::new(),
    };
    let mut reach = Reach::default();
    match &proposal.to {
        Recipient::Itself => {
            for subject in holders.of(at) {
                let units = home_unit(world, subject).into_iter().collect();
                reach.reached.push(Reached { subject, sources: Vec::new(), units, rows: own_row.clone() });
            }
        }
        Recipient::Role { role, via } => {
            for holder in holders.of(at) {
                // A unit's rule reaches its own members; a member's rule those of the units where the
                // member has the role `via`.
                let units: Vec<(u32, Option<u32>)> = if holder.kind == membership.unit {
                    vec![(holder.index, None)]
                } else {
                    let via = via.as_deref();
                    let seats =
                        world.members.of_member(holder.index).filter(|seat| via.is_none_or(|via| *via == *seat.role));
                    seats.map(|seat| (seat.unit, Some(seat.row))).collect()
                };
                for (unit, through) in units {
                    let mut any = false;
                    for seat in world.members.of_unit(unit).filter(|seat| *seat.role == **role) {
                        any = true;
                        let subject = Subject { kind: membership.member, index: seat.member };
                        if subject == holder {
                            continue;
                        }
                        let sources = through.into_iter().chain([seat.row]).filter_map(|row| seat_cell(world, row));
                        let mut rows = own_row.clone();
                        rows.push((membership.table, seat.row));
                        reach.reached.push(Reached { subject, sources: sources.collect(), units: vec![unit], rows });
                    }
                    if !any {
                        reach.miss(role, through.and_then(|row| seat_cell(world, row)));
                    }
                }
            }
        }
        Recipient::Named { column, fact } => named(world, rule, column, fact, at, &mut reach),
    }
    Ok(reach)
}

/// People named in a column of the rows that decided a fact.
fn named(world: &World<'_>, rule: &Rule, column: &str, fact: &str, at: u32, reach: &mut Reach) {
    let Some(fact) = world.fact_named(rule.of, fact) else { return };
    let Some(table) = world.pack.facts[fact].table() else { return };
    let Some(at_column) = world.pack.tables[table].column(column) else { return };
    let Some(mentions) = world.data.tables[table].mentions.get(&at_column) else { return };
    let rows = world.fact_rows[fact].iter().flat_map(|rows| rows.of(at));
    for (row, bits) in rows {
        if bits == 0 {
            continue;
        }
        let cell = world.data.cell(table, row as usize, at_column).map(Origin::Cell);
        for mention in mentions.get(row as usize).into_iter().flatten() {
            let Some(index) = mention.subject else {
                reach.miss(column, cell.clone());
                continue;
            };
            let subject = Subject { kind: world.pack.membership.member, index };
            // Somebody from elsewhere is told of by the home unit.
            let inside = matches!(rule.of, Entity::Subject(kind) if kind == world.pack.membership.unit)
                && world.members.of_member(index).any(|seat| seat.unit == at);
            let units = if inside { Some(at) } else { home_unit(world, subject) }.into_iter().collect();
            let sources: Vec<Origin> = cell.iter().cloned().collect();
            match reach.reached.iter_mut().find(|one| one.subject == subject) {
                Some(known) => known.sources.extend(sources),
                None => reach.reached.push(Reached { subject, sources, units, rows: Vec::new() }),
            }
        }
    }
}

/// The unit itself, or a member's home unit.
pub fn home_unit(world: &World<'_>, subject: Subject) -> Option<u32> {
    if subject.kind == world.pack.membership.unit { Some(subject.index) } else { world.members.home(subject.index) }
}

fn seat_cell(world: &World<'_>, row: u32) -> Option<Origin> {
    let membership = &world.pack.membership;
    world.data.cell(membership.table, row as usize, membership.role).map(Origin::Cell)
}
