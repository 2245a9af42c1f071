//! The rows of all tables, judged: registers one after the other, because people refer to units, then all other tables at
//! once.

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::pack::Pack;

use super::directory::{AsideSeat, Directory, RosterEntry, Who};
use super::examine::{Examined, Prepared, RowVerdict, examine};
use super::read::Error;
use super::rowset::{TableRows, Yardstick};

/// All tables, judged, and who stands on the registers.
pub struct Judged {
    pub examined: Vec<Examined>,
    pub directories: Vec<Directory>,
}

/// Judges all tables: registers first, in an order in which those that others refer to come before them.
pub fn judge(world: &Yardstick<'_>, rows: &[TableRows]) -> Result<Judged, Error> {
    let pack = world.pack;
    let is_register = |table: &usize| pack.subjects.iter().any(|subject| subject.register == *table);
    let mut others: Vec<usize> = (0..pack.tables.len()).filter(|table| !is_register(table)).collect();
    // The longest first, one by one: halves of the list would leave a thread without work at the end.
    others.sort_by_key(|table| std::cmp::Reverse(rows[*table].origin.len()));
    let failed = |table: usize| {
        move |source| Error::Evaluate { table: pack.tables[table].name.clone(), source: Box::new(source) }
    };
    let prepare = |table: usize| Prepared::new(world, table, &rows[table]).map_err(failed(table));
    // What the other tables say for themselves can be seen to in the meantime.
    let (registers, prepared) = rayon::join(
        || registers(pack, rows, |table, directories| examine(prepare(table)?, directories).map_err(failed(table))),
        || others.par_iter().with_max_len(1).map(|table| prepare(*table)).collect::<Vec<_>>(),
    );
    let (mut examined, directories) = registers?;
    let judge = |(table, prepared): (usize, Result<Prepared<'_>, Error>)| {
        (table, prepared.and_then(|prepared| examine(prepared, &directories).map_err(failed(table))))
    };
    let judged: BTreeMap<usize, Result<Examined, Error>> =
        others.into_iter().zip(prepared).par_bridge().map(judge).collect();
    for (table, result) in judged {
        examined[table] = Some(result?);
    }
    Ok(Judged { examined: examined.into_iter().flatten().collect(), directories })
}

/// What came of the tables that are registers, and who stands on them.
type Registers = (Vec<Option<Examined>>, Vec<Directory>);

/// Judges the registers, by `run`.
fn registers(
    pack: &Pack,
    rows: &[TableRows],
    run: impl Fn(usize, &[Directory]) -> Result<Examined, Error>,
) -> Result<Registers, Error> {
    let mut directories: Vec<Directory> = pack.subjects.iter().map(|_| Directory::default()).collect();
    let mut examined: Vec<Option<Examined>> = pack.tables.iter().map(|_| None).collect();
    let mut left: Vec<usize> = (0..pack.subjects.len()).collect();
    while !left.is_empty() {
        let ready = |subject: &usize| {
            pack.tables[pack.subjects[*subject].register]
                .references
                .iter()
                .all(|reference| !left.contains(&reference.subject))
        };
        // Registers that refer to each other in a circle are taken as they come; the loader refuses them.
        let next = left.iter().copied().find(ready).unwrap_or(left[0]);
        let table = pack.subjects[next].register;
        let result = run(table, &directories)?;
        directories[next] = directory(pack, next, &rows[table], &result, &directories);
        examined[table] = Some(result);
        left.retain(|subject| *subject != next);
    }
    Ok((examined, directories))
}

/// The subjects that a register's valid rows name, and those that only stand in rejected ones.
fn directory(
    pack: &Pack,
    subject: usize,
    rows: &TableRows,
    examined: &Examined,
    directories: &[Directory],
) -> Directory {
    let described = &pack.subjects[subject];
    let (ids, labels) = (&rows.cells[described.id], &rows.cells[described.label]);
    let membership = &pack.membership;
    let unit = (membership.table == described.register && membership.member == subject)
        .then(|| {
            pack.tables[described.register].references.iter().position(|reference| reference.subject == membership.unit)
        })
        .flatten();
    let unit_of = |row: usize| examined.whos[unit?][row];
    let seat_of = |row: usize| {
        let Some(reference) = unit.map(|unit| &pack.tables[described.register].references[unit]) else {
            return AsideSeat::Anywhere;
        };
        let units = &directories[reference.subject];
        let (id, label) = (rows.cells[reference.id].text(row), rows.cells[reference.label].text(row));
        match (unit_of(row), id, label) {
            (Some(Who::Known(unit)), ..) => AsideSeat::In(unit),
            (Some(Who::PutAside(unit)), ..) => AsideSeat::InAside(unit),
            // A unit that is nowhere on its register is none that another row could name.
            (None, Some(id), _) if units.by_id(id).is_none() => AsideSeat::Elsewhere,
            (None, None, Some(label)) if units.by_name(label).is_empty() => AsideSeat::Elsewhere,
            _ => AsideSeat::Anywhere,
        }
    };
    let entry = |(at, row): (usize, &usize)| {
        Some(RosterEntry {
            id: ids.text(*row)?,
            label: labels.entry(*row).shown,
            label_key: labels.text(*row)?,
            other_labels: described.other_labels.and_then(|column| rows.cells[column].text(*row)),
            unit: unit_of(*row).and_then(Who::known),
            row: at as u32,
        })
    };
    let entries: Vec<RosterEntry<'_>> = examined.kept.par_iter().enumerate().filter_map(entry).collect();
    let mut directory = Directory::of(&entries);
    for (row, _) in examined.verdicts.iter().enumerate().filter(|(_, verdict)| **verdict == RowVerdict::Rejected) {
        let others = described.other_labels.and_then(|column| rows.cells[column].text(row));
        let others = others.unwrap_or_default().split('、');
        let own = labels.text(row);
        let names = own.into_iter().chain(others).filter(|name| !name.is_empty()).map(str::to_owned);
        directory.put_aside(ids.text(row), names, seat_of(row));
    }
    directory
}
