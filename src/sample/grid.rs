//! A sheet in memory, before it is known in which format it is written; and its way into .xlsx.

use rust_xlsxwriter::{Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError};

use super::dress::{Dressed, Habit};

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
#[derive(Debug)]
pub enum Put {
    Title(String),
    Header(String),
    Value(Dressed),
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
        let mut cells = vec![(0, Put::Value(Dressed::Text(text.to_owned())))];
        cells.extend(number.map(|(at, number)| (at, Put::Value(Dressed::Number(f64::from(number))))));
        self.push(cells);
    }

    /// The format of a date, by its index in [`Habit::DATES`].
    fn dates() -> Vec<Format> {
        Habit::DATES.iter().map(|format| Format::new().set_num_format(*format)).collect()
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
        let dates = Grid::dates();
        for (row, cells) in (0u32..).zip(&self.rows) {
            for (column, put) in cells {
                match put {
                    Put::Title(text) => sheet.write_string_with_format(row, *column, text, &title).map(|_| ())?,
                    Put::Header(text) => sheet.write_string_with_format(row, *column, text, &header).map(|_| ())?,
                    Put::Value(value) => write(sheet, row, *column, value, &dates)?,
                }
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

    fn at(&self, row: u32, column: u16) -> Option<&Put> {
        self.rows.get(row as usize)?.iter().find(|(at, _)| *at == column).map(|(_, put)| put)
    }
}

fn write(sheet: &mut Worksheet, row: u32, column: u16, value: &Dressed, dates: &[Format]) -> Result<(), XlsxError> {
    match value {
        Dressed::Blank => {}
        Dressed::Text(text) => {
            sheet.write_string(row, column, text)?;
        }
        Dressed::Number(number) => {
            sheet.write_number(row, column, *number)?;
        }
        Dressed::Date(serial, format) => {
            sheet.write_number_with_format(row, column, f64::from(*serial), &dates[*format])?;
        }
        // As a formula it would be one that nobody has seen the result of: the writer asks for all to be computed anew.
        Dressed::Formula(result) => {
            if let Ok(number) = result.parse::<f64>() {
                sheet.write_number(row, column, number)?;
            }
        }
    }
    Ok(())
}
