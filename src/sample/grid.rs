//! A sheet in memory, before it is known in which format it is written; and its way into .xlsx.

use chrono::NaiveDate;
use rust_xlsxwriter::{Format, FormatAlign, FormatBorder, Workbook, XlsxError};

use super::dress::Habit;
use super::plain::serial;

/// A merged range: first row and column, last row and column.
pub type GridMerge = (u32, u16, u32, u16);

/// A sheet of an office's book.
#[derive(Debug, Default)]
pub struct Grid {
    pub name: String,
    pub hidden: bool,
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

impl Grid {
    pub fn new(name: &str, hidden: bool) -> Grid {
        Grid { name: name.to_owned(), hidden, ..Grid::default() }
    }

    /// Number of the next row.
    pub fn end(&self) -> u32 {
        self.rows.len() as u32
    }

    /// Appends a row.
    pub fn push(&mut self, cells: Vec<(u16, Put)>) {
        self.rows.push(cells);
    }

    /// Appends a row with a text in its first cell, and a number further right.
    pub fn line(&mut self, text: &str, number: Option<(u16, u32)>) {
        let mut cells = vec![(0, Put::Text(text.to_owned()))];
        cells.extend(number.map(|(at, number)| (at, Put::Number(f64::from(number)))));
        self.push(cells);
    }

    /// Adds the sheet to a workbook.
    pub fn add_to(&self, workbook: &mut Workbook) -> Result<(), XlsxError> {
        let sheet = workbook.add_worksheet();
        sheet.set_name(&self.name)?.set_hidden(self.hidden);
        let title = Format::new().set_bold().set_font_size(16).set_align(FormatAlign::Center);
        let header = Format::new()
            .set_bold()
            .set_border(FormatBorder::Thin)
            .set_align(FormatAlign::Center)
            .set_align(FormatAlign::VerticalCenter);
        let dates = Habit::DATES.map(|format| Format::new().set_num_format(format));
        for (row, cells) in (0u32..).zip(&self.rows) {
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
