//! 研判: for each unit that is to be analysed the page that it is analysed from. It states what is known and what is
//! proposed, decided or not; it does not conclude. 内部资料: it goes to nobody outside.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use crate::consequence::{Line, Pending, Subject, TalkHeld};
use crate::once::{grouped, once};
use crate::pack::{Pack, Page, PageTable, printed};

use super::model::{Block, Column, LineStyle, Paper, Sheet, Value, Workbook, row};
use super::phrase::proposed;
use super::text::FileNames;
use super::{Material, layout};
use crate::fact::Texts;
use crate::fact::history::PastLine;
use crate::fact::system::find;
use crate::table::Lists;

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
        let wanted = |line: &Line| line.action == page.action && line.subject.kind == material.people.unit;
        let mut file = |unit| names.claim(&material.people.called(unit));
        let units = material.by_subject(wanted).into_iter();
        pages.extend(units.map(|(unit, _)| UnitPage { page, unit, file: file(unit) }));
    }
    pages
}

/// What all pages are made of, looked up at once: a look through everything for each page would take longer than all
/// else that is written.
pub struct Gathered<'a> {
    /// Per unit whoever sits in it, in register order.
    seated: Lists<u32>,
    lines: ToldOf<&'a Line>,
    open: ToldOf<&'a Pending>,
    earlier: ToldOf<&'a PastLine>,
    /// Talks by the line that they carry out.
    held: HashMap<&'a str, Vec<&'a TalkHeld>>,
    /// By table and kind of subject, per subject the rows about it.
    rows: HashMap<(usize, usize), Lists<u32>>,
}

/// What is told about each subject of the pages, with its place among all that is.
struct ToldOf<T>(HashMap<Subject, Vec<(usize, T)>>);

impl<T: Copy> ToldOf<T> {
    fn new(wanted: &HashSet<Subject>, all: impl Iterator<Item = (Option<Subject>, T)>) -> Self {
        let mut told: HashMap<Subject, Vec<(usize, T)>> = HashMap::new();
        for (at, (subject, one)) in all.enumerate() {
            if let Some(subject) = subject.filter(|subject| wanted.contains(subject)) {
                told.entry(subject).or_default().push((at, one));
            }
        }
        ToldOf(told)
    }

    /// About any of these subjects, in the order of all.
    fn about(&self, subjects: &[Subject]) -> impl Iterator<Item = (Subject, T)> + use<T> {
        let of = |one: Subject| self.0.get(&one).into_iter().flatten().map(move |(at, told)| (*at, one, *told));
        let mut all: Vec<(usize, Subject, T)> = subjects.iter().copied().flat_map(of).collect();
        all.sort_unstable_by_key(|(at, ..)| *at);
        all.into_iter().map(|(_, subject, told)| (subject, told))
    }
}

impl<'a> Gathered<'a> {
    pub fn new(material: &'a Material<'_>, pages: &[UnitPage<'_>], earlier: &[&'a PastLine]) -> Self {
        let (pack, dataset, people) = (material.pack, material.dataset, &material.people);
        let kind = pack.membership.member;
        let member = |index: u32| Subject { kind, index };
        let seats: Vec<(u32, u32)> = (0..dataset.registers[kind].ids.len() as u32)
            .flat_map(|index| people.units(member(index)).iter().map(move |unit| (*unit, index)))
            .collect();
        let seated = Lists::new(dataset.registers[people.unit].ids.len(), &seats);
        let members = pages.iter().flat_map(|page| &seated[page.unit.index as usize]).map(|index| member(*index));
        let wanted: HashSet<Subject> = pages.iter().map(|page| page.unit).chain(members).collect();
        let mut rows = HashMap::new();
        for page in pages.iter().map(|page| page.page) {
            let tables = page.tables.iter().map(|table| (table.table, people.unit));
            for (table, kind) in tables.chain([(page.grades.table, kind)]) {
                rows.entry((table, kind)).or_insert_with(|| rows_of(material, table, kind));
            }
        }
        let past = |past: &PastLine| {
            let (kind, index) = find(pack, dataset, &past.kind, &past.subject)?;
            Some(Subject { kind, index })
        };
        let lines = material.outcome.lines.iter().filter(|line| !pack.is_planned(line.action));
        let open = material.outcome.pending.iter();
        let mut held: HashMap<&str, Vec<&TalkHeld>> = HashMap::new();
        for talk in &material.outcome.talks {
            talk.line.iter().for_each(|line| held.entry(line).or_default().push(talk));
        }
        Gathered {
            lines: ToldOf::new(&wanted, lines.map(|line| (Some(line.subject), line))),
            open: ToldOf::new(&wanted, open.map(|case| (case.subject, case))),
            earlier: ToldOf::new(&wanted, earlier.iter().map(|one| (past(one), *one))),
            held,
            seated,
            rows,
        }
    }

    /// Whoever sits in the unit.
    fn seated(&self, material: &Material<'_>, unit: Subject) -> impl Iterator<Item = Subject> {
        let kind = material.pack.membership.member;
        self.seated[unit.index as usize].iter().map(move |index| Subject { kind, index: *index })
    }

    /// Rows of one of the pages' tables that are about a subject.
    fn rows(&self, table: usize, subject: Subject) -> impl Iterator<Item = usize> {
        let rows = self.rows.get(&(table, subject.kind)).map(|rows| &rows[subject.index as usize]);
        rows.into_iter().flatten().map(|row| *row as usize)
    }
}

/// Per subject of a kind the rows of a table that are about it.
fn rows_of(material: &Material<'_>, table: usize, kind: usize) -> Lists<u32> {
    let column = format!("@{}", material.pack.subjects[kind].kind);
    let holders = crate::consequence::people::indices(&material.dataset.tables[table].frame, &column);
    let rows = (0u32..).zip(holders).filter_map(|(row, holder)| Some((holder?, row)));
    Lists::new(material.dataset.registers[kind].ids.len(), &rows.collect::<Vec<_>>())
}

impl UnitPage<'_> {
    pub fn workbook<'s>(&'s self, material: &'s Material<'_>, known: &Gathered<'s>) -> Workbook<'s> {
        let (page, unit) = (self.page, &self.unit);
        let name = material.people.label(*unit);
        let title = material.title(&format!("{}（{name}）", page.title));
        let head = [(title, LineStyle::Title), (format!("{}：{}", page.mark, page.note), LineStyle::Warning)];
        let mut blocks: Vec<Block<'s>> =
            page.tables.iter().map(|table| table_block(material, known, table, *unit)).collect();
        let all: Vec<Subject> = std::iter::once(*unit).chain(known.seated(material, *unit)).collect();
        blocks.extend([proposals(material, known, *unit), members(material, known, page, &all[1..])]);
        // What there is nothing of takes a line and no table.
        let mut lines = Vec::new();
        for block in [pendings(material.pack, known, &all), measures(material, known, &all)] {
            if block.rows.is_empty() {
                lines.push(block.empty);
            } else {
                blocks.push(block);
            }
        }
        lines.push(grades(material, known, *unit));
        let sheet = Sheet::new(&page.title, Paper::Upright, head, blocks).closed([(lines.concat(), LineStyle::Note)]);
        let mut sheet = sheet.footed(&page.mark);
        // One page as far as it can be read: of A4, else of A3.
        sheet.fitted = [Paper::Upright, Paper::Tall].into_iter().any(|paper| {
            (sheet.paper, sheet.fitted) = (paper, true);
            layout::is_readable(&sheet)
        });
        if !sheet.fitted {
            sheet.paper = Paper::default();
        }
        sheet.alone(material.info.as_of)
    }
}

/// The unit's rows of an input table, of all years, beside the line that they are measured against.
fn table_block<'s>(material: &'s Material<'_>, known: &Gathered<'s>, of: &'s PageTable, unit: Subject) -> Block<'s> {
    let pack = material.pack;
    let frame = &material.dataset.tables[of.table].frame;
    let columns: Vec<Column> = of.columns.iter().map(|name| Column::text(name, 6.0, 30.0)).collect();
    let texts: Vec<Option<Texts>> = of.columns.iter().map(|name| Texts::of(frame, name)).collect();
    let rows = known.rows(of.table, unit).map(|row| {
        let cell = |texts: &Option<Texts>| {
            let text = texts.as_ref().and_then(|texts| texts.at(row)).map(Cow::into_owned).unwrap_or_default();
            Value::text(text)
        };
        texts.iter().map(cell).collect()
    });
    let line = of.line.as_ref().and_then(|name| {
        Some(format!("（{name} {}）", pack.setting(name, material.info.as_of, &material.info.set_values)?))
    });
    let empty = "没有这一单位的记录。";
    Block::new(columns, rows.collect(), empty).captioned(format!("{}{}", of.title, line.unwrap_or_default()))
}

/// What the committee said, as far as it has.
fn decided(line: &Line) -> String {
    line.decision.as_ref().map_or_else(|| "未审定".to_owned(), |given| given.shortly())
}

/// One row for lines on the same grounds.
fn proposals<'s>(material: &'s Material<'_>, known: &Gathered<'s>, unit: Subject) -> Block<'s> {
    let (pack, phrases) = (material.pack, &material.phrases);
    let lines = known.lines.about(&[unit]).map(|(_, line)| {
        let basis = phrases.basis(line.action, line.rules.iter().copied()).into_owned();
        let facts = phrases.facts(material.people.id(unit), line.grounds.iter());
        ((basis, facts), (proposed(pack, line), decided(line)))
    });
    let rows = grouped(lines).into_iter().map(|((basis, facts), told)| {
        let (proposed, decided): (Vec<_>, Vec<_>) = told.into_iter().unzip();
        row![proposed.join("\n"), basis, facts, decided.join("\n")]
    });
    let columns = vec![
        Column::text(printed::ACTION, 8.0, 20.0).whole(),
        Column::text(printed::BASIS, 16.0, 24.0).in_clauses(),
        Column::text(printed::FACTS, 20.0, 50.0).in_clauses(),
        Column::text("审定", 6.0, 14.0).whole(),
    ];
    Block::new(columns, rows.collect(), "没有。").captioned("对班子的拟处理")
}

fn members<'s>(material: &'s Material<'_>, known: &Gathered<'s>, page: &'s Page, seated: &[Subject]) -> Block<'s> {
    let pack = material.pack;
    let frame = &material.dataset.tables[page.grades.table].frame;
    let (grade, year) = (Texts::of(frame, &page.grades.grade), Texts::of(frame, &page.grades.year));
    let of_year = material.info.year.to_string();
    let grade_of = |one: Subject| {
        let mut rows = known.rows(page.grades.table, one);
        let row = rows.find(|row| year.as_ref().and_then(|year| year.at(*row)).as_deref() == Some(of_year.as_str()));
        row.and_then(|row| Some(grade.as_ref()?.at(row)?.into_owned())).unwrap_or_else(|| "无".to_owned())
    };
    let rows = seated.iter().copied().map(|one| {
        // Together what was decided alike.
        let lines = known.lines.about(&[one]).map(|(_, line)| (decided(line), proposed(pack, line)));
        let told = grouped(lines).into_iter().map(|(decided, lines)| format!("{}：{decided}", lines.join("、")));
        let told = told.collect::<Vec<_>>().join("\n");
        let told = if told.is_empty() { "无".to_owned() } else { told };
        row![material.people.label(one), material.people.post(one), grade_of(one), told]
    });
    let columns = vec![
        Column::text(printed::SUBJECT, 6.0, 14.0),
        Column::text(printed::POST, 8.0, 24.0),
        Column::text(page.grades.grade.as_str(), 6.0, 12.0),
        Column::text("拟处理", 20.0, 50.0).in_clauses(),
    ];
    Block::new(columns, rows.collect(), "名册中没有成员。").captioned(page.grades.title.as_str())
}

fn pendings<'s>(pack: &Pack, known: &Gathered<'s>, all: &[Subject]) -> Block<'s> {
    // A row for everybody; together the provisions that wait for the same.
    let open = known.open.about(all);
    let cited = |case: &'s Pending| case.rule_index.map_or(case.rule.as_str(), |index| pack.rules[index].cited());
    let waiting = grouped(open.map(|(_, case)| (case.label.as_str(), (case.missing.join("、"), cited(case)))));
    let rows = waiting.into_iter().map(|(label, waits)| {
        let told = grouped(waits).into_iter().map(|(missing, rules)| {
            let what = if missing.is_empty() { String::new() } else { format!("缺{missing}") };
            format!("{what}（{}）", once(rules).join("、"))
        });
        row![label, told.collect::<Vec<_>>().join("；")]
    });
    let columns = vec![Column::text(printed::SUBJECT, 8.0, 20.0), Column::text("缺什么（条款）", 30.0, 80.0)];
    Block::new(columns, rows.collect(), "没有待定事项。").captioned("待定")
}

/// What was decided about the unit and its people last year, and whether it was carried out.
fn measures<'s>(material: &'s Material<'_>, known: &Gathered<'s>, all: &[Subject]) -> Block<'s> {
    let last = known.earlier.about(all).filter(|(_, past)| past.year == material.info.year - 1);
    let rows =
        last.filter_map(|(whose, past)| Some((whose, past, past.decision.as_ref()?))).map(|(whose, past, given)| {
            let common = |column: &String| printed::ANSWERS.iter().any(|(name, _)| column == name);
            let own =
                given.0.iter().filter(|(column, _)| !common(column)).map(|(column, text)| format!("{column}：{text}"));
            let talks = known.held.get(past.id.as_str()).into_iter().flatten();
            // The same talk may stand in the register too.
            let done = once(own.chain(talks.map(|talk| format!("{} {}", talk.day, talk.kind))));
            let done = if done.is_empty() { "没有记载".to_owned() } else { done.join("；") };
            row![material.people.label(whose), past.run.period(past.year), &past.action, given.shortly(), done]
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
fn grades(material: &Material<'_>, known: &Gathered<'_>, unit: Subject) -> String {
    let own = known.earlier.about(&[unit]);
    let grades =
        own.flat_map(|(_, past)| past.grades(&material.pack.grades).map(move |(name, grade)| (past.year, name, grade)));
    let mut known: Vec<(i32, &str, &str)> = grades.collect();
    known.sort_unstable();
    known.dedup();
    if known.is_empty() {
        return "档案的依据中没有载明等次。".to_owned();
    }
    let known: Vec<String> = known.iter().map(|(year, name, grade)| format!("{year}年{name}{grade}")).collect();
    format!("档案的依据中载明：{}。", known.join("，"))
}
