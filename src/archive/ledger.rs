//! `archive export`: the ledger (台账) that the office keeps, as plain sheets for the handoff to write.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rusqlite::Row;
use rusqlite::types::ValueRef;

use super::docket::{Docket, State};
use super::error::Error;
use super::open::Archive;
use super::people::people_sheet;
use super::periods::periods_sheet;
use super::stored::all;
use super::tasks::{Due, Standing, tasks_sheet};
use super::workdays::Calendar;
use crate::fact::Decision;
use crate::ledger::{LedgerSheet, day_shown, texts};
use crate::pack::printed;

/// Columns of the ledger that come from the list as printed.
const PRINTED: [&str; 6] =
    [printed::UNIT, printed::POST, printed::AUTHORITY, printed::METHODS, printed::BASIS, printed::FACTS];

impl Archive {
    /// All that was proposed and decided, what is open, and the whole history of answers; and how many tasks are overdue
    /// and how many are due soon.
    pub fn ledger(
        &self,
        as_of: Option<NaiveDate>,
        calendar: &Calendar,
    ) -> Result<(Vec<LedgerSheet>, [usize; 2]), Error> {
        let standings = self.standings()?;
        let due = standings.tasks(as_of, calendar);
        let count = |standing| due.iter().filter(|due| due.standing == standing).count();
        let sheets = vec![
            tasks_sheet(&due, as_of, calendar),
            periods_sheet(&standings.periods(), as_of),
            people_sheet(&standings.people()),
            lines(&standings.dockets, &due),
            withdrawn(&standings.dockets),
            self.history_sheet(&ANSWERS)?,
            self.history_sheet(&BOOK)?,
            self.history_sheet(&ENTRIES)?,
        ];
        Ok((sheets, [Standing::Overdue, Standing::Soon].map(count)))
    }

    fn history_sheet(&self, of: &HistorySheet) -> Result<LedgerSheet, Error> {
        let texts = |row: &Row<'_>| (0..of.columns.len()).map(|column| text(row.get_ref(column)?)).collect();
        let rows = self.read(|connection| all(connection, of.query, [], texts))?;
        Ok(LedgerSheet::new(of.name, of.title, of.columns, rows))
    }
}

/// Rows of the archive as they are.
struct HistorySheet {
    name: &'static str,
    title: &'static str,
    columns: &'static [&'static str],
    query: &'static str,
}

/// Every answer ever given: amended ones too.
const ANSWERS: HistorySheet = HistorySheet {
    name: "历次答复",
    title: "历次收回的答复（更正前的也在内）",
    columns: &["记录号", "时间", "处理编号", "核对码", "委员会意见", "决定方式", "决定日期", "备注", "其他", "更正"],
    query: "SELECT 答复.记录号, 时间, 处理编号, 核对码, 委员会意见, 决定方式, 决定日期, 备注,
              (SELECT group_concat(key || '：' || value, '；') FROM json_each(其他)), iif(更正, '是', '')
            FROM 答复 JOIN 记录 ON 记录.记录号 = 答复.记录号 ORDER BY 答复.记录号, 序",
};

/// What was filled into the register of talks, each time.
const BOOK: HistorySheet = HistorySheet {
    name: "归档登记",
    title: "谈话归档登记（更正前的也在内）",
    columns: &["记录号", "时间", "年度", "档案", "编号", "内容", "更正"],
    query: "SELECT 归档答复.记录号, 时间, 年度, 档案, 编号,
              (SELECT group_concat(key || '：' || value, '；') FROM json_each(内容)), iif(更正, '是', '')
            FROM 归档答复 JOIN 记录 ON 记录.记录号 = 归档答复.记录号 ORDER BY 归档答复.记录号, 序",
};

/// The chain itself.
const ENTRIES: HistorySheet = HistorySheet {
    name: "档案记录",
    title: "档案的全部记录",
    columns: &["记录号", "种类", "所指登记", "年度", "轮次", "时间", "经过", "链值"],
    query: "SELECT 记录.记录号, 种类, 登记号, 年度, CASE 轮次 WHEN 'H' THEN '半年' WHEN 'A' THEN '年度' END, 时间, 经过, 链值
            FROM 记录 LEFT JOIN 运行 ON 运行.记录号 = COALESCE(登记号, 记录.记录号) ORDER BY 记录.记录号",
};

/// A cell as the ledger has it.
fn text(value: ValueRef<'_>) -> rusqlite::Result<String> {
    Ok(match value {
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Null => String::new(),
        other => other.as_str()?.to_owned(),
    })
}

/// What stands in the columns that every list has.
fn answer(decision: Option<&Decision>) -> impl Iterator<Item = String> {
    printed::ANSWERS.into_iter().map(move |(name, _)| decision.map_or("", |given| given.says(name)).to_owned())
}

fn lines(dockets: &[Docket], due: &[Due]) -> LedgerSheet {
    let head = ["年度", "轮次", "名单", "处理", "处理编号", "对象", "编号"].into_iter().chain(PRINTED).chain(["状态"]);
    let columns: Vec<&str> = head
        .chain(printed::ANSWERS.map(|(name, _)| name))
        .chain(["办理期限", "办理结果", "办理情况", "核对码"])
        .collect();
    let mut first: BTreeMap<&str, &Due> = BTreeMap::new();
    for one in due {
        first.entry(&one.line).or_insert(one);
    }
    let mut rows = Vec::new();
    for docket in dockets {
        for line in &docket.lines {
            let past = &line.past;
            let mut row = texts![past.year, past.run.title(), line.list, past.action, past.id, past.name, past.subject];
            // Which source a lead came from shows in its rule: what is cited of such lines stays on the lists.
            let hidden = docket.is_confidential(line);
            for name in PRINTED {
                let told = !hidden || ![printed::BASIS, printed::FACTS].contains(&name);
                row.push(if told { docket.printed(line, name).to_owned() } else { String::new() });
            }
            let state = docket.state(line);
            let shared = state == State::Decided && line.adopted;
            row.push(format!("{}{}", state.word(), if shared { "（沿用半年）" } else { "" }));
            row.extend(answer(past.decision.as_ref()));
            row.extend(match first.get(past.id.as_str()) {
                Some(due) => texts![day_shown(due.until), due.done, due.standing.word()],
                None => texts!["", "", ""],
            });
            row.push(past.check.clone());
            rows.push(row);
        }
    }
    LedgerSheet::new("台账", "审定事项台账", &columns, rows)
}

fn withdrawn(dockets: &[Docket]) -> LedgerSheet {
    let rows = dockets.iter().flat_map(|docket| &docket.withdrawn).map(|past| {
        let mut row = texts![past.year, past.run.title(), past.action, past.id, past.name, past.subject];
        row.extend(answer(past.decision.as_ref()));
        row
    });
    let head = ["年度", "轮次", "处理", "处理编号", "对象", "编号"];
    let columns: Vec<&str> = head.into_iter().chain(printed::ANSWERS.map(|(name, _)| name)).collect();
    LedgerSheet::new("不再提出", "已审定，但重新运行后不再提出的事项", &columns, rows.collect())
}
