//! 研判: for each unit that is to be analysed the page that it is analysed from. It states what is known and what is
//! proposed, decided or not; it does not conclude. 内部资料: it goes to nobody outside.

use std::borrow::Cow;

use crate::consequence::{Line, Subject};
use crate::pack::{Pack, Page, PageTable, Run, printed};

use super::model::{Block, Column, LineStyle, Paper, Sheet, Value, Workbook, row};
use super::phrase::proposed;
use super::text::FileNames;
use super::{Material, RunInfo};
use crate::fact::Texts;

/// What the archive knows of a subject from another run.
#[derive(Debug, Clone)]
pub struct Earlier {
    pub kind: String,
    pub subject: String,
    pub year: i32,
    pub run: Run,
    pub action: String,
    /// What was decided, in words.
    pub decided: String,
    /// Whether it was carried out, as far as that is known.
    pub done: String,
    /// Grades of the year that its grounds hold: fact and value.
    pub grades: Vec<(String, String)>,
}

/// The page that a unit is analysed from.
pub struct UnitPage<'a> {
    page: &'a Page,
    unit: Subject,
    pub file: String,
}

/// One for each unit with a line of a page's action, in register order.
pub fn pages<'a>(material: &Material<'a>) -> Vec<UnitPage<'a>> {
    let mut names = FileNames::default();
    let mut pages = Vec::new();
    for page in &material.pack.pages {
        let lines = material.outcome.lines.iter();
        let mut units: Vec<Subject> =
            lines.filter(|line| line.action == page.action).map(|line| line.subject).collect();
        units.retain(|subject| subject.kind == material.people.unit);
        units.sort_unstable();
        units.dedup();
        let mut file = |unit| names.claim(&format!("{}-{}", material.people.id(unit), material.people.label(unit)));
        pages.extend(units.into_iter().map(|unit| UnitPage { page, unit, file: file(unit) }));
    }
    pages
}

impl UnitPage<'_> {
    pub fn workbook<'s>(&'s self, material: &'s Material<'_>, earlier: &'s [Earlier], info: &RunInfo) -> Workbook<'s> {
        let (page, unit) = (self.page, &self.unit);
        let name = material.people.label(*unit);
        let title = format!("{}\n{name}", info.title(material.pack, &page.title));
        let head = [
            (title.clone(), LineStyle::Title),
            (page.mark.clone(), LineStyle::Warning),
            (page.note.clone(), LineStyle::Note),
        ];
        let mut blocks: Vec<Block<'s>> =
            page.tables.iter().map(|table| table_block(material, info, table, *unit)).collect();
        blocks.push(proposals(material, *unit));
        blocks.push(members(material, page, info, *unit));
        blocks.push(pendings(material, *unit));
        // What the archive does not hold takes a line and no table: the page is one, as far as it goes.
        let mut nothing = Vec::new();
        for block in [measures(material, earlier, info, *unit), grades(material, earlier, *unit)] {
            if block.rows.is_empty() {
                nothing.push((block.empty, LineStyle::Note));
            } else {
                blocks.push(block);
            }
        }
        let sheet = Sheet::new(&page.title, Paper::Upright, head, blocks).closed(nothing);
        sheet.footed(&page.mark).alone(title, info.as_of)
    }
}

/// The unit's rows of an input table, of all years, beside the line that they are measured against.
fn table_block<'s>(material: &'s Material<'_>, info: &RunInfo, of: &'s PageTable, unit: Subject) -> Block<'s> {
    let pack = material.pack;
    let frame = &material.dataset.tables[of.table].frame;
    let columns: Vec<Column> = of.columns.iter().map(|name| Column::text(name, 6.0, 30.0)).collect();
    let texts: Vec<Option<Texts>> = of.columns.iter().map(|name| Texts::of(frame, name)).collect();
    let holder = super::people::indices(frame, &format!("@{}", pack.subjects[unit.kind].kind));
    let rows = (0..frame.height()).filter(|row| holder.get(*row).copied().flatten() == Some(unit.index));
    let rows = rows.map(|row| {
        let cell = |texts: &Option<Texts>| {
            let text = texts.as_ref().and_then(|texts| texts.at(row)).map(Cow::into_owned).unwrap_or_default();
            Value::text(text)
        };
        texts.iter().map(cell).collect()
    });
    let line = of.line.as_ref().and_then(|name| Some(format!("（{name} {}）", setting(pack, info, name)?)));
    let empty = "没有这一单位的记录。";
    Block::new(columns, rows.collect(), empty).captioned(format!("{}{}", of.title, line.unwrap_or_default()))
}

/// The value that a parameter had in the run.
fn setting(pack: &Pack, info: &RunInfo, name: &str) -> Option<String> {
    if let Some((_, value)) = info.set_values.iter().find(|(known, _)| known == name) {
        return Some(value.clone());
    }
    let parameter = pack.parameters.iter().find(|parameter| parameter.name == name)?;
    parameter.on(info.as_of).map(ToString::to_string)
}

/// What the committee said, as far as it has.
fn decided(line: &Line) -> String {
    line.decision.as_ref().map_or_else(
        || "未审定".to_owned(),
        |given| [&given.opinion, &given.method, &given.date].map(String::as_str).join(" ").trim().to_owned(),
    )
}

fn proposals<'s>(material: &'s Material<'_>, unit: Subject) -> Block<'s> {
    let (pack, phrases) = (material.pack, &material.phrases);
    let lines = material.outcome.lines.iter().filter(|line| line.subject == unit && !pack.is_planned(line.action));
    let rows = lines.map(|line| {
        row![
            proposed(pack, line),
            phrases.basis(line.action, line.rules.iter().copied()),
            phrases.facts(material.people.id(unit), line.grounds.iter()),
            decided(line),
        ]
    });
    let columns = vec![
        Column::text(printed::ACTION, 8.0, 20.0),
        Column::text(printed::BASIS, 28.0, 30.0).in_pieces(),
        Column::text(printed::FACTS, 20.0, 50.0),
        Column::text("审定", 6.0, 14.0),
    ];
    Block::new(columns, rows.collect(), "没有。").captioned("对班子的拟处理")
}

/// Whoever sits in the unit.
fn seated<'s>(material: &'s Material<'_>, unit: Subject) -> impl Iterator<Item = Subject> + use<'s> {
    let kind = material.pack.membership.member;
    let people = &material.people;
    let count = material.dataset.registers[kind].ids.len() as u32;
    (0..count).map(move |index| Subject { kind, index }).filter(move |one| people.units(*one).contains(&unit.index))
}

fn members<'s>(material: &'s Material<'_>, page: &'s Page, info: &RunInfo, unit: Subject) -> Block<'s> {
    let pack = material.pack;
    let frame = &material.dataset.tables[page.grades.table].frame;
    let (grade, year) = (Texts::of(frame, &page.grades.grade), Texts::of(frame, &page.grades.year));
    let kind = pack.membership.member;
    let holder = super::people::indices(frame, &format!("@{}", pack.subjects[kind].kind));
    let of_year = info.year.to_string();
    let grade_of = |one: Subject| {
        let row = (0..frame.height()).find(|row| {
            let mine = holder.get(*row).copied().flatten() == Some(one.index);
            mine && year.as_ref().and_then(|year| year.at(*row)).as_deref() == Some(of_year.as_str())
        });
        row.and_then(|row| Some(grade.as_ref()?.at(row)?.into_owned())).unwrap_or_else(|| "无".to_owned())
    };
    let rows = seated(material, unit).map(|one| {
        let lines = material.outcome.lines.iter().filter(|line| line.subject == one && !pack.is_planned(line.action));
        let proposals: Vec<String> = lines.map(|line| format!("{}：{}", proposed(pack, line), decided(line))).collect();
        let proposals = if proposals.is_empty() { "无".to_owned() } else { proposals.join("\n") };
        row![material.people.label(one), material.people.post(one), grade_of(one), proposals]
    });
    let columns = vec![
        Column::text(printed::SUBJECT, 6.0, 14.0),
        Column::text(printed::POST, 8.0, 24.0),
        Column::text(page.grades.grade.as_str(), 6.0, 12.0),
        Column::text("拟处理", 20.0, 50.0),
    ];
    Block::new(columns, rows.collect(), "名册中没有成员。").captioned(page.grades.title.as_str())
}

fn pendings<'s>(material: &'s Material<'_>, unit: Subject) -> Block<'s> {
    let all: Vec<Subject> = std::iter::once(unit).chain(seated(material, unit)).collect();
    let open = material.outcome.pending.iter().filter(|case| case.subject.is_some_and(|one| all.contains(&one)));
    // One row for the rules that wait for the same.
    let mut waiting: Vec<(&str, String, Vec<&str>)> = Vec::new();
    for case in open {
        let missing = case.missing.join("、");
        match waiting.iter_mut().find(|(label, known, _)| *label == case.label && *known == missing) {
            Some((_, _, rules)) => rules.push(&case.rule),
            None => waiting.push((&case.label, missing, vec![&case.rule])),
        }
    }
    let rows = waiting.into_iter().map(|(label, missing, rules)| row![label, rules.join("、"), missing]);
    let columns = vec![
        Column::text(printed::SUBJECT, 8.0, 20.0),
        Column::text("条款", 8.0, 20.0),
        Column::text("缺少", 10.0, 40.0),
    ];
    Block::new(columns, rows.collect(), "没有待定事项。").captioned("待定")
}

/// What was decided about the unit and its people last year, and whether it was carried out.
fn measures<'s>(material: &'s Material<'_>, earlier: &'s [Earlier], info: &RunInfo, unit: Subject) -> Block<'s> {
    let all: Vec<Subject> = std::iter::once(unit).chain(seated(material, unit)).collect();
    let is = |one: &Subject, past: &Earlier| {
        material.pack.subjects[one.kind].kind == past.kind && material.people.id(*one) == past.subject
    };
    let last = earlier.iter().filter(|past| past.year == info.year - 1 && !past.decided.is_empty());
    let rows = last.filter_map(|past| {
        let whose = material.people.label(*all.iter().find(|one| is(one, past))?);
        Some(row![whose, past.run.period(past.year), &past.action, &past.decided, &past.done])
    });
    let columns = vec![
        Column::text(printed::SUBJECT, 8.0, 20.0),
        Column::text("轮次", 8.0, 14.0),
        Column::text(printed::ACTION, 6.0, 14.0),
        Column::text("审定", 10.0, 30.0),
        Column::text("办理", 10.0, 30.0),
    ];
    Block::new(columns, rows.collect(), "档案中没有上一年审定的事项。").captioned("上一年审定的事项和办理情况")
}

/// Grades of the unit that the archive knows.
fn grades<'s>(material: &'s Material<'_>, earlier: &'s [Earlier], unit: Subject) -> Block<'s> {
    let kind = &material.pack.subjects[unit.kind].kind;
    let own = earlier.iter().filter(|past| past.kind == *kind && past.subject == material.people.id(unit));
    let mut rows: Vec<(i32, &str, &str)> = own
        .flat_map(|past| past.grades.iter().map(|(name, grade)| (past.year, name.as_str(), grade.as_str())))
        .collect();
    rows.sort_unstable();
    rows.dedup();
    let rows = rows.into_iter().map(|(year, name, grade)| row![year.to_string(), name, grade]);
    let columns =
        vec![Column::centred("年度", 6.0, 10.0), Column::text("事项", 8.0, 20.0), Column::text("内容", 8.0, 20.0)];
    Block::new(columns, rows.collect(), "档案的依据中没有载明等次。").captioned("档案中的历年等次")
}
