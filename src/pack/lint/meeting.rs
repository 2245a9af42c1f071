//! Good news and bad news that can meet at one recipient, and nobody has said that this is right.

use super::super::fault::PackFault;
use super::super::model::*;
use super::super::recipients::kinds;
use super::domain::{Domains, first};

pub fn lint(pack: &Pack, domains: &Domains, found: &mut Vec<PackFault>) {
    let toned = |tone: Tone| {
        domains.rules.iter().flat_map(move |(rule, condition)| {
            let mine = rule.proposals.iter().filter(move |proposal| pack.actions[proposal.action].tone == tone);
            mine.map(move |proposal| (*rule, condition, proposal))
        })
    };
    for (at, action) in pack.actions.iter().enumerate() {
        if action.tone != Tone::Positive || action.beside.is_some() {
            continue;
        }
        let meets =
            toned(Tone::Positive).filter(|(.., proposal)| proposal.action == at).find_map(|(good, mine, praise)| {
                toned(Tone::Adverse).find_map(|(bad, theirs, blame)| {
                    let common = good.runs.iter().any(|run| bad.runs.contains(run));
                    let reached = kinds(pack, good, praise);
                    if !common || !kinds(pack, bad, blame).iter().any(|kind| reached.contains(kind)) {
                        return None;
                    }
                    let mine_alone = matches!((&praise.to, &blame.to), (Recipient::Itself, Recipient::Itself));
                    if good.of == bad.of && mine_alone && are_chosen_apart(praise, blame) {
                        return None;
                    }
                    let row = if good.of == bad.of && mine_alone {
                        let space = domains.space(&[mine, theirs])?;
                        let mut rows = space.holds[0].iter().zip(&space.holds[1]);
                        space.row(rows.position(|(mine, theirs)| *mine && *theirs)?)
                    } else {
                        // About different things, so one can hold whatever the other says.
                        let (one, other) = (domains.space(&[mine])?, domains.space(&[theirs])?);
                        format!("{}；又 {}", one.row(first(&one.holds[0])?), other.row(first(&other.holds[0])?))
                    };
                    Some((good, bad, pack.actions[blame.action].name.as_str(), row))
                })
            });
        if let Some((good, bad, blame, row)) = meets {
            let message = format!(
                "「{}」（规则「{}」）与不利的「{blame}」（规则「{}」）可能同时及于一个对象：{row}",
                action.name, good.id, bad.id
            );
            let remedy =
                "请更正条件使两者不能并存；有意并存、由人决定的（名单会作标记），请在这一处理写 beside = \"理由\"";
            found.push(action.place.notice(message, remedy));
        }
    }
}

/// Whether one fact chooses both, by different words.
fn are_chosen_apart(one: &Proposal, other: &Proposal) -> bool {
    matches!((&one.only, &other.only), (Some((by, word)), Some((too, another))) if by == too && word != another)
}
