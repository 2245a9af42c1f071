//! Merged cells in a list that came back: each line is answered for itself, and what nobody sees is no answer.

use std::collections::BTreeSet;

use super::Session;
use super::fault::IntakeFault;
use super::known::Titled;
use super::rows::{FilledRow, ReturnedSheet};
use super::walk;
use crate::place::A1;
use crate::table::merged;

/// Every merged range in which more than one line lies, and every value beneath one that lies in a single line.
pub(super) fn judge(session: &mut Session<'_>, file: &str, sheet: &ReturnedSheet, titled: &Titled<'_>) {
    let lines: Vec<&FilledRow> = sheet.rows.iter().filter(|row| !walk::is_note(sheet, row, titled.list())).collect();
    let numbers: Vec<u32> = lines.iter().map(|row| row.row).collect();
    let mut told = BTreeSet::new();
    let mut faults = Vec::new();
    let mut fault = |cell: String, reason: String, remedy: String| {
        if told.insert(cell.clone()) {
            faults.push(IntakeFault { file: file.to_owned(), sheet: sheet.name.clone(), cell, reason, remedy });
        }
    };
    for range in sheet.merges.all() {
        let (top, left, bottom, right) = *range;
        let within = merged::within(&numbers, &(top..=bottom));
        let name = merged::name(*range);
        if within.len() > 1 {
            let reason = format!("合并的单元格{name}跨{}行，不能看作每一行的内容", within.len());
            fault(A1(top, left).to_string(), reason, format!("取消{name}的合并，逐行填写"));
            continue;
        }
        for row in &lines[within] {
            for (column, cell) in row.cells.iter().filter(|(column, _)| (left..=right).contains(column)) {
                if (row.row, *column) != (top, left) {
                    let reason = format!("「{}」被合并的单元格{name}盖住，看不见", cell.shown);
                    let remedy = format!("取消{name}的合并，核对后填写；盖住的内容不需要的，清除");
                    fault(A1(row.row, *column).to_string(), reason, remedy);
                }
            }
        }
    }
    session.faults.append(&mut faults);
}
