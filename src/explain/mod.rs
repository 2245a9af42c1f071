//! Why somebody is on a list, and why somebody else is not: every rule of a run about one subject.
//!
//! It looks at what the run kept ([`crate::rule::record`]) and at its published consequences, never at
//! workbooks, pack or archive: what it tells is what was decided. [`text`] lays the answer out for a terminal.

mod point;
pub mod text;

use std::collections::BTreeSet;

use serde::Serialize;

pub use point::{Distance, Point, Points, SeenAt, said};

use crate::consequence::{Consequence, OpenCase};
use crate::once::once;
use crate::rule::record::{Head, QuotaHead, Record, RuleHead, To};
use crate::word::worded;

worded! {
    /// What a rule comes to. From the strongest to the weakest.
    #[derive(Default)]
    pub enum Conclusion {
        Holds = "成立",
        Pending = "待定",
        Fails = "不成立",
        #[default]
        Outside = "不适用",
    }
}

/// All that the rules say about one subject.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Explanation {
    pub subject_kind: String,
    /// The kind as people call it.
    pub kind_name: String,
    pub subject_id: String,
    pub subject_name: String,
    pub units: Vec<Unit>,
    pub proposals: Vec<ProposedLine>,
    pub pending: Vec<Open>,
    /// In the pack's order.
    pub rules: Vec<Said>,
}

/// A unit in which a member sits.
#[derive(Debug, Clone, Serialize)]
pub struct Unit {
    pub id: String,
    pub name: String,
    pub role: String,
}

/// What the run proposes.
#[derive(Debug, Clone, Serialize)]
pub struct ProposedLine {
    pub id: String,
    pub action: String,
    pub options: Vec<String>,
    pub rules: Vec<String>,
    pub flags: Vec<String>,
}

/// What the run left open.
#[derive(Debug, Clone, Serialize)]
pub struct Open {
    pub rule: String,
    pub missing: Vec<String>,
    pub sources: Vec<String>,
}

/// One rule.
#[derive(Debug, Clone, Serialize)]
pub struct Said {
    pub rule: String,
    pub provision: String,
    pub citation: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reading: Option<String>,
    pub verdict: Conclusion,
    /// What it would propose, in words.
    pub proposes: Vec<String>,
    /// Why there is nothing to look at.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// What it was applied to: the subject itself, rows about it, its unit.
    pub cases: Vec<Applied>,
}

/// A rule applied to one team, cadre or row.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Applied {
    /// Whose values these are; empty for the subject's own.
    pub about: String,
    pub verdict: Conclusion,
    /// Conditions that are met.
    pub met: Vec<Point>,
    /// Conditions that are not, the nearest first; for a rule that does not apply: what keeps it out.
    pub unmet: Vec<Point>,
    /// Values that were looked at where no condition decides.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub seen: Vec<Point>,
    /// Facts without a value.
    pub missing: Vec<String>,
    /// Cells of rows that can be read in more than one way, and why.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ambiguous: Vec<String>,
}

impl Explanation {
    /// The subject by name and id, as far as it has a name.
    pub fn subject(&self) -> String {
        match self.subject_name.as_str() {
            "" => self.subject_id.clone(),
            name => format!("{name}（{}）", self.subject_id),
        }
    }
}

impl Applied {
    /// The conditions with what is said of them; first those that speak for the verdict.
    pub fn sides(&self) -> impl Iterator<Item = (&'static str, &Point)> {
        let fails = self.verdict >= Conclusion::Fails;
        let met = self.met.iter().map(|point| (true, point));
        let mut sides: Vec<(bool, &Point)> = met.chain(self.unmet.iter().map(|point| (false, point))).collect();
        // What is unknown decides nothing where something else does.
        sides.sort_by_key(|(is_met, point)| (point.open, *is_met == fails));
        sides.into_iter().map(|(is_met, point)| match (is_met, point.open) {
            (true, _) => ("符合", point),
            (false, true) => ("未定", point),
            (false, false) => ("不符", point),
        })
    }
}

/// Whether a record is the subject that `wanted` (an id or a name, blanks removed) means.
pub fn is_meant(head: &Head, record: &Record, wanted: &str, key: &dyn Fn(&str) -> String) -> bool {
    let names = || std::iter::once(&record.id).chain([&record.label]).chain(&record.others);
    head.entities.get(record.entity).is_some_and(|entity| entity.subject) && names().any(|name| key(name) == wanted)
}

/// Whether a record has to be looked at to explain `subject`.
pub fn is_related(head: &Head, record: &Record, subject: &Record, units: &BTreeSet<String>) -> bool {
    let Some(entity) = head.entities.get(record.entity) else { return false };
    let own = &head.entities[subject.entity].kind;
    if entity.subject {
        return record.entity == subject.entity && record.id == subject.id
            || record.entity != subject.entity && record.seats.is_empty() && units.contains(&*record.id)
            || record.seats.iter().any(|(unit, _)| units.contains(&**unit)) && !subject.seats.is_empty();
    }
    record.holders.iter().any(|(kind, id)| kind == own && *id == subject.id || kind != own && units.contains(&**id))
}

/// Units through which rules may reach a subject: those it sits in, and those its grounds are about.
pub fn units_of(subject: &Record, lines: &[&Consequence<'_>]) -> BTreeSet<String> {
    let seats = subject.seats.iter().map(|(unit, _)| unit.to_string());
    let grounds = lines.iter().flat_map(|line| &line.grounds).map(|ground| ground.about.to_string());
    seats.chain(grounds).collect()
}

/// Somebody who stands only in register rows that were put aside: no rule could look at them.
pub fn only_pending(kind: &str, id: &str, name: &str, pending: &[&OpenCase<'_>]) -> Explanation {
    let pending = pending.iter().map(|case| still_open(case)).collect();
    let (subject_kind, subject_id, subject_name) = (kind.to_owned(), id.to_owned(), name.to_owned());
    Explanation { subject_kind, subject_id, subject_name, pending, ..Explanation::default() }
}

fn proposal(line: &Consequence<'_>) -> ProposedLine {
    ProposedLine {
        id: line.id.to_string(),
        action: line.action.to_string(),
        options: line.options.to_vec(),
        rules: once(line.grounds.iter().map(|ground| ground.rule.to_string())),
        flags: line.flags.iter().map(|flag| flag.word().to_owned()).collect(),
    }
}

fn still_open(case: &OpenCase<'_>) -> Open {
    Open { rule: case.rule.to_string(), missing: case.missing.to_vec(), sources: case.sources.clone() }
}

/// The words that a proposal is called by.
fn proposed(rule: &RuleHead) -> Vec<String> {
    rule.proposes
        .iter()
        .map(|proposal| {
            let options = match proposal.options.as_slice() {
                [] => String::new(),
                options => format!("［{}］", options.join("、")),
            };
            let to = match &proposal.to {
                To::Itself => String::new(),
                To::Role(role, _) => format!("→{role}"),
                To::Named(column) => format!("→{column}"),
            };
            format!("{}{options}{to}", proposal.action)
        })
        .collect()
}

/// Whom a rule reaches beside the one it is about.
fn others(rule: &RuleHead) -> Vec<&str> {
    let to = rule.proposes.iter().filter_map(|proposal| match &proposal.to {
        To::Role(role, _) => Some(role.as_str()),
        To::Named(column) => Some(column.as_str()),
        To::Itself => None,
    });
    let mut names: Vec<&str> = to.collect();
    names.dedup();
    names
}

/// What a run kept, as far as it is about one subject.
pub struct Teller<'t> {
    pub head: &'t Head,
    pub subject: &'t Record<'t>,
    /// Its own, its units', those of rows about it and of members of its units.
    pub records: &'t [Record<'t>],
    /// What the run proposes for it.
    pub lines: &'t [&'t Consequence<'t>],
    /// What the run left open about it.
    pub open: &'t [&'t OpenCase<'t>],
}

impl Teller<'_> {
    /// Explains every rule.
    pub fn explanation(&self) -> Explanation {
        let Teller { head, subject, records, lines, open } = *self;
        let of = &head.entities[subject.entity];
        let name_of = |unit: &str| {
            let record = records.iter().find(|one| one.seats.is_empty() && !one.label.is_empty() && one.id == unit);
            record.map_or_else(String::new, |record| record.label.to_string())
        };
        let seats = subject.seats.iter();
        let seats =
            seats.map(|(unit, role)| Unit { id: unit.to_string(), name: name_of(unit), role: role.to_string() });
        Explanation {
            subject_kind: of.kind.clone(),
            kind_name: of.name.clone(),
            subject_id: subject.id.to_string(),
            subject_name: subject.label.to_string(),
            units: seats.collect(),
            proposals: lines.iter().map(|line| proposal(line)).collect(),
            pending: open.iter().map(|case| still_open(case)).collect(),
            rules: (0..head.rules.len()).map(|rule| self.rule(rule)).collect(),
        }
    }

    fn rule(&self, at: usize) -> Said {
        let rule = &self.head.rules[at];
        let mut said = Said {
            rule: rule.id.clone(),
            provision: rule.provision.clone(),
            citation: rule.citation.clone(),
            reading: rule.reading.clone(),
            verdict: Conclusion::Outside,
            proposes: proposed(rule),
            note: String::new(),
            cases: Vec::new(),
        };
        let Some(entity) = rule.entity else {
            said.note = "本次运行不适用此条".to_owned();
            return said;
        };
        if let Some(quota) = rule.quota {
            self.quota(rule, entity, quota, &mut said);
            return said;
        }
        let related = self.records.iter().filter(|record| record.entity == entity);
        said.cases = related.filter_map(|record| self.case(at, rule, record)).collect();
        said.cases.sort_by_key(|case| case.verdict);
        said.verdict = said.cases.iter().map(|case| case.verdict).min().unwrap_or(Conclusion::Outside);
        // A rule that holds for somebody's unit may still wait for a recipient. One that proposes nothing waits for none, and
        // shares its name with others.
        let waits = !rule.proposes.is_empty() && self.open.iter().any(|case| case.rule == rule.id);
        if waits && said.verdict > Conclusion::Pending {
            said.verdict = Conclusion::Pending;
        }
        let proposed = self.lines.iter().flat_map(|line| &line.grounds).any(|ground| ground.rule == rule.id);
        if said.cases.is_empty() {
            said.note = self.nothing(rule, entity);
        } else if said.verdict == Conclusion::Holds && !proposed {
            let others = others(rule);
            said.note =
                if others.is_empty() { String::new() } else { format!("所拟处理及于{}", others.join("、")) };
        }
        said
    }

    /// Why there is nothing that the rule could look at.
    fn nothing(&self, rule: &RuleHead, entity: usize) -> String {
        let of = &self.head.entities[entity];
        if !of.subject {
            return format!("没有适用此条的{}", of.name);
        }
        let roles = others(rule);
        if roles.is_empty() || self.subject.seats.is_empty() {
            format!("此条只涉及{}", of.name)
        } else {
            format!("此条涉及{}，只及于{}，未及于此人", of.name, roles.join("、"))
        }
    }

    /// A rule applied to a record, if it can reach the subject through it.
    fn case(&self, at: usize, rule: &RuleHead, record: &Record) -> Option<Applied> {
        let entity = &self.head.entities[record.entity];
        let kind = &self.head.entities[self.subject.entity].kind;
        let is_own = record.entity == self.subject.entity && record.id == self.subject.id;
        let held = record.holders.iter().any(|(of, id)| of == kind && *id == self.subject.id);
        let letter = entity
            .rules
            .iter()
            .position(|one| *one == at)
            .and_then(|place| record.verdicts.as_bytes().get(place).map(|letter| (place, *letter)));
        let (place, letter) = letter?;
        let grounds = || self.lines.iter().flat_map(|line| &line.grounds);
        let named = grounds().any(|ground| ground.rule == rule.id && ground.about == record.id);
        let role_in = |unit: &str, role: &str| self.subject.seats.iter().any(|(of, is)| of == unit && is == role);
        let reaches = is_own
            || held
            || rule.proposes.iter().any(|proposal| match &proposal.to {
                To::Itself => false,
                To::Role(role, None) => {
                    entity.subject && record.seats.is_empty() && role_in(&record.id, role)
                        || record.holders.iter().any(|(_, id)| role_in(id, role))
                }
                // Of the members of a unit only those count for whom something holds or is open.
                To::Role(role, Some(via)) => {
                    matches!(letter, b'y' | b'?')
                        && record.seats.iter().any(|(unit, is)| is == via && role_in(unit, role))
                }
                To::Named(_) => named && letter == b'y',
            });
        if !reaches {
            return None;
        }
        let about = if is_own {
            String::new()
        } else if entity.subject {
            format!("{}（{}）", record.label, record.id)
        } else {
            format!("{} {}", entity.name, record.id)
        };
        Some(self.judged(rule, record, place, letter, about))
    }

    fn judged(&self, rule: &RuleHead, record: &Record, place: usize, letter: u8, about: String) -> Applied {
        let points = point::Points { head: self.head, record };
        let missing = record.missing.iter().find(|(at, _)| *at == place).map(|(_, missing)| missing.clone());
        let mut case = Applied { about, missing: missing.unwrap_or_default(), ..Applied::default() };
        match letter {
            // A case that only tells people is open as long as it holds.
            b'y' if rule.marks.is_some() => {
                case.verdict = Conclusion::Pending;
                case.missing = rule.marks.clone().unwrap_or_default();
            }
            b'y' => case.verdict = Conclusion::Holds,
            b'?' => {
                case.verdict = Conclusion::Pending;
                case.ambiguous = record.ambiguous.iter().map(|cell| self.head.cite(cell)).collect();
            }
            b'n' => case.verdict = Conclusion::Fails,
            _ => {}
        }
        if letter == b'-' {
            if let Some(scope) = &rule.scope {
                case.unmet = points.unmet(scope);
            }
        } else if let Some(when) = &rule.when {
            case.met = points.met(when);
            case.unmet = points.unmet(when);
        }
        case.met.iter_mut().chain(&mut case.unmet).for_each(|point| self.of_this_run(point));
        case
    }

    /// A line of this run stands on the cells of its own grounds.
    fn of_this_run(&self, point: &mut Point) {
        point.parts.iter_mut().for_each(|part| self.of_this_run(part));
        let cells = std::mem::take(&mut point.cells);
        for cell in cells {
            let line = self.lines.iter().find(|line| cell.source == format!("档案!{}", line.id));
            let Some(line) = line else {
                point.cells.push(cell);
                continue;
            };
            for source in line.grounds.iter().flat_map(|ground| &ground.sources) {
                let known = point.cells.iter().any(|known| known.source == *source);
                if !known {
                    let seen =
                        SeenAt { source: source.clone(), column: "本次拟处理".into(), value: line.id.to_string() };
                    point.cells.push(seen);
                }
            }
        }
    }

    /// A share of people that is to be reached: who has been, who is picked, whose turn it is not yet.
    fn quota(&self, rule: &RuleHead, entity: usize, quota: QuotaHead, said: &mut Said) {
        if entity != self.subject.entity {
            said.note = format!("此条只涉及{}", self.head.entities[entity].name);
            return;
        }
        let points = point::Points { head: self.head, record: self.subject };
        let picked = self.lines.iter().flat_map(|line| &line.grounds).any(|ground| ground.rule == rule.id);
        let is = |value: usize| self.subject.value(self.head, value).0 == &crate::fact::FactValue::Bool(true);
        said.verdict = if picked { Conclusion::Holds } else { Conclusion::Fails };
        let outside = quota.among.filter(|among| !is(*among));
        said.note = if let Some(among) = outside {
            format!("此条只涉及{}", self.head.values[among].name)
        } else if picked {
            "列入本次计划".to_owned()
        } else if is(quota.reached) {
            "本年已完成，不再列入".to_owned()
        } else {
            "按本次比例未轮到：完成比例低的单位在先，单位内按固定的抽取次序".to_owned()
        };
        let seen = quota.among.into_iter().chain([quota.reached]).map(|value| points.value(value, None));
        said.cases.push(Applied { verdict: said.verdict, seen: seen.collect(), ..Applied::default() });
    }
}
