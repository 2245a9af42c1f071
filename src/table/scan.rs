//! One sheet, from its stream of cells to columns of codes.
//!
//! The first rows are kept until the header is found; the rows below it are [`Body`]'s.

use crate::pack::{EXAMPLE, Pack, Table};
use crate::workbook::{Looks, Merge, Raw, Sink};

use super::again::Again;
use super::body::Body;
use super::coerce::Coercion;
use super::column::ColumnCells;
use super::date::TitleYears;
use super::head::{self, HEADER_ROWS, HeadRow};
use super::recognise::{Headers, Match, NearTable, Recognition, Unrecognised};
use super::seen::SeenCell;
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

impl Scanned {
    /// A sheet without any cell.
    pub const NOTHING: Scanned = Scanned { kind: ScannedKind::Prose, rows: 0, ignored: 0, nears: Vec::new() };

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

/// Takes the cells of one sheet of a book whose cells have those looks.
pub struct Scan<'s> {
    schema: &'s Schema,
    looks: &'s Looks,
    /// The merged ranges as far as they are known: most formats tell them behind the cells.
    merges: &'s [Merge],
    /// The first rows as shown, to look at the header again when the merged ranges are known.
    head: Vec<ShownRow>,
    /// What they were last seen to be.
    seen: Option<HeadSeen>,
    stage: ScanStage<'s>,
}

/// The first rows in the light of merged ranges, and what their header says.
#[derive(Clone)]
struct HeadSeen {
    head: Vec<HeadRow>,
    recognition: Recognition,
    nears: Vec<NearTable>,
}

/// A row with its filled cells by sheet column.
type ShownRow = (u32, Vec<(u32, String)>);

enum ScanStage<'s> {
    Head(Vec<(u32, Vec<(u32, Raw<'static>)>)>),
    TableRows(Box<Body<'s>>),
    Other(Other),
}

impl Sink for Scan<'_> {
    fn cell(&mut self, row: u32, column: u32, value: Raw<'_>) {
        if value.text().is_some_and(text::is_empty) {
            return;
        }
        if row >= HEADER_ROWS && matches!(self.stage, ScanStage::Head(_)) {
            self.decide();
        }
        match &mut self.stage {
            ScanStage::Head(head) => match head.last_mut().filter(|(last, _)| *last == row) {
                Some((_, cells)) => cells.push((column, value.into_owned())),
                None => head.push((row, vec![(column, value.into_owned())])),
            },
            ScanStage::TableRows(body) => body.cell(row, column, &value),
            ScanStage::Other(other) => other.cell(row),
        }
    }

    fn restart(&mut self) {
        *self = Self::new(self.schema, self.looks, self.merges);
    }
}

impl<'s> Scan<'s> {
    /// `merges`: the sheet's merged ranges, where they are known already.
    pub fn new(schema: &'s Schema, looks: &'s Looks, merges: &'s [Merge]) -> Self {
        Self { schema, looks, merges, head: Vec::new(), seen: None, stage: ScanStage::Head(Vec::new()) }
    }

    /// The sheet is at its end. None where its header is another one in the light of its merged ranges: then all of it
    /// has to be taken anew, knowing them.
    pub fn finish(mut self, merges: &[Merge]) -> Option<Scanned> {
        self.decide();
        let HeadSeen { head, recognition, nears } = self.look(merges);
        match (self.stage, recognition) {
            (ScanStage::TableRows(body), Recognition::Table(found)) if body.was_read_by(&found) => {
                let titles = titles(&head, &found);
                Some(body.finish(*found, nears, titles, merges))
            }
            (ScanStage::Other(other), Recognition::Unrecognised(unrecognised)) => {
                Some(other.finish(unrecognised, nears))
            }
            _ => None,
        }
    }

    /// What the first rows are where those ranges are merged: mostly what they were already.
    fn look(&mut self, merges: &[Merge]) -> HeadSeen {
        let head = head::rows(&self.head, merges);
        let seen = self.seen.take().filter(|seen| seen.head == head).unwrap_or_else(|| {
            let (recognition, nears) = self.schema.headers.recognise(&head);
            HeadSeen { head, recognition, nears }
        });
        self.seen.insert(seen).clone()
    }

    /// Looks for the header in the rows kept so far, and reads those below it.
    fn decide(&mut self) {
        let ScanStage::Head(kept) = &mut self.stage else { return };
        let kept = std::mem::take(kept);
        let shown = |(column, raw): &(u32, Raw<'_>)| (*column, SeenCell::of(raw, self.looks).shown.into_owned());
        self.head = kept.iter().map(|(row, cells)| (*row, cells.iter().map(shown).collect())).collect();
        let HeadSeen { head, recognition, .. } = self.look(self.merges);
        self.stage = match recognition {
            Recognition::Table(found) => {
                let mut body = Box::new(Body::new(self.schema, self.looks, *found, &head));
                for (row, cells) in kept {
                    if row > body.header_end() {
                        for (column, raw) in cells {
                            body.cell(row, column, &raw);
                        }
                    }
                }
                ScanStage::TableRows(body)
            }
            Recognition::Unrecognised(_) => {
                let mut other = Other { row: None, in_row: 0, rows: 0, most: 0 };
                for (row, cells) in &kept {
                    cells.iter().for_each(|_| other.cell(*row));
                }
                ScanStage::Other(other)
            }
        };
    }
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

/// A sheet that is no table: only its size matters.
struct Other {
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

    fn finish(self, unrecognised: Box<Unrecognised>, nears: Vec<NearTable>) -> Scanned {
        let headers = nears.iter().map(|near| near.named).max().unwrap_or(0);
        let kind =
            if self.most < 3 && headers < 2 { ScannedKind::Prose } else { ScannedKind::Unrecognised(unrecognised) };
        Scanned { kind, rows: self.rows, ignored: self.rows, nears }
    }
}
