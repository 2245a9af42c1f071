//! Rows that no workbook of the input holds: what people entered elsewhere and the archive remembers.
//!
//! They stand after the rows that were read and have no place in a sheet, so that expressions look at both alike and
//! everything that cites a cell can tell them apart.

use chrono::NaiveDate;
use polars::prelude::*;

use super::{Dataset, frame};
use crate::pack::Pack;

/// A row: whom it is about, its day, and texts by column.
#[derive(Debug, Clone)]
pub struct Remembered {
    /// Subject kind and index in its register.
    pub subject: (usize, u32),
    /// Column and day.
    pub day: (String, NaiveDate),
    /// Column and text.
    pub texts: Vec<(String, String)>,
}

impl Dataset {
    /// Adds rows to a table; what they do not say is blank.
    ///
    /// # Errors
    /// A column that the table does not have, or of another type: a fault of the pack that its check did not see.
    pub fn remember(&mut self, pack: &Pack, table: usize, rows: &[Remembered]) -> PolarsResult<()> {
        if rows.is_empty() {
            return Ok(());
        }
        let known = &mut self.tables[table].frame;
        let columns = known.columns().iter().map(|column| {
            let name = column.name().as_str();
            if let Some(kind) = name.strip_prefix('@') {
                let index = |row: &Remembered| (pack.subjects[row.subject.0].kind == kind).then_some(row.subject.1);
                return frame::subjects(kind, rows.iter().map(index));
            }
            match column.dtype() {
                DataType::Date => frame::days(name, rows.iter().map(|row| (row.day.0 == name).then_some(row.day.1))),
                DataType::String => {
                    let text = |row: &'_ Remembered| {
                        row.texts.iter().find(|(column, _)| column == name).map(|(_, text)| text.clone())
                    };
                    StringChunked::from_iter_options(name.into(), rows.iter().map(text)).into_column()
                }
                other => Column::full_null(name.into(), rows.len(), other),
            }
        });
        let added = DataFrame::new(rows.len(), columns.collect())?;
        known.vstack_mut(&added)?;
        Ok(())
    }

    /// Whether a row of a table was read from a workbook, and not remembered.
    pub fn was_read(&self, table: usize, row: usize) -> bool {
        row < self.tables[table].origin.len()
    }
}
