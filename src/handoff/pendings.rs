//! 待定事项: what could not be decided, which facts are missing, and who sends them.
//!
//! A row for each subject and set of missing facts, with all the rules that wait for them: whoever sends a grade
//! settles five rules at once.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use crate::consequence::people::RegisterOrder;
use crate::consequence::{Awaited, Origin, Pending, Subject};
use crate::once::{Once, grouped, once};
use crate::pack::{Entity, Fact, Formula, Pack, Recipient, Source, printed, scope};
use crate::table::{line, text};

use super::Material;
use super::model::{Block, Column, LineStyle, Paper, Sheet, Value, Workbook, row};
use super::phrase::with_options;

pub const NAME: &str = "待定事项";

/// Cases of one subject that wait for the same: subjects in the order of the registers (whoever stands on none comes
/// last), those of one in the order in which the rules come.
fn waits<'a>(material: &Material<'a>) -> Vec<Vec<&'a Pending>> {
    let mut open: BTreeMap<(RegisterOrder, usize, &'a str), Vec<&'a Pending>> = BTreeMap::new();
    for case in &material.outcome.pending {
        let order = case.subject.map_or((u32::MAX, u8::MAX, u32::MAX), |subject| material.people.order(subject));
        open.entry((order, case.kind, &case.id)).or_default().push(case);
    }
    let missing = |case: &'a Pending| {
        let mut missing: Vec<&str> = case.missing.iter().map(String::as_str).collect();
        missing.sort_unstable();
        missing
    };
    let same = open.into_values().flat_map(|cases| grouped(cases.into_iter().map(|case| (missing(case), case))));
    same.map(|(_, cases)| cases).collect()
}

/// How many rows the workbook has.
pub fn count(material: &Material<'_>) -> usize {
    waits(material).len()
}

/// The workbook of pending cases.
pub fn workbook<'a>(material: &Material<'a>) -> Workbook<'a> {
    let pack = material.pack;
    let people = &material.people;
    let columns = vec![
        Column::centred(printed::NUMBER, 4.0, 7.0),
        Column::centred(printed::SUBJECT, 6.0, 18.0),
        Column::centred(printed::ID, 6.0, 12.0).whole(),
        Column::text(printed::UNIT, 8.0, 24.0),
        Column::text(printed::POST, 8.0, 24.0),
        Column::text("待定事由", 14.0, 60.0).in_clauses(),
        Column::text("缺少的事实", 10.0, 30.0).in_pieces(),
        Column::text("怎么办", 16.0, 60.0).in_clauses(),
        Column::text(printed::SOURCES, 14.0, 40.0).on_screen(),
        Column::text("规则", 6.0, 24.0).on_screen(),
    ];
    let waits = waits(material);
    let count = waits.len();
    let rows = (1..).zip(waits).map(|(number, cases)| {
        let first = cases[0];
        let subject = |text: &dyn Fn(Subject) -> Cow<'a, str>| {
            first.subject.map_or(Value::Blank, |subject| Value::text(text(subject)))
        };
        let mut sources: Vec<&Origin> = Vec::new();
        cases.iter().for_each(|case| sources.extend(&case.sources));
        let reasons = once(cases.iter().map(|case| reason(pack, case)));
        let rules = once(cases.iter().map(|case| case.rule.as_str()));
        row![
            number,
            &first.label,
            &first.id,
            subject(&|subject| people.unit_names(subject)),
            subject(&|subject| people.post(subject)),
            reasons.join("\n"),
            missing(first),
            remedy(pack, &cases),
            material.phrases.sources(sources.into_iter(), "\n"),
            rules.join("、"),
        ]
    });
    let block = Block::new(columns, rows.collect(), "本次没有待定事项。");
    let title = material.title(NAME);
    let day = material.info.as_of_line();
    let note = format!("{day}　　共 {count} 条　　事实不全，本次不作结论，也不视为没有问题；补齐后请重新运行。");
    let head = [(title, LineStyle::Title), (note, LineStyle::Note)];
    let sheet = Sheet::new(NAME, Paper::Lying, head, vec![block]).in_view(2);
    sheet.footed(super::CHECKED).alone(material.info.as_of)
}

/// What is pending: the provision with the actions it would lead to, or the case's own name.
pub fn reason<'a>(pack: &'a Pack, pending: &'a Pending) -> Cow<'a, str> {
    let Some(rule) = pending.rule_index.map(|index| &pack.rules[index]) else { return pending.rule.as_str().into() };
    // Where only recipients are missing, what goes to others has been proposed.
    let lacks = |to: &Recipient| match to {
        Recipient::Itself => None,
        Recipient::Role { role: name, .. } | Recipient::Named { column: name, .. } => {
            pending.missing.iter().find(|missing| *missing == name)
        }
    };
    let lacked = once(rule.proposals.iter().filter_map(|proposal| lacks(&proposal.to)));
    let all = lacked.is_empty() || lacked.len() < pending.missing.len();
    let waiting = rule.proposals.iter().filter(|proposal| all || lacks(&proposal.to).is_some());
    let actions = once(waiting.map(|proposal| with_options(&pack.actions[proposal.action].name, &proposal.options)));
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
        several => several.iter().map(|name| format!("「{name}」")).collect::<Vec<_>>().join("\n").into(),
    }
}

/// What to do: which table to send or mend, and which office does.
fn remedy(pack: &Pack, cases: &[&Pending]) -> String {
    let first = cases[0];
    if first.missing.is_empty() {
        return "没有条款适用，请研究是否另行处理".to_owned();
    }
    let mut steps: Vec<Todo> = Vec::new();
    for step in first.missing.iter().flat_map(|name| steps_for(pack, cases, name)) {
        match steps.iter_mut().find(|known| known.joins(&step)) {
            Some(known) => {
                step.cells.into_iter().for_each(|cell| known.cells.once(cell));
                step.tells.into_iter().for_each(|name| known.tells.once(name));
            }
            None => steps.push(step),
        }
    }
    steps.iter().map(Todo::words).collect::<Vec<_>>().join("；")
}

/// What somebody has to do: the table is named once, however many of its columns are missing.
#[derive(Default)]
struct Todo {
    says: String,
    /// Columns to be filled in.
    cells: Vec<String>,
    /// The missing facts that they tell.
    tells: Vec<String>,
}

impl Todo {
    fn joins(&self, other: &Todo) -> bool {
        self.says == other.says
            && self.cells.is_empty() == other.cells.is_empty()
            && self.tells.is_empty() == other.tells.is_empty()
    }

    fn words(&self) -> String {
        let quoted = |names: &[String]| -> String { names.iter().map(|name| format!("「{name}」")).collect() };
        let tells = if self.tells.is_empty() { String::new() } else { format!("，以查明{}", quoted(&self.tells)) };
        format!("{}{}{tells}", self.says, quoted(&self.cells))
    }
}

impl From<String> for Todo {
    fn from(says: String) -> Todo {
        Todo { says, ..Todo::default() }
    }
}

fn steps_for(pack: &Pack, cases: &[&Pending], name: &str) -> Vec<Todo> {
    let case = cases[0];
    let mend = |table: usize| {
        let table = &pack.tables[table];
        format!("请{}更正《{}》中被退回的行（见数据问题清单、退回单）后重新报送", office(&table.sent_by), table.name)
    };
    if let Some(table) = pack.tables.iter().position(|table| table.name == name) {
        return vec![mend(table).into()];
    }
    if name == pack.pendings.register {
        return vec![mend(pack.subjects[case.kind].register).into()];
    }
    let named = || vec![name.to_owned()];
    let there = |table: usize| {
        let table = &pack.tables[table];
        format!("请{}在《{}》中补齐", office(&table.sent_by), table.name)
    };
    if let Some(table) = said_in(pack, case, name) {
        return vec![Todo { says: there(table), cells: named(), tells: Vec::new() }];
    }
    // What the run knows it to wait for; else where it may come from.
    let lacks = cases.iter().flat_map(|case| &case.lacks).filter(|lack| lack.missing == name);
    let mut wanted: Vec<Awaited> = lacks.map(|lack| lack.wanted).collect();
    if wanted.is_empty() {
        wanted = behind(pack, case, name);
    }
    if wanted.is_empty() {
        return vec![Todo { says: "请查明并补齐".to_owned(), cells: named(), tells: Vec::new() }];
    }
    // By table the columns that are blank, and those of rows that are not there.
    let mut tables: BTreeMap<usize, [BTreeSet<usize>; 2]> = BTreeMap::new();
    for one in &wanted {
        match *one {
            Awaited::Filled { table, column } => drop(tables.entry(table).or_default()[0].insert(column)),
            Awaited::Sent { table, column } => tables.entry(table).or_default()[1].extend(column),
            Awaited::Decided | Awaited::Settled => {}
        }
    }
    let mut steps: Vec<Todo> = Vec::new();
    for (at, columns) in tables {
        let table = &pack.tables[at];
        let called = |columns: BTreeSet<usize>| columns.into_iter().map(|at| table.columns[at].name.clone());
        let [cells, rows]: [Vec<String>; 2] = columns.map(|columns| called(columns).collect());
        let own = cells == [name] || (cells.is_empty() && table.column(name).is_some());
        steps.push(if own {
            Todo { says: there(at), cells: named(), tells: Vec::new() }
        } else if !cells.is_empty() {
            Todo { says: there(at), cells, tells: named() }
        } else {
            let of = if rows.is_empty() { "" } else { "的" };
            let says = format!("请{}补报或补齐《{}》{of}", office(&table.sent_by), table.name);
            Todo { says, cells: rows, tells: named() }
        });
    }
    if wanted.contains(&Awaited::Decided) {
        steps.push(decide(pack, cases).into());
    }
    if wanted.contains(&Awaited::Settled) {
        steps.push("本人其他待定事项补齐后即可判断".to_owned().into());
    }
    steps
}

/// Which lines of earlier runs a committee has still to decide, and on which list they stand.
fn decide(pack: &Pack, cases: &[&Pending]) -> String {
    let origins = cases.iter().flat_map(|case| &case.sources);
    let open = once(origins.filter_map(|origin| match origin {
        Origin::Archive(id) => Some(id.as_str()),
        Origin::Cell(_) => None,
    }));
    let list = |id: &str| {
        let action = line::parse(pack, &text::key(id))?.action;
        Some(&pack.lists[pack.actions[action].list].name)
    };
    let named: Vec<String> =
        open.into_iter().map(|id| list(id).map_or(id.to_owned(), |list| format!("《{list}》的 {id}"))).collect();
    match named.as_slice() {
        [] => "此前提出而尚未审定的，请委员会审定后收回意见".to_owned(),
        several => format!("请委员会审定{}，再收回意见", several.join("、")),
    }
}

fn office(sent_by: &str) -> &str {
    if sent_by.is_empty() { "报送单位" } else { sent_by }
}

/// The table in which stands what no rows are summed up for: whom the rule reaches by their role or by name, another reading
/// of a row.
fn said_in(pack: &Pack, case: &Pending, name: &str) -> Option<usize> {
    let rule = case.rule_index.map(|index| &pack.rules[index]);
    let reached = rule.into_iter().flat_map(|rule| &rule.proposals).find_map(|proposal| match &proposal.to {
        Recipient::Role { role, .. } if role == name => Some(pack.membership.table),
        Recipient::Named { column, fact } if column == name => {
            pack.facts.iter().find(|known| known.name == *fact).and_then(Fact::table)
        }
        _ => None,
    });
    reached.or_else(|| pack.forks.iter().find(|fork| fork.missing == name).map(|fork| fork.table))
}

/// Where a fact of the case, or a column of what its rule is about, may come from.
fn behind(pack: &Pack, case: &Pending, name: &str) -> Vec<Awaited> {
    let known = || (0..pack.facts.len()).filter(|at| pack.facts[*at].name == name);
    let whose = Entity::Subject(case.kind);
    let of = case.rule_index.map_or(whose, |index| pack.rules[index].of);
    let of_entity = |of: Entity| known().find(|at| pack.facts[*at].of == of);
    let fact = of_entity(of).or_else(|| of_entity(whose)).or_else(|| known().next());
    let sent = |table: usize| Some(Awaited::Sent { table, column: None });
    let own = |of: Entity, name: &str| {
        let table = scope::table_of(pack, of)?;
        pack.tables[table].column(name).and_then(|_| sent(table))
    };
    if fact.is_none() {
        return own(of, name).into_iter().collect();
    }
    let rests_on = pack.resting_on(fact).into_iter().filter_map(|at| match &pack.facts[at].formula {
        // A register says who belongs here; what is asked about them has its own tables.
        Formula::Aggregate { source: Source::Table(table), .. } if pack.tables[*table].register => None,
        Formula::Aggregate { source: Source::Table(table), .. } => sent(*table),
        Formula::Aggregate { source: Source::Pending, .. } => Some(Awaited::Settled),
        Formula::Aggregate { source: Source::Archive | Source::ArchiveGrounds, .. } => Some(Awaited::Decided),
        Formula::Own { .. } => own(pack.facts[at].of, &pack.facts[at].name),
        Formula::Aggregate { .. } | Formula::Covered => None,
    });
    rests_on.collect()
}
