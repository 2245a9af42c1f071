//! The hash chain: every entry locks everything before it, and `verify` recomputes all of it.
//!
//! What is hashed are the readable tables themselves, so that there is no second copy that could
//! differ from what a reader sees. Two hashes run through the entries: 链值 over the contents, which a
//! published list can carry because the same work gives the same value whenever it is done, and 封印,
//! which also covers when and how an entry was written.

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{CachedStatement, Connection, OptionalExtension, Row, ToSql, Transaction, params};
use sha2::{Digest, Sha256};

use super::stored::all;
use crate::word::worded;

worded! {
    /// What an entry says.
    pub(super) enum EntryKind {
        Registration = "登记",
        Published = "发布",
        Dropped = "作废",
        Answers = "答复",
    }
}

/// A table whose rows belong to entries: its columns in the order in which they are hashed.
struct Detail {
    table: &'static str,
    columns: &'static str,
    order: &'static str,
    /// The version of the schema that has the table first. Later tables are hashed only where an entry has rows in
    /// them, so that entries of before keep their hash.
    since: i64,
}

const DETAILS: &[Detail] = &[
    first("运行", "年度, 轮次, 基准日, 办法, 办法版本, 办法摘要, 用语", "记录号"),
    first("名单", "序, 名单, 标题, 登记表, 列, 答复列", "序"),
    first(
        "事项",
        "序, 名单, 处理编号, 核对码, 处理, 对象类别, 编号, 对象, 可选方式, 条款, 沿用编号, 沿用核对码, 已填答复, 各格",
        "序",
    ),
    first("依据", "序, 次, 条款, 关于, 事实", "序, 次"),
    first("归档", "序, 档案, 对象类别, 编号, 处理编号, 已填答复, 各格", "序"),
    first("答复", "序, 所答登记, 处理编号, 核对码, 委员会意见, 决定方式, 决定日期, 备注, 其他, 更正", "序"),
    first("归档答复", "序, 所答登记, 年度, 档案, 对象类别, 编号, 内容, 更正", "序"),
    Detail {
        table: "谈话",
        columns: "序, 对象类别, 编号, 对象, 谈话日期, 谈话类型, 所属年度, 处理编号",
        order: "序",
        since: 3,
    },
];

/// A table of the first version.
const fn first(table: &'static str, columns: &'static str, order: &'static str) -> Detail {
    Detail { table, columns, order, since: 1 }
}

/// The tables that this file has: one on a medium that cannot be written may be of an older version.
fn details(connection: &Connection) -> rusqlite::Result<impl Iterator<Item = &'static Detail>> {
    let version: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    Ok(DETAILS.iter().filter(move |detail| detail.since <= version))
}

/// Feeds values into a hash so that no two different sequences look alike.
struct Feed {
    hash: Sha256,
    /// What waits to be hashed: values are short, and the hash takes them in larger pieces sooner.
    waiting: Vec<u8>,
}

/// Bytes that are hashed at a time.
const PIECE: usize = 1 << 14;

impl Feed {
    fn new() -> Feed {
        Feed { hash: Sha256::new(), waiting: Vec::new() }
    }

    /// Of an entry, before its rows.
    fn of(kind: &str, of: Option<i64>) -> Feed {
        let mut feed = Feed::new();
        feed.text(kind);
        feed.value(of.map_or(ValueRef::Null, ValueRef::Integer));
        feed
    }

    fn part(&mut self, tag: u8, bytes: &[u8]) {
        self.waiting.push(tag);
        self.waiting.extend_from_slice(&(bytes.len() as u64).to_le_bytes());
        self.waiting.extend_from_slice(bytes);
        if self.waiting.len() >= PIECE {
            self.hash.update(&self.waiting);
            self.waiting.clear();
        }
    }

    fn text(&mut self, text: &str) {
        self.part(b't', text.as_bytes());
    }

    fn value(&mut self, value: ValueRef<'_>) {
        match value {
            ValueRef::Null => self.part(b'n', &[]),
            ValueRef::Integer(number) => self.part(b'i', &number.to_le_bytes()),
            ValueRef::Real(number) => self.part(b'r', &number.to_le_bytes()),
            ValueRef::Text(text) => self.part(b't', text),
            ValueRef::Blob(bytes) => self.part(b'b', bytes),
        }
    }

    /// Lower-case hex.
    fn hex(mut self) -> String {
        self.hash.update(&self.waiting);
        hex::encode(self.hash.finalize())
    }
}

/// The hash of a sequence of texts.
pub(super) fn digest<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    let mut feed = Feed::new();
    for text in texts {
        feed.text(text);
    }
    feed.hex()
}

/// The last entry: its number, 链值 and 封印; before the first one 0 and nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Tail {
    pub number: i64,
    pub chain: String,
    pub seal: String,
}

pub(super) fn tail(connection: &Connection) -> rusqlite::Result<Tail> {
    let last = "SELECT 记录号, 链值, 封印 FROM 记录 ORDER BY 记录号 DESC LIMIT 1";
    let tail = |row: &Row<'_>| Ok(Tail { number: row.get(0)?, chain: row.get(1)?, seal: row.get(2)? });
    Ok(connection.query_row(last, [], tail).optional()?.unwrap_or_default())
}

/// The hash over an entry's own content; also counts its rows per table.
fn content(connection: &Connection, number: i64, kind: &str, of: Option<i64>) -> rusqlite::Result<(String, Vec<i64>)> {
    let mut feed = Feed::of(kind, of);
    let mut counts = Vec::with_capacity(DETAILS.len());
    for detail in details(connection)? {
        let sql =
            format!("SELECT {} FROM {} WHERE 记录号 = ?1 ORDER BY {}", detail.columns, detail.table, detail.order);
        let mut statement = connection.prepare_cached(&sql)?;
        let width = statement.column_count();
        let mut rows = statement.query([number])?;
        let mut count = 0;
        if detail.since == 1 {
            feed.text(detail.table);
        }
        while let Some(row) = rows.next()? {
            if count == 0 && detail.since > 1 {
                feed.text(detail.table);
            }
            count += 1;
            feed.part(b'|', &[]);
            for column in 0..width {
                feed.value(row.get_ref(column)?);
            }
        }
        counts.push(count);
    }
    Ok((feed.hex(), counts))
}

/// An entry in the making: its rows are hashed as they are written, as [`content`] reads them back.
pub(super) struct EntryRows<'t> {
    transaction: &'t Transaction<'t>,
    before: Tail,
    kind: EntryKind,
    of: Option<i64>,
    feed: Feed,
    /// Tables that are begun.
    begun: usize,
    /// Inserts a row into the last of them.
    insert: Option<CachedStatement<'t>>,
}

impl<'t> EntryRows<'t> {
    pub(super) fn new(transaction: &'t Transaction<'t>, kind: EntryKind, of: Option<i64>) -> rusqlite::Result<Self> {
        let before = tail(transaction)?;
        Ok(EntryRows { transaction, before, kind, of, feed: Feed::of(kind.word(), of), begun: 0, insert: None })
    }

    pub(super) fn number(&self) -> i64 {
        self.before.number + 1
    }

    /// Names the tables up to one (of which rows follow), or the rest of them.
    fn begin(&mut self, table: Option<usize>) {
        for (at, detail) in DETAILS.iter().enumerate().take(table.map_or(DETAILS.len(), |at| at + 1)).skip(self.begun) {
            if detail.since == 1 || table == Some(at) {
                self.feed.text(detail.table);
            }
        }
        self.begun = table.map_or(DETAILS.len(), |at| at + 1);
    }

    /// Writes a row: its values but 记录号, in the order of [`DETAILS`]; tables come in that order, too.
    pub(super) fn add(&mut self, table: &str, values: &[&dyn ToSql]) -> rusqlite::Result<()> {
        // Only tables that are listed are named: anything else is a fault of this program.
        let at = DETAILS.iter().position(|detail| detail.table == table).unwrap_or(DETAILS.len());
        if at >= self.begun {
            self.begin(Some(at));
            let marks = ", ?".repeat(values.len());
            let sql = format!("INSERT INTO {table} (记录号, {}) VALUES (?{marks})", DETAILS[at].columns);
            self.insert = Some(self.transaction.prepare_cached(&sql)?);
        }
        let number = self.number();
        let Some(statement) = &mut self.insert else { return Ok(()) };
        statement.raw_bind_parameter(1, number)?;
        self.feed.part(b'|', &[]);
        for (at, value) in (2..).zip(values) {
            match value.to_sql()? {
                ToSqlOutput::Borrowed(value) => self.feed.value(value),
                ToSqlOutput::Owned(value) => self.feed.value(ValueRef::from(&value)),
                other => return Err(rusqlite::Error::ToSqlConversionFailure(format!("{other:?}").into())),
            }
            statement.raw_bind_parameter(at, value)?;
        }
        statement.raw_execute().map(drop)
    }

    /// The hash over what was written.
    pub(super) fn content(&mut self) -> String {
        self.begin(None);
        std::mem::replace(&mut self.feed, Feed::new()).hex()
    }

    /// Appends the entry, with its content hashed.
    pub(super) fn close(self, content: &str, story: &str) -> rusqlite::Result<()> {
        let number = self.number();
        let EntryRows { transaction, before, kind, of, .. } = self;
        let chain = digest([before.chain.as_str(), content]);
        let time = now();
        let seal = digest([before.seal.as_str(), &chain, &time, story]);
        transaction.execute(
            "INSERT INTO 记录 (记录号, 种类, 登记号, 内容值, 链值, 时间, 经过, 封印) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            params![number, kind.word(), of, content, chain, time, story, seal],
        )?;
        transaction.execute("DELETE FROM 链尾", [])?;
        transaction.execute("INSERT INTO 链尾 (记录号, 封印) VALUES (?1, ?2)", params![number, seal])?;
        Ok(())
    }
}

/// The clock is told in the archive alone, never in a result.
fn now() -> String {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    let time = chrono::DateTime::from_timestamp(since.as_secs() as i64, 0).unwrap_or_default();
    time.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Everything that is wrong with the archive, in the words of a clerk; empty: nothing.
pub(super) fn verify(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    // One view of the file for all that is compared: somebody may be recording meanwhile.
    let _view = if connection.is_autocommit() { Some(connection.unchecked_transaction()?) } else { None };
    let said: Vec<String> = all(connection, "PRAGMA integrity_check(20)", [], |row| row.get(0))?;
    let bad = said.iter().filter(|said| *said != "ok");
    let mut faults: Vec<String> = bad.map(|said| format!("SQLite 完整性检查：{said}")).collect();
    if !faults.is_empty() {
        return Ok(faults);
    }
    let mut totals = vec![0i64; DETAILS.len()];
    let mut last = Tail::default();
    let mut statement =
        connection.prepare("SELECT 记录号, 种类, 登记号, 内容值, 链值, 时间, 经过, 封印 FROM 记录 ORDER BY 记录号")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let number: i64 = row.get(0)?;
        if number != last.number + 1 {
            faults.push(format!("记录 {} 之后缺少记录（下一条是 {number}）", last.number));
        }
        // A value of another type than ours is a change like any other.
        let text = |column: usize| row.get_ref(column).ok().and_then(|value| value.as_str().ok()).unwrap_or_default();
        let of: Option<i64> = row.get(2).unwrap_or(Some(-1));
        let (content, counts) = content(connection, number, text(1), of)?;
        for (total, count) in totals.iter_mut().zip(counts) {
            *total += count;
        }
        if content != text(3) {
            faults.push(format!("记录 {number}（{}，{}）的内容与内容值不符", text(1), text(5)));
        }
        if digest([last.chain.as_str(), &content]) != text(4) {
            faults.push(format!("记录 {number} 的链值与前面的记录不符"));
        }
        if digest([last.seal.as_str(), text(4), text(5), text(6)]) != text(7) {
            faults.push(format!("记录 {number} 的时间、经过或封印被改动"));
        }
        last = Tail { number, chain: text(4).to_owned(), seal: text(7).to_owned() };
    }
    for (detail, total) in details(connection)?.zip(totals) {
        let all: i64 = connection.query_row(&format!("SELECT COUNT(*) FROM {}", detail.table), [], |row| row.get(0))?;
        if all != total {
            faults.push(format!("表「{}」有 {} 行与记录对不上", detail.table, (all - total).abs()));
        }
    }
    let tails = all(connection, "SELECT 记录号, 封印 FROM 链尾", [], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let Tail { number: last, seal, .. } = last;
    let expected: &[(i64, String)] = if last == 0 { &[] } else { &[(last, seal)] };
    if tails != expected {
        faults.push(format!("链尾与最后一条记录（{last}）不符，末尾可能有记录被删去"));
    }
    Ok(faults)
}
