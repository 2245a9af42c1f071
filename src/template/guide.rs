//! What a clerk is told about a column: on the instruction sheet, and beside the cell being filled in.

use crate::pack::{Column, ColumnKind, Pack, Table};

/// Whether a column has to be filled in, in a word or a clause.
pub fn demand(table: &Table, column: &Column) -> String {
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
fn needed_when(table: &Table, column: &Column) -> Option<String> {
    let name = |at: usize| table.columns[at].name.as_str();
    table.references.iter().find_map(|reference| {
        let (when, value) = reference.when.as_ref()?;
        let pair = [name(reference.id), name(reference.label)];
        let at = pair.iter().position(|shown| *shown == column.name)?;
        Some(format!("「{}」为「{value}」时，与「{}」至少填一项", name(*when), pair[1 - at]))
    })
}

/// What may stand in the column.
pub fn allowed(pack: &Pack, kind: &ColumnKind) -> String {
    match kind {
        ColumnKind::Text => "填文字".to_owned(),
        ColumnKind::Id => "填编号，按文本保存".to_owned(),
        ColumnKind::Name => "填名称，字间空格不计".to_owned(),
        ColumnKind::Names => "填名称，几个之间用「、」分开".to_owned(),
        ColumnKind::Choice { values, .. } => format!("从下拉列表选一项：{}", values.join("、")),
        ColumnKind::Number { min, max, percent } => {
            let told = match (min, max) {
                (Some(min), Some(max)) => format!("填{min}至{max}的数"),
                (Some(min), None) => format!("填不小于{min}的数"),
                (None, Some(max)) => format!("填不大于{max}的数"),
                (None, None) => "填数".to_owned(),
            };
            if *percent { format!("{told}，也可以填百分数（90%即90）") } else { told }
        }
        ColumnKind::Date => "填日期".to_owned(),
        ColumnKind::Month => "填年月或日期".to_owned(),
        ColumnKind::Year => "填四位年份".to_owned(),
        ColumnKind::People { subject, .. } => {
            let subject = &pack.subjects[*subject];
            let [id, label] = [subject.id, subject.label].map(|at| &pack.tables[subject.register].columns[at].name);
            format!("填{}的{id}或{label}，几个之间用「、」分开", subject.name)
        }
        ColumnKind::Line { .. } => "填处理编号".to_owned(),
    }
}
