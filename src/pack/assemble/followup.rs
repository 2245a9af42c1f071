//! What a pack says about the time after a meeting: further measures, talks, tasks, influence periods and papers.

use serde::{Deserialize, Serialize};

use super::super::model::*;
use super::super::section::{At, Called, Day, DayAnswer, Name, TalkKind, Understood, Word, section};
use super::{Builder, stays_inside};

section! {
    /// A measure that a proposal may be changed to, beside the pack's actions and options.
    pub struct Measure at name {
        name: String as Word,
        /// Since when it is called so; none: not known, and `reading` says more.
        from: Option<chrono::NaiveDate> as Option<Day>,
        reading: Option<String>,
        /// What it means for the rules of later years, in words; the facts of the pack are what says so to the engine.
        means: String as Word,
    }
    check |raw, builder| {
        let (name, at) = (raw.name.get_ref(), raw.name.span());
        if builder.known.actions.contains(name) || builder.known.options.concat().contains(name) {
            let message = format!("处理措施「{name}」与处理或可选方式同名");
            builder.fault(at.clone(), message, "变更时本来就可以选用处理和可选方式，请删去".into());
        }
        if raw.from.is_none() && raw.reading.as_ref().is_none_or(|reading| reading.trim().is_empty()) {
            let message = format!("处理措施「{name}」没有写自何时起有这一名称，也没有说明");
            builder.fault(at, message, "请写明 from = 日期，不能确定的写明 reading = \"理由\"".into());
        }
        if raw.means.get_ref().trim().is_empty() {
            let message = format!("处理措施「{name}」没有说明对以后年度意味着什么");
            builder.fault(raw.means.span(), message, "请写明 means，例如：以后年度不作为依据".into());
        }
    }
}

section! {
    /// Which table holds the talks, and what its columns say of one.
    pub struct Talks at table {
        table: usize as At<Table>,
        date: String as Called<InputColumn>,
        kind: String as Called<InputColumn>,
        /// The year that it answers for.
        year: String as Called<InputColumn>,
        /// The line that it carries out.
        line: String as Called<InputColumn>,
    }
}

section! {
    /// A time after a measure in which it is to be weighed when somebody is proposed for something good.
    pub struct Influence at action {
        name: String,
        /// The action that it follows.
        action: String as Called<Action>,
        /// The kind of talk by which the action is done, where the input holds talks.
        talk: Option<String> as Option<TalkKind>,
        /// The parameter with its length in months.
        months: String as Called<Parameter>,
        /// Actions on whose lines a period is told that still runs; and those on which it is told for its year.
        on: Vec<usize> as Vec<At<Action>>,
        #[serde(default)]
        on_of_year: Vec<usize> as Vec<At<Action>>,
        /// SQL over the talks: it belongs to the run's year; it may.
        of_year: Option<Expression>,
        may_be_of_year: Option<Expression>,
        texts: InfluenceTexts,
        reading: String,
    }
    check |raw, builder| {
        let given = [&raw.talk, &raw.of_year, &raw.may_be_of_year].map(Option::is_some);
        if given.contains(&true) && given.contains(&false) {
            let message = format!("影响期「{}」的 talk、of_year、may_be_of_year 没有写全", raw.name);
            builder.fault(raw.action.span(), message, "报送表中有谈话的三项都写，没有的都不写".into());
        }
        let months = raw.months.get_ref();
        if builder.pack.parameters.iter().any(|parameter| parameter.name == *months && !parameter.whole) {
            let message = format!("参数「{months}」是月数，没有写明取整数");
            builder.fault(raw.months.span(), message, "请在该参数中写 whole = true".into());
        }
    }
}

/// The talk by which an action is done: its kind, and whether it belongs to the run's year, or may.
#[derive(Clone, Copy)]
pub struct InfluenceTalk<'p> {
    pub kind: &'p str,
    pub of_year: &'p Expression,
    pub may_be_of_year: &'p Expression,
}

impl Influence {
    /// The talk by which the action is done; all of it is given or nothing.
    pub fn by_talk(&self) -> Option<InfluenceTalk<'_>> {
        let (kind, of_year) = (self.talk.as_deref()?, self.of_year.as_ref()?);
        Some(InfluenceTalk { kind, of_year, may_be_of_year: self.may_be_of_year.as_ref()? })
    }
}

/// What is said, with `{from}` and `{to}` for the days.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InfluenceTexts {
    pub running: String,
    pub undated: String,
    pub of_year: String,
    #[serde(default)]
    pub may_be_of_year: String,
}

/// What has to happen once a line is agreed. Kept in the archive, so that the ledger needs no pack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    #[serde(rename = "事项")]
    pub what: String,
    /// Lines agreed to any of these.
    #[serde(rename = "处理")]
    pub actions: Vec<String>,
    /// Counted from the talk of this kind that carries the line out, where there is one; else from the decision.
    #[serde(rename = "自谈话", default, skip_serializing_if = "Option::is_none")]
    pub talk: Option<String>,
    #[serde(rename = "期限", default, skip_serializing_if = "Option::is_none")]
    pub within: Option<Within>,
    /// The answer column that sets the term instead.
    #[serde(rename = "期限列", default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// Done when this answer column is filled, or by a talk of this kind that carries the line out.
    #[serde(rename = "完成列", default, skip_serializing_if = "Option::is_none")]
    pub done: Option<String>,
    #[serde(rename = "完成谈话", default, skip_serializing_if = "Option::is_none")]
    pub done_by_talk: Option<String>,
    /// Only where the committee set a term.
    #[serde(rename = "仅限定期的", default, skip_serializing_if = "std::ops::Not::not")]
    pub only_set: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Within {
    #[serde(rename = "天")]
    Days(u32),
    #[serde(rename = "工作日")]
    WorkingDays(u32),
    #[serde(rename = "月")]
    Months(u32),
}

/// A task as a pack writes it; the archive has a form of its own.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawTask {
    what: Name,
    actions: Vec<Name>,
    talk: Option<Name>,
    days: Option<u32>,
    working_days: Option<u32>,
    months: Option<u32>,
    until: Option<Name>,
    done: Option<Name>,
    done_by_talk: Option<Name>,
    #[serde(default)]
    only_set: bool,
    reading: Option<String>,
}

impl Understood for Task {
    type Raw = RawTask;
    type Meant = Task;
    fn read(raw: RawTask, builder: &mut Builder) -> Option<Task> {
        let (at, what) = (raw.what.span(), raw.what.into_inner());
        let units =
            [raw.days.map(Within::Days), raw.working_days.map(Within::WorkingDays), raw.months.map(Within::Months)];
        let given: Vec<Within> = units.into_iter().flatten().collect();
        let mut fault = |message: String, remedy: &str| builder.fault(at.clone(), message, remedy.to_owned());
        if given.len() > 1 {
            fault(format!("事项「{what}」写了几种期限"), "days、working_days、months 请只写一个");
        }
        if given.is_empty() && raw.until.is_none() {
            let remedy = "请写明 days、working_days、months 之一，或 until = 答复列";
            fault(format!("事项「{what}」没有期限"), remedy);
        }
        if !given.is_empty() && raw.reading.is_none_or(|reading| reading.trim().is_empty()) {
            fault(format!("事项「{what}」的期限没有说明理由"), "请写明 reading = \"理由\"");
        }
        if raw.done.is_none() && raw.done_by_talk.is_none() {
            let remedy = "请写明 done = 答复列，或 done_by_talk = 谈话";
            fault(format!("事项「{what}」没有写怎样算完成"), remedy);
        }
        Some(Task {
            what,
            actions: Vec::<Called<Action>>::read(raw.actions, builder)?,
            talk: Option::<TalkKind>::read(raw.talk, builder)?,
            within: given.first().copied(),
            until: Option::<Called<DayAnswer>>::read(raw.until, builder)?,
            done: Option::<Called<AnswerColumn>>::read(raw.done, builder)?,
            done_by_talk: Option::<TalkKind>::read(raw.done_by_talk, builder)?,
            only_set: raw.only_set,
        })
    }
}

section! {
    /// A paper that goes out once a line is agreed, filled in with what is known and with room for the pen.
    pub struct Form at name {
        /// Its title, and the folder it lies in.
        name: String as Word,
        /// Whether it begins with a salutation.
        #[serde(default = "yes")]
        addressed: bool,
        /// Lines agreed to any of these.
        actions: Vec<String> as Vec<Called<Action>>,
        /// Who sends it.
        from: String,
        /// The sentences before the table: `{对象}`, `{单位}`, `{职务}`, `{办法}` stand for what they say.
        opening: String,
        asks: String,
        /// By when, as long as the committee has set no day in the answer column `until`.
        due: String,
        until: Option<String> as Option<Called<DayAnswer>>,
        /// Stands for grounds that are told to nobody but the committee.
        unsaid: String,
        /// What is filled in by hand, and how many lines of room it has.
        #[serde(default)]
        pen: Vec<Pen>,
        #[serde(default)]
        signatures: Vec<String>,
    }
    check |raw, builder| {
        let name = raw.name.get_ref();
        if name.contains('/') || !stays_inside(name) {
            let message = format!("文书「{name}」的名称不能用作文件夹名");
            builder.fault(raw.name.span(), message, "请只用文字、数字和 - _ （） 等符号".into());
        }
    }
}

fn yes() -> bool {
    true
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pen {
    pub label: String,
    pub lines: u32,
}

section! {
    /// A page from which a unit with a line of some action is analysed.
    pub struct Page at title {
        title: String as Word,
        /// Index of the action.
        action: usize as At<Action>,
        /// Stands on every page: to whom it may go.
        mark: String,
        note: String,
        tables: Vec<PageTable>,
        /// Where the members' grades of the year stand.
        grades: PageGrades,
    }
}

section! {
    /// The unit's rows of an input table.
    pub struct PageTable {
        title: String,
        table: usize as At<Table>,
        columns: Vec<String> as Vec<Called<InputColumn>>,
        /// The parameter that its scores are measured against.
        line: Option<String> as Option<Called<Parameter>>,
    }
}

section! {
    pub struct PageGrades {
        /// What stands over the table of the members.
        title: String,
        table: usize as At<Table>,
        grade: String as Called<InputColumn>,
        year: String as Called<InputColumn>,
    }
}
