//! What the archive holds against which a returned workbook is compared.

use std::collections::BTreeMap;

use once_cell::unsync::OnceCell;
use rusqlite::{Connection, params};

use super::fault::ReturnedRow;
use super::held::Registered;
use crate::archive::error::Error;
use crate::archive::read::{BookKey, GivenAnswers, PUBLISHED, PastRun, book_answers, first_run, latest_runs, twin_id};
use crate::archive::registration::{RegisteredList, RegisteredRow, RowOf};
use crate::archive::stored::{all, parsed};
use crate::fact::history::{Entered, Pairs};
use crate::pack::{Run, printed};
use crate::place::A1;
use crate::table::text;

/// What a workbook is for, by its title.
#[derive(Clone)]
pub(in crate::archive) struct Titled<'k> {
    pub of: &'k Registered,
    /// Index into its lists.
    pub at: usize,
    /// It holds the lines of this authority alone.
    pub authority: Option<String>,
}

impl<'k> Titled<'k> {
    pub fn list(&self) -> &'k RegisteredList {
        &self.of.lists[self.at]
    }
}

/// Columns that are compared, and their cells as printed.
pub(in crate::archive) type Printed = (Vec<String>, Vec<String>);

/// A published run and, once somebody asks, what it registered.
type KnownRun = (PastRun, OnceCell<Option<Registered>>);

/// What was ever filled into the register's rows, by year, 档案 and 编号 as they are compared, each with its entry.
type Filled = BTreeMap<(i32, String, String), Vec<(i64, Pairs)>>;

/// The archive as far as returned workbooks have asked for it.
pub(in crate::archive) struct Known<'a> {
    connection: Option<&'a Connection>,
    path: &'a std::path::Path,
    /// The latest published registrations, each read when it is asked for.
    runs: OnceCell<Vec<KnownRun>>,
    answers: OnceCell<GivenAnswers>,
    book: OnceCell<Vec<Entered>>,
    filled: OnceCell<Filled>,
}

/// The line of a year's other run that shares its decision with one: the same action and subject, and every ground of
/// the annual line stood in the half-year's.
pub(in crate::archive) struct Twin<'k> {
    pub id: &'k str,
    pub check: &'k str,
    pub registration: i64,
}

impl<'a> Known<'a> {
    pub fn new(connection: Option<&'a Connection>, path: &'a std::path::Path) -> Known<'a> {
        let (runs, answers) = (OnceCell::new(), OnceCell::new());
        Known { connection, path, runs, answers, book: OnceCell::new(), filled: OnceCell::new() }
    }

    /// Asks the file; nothing where there is none yet.
    fn read<T: Default>(&self, ask: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, Error> {
        self.connection.map_or_else(|| Ok(T::default()), ask).map_err(|error| Error::sqlite(self.path, error))
    }

    fn runs(&self) -> Result<&[KnownRun], Error> {
        let runs = || Ok(self.read(latest_runs)?.into_iter().map(|past| (past, OnceCell::new())).collect());
        self.runs.get_or_try_init(runs).map(Vec::as_slice)
    }

    /// The latest published registration of a year and run.
    pub fn registered(&self, (year, run): (i32, Run)) -> Result<Option<&Registered>, Error> {
        let Some((past, held)) = self.runs()?.iter().find(|(past, _)| (past.year, past.run) == (year, run)) else {
            return Ok(None);
        };
        let load = |connection: &Connection| Registered::load(connection, past.clone()).map(Some);
        held.get_or_try_init(|| self.read(load)).map(Option::as_ref)
    }

    /// The same of the run that a 处理编号 names.
    pub fn registered_for(&self, id: &str) -> Result<Option<&Registered>, Error> {
        first_run(id).map_or(Ok(None), |run| self.registered(run))
    }

    /// What the title above the header says: run and list (further words may follow in the cell; of two that fit, the
    /// longer one), and whose people alone, where it is about one authority's.
    pub fn titled(&self, titles: &[String], is_register: bool) -> Result<Option<Titled<'_>>, Error> {
        let given: Vec<String> = titles.iter().map(|title| text::key(title)).collect();
        let mut best: Option<(usize, Titled<'_>)> = None;
        // Every title tells its year: runs of others need not be read.
        let named = |past: &PastRun| given.iter().any(|given| given.contains(&past.year.to_string()));
        for (past, _) in self.runs()?.iter().filter(|(past, _)| named(past)) {
            let Some(of) = self.registered((past.year, past.run))? else { continue };
            for (at, list) in of.lists.iter().enumerate().filter(|(_, list)| list.is_register == is_register) {
                let title = text::key(&list.title);
                if title.is_empty() || best.as_ref().is_some_and(|(length, _)| title.len() <= *length) {
                    continue;
                }
                if let Some(rest) = given.iter().find_map(|given| given.strip_prefix(&title)) {
                    best = Some((title.len(), Titled { of, at, authority: of.named_authority(rest) }));
                }
            }
        }
        Ok(best.map(|(_, titled)| titled))
    }

    pub fn answers(&self) -> Result<&GivenAnswers, Error> {
        self.answers.get_or_try_init(|| self.read(GivenAnswers::read))
    }

    /// What stands filled in in a row of the register of talks that names these lines.
    pub fn entered(&self, key: &BookKey, lines: &[String]) -> Result<Option<&Pairs>, Error> {
        let book = self.book.get_or_try_init(|| self.read(book_answers))?;
        let (year, kind, id, file) = key;
        let key = (*year, kind.as_str(), id.as_str(), file.as_str());
        // They lie in the order of their keys.
        let from = book.partition_point(|entered| entered.key() < key);
        let of_row = book[from..].iter().take_while(|entered| entered.key() == key);
        Ok(of_row.filter(|entered| entered.is_about(lines)).last().map(|entered| &entered.filled))
    }

    /// See [`Twin`].
    pub fn twin(&self, id: &str) -> Result<Option<Twin<'_>>, Error> {
        let Some((run, twin)) = twin_id(id) else { return Ok(None) };
        let Some(other) = self.registered(run)? else { return Ok(None) };
        let own = self.registered_for(id)?.and_then(|of| of.line(id)?.row.line());
        let Some((own, found)) = own.zip(other.line(&twin).and_then(|held| held.row.line())) else { return Ok(None) };
        let (annual, half_year) = if run.1 == Run::HalfYear { (own, found) } else { (found, own) };
        let shared = annual.grounds.iter().all(|ground| half_year.grounds.contains(ground));
        Ok(shared.then_some(Twin { id: &found.id, check: &found.check, registration: other.past.number }))
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

    /// Everything that was filled into a row of the register since a registration.
    fn entered_since(&self, number: i64, year: i32, file: &str, id: &str) -> Result<Vec<Pairs>, Error> {
        let filled = self.filled.get_or_try_init(|| {
            let query = "SELECT 年度, 档案, 编号, 记录号, 内容 FROM 归档答复 ORDER BY 记录号";
            let row = |row: &rusqlite::Row<'_>| {
                let key = |at| row.get::<_, String>(at).map(|text| text::key(&text));
                Ok(((row.get(0)?, key(1)?, key(2)?), (row.get(3)?, parsed(row, 4)?)))
            };
            let mut filled = Filled::new();
            for (of, given) in self.read(|connection| all(connection, query, [], row))? {
                filled.entry(of).or_default().push(given);
            }
            Ok::<_, Error>(filled)
        })?;
        let of_row = filled.get(&(year, file.to_owned(), id.to_owned())).into_iter().flatten();
        Ok(of_row.filter(|(entry, _)| *entry > number).map(|(_, given)| given.clone()).collect())
    }

    /// The row holds an answer that the list was not published with and that was not recorded since; `of` is the run
    /// that the sheet's title names.
    pub fn has_new_answer(&self, row: ReturnedRow<'_>, of: Option<&Registered>) -> Result<bool, Error> {
        let [id, file, subject] =
            [printed::LINE, printed::FILE, printed::ID].map(|column| text::key(&row.shown(column)));
        // The annual register holds half-year lines, too.
        let of = match of.filter(|_| row.sheet.is_register) {
            Some(of) => Some(of),
            None => self.registered_for(&id)?,
        };
        let Some(registered) = of else { return Ok(row.is_answered()) };
        let PastRun { number, year, .. } = registered.past;
        if row.sheet.is_register {
            let columns = registered.lists.iter().filter(|list| list.is_register).flat_map(|list| list.answers());
            let recorded = self.entered_since(number, year, &file, &subject)?;
            let mut known: Vec<Pairs> =
                registered.entries_of(&file, &subject).map(|entry| entry.row.filled.clone()).collect();
            // What the run filled in is no answer, so that it stands beside what was recorded since.
            let beside = known.iter().flat_map(|published| {
                recorded.iter().map(|recorded| published.clone().into_iter().chain(recorded.clone()).collect())
            });
            let both: Vec<Pairs> = beside.collect();
            known.extend(both.into_iter().chain(recorded));
            return Ok(!covered(row, columns, &known));
        }
        let held = registered.line(&id).and_then(|held| Some((held, held.row.line()?)));
        let Some((held, line)) = held else { return Ok(row.is_answered()) };
        let answers = self.answers()?;
        let since = answers.of(&id).iter().filter(|(entry, answer)| *entry > number && answer.check == line.check);
        let adopted = line.adopted.as_ref().and_then(|(id, check)| answers.on(id, check));
        let counted = answers.on(&id, &line.check).into_iter().chain(adopted);
        let given = since.map(|(_, answer)| &answer.decision).chain(counted).map(|given| given.0.clone());
        let filled = Some(held.row.filled.clone()).filter(|filled| !filled.is_empty());
        Ok(!covered(row, held.of.answers(), &given.chain(filled).collect::<Vec<_>>()))
    }
}

/// One of the known answers says all that is filled in here.
fn covered<'c>(row: ReturnedRow<'_>, columns: impl Iterator<Item = (&'c str, bool)>, known: &[Pairs]) -> bool {
    let given: Vec<(&str, String)> = columns
        .filter_map(|(name, _)| {
            let cell = row.get(name)?;
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

impl ReturnedRow<'_> {
    /// Something stands under a header that the program does not fill in itself.
    fn is_answered(&self) -> bool {
        self.answer_cells().next().is_some()
    }

    /// The address of the row's first filled answer cell.
    pub fn first_answer(&self) -> String {
        let first = self.answer_cells().next().or_else(|| self.row.cells.first().map(|(column, _)| *column));
        A1(self.row.row, first.unwrap_or(0)).to_string()
    }

    /// The sheet columns of filled cells that people may have filled: known without the archive, for a workbook of
    /// which it holds nothing.
    fn answer_cells(&self) -> impl Iterator<Item = u32> {
        let (sheet, cells) = (self.sheet, &self.row.cells);
        let (read, beside): (&[&str], &[&str]) =
            if sheet.is_register { (&printed::BOOK, &[]) } else { (&printed::LIST, &printed::LIST_SCREEN) };
        let answers = sheet
            .columns
            .iter()
            .filter(move |(_, header)| !read.contains(&header.as_str()) && !beside.contains(&header.as_str()));
        answers.map(|(column, _)| *column).filter(|column| cells.iter().any(|(filled, _)| filled == column))
    }
}
