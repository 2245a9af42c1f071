//! The rows below a header: one code per row and column.
//!
//! Only the cells of recognised columns are kept, and nothing of the others: what nobody asked for is looked at and
//! dropped.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::workbook::{Looks, Merge, SheetCell};

use super::again::{self, Again, Ends, Outside};
use super::coerce::Coercion;
use super::column::{ColumnBuilder, ColumnCells, EMPTY};
use super::date::TitleYears;
use super::head::{self, HeadRow};
use super::merged::Merges;
use super::numbering::is_numbering;
use super::recognise::{Headers, Match, NearTable, Spot};
use super::rows::{self, Remark};
use super::scan::{Scanned, ScannedKind, Schema, TablePart};
use super::settle::Doubt;
use super::text;

/// The rows below a header as they come.
pub struct Body<'s> {
    pub(super) shape: Shape<'s>,
    pub(super) builders: Vec<ColumnBuilder>,
    /// Per column of the table the contents that are words of headers, by code.
    words: Vec<Vec<(u32, HeaderWord)>>,
    /// The rows of data.
    lines: Vec<u32>,
    /// Rows with something in columns of the table that are none.
    no_data: Vec<u32>,
    /// Rows of either kind whose words say that they are no data.
    told: Vec<u32>,
    /// The last row without a doubt.
    last: u32,
    /// Headers of other blocks, and lines that name a year.
    again: Vec<Again>,
    /// Rows ignored because they have cells in columns only that nobody asked for: first and last of these.
    elsewhere: Vec<(u32, (u32, u32))>,
    rows: u64,
    /// Rows without anything in a column of the table.
    ignored: u64,
    /// Those that reach below the header.
    pub(super) merges: Merges,
    /// Codes at the top left of merged ranges, by sheet row and column.
    pub(super) tops: HashMap<(u32, u32), u32>,
}

/// What the header says about the rows.
pub struct Shape<'s> {
    pub coercions: &'s [Coercion],
    examples: &'s [String],
    pub looks: &'s Looks,
    names: &'s Headers,
    pub found: Match,
    /// The signs with which a text in a column of the table can begin that is a word of headers.
    firsts: BTreeSet<char>,
    /// Titles in the rows above the header; repeated on every page by some.
    headings: Vec<String>,
    /// What stands in the columns of the table down to the end of the header, by sheet row and column.
    pub above: BTreeMap<(u32, u32), String>,
    /// Sheet column → column of the table.
    place: Vec<Option<usize>>,
    /// The table's column with the year.
    year: Option<usize>,
}

/// A content that may be a header.
struct HeaderWord {
    /// It stands over its own column.
    is_own: bool,
    /// It is the name of some table's column.
    is_name: bool,
    /// It asks for whoever reports.
    asks: bool,
}

/// A row with its codes per column of the table.
struct CodedRow<'r> {
    row: u32,
    cells: &'r [SheetCell<'r>],
    codes: &'r [u32],
}

/// How many cells of a row are looked at for what it begins with: as many as may lie beneath merged ranges before one that
/// does not.
const LEADS: usize = 4;

impl<'s> Body<'s> {
    pub fn new(schema: &'s Schema, looks: &'s Looks, found: Match, head: &[HeadRow], merges: &[Merge]) -> Self {
        let mut headings = Vec::new();
        for row in head.iter().filter(|row| row.row < found.rows.0) {
            headings.extend(row.cells.first().map(|cell| cell.key.clone()).filter(|key| rows::is_title(key)));
        }
        let width = found.columns.iter().flatten().max().map_or(0, |last| *last as usize + 1);
        let mut place = vec![None; width];
        for (at, column) in found.columns.iter().enumerate() {
            if let Some(column) = column {
                place[*column as usize] = Some(at);
            }
        }
        let mut above = BTreeMap::new();
        for row in head.iter().filter(|row| row.row <= found.rows.1) {
            let ours = row.cells.iter().filter(|cell| place.get(cell.column as usize).is_some_and(Option::is_some));
            above.extend(ours.map(|cell| ((row.row, cell.column), cell.shown.clone())));
        }
        let words = found.lines.iter().flatten().map(|(_, key)| key.as_str());
        let words = words.chain(schema.headers.keys()).chain(head::REPORTING);
        let firsts = words.filter_map(|word| word.chars().next()).chain(text::HEADER_MARKS).collect();
        let below = merges.iter().filter(|range| range.2 > found.rows.1).copied();
        let beside = |(spot, last): &(Spot, u32)| {
            let beside = Some((spot.column, *last));
            Again { spot: spot.clone(), beside, holds_data: true, year: None }
        };
        Self {
            builders: found.columns.iter().map(|_| ColumnBuilder::default()).collect(),
            words: found.columns.iter().map(|_| Vec::new()).collect(),
            lines: Vec::new(),
            no_data: Vec::new(),
            told: Vec::new(),
            last: 0,
            again: found.beside.iter().map(beside).collect(),
            elsewhere: Vec::new(),
            rows: 0,
            ignored: 0,
            merges: Merges::new(below),
            tops: HashMap::new(),
            shape: Shape {
                coercions: &schema.coercions[found.table],
                examples: &schema.examples[found.table],
                looks,
                names: &schema.headers,
                year: schema.years[found.table],
                found,
                firsts,
                headings,
                above,
                place,
            },
        }
    }

    /// Takes the next row.
    pub fn row(&mut self, row: u32, cells: &[SheetCell<'_>]) {
        self.rows += 1;
        let mut codes = vec![EMPTY; self.builders.len()];
        for cell in cells {
            if let Some(at) = self.shape.place(cell.column) {
                codes[at] = self.code(at, cell);
            }
        }
        let coded = CodedRow { row, cells, codes: &codes };
        let others = cells.iter().filter(|cell| self.shape.place(cell.column).is_none());
        let others = others.map(|cell| (cell.column, cell.content.text().unwrap_or_default()));
        let outside = Outside::new(others, self.shape.names);
        let is_repeated = self.is_repeated(&coded);
        let block = if is_repeated { None } else { self.block(&coded, &outside) };
        let is_only_header = block.as_ref().is_some_and(|block| !block.holds_data);
        let year = self.names_year(&coded);
        self.again.extend(block.into_iter().chain(year));
        if is_only_header {
            return;
        }
        if codes.iter().all(|code| *code == EMPTY) {
            self.ignored += 1;
            let extent = outside.extent.filter(|_| !is_repeated && self.begins(&coded, 0).is_none());
            self.elsewhere.extend(extent.map(|extent| (row, extent)));
            return;
        }
        let doubt = if is_repeated { Some(Doubt::Whole) } else { self.doubt(&coded) };
        match doubt {
            None => self.last = row,
            Some(Doubt::Blank) => {}
            Some(Doubt::Whole | Doubt::Begins(_)) => self.told.push(row),
        }
        if self.settle(row, &mut codes, doubt.as_ref()) {
            self.lines.push(row);
            self.builders.iter_mut().zip(codes).for_each(|(builder, code)| builder.push(code));
        } else {
            self.no_data.push(row);
        }
    }

    /// The code of a cell in a column of the table.
    fn code(&mut self, at: usize, cell: &SheetCell<'_>) -> u32 {
        let (shape, builder) = (&self.shape, &mut self.builders[at]);
        let known = builder.len();
        let code = builder.code(cell, |content| shape.coercions[at].read(content, shape.looks));
        if builder.len() > known {
            self.words[at].extend(shape.word(at, builder.shown(code)).map(|word| (code, word)));
        }
        code
    }

    /// The words of headers in a row.
    fn words<'r>(&'r self, coded: &'r CodedRow<'_>) -> impl Iterator<Item = &'r HeaderWord> {
        let of = |(words, code): (&'r Vec<(u32, HeaderWord)>, &u32)| words.iter().find(|(of, _)| of == code);
        self.words.iter().zip(coded.codes).filter_map(of).map(|(_, word)| word)
    }

    /// Whether a row is a line of the header, word for word; a number may be one that stands in the header.
    fn is_repeated(&self, coded: &CodedRow<'_>) -> bool {
        let holds = |column: u32| self.shape.place(column).is_none_or(|at| coded.codes[at] != EMPTY);
        self.shape.found.lines.iter().any(|line| {
            let stands_there = |cell: &SheetCell<'_>| {
                let at = line.binary_search_by_key(&cell.column, |(column, _)| *column);
                at.is_ok_and(|at| match (cell.content.text(), &line[at].1) {
                    (Some(text), key) => text::is_header(text, key),
                    (None, key) => key.chars().all(|c| c.is_ascii_digit()),
                })
            };
            coded.cells.iter().all(stands_there) && line.iter().all(|(column, _)| holds(*column))
        })
    }

    /// The header of another block in a row: two names of columns, or fewer in a row of words that the block's columns
    /// could not hold.
    fn block(&self, coded: &CodedRow<'_>, outside: &Outside) -> Option<Again> {
        let names = self.words(coded).filter(|word| word.is_name).count();
        if names > 0 && names + outside.names > 1 || self.holds_only_words(coded, names) {
            let first = coded.cells.first()?;
            let said = self.said(coded, first);
            let shown = if names > 0 && self.shape.names.is_name(said) {
                text::trimmed(said).to_owned()
            } else {
                String::new()
            };
            let spot = Spot { row: coded.row, column: first.column, shown };
            return Some(Again { spot, beside: None, holds_data: false, year: None });
        }
        let (_, last) = outside.extent.filter(|_| outside.names > 1)?;
        let spot = Spot { row: coded.row, column: outside.from, shown: outside.shown.clone() };
        Some(Again { spot, beside: Some((outside.from, last)), holds_data: !self.is_blank(coded), year: None })
    }

    fn holds_only_words(&self, coded: &CodedRow<'_>, names: usize) -> bool {
        if self.words(coded).any(|word| word.asks) {
            return true;
        }
        let filled = || coded.codes.iter().zip(&self.builders).filter(|(code, _)| **code != EMPTY);
        let headers = self.shape.names;
        let is_word = |text: &str| headers.is_group(text) || headers.is_name(text) || head::is_form_word(text);
        coded.is_text()
            && filled().nth(1).is_some()
            && !filled().any(|(code, builder)| builder.is_measured(*code))
            && (names > 0
                || filled().all(|(code, builder)| is_word(builder.shown(*code)))
                || filled().next().is_some_and(|(code, builder)| headers.is_group(builder.shown(*code))))
    }

    /// Whether there is nothing in the columns of the table but placeholders.
    fn is_blank(&self, coded: &CodedRow<'_>) -> bool {
        coded.codes.iter().zip(&self.builders).all(|(code, builder)| builder.is_blank(*code))
    }

    /// The year that a row names, if it says nothing else and no column of the table says the years.
    fn names_year(&self, coded: &CodedRow<'_>) -> Option<Again> {
        let ([cell], true) = (coded.cells, coded.is_text()) else { return None };
        let text = self.said(coded, cell);
        let is_told = self.shape.year.is_none_or(|at| self.shape.found.columns[at].is_some());
        if is_told || !text.contains('年') || rows::remark(text).is_some() {
            return None;
        }
        let mut years = TitleYears::default();
        years.read(text);
        let spot = Spot { row: coded.row, column: cell.column, shown: format!("{}年", years.first?) };
        Some(Again { spot, beside: None, holds_data: true, year: years.first })
    }

    /// What a cell says, as a text.
    fn said<'r>(&'r self, coded: &CodedRow<'r>, cell: &'r SheetCell<'_>) -> &'r str {
        match self.shape.place(cell.column) {
            Some(at) => self.builders[at].shown(coded.codes[at]),
            None => cell.content.text().unwrap_or_default(),
        }
    }

    /// Why a row may be no data.
    fn doubt(&mut self, coded: &CodedRow<'_>) -> Option<Doubt> {
        if self.is_blank(coded) {
            return Some(Doubt::Blank);
        }
        let columns = self.shape.found.columns.iter().flatten().count();
        let filled = coded.codes.iter().filter(|code| **code != EMPTY).count();
        if is_numbering(coded.cells.iter().map(|cell| &cell.content), columns)
            || self.words(coded).filter(|word| word.is_own).count() == filled
        {
            return Some(Doubt::Whole);
        }
        let first = self.begins(coded, 0);
        if first == Some(Remark::Note) && self.is_example(coded) {
            return Some(Doubt::Whole);
        }
        if first.is_none() && 2 * filled >= columns {
            return None;
        }
        let leads: Vec<(u32, Option<Remark>)> = coded
            .cells
            .iter()
            .take(LEADS)
            .enumerate()
            .map(|(at, cell)| (cell.column, self.begins(coded, at)))
            .collect();
        if leads.iter().all(|(_, remark)| remark.is_none()) {
            return None;
        }
        let mut is_beneath = |column: u32| {
            self.merges.over(coded.row, column).is_some_and(|range| (range.0, range.1) != (coded.row, column))
        };
        let seen = leads.into_iter().find(|(column, _)| !is_beneath(*column));
        Some(Doubt::Begins(seen.and_then(|(column, remark)| Some((column, remark?)))))
    }

    /// The example row of an older form, as it was handed out: its first column says so, and no other says anything else.
    fn is_example(&self, coded: &CodedRow<'_>) -> bool {
        let columns = self.shape.found.columns.iter().zip(coded.codes).zip(&self.builders);
        self.shape.found.columns.first().is_some_and(Option::is_some)
            && columns.zip(self.shape.examples).all(|(((column, code), builder), example)| {
                let shown = text::folded(builder.shown(*code));
                column.is_none() || *example == shown
            })
    }

    /// What a row is if it begins with that one of its cells.
    fn begins(&self, coded: &CodedRow<'_>, at: usize) -> Option<Remark> {
        let text = self.said(coded, coded.cells.get(at)?);
        let title = || coded.cells.len() == 1 && self.shape.headings.contains(&text::header_key(text));
        rows::remark(text).or_else(|| title().then_some(Remark::Title))
    }

    /// The sheet is at its end.
    pub fn finish(mut self, nears: Vec<NearTable>, titles: TitleYears) -> Scanned {
        let last = self.last;
        self.again.retain(|again| again.year.is_none_or(|year| Some(year) != titles.first && again.spot.row < last));
        let under = self.end_block();
        let mut cells: Vec<ColumnCells> = self.builders.into_iter().map(ColumnBuilder::finish).collect();
        cells.iter_mut().for_each(|cells| cells.codes.truncate(self.lines.len()));
        let part = TablePart { found: self.shape.found, titles, again: self.again, under, lines: self.lines, cells };
        Scanned { kind: ScannedKind::Table(Box::new(part)), rows: self.rows, ignored: self.ignored, nears }
    }

    /// Takes out the rows under other headers, and says which they are, with these headers.
    fn end_block(&mut self) -> Vec<u32> {
        self.again.sort_by_key(|again| again.spot.row);
        let ends = Ends::new(&self.again);
        let mut under: Vec<u32> =
            self.again.iter().filter(|again| !again.holds_data).map(|again| again.spot.row).collect();
        self.again = again::stacked(std::mem::take(&mut self.again));
        if let Some(end) = ends.end {
            for rows in [&mut self.lines, &mut self.no_data] {
                let after = rows.split_off(rows.partition_point(|row| *row < end));
                // Notes, totals and repeated headers are no data there either.
                let (told, others): (Vec<u32>, Vec<u32>) =
                    after.into_iter().partition(|row| *row > end && self.told.binary_search(row).is_ok());
                self.ignored += told.len() as u64;
                under.extend(others);
            }
        }
        self.ignored += self.no_data.len() as u64;
        let before = under.len();
        under.extend(self.elsewhere.iter().filter(|(row, extent)| ends.take(*row, *extent)).map(|(row, _)| *row));
        self.ignored -= (under.len() - before) as u64;
        under.sort_unstable();
        under
    }
}

impl CodedRow<'_> {
    /// All its cells hold text.
    fn is_text(&self) -> bool {
        self.cells.iter().all(|cell| cell.content.text().is_some())
    }
}

impl Shape<'_> {
    /// The table's column that a sheet column is.
    pub fn place(&self, column: u32) -> Option<usize> {
        self.place.get(column as usize).copied().flatten()
    }

    /// What a text in a column of the table is where it may be a header.
    fn word(&self, at: usize, text: &str) -> Option<HeaderWord> {
        // Nearly every text begins with another sign: reading takes a tenth less time.
        if text.chars().next().is_some_and(|first| text::is_plain_sign(first) && !self.firsts.contains(&first)) {
            return None;
        }
        let over = self.found.lines.iter().flatten().filter(|(column, _)| Some(*column) == self.found.columns[at]);
        let word = HeaderWord {
            is_own: over.into_iter().any(|(_, key)| text::is_header(text, key)),
            is_name: self.names.is_name(text),
            asks: head::asks_who_reports(text),
        };
        (word.is_own || word.is_name || word.asks).then_some(word)
    }
}
