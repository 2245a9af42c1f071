//! Register → publish → confirm: how archive and published folder stay consistent whatever is killed.
//!
//! 1. [`Archive::register_beside`] writes the run's proposals, committed but unpublished, and gives back the
//!    registration's mark: a hash over its content.
//! 2. The run writes the mark into the staged folder ([`super::published::seal`]) and renames the folder
//!    into place.
//! 3. [`Archive::confirm`] marks the registration as published.
//!
//! Killed before the rename, DIR holds the old run (or none) with another mark: the next command drops the
//! registration. Killed after it, DIR holds the mark: the next command confirms. Nothing is deleted
//! either way; a dropped registration stays in the history as 作废.

use std::path::Path;

use rusqlite::{DropBehavior, Transaction, TransactionBehavior, params};

use super::chain::{self, Kind};
use super::error::Error;
use super::open::Archive;
use super::published;
use super::registration::{Lines, RegisteredBook, RegisteredList, Registration, StoredDecision, pairs};
use crate::pack::{Run, printed};

/// A registration that is written but not yet published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    /// Goes into the published folder, so that it can be told whose folder it is.
    pub mark: String,
    /// None: the latest published registration says exactly the same and stands on.
    number: Option<i64>,
}

/// What became of registrations that a killed run left behind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    pub year: i32,
    pub run: Run,
    /// Confirmed, or dropped.
    pub published: bool,
}

impl std::fmt::Display for Settled {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let run = format!("{}年{}", self.year, self.run.title());
        if self.published {
            write!(f, "上一次运行（{run}）发布后中断，档案已补记为发布")
        } else {
            write!(f, "上一次运行（{run}）在发布前中断，其登记已作废，原有结果未动")
        }
    }
}

/// A registration that is neither confirmed nor dropped.
pub(super) struct Unsettled {
    number: i64,
    mark: String,
    year: i32,
    run: Run,
    folder: Option<String>,
}

impl Archive {
    /// Writes the run's proposals before its folder is published into `dir`. A registration that equals the
    /// latest published one of its year and run is not written again.
    pub fn register(&mut self, registration: &Registration<impl Lines + Sync>, dir: &Path) -> Result<Ticket, Error> {
        let done = self.register_beside(registration, dir, || Ok::<(), std::convert::Infallible>(()))?;
        done.map_err(|never| match never {})
    }

    /// As [`Archive::register`], beside other work that may take as long. Where that fails, nothing is
    /// registered and the failure is given back.
    pub fn register_beside<F: Send>(
        &mut self,
        registration: &Registration<impl Lines + Sync>,
        dir: &Path,
        work: impl FnOnce() -> Result<(), F> + Send,
    ) -> Result<Result<Ticket, F>, Error> {
        let seen = self.seen.clone();
        let story = serde_json::json!({
            "程序": program(),
            "目录": published::written_folder(&self.path, dir),
        })
        .to_string();
        let path = self.path.clone();
        let new = self.connection.is_none();
        let connection = self.made()?;
        if chain::tail(connection).map_err(|error| Error::sqlite(&path, error))? != seen {
            return Err(Error::Overtaken { path });
        }
        let write = || -> rusqlite::Result<Ticket> {
            let mut transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let number = chain::tail(&transaction)?.number + 1;
            insert(&transaction, number, registration)?;
            let (mark, _) = chain::content(&transaction, number, Kind::Registration.word(), None)?;
            if latest_mark(&transaction, registration.year, registration.run)?.as_deref() == Some(&mark) {
                transaction.rollback()?;
                return Ok(Ticket { mark, number: None });
            }
            chain::append_hashed(&transaction, Kind::Registration, None, &story, &mark)?;
            // Open until the work beside it is known to have succeeded.
            transaction.set_drop_behavior(DropBehavior::Ignore);
            Ok(Ticket { mark, number: Some(number) })
        };
        let (ticket, done) = rayon::join(write, work);
        if let Err(failure) = done {
            self.forget(new)?;
            return Ok(Err(failure));
        }
        let ticket = ticket.and_then(|ticket| {
            if ticket.number.is_some() {
                self.connection.as_ref().map_or(Ok(()), |connection| connection.execute_batch("COMMIT"))?;
            }
            Ok(ticket)
        });
        let ticket = match ticket {
            Ok(ticket) => ticket,
            Err(error) => {
                self.forget(new)?;
                return Err(Error::sqlite(&path, error));
            }
        };
        self.seen = self.tail()?;
        Ok(Ok(ticket))
    }

    /// Takes back a registration that is not committed; a file that was made for it goes.
    fn forget(&mut self, new: bool) -> Result<(), Error> {
        let Some(connection) = &self.connection else { return Ok(()) };
        if !connection.is_autocommit() {
            connection.execute_batch("ROLLBACK").map_err(|error| self.fault(error))?;
        }
        if new {
            self.connection = None;
            std::fs::remove_file(&self.path).map_err(|source| Error::Io { path: self.path.clone(), source })?;
        }
        Ok(())
    }

    /// The folder is in place: the registration counts from now on. Gives the file back to others.
    pub fn confirm(&mut self, ticket: &Ticket) -> Result<(), Error> {
        self.release()?;
        match ticket.number {
            Some(number) => self.close(number, Kind::Published),
            None => self.let_go(),
        }
    }

    /// Publishing failed and the old folder stands: the registration is dropped.
    pub fn abandon(&mut self, ticket: &Ticket) -> Result<(), Error> {
        self.release()?;
        match ticket.number {
            Some(number) => self.close(number, Kind::Dropped),
            None => self.let_go(),
        }
    }

    /// Confirms or drops what a killed run left behind, by what its folder holds. Where the folder cannot
    /// be reached (a share that is not mounted) the question stays open; the registration does not
    /// count until it is answered.
    pub fn settle(&mut self) -> Result<Vec<Settled>, Error> {
        let mut settled = Vec::new();
        for case in self.unsettled()? {
            let Some(dir) = case.folder.as_deref().map(|folder| published::read_folder(&self.path, folder)) else {
                continue;
            };
            if !dir.is_dir() {
                continue;
            }
            let held = published::mark(&dir.join(published::folder_name(case.year, case.run)))?;
            let published = held.as_deref() == Some(case.mark.as_str());
            self.close(case.number, if published { Kind::Published } else { Kind::Dropped })?;
            settled.push(Settled { year: case.year, run: case.run, published });
        }
        Ok(settled)
    }

    pub(super) fn unsettled(&self) -> Result<Vec<Unsettled>, Error> {
        let Some(connection) = &self.connection else { return Ok(Vec::new()) };
        let read = || -> rusqlite::Result<Vec<Unsettled>> {
            let mut statement = connection.prepare(
                "SELECT 记录.记录号, 内容值, 年度, 轮次, 经过 FROM 记录 JOIN 运行 ON 运行.记录号 = 记录.记录号
                 WHERE 种类 = '登记' AND 记录.记录号 NOT IN (SELECT 登记号 FROM 记录 WHERE 登记号 IS NOT NULL)
                 ORDER BY 记录.记录号",
            )?;
            let rows = statement.query_map([], |row| {
                let story: String = row.get(4)?;
                let story: serde_json::Value = serde_json::from_str(&story).unwrap_or_default();
                Ok(Unsettled {
                    number: row.get(0)?,
                    mark: row.get(1)?,
                    year: row.get(2)?,
                    run: run_of(&row.get::<_, String>(3)?),
                    folder: story.get("目录").and_then(|folder| folder.as_str()).map(str::to_owned),
                })
            })?;
            rows.collect()
        };
        read().map_err(|error| self.fault(error))
    }

    fn close(&mut self, number: i64, kind: Kind) -> Result<(), Error> {
        let story = serde_json::json!({ "程序": program() }).to_string();
        let path = self.path.clone();
        let Some(connection) = &mut self.connection else { return Ok(()) };
        let mut write = || -> rusqlite::Result<()> {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            // Another process may have settled it while this one waited for the lock.
            let done: bool =
                transaction.query_row("SELECT EXISTS (SELECT 1 FROM 记录 WHERE 登记号 = ?1)", [number], |row| {
                    row.get(0)
                })?;
            if !done {
                chain::append(&transaction, kind, Some(number), &story)?;
            }
            transaction.commit()
        };
        write().map_err(|error| Error::sqlite(&path, error))?;
        self.seen = self.tail()?;
        Ok(())
    }

    /// A read is enough for SQLite to give up a lock that it no longer needs to keep.
    fn let_go(&self) -> Result<(), Error> {
        self.tail().map(|_| ())
    }
}

/// Who wrote an entry.
pub(super) fn program() -> String {
    format!("kaohe {}", env!("CARGO_PKG_VERSION"))
}

pub(super) fn run_of(code: &str) -> Run {
    Run::of_code(code).unwrap_or(Run::Annual)
}

/// The mark of the latest published registration of a year and run.
fn latest_mark(transaction: &Transaction<'_>, year: i32, run: Run) -> rusqlite::Result<Option<String>> {
    let mut statement = transaction.prepare(
        "SELECT 内容值 FROM 记录 JOIN 运行 ON 运行.记录号 = 记录.记录号
         WHERE 年度 = ?1 AND 轮次 = ?2 AND 记录.记录号 IN (SELECT 登记号 FROM 记录 WHERE 种类 = '发布')
         ORDER BY 记录.记录号 DESC LIMIT 1",
    )?;
    let mut rows = statement.query(params![year, run.code()])?;
    rows.next()?.map(|row| row.get(0)).transpose()
}

/// JSON of something that always has one.
pub(super) fn json<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

fn insert(transaction: &Transaction<'_>, number: i64, registration: &Registration<impl Lines>) -> rusqlite::Result<()> {
    transaction.execute(
        "INSERT INTO 运行 (记录号, 年度, 轮次, 基准日, 办法, 办法版本, 办法摘要, 用语) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        params![
            number,
            registration.year,
            registration.run.code(),
            registration.as_of.to_string(),
            registration.pack_name,
            registration.pack_version,
            registration.pack_hash,
            json(&registration.vocabulary),
        ],
    )?;
    let mut order = 0;
    for (index, list) in registration.lists.iter().enumerate() {
        insert_list(transaction, number, index, list, &mut order)?;
    }
    if let Some(book) = &registration.book {
        insert_book(transaction, number, registration.lists.len(), book)?;
    }
    let mut row = transaction.prepare_cached(
        "INSERT INTO 谈话 (记录号, 序, 对象类别, 编号, 对象, 谈话日期, 谈话类型, 所属年度, 处理编号) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?;
    for (at, talk) in registration.talks.iter().enumerate() {
        row.execute(params![
            number,
            at as i64,
            talk.subject_kind,
            talk.subject_id,
            talk.subject_name,
            talk.day.to_string(),
            talk.kind,
            talk.year,
            talk.line,
        ])?;
    }
    Ok(())
}

/// The columns that are compared when a workbook comes back, with their positions.
fn compared<'a>(columns: &'a [String], free: &[&str], answers: impl Fn(&str) -> bool) -> Vec<(usize, &'a str)> {
    columns
        .iter()
        .enumerate()
        .map(|(at, name)| (at, name.as_str()))
        .filter(|(_, name)| !free.contains(name) && !answers(name))
        .collect()
}

fn texts(columns: &[(usize, &str)], cells: &[impl AsRef<str>]) -> String {
    json(&columns.iter().map(|(at, _)| cells.get(*at).map_or("", AsRef::as_ref)).collect::<Vec<_>>())
}

const INSERT_LIST: &str =
    "INSERT INTO 名单 (记录号, 序, 名单, 标题, 登记表, 列, 答复列) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";

fn insert_list(
    transaction: &Transaction<'_>,
    number: i64,
    index: usize,
    list: &RegisteredList<impl Lines>,
    order: &mut i64,
) -> rusqlite::Result<()> {
    let columns = compared(&list.columns, &printed::LIST_FREE, |name| {
        printed::ANSWERS.contains(&name) || list.extra.iter().any(|column| column.name == name)
    });
    let names: Vec<&str> = columns.iter().map(|(_, name)| *name).collect();
    transaction.execute(
        INSERT_LIST,
        params![number, index as i64, list.name, list.title, 0, json(&names), json(&list.extra)],
    )?;
    let mut line_row = transaction.prepare_cached(
        "INSERT INTO 事项 (记录号, 序, 名单, 处理编号, 核对码, 处理, 对象类别, 编号, 对象, 可选方式, 条款, 沿用编号, 沿用核对码, 已填答复, 各格)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
    )?;
    let mut ground_row = transaction
        .prepare_cached("INSERT INTO 依据 (记录号, 序, 次, 条款, 关于, 事实) VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?;
    for at in 0..list.lines.count() {
        let line = list.lines.line(at);
        let (adopted_id, adopted_check) =
            line.adopted.as_ref().map_or((None, None), |(id, check)| (Some(id), Some(check)));
        line_row.execute(params![
            number,
            *order,
            list.name,
            line.id,
            line.check,
            line.action,
            line.subject_kind,
            line.subject_id,
            line.subject_name,
            json(&line.options),
            json(&line.rules),
            adopted_id,
            adopted_check,
            line.filled.as_ref().map(|decision| json(&StoredDecision::from(decision))),
            texts(&columns, &line.cells),
        ])?;
        for (at, ground) in line.grounds.iter().enumerate() {
            ground_row.execute(params![number, *order, at as i64, ground.rule, ground.about, json(&ground.facts)])?;
        }
        *order += 1;
    }
    Ok(())
}

fn insert_book(
    transaction: &Transaction<'_>,
    number: i64,
    index: usize,
    book: &RegisteredBook,
) -> rusqlite::Result<()> {
    let columns =
        compared(&book.columns, &printed::BOOK_FREE, |name| book.answers.iter().any(|column| column.name == name));
    let names: Vec<&str> = columns.iter().map(|(_, name)| *name).collect();
    transaction.execute(
        INSERT_LIST,
        params![number, index as i64, book.name, book.title, 1, json(&names), json(&book.answers)],
    )?;
    let mut row = transaction.prepare_cached(
        "INSERT INTO 归档 (记录号, 序, 档案, 对象类别, 编号, 处理编号, 已填答复, 各格) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?;
    for (at, entry) in book.entries.iter().enumerate() {
        let filled = pairs(&entry.filled);
        row.execute(params![
            number,
            at as i64,
            entry.file,
            entry.subject_kind,
            entry.subject_id,
            json(&entry.lines),
            (!filled.is_empty()).then(|| json(&filled)),
            texts(&columns, &entry.cells),
        ])?;
    }
    Ok(())
}
