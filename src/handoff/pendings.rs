//! 待定事项: what could not be decided, which fact is missing, and who can supply it.

use std::borrow::Cow;

use crate::consequence::{Pending, Subject};
use crate::pack::{Pack, printed};

use super::model::{Block, Column, LineStyle, Paper, Sheet, Value, Workbook};
use super::{Material, RunInfo};

pub const NAME: &str = "待定事项";

/// The workbook of pending cases, in the order of the outcome: by rule, then by register.
pub fn workbook<'a>(material: &Material<'a>, info: &RunInfo) -> Workbook<'a> {
    let pack = material.pack;
    let people = &material.people;
    let columns = vec![
        Column::centred(printed::NUMBER, 4.0, 7.0),
        Column::text("待定事由", 14.0, 36.0),
        Column::centred(printed::SUBJECT, 6.0, 18.0),
        Column::centred(printed::ID, 6.0, 12.0),
        Column::text(printed::UNIT, 8.0, 24.0),
        Column::text(printed::POST, 8.0, 24.0),
        Column::text("缺少的事实", 12.0, 40.0),
        Column::text("怎么办", 16.0, 44.0),
        Column::text(printed::SOURCES, 18.0, 50.0).small(),
        Column::centred("规则", 6.0, 14.0).small(),
    ];
    let rows = (1..).zip(&material.outcome.pending).map(|(number, pending)| {
        let subject = |text: &dyn Fn(Subject) -> Cow<'a, str>| {
            pending.subject.map_or(Value::Blank, |subject| Value::text(text(subject)))
        };
        vec![
            Value::Count(number),
            Value::text(reason(pack, pending)),
            Value::text(pending.label.as_str()),
            Value::text(pending.id.as_str()),
            subject(&|subject| people.unit_names(subject)),
            subject(&|subject| people.post(subject)),
            Value::text(missing(pending)),
            Value::text(remedy(pack, pending)),
            Value::text(material.phrases.sources(pending.sources.iter(), "\n")),
            Value::text(pending.rule.as_str()),
        ]
    });
    let block = Block::new(columns, rows.collect(), "本次没有待定事项。");
    let title = info.title(pack, NAME);
    let head = super::lines([
        (title.clone(), LineStyle::Title),
        (
            format!(
                "{}　　共 {} 项　　事实不全，本次不作结论，也不视为没有问题；补齐后请重新运行。",
                info.as_of_line(),
                material.outcome.pending.len()
            ),
            LineStyle::Note,
        ),
    ]);
    let sheet = Sheet {
        name: NAME.to_owned(),
        paper: Paper::Lying,
        head,
        blocks: vec![block],
        tail: Vec::new(),
        protected: false,
        frozen: Some(3),
        filter: true,
        foot_left: "核对人（签字）：＿＿＿＿＿＿　　日期：＿＿＿＿年＿＿月＿＿日".to_owned(),
        foot_right: info.as_of_line(),
    };
    Workbook { title, as_of: info.as_of, sheets: vec![sheet] }
}

/// What is pending: the provision with the actions it would lead to, or the case's own name.
pub fn reason<'a>(pack: &'a Pack, pending: &'a Pending) -> Cow<'a, str> {
    let Some(rule) = pending.rule_index.map(|index| &pack.rules[index]) else { return pending.rule.as_str().into() };
    let mut actions: Vec<String> = Vec::new();
    for proposal in &rule.proposals {
        let name = &pack.actions[proposal.action].name;
        let options = &proposal.options;
        let named = if options.is_empty() { name.clone() } else { format!("{name}（{}）", options.join("、")) };
        if !actions.contains(&named) {
            actions.push(named);
        }
    }
    match (rule.citation.is_empty(), actions.is_empty()) {
        (_, false) => format!("{}：是否{}", rule.citation, actions.join("、")).into(),
        // A rule that only marks cases is named for people.
        (true, true) => rule.id.as_str().into(),
        (false, true) => format!("{}（{}）", rule.id, rule.citation).into(),
    }
}

fn missing(pending: &Pending) -> Cow<'_, str> {
    match pending.missing.as_slice() {
        [] => "—".into(),
        several => several.iter().map(|name| format!("「{name}」")).collect::<String>().into(),
    }
}

/// What to do, told from the kind of thing that is missing.
fn remedy(pack: &Pack, pending: &Pending) -> String {
    let is_table = |name: &String| pack.tables.iter().any(|table| &table.name == name);
    let named = |names: &[&String]| names.iter().map(|name| format!("「{name}」")).collect::<String>();
    let (tables, facts): (Vec<&String>, Vec<&String>) =
        pending.missing.iter().partition(|name| is_table(name) || **name == pack.pendings.register);
    let mut steps = Vec::new();
    if pending.missing.is_empty() {
        steps.push("没有条款适用，请研究是否另行处理".to_owned());
    }
    if !tables.is_empty() {
        steps.push(format!("更正{}中被退回的行（见数据问题清单）", named(&tables)));
    }
    if !facts.is_empty() {
        steps.push(format!("查明并补齐{}", named(&facts)));
    }
    steps.join("；")
}
