//! The plan of talks: how many people are still to be reached this year, and whom.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use rayon::prelude::*;
use sha2::{Digest, Sha256};

use super::{Ground, QuotaPlan, Subject};
use crate::fact::{Error, World};
use crate::pack::{Entity, Quota};

/// Plans a quota: ceil(share × people) − already reached, picked always from the unit with the smallest share
/// reached. Nothing else about a person counts: whoever reads the plan learns nothing from who stands on it.
pub fn plan(world: &World<'_>, at: usize, year: i32) -> Result<QuotaPlan, Error> {
    let quota = &world.pack.quotas[at];
    let share = world.literals.get(&quota.share).and_then(|share| share.number()).unwrap_or_default();
    let ids = &world.data.registers[quota.of].ids;
    let of = Entity::Subject(quota.of);
    let among = match &quota.among {
        Some(among) => world.truths(of, among)?,
        None => vec![true; ids.len()],
    };
    let reached: Vec<bool> =
        world.truths(of, &quota.reached)?.into_iter().zip(&among).map(|(reached, among)| reached && *among).collect();
    let count = |flags: &[bool]| flags.iter().filter(|flag| **flag).count() as u64;
    let (total, held) = (count(&among), count(&reached));
    let target = ceil_share(share, total);
    let needed = target.saturating_sub(held) as usize;
    let waiting = (0..ids.len() as u32).into_par_iter().filter(|one| among[*one as usize] && !reached[*one as usize]);
    let picked = Units::new(world, quota, &among, &reached).pick(waiting, ids, year, needed);
    Ok(QuotaPlan { quota: at, share: share.to_string(), total, reached: held, target, picked })
}

/// The ground of a planned talk.
pub fn ground(world: &World<'_>, quota: &Quota, subject: Subject) -> Ground {
    let register = &world.data.registers[subject.kind];
    Ground {
        rule: quota.rule,
        about: register.ids[subject.index as usize].clone(),
        about_label: register.labels[subject.index as usize].clone(),
        facts: Vec::new(),
        evidence: Vec::new(),
        sources: Vec::new(),
        units: super::reach::home_units(world, subject),
        rows: Vec::new(),
        proposals: Vec::new(),
        confidential: true,
    }
}

/// ceil(share × total) in decimal arithmetic: 0.30 × 10 is 3, not 3.0000000000000004.
fn ceil_share(share: f64, total: u64) -> u64 {
    let text = share.to_string();
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let product = format!("{whole}{fraction}").parse::<u128>().ok().and_then(|digits| digits.checked_mul(total.into()));
    // With so many decimals the share of all people on earth is still less than one of them.
    let scale = 10u128.checked_pow(fraction.len() as u32).unwrap_or(u128::MAX);
    product.and_then(|product| u64::try_from(product.div_ceil(scale)).ok()).unwrap_or(u64::MAX)
}

/// Home units with how many of their people are reached or picked.
struct Units {
    size: Vec<u64>,
    done: Vec<u64>,
    home: Vec<Option<u32>>,
}

/// (talked + picked) ÷ people, then register order; compared without rounding.
#[derive(PartialEq, Eq)]
struct Turn {
    done: u64,
    size: u64,
    unit: u32,
}

impl Ord for Turn {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        let (a, b) = (u128::from(self.done) * u128::from(other.size), u128::from(other.done) * u128::from(self.size));
        a.cmp(&b).then(self.unit.cmp(&other.unit))
    }
}

impl PartialOrd for Turn {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Units {
    fn new(world: &World<'_>, quota: &Quota, among: &[bool], reached: &[bool]) -> Self {
        let count = world.data.registers[world.pack.membership.unit].ids.len();
        let people = world.data.registers[quota.of].ids.len() as u32;
        let home: Vec<Option<u32>> = (0..people)
            .into_par_iter()
            .map(|index| super::reach::home_units(world, Subject { kind: quota.of, index }).first().copied())
            .collect();
        let mut units = Units { size: vec![0; count], done: vec![0; count], home };
        for (person, home) in units.home.iter().enumerate() {
            if let (Some(home), true) = (home, among[person]) {
                units.size[*home as usize] += 1;
                units.done[*home as usize] += u64::from(reached[person]);
            }
        }
        units
    }

    fn pick(
        mut self,
        candidates: impl ParallelIterator<Item = u32>,
        ids: &[String],
        year: i32,
        needed: usize,
    ) -> Vec<u32> {
        let mut picked = Vec::with_capacity(needed.min(ids.len()));
        // Inside a unit the order is a hash of year and id: fixed, but favouring nobody.
        let mut waiting: Vec<Vec<([u8; 32], u32)>> = vec![Vec::new(); self.size.len()];
        let hashed = candidates.filter_map(|person| {
            let home = self.home[person as usize]?;
            let hash = Sha256::digest(format!("{year}/{}", ids[person as usize]).as_bytes());
            Some((home, <[u8; 32]>::from(hash), person))
        });
        for (home, hash, person) in hashed.collect::<Vec<_>>() {
            waiting[home as usize].push((hash, person));
        }
        let mut turns: BinaryHeap<Reverse<Turn>> = BinaryHeap::new();
        for (unit, people) in waiting.iter_mut().enumerate() {
            people.sort_unstable_by(|a, b| b.cmp(a));
            if !people.is_empty() {
                turns.push(Reverse(Turn { done: self.done[unit], size: self.size[unit], unit: unit as u32 }));
            }
        }
        while picked.len() < needed {
            let Some(Reverse(turn)) = turns.pop() else { break };
            let unit = turn.unit as usize;
            if let Some((_, person)) = waiting[unit].pop() {
                picked.push(person);
                self.done[unit] += 1;
                if !waiting[unit].is_empty() {
                    turns.push(Reverse(Turn { done: self.done[unit], ..turn }));
                }
            }
        }
        picked
    }
}
