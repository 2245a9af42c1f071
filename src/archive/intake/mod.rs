//! `kaohe record`: takes a committee's decisions back in, all of them or none.

mod answer;
mod book;
mod fault;
mod held;
mod known;
pub(super) mod rows;
mod walk;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use rusqlite::{Transaction, TransactionBehavior, params};

pub use fault::{Intake, IntakeFault, Recorded};
pub(super) use known::Known;

use self::fault::FoundAt;
use self::known::Titled;
use self::rows::ReturnedSheet;
use super::chain::{EntryKind, EntryRows};
use super::error::Error;
use super::open::Archive;
use super::read::BookKey;
use super::stored::{KeptAnswer, json, program};
use crate::fact::Decision;
use crate::fact::history::Pairs;
use crate::once::once;
use crate::pack::printed;
use crate::table::text;

/// An answer to be written.
struct TakenAnswer {
    registration: i64,
    check: String,
    decision: Decision,
    amends: bool,
}

/// What is to be written of the register of talks.
struct FilledEntry {
    key: BookKey,
    /// The lines that the row names.
    lines: Vec<String>,
    registration: i64,
    content: Pairs,
    amends: bool,
}

/// One `record`: what it has read so far.
struct Session<'k> {
    known: &'k Known<'k>,
    amend: bool,
    faults: Vec<IntakeFault>,
    lines: BTreeMap<String, TakenAnswer>,
    entries: Vec<FilledEntry>,
    /// Where a line or entry was found, over all workbooks.
    places: HashMap<String, FoundAt>,
    recorded: Recorded,
}

impl Archive {
    /// Takes the answers in the workbooks in. Any fault in any of them: nothing is taken.
    pub fn record(&mut self, workbooks: &[PathBuf], amend: bool) -> Result<Intake, Error> {
        // Reading needs no lock; what it is compared with is read under one. Named twice it is still one workbook.
        let read: Vec<(String, Result<Vec<ReturnedSheet>, String>)> =
            once(workbooks).into_iter().map(|path| (path.display().to_string(), rows::read(path))).collect();
        let path = self.path.clone();
        let Some(connection) = &mut self.connection else { return Err(Error::NotFound { path }) };
        let transaction = connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(|error| Error::sqlite(&path, error))?;
        let known = Known::new(Some(&transaction), &path);
        let Session { faults, lines, mut entries, recorded, .. } = compare_all(&known, &read, amend)?;
        if !faults.is_empty() {
            return Ok(Intake::Refused(faults));
        }
        entries.sort_by(|a, b| a.key.cmp(&b.key));
        if !lines.is_empty() || !entries.is_empty() {
            let files: Vec<&str> = workbooks.iter().filter_map(|path| path.file_name()?.to_str()).collect();
            let story = serde_json::json!({ "程序": program(), "工作簿": files, "更正": amend }).to_string();
            write(transaction, &lines, &entries, &story).map_err(|error| Error::sqlite(&path, error))?;
        } else {
            drop(transaction);
        }
        self.seen = self.tail()?;
        Ok(Intake::Taken(recorded))
    }
}

fn compare_all<'k>(
    known: &'k Known<'k>,
    read: &[(String, Result<Vec<ReturnedSheet>, String>)],
    amend: bool,
) -> Result<Session<'k>, Error> {
    let mut session = Session {
        known,
        amend,
        faults: Vec::new(),
        lines: BTreeMap::new(),
        entries: Vec::new(),
        places: HashMap::new(),
        recorded: Recorded::default(),
    };
    for (file, sheets) in read {
        match sheets {
            Ok(sheets) => workbook(&mut session, file, sheets)?,
            Err(reason) => {
                session.faults.push(IntakeFault::file(file, reason.clone(), "修好这个文件，或从命令中去掉它"))
            }
        }
    }
    Ok(session)
}

/// Compares one workbook: its sheets that belong to one list count as one.
fn workbook<'k>(session: &mut Session<'k>, file: &str, sheets: &[ReturnedSheet]) -> Result<(), Error> {
    let path = Path::new(file);
    if let (Some(folder), Some(name)) = (path.parent(), path.file_name().and_then(|name| name.to_str()))
        && ["~$", ".~"].iter().any(|mark| folder.join(format!("{mark}{name}")).exists())
    {
        session.recorded.notes.push(format!("{file}：正在 Excel 或 WPS 中打开，尚未保存的修改没有收回"));
    }
    if sheets.is_empty() {
        let reason =
            "不是 kaohe 发布的名单：没有同时带有「处理编号」和「核对码」（登记表为「档案」）的标题行".to_owned();
        session.faults.push(IntakeFault::file(file, reason, "检查是否选错了文件，标题行是否被改动"));
        return Ok(());
    }
    // By run, list and authority: where the last part of it stands, and which of its rows were found.
    let mut lists: BTreeMap<_, (Titled<'k>, usize, BTreeSet<usize>)> = BTreeMap::new();
    for (at, sheet) in sheets.iter().enumerate() {
        if sheet.hidden {
            let reason = "这个工作表是隐藏的，上面却有一份名单；看不见的答复不能收回".to_owned();
            let remedy = "取消隐藏，核对后再收回；不需要的，删去这个工作表";
            session.faults.push(IntakeFault { sheet: sheet.name.clone(), ..IntakeFault::file(file, reason, remedy) });
            continue;
        }
        let Some(titled) = session.known.titled(&sheet.titles, sheet.is_register)? else {
            unknown(session, sheet)?;
            continue;
        };
        walk::headers(session, sheet, titled.list());
        walk::merges(session, sheet, &titled);
        let (past, authority) = (&titled.of.past, titled.authority.clone());
        let of = lists.entry((past.year, past.run, titled.at, authority));
        let (titled, last, seen) = of.or_insert_with(|| (titled, at, BTreeSet::new()));
        *last = at;
        walk::rows(session, sheet, titled, seen)?;
    }
    for (titled, last, seen) in lists.values() {
        walk::missing(session, &sheets[*last], titled, seen);
        if seen.is_empty() {
            session.recorded.notes.push(format!("{file}：名单没有行，没有可收回的答复"));
        }
    }
    Ok(())
}

/// A list whose title names none that the archive holds: its rows may be known, but what it is for is not.
fn unknown(session: &mut Session<'_>, sheet: &ReturnedSheet) -> Result<(), Error> {
    let name = printed::LINE;
    let mut strangers = Vec::new();
    for row in sheet.rows().filter(|row| row.get(name).is_some()) {
        let shown = row.shown(name);
        if session.known.registered_for(&text::key(&shown))?.is_none() {
            let reason = format!("档案中没有处理编号「{shown}」");
            let remedy = "确认名单与 --archive 所指的档案配套；只有已发布的名单才能收回";
            strangers.push(row.fault(name, reason, remedy));
        }
    }
    if strangers.is_empty() {
        let reason = "标题与档案中任何一份名单都对不上，不知道这是哪一份名单".to_owned();
        let remedy =
            "恢复标题行（名单、年度、轮次、管理权限照已发布的写），或重新取用已发布的名单；不是名单的从命令中去掉";
        strangers.push(IntakeFault::header(sheet, name, reason, remedy));
    }
    session.faults.extend(strangers);
    Ok(())
}

fn write(
    transaction: Transaction<'_>,
    lines: &BTreeMap<String, TakenAnswer>,
    entries: &[FilledEntry],
    story: &str,
) -> rusqlite::Result<()> {
    let mut entry = EntryRows::new(&transaction, EntryKind::Answers, None)?;
    for (order, (id, answered)) in (0i64..).zip(lines) {
        let KeptAnswer { opinion, method, date, remark, extra } = answered.decision.clone().into();
        let (extra, TakenAnswer { registration, check, amends, .. }) = (json(&extra), answered);
        entry.add("答复", params![order, registration, id, check, opinion, method, date, remark, extra, amends])?;
    }
    for (order, filled) in (0i64..).zip(entries) {
        let FilledEntry { key: (year, kind, id, file), registration, amends, .. } = filled;
        let content = json(&filled.content);
        entry.add("归档答复", params![order, registration, year, file, kind, id, content, amends])?;
    }
    let content = entry.content();
    entry.close(&content, story)?;
    transaction.commit()
}
