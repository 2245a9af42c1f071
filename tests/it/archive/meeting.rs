//! What a committee and an office write into published workbooks, by column, and the way back into the archive.

use std::path::{Path, PathBuf};

use rust_xlsxwriter::Workbook;

use crate::rules::city::{City, kaohe, rows_of};

/// A published workbook with cells filled in: (a text that the row holds in any cell, and another; column, text).
pub fn filled(city: &City, run: &str, workbook: &str, cells: &[([&str; 2], &str, &str)]) -> PathBuf {
    let path = city.output().join("..").join(format!("{run}-{workbook}.xlsx"));
    fill(&city.output().join(run).join(format!("{workbook}.xlsx")), workbook, cells, &path);
    path
}

/// The same from any published file to another.
pub fn fill(published: &Path, workbook: &str, cells: &[([&str; 2], &str, &str)], path: &Path) {
    let mut rows = rows_of(published);
    let header = rows.iter().position(|row| row.iter().any(|cell| cell == "处理编号")).unwrap();
    for (of, column, text) in cells {
        let at = rows[header].iter().position(|cell| cell == column).unwrap_or_else(|| panic!("no {column}"));
        let holds = |row: &&mut Vec<String>| of.iter().all(|word| row.iter().any(|cell| cell == word));
        let row = rows[header + 1..].iter_mut().find(holds).unwrap_or_else(|| panic!("no {of:?} in {workbook}"));
        row[at] = (*text).to_owned();
    }
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name(workbook).unwrap();
    for (r, row) in (0u32..).zip(&rows) {
        for (c, cell) in (0u16..).zip(row).filter(|(_, cell)| !cell.is_empty()) {
            sheet.write_string(r, c, cell).unwrap();
        }
    }
    book.save(path).unwrap();
}

/// Fills cells in and takes them back in; gives what `record` said.
#[track_caller]
pub fn record(city: &City, run: &str, workbook: &str, cells: &[([&str; 2], &str, &str)]) -> String {
    let (code, told) = try_record(city, run, workbook, cells);
    assert_eq!(code, Some(0), "{told}");
    told
}

pub fn try_record(city: &City, run: &str, workbook: &str, cells: &[([&str; 2], &str, &str)]) -> (Option<i32>, String) {
    taken_in(city, &[filled(city, run, workbook, cells)], &[])
}

/// As [`record`], with `--amend`.
#[track_caller]
pub fn amend(city: &City, run: &str, workbook: &str, cells: &[([&str; 2], &str, &str)]) -> String {
    let (code, told) = taken_in(city, &[filled(city, run, workbook, cells)], &["--amend"]);
    assert_eq!(code, Some(0), "{told}");
    told
}

pub fn taken_in(city: &City, workbooks: &[PathBuf], options: &[&str]) -> (Option<i32>, String) {
    let archive = city.output().join("档案.db");
    let ended = kaohe().arg("record").args(workbooks).args(options).arg("--archive").arg(archive).output().unwrap();
    (ended.status.code(), String::from_utf8_lossy(&ended.stderr).into_owned())
}

/// The rows of a published workbook as (columns asked for).
pub fn shown(city: &City, run: &str, workbook: &str, columns: &[&str]) -> Vec<Vec<String>> {
    let rows = rows_of(&city.output().join(run).join(format!("{workbook}.xlsx")));
    let header = rows.iter().position(|row| row.iter().any(|cell| cell == "处理编号")).unwrap();
    let at: Vec<usize> =
        columns.iter().map(|name| rows[header].iter().position(|cell| cell == name).unwrap()).collect();
    let id = rows[header].iter().position(|cell| cell == "处理编号").unwrap();
    let rows = rows[header + 1..].iter().filter(|row| !row[id].is_empty());
    rows.map(|row| at.iter().zip(columns).map(|(at, name)| as_shown(name, &row[*at])).collect()).collect()
}

/// A date's serial as the day that is shown.
pub fn as_shown(column: &str, cell: &str) -> String {
    match cell.parse::<i64>() {
        Ok(serial) if column.ends_with("日期") || column.ends_with("期限") => {
            let origin = chrono::NaiveDate::from_ymd_opt(1899, 12, 30).unwrap();
            (origin + chrono::Duration::days(serial)).to_string()
        }
        _ => cell.to_owned(),
    }
}
