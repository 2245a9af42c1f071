//! What can be told where the run cannot go on: every fault that the cells have of themselves.
//!
//! Without the registers nobody can be matched, and without a year nothing is history; but a bad date
//! is one all the same, and the office that sent it need not wait.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use crate::finding::Severity;
use crate::pack::Pack;
use crate::pack::term::Literals;

use super::examine;
use super::read::values;
use super::report::Notes;
use super::rowset::{TableRows, Yardstick};
use super::scan::Schema;
use super::{Dataset, Noted, Rejected};

/// Judges the cells alone and fills in findings, counts and rejected rows.
pub fn finish(pack: &Pack, schema: &Schema, dataset: &mut Dataset, rows: &[TableRows], mut notes: Notes<'_>) {
    let (none, nowhere) = (BTreeSet::new(), Dataset::default());
    let world = Yardstick {
        pack,
        schema,
        year: dataset.year,
        as_of: NaiveDate::default(),
        literals: Literals::new(),
        known_lines: &none,
        data: &nowhere,
    };
    for (table, rows) in rows.iter().enumerate() {
        let faults = examine::cells_alone(&world, table, rows);
        let mut rejected = vec![false; rows.origin.len()];
        let mut noted = vec![false; rows.origin.len()];
        for (row, fault) in &faults {
            let marks = if fault.severity == Severity::Rejected { &mut rejected } else { &mut noted };
            marks[*row] = true;
        }
        for (row, (sheet, line)) in rows.origin.iter().enumerate() {
            let counts = &mut dataset.sheets[sheet.0 as usize];
            if rejected[row] {
                counts.rejected += 1;
                let values = values(rows, row);
                dataset.rejected.push(Rejected { table, sheet: *sheet, row: *line, values, subjects: Vec::new() });
            } else {
                counts.used += 1;
                if noted[row] {
                    dataset.noted.push(Noted { table, sheet: *sheet, row: *line, values: values(rows, row) });
                }
            }
        }
        notes.rows(table, rows, &faults, &dataset.sheets);
    }
    dataset.rejected.sort_by_key(|rejected| (rejected.sheet, rejected.row));
    dataset.noted.sort_by_key(|noted| (noted.sheet, noted.row));
    dataset.findings = notes.finish(dataset);
}
