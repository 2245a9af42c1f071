//! Who is one condition or one unknown value away from a rule.

use std::borrow::Cow;

use rayon::prelude::*;

use super::{Affected, Places, Rank, Side};
use crate::explain::{Distance, Points};
use crate::rule::Tree;
use crate::rule::record::Record;

/// Of each rule at most so many cases are told, the nearest first; the rest is counted.
const MOST: usize = 200;

/// Somebody close to a rule.
#[derive(Debug, Clone, Default)]
pub struct Near {
    pub rule: String,
    /// Whose values these are, if not the subject's own (`问题线索 X15002`).
    pub about: String,
    pub subject: Affected,
    /// The condition that is not met, or the fact that is missing.
    pub lacks: String,
    pub unknown: bool,
    pub distance: Option<Distance>,
    pub sources: Vec<String>,
}

/// Cases of a side that are one condition or one unknown value away, by rule, and per rule how many
/// more there are than are told.
pub(super) fn nearest(side: &Side, places: &Places) -> (Vec<Near>, Vec<(String, usize)>) {
    let mut found: Vec<(usize, Rank, Near)> =
        side.records.par_iter().flat_map_iter(|record| of_record(side, places, record)).collect();
    let far = |near: &Near| near.distance.as_ref().map_or(f64::INFINITY, |distance| distance.by);
    found.sort_by(|(rule, rank, a), (other, beside, b)| {
        (rule, b.unknown)
            .cmp(&(other, a.unknown))
            .then(far(a).total_cmp(&far(b)))
            .then_with(|| (rank, &a.about).cmp(&(beside, &b.about)))
    });
    let mut told: Vec<Near> = Vec::new();
    let mut more: Vec<(String, usize)> = Vec::new();
    for group in found.chunk_by(|(rule, ..), (other, ..)| rule == other) {
        told.extend(group.iter().take(MOST).map(|(.., near)| near.clone()));
        if group.len() > MOST {
            more.push((group[0].2.rule.clone(), group.len() - MOST));
        }
    }
    (told, more)
}

fn of_record(side: &Side, places: &Places, record: &Record) -> Vec<(usize, Rank, Near)> {
    let entity = &side.head.entities[record.entity];
    let points = Points { head: &side.head, record };
    let mut found = Vec::new();
    for (place, rule) in entity.rules.iter().enumerate() {
        let head = &side.head.rules[*rule];
        let (Some(when), None) = (&head.when, &head.marks) else { continue };
        let letter = record.verdicts.as_bytes().get(place).copied();
        let lacking = match letter {
            Some(b'n') => one_condition(&points, when),
            Some(b'?') => one_unknown(record, place, when),
            _ => None,
        };
        let Some(lacking) = lacking else { continue };
        let about = if entity.subject { String::new() } else { format!("{} {}", entity.name, record.id) };
        let lacking = Near { rule: head.id.clone(), about, ..lacking };
        let own = [(Cow::from(&entity.kind), record.id.clone())];
        let holders = if entity.subject { &own[..] } else { &record.holders };
        for (kind, id) in holders {
            let (subject, rank) = places.of(kind, id);
            found.push((*rule, rank, Near { subject, ..lacking.clone() }));
        }
    }
    found
}

/// One condition is not met and all others are; a rule of a single condition is near only by a measure.
fn one_condition(points: &Points<'_>, when: &Tree) -> Option<Near> {
    if cost(points.record, when, true) != 1 {
        return None;
    }
    let mut conditions = 0;
    when.atoms(&mut |_| conditions += 1);
    let point = points.unmet(when).into_iter().next()?;
    if conditions < 2 && point.distance.is_none() {
        return None;
    }
    let sources = point.cells.iter().map(|cell| cell.source.clone()).collect();
    let lacks = format!("{}：{}", point.text, point.value);
    Some(Near { lacks, distance: point.distance, sources, ..Near::default() })
}

/// A single fact is missing, and nothing else keeps the rule from holding.
fn one_unknown(record: &Record, place: usize, when: &Tree) -> Option<Near> {
    let (_, missing) = record.missing.iter().find(|(at, _)| *at == place)?;
    let [missing] = missing.as_slice() else { return None };
    let near = || Near { lacks: format!("{missing}不详"), unknown: true, ..Near::default() };
    (false_cost(record, when) == 0).then(near)
}

/// How many atoms would have to be otherwise for the node to be `wanted`.
fn cost(record: &Record, node: &Tree, wanted: bool) -> usize {
    weigh(node, wanted, &|atom, wanted| usize::from(record.atom(atom) != Some(wanted)))
}

/// The same, unknown atoms left out.
fn false_cost(record: &Record, node: &Tree) -> usize {
    weigh(node, true, &|atom, wanted| usize::from(record.atom(atom) == Some(!wanted)))
}

fn weigh(node: &Tree, wanted: bool, atom: &dyn Fn(usize, bool) -> usize) -> usize {
    let sum = |nodes: &[Tree]| nodes.iter().map(|node| weigh(node, wanted, atom)).sum();
    let least = |nodes: &[Tree]| nodes.iter().map(|node| weigh(node, wanted, atom)).min().unwrap_or(0);
    match (node, wanted) {
        (Tree::Atom(at), wanted) => atom(*at, wanted),
        (Tree::Not(node), wanted) => weigh(node, !wanted, atom),
        (Tree::All(nodes), true) | (Tree::Any(nodes), false) => sum(nodes),
        (Tree::Any(nodes), true) | (Tree::All(nodes), false) => least(nodes),
    }
}
