//! What the archive holds against which a returned workbook is compared.

use std::collections::{BTreeMap, HashMap};

use rusqlite::{Connection, params};

use super::held::Registered;
use super::rows::{ListKind, Row, Sheet};
use crate::archive::error::Error;
use crate::archive::open::Archive;
use crate::archive::read::{Answer, Answers, BookKey, PUBLISHED, PastRun, book_answers, each_answer, latest_runs};
use crate::archive::registration::{RegisteredList, RegisteredRow, RowOf};
use crate::archive::stored::{all, parsed};
use crate::fact::Decision;
use crate::fact::history::{Entered, Pairs};
use crate::pack::{Run, printed};
use crate::place::A1;
use crate::table::text;

/// A list of a run: year, run, index into its registered lists.
pub(in crate::archive) type Target = (i32, Run, usize);

/// What a workbook is for, by its title.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::archive) struct Titled {
    pub target: Target,
    /// It holds the lines of this authority alone.
    pub authority: Option<String>,
}

/// Columns that are compared, and their cells as printed.
pub(in crate::archive) type Printed = (Vec<String>, Vec<String>);

/// The archive as far as returned workbooks have asked for it.
pub(in crate::archive) struct Known<'a> {
    connection: Option<&'a Connection>,
    path: &'a std::path::Path,
    runs: Option<Vec<PastRun>>,
    loaded: BTreeMap<(i32, Run), Option<Registered>>,
    answers: Option<Answers>,
    /// Every answer ever given, by line, 核对码 and order: for what was recorded since a list was published.
    all: Option<HashMap<String, Vec<Answer>>>,
    book: Option<BTreeMap<BookKey, Vec<Entered>>>,
}

/// The line of a year's other run that shares its decision with one: the same action and subject, and every ground of
/// the annual line stood in the half-year's.
pub(in crate::archive) struct Twin {
    pub id: String,
    pub check: String,
    pub registration: i64,
}

impl<'a> Known<'a> {
    pub fn new(archive: &'a Archive) -> Known<'a> {
        Known::on(archive.connection.as_ref(), &archive.path)
    }

    pub fn on(connection: Option<&'a Connection>, path: &'a std::path::Path) -> Known<'a> {
        Known { connection, path, runs: None, loaded: BTreeMap::new(), answers: None, all: None, book: None }
    }

    /// Asks the file; nothing where there is none yet.
    fn read<T: Default>(&self, ask: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, Error> {
        self.connection.map_or_else(|| Ok(T::default()), ask).map_err(|error| Error::sqlite(self.path, error))
    }

    fn runs(&mut self) -> Result<&[PastRun], Error> {
        if self.runs.is_none() {
            self.runs = Some(self.read(latest_runs)?);
        }
        Ok(self.runs.as_deref().unwrap_or_default())
    }

    /// The latest published registration of a year and run.
    pub fn registered(&mut self, year: i32, run: Run) -> Result<Option<&Registered>, Error> {
        if !self.loaded.contains_key(&(year, run)) {
            let past = self.runs()?.iter().find(|past| (past.year, past.run) == (year, run)).cloned();
            let load = |connection: &Connection| past.map(|past| Registered::load(connection, past)).transpose();
            let registered = self.read(load)?;
            self.loaded.insert((year, run), registered);
        }
        Ok(self.peek(year, run))
    }

    /// As [`Known::registered`], once it was asked for.
    pub fn peek(&self, year: i32, run: Run) -> Option<&Registered> {
        self.loaded.get(&(year, run)).and_then(Option::as_ref)
    }

    /// What the title above the header says: run and list (further words may follow in the cell; of two that fit, the
    /// longer one), and whose people alone, where it is about one authority's.
    pub fn titled(&mut self, titles: &[String], kind: ListKind) -> Result<Option<Titled>, Error> {
        let given: Vec<String> = titles.iter().map(|title| text::key(title)).collect();
        let runs: Vec<(i32, Run)> = self.runs()?.iter().map(|past| (past.year, past.run)).collect();
        let mut best: Option<(usize, Titled)> = None;
        for (year, run) in runs {
            // Every title tells its year: runs of others need not be read.
            if !given.iter().any(|given| given.contains(&year.to_string())) {
                continue;
            }
            let Some(registered) = self.registered(year, run)? else { continue };
            for (at, list) in
                registered.lists.iter().enumerate().filter(|(_, list)| list.is_register == (kind == ListKind::Book))
            {
                let title = text::key(&list.title);
                if title.is_empty() || best.as_ref().is_some_and(|(length, _)| title.len() <= *length) {
                    continue;
                }
                if let Some(rest) = given.iter().find_map(|given| given.strip_prefix(&title)) {
                    let authority = registered.named_authority(rest);
                    best = Some((title.len(), Titled { target: (year, run, at), authority }));
                }
            }
        }
        Ok(best.map(|(_, titled)| titled))
    }

    pub fn answers(&mut self) -> Result<&Answers, Error> {
        if self.answers.is_none() {
            self.answers = Some(self.read(Answers::read)?);
        }
        Ok(self.answers.get_or_insert_default())
    }

    /// Reads what stands filled in in the register of talks.
    pub fn load_book(&mut self) -> Result<(), Error> {
        if self.book.is_none() {
            let mut book: BTreeMap<BookKey, Vec<Entered>> = BTreeMap::new();
            for entered in self.read(book_answers)? {
                let (year, kind, id, file) = entered.key();
                let key = (year, kind.to_owned(), id.to_owned(), file.to_owned());
                book.entry(key).or_default().push(entered);
            }
            self.book = Some(book);
        }
        Ok(())
    }

    /// What stands filled in in a row that names these lines, once it was read.
    pub fn entered(&self, key: &BookKey, lines: &[String]) -> Option<&Pairs> {
        let of_row = self.book.as_ref()?.get(key)?;
        of_row.iter().rfind(|entered| entered.is_about(lines)).map(|entered| &entered.filled)
    }

    /// See [`Twin`].
    pub fn twin(&mut self, id: &str) -> Result<Option<Twin>, Error> {
        let Some((year, run)) = first_run(id) else { return Ok(None) };
        let other = if run == Run::Annual { Run::HalfYear } else { Run::Annual };
        let begin = |run: Run| format!("{year}-{}-", run.code());
        let Some(rest) = id.strip_prefix(&begin(run)) else { return Ok(None) };
        let twin = format!("{}{rest}", begin(other));
        self.registered(year, run)?;
        self.registered(year, other)?;
        let line = |run: Run, id: &str| self.peek(year, run)?.line(id)?.row.line();
        let Some((own, found)) = line(run, id).zip(line(other, &twin)) else { return Ok(None) };
        let (annual, half_year) = if run == Run::Annual { (own, found) } else { (found, own) };
        let shared = annual.grounds.iter().all(|ground| half_year.grounds.contains(ground));
        let registration = self.peek(year, other).map_or(0, |registered| registered.past.number);
        Ok(shared.then(|| Twin { check: found.check.to_string(), registration, id: twin.clone() }))
    }

    /// How a row was printed in earlier publications of its year and run: columns and cells.
    pub fn printed_before(&self, past: &PastRun, row: &RegisteredRow<'_>) -> Result<Vec<Printed>, Error> {
        let (year, run, number) = (past.year, past.run.code(), past.number);
        match &row.of {
            RowOf::Line(line) => self.printed(
                "SELECT 名单.列, 事项.各格 FROM 事项 JOIN 名单 ON 名单.记录号 = 事项.记录号 AND 名单.名单 = 事项.名单",
                "事项.处理编号 = ?4",
                params![year, run, number, line.id],
            ),
            RowOf::Entry { file, .. } => self.printed(
                "SELECT 名单.列, 归档.各格 FROM 归档 JOIN 名单 ON 名单.记录号 = 归档.记录号 AND 名单.登记表 = 1",
                "归档.档案 = ?4 AND 归档.对象类别 = ?5 AND 归档.编号 = ?6",
                params![year, run, number, file, row.subject_kind, row.subject_id],
            ),
        }
    }

    fn printed(&self, of: &str, which: &str, values: &[&dyn rusqlite::ToSql]) -> Result<Vec<Printed>, Error> {
        let query = format!(
            "{of} JOIN 运行 ON 运行.记录号 = 名单.记录号
             WHERE 年度 = ?1 AND 轮次 = ?2 AND 运行.记录号 <> ?3 AND 运行.记录号 IN ({PUBLISHED}) AND {which}"
        );
        self.read(|connection| all(connection, &query, values, |row| Ok((parsed(row, 0)?, parsed(row, 1)?))))
    }

    fn recorded_since(&mut self, number: i64, line: &str, check: &str) -> Result<Vec<Decision>, Error> {
        if self.all.is_none() {
            let mut all: HashMap<String, Vec<Answer>> = HashMap::new();
            self.read(|connection| each_answer(connection, |id, answer| all.entry(id).or_default().push(answer)))?;
            self.all = Some(all);
        }
        let given = self.all.as_ref().and_then(|all| all.get(line)).map_or(&[][..], Vec::as_slice);
        Ok(given
            .iter()
            .filter(|answer| answer.entry > number && answer.check == check)
            .map(|answer| answer.decision.clone())
            .collect())
    }

    /// Everything that was filled into a row of the register since a registration.
    fn entered_since(&self, number: i64, year: i32, file: &str, id: &str) -> Result<Vec<Pairs>, Error> {
        let since = "SELECT 档案, 编号, 内容 FROM 归档答复 WHERE 记录号 > ?1 AND 年度 = ?2 ORDER BY 记录号";
        let of_row = |row: &rusqlite::Row<'_>| {
            let own = text::key(&row.get::<_, String>(0)?) == file && text::key(&row.get::<_, String>(1)?) == id;
            own.then(|| parsed(row, 2)).transpose()
        };
        let found = self.read(|connection| all(connection, since, params![number, year], of_row))?;
        Ok(found.into_iter().flatten().collect())
    }

    /// The row holds an answer that the list was not published with and that was not recorded since; `of` is the run
    /// that the sheet's title names.
    pub fn has_new_answer(&mut self, sheet: &Sheet, row: &Row, of: Option<(i32, Run)>) -> Result<bool, Error> {
        let id = text::key(&row.shown(sheet, printed::LINE));
        // The annual register holds half-year lines, too.
        let of_row = if sheet.kind == ListKind::Book { of.or_else(|| first_run(&id)) } else { first_run(&id) };
        let Some((year, run)) = of_row else { return Ok(row.is_answered(sheet)) };
        let Some(registered) = self.registered(year, run)? else { return Ok(row.is_answered(sheet)) };
        let number = registered.past.number;
        let columns = |list: &RegisteredList| list.answer_columns().map(str::to_owned).collect::<Vec<_>>();
        match sheet.kind {
            ListKind::List => {
                let held = registered.line(&id).and_then(|held| Some((held, held.row.line()?)));
                let Some((held, line)) = held else { return Ok(row.is_answered(sheet)) };
                let (columns, filled) = (columns(held.of), held.row.filled.clone());
                let (check, adopted) = (line.check.to_string(), line.adopted.clone());
                let mut known = self.recorded_since(number, &id, &check)?;
                known.extend(self.answers()?.on(&id, &check).cloned());
                if let Some((id, check)) = adopted {
                    known.extend(self.answers()?.on(&id, &check).cloned());
                }
                let known: Vec<Pairs> = known
                    .iter()
                    .map(Decision::by_column)
                    .chain(Some(filled).filter(|filled| !filled.is_empty()))
                    .collect();
                Ok(!covered(sheet, row, &columns, &known))
            }
            ListKind::Book => {
                let file = text::key(&row.shown(sheet, printed::FILE));
                let subject = text::key(&row.shown(sheet, printed::ID));
                let columns: Vec<String> =
                    registered.lists.iter().filter(|list| list.is_register).flat_map(columns).collect();
                let mut known: Vec<Pairs> =
                    registered.entries_of(&file, &subject).map(|entry| entry.row.filled.clone()).collect();
                let recorded = self.entered_since(number, year, &file, &subject)?;
                // What the run filled in is no answer, so that it stands beside what was recorded since.
                let beside = |published: &Pairs| {
                    let recorded = recorded.iter().cloned();
                    recorded.map(|recorded| published.clone().into_iter().chain(recorded).collect()).collect()
                };
                let both: Vec<Pairs> =
                    known.iter().flat_map(|published: &Pairs| -> Vec<Pairs> { beside(published) }).collect();
                known.extend(both);
                known.extend(recorded);
                Ok(!covered(sheet, row, &columns, &known))
            }
        }
    }
}

/// Year and run in a 处理编号; of several in one cell, the first one's.
pub(in crate::archive) fn first_run(id: &str) -> Option<(i32, Run)> {
    let mut parts = id.split('-');
    let year = parts.next().filter(|year| year.len() == 4)?.parse().ok()?;
    let run = Run::of_code(parts.next()?)?;
    Some((year, run))
}

/// One of the known answers says all that is filled in here.
fn covered(sheet: &Sheet, row: &Row, columns: &[String], known: &[Pairs]) -> bool {
    let given: Vec<(&String, String)> = columns
        .iter()
        .filter_map(|name| {
            let cell = row.get(sheet, name)?;
            Some((name, cell.day.map_or_else(|| text::key(&cell.shown), |day| day.to_string())))
        })
        .collect();
    let same = |name: &str, given: &str, known: &Pairs| {
        known.get(name).is_some_and(|known| {
            text::key(known) == given || crate::table::date::day(known).is_some_and(|day| day.to_string() == given)
        })
    };
    given.is_empty() || known.iter().any(|known| given.iter().all(|(name, text)| same(name, text, known)))
}

impl Row {
    /// Something stands under a header that the program does not fill in itself.
    fn is_answered(&self, sheet: &Sheet) -> bool {
        self.answer_cells(sheet).next().is_some()
    }

    /// The address of the row's first filled answer cell.
    pub fn first_answer(&self, sheet: &Sheet) -> String {
        let first = self.answer_cells(sheet).next().or_else(|| self.cells.first().map(|(column, _)| *column));
        A1(self.row, first.unwrap_or(0)).to_string()
    }

    /// The sheet columns of filled cells that people may have filled: known without the archive, for a workbook of
    /// which it holds nothing.
    fn answer_cells(&self, sheet: &Sheet) -> impl Iterator<Item = u32> {
        let (read, beside): (&[&str], &[&str]) = match sheet.kind {
            ListKind::List => (&printed::LIST, &printed::LIST_SCREEN),
            ListKind::Book => (&printed::BOOK, &[]),
        };
        let answers = sheet
            .columns
            .iter()
            .filter(move |(_, header)| !read.contains(&header.as_str()) && !beside.contains(&header.as_str()));
        answers.map(|(column, _)| *column).filter(|column| self.cells.iter().any(|(filled, _)| filled == column))
    }
}
