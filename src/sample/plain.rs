//! The city as the program likes it best: a sheet a table, canonical headers in the first row, clean cells.

use std::path::Path;

use chrono::{Datelike, NaiveDate};
use rust_xlsxwriter::{Format, XlsxError};

use super::city::{CityCell, SampleCity};
use super::{Meter, OfficeBook, new_workbook};
use crate::pack::ColumnKind;

/// Rows a sheet: below Excel's limit of 1,048,576 with room for more rows than expected.
const SHEET: u64 = 500_000;
/// From so many rows on a sheet is streamed; its strings then stand in the cells.
const STREAMED: u64 = 50_000;

/// A book per table and part of it.
pub fn books(city: &SampleCity) -> Vec<OfficeBook> {
    let mut books = Vec::new();
    for (at, table) in city.pack.tables.iter().enumerate() {
        let parts = city.parts(at, SHEET);
        let alone = parts.len() == 1;
        books.extend(parts.into_iter().map(|part| {
            // The numbers sort as they count: the order of the files is that of the registers.
            let number = if alone { String::new() } else { format!("-{:02}", part.number + 1) };
            OfficeBook { path: format!("{}{number}.xlsx", table.name), parts: vec![part] }
        }));
    }
    books
}

/// Writes a book.
pub fn save(path: &Path, city: &SampleCity, book: &OfficeBook, meter: &Meter) -> Result<(), XlsxError> {
    let mut workbook = new_workbook()?;
    for part in &book.parts {
        let table = &city.pack.tables[part.table];
        let sheet = if part.rows > STREAMED {
            workbook.add_worksheet_with_constant_memory()?
        } else {
            workbook.add_worksheet()
        };
        sheet.set_name(&table.name)?;
        for (at, column) in (0u16..).zip(&table.columns) {
            let width = match column.kind {
                ColumnKind::Date => 12.0,
                ColumnKind::Name | ColumnKind::People { .. } => 18.0,
                _ => 14.0,
            };
            sheet.set_column_width(at, width)?;
            if column.kind == ColumnKind::Date {
                sheet.set_column_format(at, &Format::new().set_num_format("yyyy-mm-dd"))?;
            }
            sheet.write_string_with_format(0, at, &column.name, &Format::new().set_bold())?;
        }
        sheet.set_freeze_panes(1, 0)?;
        let mut line = 0;
        city.rows(part, |row, _| {
            line += 1;
            meter.row();
            for (at, cell) in (0u16..).zip(row) {
                match cell {
                    CityCell::Blank => continue,
                    CityCell::Text(text) => sheet.write_string(line, at, text)?,
                    CityCell::Number(number) => sheet.write_number(line, at, number)?,
                    CityCell::Date(day) => sheet.write_number(line, at, f64::from(serial(day)))?,
                };
            }
            Ok::<_, XlsxError>(())
        })?;
    }
    workbook.save(path)
}

/// Days from year 1 to 30 December 1899, where Excel's count starts.
const START: i32 = 693_594;

/// A day as Excel counts it.
pub fn serial(day: NaiveDate) -> i32 {
    day.num_days_from_ce() - START
}
