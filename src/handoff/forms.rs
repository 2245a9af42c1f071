//! 文书: a page for each subject of agreed lines, filled with what is known, with room for the pen.
//!
//! They go to the people whom they are about. What leads and reports say of themselves stays out: for a ground that is
//! told to nobody but the committee stands the pack's sentence, and no part of the Measures, since each part stands for
//! one kind of source.

use std::borrow::Cow;

use crate::consequence::{Ground, Line, Subject};
use crate::once::once;
use crate::pack::{Form, Pack, Pen, printed};

use super::model::{Block, Column, LineStyle, Paper, Sheet, Value, Workbook, row};
use super::phrase::without_readings;
use super::text::FileNames;
use super::{Material, layout};

/// Lines to write in that are left, however much there is to be read.
const LEAST_ROOM: u32 = 3;

/// One paper: all lines of one subject for one form.
pub struct FilledForm<'a> {
    form: &'a Form,
    subject: Subject,
    /// `<form>/<编号>-<姓名或单位名称>.xlsx`.
    pub path: String,
    lines: Vec<&'a Line>,
}

/// Sorts out which forms are to be written, in the pack's order of forms and register order of subjects.
pub fn forms<'a>(material: &Material<'a>) -> Vec<FilledForm<'a>> {
    let (pack, people) = (material.pack, &material.people);
    let mut papers = Vec::new();
    for form in &pack.forms {
        let mut names = FileNames::default();
        let agreed = material.by_subject(|line| is_agreed_to(pack, line, form));
        papers.extend(agreed.into_iter().map(|(subject, lines)| {
            let file = names.claim(&people.called(subject));
            FilledForm { form, subject, path: format!("{}/{file}", form.name), lines }
        }));
    }
    papers
}

/// Whether a line was agreed to be done by one of the form's actions.
fn is_agreed_to(pack: &Pack, line: &Line, form: &Form) -> bool {
    let (answers, proposed) = (&pack.answers, &pack.actions[line.action].name);
    line.decision.as_ref().is_some_and(|given| form.actions.iter().any(|action| given.is_to(answers, proposed, action)))
}

impl FilledForm<'_> {
    pub fn workbook<'s>(&'s self, material: &'s Material<'_>) -> Workbook<'s> {
        let (form, people) = (self.form, &material.people);
        let title = format!("{}\n{}", form.from, form.name);
        let name = people.label(self.subject);
        let is_unit = self.subject.kind == people.unit;
        let opening = form
            .opening
            .replace("{对象}", name)
            .replace("{单位}", &people.unit_names(self.subject))
            .replace("{职务}", &people.post(self.subject))
            .replace("{办法}", super::notices::full_name(material.pack));
        let to = format!("{name}{}：", if is_unit { "" } else { "同志" });
        let head = [
            (title, LineStyle::Title),
            ("文号：＿＿＿＿＿＿＿＿".to_owned(), LineStyle::Note),
            (if form.addressed { to } else { String::new() }, LineStyle::Paragraph),
            (format!("　　{opening}"), LineStyle::Paragraph),
        ];
        let columns = vec![
            Column::centred("项目", 12.0, 20.0).large().whole(),
            Column::text("内容", 40.0, 70.0).large().in_clauses(),
        ];
        let tail = form.signatures.iter().map(|text| (text.clone(), LineStyle::Signature));
        let block = Block::new(columns, told(material, self), "");
        let mut sheet = Sheet::new(&form.name, Paper::Single, head, vec![block]).closed(tail);
        sheet.fitted = true;
        let told = sheet.blocks[0].rows.len();
        // Room for the pen gives way to what is to be read.
        for most in (LEAST_ROOM..=form.pen.iter().map(|pen| pen.lines).fold(LEAST_ROOM, u32::max)).rev() {
            sheet.blocks[0].rows.truncate(told);
            sheet.blocks[0].rows.extend(form.pen.iter().map(|pen| room(pen, most)));
            if layout::is_readable(&sheet) {
                break;
            }
        }
        sheet.alone(material.info.as_of)
    }
}

/// A row to write in, of at most so many lines: each is one of its text, so that the row is as high.
fn room<'s>(pen: &'s Pen, most: u32) -> Vec<Value<'s>> {
    row![pen.label.as_str(), vec!["　"; pen.lines.min(most) as usize].join("\n")]
}

/// What is known already.
fn told<'s>(material: &'s Material<'_>, page: &'s FilledForm<'_>) -> Vec<Vec<Value<'s>>> {
    let (form, people) = (page.form, &material.people);
    let told = || page.lines.iter().flat_map(|line| &line.grounds).filter(|ground| !ground.confidential);
    // It goes to the person: which part of it is the office's own reading was for those who decided.
    let mut facts = without_readings(&material.phrases.facts(people.id(page.subject), told()));
    if page.lines.iter().flat_map(|line| &line.grounds).any(|ground| ground.confidential) {
        facts = if facts.is_empty() { form.unsaid.clone() } else { format!("{facts}；{}", form.unsaid) };
    }
    let ids: Vec<&str> = page.lines.iter().map(|line| id(line)).collect();
    let mut rows: Vec<(Cow<'s, str>, Cow<'s, str>)> = vec![
        (printed::SUBJECT.into(), people.label(page.subject).into()),
        (printed::UNIT.into(), people.unit_names(page.subject)),
        (printed::POST.into(), people.post(page.subject)),
        (printed::LINE.into(), ids.join("、").into()),
        (printed::BASIS.into(), basis(material.pack, told()).into()),
        (printed::FACTS.into(), facts.into()),
        ("要求".into(), form.asks.as_str().into()),
        ("期限".into(), due(page).into()),
    ];
    rows.retain(|(_, text)| !text.is_empty());
    rows.into_iter().map(|(label, text)| row![label, text]).collect()
}

/// The half-year's line, where the decision is its.
fn id(line: &Line) -> &str {
    line.twin.as_deref().map_or(line.id.as_str(), |(id, _)| id)
}

/// The parts of the Measures behind these grounds, each once; the Measures alone where there are none.
fn basis<'g>(pack: &Pack, grounds: impl Iterator<Item = &'g Ground>) -> String {
    let provisions = grounds.map(|ground| pack.rules[ground.rule].provision.as_str());
    let parts = provisions.filter_map(|provision| pack.parts.get(provision.split('.').next()?).map(String::as_str));
    format!("{}{}", pack.measures, once(parts).join("、"))
}

/// The days that the committee set, else by when the form says.
fn due(page: &FilledForm<'_>) -> String {
    let given = |line: &&Line| line.decision.as_ref()?.0.get(page.form.until.as_ref()?).cloned();
    let told = |day: String| format!("{}前", day.parse().map_or(day, super::chinese_date));
    let days = once(page.lines.iter().filter_map(given).map(told));
    if days.is_empty() { page.form.due.clone() } else { days.join("；") }
}
