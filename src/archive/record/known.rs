//! What the archive holds against which a returned workbook is compared.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use rusqlite::{Connection, params};

use super::rows::{Kind, Row, Sheet};
use crate::archive::error::Error;
use crate::archive::open::Archive;
use crate::archive::read::{Answer, Answers, BookKey, PUBLISHED, PastRun, book_answers, each_answer, latest_runs};
use crate::archive::registration::{ExtraColumn, Vocabulary};
use crate::archive::stored::{Pairs, StoredDecision, as_pairs, parsed, parsed_or_none};
use crate::fact::Decision;
use crate::fact::history::{Entered, PastGround};
use crate::pack::{Run, printed};
use crate::place::A1;
use crate::table::text;

/// The latest published registration of a year and run.
pub(in crate::archive) struct Registered {
    pub number: i64,
    pub year: i32,
    pub run: Run,
    pub vocabulary: Vocabulary,
    pub lists: Vec<List>,
    pub lines: Vec<Line>,
    pub entries: Vec<Entry>,
    line_by_id: HashMap<String, usize>,
    /// Entries by 档案 and 编号.
    entry_by_key: HashMap<(String, String), Vec<usize>>,
    /// The files that entries belong in.
    files: BTreeSet<String>,
    /// 核对码 that a line had in earlier registrations, by id.
    earlier: HashMap<String, Vec<String>>,
}

/// A list of a run: year, run, index into its registered lists.
pub(in crate::archive) type Target = (i32, Run, usize);

/// What a workbook is for, by its title.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::archive) struct Titled {
    pub target: Target,
    /// It holds the lines of this authority alone.
    pub authority: Option<String>,
}

/// A published list or register.
pub(in crate::archive) struct List {
    pub name: String,
    pub title: String,
    pub kind: Kind,
    /// Columns that are compared.
    pub columns: Vec<String>,
    pub extra: Vec<ExtraColumn>,
}

impl List {
    /// All columns that people fill in.
    pub fn answer_columns(&self) -> Vec<&str> {
        let common: &[&str] = if self.kind == Kind::List { &printed::ANSWERS } else { &[] };
        common.iter().copied().chain(self.extra.iter().map(|column| column.name.as_str())).collect()
    }
}

pub(in crate::archive) struct Line {
    /// Index into [`Registered::lists`].
    pub list: usize,
    pub id: String,
    pub check: String,
    pub action: String,
    pub subject: String,
    pub options: Vec<String>,
    pub adopted: Option<(String, String)>,
    pub filled: Option<Decision>,
    pub cells: Vec<String>,
}

pub(in crate::archive) struct Entry {
    pub file: String,
    pub kind: String,
    pub id: String,
    /// 处理编号 of the lines behind it.
    pub lines: Vec<String>,
    pub filled: Pairs,
    pub cells: Vec<String>,
}

impl Registered {
    pub fn line(&self, id: &str) -> Option<&Line> {
        self.position(id).and_then(|at| self.lines.get(at))
    }

    /// Index into [`Registered::lines`].
    pub fn position(&self, id: &str) -> Option<usize> {
        self.line_by_id.get(id).copied()
    }

    pub fn entries_of(&self, file: &str, id: &str) -> &[usize] {
        self.entry_by_key.get(&(file.to_owned(), id.to_owned())).map_or(&[], Vec::as_slice)
    }

    /// Entries in other files of the same holder that rest on a line of this one: they are about the same talk.
    pub fn same_talk<'e>(&'e self, entry: &'e Entry) -> impl Iterator<Item = &'e Entry> {
        let others = self.files.iter().filter(|file| **file != entry.file);
        let others = others.flat_map(|file| self.entries_of(&text::key(file), &text::key(&entry.id)));
        let others = others.filter_map(|at| self.entries.get(*at)).filter(|other| other.kind == entry.kind);
        others.filter(|other| other.lines.iter().any(|line| entry.lines.contains(line)))
    }

    /// An earlier registration of this year and run held the line (with this 核对码).
    pub fn held_before(&self, id: &str, check: Option<&str>) -> bool {
        self.earlier.get(id).is_some_and(|checks| check.is_none_or(|check| checks.iter().any(|held| held == check)))
    }

    /// Who decides about a line, as lists print it.
    pub fn decider<'l>(&'l self, line: &'l Line) -> &'l str {
        let column = self.lists[line.list].columns.iter().position(|name| name == printed::AUTHORITY);
        let printed = column.and_then(|column| line.cells.get(column)).map_or("", String::as_str);
        if text::is_empty(printed) { &self.vocabulary.authority } else { printed }
    }

    /// The authority that the rest of a title names; one that nobody is under is kept as it is written there.
    fn named_authority(&self, rest: &str) -> Option<String> {
        let begin = text::key(&printed::of_authority(""));
        let named = rest.strip_prefix(begin.trim_end_matches(')'))?;
        let known = self.lines.iter().map(|line| self.decider(line)).chain([self.vocabulary.authority.as_str()]);
        let fitting = known.filter(|known| named.starts_with(&format!("{})", text::key(known))));
        let longest = fitting.max_by_key(|known| known.len()).map(str::to_owned);
        Some(longest.unwrap_or_else(|| named.split(')').next().unwrap_or(named).to_owned()))
    }

    /// `2015年半年`, as messages name the run.
    pub fn title(&self) -> String {
        format!("{}年{}", self.year, self.run.title())
    }

    fn load(connection: &Connection, past: PastRun) -> rusqlite::Result<Registered> {
        let mut registered = Registered {
            number: past.number,
            year: past.year,
            run: past.run,
            vocabulary: past.vocabulary,
            lists: Vec::new(),
            lines: Vec::new(),
            entries: Vec::new(),
            line_by_id: HashMap::new(),
            entry_by_key: HashMap::new(),
            files: BTreeSet::new(),
            earlier: HashMap::new(),
        };
        let mut statement =
            connection.prepare("SELECT 名单, 标题, 登记表, 列, 答复列 FROM 名单 WHERE 记录号 = ?1 ORDER BY 序")?;
        let mut rows = statement.query([past.number])?;
        while let Some(row) = rows.next()? {
            let kind = if row.get::<_, i64>(2)? == 1 { Kind::Book } else { Kind::List };
            let list =
                List { name: row.get(0)?, title: row.get(1)?, kind, columns: parsed(row, 3)?, extra: parsed(row, 4)? };
            registered.lists.push(list);
        }
        registered.load_lines(connection)?;
        registered.load_entries(connection)?;
        let mut statement = connection.prepare(&format!(
            "SELECT 处理编号, 核对码 FROM 事项 JOIN 运行 ON 运行.记录号 = 事项.记录号
             WHERE 年度 = ?1 AND 轮次 = ?2 AND 运行.记录号 <> ?3 AND 运行.记录号 IN ({PUBLISHED})"
        ))?;
        let mut rows = statement.query(params![registered.year, registered.run.code(), registered.number])?;
        while let Some(row) = rows.next()? {
            registered.earlier.entry(row.get(0)?).or_default().push(row.get(1)?);
        }
        Ok(registered)
    }

    fn load_lines(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        let mut statement = connection.prepare(
            "SELECT 名单, 处理编号, 核对码, 处理, 对象, 可选方式, 沿用编号, 沿用核对码, 已填答复, 各格
             FROM 事项 WHERE 记录号 = ?1 ORDER BY 序",
        )?;
        let mut rows = statement.query([self.number])?;
        while let Some(row) = rows.next()? {
            let list: String = row.get(0)?;
            let id: String = row.get(1)?;
            let adopted = match (row.get(6)?, row.get(7)?) {
                (Some(id), Some(check)) => Some((id, check)),
                _ => None,
            };
            self.line_by_id.insert(id.clone(), self.lines.len());
            self.lines.push(Line {
                list: self.lists.iter().position(|known| known.name == list).unwrap_or(0),
                id,
                check: row.get(2)?,
                action: row.get(3)?,
                subject: row.get(4)?,
                options: parsed(row, 5)?,
                adopted,
                filled: parsed_or_none::<StoredDecision>(row, 8)?.map(Decision::from),
                cells: parsed(row, 9)?,
            });
        }
        Ok(())
    }

    fn load_entries(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        let mut statement = connection
            .prepare("SELECT 档案, 对象类别, 编号, 已填答复, 各格, 处理编号 FROM 归档 WHERE 记录号 = ?1 ORDER BY 序")?;
        let mut rows = statement.query([self.number])?;
        while let Some(row) = rows.next()? {
            let (file, id): (String, String) = (row.get(0)?, row.get(2)?);
            self.entry_by_key.entry((text::key(&file), text::key(&id))).or_default().push(self.entries.len());
            let filled = parsed_or_none(row, 3)?.unwrap_or_default();
            self.files.insert(file.clone());
            let lines = parsed_or_none(row, 5)?.unwrap_or_default();
            self.entries.push(Entry { file, kind: row.get(1)?, id, lines, filled, cells: parsed(row, 4)? });
        }
        Ok(())
    }
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
    /// Grounds by line of a run's latest registration.
    grounds: BTreeMap<(i32, Run), HashMap<String, Vec<PastGround>>>,
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
        Known {
            connection,
            path,
            runs: None,
            loaded: BTreeMap::new(),
            answers: None,
            all: None,
            book: None,
            grounds: BTreeMap::new(),
        }
    }

    fn fault(&self, error: rusqlite::Error) -> Error {
        Error::sqlite(self.path, error)
    }

    fn runs(&mut self) -> Result<&[PastRun], Error> {
        if self.runs.is_none() {
            let runs = match self.connection {
                Some(connection) => latest_runs(connection).map_err(|error| self.fault(error))?,
                None => Vec::new(),
            };
            self.runs = Some(runs);
        }
        Ok(self.runs.as_deref().unwrap_or_default())
    }

    /// The latest published registration of a year and run.
    pub fn registered(&mut self, year: i32, run: Run) -> Result<Option<&Registered>, Error> {
        if !self.loaded.contains_key(&(year, run)) {
            let past = self.runs()?.iter().find(|past| (past.year, past.run) == (year, run)).cloned();
            let registered = match (past, self.connection) {
                (Some(past), Some(connection)) => {
                    Some(Registered::load(connection, past).map_err(|error| self.fault(error))?)
                }
                _ => None,
            };
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
    pub fn titled(&mut self, titles: &[String], kind: Kind) -> Result<Option<Titled>, Error> {
        let given: Vec<String> = titles.iter().map(|title| text::key(title)).collect();
        let runs: Vec<(i32, Run)> = self.runs()?.iter().map(|past| (past.year, past.run)).collect();
        let mut best: Option<(usize, Titled)> = None;
        for (year, run) in runs {
            // Every title tells its year: runs of others need not be read.
            if !given.iter().any(|given| given.contains(&year.to_string())) {
                continue;
            }
            let Some(registered) = self.registered(year, run)? else { continue };
            for (at, list) in registered.lists.iter().enumerate().filter(|(_, list)| list.kind == kind) {
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
            let answers = match self.connection {
                Some(connection) => Answers::read(connection).map_err(|error| self.fault(error))?,
                None => Answers::default(),
            };
            self.answers = Some(answers);
        }
        Ok(self.answers.get_or_insert_default())
    }

    /// Reads what stands filled in in the register of talks.
    pub fn load_book(&mut self) -> Result<(), Error> {
        if self.book.is_none() {
            let mut book: BTreeMap<BookKey, Vec<Entered>> = BTreeMap::new();
            if let Some(connection) = self.connection {
                for entered in book_answers(connection).map_err(|error| self.fault(error))? {
                    let (year, kind, id, file) = entered.key();
                    let key = (year, kind.to_owned(), id.to_owned(), file.to_owned());
                    book.entry(key).or_default().push(entered);
                }
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
        let Some(registered) = self.registered(year, other)? else { return Ok(None) };
        let Some(line) = registered.line(&twin) else { return Ok(None) };
        let found = Twin { check: line.check.clone(), registration: registered.number, id: twin };
        let (annual, half_year) = if run == Run::Annual { (id, &*found.id) } else { (&*found.id, id) };
        self.load_grounds(year, Run::Annual)?;
        self.load_grounds(year, Run::HalfYear)?;
        let of = |run: Run, id: &str| self.grounds.get(&(year, run)).and_then(|grounds| grounds.get(id));
        let shared = of(Run::Annual, annual).zip(of(Run::HalfYear, half_year));
        Ok(shared.is_some_and(|(own, stood)| own.iter().all(|ground| stood.contains(ground))).then_some(found))
    }

    fn load_grounds(&mut self, year: i32, run: Run) -> Result<(), Error> {
        let Some(number) = self.registered(year, run)?.map(|registered| registered.number) else { return Ok(()) };
        if let (Some(connection), false) = (self.connection, self.grounds.contains_key(&(year, run))) {
            let grounds = grounds(connection, number).map_err(|error| self.fault(error))?;
            self.grounds.insert((year, run), grounds);
        }
        Ok(())
    }

    /// How a line was printed in earlier publications of its year and run: columns and cells.
    pub fn printed_before(&self, registered: &Registered, line: &str) -> Result<Vec<Printed>, Error> {
        self.printed(
            "SELECT 名单.列, 事项.各格 FROM 事项 JOIN 名单 ON 名单.记录号 = 事项.记录号 AND 名单.名单 = 事项.名单",
            "事项.处理编号 = ?4",
            params![registered.year, registered.run.code(), registered.number, line],
        )
    }

    /// As [`Known::printed_before`], for an entry of the register of talks.
    pub fn entry_printed_before(&self, registered: &Registered, entry: &Entry) -> Result<Vec<Printed>, Error> {
        self.printed(
            "SELECT 名单.列, 归档.各格 FROM 归档 JOIN 名单 ON 名单.记录号 = 归档.记录号 AND 名单.登记表 = 1",
            "归档.档案 = ?4 AND 归档.对象类别 = ?5 AND 归档.编号 = ?6",
            params![registered.year, registered.run.code(), registered.number, entry.file, entry.kind, entry.id],
        )
    }

    fn printed(&self, of: &str, which: &str, values: &[&dyn rusqlite::ToSql]) -> Result<Vec<Printed>, Error> {
        let Some(connection) = self.connection else { return Ok(Vec::new()) };
        let read = || -> rusqlite::Result<Vec<Printed>> {
            let mut statement = connection.prepare_cached(&format!(
                "{of} JOIN 运行 ON 运行.记录号 = 名单.记录号
                 WHERE 年度 = ?1 AND 轮次 = ?2 AND 运行.记录号 <> ?3 AND 运行.记录号 IN ({PUBLISHED}) AND {which}"
            ))?;
            let mut rows = statement.query(values)?;
            let mut found = Vec::new();
            while let Some(row) = rows.next()? {
                found.push((parsed(row, 0)?, parsed(row, 1)?));
            }
            Ok(found)
        };
        read().map_err(|error| Error::sqlite(self.path, error))
    }

    fn recorded_since(&mut self, number: i64, line: &str, check: &str) -> Result<Vec<Decision>, Error> {
        if self.all.is_none() {
            let mut all: HashMap<String, Vec<Answer>> = HashMap::new();
            if let Some(connection) = self.connection {
                each_answer(connection, |id, answer| all.entry(id).or_default().push(answer))
                    .map_err(|error| self.fault(error))?;
            }
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
        let Some(connection) = self.connection else { return Ok(Vec::new()) };
        let read = || -> rusqlite::Result<Vec<Pairs>> {
            let mut statement = connection.prepare_cached(
                "SELECT 档案, 编号, 内容 FROM 归档答复 WHERE 记录号 > ?1 AND 年度 = ?2 ORDER BY 记录号",
            )?;
            let mut rows = statement.query(params![number, year])?;
            let mut found = Vec::new();
            while let Some(row) = rows.next()? {
                if text::key(&row.get::<_, String>(0)?) == file && text::key(&row.get::<_, String>(1)?) == id {
                    found.push(parsed(row, 2)?);
                }
            }
            Ok(found)
        };
        read().map_err(|error| self.fault(error))
    }

    /// The row holds an answer that the list was not published with and that was not recorded since; `of` is the run
    /// that the sheet's title names.
    pub fn has_new_answer(&mut self, sheet: &Sheet, row: &Row, of: Option<(i32, Run)>) -> Result<bool, Error> {
        let id = text::key(&row.shown(sheet, printed::LINE));
        // The annual register holds half-year lines, too.
        let of_row = if sheet.kind == Kind::Book { of.or_else(|| first_run(&id)) } else { first_run(&id) };
        let Some((year, run)) = of_row else { return Ok(row.is_answered(sheet)) };
        let Some(registered) = self.registered(year, run)? else { return Ok(row.is_answered(sheet)) };
        let number = registered.number;
        match sheet.kind {
            Kind::List => {
                let Some(line) = registered.line(&id) else { return Ok(row.is_answered(sheet)) };
                let columns: Vec<String> =
                    registered.lists[line.list].answer_columns().into_iter().map(str::to_owned).collect();
                let (check, adopted, mut known) =
                    (line.check.clone(), line.adopted.clone(), Vec::from_iter(line.filled.clone()));
                known.extend(self.answers()?.on(&id, &check).cloned());
                if let Some((id, check)) = adopted {
                    known.extend(self.answers()?.on(&id, &check).cloned());
                }
                known.extend(self.recorded_since(number, &id, &check)?);
                let known: Vec<Pairs> = known.iter().map(as_pairs).collect();
                Ok(!covered(sheet, row, &columns, &known))
            }
            Kind::Book => {
                let file = text::key(&row.shown(sheet, printed::FILE));
                let subject = text::key(&row.shown(sheet, printed::ID));
                let candidates: Vec<&Entry> =
                    registered.entries_of(&file, &subject).iter().map(|at| &registered.entries[*at]).collect();
                let columns: Vec<String> = registered
                    .lists
                    .iter()
                    .filter(|list| list.kind == Kind::Book)
                    .flat_map(List::answer_columns)
                    .map(str::to_owned)
                    .collect();
                let mut known: Vec<Pairs> = candidates.iter().map(|entry| entry.filled.clone()).collect();
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

/// The grounds of a registration's lines, by 处理编号.
fn grounds(connection: &Connection, number: i64) -> rusqlite::Result<HashMap<String, Vec<PastGround>>> {
    let mut statement = connection.prepare(
        "SELECT 处理编号, 依据.条款, 关于, 事实 FROM 依据 JOIN 事项 ON 事项.记录号 = 依据.记录号 AND 事项.序 = 依据.序
         WHERE 依据.记录号 = ?1",
    )?;
    let mut rows = statement.query([number])?;
    let mut found: HashMap<String, Vec<PastGround>> = HashMap::new();
    while let Some(row) = rows.next()? {
        let ground = PastGround { rule: row.get(1)?, about: row.get(2)?, facts: parsed(row, 3)? };
        found.entry(row.get(0)?).or_default().push(ground);
    }
    Ok(found)
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

/// Year and run in a 处理编号; of several in one cell, the first one's.
pub(in crate::archive) fn first_run(id: &str) -> Option<(i32, Run)> {
    let mut parts = id.split('-');
    let year = parts.next().filter(|year| year.len() == 4)?.parse().ok()?;
    let run = Run::of_code(parts.next()?)?;
    Some((year, run))
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
            Kind::List => (&printed::LIST, &printed::LIST_SCREEN),
            Kind::Book => (&printed::BOOK, &[]),
        };
        let answers = sheet
            .columns
            .iter()
            .filter(move |(_, header)| !read.contains(&header.as_str()) && !beside.contains(&header.as_str()));
        answers.map(|(column, _)| *column).filter(|column| self.cells.iter().any(|(filled, _)| filled == column))
    }
}
