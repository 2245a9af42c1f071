//! What earlier runs registered and committees decided, as plain structs.
//!
//! Evaluation never opens the archive: it is handed a [`fact::History`](crate::fact::History). Only the
//! latest published registration of a year and run counts; of the run being made, only what it
//! proposes again, so that its answers are handed over by line and 核对码.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use rusqlite::{Connection, OptionalExtension, params};

use super::chain::digest;
use super::error::Error;
use super::open::Archive;
use super::registration::{RegisteredLine, RegisteredList, RegisteredRow, RowOf, Vocabulary};
use super::stored::{KeptAnswer, all, json, parsed, parsed_or_none, run_of};
use crate::fact::history::{Answered, CarriedOut, Entered, Pairs, PastGround, PastLine};
use crate::fact::{self, Decision};
use crate::pack::{Answers, Run, printed};

/// A run in the archive: the latest published one of its year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PastRun {
    pub year: i32,
    pub run: Run,
    pub as_of: String,
    pub vocabulary: Vocabulary,
    /// The pack's name.
    pub pack: String,
    pub(super) number: i64,
}

/// A line of a past run, with what people read of it.
#[derive(Debug, Clone)]
pub(super) struct DocketLine {
    pub past: PastLine,
    pub list: String,
    /// The decision is the half-year twin's (半年已决定).
    pub adopted: bool,
    /// An answer was given, on whatever 核对码.
    pub answered: bool,
    /// Texts as printed, by column.
    pub cells: Vec<String>,
}

/// All that is known from earlier runs.
#[derive(Debug, Clone, Default)]
pub struct Chronicle {
    /// What evaluation looks at.
    pub facts: fact::History,
    /// Agreed lines that the run being made proposed when it was published before, by id.
    pub agreed: BTreeMap<String, PastLine>,
    /// For `run.json`: over the answers that could count for the run being made, whenever and in
    /// whatever order they came.
    pub sha256: String,
}

impl Chronicle {
    /// Agreed lines of the run being made that are not among those it proposes now.
    pub fn withdrawn<'a>(&self, proposed: impl IntoIterator<Item = &'a str>) -> Vec<PastLine> {
        let mut left: BTreeMap<&str, &PastLine> = self.agreed.iter().map(|(id, line)| (id.as_str(), line)).collect();
        for id in proposed {
            left.remove(id);
        }
        left.into_values().cloned().collect()
    }
}

impl Archive {
    /// Every 处理编号 that was ever published: what 谈话记录 may cite. Needed before the run's year is known.
    pub fn known_lines(&self) -> Result<BTreeSet<String>, Error> {
        self.read(known_lines)
    }

    /// What is known from earlier runs, for the run of `year` that is being made.
    pub fn history(&self, year: i32, run: Run) -> Result<Chronicle, Error> {
        match &self.connection {
            Some(connection) => history(connection, year, run).map_err(|error| self.fault(error)),
            None => Ok(Chronicle { sha256: digest([]), ..Chronicle::default() }),
        }
    }
}

fn known_lines(connection: &Connection) -> rusqlite::Result<BTreeSet<String>> {
    let known = format!("SELECT DISTINCT 处理编号 FROM 事项 WHERE 记录号 IN ({PUBLISHED})");
    Ok(all(connection, &known, [], |row| row.get(0))?.into_iter().collect())
}

fn history(connection: &Connection, year: i32, run: Run) -> rusqlite::Result<Chronicle> {
    let answers = GivenAnswers::read(connection)?;
    let mut history = Chronicle::default();
    for past in latest_runs(connection)? {
        if (past.year, past.run) == (year, run) {
            history.agreed = agreed_lines(connection, &past, &answers)?;
        } else {
            let mut lines = past_lines(&past, registered_lists(connection, past.number)?, &answers);
            share(&mut lines, &past.vocabulary.answers, |id| history.facts.lines.get(id));
            history.facts.lines.extend(lines.into_iter().map(|line| (line.past.id.clone(), line.past)));
            history.facts.runs.push((past.year, past.run));
        }
    }
    let own = format!("{year}-{}-", run.code());
    for (id, given) in answers.by_id.range(own.clone()..).take_while(|(id, _)| id.starts_with(&own)) {
        // On each 核对码 the last one counts.
        let mut counting: Vec<Answered> = Vec::new();
        for (_, answer) in given {
            counting.retain(|earlier| earlier.check != answer.check);
            counting.push(answer.clone());
        }
        history.facts.current.insert(id.clone(), counting);
    }
    history.facts.entered = book_answers(connection)?;
    history.sha256 = sha256(&history.facts);
    Ok(history)
}

/// Over texts in byte order, so that neither the clock nor the order of recording shows in it.
fn sha256(facts: &fact::History) -> String {
    let past = facts.lines.values().filter_map(|line| Some((&line.id, &line.check, line.decision.as_ref()?)));
    let current = facts.current.iter().flat_map(|(id, given)| given.iter().map(move |given| (id, given)));
    let answers = past.chain(current.map(|(id, given)| (id, &given.check, &given.decision)));
    let answers = answers.map(|(id, check, given)| [id.clone(), check.clone(), json(&KeptAnswer::from(given.clone()))]);
    let entered = facts.entered.iter().map(|Entered { year, kind, subject, file, filled, .. }| {
        [format!("{year}/{kind}/{subject}"), file.clone(), json(filled)]
    });
    let mut parts: Vec<[String; 3]> = answers.chain(entered).collect();
    parts.sort();
    digest(parts.iter().flatten().map(String::as_str))
}

/// Registrations that were published.
pub(super) const PUBLISHED: &str = "SELECT 登记号 FROM 记录 WHERE 种类 = '发布'";

/// The latest published run of every year and run, in that order (half-year first).
pub(super) fn latest_runs(connection: &Connection) -> rusqlite::Result<Vec<PastRun>> {
    let latest = format!(
        "SELECT 年度, 轮次, 基准日, 用语, 记录号, 办法 FROM 运行 WHERE 记录号 IN
         (SELECT MAX(记录号) FROM 运行 WHERE 记录号 IN ({PUBLISHED}) GROUP BY 年度, 轮次)
         ORDER BY 年度, 轮次 = 'A'"
    );
    all(connection, &latest, [], |row| {
        Ok(PastRun {
            year: row.get(0)?,
            run: run_of(&row.get::<_, String>(1)?),
            as_of: row.get(2)?,
            vocabulary: parsed(row, 3)?,
            number: row.get(4)?,
            pack: row.get(5)?,
        })
    })
}

/// The lines of a registration with the decisions that count.
pub(super) fn past_lines(past: &PastRun, lists: Vec<RegisteredList>, answers: &GivenAnswers) -> Vec<DocketLine> {
    let mut lines: Vec<DocketLine> = Vec::new();
    for list in lists {
        let unit = list.columns.iter().position(|name| name == printed::UNIT);
        for row in list.rows {
            let RowOf::Line(line) = row.of else { continue };
            let own = answers.on(&line.id, &line.check);
            let twin = line.adopted.as_ref().and_then(|(id, check)| answers.on(id, check));
            let cells: Vec<String> = row.cells.into_iter().map(Cow::into_owned).collect();
            lines.push(DocketLine {
                adopted: own.is_none() && twin.is_some(),
                answered: answers.last(&line.id).is_some(),
                list: list.name.clone(),
                past: PastLine {
                    name: line.subject_name.into_owned(),
                    unit: unit.and_then(|at| cells.get(at)).cloned().unwrap_or_default(),
                    decision: own.or(twin).cloned(),
                    adopted: line.adopted.map(|(id, _)| id),
                    id: line.id.into_owned(),
                    year: past.year,
                    run: past.run,
                    action: line.action.into_owned(),
                    kind: row.subject_kind.into_owned(),
                    subject: row.subject_id.into_owned(),
                    check: line.check.into_owned(),
                    grounds: line.grounds,
                },
                cells,
            });
        }
    }
    lines
}

/// A half-year's decision given after the annual run was published counts as the annual line's own all the same, if every
/// ground of that stood there. `known` finds a line of the half-year by id.
pub(super) fn share<'l>(lines: &mut [DocketLine], words: &Answers, known: impl Fn(&str) -> Option<&'l PastLine>) {
    for line in lines.iter_mut().filter(|line| line.past.run == Run::Annual && line.past.adopted.is_none()) {
        let Some(half) = twin_id(&line.past.id).and_then(|(_, id)| known(&id)) else { continue };
        let Some(decision) = half.decision.as_ref().filter(|given| words.decides(given.opinion())) else { continue };
        if line.past.grounds.iter().all(|ground| half.grounds.contains(ground)) {
            line.past.adopted = Some(half.id.clone());
            if line.past.decision.is_none() {
                line.past.decision = Some(decision.clone());
                line.adopted = true;
            }
        }
    }
}

/// Year and run in a 处理编号; of several in one cell, the first one's.
pub(super) fn first_run(id: &str) -> Option<(i32, Run)> {
    let mut parts = id.split('-');
    let year = parts.next().filter(|year| year.len() == 4)?.parse().ok()?;
    let run = Run::of_code(parts.next()?)?;
    Some((year, run))
}

/// The year's other run, and the id of its line about the same action and subject.
pub(super) fn twin_id(id: &str) -> Option<((i32, Run), String)> {
    let (year, run) = first_run(id)?;
    let begin = |run: Run| format!("{year}-{}-", run.code());
    let other = if run == Run::Annual { Run::HalfYear } else { Run::Annual };
    let rest = id.strip_prefix(&begin(run))?;
    Some(((year, other), format!("{}{rest}", begin(other))))
}

/// Lines that any published registration of the run held and whose last answer binds, by id; without what they rest on.
pub(super) fn agreed_lines(
    connection: &Connection,
    past: &PastRun,
    answers: &GivenAnswers,
) -> rusqlite::Result<BTreeMap<String, PastLine>> {
    let mut statement = connection.prepare(&format!(
        "SELECT 处理编号, 处理, 编号, 对象, 沿用编号, 沿用核对码, 对象类别, 核对码 FROM 事项 JOIN 运行 ON 运行.记录号 = 事项.记录号
         WHERE 年度 = ?1 AND 轮次 = ?2 AND 运行.记录号 IN ({PUBLISHED}) ORDER BY 运行.记录号, 序"
    ))?;
    let mut agreed = BTreeMap::new();
    let mut rows = statement.query(params![past.year, past.run.code()])?;
    while let Some(row) = rows.next()? {
        let id: String = row.get(0)?;
        let twin = row.get::<_, Option<String>>(4)?.zip(row.get::<_, Option<String>>(5)?);
        let twin = twin.and_then(|(id, check)| answers.on(&id, &check));
        match answers.last(&id).or(twin).filter(|decision| past.vocabulary.answers.binds(decision.opinion())) {
            Some(decision) => {
                let line = PastLine {
                    id: id.clone(),
                    year: past.year,
                    run: past.run,
                    action: row.get(1)?,
                    kind: row.get(6)?,
                    subject: row.get(2)?,
                    name: row.get(3)?,
                    unit: String::new(),
                    check: row.get(7)?,
                    decision: Some(decision.clone()),
                    adopted: None,
                    grounds: Vec::new(),
                };
                agreed.insert(id, line);
            }
            None => drop(agreed.remove(&id)),
        }
    }
    Ok(agreed)
}

/// Every answer ever taken in, by line and in order, with the entry that took it in.
#[derive(Debug, Clone, Default)]
pub(super) struct GivenAnswers {
    by_id: BTreeMap<String, Vec<(i64, Answered)>>,
}

impl GivenAnswers {
    pub(super) fn read(connection: &Connection) -> rusqlite::Result<GivenAnswers> {
        let mut statement = connection.prepare(
            "SELECT 处理编号, 核对码, 委员会意见, 决定方式, 决定日期, 备注, 其他, 记录号 FROM 答复 ORDER BY 记录号, 序",
        )?;
        let mut rows = statement.query([])?;
        let mut answers = GivenAnswers::default();
        while let Some(row) = rows.next()? {
            let own = [row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?];
            let decision = KeptAnswer::new(own, parsed(row, 6)?).into();
            let answer = Answered { check: row.get(1)?, decision };
            answers.by_id.entry(row.get(0)?).or_default().push((row.get(7)?, answer));
        }
        Ok(answers)
    }

    /// All that were given to a line.
    pub(super) fn of(&self, id: &str) -> &[(i64, Answered)] {
        self.by_id.get(id).map_or(&[], Vec::as_slice)
    }

    /// The answer that counts on exactly this 核对码: the last one.
    pub(super) fn on(&self, id: &str, check: &str) -> Option<&Decision> {
        self.of(id).iter().rfind(|(_, answer)| answer.check == check).map(|(_, answer)| &answer.decision)
    }

    /// The last answer on whatever 核对码.
    pub(super) fn last(&self, id: &str) -> Option<&Decision> {
        self.of(id).last().map(|(_, answer)| &answer.decision)
    }
}

/// Key of a row of the register of talks: year, subject kind, 编号, 档案.
pub(super) type BookKey = (i32, String, String, String);

/// What stands filled in in the register of talks, by row; what was filled in while the row named other lines alone is
/// about another talk, and stands apart.
pub(super) fn book_answers(connection: &Connection) -> rusqlite::Result<Vec<Entered>> {
    let mut entered: BTreeMap<BookKey, Vec<Entered>> = BTreeMap::new();
    let mut statement = connection.prepare(
        "SELECT 归档答复.年度, 归档答复.对象类别, 归档答复.编号, 归档答复.档案, 内容, 归档.处理编号 FROM 归档答复
         LEFT JOIN 归档 ON 归档.记录号 = 所答登记 AND 归档.档案 = 归档答复.档案
           AND 归档.对象类别 = 归档答复.对象类别 AND 归档.编号 = 归档答复.编号
         ORDER BY 归档答复.记录号, 归档答复.序",
    )?;
    let mut of_line = connection.prepare("SELECT 对象类别, 编号 FROM 事项 WHERE 处理编号 = ?1 LIMIT 1")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let key: BookKey = (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?);
        let ids = parsed_or_none::<Vec<String>>(row, 5)?.unwrap_or_default();
        let of_row = entered.entry(key.clone()).or_default();
        let at = of_row.iter().rposition(|known| ids.is_empty() || known.is_about(&ids)).unwrap_or(of_row.len());
        if at == of_row.len() {
            let (year, kind, subject, file) = key;
            of_row.push(Entered { year, kind, subject, file, lines: Vec::new(), filled: Pairs::new() });
        }
        let known = &mut of_row[at];
        known.filled = parsed(row, 4)?;
        for id in ids {
            if known.lines.iter().all(|line| line.id != id) {
                let whose = of_line.query_row([&id], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
                known.lines.extend(whose.map(|(kind, subject)| CarriedOut { id, kind, subject }));
            }
        }
    }
    Ok(entered.into_values().flatten().collect())
}

/// The lists of a registration with their rows; of their columns those that are compared, and the texts in these.
pub(super) fn registered_lists(connection: &Connection, number: i64) -> rusqlite::Result<Vec<RegisteredList>> {
    let of_lists = "SELECT 名单, 标题, 登记表, 列, 答复列 FROM 名单 WHERE 记录号 = ?1 ORDER BY 序";
    let mut lists: Vec<RegisteredList> = all(connection, of_lists, [number], |row| {
        Ok(RegisteredList {
            name: row.get(0)?,
            title: row.get(1)?,
            is_register: row.get(2)?,
            columns: parsed(row, 3)?,
            extra: parsed(row, 4)?,
            rows: Vec::new(),
        })
    })?;
    let mut statement = connection.prepare(
        "SELECT 名单, 处理编号, 核对码, 处理, 对象类别, 编号, 对象, 可选方式, 条款, 沿用编号, 沿用核对码, 已填答复, 各格, 序
         FROM 事项 WHERE 记录号 = ?1 ORDER BY 序",
    )?;
    let mut by_order: HashMap<i64, (usize, usize)> = HashMap::new();
    let mut rows = statement.query([number])?;
    while let Some(row) = rows.next()? {
        let name: String = row.get(0)?;
        let Some((at, list)) = lists.iter_mut().enumerate().find(|(_, list)| list.name == name) else { continue };
        by_order.insert(row.get(13)?, (at, list.rows.len()));
        let filled = parsed_or_none::<KeptAnswer>(row, 11)?;
        let line = RegisteredLine {
            id: text_of(row, 1)?,
            check: text_of(row, 2)?,
            action: text_of(row, 3)?,
            subject_name: text_of(row, 6)?,
            options: Cow::Owned(parsed(row, 7)?),
            rules: parsed(row, 8)?,
            grounds: Vec::new(),
            adopted: row.get::<_, Option<String>>(9)?.zip(row.get(10)?),
        };
        list.rows.push(RegisteredRow {
            subject_kind: text_of(row, 4)?,
            subject_id: text_of(row, 5)?,
            of: RowOf::Line(line),
            filled: filled.map(|kept| Decision::from(kept).0).unwrap_or_default(),
            cells: parsed(row, 12)?,
        });
    }
    let mut statement =
        connection.prepare("SELECT 序, 条款, 关于, 事实 FROM 依据 WHERE 记录号 = ?1 ORDER BY 序, 次")?;
    let mut rows = statement.query([number])?;
    while let Some(row) = rows.next()? {
        let of = by_order.get(&row.get(0)?).and_then(|(list, at)| lists.get_mut(*list)?.rows.get_mut(*at));
        if let Some(RowOf::Line(line)) = of.map(|row| &mut row.of) {
            line.grounds.push(PastGround { rule: row.get(1)?, about: row.get(2)?, facts: parsed(row, 3)? });
        }
    }
    let Some(register) = lists.iter_mut().find(|list| list.is_register) else { return Ok(lists) };
    let entries = "SELECT 档案, 对象类别, 编号, 处理编号, 已填答复, 各格 FROM 归档 WHERE 记录号 = ?1 ORDER BY 序";
    register.rows = all(connection, entries, [number], |row| {
        Ok(RegisteredRow {
            subject_kind: text_of(row, 1)?,
            subject_id: text_of(row, 2)?,
            of: RowOf::Entry {
                file: text_of(row, 0)?,
                lines: parsed_or_none(row, 3)?.map_or_else(Cow::default, Cow::Owned),
            },
            filled: parsed_or_none(row, 4)?.unwrap_or_default(),
            cells: parsed(row, 5)?,
        })
    })?;
    Ok(lists)
}

fn text_of(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<Cow<'static, str>> {
    row.get::<_, String>(column).map(Cow::Owned)
}
