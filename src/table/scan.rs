//! One sheet, from its stream of cells to columns of codes.
//!
//! The first rows are kept until the header is found; the rows below it are [`Body`]'s.

use std::sync::Arc;

use crate::pack::{Pack, Table};
use crate::workbook::{Looks, Merge, Raw, Sink};

use super::body::Body;
use super::coerce::Coercion;
use super::column::Cells;
use super::date::TitleYears;
use super::recognise::{HEADER_ROWS, HeadCell, HeadRow, Headers, Near, Recognition, Unrecognised};
use super::seen::Seen;
use super::{recognise, text};

/// What the pack says about reading, prepared once.
#[derive(Debug)]
pub struct Schema {
    pub headers: Headers,
    /// Per table and column.
    pub coercions: Vec<Vec<Coercion>>,
    /// Per table and column what stands in the example row of older forms, as [`text::folded`] gives it.
    pub examples: Vec<Vec<Vec<String>>>,
}

impl Schema {
    pub fn new(pack: &Pack) -> Self {
        Self {
            headers: Headers::new(pack),
            coercions: (0..pack.tables.len()).map(|table| Coercion::of_table(pack, table)).collect(),
            examples: pack.tables.iter().map(|table| examples(pack, table)).collect(),
        }
    }
}

fn examples(pack: &Pack, table: &Table) -> Vec<Vec<String>> {
    let of_column = |column| pack.template.in_old_row(table, column).iter().map(|shown| text::key(shown)).collect();
    table.columns.iter().map(of_column).collect()
}

/// What a sheet holds.
#[derive(Debug)]
pub struct Scanned {
    pub kind: Kind,
    /// Non-blank rows below the header (of the whole sheet where there is none).
    pub rows: u64,
    /// Those that are no data.
    pub ignored: u64,
    /// How near the sheet comes to each table.
    pub nears: Vec<Near>,
}

#[derive(Debug)]
pub enum Kind {
    Table(Box<Part>),
    Unrecognised(Box<Unrecognised>),
    /// On a sheet that nobody sees; the tables that it fits.
    Hidden(Vec<usize>),
    Prose,
}

impl Scanned {
    /// The same of a sheet that is hidden: nobody answers for what nobody sees.
    pub fn hidden(self) -> Self {
        let kind = match self.kind {
            Kind::Table(part) => Kind::Hidden(vec![part.table]),
            Kind::Unrecognised(unrecognised) if !unrecognised.tie.is_empty() => Kind::Hidden(unrecognised.tie),
            _ => Kind::Prose,
        };
        Self { kind, ignored: self.rows, nears: Vec::new(), ..self }
    }
}

/// The data rows of a sheet that is a table.
#[derive(Debug)]
pub struct Part {
    pub table: usize,
    /// Sheet column of each of the table's columns.
    pub columns: Vec<Option<u32>>,
    pub doubled: Option<(usize, u32)>,
    pub others: Vec<recognise::Other>,
    pub slips: Vec<(usize, String, String)>,
    pub titles: TitleYears,
    /// Sheet row of each data row.
    pub lines: Vec<u32>,
    /// Per column of the table.
    pub cells: Vec<Cells>,
}

/// Takes the cells of one sheet of a book whose cells have those looks.
pub struct Scan<'s> {
    schema: &'s Schema,
    looks: &'s Looks,
    stage: Stage<'s>,
}

enum Stage<'s> {
    Head(Vec<(u32, Vec<(u32, Raw)>)>),
    Rows(Box<Body<'s>>),
    Other(Other),
}

impl Sink for Scan<'_> {
    fn cell(&mut self, row: u32, column: u32, value: Raw) {
        if matches!(&value, Raw::Text(given) if text::is_empty(given)) {
            return;
        }
        if row >= HEADER_ROWS && matches!(self.stage, Stage::Head(_)) {
            self.decide();
        }
        match &mut self.stage {
            Stage::Head(head) => match head.last_mut().filter(|(last, _)| *last == row) {
                Some((_, cells)) => cells.push((column, value)),
                None => head.push((row, vec![(column, value)])),
            },
            Stage::Rows(body) => body.cell(row, column, value),
            Stage::Other(other) => other.cell(row),
        }
    }

    fn shared(&mut self, row: u32, column: u32, number: usize, text: &Arc<str>) {
        match &mut self.stage {
            Stage::Rows(body) if !text::is_empty(text) => body.shared(row, column, number, text),
            _ => self.cell(row, column, Raw::Text(Arc::clone(text))),
        }
    }

    fn text(&mut self, row: u32, column: u32, text: &str) {
        match &mut self.stage {
            Stage::Rows(body) if !text::is_empty(text) => body.text(row, column, text),
            _ => self.cell(row, column, Raw::Text(Arc::from(text))),
        }
    }

    fn restart(&mut self) {
        self.stage = Stage::Head(Vec::new());
    }

    fn fork(&self) -> Option<Self> {
        match &self.stage {
            Stage::Rows(body) => Some(Self { stage: Stage::Rows(Box::new(body.fork())), ..*self }),
            Stage::Head(_) | Stage::Other(_) => None,
        }
    }

    fn cut(&mut self) {
        if let Stage::Rows(body) = &mut self.stage {
            body.cut();
        }
    }

    fn join(&mut self, forks: Vec<Self>, order: &[(usize, usize)]) {
        let Stage::Rows(body) = &mut self.stage else { return };
        let bodies = forks.into_iter().filter_map(|fork| match fork.stage {
            Stage::Rows(body) => Some(*body),
            Stage::Head(_) | Stage::Other(_) => None,
        });
        body.join(bodies.collect(), order);
    }
}

impl<'s> Scan<'s> {
    pub fn new(schema: &'s Schema, looks: &'s Looks) -> Self {
        Self { schema, looks, stage: Stage::Head(Vec::new()) }
    }

    /// The sheet is at its end; `merges` are its merged ranges.
    pub fn finish(mut self, merges: &[Merge]) -> Scanned {
        self.decide();
        match self.stage {
            Stage::Rows(body) => body.finish(merges),
            Stage::Other(other) => other.finish(),
            Stage::Head(_) => Scanned { kind: Kind::Prose, rows: 0, ignored: 0, nears: Vec::new() },
        }
    }

    /// Looks for the header in the rows kept so far, and reads those below it.
    fn decide(&mut self) {
        let Stage::Head(kept) = &mut self.stage else { return };
        let kept = std::mem::take(kept);
        let head: Vec<HeadRow> = kept
            .iter()
            .map(|(row, cells)| {
                let cell = |(column, raw): &(u32, Raw)| {
                    let shown = Seen::of_raw(raw, self.looks).shown.into_owned();
                    HeadCell { column: *column, key: text::header_key(&shown), shown }
                };
                HeadRow { row: *row, cells: cells.iter().map(cell).collect() }
            })
            .collect();
        let (recognition, nears) = self.schema.headers.recognise(&head);
        self.stage = match recognition {
            Recognition::Table(found) => {
                let mut body = Box::new(Body::new(self.schema, self.looks, *found, nears, &head));
                for (row, cells) in kept {
                    if row > body.header_end() {
                        for (column, raw) in cells {
                            body.cell(row, column, raw);
                        }
                    }
                }
                Stage::Rows(body)
            }
            Recognition::Unrecognised(unrecognised) => {
                let mut other = Other { unrecognised, nears, row: None, in_row: 0, rows: 0, most: 0 };
                for (row, cells) in &kept {
                    cells.iter().for_each(|_| other.cell(*row));
                }
                Stage::Other(other)
            }
        };
    }
}

/// A sheet that is no table: only its size matters.
struct Other {
    unrecognised: Box<Unrecognised>,
    nears: Vec<Near>,
    row: Option<u32>,
    in_row: u64,
    rows: u64,
    /// Filled cells of the fullest row.
    most: u64,
}

impl Other {
    fn cell(&mut self, row: u32) {
        if self.row != Some(row) {
            self.row = Some(row);
            self.rows += 1;
            self.in_row = 0;
        }
        self.in_row += 1;
        self.most = self.most.max(self.in_row);
    }

    fn finish(self) -> Scanned {
        let headers = self.nears.iter().map(|near| near.matched).max().unwrap_or(0);
        let kind = if self.most < 3 && headers < 2 { Kind::Prose } else { Kind::Unrecognised(self.unrecognised) };
        Scanned { kind, rows: self.rows, ignored: self.rows, nears: self.nears }
    }
}
