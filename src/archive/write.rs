//! Register → publish → confirm: how archive and published folder stay consistent whatever is killed.
//!
//! 1. [`Archive::register`] writes the run's proposals and hashes them as they are written: that is the
//!    registration's mark. While they are committed, unpublished, the run writes the mark into the staged folder
//!    ([`super::published::seal`]).
//! 2. Once both are done, the run renames the folder into place.
//! 3. [`Archive::confirm`] marks the registration as published.
//!
//! Killed before the rename, DIR holds the old run (or none) with another mark: the next command drops the
//! registration. Killed after it, DIR holds the mark: the next command confirms. Nothing is deleted
//! either way; a dropped registration stays in the history as 作废.

use std::path::Path;

use rusqlite::{DropBehavior, OptionalExtension, Row, Transaction, TransactionBehavior, params};

use super::chain::{self, EntryKind, EntryRows};
use super::error::Error;
use super::open::Archive;
use super::published::{self, Ticket};
use super::registration::{RegisteredList, RegisteredRow, RegisteredTalk, Registration, RowOf};
use super::stored::{KeptAnswer, all, json, program, run_of};
use crate::fact::Decision;
use crate::fact::history::PastGround;
use crate::pack::{Run, printed};

/// A registration that is neither confirmed nor dropped.
pub(super) struct Unsettled {
    number: i64,
    mark: String,
    year: i32,
    run: Run,
    folder: Option<String>,
}

/// What was registered, and whether what was done beside its commit failed.
pub type Sealed<F> = (Ticket, Result<(), F>);

impl Archive {
    /// Writes the run's proposals before its folder is published into `dir`, beside other `work` that may take as long;
    /// a registration that equals the latest published one of its year and run is not written again. Where the work
    /// fails, nothing is registered and the failure is given back. While the registration is committed then, `seal` is
    /// done: whether that failed is told beside the ticket.
    pub fn register<'r, F: Send>(
        &mut self,
        registration: Registration<
            impl IntoIterator<Item = RegisteredRow<'r>> + Send,
            impl IntoIterator<Item = RegisteredTalk> + Send,
        >,
        dir: &Path,
        work: impl FnOnce() -> Result<(), F> + Send,
        seal: impl FnOnce(&Ticket) -> Result<(), F> + Send,
    ) -> Result<Result<Sealed<F>, F>, Error> {
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
            let mut entry = EntryRows::new(&transaction, EntryKind::Registration, None)?;
            let number = entry.number();
            let (year, run) = (registration.year, registration.run);
            insert(&mut entry, registration)?;
            let mark = entry.content();
            if latest_mark(&transaction, year, run)?.as_deref() == Some(&mark) {
                drop(entry);
                transaction.rollback()?;
                return Ok(Ticket { mark, number: None });
            }
            entry.close(&mark, &story)?;
            // Open until the work beside it is known to have succeeded.
            transaction.set_drop_behavior(DropBehavior::Ignore);
            Ok(Ticket { mark, number: Some(number) })
        };
        let (ticket, done) = rayon::join(write, work);
        if let Err(failure) = done {
            self.forget(new)?;
            return Ok(Err(failure));
        }
        let committed = ticket.and_then(|ticket| {
            let connection = self.connection.as_mut().filter(|_| ticket.number.is_some());
            let commit = || connection.map_or(Ok(()), |connection| connection.execute_batch("COMMIT"));
            let (committed, sealed) = rayon::join(commit, || seal(&ticket));
            committed.map(|()| (ticket, sealed))
        });
        match committed {
            Ok(done) => {
                self.seen = self.tail()?;
                Ok(Ok(done))
            }
            Err(error) => {
                self.forget(new)?;
                Err(Error::sqlite(&path, error))
            }
        }
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
        self.end(ticket, EntryKind::Published)
    }

    /// Publishing failed and the old folder stands: the registration is dropped.
    pub fn abandon(&mut self, ticket: &Ticket) -> Result<(), Error> {
        self.end(ticket, EntryKind::Dropped)
    }

    fn end(&mut self, ticket: &Ticket, kind: EntryKind) -> Result<(), Error> {
        self.release()?;
        match ticket.number {
            Some(number) => self.close(number, kind),
            // A read is enough for SQLite to give up a lock that it no longer needs to keep.
            None => self.tail().map(drop),
        }
    }

    /// Confirms or drops what a killed run left behind, by what its folder holds. Where the folder cannot
    /// be reached (a share that is not mounted) the question stays open; the registration does not
    /// count until it is answered. Gives what people should know of it.
    pub fn settle(&mut self) -> Result<Vec<String>, Error> {
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
            self.close(case.number, if published { EntryKind::Published } else { EntryKind::Dropped })?;
            let done = if published {
                "发布后中断，档案已补记为发布"
            } else {
                "在发布前中断，其登记已作废，原有结果未动"
            };
            settled.push(format!("上一次运行（{}年{}）{done}", case.year, case.run.title()));
        }
        Ok(settled)
    }

    pub(super) fn unsettled(&self) -> Result<Vec<Unsettled>, Error> {
        let open = "SELECT 记录.记录号, 内容值, 年度, 轮次, 经过 FROM 记录 JOIN 运行 ON 运行.记录号 = 记录.记录号
             WHERE 种类 = '登记' AND 记录.记录号 NOT IN (SELECT 登记号 FROM 记录 WHERE 登记号 IS NOT NULL)
             ORDER BY 记录.记录号";
        let row = |row: &Row<'_>| {
            let story: String = row.get(4)?;
            let story: serde_json::Value = serde_json::from_str(&story).unwrap_or_default();
            Ok(Unsettled {
                number: row.get(0)?,
                mark: row.get(1)?,
                year: row.get(2)?,
                run: run_of(&row.get::<_, String>(3)?),
                folder: story.get("目录").and_then(|folder| folder.as_str()).map(str::to_owned),
            })
        };
        self.read(|connection| all(connection, open, [], row))
    }

    fn close(&mut self, number: i64, kind: EntryKind) -> Result<(), Error> {
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
                let mut entry = EntryRows::new(&transaction, kind, Some(number))?;
                let content = entry.content();
                entry.close(&content, &story)?;
            }
            transaction.commit()
        };
        write().map_err(|error| Error::sqlite(&path, error))?;
        self.seen = self.tail()?;
        Ok(())
    }
}

/// The mark of the latest published registration of a year and run.
fn latest_mark(transaction: &Transaction<'_>, year: i32, run: Run) -> rusqlite::Result<Option<String>> {
    let latest = "SELECT 内容值 FROM 记录 JOIN 运行 ON 运行.记录号 = 记录.记录号
         WHERE 年度 = ?1 AND 轮次 = ?2 AND 记录.记录号 IN (SELECT 登记号 FROM 记录 WHERE 种类 = '发布')
         ORDER BY 记录.记录号 DESC LIMIT 1";
    transaction.query_row(latest, params![year, run.code()], |row| row.get(0)).optional()
}

fn insert<'r>(
    entry: &mut EntryRows<'_>,
    registration: Registration<impl IntoIterator<Item = RegisteredRow<'r>>, impl IntoIterator<Item = RegisteredTalk>>,
) -> rusqlite::Result<()> {
    entry.add(
        "运行",
        params![
            registration.year,
            registration.run.code(),
            registration.as_of.to_string(),
            registration.pack_name,
            registration.pack_version,
            registration.pack_hash,
            json(&registration.vocabulary),
        ],
    )?;
    for (at, list) in (0i64..).zip(&registration.lists) {
        let names: Vec<&String> = compared(list).into_iter().map(|at| &list.columns[at]).collect();
        let extra = json(&list.extra);
        entry.add("名单", params![at, list.name, list.title, list.is_register, json(&names), extra])?;
    }
    // Tables come one after the other: grounds after all lines, then the entries of the register. What waits is kept as
    // the texts that are written, a quarter of the room.
    let mut grounds: Vec<(i64, i64, String, String, String)> = Vec::new();
    let (mut order, mut entries) = (0i64, Vec::new());
    for list in registration.lists {
        let columns = compared(&list);
        for row in list.rows {
            let cells: Vec<&str> = columns.iter().map(|at| row.cells.get(*at).map_or("", AsRef::as_ref)).collect();
            let cells = json(&cells);
            let line = match row.of {
                RowOf::Line(line) => line,
                RowOf::Entry { file, lines } => {
                    entries.push((file, row.subject_kind, row.subject_id, lines, row.filled, cells));
                    continue;
                }
            };
            let (adopted_id, adopted_check) = line.adopted.unzip();
            let filled = (!row.filled.is_empty()).then(|| json(&KeptAnswer::from(Decision(row.filled))));
            let (options, rules) = (json(&line.options), json(&line.rules));
            entry.add(
                "事项",
                params![
                    order,
                    list.name,
                    line.id,
                    line.check,
                    line.action,
                    row.subject_kind,
                    row.subject_id,
                    line.subject_name,
                    options,
                    rules,
                    adopted_id,
                    adopted_check,
                    filled,
                    cells,
                ],
            )?;
            let texts = |(at, ground): (i64, PastGround)| (order, at, ground.rule, ground.about, json(&ground.facts));
            grounds.extend((0..).zip(line.grounds).map(texts));
            order += 1;
        }
    }
    for (order, at, rule, about, facts) in grounds {
        entry.add("依据", params![order, at, rule, about, facts])?;
    }
    for (at, (file, kind, id, lines, filled, cells)) in (0i64..).zip(entries) {
        let filled = (!filled.is_empty()).then(|| json(&filled));
        entry.add("归档", params![at, file, kind, id, json(&lines), filled, cells])?;
    }
    for (at, talk) in (0i64..).zip(registration.talks) {
        let (kind, id, name) = (&talk.subject_kind, &talk.subject_id, &talk.subject_name);
        entry.add("谈话", params![at, kind, id, name, talk.day.to_string(), talk.kind, talk.year, talk.line])?;
    }
    Ok(())
}

/// Which columns are compared when a workbook comes back.
fn compared<R>(list: &RegisteredList<R>) -> Vec<usize> {
    let free: &[&str] = if list.is_register { &printed::BOOK_FREE } else { &printed::LIST_FREE };
    let is_compared = |name: &str| !free.contains(&name) && list.answers().all(|(answer, _)| answer != name);
    (0..list.columns.len()).filter(|at| is_compared(&list.columns[*at])).collect()
}
