//! 会审一览: what the meeting reads, a row for each person or team with everything proposed about them.
//!
//! The lists are answered, this is read: so it is one page's width of large type, and nothing in it is filled in. Who
//! is decided in everything moves to a sheet of its own.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::consequence::{Line, Subject};
use crate::pack::printed;

use super::model::{Block, Column, LineStyle, Paper, Sheet, Value, Workbook, row};
use super::people::Order;
use super::phrase;
use super::{Material, RunInfo};

const OPEN: &str = "一览";
const DECIDED: &str = "已决";

/// Everything proposed about one subject, in the order of the pack's actions.
struct Case<'a> {
    subject: Subject,
    lines: Vec<&'a Line>,
}

impl Case<'_> {
    fn decided(&self, material: &Material<'_>) -> bool {
        let answers = &material.pack.answers;
        self.lines.iter().all(|line| {
            let opinion = line.decision.as_ref().map_or("", |decision| decision.opinion.as_str());
            !opinion.is_empty() && opinion != answers.defer
        })
    }
}

/// The workbook, of all or of the subjects about whom one authority decides.
pub fn workbook<'a>(material: &'a Material<'_>, info: &RunInfo, authority: Option<&str>) -> Workbook<'a> {
    let mut title = info.title(material.pack, printed::MEETING);
    super::lists::name_authority(&mut title, authority);
    let (decided, open): (Vec<Case<'a>>, Vec<Case<'a>>) =
        cases(material, authority).into_iter().partition(|case| case.decided(material));
    let sheets = vec![
        sheet(material, info, &title, OPEN, &open, "没有待审定的班子和干部。"),
        sheet(material, info, &title, DECIDED, &decided, "还没有全部审定的班子和干部。"),
    ];
    Workbook { title, as_of: info.as_of, sheets }
}

/// Subjects in the order of the registers, without what is only planned by share.
fn cases<'a>(material: &'a Material<'_>, authority: Option<&str>) -> Vec<Case<'a>> {
    let people = &material.people;
    let mut by_subject: BTreeMap<(Order, Subject), Vec<&'a Line>> = BTreeMap::new();
    for line in material.outcome.lines.iter().filter(|line| !material.pack.is_planned(line.action)) {
        if authority.is_none_or(|authority| people.decider(line.subject) == authority) {
            by_subject.entry((people.order(line.subject), line.subject)).or_default().push(line);
        }
    }
    let cases = by_subject.into_iter().map(|((_, subject), mut lines)| {
        lines.sort_by_key(|line| line.action);
        Case { subject, lines }
    });
    cases.collect()
}

fn sheet<'a>(
    material: &Material<'_>,
    info: &RunInfo,
    title: &str,
    name: &str,
    cases: &[Case<'a>],
    empty: &str,
) -> Sheet<'a> {
    let mut columns = vec![
        Column::centred(printed::NUMBER, 4.0, 7.0),
        Column::centred(printed::SUBJECT, 8.0, 18.0),
        Column::text(UNIT_AND_POST, 16.0, 36.0),
        Column::centred(printed::AUTHORITY, 4.0, 12.0),
        Column::text(PROPOSED, 16.0, 40.0),
        Column::text(GROUNDS, 40.0, 110.0),
    ];
    let with_answers = name == DECIDED;
    if with_answers {
        columns.push(Column::text(ANSWER, 12.0, 30.0));
    }
    columns.push(Column::text(printed::HINTS, 8.0, 40.0));
    let rows = (1..).zip(cases).map(|(number, case)| row(material, number, case, with_answers)).collect();
    let (day, count) = (info.as_of_line(), cases.len());
    let note =
        format!("{day}　　共 {count} 个对象　　所列均为建议。本表供会议阅看，不在本表填写；意见请填在各名单上。");
    let head = [
        (title.to_owned(), LineStyle::Title),
        ("内部资料　　密级：＿＿＿＿＿＿".to_owned(), LineStyle::Paragraph),
        (note, LineStyle::Paragraph),
    ];
    let block = Block::new(columns.into_iter().map(Column::large).collect(), rows, empty);
    let sheet = Sheet { protected: true, ..Sheet::new(name, Paper::Large, head, vec![block]) };
    sheet.in_view(2).footed("内部资料")
}

const UNIT_AND_POST: &str = "单位及职务";
const PROPOSED: &str = "拟处理";
const GROUNDS: &str = "事实与依据";
const ANSWER: &str = "决定";

fn row<'a>(material: &Material<'_>, number: u64, case: &Case<'a>, with_answers: bool) -> Vec<Value<'a>> {
    let people = &material.people;
    let numbered = |texts: Vec<String>| {
        let lines = (1..).zip(texts).map(|(number, text)| format!("{number}．{text}"));
        lines.collect::<Vec<_>>().join("\n")
    };
    let proposed = case.lines.iter().map(|line| phrase::proposed(material.pack, line));
    let unit = people.unit_names(case.subject);
    let post = people.post(case.subject);
    let place = if case.subject.kind == people.unit || post.is_empty() {
        unit.into_owned()
    } else {
        format!("{unit}　{post}")
    };
    let (label, authority) = (people.label(case.subject).to_owned(), people.authority(case.subject).to_owned());
    let mut cells = row![number, label, place, authority, numbered(proposed.collect()), grounds(material, case)];
    if with_answers {
        cells.push(Value::text(numbered(case.lines.iter().map(|line| answer(material, line)).collect())));
    }
    cells.push(Value::text(hints(material, case)));
    cells
}

/// A sentence a ground, with the numbers of the consequences that rest on it.
fn grounds(material: &Material<'_>, case: &Case<'_>) -> String {
    let phrases = &material.phrases;
    let recipient = material.people.id(case.subject);
    let mut told: Vec<(String, Vec<usize>)> = Vec::new();
    for (number, line) in (1..).zip(&case.lines) {
        for ground in &line.grounds {
            let facts = phrases.facts(recipient, std::iter::once(ground));
            let basis = phrases.basis(line.action, std::iter::once(ground.rule)).replace('\n', "");
            let sentence = if facts.is_empty() { basis } else { format!("{facts}。{basis}") };
            match told.iter_mut().find(|(known, _)| *known == sentence) {
                Some((_, numbers)) if numbers.contains(&number) => {}
                Some((_, numbers)) => numbers.push(number),
                None => told.push((sentence, vec![number])),
            }
        }
    }
    with_numbers(told)
}

/// Flags and hints, with the numbers of the consequences that they are about.
fn hints(material: &Material<'_>, case: &Case<'_>) -> String {
    let mut told: Vec<(String, Vec<usize>)> = Vec::new();
    for (number, line) in (1..).zip(&case.lines) {
        let hint: Cow<'_, str> = material.phrases.hints(line);
        if hint.is_empty() {
            continue;
        }
        match told.iter_mut().find(|(known, _)| *known == hint) {
            Some((_, numbers)) => numbers.push(number),
            None => told.push((hint.into_owned(), vec![number])),
        }
    }
    with_numbers(told)
}

fn with_numbers(told: Vec<(String, Vec<usize>)>) -> String {
    let lines = told.into_iter().map(|(sentence, numbers)| {
        let numbers: Vec<String> = numbers.iter().map(usize::to_string).collect();
        format!("{}．{sentence}", numbers.join("、"))
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// What was decided about a line: 同意, 变更（约谈）, with the day.
fn answer(material: &Material<'_>, line: &Line) -> String {
    let Some(decision) = line.decision.as_deref() else { return String::new() };
    let action = &material.pack.actions[line.action].name;
    let mut more: Vec<&str> = Vec::new();
    if !decision.method.is_empty() && decision.method != *action {
        more.push(&decision.method);
    }
    if !decision.date.is_empty() {
        more.push(&decision.date);
    }
    if more.is_empty() { decision.opinion.clone() } else { format!("{}（{}）", decision.opinion, more.join("，")) }
}
