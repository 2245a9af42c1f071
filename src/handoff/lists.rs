//! The action lists: the product itself. Each goes to a committee, is filled in and comes back.
//!
//! A list is laid out as texts first ([`ListTable`]): the archive registers these texts, and what
//! comes back is compared with them cell by cell. The workbook is then made from the same texts.

use std::borrow::Cow;
use std::ops::Index;

use chrono::NaiveDate;
use rayon::prelude::*;

use crate::consequence::people::RegisterOrder;
use crate::consequence::{Line, Origin, QuotaPlan};
use crate::once::Once;
use crate::pack::printed::{self, METHOD, METHODS, OPINION};
use crate::pack::{List, ListOrder, Pack, Run, Tone, recipients};
use crate::place::{A1, Cell, letters};

use super::Material;
use super::measure;
use super::model::{Alarm, AnswerCell, AnswerKind, Block, Column, LineStyle, Paper, Sheet, Value, Workbook};

/// A list as texts: what is printed, registered and compared.
#[derive(Debug, Clone)]
pub struct ListTable<'a> {
    /// The workbook's name without ending (`通报名单`).
    pub list: &'a str,
    /// What its title calls it.
    pub heading: &'a str,
    /// Index into the pack's lists; none for the register of talks.
    pub index: Option<usize>,
    pub columns: Vec<ListColumn<'a>>,
    pub rows: Vec<ListRow>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListColumn<'a> {
    pub name: &'a str,
    /// Of one that is to be filled in, whether it is a day.
    pub answer: Option<bool>,
}

/// A row: `cells` are the texts of every column exactly as written, in the table's column order.
#[derive(Debug, Clone)]
pub struct ListRow {
    /// What it prints: of the run's outcome a line, in the register of talks an entry.
    pub of: usize,
    pub cells: Cells,
    /// The first cell that the row cites, for a link.
    pub source: Option<Cell>,
}

/// The texts of a row, one behind the other: in two thirds of the room that as many texts of their own take.
#[derive(Debug, Clone)]
pub struct Cells {
    texts: Box<str>,
    /// Where each text ends and the next begins.
    ends: Box<[u32]>,
}

impl Cells {
    /// Cleaned of what a workbook cannot hold.
    pub fn new(cells: Vec<Cow<'_, str>>) -> Self {
        let cells: Vec<Cow<'_, str>> = cells.into_iter().map(super::text::printable).collect();
        let mut texts = String::with_capacity(cells.iter().map(|cell| cell.len()).sum());
        let ends = cells.iter().map(|cell| {
            texts.push_str(cell);
            texts.len() as u32
        });
        Cells { ends: ends.collect(), texts: texts.into() }
    }

    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.ends.len()).map(|at| &self[at])
    }
}

impl Index<usize> for Cells {
    type Output = str;

    fn index(&self, at: usize) -> &str {
        let start = if at == 0 { 0 } else { self.ends[at - 1] };
        &self.texts[start as usize..self.ends[at] as usize]
    }
}

impl<'a> ListTable<'a> {
    pub fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }

    /// A row's cells by column name.
    pub fn cells<'t>(&'t self, row: &'t ListRow) -> impl Iterator<Item = (&'a str, &'t str)> {
        self.columns.iter().map(|column| column.name).zip(row.cells.iter())
    }
}

/// The tables of all lists, in the pack's order.
pub fn tables<'a>(material: &Material<'a>) -> Vec<ListTable<'a>> {
    let mut by_list: Vec<Vec<(usize, &'a Line)>> = vec![Vec::new(); material.pack.lists.len()];
    for (of, line) in material.outcome.lines.iter().enumerate() {
        by_list[material.pack.actions[line.action].list].push((of, line));
    }
    by_list.into_par_iter().enumerate().map(|(index, lines)| table(material, index, lines)).collect()
}

fn table<'a>(material: &Material<'a>, index: usize, mut lines: Vec<(usize, &'a Line)>) -> ListTable<'a> {
    let list = &material.pack.lists[index];
    lines.sort_by_cached_key(|(_, line)| place(material, list, line));
    let rows = lines.par_iter().enumerate().map(|(at, (of, line))| row(material, list, at + 1, *of, line)).collect();
    let columns = columns(&printed::LIST, answers(list), &printed::LIST_SCREEN);
    ListTable { list: &list.name, heading: &list.title, index: Some(index), columns, rows }
}

/// The columns of a list that are filled in, and whether they are days.
fn answers(list: &List) -> impl Iterator<Item = (&str, bool)> {
    let own = list.extra_answers.iter().map(|answer| (answer.name.as_str(), answer.is_date));
    printed::ANSWERS.into_iter().chain(own)
}

/// What is to be read, then the answers, then what stands on the screen alone.
pub fn columns<'a>(
    read: &[&'static str],
    answers: impl Iterator<Item = (&'a str, bool)>,
    screen: &[&'static str],
) -> Vec<ListColumn<'a>> {
    let told = |name: &&'static str| ListColumn { name, answer: None };
    let answers = answers.map(|(name, date)| ListColumn { name, answer: Some(date) });
    read.iter().map(told).chain(answers).chain(screen.iter().map(told)).collect()
}

/// Register order; where the list asks for it, by authority first.
fn place(material: &Material<'_>, list: &List, line: &Line) -> ((u8, u32), RegisterOrder, usize) {
    let authority = match list.order {
        None | Some(ListOrder::Register) => (0, 0),
        Some(ListOrder::Authority) => material.people.authority_order(line.subject),
    };
    (authority, material.people.order(line.subject), line.action)
}

fn row(material: &Material<'_>, list: &List, number: usize, of: usize, line: &Line) -> ListRow {
    let people = &material.people;
    let phrases = &material.phrases;
    let subject = line.subject;
    let mut facts = phrases.facts(people.id(subject), line.grounds.iter());
    let action = material.pack.actions[line.action].name.as_str();
    if facts.is_empty() && material.pack.is_planned(line.action) {
        facts = format!("截至基准日，本年尚未{action}，列入计划");
    }
    let sources = phrases.sources(line.grounds.iter().flat_map(|ground| &ground.sources), "；");
    let columns = printed::LIST.len() + printed::ANSWERS.len() + list.extra_answers.len() + printed::LIST_SCREEN.len();
    let mut cells: Vec<Cow<'_, str>> = Vec::with_capacity(columns);
    cells.extend([
        number.to_string().into(),
        people.label(subject).into(),
        people.unit_names(subject),
        people.post(subject),
        people.authority(subject).into(),
        action.into(),
        together(&line.options),
        phrases.basis(line.action, line.rules.iter().copied()),
        facts.into(),
        phrases.hints(line),
    ]);
    let given = |(name, _)| Cow::from(line.decision.as_ref().map_or("", |given| given.says(name)));
    cells.extend(answers(list).map(given));
    cells.extend([people.id(subject).into(), line.id.as_str().into(), sources.into(), line.check.as_str().into()]);
    let source = line.grounds.iter().flat_map(|ground| &ground.sources).find_map(|origin| match origin {
        Origin::Cell(cell) => Some(*cell),
        Origin::Archive(_) => None,
    });
    ListRow { of, cells: Cells::new(cells), source }
}

fn together(texts: &[String]) -> Cow<'_, str> {
    match texts {
        [] => "".into(),
        [one] => one.into(),
        several => several.join("、").into(),
    }
}

/// What a title says of whose people alone a workbook is about.
pub fn name_authority(title: &mut String, authority: Option<&str>) {
    if let Some(authority) = authority {
        title.insert_str(title.find('\n').unwrap_or(title.len()), &printed::of_authority(authority));
    }
}

impl<'a> ListTable<'a> {
    /// The rows about which one authority decides; without one all.
    pub fn decided_by<'t>(
        &'t self,
        material: &Material<'_>,
        authority: Option<&str>,
    ) -> impl Iterator<Item = &'t ListRow> {
        let decider = |row: &ListRow| material.people.decider(material.outcome.lines[row.of].subject);
        self.rows.iter().filter(move |row| authority.is_none_or(|authority| decider(row) == authority))
    }

    /// Whether the list holds nothing but what is planned by share.
    pub fn is_plan(&self, pack: &Pack) -> bool {
        let mut actions = (0..pack.actions.len()).filter(|at| Some(pack.actions[*at].list) == self.index).peekable();
        actions.peek().is_some() && actions.all(|at| pack.is_planned(at))
    }
}

/// Who decides about lines other than the planned ones, in register order; none where it is one and the same.
pub fn authorities<'a>(material: &Material<'a>) -> Vec<&'a str> {
    let pack = material.pack;
    let people = &material.people;
    let mut found: Vec<((bool, RegisterOrder), &'a str)> = Vec::new();
    for line in material.outcome.lines.iter().filter(|line| !pack.is_planned(line.action)) {
        let decider = people.decider(line.subject);
        let at = (decider != pack.default_authority(), people.order(line.subject));
        match found.iter_mut().find(|(_, known)| *known == decider) {
            Some((first, _)) => *first = at.min(*first),
            None => found.push((at, decider)),
        }
    }
    found.sort_unstable();
    if found.len() > 1 { found.into_iter().map(|(_, decider)| decider).collect() } else { Vec::new() }
}

/// The workbook of a list, or of an authority's part of one.
pub fn workbook<'t>(material: &Material<'_>, table: &'t ListTable<'_>, authority: Option<&str>) -> Workbook<'t> {
    let pack = material.pack;
    let list = table.index.map(|index| &pack.lists[index]);
    let rows: Vec<&ListRow> = table.decided_by(material, authority).collect();
    let plan = table.index.and_then(|index| {
        material.outcome.quotas.iter().find(|plan| pack.actions[pack.quotas[plan.quota].action].list == index)
    });
    let mut title = material.title(table.heading);
    name_authority(&mut title, authority);
    let mut head = Vec::new();
    if let Some(plan) = plan {
        let (word, sentence) = progress(material, plan);
        if let Some(word) = word {
            title.insert_str(title.find('\n').unwrap_or(title.len()), &format!("（{word}）"));
        }
        head.push((sentence, if word.is_some() { LineStyle::Warning } else { LineStyle::Note }));
    }
    head.push((
        format!(
            "{}　　共 {} 条　　本表所列均为建议，须经委员会审定后方可办理。",
            material.info.as_of_line(),
            rows.len()
        ),
        LineStyle::Note,
    ));
    head.push((instruction(pack, table), LineStyle::Note));
    head.insert(0, (title, LineStyle::Title));
    let empty = list.map_or("", |list| list.empty.as_str());
    let columns = layout(material, table, &rows);
    let mut block = Block::new(columns, values(material, table, &rows), empty);
    block.alarms = alarms(pack, table);
    let sheet = Sheet { protected: true, ..Sheet::new(table.list, Paper::Lying, head, vec![block]) };
    sheet.in_view(2).footed(SIGNED).alone(material.info.as_of)
}

/// Half-width characters of a remark that takes more than three lines in a narrow column.
const REMARK: usize = 18;

/// The place for signatures, at the foot of every page.
const SIGNED: &str = "审定人（签字）：＿＿＿＿＿＿　　日期：＿＿＿＿年＿＿月＿＿日";

fn instruction(pack: &Pack, table: &ListTable<'_>) -> String {
    let answers = table.columns.iter().filter(|column| column.answer.is_some());
    let answers = answers.map(|column| column.name).collect::<Vec<_>>().join("、");
    let Some(words) = opinions(pack) else { return String::new() };
    let [agree, refuse, defer, change] = &words;
    format!(
        "填写说明：只填着色各列（{answers}）。{OPINION}从「{agree}」「{refuse}」「{defer}」「{change}」中选。\n「{agree}」而{METHODS}不止一种的，须填{METHOD}；\
         「{change}」的，{METHOD}填变更后的处理；「{refuse}」「{defer}」的，{METHOD}留空。其余各列请勿改动；可以筛选、调整列宽。"
    )
}

/// Agreed, refused, deferred, changed: in the pack's words.
fn opinions(pack: &Pack) -> Option<[&str; 4]> {
    let words = pack.answers.all();
    words.iter().all(|word| !word.is_empty()).then_some(words)
}

/// How far the year's share of people has been reached: a word for the title of a year's list, and a sentence.
fn progress(material: &Material<'_>, plan: &QuotaPlan) -> (Option<&'static str>, String) {
    let pack = material.pack;
    let quota = &pack.quotas[plan.quota];
    let action = &pack.actions[quota.action].name;
    let rate = if plan.total == 0 { 0.0 } else { plan.reached as f64 * 100.0 / plan.total as f64 };
    let share = percent(&plan.share);
    let open = plan.target.saturating_sub(plan.reached);
    let word = match material.info.run {
        Run::Annual if open > 0 => Some("未完成"),
        Run::Annual => Some("已完成"),
        Run::HalfYear => None,
    };
    let among = quota.among.as_ref().map(|among| format!("（{among}）")).unwrap_or_default();
    let sentence = format!(
        "{}{action}对象{among}共 {} 人，按 {share} 应完成 {} 人；{}至基准日已完成 {} 人，已达比例 {}%，尚缺 {open} 人，本表列出 {} 人。",
        word.map(|word| format!("{word}：")).unwrap_or_default(),
        plan.total,
        plan.target,
        // In large type the sentence takes two lines.
        if word.is_some() { "\n" } else { "" },
        plan.reached,
        decimal(rate),
        plan.picked,
    );
    (word, sentence)
}

/// A fraction as people read it; anything else as it is.
pub fn percent(share: &str) -> String {
    share.parse::<f64>().map_or_else(|_| share.to_owned(), |share| format!("{}%", decimal(share * 100.0)))
}

/// A number with at most one decimal.
fn decimal(number: f64) -> String {
    let text = format!("{number:.1}");
    text.strip_suffix(".0").map(str::to_owned).unwrap_or(text)
}

fn layout(material: &Material<'_>, table: &ListTable<'_>, rows: &[&ListRow]) -> Vec<Column> {
    let pack = material.pack;
    let day = format!("{}-01-20", material.info.year + 1);
    let day = |name| date_answer(name, material, &day, "；可以留空");
    // What people have written at length needs room, at the cost of the facts beside it.
    let at_length = |name: &str| {
        let at = table.column(name);
        rows.iter().any(|row| at.is_some_and(|at| measure::width(&row.cells[at]) > REMARK))
    };
    table
        .columns
        .iter()
        .map(|column| match (column.name, column.answer) {
            (name, Some(true)) => Column::centred(name, 10.0, 10.0).answered(day(name)),
            (OPINION, _) => Column::centred(OPINION, 6.0, 6.0).answered(opinion_answer(pack)),
            (METHOD, _) => Column::centred(METHOD, 8.0, 10.0).answered(method_answer(material, rows)),
            (name, Some(false)) => {
                Column::text(name, if at_length(name) { 12.0 } else { 6.0 }, 24.0).answered(text_answer(name))
            }
            (printed::NUMBER, _) => Column::centred(printed::NUMBER, 4.0, 7.0),
            (printed::SUBJECT, _) => Column::centred(printed::SUBJECT, 6.0, 16.0),
            (printed::UNIT, _) => Column::text(printed::UNIT, 8.0, 22.0),
            (printed::POST, _) => Column::text(printed::POST, 8.0, 22.0).in_pieces(),
            (printed::AUTHORITY, _) => Column::centred(printed::AUTHORITY, 4.0, 10.0),
            (printed::ACTION, _) => Column::centred(printed::ACTION, 8.0, 8.0),
            (METHODS, _) => Column::centred(METHODS, 4.0, 20.0).in_pieces(),
            (printed::BASIS, _) => Column::text(printed::BASIS, 12.0, 34.0).in_pieces(),
            (printed::FACTS, _) => Column::text(printed::FACTS, 18.0, 60.0).in_clauses(),
            (printed::HINTS, _) => Column::text(printed::HINTS, 10.0, 30.0).in_sentences(),
            (printed::SOURCES, _) => Column::text(printed::SOURCES, 20.0, 60.0).on_screen(),
            (name, None) => Column::text(name, 8.0, 36.0).on_screen(),
        })
        .enumerate()
        .map(|(at, column)| {
            // What is to be read and says nothing on any line takes no room; an empty list shows what it would tell.
            let wordless =
                at < printed::LIST.len() && !rows.is_empty() && rows.iter().all(|row| row.cells[at].is_empty());
            column.hidden(wordless)
        })
        .collect()
}

/// The rows' cells, numbered among themselves.
pub fn values<'t>(material: &Material<'_>, table: &ListTable<'_>, rows: &[&'t ListRow]) -> Vec<Vec<Value<'t>>> {
    rows.par_iter()
        .enumerate()
        .map(|(at, row)| {
            let cells = row.cells.iter().zip(&table.columns);
            cells
                .map(|(cell, column)| match (column.name, column.answer) {
                    (_, Some(true)) => Value::date(cell),
                    (printed::NUMBER, None) => Value::Count(at as u64 + 1),
                    (printed::SOURCES, None) => source(material, cell, row.source),
                    // When the table was made.
                    _ => Value::cleaned(cell),
                })
                .collect()
        })
        .collect()
}

/// The cited cells; linked to the first of them where the run was asked to.
fn source<'t>(material: &Material<'_>, text: &'t str, cell: Option<Cell>) -> Value<'t> {
    let Some((cell, way)) = cell.zip(material.info.to_input.as_ref()) else { return Value::cleaned(text) };
    let sheet = &material.dataset.sheets[cell.sheet.0 as usize];
    let path = format!("{way}/{}", material.dataset.books[sheet.book as usize].path);
    Value::link(text, &path, &format!("'{}'!{}", sheet.name.replace('\'', "''"), A1(cell.row, cell.column)))
}

fn opinion_answer(pack: &Pack) -> AnswerCell {
    let words = pack.answers.all();
    let listed = words.join("、");
    AnswerCell {
        kind: AnswerKind::Choice(words.map(str::to_owned).to_vec()),
        prompt: format!("请选择：{listed}。尚未审定的留空。"),
        refusal: format!("只能填写：{listed}。"),
    }
}

/// What is suggested for a line: its options, failing these its action, then what the pack proposes of the same side
/// for such a subject.
fn suggestions(pack: &Pack, line: &Line) -> Vec<String> {
    let action = &pack.actions[line.action];
    let mut words: Vec<String> = if line.options.is_empty() { vec![action.name.clone()] } else { line.options.clone() };
    let praise = |at: usize| pack.actions[at].tone == Tone::Positive;
    let mut add = |of: usize, options: &[String]| {
        if praise(of) == praise(line.action) {
            let own = std::slice::from_ref(&pack.actions[of].name);
            let fresh = if options.is_empty() { own } else { options };
            for word in fresh {
                words.once(word.clone());
            }
        }
    };
    for rule in &pack.rules {
        for proposal in &rule.proposals {
            if recipients::kinds(pack, rule, proposal).contains(&line.subject.kind) {
                add(proposal.action, &proposal.options);
            }
        }
    }
    for quota in pack.quotas.iter().filter(|quota| quota.of == line.subject.kind) {
        add(quota.action, &[]);
    }
    for measure in &pack.further {
        words.once(measure.name.clone());
    }
    words
}

/// Suggestions line by line; few kinds of lines share each list.
fn method_answer(material: &Material<'_>, rows: &[&ListRow]) -> AnswerCell {
    let pack = material.pack;
    let mut kinds: Vec<(usize, usize, &[String])> = Vec::new();
    let mut lists: Vec<Vec<String>> = Vec::new();
    let of = rows.iter().map(|row| {
        let line = &material.outcome.lines[row.of];
        let kind = (line.action, line.subject.kind, line.options.as_slice());
        kinds.iter().position(|known| *known == kind).unwrap_or_else(|| {
            kinds.push(kind);
            lists.push(suggestions(pack, line));
            kinds.len() - 1
        })
    });
    let of = of.collect();
    AnswerCell {
        kind: AnswerKind::Suggestions { lists, of },
        prompt: format!(
            "{}而{METHODS}不止一种的，填其中一种；{}的，填变更后的处理；{}、{}的留空。",
            pack.answers.agree, pack.answers.change, pack.answers.refuse, pack.answers.defer
        ),
        refusal: format!("下拉表中没有这种方式。{}的可以填其他处理；确认要这样填吗？", pack.answers.change),
    }
}

/// A day of the run's year or later, such as `example`.
pub fn date_answer(name: &str, material: &Material<'_>, example: &str, more: &str) -> AnswerCell {
    let first = NaiveDate::from_ymd_opt(material.info.year, 1, 1).unwrap_or(material.info.as_of);
    AnswerCell {
        kind: AnswerKind::Date(first),
        prompt: format!("{name}：填写日期，如 {example}{more}。"),
        refusal: format!("请填写 {} 年 1 月 1 日以后的日期，如 {example}。", material.info.year),
    }
}

pub fn text_answer(name: &str) -> AnswerCell {
    AnswerCell { kind: AnswerKind::Text, prompt: format!("{name}：可以留空。"), refusal: String::new() }
}

/// Answers that `record` would send back are coloured while they are typed.
fn alarms(pack: &Pack, table: &ListTable<'_>) -> Vec<Alarm> {
    let at = |name: &str| table.column(name).map(|column| column as u16);
    let (Some(opinion), Some(method), Some(options), Some(words)) =
        (at(OPINION), at(METHOD), at(METHODS), opinions(pack))
    else {
        return Vec::new();
    };
    let cell = |column: u16| format!("${}{{row}}", letters(column));
    let [agree, refuse, defer, change] = words.map(|word| format!("\"{}\"", word.replace('"', "\"\"")));
    let (o, m, several) = (cell(opinion), cell(method), format!("ISNUMBER(FIND(\"、\",{}))", cell(options)));
    let others: Vec<String> = (method..)
        .zip(&table.columns[usize::from(method)..])
        .take_while(|(_, column)| column.answer.is_some())
        .map(|(column, _)| format!("{}<>\"\"", cell(column)))
        .collect();
    vec![
        Alarm {
            column: method,
            when: format!(
                "OR(AND({o}={change},{m}=\"\"),AND({o}={agree},{several},{m}=\"\"),AND(OR({o}={refuse},{o}={defer}),{m}<>\"\"))"
            ),
        },
        Alarm { column: opinion, when: format!("AND({o}=\"\",OR({}))", others.join(",")) },
    ]
}
