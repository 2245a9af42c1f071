//! Scenarios for `compare`: a workbook with a parameter per row and a scenario per column.

use std::collections::BTreeMap;
use std::path::Path;

use super::Failure;
use crate::table::seen::number_shown;
use crate::workbook::{self, Raw};

/// Name and `名称=值` texts of every scenario, in the order of the columns.
///
/// The first sheet is read: its first row names the scenarios, its first column the parameters; a blank
/// cell keeps the pack's value.
pub fn read(path: &Path) -> Result<Vec<(String, Vec<String>)>, Failure> {
    let shape = "第一行为各方案名称，第一列为参数名称，空格表示用规则包的值";
    let mut rows = texts(path)?.into_iter();
    let names = rows.next().map(|(_, cells)| cells).unwrap_or_default();
    let mut scenarios: Vec<(u32, String, Vec<String>)> =
        names.into_iter().filter(|(column, _)| *column > 0).map(|(column, name)| (column, name, Vec::new())).collect();
    for (row, cells) in rows {
        let mut cells = cells.into_iter();
        let Some((0, parameter)) = cells.next() else {
            return Err(Failure::failed(format!(
                "「{}」第 {} 行第一列没有参数名称。格式：{shape}",
                path.display(),
                row + 1
            )));
        };
        for (column, value) in cells {
            let Some((_, _, sets)) = scenarios.iter_mut().find(|(at, ..)| *at == column) else {
                return Err(Failure::failed(format!(
                    "「{}」{} 有值「{value}」，但这一列没有方案名称。格式：{shape}",
                    path.display(),
                    crate::place::A1(row, column)
                )));
            };
            sets.push(format!("{parameter}={value}"));
        }
    }
    if scenarios.is_empty() {
        return Err(Failure::failed(format!("「{}」中没有方案。格式：{shape}", path.display())));
    }
    Ok(scenarios.into_iter().map(|(_, name, sets)| (name, sets)).collect())
}

/// Filled cells by row, each with its column.
type CellTexts = BTreeMap<u32, Vec<(u32, String)>>;

fn texts(path: &Path) -> Result<CellTexts, workbook::Error> {
    let book = workbook::open(path, &path.display().to_string())?;
    let mut cells = Vec::new();
    if !book.sheets().is_empty() {
        book.read(0, &mut cells)?;
    }
    let mut filled = CellTexts::new();
    for (row, column, value) in cells {
        let text = shown(value);
        if !text.is_empty() {
            filled.entry(row).or_default().push((column, text));
        }
    }
    Ok(filled)
}

fn shown(value: Raw<'_>) -> String {
    match value {
        Raw::Text(text) => text.trim().to_owned(),
        Raw::Shared(_, text) => text.trim().to_owned(),
        Raw::Number(number, _) => number_shown(number),
        Raw::DateTime(time, _) => time.date().to_string(),
        Raw::Bool(value) => value.to_string(),
        Raw::Error(text) => text,
        Raw::NoResult => "（公式没有结果）".to_owned(),
        Raw::Veiled(veiled) => shown(veiled.stored),
    }
}

#[cfg(test)]
mod tests {
    use crate::workbook::{Look, Raw};

    /// As everywhere else: the same cell is the same text.
    #[test]
    fn a_number_is_shown_with_fifteen_digits() {
        assert_eq!(super::shown(Raw::Number(0.1 + 0.2, Look::PLAIN)), "0.3");
    }
}
