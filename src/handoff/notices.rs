//! 单位通知: to each unit a letter with its own extract, and nothing that it must not know.
//!
//! What a unit is told before anything is decided is little: actions that the pack announces, about
//! itself and about its people for what they did there. Everything else is told once it is agreed.
//! What rests on confidential grounds (reports, the reporting line) is never told, not even agreed,
//! nor anything from which it could be guessed: no flag, no hint, no source cells. Until all of a letter is decided it
//! lies among the drafts, so that nobody sends what nobody has approved.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::consequence::{Line, Subject};
use crate::once::once;
use crate::pack::{Pack, printed};

use super::Material;
use super::model::{Block, Column, LineStyle, Paper, Sheet, Value, Workbook, row};
use super::phrase::without_readings;
use super::text::FileNames;

/// What one unit is told.
pub struct Letter<'a> {
    unit: u32,
    name: String,
    lines: Vec<&'a Line>,
}

/// The letters of a run, one per unit that has something to be told; file names are `<单位编号>-<单位名称>.xlsx`.
pub fn letters<'a>(material: &Material<'a>) -> Vec<Letter<'a>> {
    let mut by_unit: BTreeMap<u32, Vec<&'a Line>> = BTreeMap::new();
    for line in material.outcome.lines.iter().filter(|line| told(material.pack, line)) {
        for unit in once(line.grounds.iter().flat_map(|ground| ground.units.iter().copied())) {
            by_unit.entry(unit).or_default().push(line);
        }
    }
    let mut names = FileNames::default();
    let letters = by_unit.into_iter().map(|(unit, mut lines)| {
        let own = Subject { kind: material.people.unit, index: unit };
        // The unit itself first, then its people, then those from elsewhere.
        lines.sort_by_key(|line| (line.subject != own, material.people.order(line.subject), line.action));
        let name = names.claim(&material.people.called(own));
        Letter { unit, name, lines }
    });
    letters.collect()
}

/// Whether any unit may learn of the line.
fn told(pack: &Pack, line: &Line) -> bool {
    let confidential = line.grounds.iter().any(|ground| ground.confidential);
    let opinion = line.opinion();
    let refused = opinion == pack.answers.refuse || opinion == pack.answers.change;
    let open = pack.actions[line.action].announced || opinion == pack.answers.agree;
    !confidential && !pack.is_planned(line.action) && !refused && open
}

fn agreed(pack: &Pack, line: &Line) -> bool {
    line.opinion() == pack.answers.agree
}

impl Letter<'_> {
    /// Not all of the letter is decided: what is told undecided waits for it.
    fn is_draft(&self, pack: &Pack) -> bool {
        !self.lines.iter().all(|line| agreed(pack, line))
    }

    /// Its file.
    pub fn path(&self, pack: &Pack) -> String {
        let drafts = if self.is_draft(pack) { format!("{}/", printed::DRAFTS) } else { String::new() };
        format!("{}/{drafts}{}", pack.notices.folder, self.name)
    }

    pub fn workbook<'s>(&'s self, material: &'s Material<'_>) -> Workbook<'s> {
        let pack = material.pack;
        let unit = material.people.unit_label(self.unit);
        let draft = self.is_draft(pack);
        let title = format!("{}\n{}", material.title(""), pack.notices.title);
        let opening = format!(
            "　　根据{}和{}考核结果，{}涉及贵单位的下列 {} 项。处理的对象、依据、事实和要求见下表。",
            in_full(pack),
            material.info.period(),
            if draft { "拟办理" } else { "决定办理" },
            self.lines.len(),
        );
        let head = [
            (title, LineStyle::Title),
            ("文号：＿＿＿＿〔＿＿＿＿〕＿＿号".to_owned(), LineStyle::Signature),
            (if draft { pack.notices.draft.clone() } else { String::new() }, LineStyle::Warning),
            (format!("{unit}："), LineStyle::Paragraph),
            (opening, LineStyle::Paragraph),
        ];
        let columns = vec![
            Column::centred(printed::NUMBER, 4.0, 5.0),
            Column::centred(printed::SUBJECT, 6.0, 14.0),
            Column::text(printed::POST, 6.0, 16.0),
            Column::centred(printed::ACTION, 8.0, 10.0),
            Column::text(printed::BASIS, 10.0, 20.0).in_pieces(),
            Column::text(printed::FACTS, 18.0, 40.0).in_clauses(),
            Column::text("要求和期限", 14.0, 30.0).in_clauses(),
            Column::text(printed::LINE, 16.0, 20.0),
        ];
        let rows = (1..).zip(&self.lines).map(|(number, line)| row(material, self, number, line, draft));
        let tail = [
            (format!("{}（印章）　　", pack.notices.from), LineStyle::Signature),
            ("＿＿＿＿年＿＿月＿＿日　　".to_owned(), LineStyle::Signature),
        ];
        let sheet = Sheet::new("通知", Paper::Upright, head, vec![Block::new(columns, rows.collect(), "")]);
        sheet.closed(tail).alone(material.info.as_of)
    }
}

fn row<'s>(
    material: &'s Material<'_>,
    letter: &Letter<'s>,
    number: u64,
    line: &'s Line,
    draft: bool,
) -> Vec<Value<'s>> {
    let pack = material.pack;
    let people = &material.people;
    // Only what happened in or through this unit is told to it.
    let grounds = || line.grounds.iter().filter(|ground| ground.units.contains(&letter.unit));
    let facts = material.phrases.facts(people.id(line.subject), grounds());
    // Once it is final, how the office came to read the Measures is not the unit's concern.
    let plain = |text: Cow<'_, str>| if draft { text.into_owned() } else { without_readings(&text) };
    let action = &pack.actions[line.action];
    let method = line.decision.as_ref().filter(|_| agreed(pack, line)).map_or("", |decision| decision.method());
    let named: Cow<'s, str> = if method.is_empty() || method == action.name {
        action.name.as_str().into()
    } else {
        format!("{}（{method}）", action.name).into()
    };
    row![
        number,
        people.label(line.subject),
        people.post(line.subject),
        named,
        plain(material.phrases.basis(line.action, grounds().map(|ground| ground.rule))),
        plain(facts.into()),
        format!("{}\n期限：{}", action.asks, due(pack, line)),
        &line.id,
    ]
}

/// The Measures by their full name, then as they are called for short.
fn in_full(pack: &Pack) -> String {
    format!("《{}》（以下简称{}）", full_name(pack), pack.measures)
}

/// The name of the Measures without the year that the pack adds to it.
pub(super) fn full_name(pack: &Pack) -> &str {
    pack.title.rsplit_once('（').map_or(pack.title.as_str(), |(name, _)| name)
}

/// The day set by the committee, else by when the pack says it is.
fn due<'s>(pack: &'s Pack, line: &'s Line) -> &'s str {
    let action = &pack.actions[line.action];
    let column = pack.lists[action.list].extra_answers.iter().find(|answer| answer.is_date);
    let set = column.zip(line.decision.as_ref()).and_then(|(column, decision)| decision.0.get(&column.name));
    set.map_or(action.due.as_str(), String::as_str)
}
