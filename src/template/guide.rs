//! What a clerk is told about a column: on the instruction sheet, and beside the cell being filled in.

use crate::pack::{InputColumn, Table};

/// Whether a column has to be filled in, in a word or a clause.
pub fn demand(table: &Table, column: &InputColumn) -> String {
    if column.required {
        return "必填".to_owned();
    }
    if let Some(group) = &column.one_of {
        let others: Vec<String> = table
            .columns
            .iter()
            .filter(|other| other.one_of.as_ref() == Some(group) && other.name != column.name)
            .map(|other| format!("「{}」", other.name))
            .collect();
        return format!("与{}至少填一项", others.join(""));
    }
    if let Some(needed) = needed_when(table, column) {
        return needed;
    }
    match &column.default {
        Some(value) => format!("选填，空着按「{value}」"),
        None if table.year.is_some_and(|at| table.columns[at].name == column.name) => {
            "选填，空着按表头上方标题的年度，标题也没有的按本次运行的年度".to_owned()
        }
        None => "选填".to_owned(),
    }
}

/// Columns that identify the subject only for some values of another column.
fn needed_when(table: &Table, column: &InputColumn) -> Option<String> {
    let name = |at: usize| table.columns[at].name.as_str();
    table.references.iter().find_map(|reference| {
        let (when, value) = reference.when.as_ref()?;
        let pair = [name(reference.id), name(reference.label)];
        let at = pair.iter().position(|shown| *shown == column.name)?;
        Some(format!("「{}」为「{value}」时，与「{}」至少填一项", name(*when), pair[1 - at]))
    })
}
