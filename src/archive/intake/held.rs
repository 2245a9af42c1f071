//! A registration as returned workbooks ask for it: its rows by what names them.

use std::collections::{BTreeSet, HashMap};

use rusqlite::{Connection, params};

use crate::archive::read::{PUBLISHED, PastRun, registered_lists};
use crate::archive::registration::{RegisteredList, RegisteredRow, RowOf};
use crate::pack::printed;
use crate::table::text;

/// The latest published registration of a year and run.
pub(in crate::archive) struct Registered {
    pub past: PastRun,
    pub lists: Vec<RegisteredList>,
    line_by_id: HashMap<String, (usize, usize)>,
    /// Entries by 档案 and 编号.
    entry_by_key: HashMap<(String, String), Vec<(usize, usize)>>,
    /// The files that entries belong in.
    files: BTreeSet<String>,
    /// 核对码 that a line had in earlier registrations, by id.
    earlier: HashMap<String, Vec<String>>,
}

/// A registered row and where it stands.
#[derive(Clone, Copy)]
pub(in crate::archive) struct HeldRow<'r> {
    /// Index into [`Registered::lists`], and into the rows of that list.
    pub list: usize,
    pub at: usize,
    pub of: &'r RegisteredList,
    pub row: &'r RegisteredRow<'static>,
}

impl Registered {
    pub fn line(&self, id: &str) -> Option<HeldRow<'_>> {
        self.line_by_id.get(id).and_then(|at| self.held(*at))
    }

    fn held(&self, (list, at): (usize, usize)) -> Option<HeldRow<'_>> {
        let of = self.lists.get(list)?;
        Some(HeldRow { list, at, of, row: of.rows.get(at)? })
    }

    /// Entries of the register of talks, by 档案 and 编号 as they are compared.
    pub fn entries_of<'e>(&'e self, file: &str, id: &str) -> impl Iterator<Item = HeldRow<'e>> + use<'e> {
        let found = self.entry_by_key.get(&(file.to_owned(), id.to_owned()));
        found.into_iter().flatten().filter_map(|at| self.held(*at))
    }

    /// Whether entries belong in a file of this name, as it is compared.
    pub fn is_file(&self, name: &str) -> bool {
        self.files.iter().any(|file| text::key(file) == name)
    }

    /// Entries in other files of the same holder that rest on a line of this one: they are about the same talk.
    pub fn same_talk<'e>(&'e self, entry: HeldRow<'e>) -> Vec<HeldRow<'e>> {
        let Some((own, lines)) = entry.row.entry() else { return Vec::new() };
        let (id, kind) = (text::key(&entry.row.subject_id), &entry.row.subject_kind);
        let others = self.files.iter().filter(|file| *file != own);
        let others = others.flat_map(|file| self.entries_of(&text::key(file), &id));
        let about = |other: &[String]| other.iter().any(|line| lines.contains(line));
        let same =
            |other: &HeldRow<'_>| other.row.subject_kind == *kind && other.row.entry().is_some_and(|(_, of)| about(of));
        others.filter(same).collect()
    }

    /// An earlier registration of this year and run held the line (with this 核对码).
    pub fn held_before(&self, id: &str, check: Option<&str>) -> bool {
        self.earlier.get(id).is_some_and(|checks| check.is_none_or(|check| checks.iter().any(|held| held == check)))
    }

    /// Who decides about a line, as lists print it.
    pub fn decider<'l>(&'l self, list: &RegisteredList, row: &'l RegisteredRow<'static>) -> &'l str {
        let column = list.columns.iter().position(|name| name == printed::AUTHORITY);
        let printed = column.and_then(|column| row.cells.get(column)).map_or("", AsRef::as_ref);
        if text::is_empty(printed) { &self.past.vocabulary.authority } else { printed }
    }

    /// The authority that the rest of a title names; one that nobody is under is kept as it is written there.
    pub fn named_authority(&self, rest: &str) -> Option<String> {
        let begin = text::key(&printed::of_authority(""));
        let named = rest.strip_prefix(begin.trim_end_matches(')'))?;
        let rows = self
            .lists
            .iter()
            .filter(|list| !list.is_register)
            .flat_map(|list| list.rows.iter().map(move |row| (list, row)));
        let known = rows.map(|(list, row)| self.decider(list, row)).chain([self.past.vocabulary.authority.as_str()]);
        let fitting = known.filter(|known| named.starts_with(&format!("{})", text::key(known))));
        let longest = fitting.max_by_key(|known| known.len()).map(str::to_owned);
        Some(longest.unwrap_or_else(|| named.split(')').next().unwrap_or(named).to_owned()))
    }

    /// `2015年半年`, as messages name the run.
    pub fn title(&self) -> String {
        format!("{}年{}", self.past.year, self.past.run.title())
    }

    pub fn load(connection: &Connection, past: PastRun) -> rusqlite::Result<Registered> {
        let lists = registered_lists(connection, past.number)?;
        let mut registered = Registered {
            past,
            lists,
            line_by_id: HashMap::new(),
            entry_by_key: HashMap::new(),
            files: BTreeSet::new(),
            earlier: HashMap::new(),
        };
        for (list, of) in registered.lists.iter().enumerate() {
            for (at, row) in of.rows.iter().enumerate() {
                match &row.of {
                    RowOf::Line(line) => drop(registered.line_by_id.insert(line.id.to_string(), (list, at))),
                    RowOf::Entry { file, .. } => {
                        let key = (text::key(file), text::key(&row.subject_id));
                        registered.entry_by_key.entry(key).or_default().push((list, at));
                        registered.files.insert(file.to_string());
                    }
                }
            }
        }
        let mut statement = connection.prepare(&format!(
            "SELECT 处理编号, 核对码 FROM 事项 JOIN 运行 ON 运行.记录号 = 事项.记录号
             WHERE 年度 = ?1 AND 轮次 = ?2 AND 运行.记录号 <> ?3 AND 运行.记录号 IN ({PUBLISHED})"
        ))?;
        let PastRun { year, run, number, .. } = &registered.past;
        let mut rows = statement.query(params![year, run.code(), number])?;
        while let Some(row) = rows.next()? {
            registered.earlier.entry(row.get(0)?).or_default().push(row.get(1)?);
        }
        Ok(registered)
    }
}
