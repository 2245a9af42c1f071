//! Whom a row is about: matching people and units, never by a guess.
//!
//! A filled id alone decides; what stands beside it must not contradict it. Only where the id is
//! blank does the name decide, with the unit beside it or, without one, if nobody else bears it.

use std::cell::Cell;

use crate::finding::{Code, Flaw, Severity};
use crate::once::once;
use crate::pack::{Pack, Reference};

use super::column::ColumnCells;
use super::directory::{Directory, Who};
use super::{alike, text};

/// What is wrong with a row at one of its table's columns.
pub type ColumnFlaw = (usize, Flaw);

/// A register is searched only so often for what a name may have meant: where hundreds of names are
/// unknown, they are no slips.
const SEARCHES: u32 = 200;

/// What a reference of a row comes to.
#[derive(Debug, Default)]
pub struct Resolved {
    pub who: Option<Who>,
    pub flaw: Option<ColumnFlaw>,
    /// A row of another year whose subject is no longer on the register.
    pub gone: bool,
    /// Neither id nor name is filled.
    pub blank: bool,
}

impl Resolved {
    fn known(who: Who) -> Self {
        Self { who: Some(who), ..Self::default() }
    }
    fn nobody() -> Self {
        Self::default()
    }
    fn flawed(flaw: ColumnFlaw) -> Self {
        Self { flaw: Some(flaw), ..Self::default() }
    }
    fn gone() -> Self {
        Self { gone: true, ..Self::default() }
    }
}

/// A fault of a row of another year, which is ignored and not put aside.
fn passed_over((column, flaw): ColumnFlaw) -> ColumnFlaw {
    let reason = format!("往年的记录，本次不采用：{}", flaw.reason);
    (column, Flaw { severity: Severity::Warning, reason, ..flaw })
}

/// Resolves one reference of a table's rows.
pub struct Matcher<'a> {
    pack: &'a Pack,
    table: usize,
    subject: usize,
    id: usize,
    label: usize,
    directory: &'a Directory,
    within: Option<Box<Matcher<'a>>>,
    cells: &'a [ColumnCells],
    /// Per entry of the id column.
    by_id: Vec<Option<Who>>,
    /// Searches for what a name may have meant that are still allowed.
    searches: Cell<u32>,
}

impl<'a> Matcher<'a> {
    pub fn new(
        pack: &'a Pack,
        table: usize,
        reference: &Reference,
        directories: &'a [Directory],
        cells: &'a [ColumnCells],
    ) -> Self {
        let plain = |subject: usize, id: usize, label: usize, within| {
            let directory = &directories[subject];
            let by_id = cells[id].entries().map(|entry| directory.by_id(entry.text()?)).collect();
            Matcher { pack, table, subject, id, label, directory, within, cells, by_id, searches: Cell::new(SEARCHES) }
        };
        let within = reference.within.map(|(subject, id, label)| Box::new(plain(subject, id, label, None)));
        plain(reference.subject, reference.id, reference.label, within)
    }

    /// Whom `row` is about. `past`: it is of another year, and people leave.
    pub fn resolve(&self, row: usize, past: bool) -> Resolved {
        let (id, label) = (&self.cells[self.id], &self.cells[self.label]);
        if id.is_bad(row) {
            return Resolved::nobody();
        }
        if id.is_blank(row) {
            if label.is_bad(row) {
                return Resolved::nobody();
            }
            return match label.text(row) {
                Some(name) => self.by_name(row, name, past),
                None => Resolved { blank: true, ..Resolved::nobody() },
            };
        }
        let Some(who) = self.by_id[id.codes[row] as usize] else {
            return if past { Resolved::gone() } else { Resolved::flawed(self.unknown_id(row)) };
        };
        let Who::Known(known) = who else {
            return self.aside(row, who);
        };
        if let Some(name) = label.text(row)
            && !self.directory.is_called(known, name)
        {
            return Resolved::flawed(self.contradiction(row, known));
        }
        if label.is_bad(row) {
            return Resolved::known(who);
        }
        let beside = if past { None } else { self.unit_beside(row, known) };
        Resolved { flaw: beside, ..Resolved::known(who) }
    }

    fn by_name(&self, row: usize, name: &str, past: bool) -> Resolved {
        let bearers = self.directory.by_name(name);
        let Some(within) = &self.within else { return self.one_of(row, bearers, None, past) };
        let unit = within.resolve(row, past);
        if unit.blank {
            return self.one_of(row, bearers, None, past);
        }
        if unit.gone {
            return Resolved::gone();
        }
        match unit.who {
            Some(Who::Known(unit)) => {
                let inside: Vec<Who> =
                    bearers.iter().copied().filter(|who| self.directory.may_sit_in(*who, unit)).collect();
                if inside.is_empty() && !bearers.is_empty() {
                    let flaw = self.elsewhere(row, bearers, unit);
                    // Whoever was meant may have left, or moved to where the name stands now.
                    return if past {
                        Resolved { flaw: Some(passed_over(flaw)), ..Resolved::gone() }
                    } else {
                        Resolved::flawed(flaw)
                    };
                }
                self.one_of(row, &inside, Some(unit), past)
            }
            Some(Who::PutAside(aside)) => {
                // The unit's own row is at fault, and so are the register rows of its people: by these they are found.
                let inside = |who: &&Who| self.directory.sits_in_aside(**who, aside);
                let of_unit: Vec<Who> = bearers.iter().filter(inside).copied().collect();
                match of_unit[..] {
                    [who @ Who::PutAside(_)] => self.aside(row, who),
                    [who] => Resolved { flaw: unit.flaw, ..Resolved::known(who) },
                    _ => Resolved { flaw: unit.flaw, ..Resolved::nobody() },
                }
            }
            None => Resolved { flaw: unit.flaw, ..Resolved::nobody() },
        }
    }

    fn one_of(&self, row: usize, bearers: &[Who], unit: Option<u32>, past: bool) -> Resolved {
        match bearers {
            [who @ Who::Known(_)] => Resolved::known(*who),
            [who] => self.aside(row, *who),
            [] if past => Resolved::gone(),
            [] => Resolved::flawed(self.unknown_name(row, unit)),
            _ => Resolved::flawed(self.ambiguous(row, bearers)),
        }
    }

    fn column(&self, at: usize) -> &str {
        &self.pack.tables[self.table].columns[at].name
    }

    fn register(&self) -> &str {
        &self.pack.tables[self.pack.subjects[self.subject].register].name
    }

    fn shown(&self, row: usize, column: usize) -> &str {
        self.cells[column].entry(row).shown
    }

    /// `张三（K000012，盘龙区）`.
    fn person(&self, who: Who) -> String {
        match who {
            Who::Known(known) => {
                let mut parts = vec![self.directory.ids[known as usize].clone()];
                if let Some(within) = &self.within {
                    let units = once(self.directory.units(known));
                    parts.extend(units.into_iter().map(|unit| within.directory.labels[*unit as usize].clone()));
                }
                format!("{}（{}）", self.directory.labels[known as usize], parts.join("，"))
            }
            Who::PutAside(_) => format!("{}（登记有误，未采用）", self.directory.told_id(who)),
        }
    }

    fn people(&self, all: &[Who]) -> String {
        let mut named: Vec<String> = all.iter().take(5).map(|who| self.person(*who)).collect();
        if all.len() > 5 {
            named.push("…".to_owned());
        }
        named.join("、")
    }

    fn unknown_id(&self, row: usize) -> ColumnFlaw {
        let reason = format!("{}「{}」不在《{}》上", self.column(self.id), self.shown(row, self.id), self.register());
        let mut remedy = format!("请核对{}；名册漏登的，请先补入《{}》", self.column(self.id), self.register());
        if let Some(name) = self.cells[self.label].text(row)
            && let [who @ Who::Known(_)] = self.directory.by_name(name)
        {
            remedy = format!("{remedy}；《{}》上有{}", self.register(), self.person(*who));
        }
        let key = text::key(self.shown(row, self.id));
        let reason = self.with_likeness(reason, &key, self.directory.ids.iter().map(String::as_str));
        (self.id, Flaw::rejected(Code::UnknownSubject, reason, remedy))
    }

    fn unknown_name(&self, row: usize, unit: Option<u32>) -> ColumnFlaw {
        let shown = self.shown(row, self.label);
        let reason = format!("{}「{shown}」不在《{}》上", self.column(self.label), self.register());
        let mut remedy = format!(
            "请核对{}，或填写{}；名册漏登的，请先补入《{}》",
            self.column(self.label),
            self.column(self.id),
            self.register()
        );
        if let Some(near) = self.nearest(&text::key(shown), unit) {
            remedy = format!("{remedy}；如系笔误，可能应为「{near}」");
        }
        let reason = self.with_likeness(reason, &text::key(shown), self.directory.label_keys());
        (self.label, Flaw::rejected(Code::UnknownSubject, reason, remedy))
    }

    /// The reason, and which character of a name or an id is another one than in what it looks like.
    fn with_likeness<'c>(&self, reason: String, key: &str, candidates: impl Iterator<Item = &'c str>) -> String {
        let found = self.searches.get().checked_sub(1).and_then(|left| {
            self.searches.set(left);
            let like = alike::find(key, candidates)?;
            Some(format!("《{}》上有「{like}」，{}", self.register(), alike::difference(key, like)?))
        });
        with_told(reason, found.or_else(|| alike::oddity(key)))
    }

    /// What a name is probably a slip of. Among people of a whole city some name is always near, and of
    /// two signs one is the family's: only longer names of the row's own unit are worth a suggestion.
    fn nearest(&self, key: &str, unit: Option<u32>) -> Option<&str> {
        let left = self.searches.get().checked_sub(1)?;
        match (&self.within, unit) {
            (None, _) => {
                self.searches.set(left);
                text::nearest(key, self.directory.label_keys())
            }
            (Some(_), Some(unit)) if key.chars().count() >= 3 => text::nearest(key, self.directory.member_keys(unit)),
            _ => None,
        }
    }

    fn elsewhere(&self, row: usize, bearers: &[Who], unit: u32) -> ColumnFlaw {
        let unit = self.within.as_ref().map_or("", |within| within.directory.labels[unit as usize].as_str());
        let shown = self.shown(row, self.label);
        let (id, label) = (self.column(self.id), self.column(self.label));
        let (register, people) = (self.register(), self.people(bearers));
        let reason = format!("《{register}》上的「{unit}」没有「{shown}」；该{label}见于：{people}");
        (self.label, Flaw::rejected(Code::UnknownSubject, reason, format!("请核对{label}和单位，或填写{id}")))
    }

    fn ambiguous(&self, row: usize, bearers: &[Who]) -> ColumnFlaw {
        let shown = self.shown(row, self.label);
        let remedy = if self.within.is_some() {
            format!("请填写{}（或能区分的单位）", self.column(self.id))
        } else {
            format!("请填写{}", self.column(self.id))
        };
        let reason = format!(
            "{}「{shown}」在《{}》上对应{}个，无法确定是哪一个：{}",
            self.column(self.label),
            self.register(),
            bearers.len(),
            self.people(bearers)
        );
        (self.label, Flaw::rejected(Code::AmbiguousSubject, reason, remedy))
    }

    fn contradiction(&self, row: usize, known: u32) -> ColumnFlaw {
        let (id, name) = (self.shown(row, self.id), self.shown(row, self.label));
        let (key, label) = (text::key(name), &self.directory.labels[known as usize]);
        let reason = format!(
            "{}「{name}」与{}「{id}」不符，《{}》上该编号为「{label}」",
            self.column(self.label),
            self.column(self.id),
            self.register(),
        );
        let reason = with_told(reason, alike::difference(&key, &text::key(label)).or_else(|| alike::oddity(&key)));
        let remedy = format!("请核对{}和{}，改正有误的一项", self.column(self.id), self.column(self.label));
        (self.label, Flaw::rejected(Code::ContradictorySubject, reason, remedy))
    }

    /// Somebody whose register row is at fault; nobody to be named later where that row has no id.
    fn aside(&self, row: usize, who: Who) -> Resolved {
        let who_is_told = Some(who).filter(|who| !self.directory.id(*who).is_empty());
        Resolved { who: who_is_told, ..Resolved::flawed(self.register_rejected(row, who)) }
    }

    fn register_rejected(&self, row: usize, who: Who) -> ColumnFlaw {
        let column = if self.cells[self.id].is_blank(row) { self.label } else { self.id };
        let (id, register) = (self.directory.id(who), self.register());
        let (named, remedied) =
            if id.is_empty() { (self.shown(row, column), "这个名字") } else { (id, "该编号") };
        let reason = format!("「{named}」在《{register}》中的登记有误、未被采用，本行随之暂不采用");
        let remedy = format!("请先改正《{register}》中{remedied}的登记，本行此项无需改动");
        (column, Flaw::rejected(Code::RegisterRejected, reason, remedy))
    }

    /// A unit beside an id that is not the person's.
    fn unit_beside(&self, row: usize, known: u32) -> Option<ColumnFlaw> {
        let within = self.within.as_ref()?;
        let units = self.directory.units(known);
        let (id, label) = (&self.cells[within.id], &self.cells[within.label]);
        let column = if let Some(given) = id.text(row) {
            let named = match within.directory.by_id(given) {
                Some(Who::Known(unit)) if units.contains(&unit) => Some(unit),
                _ => None,
            };
            match (named, label.text(row)) {
                (None, _) => within.id,
                (Some(unit), Some(name)) if !within.directory.is_called(unit, name) => within.label,
                _ => return None,
            }
        } else {
            let name = label.text(row)?;
            if units.iter().any(|unit| within.directory.is_called(*unit, name)) {
                return None;
            }
            within.label
        };
        let own = once(units.iter().map(|unit| within.directory.labels[*unit as usize].as_str()));
        let (id, register) = (self.column(self.id), self.register());
        let reason = format!(
            "{}「{}」不是{id}「{}」所在的单位，《{register}》所载为{}；本行按编号采用",
            self.column(column),
            self.shown(row, column),
            self.shown(row, self.id),
            text::quoted(&own)
        );
        let remedy = format!("请核对单位和{id}；人员已调动的，请更新《{register}》");
        Some((column, Flaw::warning(Code::ContradictorySubject, reason, remedy)))
    }
}

/// A reason with more to tell, if there is.
fn with_told(reason: String, told: Option<String>) -> String {
    match told {
        Some(told) => format!("{reason}；{told}"),
        None => reason,
    }
}
