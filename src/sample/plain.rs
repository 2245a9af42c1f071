//! The city as the program likes it best: a sheet a table, canonical headers in the first row, clean cells.

use chrono::{Datelike, NaiveDate};
use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};

use crate::pack::{Column, ColumnKind};

use super::city::CityCell;
use super::{CityRows, Meter, OfficeBook};

/// Rows a sheet: below Excel's limit of 1,048,576 with room for more rows than expected.
const SHEET: u64 = 500_000;
/// From so many rows on a sheet is streamed; its strings then stand in the cells.
const STREAMED: u64 = 50_000;

/// A book per table and part of it.
pub fn books(source: &CityRows) -> Vec<OfficeBook> {
    let mut books = Vec::new();
    for (at, table) in source.city.sampler.pack.tables.iter().enumerate() {
        let parts = source.parts(at, SHEET);
        let alone = parts.len() == 1;
        books.extend(parts.into_iter().map(|part| {
            // The numbers sort as they count: the order of the files is that of the registers.
            let number = if alone { String::new() } else { format!("-{:02}", part.number + 1) };
            OfficeBook { path: format!("{}{number}.xlsx", table.name), parts: vec![part], layout: None }
        }));
    }
    books
}

/// Writes a book's sheets.
pub fn fill(workbook: &mut Workbook, source: &CityRows, book: &OfficeBook, meter: &Meter) -> Result<(), XlsxError> {
    for part in &book.parts {
        let table = &source.city.sampler.pack.tables[part.table];
        let sheet = if part.rows > STREAMED {
            workbook.add_worksheet_with_constant_memory()?
        } else {
            workbook.add_worksheet()
        };
        sheet.set_name(&table.name)?;
        let heading = Format::new().set_bold();
        for (at, column) in (0u16..).zip(&table.columns) {
            sheet.set_column_width(at, width(column))?;
            if column.kind == ColumnKind::Date {
                sheet.set_column_format(at, &Format::new().set_num_format("yyyy-mm-dd"))?;
            }
        }
        sheet.set_freeze_panes(1, 0)?;
        for (at, column) in (0u16..).zip(&table.columns) {
            sheet.write_string_with_format(0, at, &column.name, &heading)?;
        }
        let mut line = 0;
        source.rows(part, |row, _| {
            line += 1;
            meter.row();
            (0u16..).zip(row).try_for_each(|(at, cell)| write(sheet, line, at, cell))
        })?;
    }
    Ok(())
}

fn width(column: &Column) -> f64 {
    match column.kind {
        ColumnKind::Date => 12.0,
        ColumnKind::Name | ColumnKind::People { .. } => 18.0,
        _ => 14.0,
    }
}

fn write(sheet: &mut Worksheet, row: u32, column: u16, cell: CityCell) -> Result<(), XlsxError> {
    match cell {
        CityCell::Blank => return Ok(()),
        CityCell::Text(text) => sheet.write_string(row, column, text)?,
        CityCell::Number(number) => sheet.write_number(row, column, number)?,
        CityCell::Date(day) => sheet.write_number(row, column, f64::from(serial(day)))?,
    };
    Ok(())
}

/// Days from year 1 to 30 December 1899, where Excel's count starts.
const START: i32 = 693_594;

/// A day as Excel counts it.
pub fn serial(day: NaiveDate) -> i32 {
    day.num_days_from_ce() - START
}
