//! 会审一览: what the meeting reads, a row for each person or team with everything proposed about them.
//!
//! The lists are answered, this is read: so it is one page's width of large type, and nothing in it is filled in. Who
//! is decided in everything moves to a sheet of its own.

use std::borrow::Cow;

use rayon::prelude::*;

use crate::consequence::{Line, Subject};
use crate::once::{grouped, once};
use crate::pack::printed;

use super::Material;
use super::lists::Cells;
use super::model::{Block, Column, LineStyle, Paper, Sheet, Value, Workbook};
use super::phrase;

const OPEN: &str = "一览";
const DECIDED: &str = "已决";

/// Everything proposed about one subject.
pub struct MeetingRow {
    subject: Subject,
    decided: bool,
    /// As printed behind the number; with the answers where all of it is decided.
    cells: Cells,
}

/// Of all cases those about whose subjects one authority decides; without one all.
pub fn decided_by<'c>(
    material: &Material<'_>,
    cases: &'c [MeetingRow],
    authority: Option<&str>,
) -> impl Iterator<Item = &'c MeetingRow> {
    let decides = |case: &MeetingRow, authority| material.people.decider(case.subject) == authority;
    cases.iter().filter(move |case| authority.is_none_or(|authority| decides(case, authority)))
}

/// The workbook, of all or of the subjects about whom one authority decides.
pub fn workbook<'c>(material: &Material<'_>, cases: &'c [MeetingRow], authority: Option<&str>) -> Workbook<'c> {
    let mut title = material.title(printed::MEETING);
    super::lists::name_authority(&mut title, authority);
    let (decided, open): (Vec<_>, Vec<_>) = decided_by(material, cases, authority).partition(|case| case.decided);
    let sheets = vec![
        sheet(material, &title, OPEN, &open, "没有待审定的班子和干部。"),
        sheet(material, &title, DECIDED, &decided, "还没有全部审定的班子和干部。"),
    ];
    Workbook::new(material.info.as_of, sheets)
}

/// Subjects in the order of the registers, without what is only planned by share.
pub fn cases(material: &Material<'_>) -> Vec<MeetingRow> {
    let cases = material.by_subject(|line| !material.pack.is_planned(line.action));
    let case = |(subject, mut lines): (_, Vec<&Line>)| {
        lines.sort_by_key(|line| line.action);
        case(material, subject, &lines)
    };
    cases.into_par_iter().map(case).collect()
}

fn sheet<'c>(material: &Material<'_>, title: &str, name: &str, cases: &[&'c MeetingRow], empty: &str) -> Sheet<'c> {
    let mut columns = vec![
        Column::centred(printed::NUMBER, 4.0, 7.0),
        Column::centred(printed::SUBJECT, 8.0, 18.0).whole(),
        Column::text(UNIT_AND_POST, 12.0, 30.0).in_pieces(),
        Column::centred(printed::AUTHORITY, 4.0, 12.0),
        Column::text(PROPOSED, 16.0, 44.0).in_pieces(),
        Column::text(GROUNDS, 40.0, 110.0).in_clauses(),
    ];
    if name == DECIDED {
        columns.push(Column::text(ANSWER, 12.0, 30.0).in_pieces());
    }
    columns.push(Column::text(printed::HINTS, 8.0, 40.0).in_sentences());
    let rows = (1..).zip(cases).map(|(number, case)| {
        std::iter::once(Value::Count(number)).chain(case.cells.iter().map(Value::cleaned)).collect()
    });
    let (day, count) = (material.info.as_of_line(), cases.len());
    let stand = if name == DECIDED { "所列均已审定" } else { "所列均为建议" };
    let note = format!("{day}　　共 {count} 个对象　　{stand}。本表供会议阅看，不在本表填写；意见请填在各名单上。");
    let head = [
        (title.to_owned(), LineStyle::Title),
        ("内部资料　　密级：＿＿＿＿＿＿".to_owned(), LineStyle::Paragraph),
        (note, LineStyle::Paragraph),
    ];
    let block = Block::new(columns.into_iter().map(Column::large).collect(), rows.collect(), empty);
    let sheet = Sheet { protected: true, ..Sheet::new(name, Paper::Large, head, vec![block]) };
    sheet.in_view(2).footed("内部资料")
}

/// Sentences of a cell that stand on lines of their own on the large page, as [`phrase::ON_LINES`] on lists.
const ON_LINES: usize = 12;

const UNIT_AND_POST: &str = "单位及职务";
const PROPOSED: &str = "拟处理";
const GROUNDS: &str = "事实与依据";
const ANSWER: &str = "决定";

fn case(material: &Material<'_>, subject: Subject, lines: &[&Line]) -> MeetingRow {
    let people = &material.people;
    let numbered = |texts: Vec<String>| {
        let lines = (1..).zip(texts).map(|(number, text)| format!("{number}．{text}"));
        lines.collect::<Vec<_>>().join("\n")
    };
    let proposed = lines.iter().map(|line| phrase::proposed(material.pack, line));
    let unit = people.unit_names(subject);
    let post = people.post(subject);
    let place = if subject.kind == people.unit || post.is_empty() { unit } else { format!("{unit}\n{post}").into() };
    let (label, authority) = (people.label(subject).into(), people.authority(subject).into());
    let grounds = grounds(material, subject, lines).into();
    let mut cells: Vec<Cow<'_, str>> = vec![label, place, authority, numbered(proposed.collect()).into(), grounds];
    let decided = lines.iter().all(|line| material.pack.answers.decides(line.opinion()));
    if decided {
        cells.push(numbered(lines.iter().map(|line| answer(material, line)).collect()).into());
    }
    cells.push(hints(material, lines).into());
    MeetingRow { subject, decided, cells: Cells::new(cells) }
}

/// A sentence a ground, with the numbers of the consequences that rest on it.
fn grounds(material: &Material<'_>, subject: Subject, lines: &[&Line]) -> String {
    let phrases = &material.phrases;
    let recipient = material.people.id(subject);
    with_numbers((1..).zip(lines).flat_map(|(number, line)| {
        line.grounds.iter().map(move |ground| {
            let facts = phrases.facts(recipient, std::iter::once(ground));
            let basis = phrases.basis(line.action, std::iter::once(ground.rule)).replace('\n', "");
            (if facts.is_empty() { basis } else { format!("{facts}。{basis}") }, number)
        })
    }))
}

/// Flags and hints, with the numbers of the consequences that they are about.
fn hints(material: &Material<'_>, lines: &[&Line]) -> String {
    let hints = lines.iter().map(|line| material.phrases.hints(line).into_owned());
    with_numbers(hints.zip(1..).filter(|(hint, _)| !hint.is_empty()))
}

fn with_numbers(told: impl Iterator<Item = (String, usize)>) -> String {
    let lines = grouped(told).into_iter().map(|(sentence, numbers)| {
        let numbers: Vec<String> = once(numbers).iter().map(usize::to_string).collect();
        format!("{}．{sentence}", numbers.join("、"))
    });
    let lines: Vec<String> = lines.collect();
    lines.join(if lines.len() > ON_LINES { "　" } else { "\n" })
}

/// What was decided about a line: 同意, 变更（约谈）, with the day.
fn answer(material: &Material<'_>, line: &Line) -> String {
    let Some(decision) = line.decision.as_deref() else { return String::new() };
    let action = &material.pack.actions[line.action].name;
    let more = [decision.method(), decision.date()].into_iter().filter(|said| !said.is_empty() && said != action);
    let more: Vec<&str> = more.collect();
    if more.is_empty() {
        decision.opinion().to_owned()
    } else {
        format!("{}（{}）", decision.opinion(), more.join("，"))
    }
}
