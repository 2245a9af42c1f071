//! The stage as a whole: from the input folder to the [`Dataset`].
//!
//! Sheets are scanned in parallel, the biggest workbooks first, and then judged. Whatever the order of work, the result is
//! in reading order.

use std::collections::BTreeSet;
use std::path::Path;

use chrono::NaiveDate;
use polars::prelude::PolarsError;
use rayon::prelude::*;

use crate::finding::Code;
use crate::pack::term::Literals;
use crate::pack::{Absent, Pack};
use crate::place::SheetId;
use crate::workbook::{self, Parser, Raw, Sink};

use super::recognise::NearTable;
use super::report::{self, Notes};
use super::rowset::{SheetRows, TableRows, Yardstick};
use super::scan::{Scan, Scanned, ScannedKind, Schema, TablePart};
use super::year::{self, YearError};
use super::{Book, Dataset, InputSheet, SheetKind, ToldRow, outcome, registers};

/// The day up to which everything counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AsOf {
    Given(NaiveDate),
    /// A month and day of the run's year.
    Default(u32, u32),
}

/// What else the rows are judged against.
pub struct Context<'a> {
    /// What the names of the run and the parameters stand for, by year and as-of date.
    pub literals: &'a (dyn Fn(i32, NaiveDate) -> Literals + Sync),
    /// The line ids that the archive knows.
    pub known_lines: &'a BTreeSet<String>,
    /// Told after each sheet: how many are read, of how many.
    pub progress: Option<&'a (dyn Fn(usize, usize) + Sync)>,
    /// How the XML of .xlsx is read.
    pub parser: Parser,
}

/// Why nothing can be read at all.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{}", listed(.0))]
    Unreadable(Vec<workbook::Error>),
    #[error("{}", .0.join("\n"))]
    Missing(Vec<String>),
    #[error(transparent)]
    Year(#[from] YearError),
    #[error("{0}年没有基准日{1}月{2}日")]
    AsOf(i32, u32, u32),
    #[error("规则包中《{table}》的条件无法计算")]
    Evaluate {
        table: String,
        #[source]
        source: Box<PolarsError>,
    },
    #[error("数据表无法建立")]
    Frame(#[from] PolarsError),
}

fn listed(errors: &[workbook::Error]) -> String {
    errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// A sheet as scanned, with where it stands.
struct ScannedSheet {
    book: usize,
    name: String,
    scanned: Scanned,
}

/// Why a run cannot go on, with what could be found all the same: every fault that the sheets have of
/// themselves, for the offices that sent them.
#[derive(Debug)]
pub struct Failed {
    pub error: Error,
    pub found: Option<Box<Dataset>>,
}

impl std::fmt::Display for Failed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.error.fmt(f)
    }
}

impl std::error::Error for Failed {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        std::error::Error::source(&self.error)
    }
}

impl<E: Into<Error>> From<E> for Failed {
    fn from(error: E) -> Self {
        Self { error: error.into(), found: None }
    }
}

/// Reads all workbooks under `input`.
///
/// # Errors
/// Workbooks that cannot be read (all of them are named), a register that no sheet holds, or no year.
pub fn read(
    input: &Path,
    pack: &Pack,
    year: Option<i32>,
    as_of: AsOf,
    context: &Context<'_>,
) -> Result<Dataset, Failed> {
    let walk = workbook::walk(input).map_err(|error| Error::Unreadable(vec![error]))?;
    let mut notes = Notes::new(pack);
    notes.files(&walk.open_in_office, Code::OpenInOffice);
    notes.files(&walk.passed_over, Code::PassedOver);
    notes.files(&walk.others, Code::OtherFile);
    // All workbooks are looked at even if one cannot be opened: the message names every one of them.
    let schema = Schema::new(pack);
    let (mut books, mut unreadable, mut own) = (Vec::new(), Vec::new(), Vec::new());
    let opened: Vec<Result<workbook::OpenBook, workbook::Error>> = walk
        .books
        .par_iter()
        .with_max_len(1)
        .map(|found| workbook::open_with(&found.file, &found.path, context.parser))
        .collect();
    for (found, book) in walk.books.iter().zip(opened) {
        if book.as_ref().is_ok_and(workbook::OpenBook::is_own) {
            own.push(found.path.clone());
            continue;
        }
        books.push((found, book.map_err(|error| unreadable.push((found.path.as_str(), error))).ok()));
    }
    notes.files(&own, Code::OwnWorkbook);
    let mut passed_over = [walk.passed_over.clone(), own].concat();
    passed_over.sort();
    let (sources, damaged) = scan(&schema, &books, context);
    unreadable.extend(damaged.into_iter().map(|(book, error)| (books[book].0.path.as_str(), error)));
    let dataset = Dataset {
        books: books
            .iter()
            .map(|(found, book)| Book {
                path: found.path.clone(),
                sha256: book.as_ref().map(|book| book.sha256().to_owned()).unwrap_or_default(),
            })
            .collect(),
        passed_over,
        ..Dataset::default()
    };
    drop(books);
    let unreadable = unreadable.into_iter().map(|(path, error)| (path.to_owned(), error)).collect();
    assemble(pack, &schema, Scannings { dataset, notes, sources, unreadable }, year, as_of, context)
}

/// A sheet that is given as text instead of standing in a workbook.
#[derive(Debug, Clone)]
pub struct GivenSheet {
    /// What its workbook and sheet are called where cells are cited.
    pub book: String,
    pub sheet: String,
    /// The header first.
    pub rows: Vec<Vec<String>>,
}

/// Reads sheets given as text, like [`read`] does those of workbooks.
///
/// # Errors
/// A register that no sheet holds, or no year.
pub fn read_given(
    given: &[GivenSheet],
    pack: &Pack,
    year: Option<i32>,
    as_of: AsOf,
    context: &Context<'_>,
) -> Result<Dataset, Failed> {
    let schema = Schema::new(pack);
    let looks = workbook::Looks::default();
    let mut dataset = Dataset::default();
    let mut sources = Vec::new();
    for sheet in given {
        let book = dataset.books.iter().position(|book| book.path == sheet.book).unwrap_or(dataset.books.len());
        if book == dataset.books.len() {
            dataset.books.push(Book { path: sheet.book.clone(), sha256: String::new() });
        }
        let mut scan = Scan::new(&schema, &looks, &[]);
        for (row, cells) in (0u32..).zip(&sheet.rows) {
            for (column, text) in (0u32..).zip(cells).filter(|(_, text)| !text.is_empty()) {
                scan.cell(row, column, Raw::Text(text.as_str().into()));
            }
        }
        let scanned = scan.finish(&[]).unwrap_or(Scanned::NOTHING);
        sources.push(ScannedSheet { book, name: sheet.sheet.clone(), scanned });
    }
    let scannings = Scannings { dataset, notes: Notes::new(pack), sources, unreadable: Vec::new() };
    assemble(pack, &schema, scannings, year, as_of, context)
}

/// What the sheets hold, before anything is known about each other.
struct Scannings<'p> {
    dataset: Dataset,
    notes: Notes<'p>,
    sources: Vec<ScannedSheet>,
    /// Workbooks that cannot be read, by path.
    unreadable: Vec<(String, workbook::Error)>,
}

/// From scanned sheets to the dataset.
fn assemble<'p>(
    pack: &'p Pack,
    schema: &Schema,
    scannings: Scannings<'p>,
    year: Option<i32>,
    as_of: AsOf,
    context: &Context<'_>,
) -> Result<Dataset, Failed> {
    let Scannings { mut dataset, mut notes, sources, unreadable } = scannings;
    let (rows, nears, hidden) = collect(pack, &mut dataset, &mut notes, sources);

    let ready = if unreadable.is_empty() {
        registers_are_there(pack, &mut dataset, (&nears, &hidden), &mut notes)
            .and_then(|()| decide_year(pack, &mut dataset, &rows, year, as_of))
    } else {
        unreadable
            .iter()
            .for_each(|(path, error)| notes.fatal(path, Code::Unreadable, &error.reason(), error.remedy()));
        Err(Error::Unreadable(unreadable.into_iter().map(|(_, error)| error).collect()))
    };
    if let Err(error) = ready {
        if let Error::Year(error) = &error {
            notes.fatal("", Code::NoYear, &error.reason(), error.remedy());
        }
        // For the titles of what is told; the run itself goes no further.
        dataset.year = year.or_else(|| year::latest(pack, &rows).ok()).unwrap_or_default();
        outcome::finish_alone(pack, schema, &mut dataset, &rows, notes);
        return Err(Failed { error, found: Some(Box::new(dataset)) });
    }
    let world = Yardstick {
        pack,
        schema,
        year: dataset.year,
        as_of: dataset.as_of,
        literals: (context.literals)(dataset.year, dataset.as_of),
        known_lines: context.known_lines,
        data: &dataset,
    };
    let judged = registers::judge(&world, &rows)?;
    outcome::finish(pack, schema, &mut dataset, rows, judged, notes)?;
    Ok(dataset)
}

/// A table that stands on a hidden sheet.
type Hidden = (usize, SheetId);

/// Puts the scanned sheets into the dataset and their rows together by table.
fn collect(
    pack: &Pack,
    dataset: &mut Dataset,
    notes: &mut Notes<'_>,
    sources: Vec<ScannedSheet>,
) -> (Vec<TableRows>, Vec<Vec<NearTable>>, Vec<Hidden>) {
    let mut parts: Vec<Vec<(SheetId, Box<TablePart>)>> = pack.tables.iter().map(|_| Vec::new()).collect();
    let (mut nears, mut hidden) = (Vec::new(), Vec::new());
    for (at, source) in sources.into_iter().enumerate() {
        let id = SheetId(at as u32);
        notes.sheet(id, &source.scanned.kind);
        let mut sheet = InputSheet {
            book: source.book as u32,
            name: source.name,
            kind: SheetKind::Prose,
            columns: Vec::new(),
            rows: source.scanned.rows,
            used: 0,
            rejected: 0,
            ignored: source.scanned.ignored,
        };
        nears.push(source.scanned.nears);
        match source.scanned.kind {
            ScannedKind::Prose => {}
            ScannedKind::Unrecognised(_) => sheet.kind = SheetKind::Unrecognised,
            ScannedKind::Hidden(tables) => {
                sheet.kind = SheetKind::Hidden;
                hidden.extend(tables.into_iter().map(|table| (table, id)));
            }
            ScannedKind::Table(part) => {
                let table = part.found.table;
                sheet.kind = SheetKind::Table(table);
                sheet.columns = part.found.columns.clone();
                sheet.rejected = part.under.len() as u64;
                // What stands in them was not read, so there is nothing of it to show.
                dataset.rejected.extend(part.under.iter().map(|row| ToldRow {
                    table,
                    sheet: id,
                    row: *row,
                    values: vec![String::new(); part.found.columns.len()],
                    subjects: Vec::new(),
                }));
                parts[table].push((id, part));
            }
        }
        dataset.sheets.push(sheet);
    }
    let holds = |table: usize| dataset.sheets.iter().any(|sheet| sheet.kind == SheetKind::Table(table));
    dataset.absent = (0..pack.tables.len()).filter(|table| !holds(*table)).collect();
    let rows = pack.tables.par_iter().zip(parts).map(|(table, parts)| {
        let mut rows = TableRows::new(table.columns.len());
        parts.into_iter().for_each(|(sheet, part)| append(&mut rows, sheet, *part));
        rows
    });
    (rows.collect(), nears, hidden)
}

/// The tables without which nothing can be said about anybody.
fn registers_are_there(
    pack: &Pack,
    dataset: &mut Dataset,
    (nears, hidden): (&[Vec<NearTable>], &[Hidden]),
    notes: &mut Notes<'_>,
) -> Result<(), Error> {
    let on_hidden = |table: usize| -> Vec<SheetId> {
        hidden.iter().filter(|(of, _)| *of == table).map(|(_, sheet)| *sheet).collect()
    };
    let fatal: Vec<(String, String)> = dataset
        .absent
        .iter()
        .filter(|table| pack.tables[**table].absent == Absent::Fatal)
        .map(|table| report::missing_table(pack, *table, dataset, nears, &on_hidden(*table)))
        .collect();
    fatal.iter().for_each(|(reason, remedy)| notes.fatal("", Code::MissingRegister, reason, remedy));
    let message = |(reason, remedy)| format!("{reason}。\n  {remedy}");
    if fatal.is_empty() { Ok(()) } else { Err(Error::Missing(fatal.into_iter().map(message).collect())) }
}

/// The run's year and as-of date.
fn decide_year(
    pack: &Pack,
    dataset: &mut Dataset,
    rows: &[TableRows],
    year: Option<i32>,
    as_of: AsOf,
) -> Result<(), Error> {
    dataset.year_found = year.is_none();
    dataset.year = match year {
        Some(year) => year,
        None => year::latest(pack, rows)?,
    };
    dataset.as_of = match as_of {
        AsOf::Given(day) => day,
        AsOf::Default(month, day) => {
            NaiveDate::from_ymd_opt(dataset.year, month, day).ok_or(Error::AsOf(dataset.year, month, day))?
        }
    };
    Ok(())
}

/// Scans all sheets; results in reading order, and what could not be read by book.
fn scan(
    schema: &Schema,
    books: &[(&workbook::Found, Option<workbook::OpenBook>)],
    context: &Context<'_>,
) -> (Vec<ScannedSheet>, Vec<(usize, workbook::Error)>) {
    let mut tasks: Vec<(usize, usize)> = books
        .iter()
        .enumerate()
        .filter_map(|(book, (_, opened))| opened.as_ref().map(|opened| (book, opened.sheets().len())))
        .flat_map(|(book, sheets)| (0..sheets).map(move |sheet| (book, sheet)))
        .collect();
    tasks.sort_by_key(|(book, sheet)| (std::cmp::Reverse(books[*book].0.bytes), *book, *sheet));
    let (done, total) = (std::sync::atomic::AtomicUsize::new(0), tasks.len());
    let mut scanned: Vec<(usize, usize, Result<ScannedSheet, workbook::Error>)> = tasks
        .into_iter()
        // The longest first, one by one: halves of the list would leave a thread without work at the end.
        .par_bridge()
        .filter_map(|(book, sheet)| {
            let opened = books[book].1.as_ref()?;
            let workbook::SheetName { name, hidden } = opened.sheets()[sheet].clone();
            let result = scan_sheet(schema, opened, sheet).map(|scanned| ScannedSheet {
                book,
                name,
                scanned: if hidden { scanned.hidden() } else { scanned },
            });
            let done = done.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1;
            if let Some(progress) = context.progress {
                progress(done, total);
            }
            Some((book, sheet, result))
        })
        .collect();
    scanned.sort_by_key(|(book, sheet, _)| (*book, *sheet));
    let (mut sources, mut damaged) = (Vec::new(), Vec::new());
    for (book, _, result) in scanned {
        match result {
            Ok(source) => sources.push(source),
            Err(error) => damaged.push((book, error)),
        }
    }
    (sources, damaged)
}

/// Scans a sheet, once more where its merged ranges, which come last, say that the header is another one.
fn scan_sheet(schema: &Schema, book: &workbook::OpenBook, sheet: usize) -> Result<Scanned, workbook::Error> {
    let mut scan = Scan::new(schema, book.looks(), &[]);
    let merges = book.read(sheet, &mut scan)?;
    if let Some(scanned) = scan.finish(&merges) {
        return Ok(scanned);
    }
    let mut scan = Scan::new(schema, book.looks(), &merges);
    book.read(sheet, &mut scan)?;
    // Who knows them from the first row on is not misled.
    Ok(scan.finish(&merges).unwrap_or(Scanned::NOTHING))
}

/// The rows of a sheet follow those of the table's earlier sheets.
fn append(rows: &mut TableRows, sheet: SheetId, part: TablePart) {
    let start = rows.origin.len();
    rows.origin.extend(part.lines.iter().map(|line| (sheet, *line)));
    for (all, more) in rows.cells.iter_mut().zip(part.cells) {
        all.append(more);
    }
    rows.sheets.push(SheetRows { sheet, titles: part.titles, years: part.found.years, rows: start..rows.origin.len() });
}
