//! The plan of talks: how many people are still to be reached this year, and whom.

use rayon::prelude::*;
use sha2::{Digest, Sha256};

use super::{Ground, QuotaPlan, Subject};
use crate::fact::{Error, World};
use crate::pack::{Entity, Quota};

/// Plans a quota: ceil(share × people) − already reached, picked always from the unit with the smallest share
/// reached. Nothing else about a person counts: whoever reads the plan learns nothing from who stands on it. With the plan
/// go those who are picked.
pub fn plan(world: &World<'_>, at: usize, year: i32) -> Result<(QuotaPlan, Vec<u32>), Error> {
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
    let picked = pick(world, quota, year, needed, (&among, &reached));
    Ok((QuotaPlan { quota: at, share: share.to_string(), total, reached: held, target, picked: picked.len() }, picked))
}

/// The ground of a planned talk.
pub fn ground(world: &World<'_>, quota: &Quota, subject: Subject) -> Ground {
    let register = &world.data.registers[subject.kind];
    Ground {
        rule: quota.rule,
        about: register.ids[subject.index as usize].clone(),
        about_label: register.labels[subject.index as usize].clone(),
        units: super::reach::home_unit(world, subject).into_iter().collect(),
        confidential: true,
        ..Ground::default()
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

/// Always from the unit of which the smallest share is reached or picked, ties in register order: so everybody who waits
/// has a turn, at the share that the unit has come to when those before are picked, and the first turns are taken.
fn pick(world: &World<'_>, quota: &Quota, year: i32, needed: usize, (among, reached): (&[bool], &[bool])) -> Vec<u32> {
    let ids = &world.data.registers[quota.of].ids;
    let homes = (0..ids.len() as u32)
        .into_par_iter()
        .filter(|person| among[*person as usize])
        .filter_map(|index| Some((super::reach::home_unit(world, Subject { kind: quota.of, index })?, index)));
    let homes: Vec<(u32, u32)> = homes.collect();
    let units = world.data.registers[world.pack.membership.unit].ids.len();
    let (mut size, mut done) = (vec![0u64; units], vec![0u64; units]);
    for (home, person) in &homes {
        size[*home as usize] += 1;
        done[*home as usize] += u64::from(reached[*person as usize]);
    }
    // Inside a unit the order is a hash of year and id: fixed, but favouring nobody.
    let waiting = homes.into_par_iter().filter(|(_, person)| !reached[*person as usize]).map(|(home, person)| {
        let hash = Sha256::digest(format!("{year}/{}", ids[person as usize]).as_bytes());
        (home, <[u8; 32]>::from(hash), person)
    });
    let mut waiting: Vec<(u32, [u8; 32], u32)> = waiting.collect();
    waiting.par_sort_unstable();
    let mut turns: Vec<(u64, u32, u32)> = Vec::with_capacity(waiting.len());
    for people in waiting.chunk_by(|one, other| one.0 == other.0) {
        let home = people[0].0;
        turns.extend((done[home as usize]..).zip(people).map(|(done, (.., person))| (done, home, *person)));
    }
    // Shares are compared without rounding.
    turns.par_sort_unstable_by(|(one, home, _), (other, another, _)| {
        let (one, other) = (one * size[*another as usize], other * size[*home as usize]);
        one.cmp(&other).then(home.cmp(another))
    });
    turns.into_iter().take(needed).map(|(.., person)| person).collect()
}
