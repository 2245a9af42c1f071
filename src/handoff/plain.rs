//! Sheets of texts that others lay out (the archive's ledger), in the look of the lists.

use chrono::NaiveDate;

use super::model::{Block, Column, LineStyle, Sheet, Value, Workbook};

/// A sheet: its name, a title above, column names and texts.
#[derive(Debug, Clone, Default)]
pub struct PlainSheet {
    pub name: String,
    pub title: String,
    pub columns: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

/// The workbook of such sheets; dates written as `2015-06-24` become real ones.
pub fn workbook<'a>(title: &str, as_of: NaiveDate, sheets: &'a [PlainSheet]) -> Workbook<'a> {
    let sheets = sheets.iter().map(|plain| {
        let columns = plain.columns.iter().map(|name| Column::text(name.as_str(), 6.0, 50.0)).collect();
        let rows = plain.rows.iter().map(|row| row.iter().map(|text| Value::date(text)).collect()).collect();
        Sheet {
            name: plain.name.clone(),
            landscape: true,
            head: super::lines([(plain.title.clone(), LineStyle::Title)]),
            blocks: vec![Block::new(columns, rows, "没有记录。")],
            tail: Vec::new(),
            protected: false,
            frozen: Some(0),
            filter: true,
            foot_left: String::new(),
            foot_right: String::new(),
        }
    });
    Workbook { title: title.to_owned(), as_of, sheets: sheets.collect() }
}
