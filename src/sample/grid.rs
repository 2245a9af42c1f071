//! Sheets in memory, before it is known in which format they are written; and their way into .xlsx.

use std::path::Path;

use chrono::{Datelike, NaiveDate};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, XlsxError};

use super::dress::Habit;
use super::ods;
use crate::pack::ColumnKind;

/// From so many rows on a sheet is streamed; its strings then stand in the cells.
const STREAMED: usize = 50_000;
/// Wide enough for a day.
const WIDTH: f64 = 14.0;

/// A merged range: first row and column, last row and column.
pub type GridMerge = (u32, u16, u32, u16);

/// A sheet of an office's book.
#[derive(Debug, Default)]
pub struct Grid {
    pub name: String,
    pub hidden: bool,
    /// How many of the rows are the city's.
    pub drawn: u64,
    /// Per row the filled cells, from left to right.
    pub rows: Vec<Vec<(u16, Put)>>,
    pub merges: Vec<GridMerge>,
    /// Ascending.
    pub hidden_rows: Vec<u32>,
}

/// What stands in a cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Put {
    Title(String),
    Header(String),
    Text(String),
    Number(f64),
    /// A day and the index of its format.
    Date(NaiveDate, usize),
    /// A formula with this number as its stored result.
    Formula(f64),
}

impl Put {
    /// A cell as it is meant; none where it is blank.
    pub fn meant(cell: String, kind: &ColumnKind) -> Option<Put> {
        let put = match kind {
            _ if cell.is_empty() => return None,
            ColumnKind::Number { .. } | ColumnKind::Year => cell.parse().map(Put::Number).ok(),
            ColumnKind::Date => cell.parse().map(|day| Put::Date(day, 0)).ok(),
            _ => None,
        };
        Some(put.unwrap_or(Put::Text(cell)))
    }
}

/// Days from year 1 to 30 December 1899, where Excel's count starts.
const START: i32 = 693_594;

/// A day as Excel counts it.
pub fn serial(day: NaiveDate) -> i32 {
    day.num_days_from_ce() - START
}

/// Writes sheets as a workbook, in the format of its ending. The same sheets give the same bytes. `told` hears how many
/// rows more are written.
pub fn save(path: &Path, grids: &[Grid], told: &dyn Fn(u64)) -> Result<(), XlsxError> {
    if path.extension().is_some_and(|ending| ending == "ods") {
        return Ok(std::fs::write(path, ods::bytes(grids)?)?);
    }
    let mut workbook = Workbook::new();
    let created = ExcelDateTime::from_ymd(2015, 1, 1)?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&created));
    workbook.set_zip_compression_level(3);
    grids.iter().try_for_each(|grid| grid.add_to(&mut workbook, told))?;
    workbook.save(path)
}

impl Grid {
    pub fn new(name: &str, hidden: bool) -> Grid {
        Grid { name: name.to_owned(), hidden, ..Grid::default() }
    }

    /// Number of the next row.
    pub fn end(&self) -> u32 {
        self.rows.len() as u32
    }

    /// Appends a row of cells, from the left.
    pub fn push(&mut self, cells: impl Iterator<Item = Option<Put>>) {
        self.rows.push((0..).zip(cells).filter_map(|(at, cell)| Some((at, cell?))).collect());
    }

    /// Appends a row with a text in its first cell, and a number further right.
    pub fn line(&mut self, text: &str, number: Option<(u16, u32)>) {
        let mut cells = vec![(0, Put::Text(text.to_owned()))];
        cells.extend(number.map(|(at, number)| (at, Put::Number(f64::from(number)))));
        self.rows.push(cells);
    }

    fn add_to(&self, workbook: &mut Workbook, told: &dyn Fn(u64)) -> Result<(), XlsxError> {
        let sheet = match self.rows.len() {
            ..STREAMED => workbook.add_worksheet(),
            _ => workbook.add_worksheet_with_constant_memory()?,
        };
        sheet.set_name(&self.name)?.set_hidden(self.hidden);
        for (at, _) in self.rows.iter().max_by_key(|row| row.len()).into_iter().flatten() {
            sheet.set_column_width(*at, WIDTH)?;
        }
        let title = Format::new().set_bold().set_font_size(16).set_align(FormatAlign::Center);
        let header = Format::new()
            .set_bold()
            .set_border(FormatBorder::Thin)
            .set_align(FormatAlign::Center)
            .set_align(FormatAlign::VerticalCenter);
        let dates = Habit::DATES.map(|format| Format::new().set_num_format(format));
        for (row, cells) in (0u32..).zip(&self.rows) {
            if row > 0 && row.is_multiple_of(1024) {
                told(1024);
            }
            for (column, put) in cells {
                match put {
                    Put::Title(text) => sheet.write_string_with_format(row, *column, text, &title)?,
                    Put::Header(text) => sheet.write_string_with_format(row, *column, text, &header)?,
                    Put::Text(text) => sheet.write_string(row, *column, text)?,
                    // As a formula it would be one that nobody has seen the result of: the writer asks for all to be
                    // computed anew.
                    Put::Number(number) | Put::Formula(number) => sheet.write_number(row, *column, *number)?,
                    Put::Date(day, format) => {
                        sheet.write_number_with_format(row, *column, f64::from(serial(*day)), &dates[*format])?
                    }
                };
            }
        }
        for (top, left, bottom, right) in &self.merges {
            let format = match self.at(*top, *left) {
                Some(Put::Title(text)) => (text, &title),
                Some(Put::Header(text)) => (text, &header),
                _ => continue,
            };
            sheet.merge_range(*top, *left, *bottom, *right, format.0, format.1)?;
        }
        for row in &self.hidden_rows {
            sheet.set_row_hidden(*row)?;
        }
        Ok(())
    }

    /// What stands in a cell.
    pub fn at(&self, row: u32, column: u16) -> Option<&Put> {
        self.rows.get(row as usize)?.iter().find(|(at, _)| *at == column).map(|(_, put)| put)
    }
}
