//! 依据, 事实, 来源, 提示: why a line stands on a list, as a clerk would write it down.
//!
//! Sentences are put together from the ground's evidence: table, column, value and the line it was
//! measured against. Nothing here knows a rule; what the pack leaves unsaid is said from the names
//! of its tables, columns and facts. Rules resting on a reading of the office are marked.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::consequence::people;
use crate::consequence::{Evidence, FactValue, Flag, Ground, Line, Origin, Outcome, Subject};
use crate::once::{Once, grouped, once};
use crate::pack::{
    ColumnKind, Entity, Expression, KeyPart, Pack, Proposal, Recipient, Rule, Tone, printed, recipients,
};
use crate::table::Dataset;

use super::breaks;

/// Marks what the Measures leave open and the office has settled.
const READING: &str = "〔本部门口径〕";
const READING_LINE: &str = "\n〔本部门口径〕";

/// A text for whom it does not concern how the office came to read the Measures.
pub fn without_readings(text: &str) -> String {
    text.replace(READING_LINE, "").replace(READING, "")
}

/// Sentences of one cell that stand on lines of their own: a row of Excel is of 409 points at most, and what is higher is
/// printed small or cut off.
pub(super) const ON_LINES: usize = 8;

pub struct Phrases<'a> {
    pack: &'a Pack,
    dataset: &'a Dataset,
    /// Per rule: whether it, a fact or a parameter behind it rests on a reading.
    readings: Vec<bool>,
    /// Per rule about rows: whether these rows are about a unit.
    of_units: Vec<bool>,
    tables: BTreeMap<&'a str, NamedRows<'a>>,
    lines: &'a [Line],
    /// The adverse actions proposed for whoever has a line that they stand beside.
    adverse: BTreeMap<Subject, Vec<&'a str>>,
}

/// How rows of a table are named.
struct NamedRows<'a> {
    table: usize,
    /// The column that tells rows about one subject apart, row by row.
    called: Vec<Option<&'a str>>,
}

impl<'a> Phrases<'a> {
    pub fn new(pack: &'a Pack, dataset: &'a Dataset, outcome: &'a Outcome) -> Self {
        let tables = pack.tables.iter().enumerate().map(|(index, table)| {
            let called = called(table)
                .map(|column| people::strings(&dataset.tables[index].frame, &table.columns[column].name))
                .unwrap_or_default();
            (table.name.as_str(), NamedRows { table: index, called })
        });
        let of_units = pack.rules.iter().map(|rule| of_unit(pack, rule)).collect();
        let (readings, tables, lines) = (readings(pack, dataset.as_of), tables.collect(), outcome.lines.as_slice());
        Phrases { pack, dataset, readings, of_units, tables, lines, adverse: adverse(pack, lines) }
    }

    /// The provisions behind an action, each once and on a line of its own, as is the mark of a reading: 依据 is narrow,
    /// and a mark would be broken anywhere.
    pub fn basis(&self, action: usize, rules: impl Iterator<Item = usize>) -> Cow<'a, str> {
        let mut cited: Vec<(&'a str, bool)> = Vec::new();
        for index in rules {
            let rule = &self.pack.rules[index];
            // What the rule proposes may be a reading although its condition is not.
            let proposed = |proposal: &Proposal| proposal.action == action && proposal.reading.is_some();
            let reading = self.readings[index] || rule.proposals.iter().any(proposed);
            match cited.iter_mut().find(|(known, _)| *known == rule.citation) {
                Some((_, known)) => *known |= reading,
                None => cited.push((&rule.citation, reading)),
            }
        }
        if let [(citation, false)] = cited.as_slice() {
            return Cow::Borrowed(citation);
        }
        let marked =
            cited.iter().map(|(citation, reading)| format!("{citation}{}", if *reading { READING_LINE } else { "" }));
        Cow::Owned(marked.collect::<Vec<_>>().join("；\n"))
    }

    /// The grounds among `grounds`, as sentences; several are numbered, each on a line of its own.
    pub fn facts<'g>(&self, recipient: &str, grounds: impl Iterator<Item = &'g Ground>) -> String {
        let mut told = once(grounds.map(|ground| self.ground(recipient, ground, true)).filter(|one| !one.is_empty()));
        if told.len() < 2 {
            return told.pop().unwrap_or_default();
        }
        let numbered: Vec<String> =
            (1..).zip(&told).map(|(number, sentence)| format!("（{number}）{sentence}")).collect();
        numbered.join(if numbered.len() > ON_LINES { "；" } else { "；\n" })
    }

    /// In what capacity the recipient is reached, and why. `whole`: what a line that it rests on says is said, too.
    fn ground(&self, recipient: &str, ground: &Ground, whole: bool) -> String {
        let rule = &self.pack.rules[ground.rule];
        let mut said = self.capacities(ground);
        let reason = match rule.of {
            Entity::Row(table) if !self.pack.tables[table].shown_facts.is_empty() => self.row_ground(table, ground),
            _ => self.reason(recipient, ground, whole),
        };
        if !reason.is_empty() {
            said.push(reason);
        }
        said.join("，")
    }

    /// 本人为主要负责人, 被列为相关责任领导.
    fn capacities(&self, ground: &Ground) -> Vec<String> {
        let proposals = &self.pack.rules[ground.rule].proposals;
        once(ground.proposals.iter().filter_map(|place| match &proposals[*place].to {
            Recipient::Itself => None,
            Recipient::Role { role, .. } => Some(format!("本人为{role}")),
            Recipient::Named { column, .. } => Some(format!("被列为{column}")),
        }))
    }

    fn reason(&self, recipient: &str, ground: &Ground, whole: bool) -> String {
        let mut clauses: Vec<String> = Vec::new();
        let mut last_row = None;
        // What rests on facts behind the rule's own is said by those facts.
        let behind = ground.evidence.iter().filter(|evidence| {
            !evidence.fact.is_empty() && !ground.facts.iter().any(|(name, _)| **name == *evidence.fact)
        });
        let behind = grouped(behind.map(|evidence| (&*evidence.fact, evidence)));
        for (name, value) in &ground.facts {
            let evidence: Vec<&Evidence> = ground.evidence.iter().filter(|evidence| *evidence.fact == **name).collect();
            let text = self.pack.facts.iter().find(|fact| &fact.name == name).and_then(|fact| fact.text.as_deref());
            match text {
                Some(_) if is_blank(value) => {}
                None if self.pack.rules[ground.rule].shows.contains(name) => {
                    clauses.extend((!is_blank(value)).then(|| plain_fact(name, value)));
                    last_row = None;
                }
                Some(text) => {
                    clauses.push(text.replace("{}", &value.said("")) + &self.places(&evidence, whole));
                    last_row = None;
                }
                None if !evidence.is_empty() => {
                    for evidence in evidence.into_iter().filter(|one| !one.value.is_empty()) {
                        clauses.push(self.evidence(evidence, &mut last_row));
                    }
                }
                None if behind.is_empty() && !is_blank(value) => clauses.push(plain_fact(name, value)),
                None => {}
            }
        }
        for (fact, evidence) in behind {
            let places = self.places(&evidence, whole);
            // One cell with a word of a closed set says more than the row that it stands in: a grade of a year.
            let word = |one: &&Evidence| {
                one.through.is_none() && matches!(self.column_kind(one), Some(ColumnKind::Choice { .. }))
            };
            if places.is_empty() || matches!(evidence.as_slice(), [one] if word(one)) {
                clauses.extend(evidence.into_iter().map(|evidence| self.evidence(evidence, &mut last_row)));
            } else {
                clauses.push(format!("{fact}{places}"));
                last_row = None;
            }
        }
        clauses.dedup();
        // Talks and lines that a rule names are about the recipient, whom the line names.
        let rule = &self.pack.rules[ground.rule];
        let itself = |place: &usize| matches!(rule.proposals[*place].to, Recipient::Itself);
        let own = ground.about == recipient || (!rule.about.is_empty() && ground.proposals.iter().all(itself));
        let about = if own { "" } else { &ground.about_label };
        // A ground about talks or lines says them itself.
        let about = if clauses.iter().any(|clause| clause.contains(about)) { "" } else { about };
        format!("{}{}", of(about), clauses.join("，"))
    }

    /// A ground about one row with facts of its own: a lead and what is known of it.
    fn row_ground(&self, table: usize, ground: &Ground) -> String {
        let known: Vec<String> = ground
            .facts
            .iter()
            .filter(|(_, value)| !is_blank(value) && !matches!(value, FactValue::Text(text) if text == &ground.about))
            .map(|(name, value)| {
                let measured = |evidence: &&Evidence| *evidence.column == **name && evidence.line.is_some();
                let relation = ground.evidence.iter().find(measured).map(|evidence| self.relation(evidence));
                plain_fact(name, value) + &relation.unwrap_or_default()
            })
            .collect();
        let whose = if ground.about_label == ground.about { "" } else { &ground.about_label };
        let about_unit = self.pack.tables[table].about_unit.as_ref().filter(|_| self.of_units[ground.rule]);
        let row = match about_unit.zip(ground.units.first()) {
            Some((said, unit)) => {
                let units = &self.dataset.registers[self.pack.membership.unit].labels;
                let unit = units.get(*unit as usize).map_or("", String::as_str);
                format!("{} {}", said.replace("{}", unit), ground.about)
            }
            None => format!("{}{} {}", of(whose), display(&self.pack.tables[table].name), ground.about),
        };
        if known.is_empty() { row } else { format!("{row}（{}）", known.join("，")) }
    }

    /// One deciding cell; the row is named only where it is another one than before.
    fn evidence(&self, evidence: &Evidence, last_row: &mut Option<(std::sync::Arc<str>, String)>) -> String {
        let row = (evidence.table.clone(), self.row_name(evidence).into_owned());
        let known = last_row.as_ref() == Some(&row);
        let value = self.value(evidence);
        let relation = self.relation(evidence);
        if !row.1.is_empty() && row.1 == evidence.value {
            // A row known by its date, say, and decided by that date.
            let clause = format!("{} {}", display(&evidence.table), row.1);
            *last_row = Some(row);
            return clause;
        }
        let clause = if known {
            format!("{}{value}{relation}", evidence.column)
        } else if row.1.is_empty() {
            format!("{}{value}{relation}", overlapping(display(&evidence.table), &evidence.column))
        } else {
            format!("{}（{}）{}{value}{relation}", display(&evidence.table), row.1, evidence.column)
        };
        *last_row = Some(row);
        clause
    }

    /// What tells the row apart: its own name, else the column that does.
    fn row_name<'e>(&'e self, evidence: &'e Evidence) -> Cow<'e, str> {
        if !evidence.label.is_empty() {
            return Cow::Borrowed(&evidence.label);
        }
        let Origin::Cell(cell) = evidence.origin else { return Cow::Borrowed("") };
        let name = self.tables.get(&*evidence.table).and_then(|row| {
            // Rows lie in reading order, so the cell's row is found without an index.
            let origin = &self.dataset.tables[row.table].origin;
            let at = origin.binary_search(&(cell.sheet, cell.row)).ok()?;
            *row.called.get(at)?
        });
        Cow::Borrowed(name.unwrap_or(""))
    }

    fn column_kind(&self, evidence: &Evidence) -> Option<&'a ColumnKind> {
        let table = &self.pack.tables[self.tables.get(&*evidence.table)?.table];
        Some(&table.columns[table.column(&evidence.column)?].kind)
    }

    fn value(&self, evidence: &Evidence) -> String {
        match self.column_kind(evidence) {
            Some(ColumnKind::Number { .. }) => format!(" {}", evidence.value),
            _ => format!("：{}", evidence.value),
        }
    }

    /// `，低于半年得分线 60〔本部门口径〕`, for a value that was measured against a parameter.
    fn relation(&self, evidence: &Evidence) -> String {
        let Some((name, line)) = &evidence.line else { return String::new() };
        let reading = self.pack.parameters.iter().any(|one| *one.name == **name && one.is_reading(self.dataset.as_of));
        let ranks = |value: &str, line: &str| match self.column_kind(evidence) {
            Some(ColumnKind::Choice { values, .. }) => {
                let rank = |text: &str| values.iter().position(|value| value == text).map(|rank| rank as f64);
                Some((rank(value)?, rank(line)?))
            }
            _ => Some((value.parse::<f64>().ok()?, line.parse::<f64>().ok()?)),
        };
        let word = match ranks(&evidence.value, line) {
            Some((value, line)) if value < line => "低于",
            Some((value, line)) if value > line => "高于",
            Some(_) => "达到",
            None => "对照",
        };
        let line = if line.parse::<f64>().is_ok() { format!(" {line}") } else { format!("「{line}」") };
        format!("，{word}{name}{line}{}", mark(reading))
    }

    /// Citations of the deciding cells, each once.
    pub fn sources<'g>(&self, origins: impl Iterator<Item = &'g Origin>, between: &str) -> String {
        let cited = once(origins);
        let mark = if cited.len() > breaks::MOST { "；" } else { between };
        cited.into_iter().map(|origin| self.source(origin)).collect::<Vec<_>>().join(mark)
    }

    fn source(&self, origin: &Origin) -> String {
        match origin {
            Origin::Cell(cell) => self.dataset.cite(*cell),
            Origin::Archive(line) => format!("档案!{line}"),
        }
    }

    /// Flags and hints, one after the other.
    pub fn hints(&self, line: &Line) -> Cow<'a, str> {
        let mut told: Vec<String> = Vec::new();
        for flag in &line.flags {
            if line.hints.iter().any(|hint| hint.contains(flag.word())) {
                continue;
            }
            match (flag, self.adverse.get(&line.subject)) {
                (Flag::Conflict, Some(adverse)) => told.push(format!("{}：{}", flag.word(), adverse.join("、"))),
                _ => told.push(flag.word().to_owned()),
            }
        }
        told.extend(line.hints.iter().map(|hint| hint.trim_end_matches('。').to_owned()));
        told.extend(self.undecided(line).map(|id| format!("所依据的{} {id} 尚未审定", printed::LINE)));
        if told.is_empty() { Cow::Borrowed("") } else { Cow::Owned(told.join("；")) }
    }

    fn line(&self, id: &str) -> Option<&'a Line> {
        let at = self.lines.binary_search_by(|line| line.id.as_bytes().cmp(id.as_bytes())).ok()?;
        Some(&self.lines[at])
    }

    /// Lines of this run that a line rests on and about which nothing is decided yet.
    fn undecided<'l>(&self, line: &'l Line) -> impl Iterator<Item = &'l str> {
        let mut ids: Vec<&'l str> = Vec::new();
        let evidence = line.grounds.iter().flat_map(|ground| &ground.evidence);
        for id in evidence.filter_map(|one| one.through.as_deref()) {
            let open =
                self.line(id).map(Line::opinion).is_some_and(|said| said.is_empty() || said == self.pack.answers.defer);
            if open && !ids.contains(&id) {
                ids.push(id);
            }
        }
        ids.into_iter()
    }

    /// Where a fact was found that is not shown by a cell's value: lines, with why they are proposed, and named rows, whose
    /// table is said once.
    fn places(&self, evidence: &[&Evidence], whole: bool) -> String {
        let mut places: Vec<(&str, String)> = Vec::new();
        for evidence in evidence {
            places.once(match (&evidence.through, &evidence.origin) {
                (Some(id), _) => {
                    let reason = self.line(id).filter(|_| whole).map(|line| self.why(line)).unwrap_or_default();
                    (printed::LINE, if reason.is_empty() { id.to_string() } else { format!("{id}，因{reason}") })
                }
                (None, Origin::Archive(id)) => (printed::LINE, id.to_string()),
                (None, Origin::Cell(_)) if evidence.label.is_empty() => continue,
                (None, Origin::Cell(_)) => (display(&evidence.table), evidence.label.to_string()),
            });
        }
        let mut said = String::new();
        for table in places.chunk_by(|one, other| one.0 == other.0 && one.0 != printed::LINE) {
            let rows: Vec<&str> = table.iter().map(|(_, row)| row.as_str()).collect();
            said += &format!("{}{} {}", if said.is_empty() { "" } else { "、" }, table[0].0, rows.join("、"));
        }
        if said.is_empty() { said } else { format!("（{said}）") }
    }

    /// Why a line is proposed, in short.
    fn why(&self, line: &Line) -> String {
        let ids = &self.dataset.registers[line.subject.kind].ids;
        let recipient = ids.get(line.subject.index as usize).map_or("", String::as_str);
        let told = line.grounds.iter().map(|ground| self.ground(recipient, ground, false));
        once(told.filter(|one| !one.is_empty())).join("；")
    }
}

/// An action as it is proposed, with its options.
pub fn proposed(pack: &Pack, line: &Line) -> String {
    with_options(&pack.actions[line.action].name, &line.options)
}

/// `处理（方式、方式）`.
pub fn with_options(action: &str, options: &[String]) -> String {
    if options.is_empty() { action.to_owned() } else { format!("{action}（{}）", options.join("、")) }
}

/// Whether the rows of a rule are about a unit: its people answer by their role, or it answers itself.
fn of_unit(pack: &Pack, rule: &Rule) -> bool {
    let unit = pack.membership.unit;
    matches!(rule.of, Entity::Row(_))
        && rule.proposals.iter().any(|proposal| {
            matches!(proposal.to, Recipient::Role { via: None, .. })
                || recipients::kinds(pack, rule, proposal) == [unit]
        })
}

/// What stands beside the lines that are flagged for it.
fn adverse<'a>(pack: &'a Pack, lines: &[Line]) -> BTreeMap<Subject, Vec<&'a str>> {
    let flagged = lines.iter().filter(|line| line.flags.contains(&Flag::Conflict));
    let mut beside: BTreeMap<Subject, Vec<&'a str>> = flagged.map(|line| (line.subject, Vec::new())).collect();
    for (action, definition) in pack.actions.iter().enumerate().filter(|(_, action)| action.tone == Tone::Adverse) {
        for line in lines.iter().filter(|line| line.action == action) {
            if let Some(names) = beside.get_mut(&line.subject) {
                names.push(&definition.name);
            }
        }
    }
    beside
}

/// Whose fact it is, in front of the fact.
fn of(name: &str) -> String {
    if name.is_empty() { String::new() } else { format!("{name}的") }
}

fn mark(reading: bool) -> &'static str {
    if reading { READING } else { "" }
}

/// A table's name as people say it: without what tells tables of one form apart.
fn display(table: &str) -> &str {
    table.split_once('_').map_or(table, |(name, _)| name)
}

/// Two words, joined where the second goes on with the end of the first: 年度考核 + 考核等次 = 年度考核等次.
fn overlapping(first: &str, second: &str) -> String {
    let starts = first.char_indices().map(|(at, _)| at);
    let shared = starts.map(|at| &first[at..]).find(|end| second.starts_with(*end)).unwrap_or("");
    format!("{first}{}", &second[shared.len()..])
}

/// Nobody filled it in: nothing is said of it.
fn is_blank(value: &FactValue) -> bool {
    match value {
        FactValue::Null => true,
        FactValue::Text(text) => text.is_empty(),
        _ => false,
    }
}

fn plain_fact(name: &str, value: &FactValue) -> String {
    match value {
        FactValue::Bool(true) => name.to_owned(),
        FactValue::Int(_) | FactValue::Number(_) => format!("{name} {}", value.said("")),
        FactValue::Null | FactValue::Bool(false) | FactValue::Text(_) => format!("{name}：{}", value.said("")),
    }
}

/// In a table that may say several things about one subject: the closed set that stands before the
/// subject, which is who says it.
fn called(table: &crate::pack::Table) -> Option<usize> {
    let subject = table.references.iter().map(|reference| reference.id.min(reference.label)).min()?;
    let who = table.columns[..subject]
        .iter()
        .position(|column| column.required && matches!(column.kind, ColumnKind::Choice { .. }))?;
    // Where a key tells rows apart, it is that column which has to be part of it.
    let tells = table.key.as_ref().is_none_or(|key| key.parts.contains(&KeyPart::Column(who)));
    tells.then_some(who)
}

/// Per rule: whether a reading stands behind it, directly or through the facts and parameters it names.
fn readings(pack: &Pack, day: chrono::NaiveDate) -> Vec<bool> {
    let parameter = |name: &str| pack.parameters.iter().any(|one| one.name == name && one.is_reading(day));
    let named = |formula: &Expression| formula.term().names().into_iter().any(parameter);
    let facts = pack.resting(|fact| pack.facts[fact].reading.is_some() || pack.facts[fact].formulas().any(named));
    let rests = |formula: &Expression| named(formula) || formula.term().facts().any(|fact| facts.contains(&fact));
    let shares = |rule: usize| pack.quotas.iter().any(|quota| quota.rule == rule && parameter(&quota.share));
    let rules = pack.rules.iter().enumerate();
    let rests_on = |(at, rule): (usize, &Rule)| rule.reading.is_some() || shares(at) || rule.conditions().any(rests);
    rules.map(rests_on).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_joined_where_they_overlap() {
        let cases = [
            ("年度考核", "考核等次", "年度考核等次"),
            ("年度目标考核", "目标完成评价", "年度目标考核目标完成评价"),
            ("谈话记录", "谈话类型", "谈话记录谈话类型"),
        ];
        for (first, second, expected) in cases {
            assert_eq!(overlapping(first, second), expected);
        }
    }

    #[test]
    fn facts_are_said_without_machine_words() {
        let cases = [
            (FactValue::Bool(true), "情节"),
            (FactValue::Bool(false), "情节：否"),
            (FactValue::Text("较重".into()), "情节：较重"),
            (FactValue::Int(3), "情节 3"),
            (FactValue::Number(44.5), "情节 44.5"),
        ];
        for (value, expected) in cases {
            assert_eq!(plain_fact("情节", &value), expected);
        }
    }
}
