//! Why a line came or went: the parameter, the cell or the rule behind a condition that came out otherwise.

use std::collections::BTreeMap;

use super::Side;
use crate::consequence::{Consequence, ConsequenceGround as Ground};
use crate::explain::said;
use crate::fact::FactValue;
use crate::once::Once;
use crate::rule::record::{AtomHead, Head, ProposalHead, QuotaHead, Record, To, ValueHead, Witness};

/// A cause, in words, with the cell it can be seen at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    pub text: String,
    /// `路径/文件.xlsx!工作表!A12`, where a cell shows it.
    pub source: String,
}

impl Cause {
    /// One that no cell shows.
    fn said(text: String) -> Cause {
        Cause { text, source: String::new() }
    }
}

/// Both sides.
pub struct Causes<'c> {
    before: Indexed<'c>,
    after: Indexed<'c>,
}

/// A side, with its records by the kind and id of what they are about.
struct Indexed<'c> {
    head: &'c Head,
    records: BTreeMap<(&'c str, &'c str), Vec<&'c Record<'static>>>,
}

impl<'c> Causes<'c> {
    pub fn new(before: &'c Side, after: &'c Side) -> Self {
        Causes { before: Indexed::new(before), after: Indexed::new(after) }
    }

    /// What makes a line differ.
    pub fn of(&self, was: Option<&Consequence<'_>>, is: Option<&Consequence<'_>>) -> Vec<Cause> {
        let Some(line) = is.or(was) else { return Vec::new() };
        let options = was.map(|line| &line.options) != is.map(|line| &line.options);
        let was = was.map_or(&[][..], |line| &line.grounds);
        let is = is.map_or(&[][..], |line| &line.grounds);
        let same = |a: &Ground<'_>, b: &Ground<'_>| a.rule == b.rule && a.about == b.about;
        let mut causes: Vec<Cause> = Vec::new();
        let gone = was.iter().filter(|ground| !is.iter().any(|other| same(ground, other)));
        let come = is.iter().filter(|ground| !was.iter().any(|other| same(ground, other)));
        for ground in gone.chain(come) {
            for cause in self.ground(ground, line) {
                causes.once(cause);
            }
        }
        for ground in is {
            let Some(other) = was.iter().find(|other| same(ground, other) && !other.says(ground)) else { continue };
            for cause in self.facts(other, ground, line) {
                causes.once(cause);
            }
        }
        // The same grounds with other options: the rules themselves offer others.
        let unexplained = options && causes.is_empty();
        for ground in is.iter().filter(|_| unexplained) {
            let proposes = |side: &Indexed<'c>| {
                side.head.rules.iter().filter(|rule| rule.id == ground.rule).map(|rule| &rule.proposes)
            };
            if proposes(&self.before).ne(proposes(&self.after)) {
                causes.push(Cause::said(format!("规则包中条款 {} 的可选方式已改变", ground.rule)));
            }
        }
        causes
    }

    /// The same ground with other facts: which, and where it can be seen.
    fn facts(&self, was: &Ground<'_>, is: &Ground<'_>, line: &Consequence<'_>) -> Vec<Cause> {
        let record = |side: &Indexed<'c>| side.find(side.rule(&is.rule)?, is, line);
        let value = |side: &Indexed<'_>, record: &Record, name: &str| {
            let mut values = side.head.entities[record.entity].values.iter().copied();
            values.find(|value| side.head.values[*value].name == name)
        };
        let records = record(&self.before).zip(record(&self.after));
        let mut found = Telling { sought: Sought::Changed, causes: Vec::new() };
        for (name, new) in is.facts.iter() {
            let old = was.facts.iter().find(|(of, _)| of == name).map_or(&FactValue::Null, |(_, old)| old);
            if old == new {
                continue;
            }
            let before = found.causes.len();
            if let Some((one, other)) = records
                && let Some(at) = value(&self.before, one, name).zip(value(&self.after, other, name))
            {
                self.value((at.0, one), (at.1, other), false, &mut found);
            }
            if found.causes.len() == before {
                found.tell(format!("{name}：{} → {}", said(old), said(new)), String::new());
            }
        }
        if found.causes.is_empty() { self.ground(is, line) } else { found.causes }
    }

    fn ground(&self, ground: &Ground<'_>, line: &Consequence<'_>) -> Vec<Cause> {
        let rule = &*ground.rule;
        let told = |text: String| vec![Cause::said(text)];
        let (before, after) = match (self.before.rule(rule), self.after.rule(rule)) {
            (None, None) => return told(format!("条款 {rule}")),
            (Some(_), None) => return told(format!("规则包中不再有条款 {rule}")),
            (None, Some(_)) => return told(format!("规则包中新增条款 {rule}")),
            (Some(before), Some(after)) => (before, after),
        };
        let (old, new) = match (self.before.find(before, ground, line), self.after.find(after, ground, line)) {
            (Some(old), Some(new)) => (old, new),
            (None, Some(new)) => return vec![self.after.alone(new, "是新的，或新适用于条款")],
            (Some(old), None) => return vec![self.before.alone(old, "已不在，或不再适用于条款")],
            (None, None) => return told(format!("条款 {rule}")),
        };
        let rules = (&self.before.head.rules[before], &self.after.head.rules[after]);
        if let (Some(was), Some(is)) = (rules.0.quota, rules.1.quota) {
            return self.drawn((was, old), (is, new));
        }
        let mut causes = self.conditions((before, old), (after, new), Sought::Changed);
        let by_name = |to: &ProposalHead| matches!(to.to, To::Named(_));
        let (was, is) = rules;
        if causes.is_empty() && old.verdicts == new.verdicts && is.proposes.iter().any(by_name) {
            // Who is named in the rows that decide changes with those rows, though the verdict stays.
            causes = self.conditions((before, old), (after, new), Sought::Settled);
            if causes.iter().all(|cause| cause.source.is_empty()) {
                causes.clear();
            }
        }
        if causes.is_empty() {
            let text = if was.when != is.when || was.proposes != is.proposes {
                format!("规则包中条款 {rule} 已改变")
            } else if old.verdicts == new.verdicts {
                "该条所及的人已改变（职务或名册）".to_owned()
            } else {
                format!("条款 {rule} 的结论已改变")
            };
            causes = told(text);
        }
        causes
    }

    /// Who is drawn for a share changes with the share, with what the person has done, and with what others have.
    fn drawn(&self, was: (QuotaHead, &Record), is: (QuotaHead, &Record)) -> Vec<Cause> {
        let mut found = Telling { sought: Sought::Changed, causes: Vec::new() };
        self.parameters(was.0.share.as_slice(), is.0.share.as_slice(), &mut found);
        let asked = |quota: QuotaHead| [Some(quota.reached), quota.among];
        for values in asked(was.0).into_iter().zip(asked(is.0)) {
            if let (Some(old), Some(new)) = values {
                self.value((old, was.1), (new, is.1), false, &mut found);
            }
        }
        if found.causes.is_empty() {
            found.tell("按比例抽取：应抽取的人数或先后随他人的情况改变".to_owned(), String::new());
        }
        found.causes
    }

    /// Conditions of a rule that came out otherwise or the same, as they are asked for, and what is behind them.
    fn conditions(&self, before: (usize, &Record), after: (usize, &Record), sought: Sought) -> Vec<Cause> {
        let mut found = Telling { sought, causes: Vec::new() };
        let old = self.before.atoms(before);
        for (new, is) in self.after.atoms(after) {
            // Another pack may have put a condition between them.
            let text = said_of(self.after.head, is);
            let same = old.iter().find(|(_, was)| said_of(self.before.head, was) == text);
            let Some((old, was)) = same.copied() else { continue };
            if (before.1.atom(old) == after.1.atom(new)) != (sought == Sought::Settled) {
                continue;
            }
            let measured = self.parameters(&was.parameters, &is.parameters, &mut found);
            for (was, is) in was.uses.iter().zip(&is.uses) {
                self.value((*was, before.1), (*is, after.1), measured, &mut found);
            }
            if found.causes.is_empty() && sought == Sought::Changed {
                found.causes.push(Cause::said(is.text.clone()));
            }
        }
        found.causes
    }

    /// Parameters that have another value; whether there are any that were not told yet.
    fn parameters(&self, was: &[usize], is: &[usize], found: &mut Telling) -> bool {
        let before = found.causes.len();
        for (was, is) in was.iter().zip(is) {
            let (was, is) = (&self.before.head.parameters[*was], &self.after.head.parameters[*is]);
            if was.name == is.name && was.value != is.value {
                found.tell(format!("参数 {}：{} → {}", is.name, was.value, is.value), String::new());
            }
        }
        found.causes.len() > before
    }

    /// What is behind a value; `measured`: another line is applied to it, so its cells are told all the same.
    fn value(&self, was: (usize, &Record), is: (usize, &Record), measured: bool, found: &mut Telling) {
        let (old_head, new_head) = (&self.before.head.values[was.0], &self.after.head.values[is.0]);
        let (old, old_cells) = was.1.value(self.before.head, was.0);
        let (new, new_cells) = is.1.value(self.after.head, is.0);
        if old_head.name != new_head.name {
            return;
        }
        let before = found.causes.len();
        let by_parameter = self.parameters(&old_head.parameters, &new_head.parameters, found) || measured;
        let settled = found.sought == Sought::Settled;
        let column = |head: &ValueHead, witness: &Witness| {
            head.cells.get(witness.cell).map_or_else(|| head.name.clone(), |(column, _)| column.clone())
        };
        for cell in new_cells {
            let source = self.after.head.cite(&cell.place);
            let name = column(new_head, cell);
            match old_cells.iter().find(|was| self.before.head.cite(&was.place) == source) {
                Some(was) if settled && was.decided == cell.decided => {}
                Some(was) if was.text != cell.text => {
                    found.tell(format!("{name}：{} → {}", was.text, cell.text), source)
                }
                Some(_) if by_parameter && (cell.decided || settled) => {
                    found.tell(format!("{name} {}", cell.text), source);
                }
                // What did not decide may not have been kept: nothing is said of what it was.
                None if settled && cell.decided => found.tell(format!("{name} {}", cell.text), source),
                None if old_cells.is_empty() => found.tell(format!("{name}：（无）→ {}", cell.text), source),
                _ => {}
            }
        }
        for cell in old_cells {
            let source = self.before.head.cite(&cell.place);
            let went = || !new_cells.iter().any(|is| self.after.head.cite(&is.place) == source);
            if settled && cell.decided && went() {
                found.tell(format!("{} {}", column(old_head, cell), cell.text), source);
            } else if new_cells.is_empty() {
                found.tell(format!("{}：{} →（无）", column(old_head, cell), cell.text), source);
            }
        }
        for is_part in &new_head.parts {
            let name = &self.after.head.values[*is_part].name;
            let was_part = old_head.parts.iter().find(|part| self.before.head.values[**part].name == *name);
            if let Some(was_part) = was_part {
                self.value((*was_part, was.1), (*is_part, is.1), measured, found);
            }
        }
        if old != new && found.causes.len() == before {
            let text = format!("{}：{} → {}", new_head.name, said(old), said(new));
            found.causes.push(Cause::said(text));
        }
    }
}

/// What is asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sought {
    /// Conditions that came out otherwise, and what of their cells is otherwise.
    Changed,
    /// Those that came out the same, and the cells that began or ceased to decide them.
    Settled,
}

/// Causes as they are found, each told once.
struct Telling {
    sought: Sought,
    causes: Vec<Cause>,
}

impl Telling {
    fn tell(&mut self, text: String, source: String) {
        self.causes.once(Cause { text, source });
    }
}

/// A condition in words without the values of its parameters: the same one under another value.
fn said_of(head: &Head, atom: &AtomHead) -> String {
    let names = atom.parameters.iter().map(|at| &head.parameters[*at]);
    names.fold(atom.text.clone(), |text, one| text.replace(&format!("{}（{}）", one.name, one.value), &one.name))
}

impl<'c> Indexed<'c> {
    fn new(side: &'c Side) -> Self {
        let mut records: BTreeMap<(&str, &str), Vec<&Record<'static>>> = BTreeMap::new();
        for record in &side.records {
            let kind = side.head.entities[record.entity].kind.as_str();
            records.entry((kind, &*record.id)).or_default().push(record);
        }
        Indexed { head: &side.head, records }
    }

    /// The atoms of a rule's scope and condition, with their places.
    fn atoms(&self, (rule, record): (usize, &Record)) -> Vec<(usize, &'c AtomHead)> {
        let (rule, entity) = (&self.head.rules[rule], &self.head.entities[record.entity]);
        let mut atoms = Vec::new();
        for node in rule.scope.iter().chain(&rule.when) {
            node.atoms(&mut |atom| atoms.push((atom, &entity.atoms[atom])));
        }
        atoms
    }

    /// The rule of that id, if it was evaluated.
    fn rule(&self, id: &str) -> Option<usize> {
        self.head.rules.iter().position(|one| one.id == id && one.entity.is_some())
    }

    /// What a rule was applied to for a ground of a line.
    fn find(&self, rule: usize, ground: &Ground<'_>, line: &Consequence<'_>) -> Option<&'c Record<'static>> {
        let entity = &self.head.entities[self.head.rules[rule].entity?];
        let named = |id| self.records.get(&(entity.kind.as_str(), id)).map_or(&[][..], Vec::as_slice);
        let candidates = named(&*ground.about);
        if entity.subject {
            // What a ground is about may be other names than the subject's own (the two admonitions).
            return candidates.first().or_else(|| named(&*line.subject_id).first()).copied();
        }
        let own = |record: &&&Record| {
            record.holders.iter().any(|(kind, id)| *kind == line.subject_kind && *id == line.subject_id)
        };
        candidates.iter().find(own).or_else(|| candidates.first()).copied()
    }

    /// That something stands on this side alone, with the first cell that tells of it.
    fn alone(&self, record: &Record, what: &str) -> Cause {
        let cell = record.values.iter().flat_map(|held| &held.witnesses).next();
        let text = format!("{} {} {what}", self.head.entities[record.entity].name, record.id);
        Cause { text, source: cell.map(|cell| self.head.cite(&cell.place)).unwrap_or_default() }
    }
}
