//! One sheet: what it is, and its rows as columns of codes if it is a table.
//!
//! The sheet is whole before it is looked at: its merged ranges say what its header is and which of its cells are seen.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::pack::{EXAMPLE, Pack, Table};
use crate::place::A1;
use crate::workbook::{Looks, Merge, SheetCell, SheetContent};

use super::again::Again;
use super::body::Body;
use super::coerce::Coercion;
use super::column::ColumnCells;
use super::date::TitleYears;
use super::head::{self, HEADER_ROWS, HeadRow};
use super::recognise::{Headers, Match, NearTable, Unrecognised};
use super::text;

/// What the pack says about reading, prepared once.
#[derive(Debug)]
pub struct Schema {
    pub headers: Headers,
    /// Per table and column.
    pub coercions: Vec<Vec<Coercion>>,
    /// Per table and column what stands in the example row of older forms, as [`text::folded`] gives it.
    pub examples: Vec<Vec<String>>,
    /// Per table its column with the year.
    pub years: Vec<Option<usize>>,
}

impl Schema {
    pub fn new(pack: &Pack) -> Self {
        Self {
            headers: Headers::new(pack),
            coercions: (0..pack.tables.len()).map(|table| Coercion::of_table(pack, table)).collect(),
            examples: pack.tables.iter().map(|table| examples(pack, table)).collect(),
            years: pack.tables.iter().map(|table| table.year).collect(),
        }
    }
}

fn examples(pack: &Pack, table: &Table) -> Vec<String> {
    table.columns.iter().map(|column| text::key(&pack.template.in_old_row(table, column))).collect()
}

/// What a sheet holds.
#[derive(Debug)]
pub struct Scanned {
    pub kind: ScannedKind,
    /// Non-blank rows below the header (of the whole sheet where there is none).
    pub rows: u64,
    /// Those that are no data.
    pub ignored: u64,
    /// How near the sheet comes to each table.
    pub nears: Vec<NearTable>,
}

#[derive(Debug)]
pub enum ScannedKind {
    Table(Box<TablePart>),
    Unrecognised(Box<Unrecognised>),
    /// On a sheet that nobody sees; the tables that it fits.
    Hidden(Vec<usize>),
    Prose,
}

/// Goes through those rows in which something is to be seen, with the filled cells of each by sheet column.
fn each_row<'s>(sheet: &'s SheetContent<'_>, rows: Range<u32>, mut visit: impl FnMut(u32, &[SheetCell<'s>])) {
    let mut filled = Vec::new();
    for (row, cells) in sheet.rows().filter(|(row, _)| rows.contains(row)) {
        filled.clear();
        filled.extend(cells.filter(|cell| !cell.content.text().is_some_and(text::is_empty)));
        if !filled.is_empty() {
            visit(row, &filled);
        }
    }
}

impl Scanned {
    /// What a sheet of a book holds whose cells have those looks.
    pub fn new(schema: &Schema, looks: &Looks, sheet: &SheetContent<'_>) -> Self {
        let mut first = Vec::new();
        each_row(sheet, 0..HEADER_ROWS, |row, cells| first.push((row, cells.to_vec())));
        let head = head::rows(&first, looks, sheet.merges());
        let (found, nears) = schema.headers.recognise(&head);
        let (mut rows, mut most) = (0, 0);
        let mut count = |_, cells: &[SheetCell<'_>]| (rows, most) = (rows + 1, cells.len().max(most));
        let found = match found {
            Ok(found) => found,
            Err(unrecognised) => {
                each_row(sheet, 0..u32::MAX, count);
                let headers = nears.iter().map(|near| near.named).max().unwrap_or(0);
                let is_prose = most < 3 && headers < 2;
                let kind = if is_prose { ScannedKind::Prose } else { ScannedKind::Unrecognised(unrecognised) };
                return Self { kind, rows, ignored: rows, nears };
            }
        };
        let below = found.rows.1 + 1..u32::MAX;
        if let Some(clash) = spread_header(&found, &schema.coercions[found.table], sheet) {
            let near = nears.iter().find(|near| near.table == found.table).cloned();
            let nearest = near.map(|near| NearTable { clash: Some(clash), ..near });
            let unrecognised = Box::new(Unrecognised { tie: Vec::new(), nearest });
            each_row(sheet, below, &mut count);
            return Self { kind: ScannedKind::Unrecognised(unrecognised), rows, ignored: rows, nears };
        }
        let titles = titles(&head, &found);
        let mut body = Body::new(schema, looks, found, &head, sheet.merges());
        each_row(sheet, below, |row, cells| body.row(row, cells));
        body.finish(nears, titles)
    }

    /// The same of a sheet that is hidden: nobody answers for what nobody sees.
    pub fn hidden(self) -> Self {
        let kind = match self.kind {
            ScannedKind::Table(part) => ScannedKind::Hidden(vec![part.found.table]),
            ScannedKind::Unrecognised(unrecognised) if !unrecognised.tie.is_empty() => {
                ScannedKind::Hidden(unrecognised.tie)
            }
            _ => ScannedKind::Prose,
        };
        Self { kind, ignored: self.rows, nears: Vec::new(), ..self }
    }
}

/// The data rows of a sheet that is a table.
#[derive(Debug)]
pub struct TablePart {
    /// What its header says.
    pub found: Match,
    pub titles: TitleYears,
    /// Headers with which other blocks begin.
    pub again: Vec<Again>,
    /// Those headers' rows and the rows under them.
    pub under: Vec<u32>,
    /// Sheet row of each data row.
    pub lines: Vec<u32>,
    /// Per column of the table.
    pub cells: Vec<ColumnCells>,
}

/// The years that stand above the header.
fn titles(head: &[HeadRow], found: &Match) -> TitleYears {
    let mut titles = TitleYears::default();
    let above = head.iter().filter(|row| row.row < found.rows.0);
    // The year of our own forms' example is nobody's.
    let shown = above.flat_map(|row| &row.cells).filter(|cell| !cell.key.starts_with(EXAMPLE));
    shown.for_each(|cell| titles.read(&cell.shown));
    titles
}

/// A header that is merged over several filled columns names none of them: its column, and where it stands.
fn spread_header(found: &Match, coercions: &[Coercion], sheet: &SheetContent<'_>) -> Option<(String, String, String)> {
    let (top, bottom) = found.rows;
    let mut wide = Vec::new();
    for (at, column) in found.columns.iter().enumerate().filter_map(|(at, column)| Some((at, (*column)?))) {
        let is_over = |range: &&Merge| range.1 == column && range.0 <= bottom && range.2 >= top && range.3 > column;
        wide.extend(sheet.merges().iter().filter(is_over).map(|range| (at, column, range.3)));
    }
    if wide.is_empty() {
        return None;
    }
    let mut filled = BTreeSet::new();
    each_row(sheet, bottom + 1..u32::MAX, |_, cells| filled.extend(cells.iter().map(|cell| cell.column)));
    let is_headed = |column: &u32| found.lines.iter().flatten().any(|(over, _)| over == column);
    wide.into_iter().find_map(|(at, left, right)| {
        let other = *filled.range(left + 1..=right).find(|column| !is_headed(column))?;
        let cell = |column| A1(bottom, column).to_string();
        Some((coercions[at].name().to_owned(), cell(left), cell(other)))
    })
}
