//! The city as the program likes it best: a sheet a table, canonical headers in the first row, clean cells.

use super::OfficeBook;
use super::city::{SampleCity, Stretch};
use super::grid::{Grid, Put};

/// Rows a sheet: below Excel's limit of 1,048,576 with room for more rows than expected.
const SHEET: u64 = 500_000;

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

/// A part's sheet.
pub fn grid(city: &SampleCity, part: &Stretch) -> Grid {
    let table = &city.pack.tables[part.table];
    let mut grid = Grid::new(&table.name, false);
    grid.push(table.columns.iter().map(|column| Some(Put::Header(column.name.clone()))));
    for (row, _) in city.rows(part) {
        grid.drawn += 1;
        grid.push(row.into_iter().zip(&table.columns).map(|(cell, column)| Put::meant(cell, &column.kind)));
    }
    grid
}
