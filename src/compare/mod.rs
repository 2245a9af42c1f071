//! What another value, another pack or newer workbooks change: who comes on a list, who goes off, and why.
//!
//! Both sides are what runs kept or would keep ([`Side`]): lines, pending cases and the records of every
//! rule. The cause of a change is found in the records: a condition that came out otherwise leads to
//! the parameter or the cell behind it. Also here: who is one condition or one unknown value away.

mod cause;
mod near;

use std::collections::{BTreeMap, BTreeSet};

pub use cause::Cause;
pub use near::Near;

use crate::consequence::{Consequence, OpenCase};
use crate::once::once;
use crate::rule::record::{Head, Record};
use crate::word::worded;

/// One side of a comparison.
pub struct Side {
    pub name: String,
    pub head: Head,
    pub records: Vec<Record<'static>>,
    pub lines: Vec<Consequence<'static>>,
    pub pending: Vec<OpenCase<'static>>,
}

worded! {
    /// How a line differs.
    pub enum ChangeKind {
        Added = "新增",
        Removed = "减少",
        /// Other options.
        Options = "方式改变",
        /// The same proposal on other grounds.
        Grounds = "依据改变",
    }
}

impl ChangeKind {
    /// How a line differs; none: it does not.
    pub fn of(was: Option<&Consequence<'_>>, is: Option<&Consequence<'_>>) -> Option<ChangeKind> {
        match (was, is) {
            (None, None) => None,
            (None, Some(_)) => Some(ChangeKind::Added),
            (Some(_), None) => Some(ChangeKind::Removed),
            (Some(was), Some(is)) if was.options != is.options => Some(ChangeKind::Options),
            (Some(was), Some(is)) => {
                let mut pairs = was.grounds.iter().zip(&is.grounds);
                let same = was.grounds.len() == is.grounds.len() && pairs.all(|(was, is)| was.says(is));
                (!same).then_some(ChangeKind::Grounds)
            }
        }
    }
}

/// A line that is not the same on both sides.
#[derive(Debug, Clone)]
pub struct Change {
    pub kind: ChangeKind,
    /// As it was, and as it is; at least one of them.
    pub was: Option<Consequence<'static>>,
    pub is: Option<Consequence<'static>>,
    /// The home unit's name.
    pub unit: String,
    /// Rules that no longer, and rules that newly stand behind the line.
    pub rules_before: Vec<String>,
    pub rules_after: Vec<String>,
    pub causes: Vec<Cause>,
}

impl Change {
    /// As it is, or was.
    pub fn line(&self) -> Option<&Consequence<'static>> {
        self.is.as_ref().or(self.was.as_ref())
    }
}

/// A case that is open on one side only, or for want of something else.
#[derive(Debug, Clone)]
pub struct OpenChange {
    pub rule: String,
    pub about: Affected,
    /// None: it is not open there.
    pub before: Option<Vec<String>>,
    pub after: Option<Vec<String>>,
}

/// Lines of one action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Total {
    pub action: String,
    pub before: u64,
    pub after: u64,
    /// By [`ChangeKind::ALL`].
    pub changes: [u64; 4],
}

/// All that differs between two sides.
#[derive(Debug, Clone)]
pub struct Comparison {
    /// Of the second side.
    pub name: String,
    pub totals: Vec<Total>,
    /// Parameters with another value: name, before, after.
    pub parameters: Vec<(String, String, String)>,
    /// By unit, then subject, in register order.
    pub changes: Vec<Change>,
    pub open: Vec<OpenChange>,
    /// Open cases before and after.
    pub open_counts: (u64, u64),
    /// Who on the second side is close to a rule, and per rule how many more there are than are told.
    pub near: Vec<Near>,
    pub more: Vec<(String, usize)>,
}

impl Comparison {
    /// In one sentence.
    pub fn summary(&self) -> String {
        let count = |kind: &ChangeKind| self.changes.iter().filter(|change| change.kind == *kind).count();
        let counts: Vec<String> =
            ChangeKind::ALL.iter().map(|kind| format!("{} {}", kind.word(), count(kind))).collect();
        let (before, after) = self.open_counts;
        format!("{}；待定 {before} → {after}", counts.join("，"))
    }
}

/// Compares what was with what would be. Actions come in the order of `actions`.
pub fn compare(before: &Side, after: &Side, actions: &[String]) -> Comparison {
    let places = Places::new(before, after);
    let (old, new) = (by_id(&before.lines), by_id(&after.lines));
    let causes = cause::Causes::new(before, after);
    let mut changes = Vec::new();
    for id in old.keys().chain(new.keys()).copied().collect::<BTreeSet<_>>() {
        let (was, is) = (old.get(id).copied(), new.get(id).copied());
        let Some(kind) = ChangeKind::of(was, is) else { continue };
        let Some(line) = is.or(was) else { continue };
        let (rules_before, rules_after) = rules(was, is);
        let action = actions.iter().position(|action| *action == line.action);
        let (Affected { unit, .. }, rank) = places.of(&line.subject_kind, &line.subject_id);
        let (causes, was, is) = (causes.of(was, is), was.cloned(), is.cloned());
        changes.push(((rank, action), Change { kind, was, is, unit, rules_before, rules_after, causes }));
    }
    // Within a subject and action by id, as they come.
    changes.sort_by_key(|(place, _)| *place);
    let changes: Vec<Change> = changes.into_iter().map(|(_, change)| change).collect();
    let proposed = before.lines.iter().chain(&after.lines).map(|line| &*line.action);
    let order = once(actions.iter().map(String::as_str).chain(proposed));
    let count =
        |lines: &[Consequence<'_>], action: &str| lines.iter().filter(|line| line.action == action).count() as u64;
    let totals = order
        .into_iter()
        .map(|action| Total {
            action: action.to_owned(),
            before: count(&before.lines, action),
            after: count(&after.lines, action),
            changes: ChangeKind::ALL.map(|kind| {
                changes
                    .iter()
                    .filter(|change| change.kind == kind && change.line().is_some_and(|line| line.action == action))
                    .count() as u64
            }),
        })
        .filter(|total| total.before + total.after > 0)
        .collect();
    let (near, more) = near::nearest(after, &places);
    Comparison {
        name: after.name.clone(),
        totals,
        parameters: parameters(&before.head, &after.head),
        open: open(before, after, &places),
        open_counts: (before.pending.len() as u64, after.pending.len() as u64),
        changes,
        near,
        more,
    }
}

fn by_id<'c>(lines: &'c [Consequence<'static>]) -> BTreeMap<&'c str, &'c Consequence<'static>> {
    lines.iter().map(|line| (&*line.id, line)).collect()
}

/// Rules only on the first side, and only on the second.
fn rules(was: Option<&Consequence<'_>>, is: Option<&Consequence<'_>>) -> (Vec<String>, Vec<String>) {
    let of = |line: Option<&Consequence<'_>>| {
        once(line.iter().flat_map(|line| &line.grounds).map(|ground| ground.rule.to_string()))
    };
    let (was, is) = (of(was), of(is));
    let only = |these: &[String], others: &[String]| {
        these.iter().filter(|rule| !others.contains(rule)).cloned().collect::<Vec<_>>()
    };
    (only(&was, &is), only(&is, &was))
}

fn parameters(before: &Head, after: &Head) -> Vec<(String, String, String)> {
    let value = |head: &Head, name: &str| {
        head.parameters.iter().find(|one| one.name == name).map_or_else(|| "—".to_owned(), |one| one.value.clone())
    };
    once(before.parameters.iter().chain(&after.parameters).map(|one| &one.name))
        .into_iter()
        .map(|name| (name.clone(), value(before, name), value(after, name)))
        .filter(|(_, before, after)| before != after)
        .collect()
}

fn open(before: &Side, after: &Side, places: &Places) -> Vec<OpenChange> {
    let cases = |side: &Side| -> BTreeMap<(String, String, String), Vec<String>> {
        side.pending
            .iter()
            .map(|case| {
                let of = [&case.subject_kind, &case.subject_id, &case.rule].map(|text| text.to_string());
                (of.into(), case.missing.to_vec())
            })
            .collect()
    };
    let (old, new) = (cases(before), cases(after));
    let keys: BTreeSet<_> = old.keys().chain(new.keys()).collect();
    let differing = keys.into_iter().map(|key| (key, old.get(key), new.get(key))).filter(|(_, was, is)| was != is);
    let mut changes: Vec<(Rank, OpenChange)> = differing
        .map(|((kind, id, rule), before, after)| {
            let (about, rank) = places.of(kind, id);
            (rank, OpenChange { rule: rule.clone(), about, before: before.cloned(), after: after.cloned() })
        })
        .collect();
    changes.sort_by_key(|(rank, _)| *rank);
    changes.into_iter().map(|(_, change)| change).collect()
}

/// Somebody about whom something is otherwise, or nearly.
#[derive(Debug, Clone, Default)]
pub struct Affected {
    pub id: String,
    pub name: String,
    /// The home unit's name; a unit's own.
    pub unit: String,
}

/// Where somebody stands: the unit, the unit before its people, they in register order.
type Rank = (usize, u8, usize);

/// Who belongs where, by kind and id; of somebody on one side only, as it is there.
struct Places(BTreeMap<(String, String), (Affected, Rank)>);

impl Places {
    fn new(before: &Side, after: &Side) -> Places {
        let mut of = BTreeMap::new();
        for side in [after, before] {
            let subjects = || side.records.iter().enumerate().filter(|(_, one)| side.head.entities[one.entity].subject);
            let units: BTreeMap<&str, (usize, &str)> = subjects()
                .filter(|(_, record)| record.seats.is_empty())
                .map(|(at, record)| (&*record.id, (at, &*record.label)))
                .collect();
            for (at, record) in subjects() {
                let home = record.seats.first().and_then(|(unit, _)| units.get(&**unit));
                let (rank, unit) = home.map_or(((at, 0, at), &*record.label), |(unit, name)| ((*unit, 1, at), name));
                let (id, name) = (record.id.to_string(), record.label.to_string());
                let kind = side.head.entities[record.entity].kind.clone();
                of.entry((kind, id.clone())).or_insert((Affected { id, name, unit: unit.to_owned() }, rank));
            }
        }
        Places(of)
    }

    /// Somebody, and where they stand; whom no register knows comes last.
    fn of(&self, kind: &str, id: &str) -> (Affected, Rank) {
        let known = self.0.get(&(kind.to_owned(), id.to_owned())).cloned();
        known.unwrap_or_else(|| (Affected { id: id.to_owned(), ..Affected::default() }, (usize::MAX, 0, 0)))
    }
}
