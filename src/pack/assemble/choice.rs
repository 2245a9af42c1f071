//! Proposals whose action or option is the word of a fact: one rule for “one of three outcomes”.
//!
//! Which words a fact can be is known once the pack is bound. Then each word becomes a proposal of its own, made only
//! where the fact is that word, and the rule holds where the fact is one of them: unknown, it leaves the case pending.

use super::super::fault::PackFault;
use super::super::functions::Op;
use super::super::model::*;
use super::super::scope::{self, Site};
use super::super::term::{Kind, Node, Term};

/// A proposal that waits for the words of its fact.
pub struct Chosen {
    pub rule: usize,
    /// The fact, and its words from which nothing follows.
    pub by: String,
    pub none: Vec<String>,
    pub place: Passage,
    /// The words are actions; else options of the proposal's action.
    pub actions: bool,
    pub proposal: Proposal,
}

/// Puts the proposals of each word in, and adds to the rules' conditions that the fact is one of the words.
pub fn choose(pack: &mut Pack, chosen: &[Chosen]) -> Vec<PackFault> {
    let mut faults = Vec::new();
    for one in chosen {
        match proposals(pack, one) {
            Ok((proposals, fact)) => {
                let words = proposals.iter().filter_map(|one| one.only.as_ref()).map(|(_, word)| Term::word(word));
                let open = fact.open;
                let parts = std::iter::once(fact).chain(words).collect();
                let known = Term { node: Node::Call(Op::In, parts), kind: Kind::Truth, open, span: 0..0 };
                let rule = &mut pack.rules[one.rule];
                let when =
                    if rule.is_unconditional() { known } else { Term::all(vec![rule.when.term().clone(), known]) };
                rule.when = rule.when.saying(when);
                rule.proposals.extend(proposals);
            }
            Err((message, remedy)) => faults.push(one.place.fault(message, remedy)),
        }
    }
    faults
}

/// A proposal a word, and the fact's name as a term; or what is wrong and what to do.
fn proposals(pack: &Pack, chosen: &Chosen) -> Result<(Vec<Proposal>, Term), (String, String)> {
    let rule = &pack.rules[chosen.rule];
    let name = &chosen.by;
    let site = Site::Entity(rule.of);
    let meaning = scope::resolve(pack, site, name, None)
        .map_err(|message| (format!("规则「{}」：{message}", rule.id), "请写一个选项类型的事实或列".to_owned()))?;
    let (kind, open) = scope::described(pack, site, name, meaning);
    let Kind::Choice(set) = &kind else {
        let message = format!("规则「{}」：「{name}」是{}，不能由它定处理", rule.id, kind.name());
        let remedy = "请写一个选项类型的事实，例如 is = \"CASE WHEN … THEN '准予' ELSE '不准' END\"".to_owned();
        return Err((message, remedy));
    };
    if let Some(none) = chosen.none.iter().find(|word| !set.words.contains(word)) {
        let message = format!("规则「{}」的 none：「{name}」没有值「{none}」", rule.id);
        return Err((message, format!("「{name}」的值有：{}", set.words.join("、"))));
    }
    let action = &pack.actions[chosen.proposal.action];
    let known: Vec<&str> = match chosen.actions {
        true => pack.actions.iter().map(|action| action.name.as_str()).collect(),
        false => action.options.iter().map(String::as_str).collect(),
    };
    let what = if chosen.actions { "处理".to_owned() } else { format!("「{}」的可选方式", action.name) };
    let mut proposals = Vec::new();
    for word in set.words.iter().filter(|word| !chosen.none.contains(word)) {
        let Some(at) = known.iter().position(|known| known == word) else {
            let message = format!("规则「{}」：「{name}」的值「{word}」不是{what}", rule.id);
            let remedy = format!("已有的：{}；不提出处理的值请写在 none = [\"{word}\"] 中", known.join("、"));
            return Err((message, remedy));
        };
        let only = Some((name.clone(), word.clone()));
        proposals.push(match chosen.actions {
            true => Proposal { action: at, only, ..chosen.proposal.clone() },
            false => Proposal { options: vec![word.clone()], only, ..chosen.proposal.clone() },
        });
    }
    let node = Node::Name(name.as_str().into(), Some(meaning));
    Ok((proposals, Term { node, kind: kind.clone(), open, span: 0..0 }))
}
