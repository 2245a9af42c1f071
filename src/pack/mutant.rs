//! Mutants of a law: the same pack with one thing changed, as a slip of the pen would change it.
//!
//! Conditions and their parts are dropped, negated and shifted (< and ≤), options and recipients dropped, parameters
//! moved by one in the last digit as written. `kaohe pack test --mutants` asks which of them no example notices.
//! They are made of typed terms, so that none is a fault of writing.

use super::expression::Expression;
use super::functions::Op;
use super::model::*;
use super::term::{Kind, Literal, Node, Term};

/// A pack with one thing changed.
#[derive(Debug, Clone)]
pub struct Mutant {
    /// Where and what, in words; a pack declares an equivalent one by these.
    pub told: String,
    pub place: Passage,
    pub change: Slip,
}

#[derive(Debug, Clone)]
pub enum Slip {
    /// Another condition or value.
    Term(Clause, Term),
    /// A value without what stands for no row.
    Absent {
        fact: usize,
    },
    /// A rule without one of its proposals or options, or without the role through which it reaches others.
    Proposals {
        rule: usize,
        left: Vec<Proposal>,
    },
    Parameter {
        parameter: usize,
        dated: usize,
        value: Literal,
    },
}

/// An expression of the pack that decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clause {
    Scope(usize),
    When(usize),
    /// What a fact is, or the value of its rows.
    Value(usize),
    Given(usize),
    Fork(usize),
    Among(usize),
    Reached(usize),
    Check(usize, usize),
}

/// Where a clause stands in a pack, to be read or (`mut`) changed.
macro_rules! clause {
    ($clause:ident, $pack:ident.$as:ident() $(, $mut:tt)?) => {
        match $clause {
            Clause::Scope(rule) => $pack.rules[rule].scope.$as(),
            Clause::When(rule) => Some(&$($mut)? $pack.rules[rule].when),
            Clause::Value(fact) => match &$($mut)? $pack.facts[fact].formula {
                Formula::Own { is: value, .. } | Formula::Aggregate { value, .. } => Some(value),
                Formula::Covered => None,
            },
            Clause::Given(fact) => match &$($mut)? $pack.facts[fact].formula {
                Formula::Aggregate { given, .. } => given.$as(),
                _ => None,
            },
            Clause::Fork(fork) => Some(&$($mut)? $pack.forks[fork].when),
            Clause::Among(quota) => $pack.quotas[quota].among.$as(),
            Clause::Reached(quota) => Some(&$($mut)? $pack.quotas[quota].reached),
            Clause::Check(table, check) => Some(&$($mut)? $pack.tables[table].checks[check].when),
        }
    };
}

impl Clause {
    /// All of a pack's, in its order.
    pub fn all(pack: &Pack) -> Vec<Clause> {
        let mut spots = Vec::new();
        for (table, schema) in pack.tables.iter().enumerate() {
            // What only warns, and which rows are counted as used, decides nothing.
            let decides = |check: &usize| schema.checks[*check].rejects || schema.checks[*check].blank;
            spots.extend((0..schema.checks.len()).filter(decides).map(|check| Clause::Check(table, check)));
        }
        (0..pack.facts.len()).for_each(|fact| spots.extend([Clause::Given(fact), Clause::Value(fact)]));
        spots.extend((0..pack.forks.len()).map(Clause::Fork));
        (0..pack.rules.len()).for_each(|rule| spots.extend([Clause::Scope(rule), Clause::When(rule)]));
        (0..pack.quotas.len()).for_each(|quota| spots.extend([Clause::Among(quota), Clause::Reached(quota)]));
        spots
    }

    pub fn of(self, pack: &Pack) -> Option<&Expression> {
        clause!(self, pack.as_ref())
    }

    fn of_mut(self, pack: &mut Pack) -> Option<&mut Expression> {
        clause!(self, pack.as_mut(), mut)
    }

    /// As reports name it.
    pub fn said(self, pack: &Pack) -> String {
        let fact = |fact: usize, key: &str| format!("事实「{}」的 {key}", owned(pack, fact));
        match self {
            Clause::Scope(rule) => format!("规则「{}」的范围", pack.rules[rule].id),
            Clause::When(rule) => format!("规则「{}」的条件", pack.rules[rule].id),
            Clause::Value(of) => match pack.facts[of].formula {
                Formula::Own { .. } => fact(of, "is"),
                _ => fact(of, "value"),
            },
            Clause::Given(of) => fact(of, "given"),
            Clause::Fork(fork) => format!("两可「{}」的 when", pack.forks[fork].missing),
            Clause::Among(quota) => format!("比例「{}」的 among", pack.rules[pack.quotas[quota].rule].id),
            Clause::Reached(quota) => format!("比例「{}」的 reached", pack.rules[pack.quotas[quota].rule].id),
            Clause::Check(table, check) => {
                format!("表「{}」的 check「{}」", pack.tables[table].name, pack.tables[table].checks[check].reason)
            }
        }
    }
}

/// A fact's name, with whose it is where others have one of that name.
fn owned(pack: &Pack, fact: usize) -> String {
    let fact = &pack.facts[fact];
    let alone = pack.facts.iter().filter(|other| other.name == fact.name).count() == 1;
    match fact.of {
        Entity::Subject(kind) if !alone => format!("{}.{}", pack.subjects[kind].kind, fact.name),
        Entity::Row(table) if !alone => format!("{}.{}", pack.tables[table].name, fact.name),
        _ => fact.name.clone(),
    }
}

impl Slip {
    /// The pack with the change made. Its files are left out: nothing is read from them again.
    pub fn applied(&self, pack: &Pack) -> Pack {
        let mut pack = Pack { files: Vec::new(), ..pack.clone() };
        match self {
            Slip::Term(spot, term) => {
                if let Some(expression) = spot.of_mut(&mut pack) {
                    *expression = expression.saying(term.clone());
                }
            }
            Slip::Absent { fact } => {
                if let Formula::Aggregate { absent, .. } = &mut pack.facts[*fact].formula {
                    *absent = None;
                }
            }
            Slip::Proposals { rule, left } => pack.rules[*rule].proposals.clone_from(left),
            Slip::Parameter { parameter, dated, value } => {
                pack.parameters[*parameter].values[*dated].value = value.clone();
            }
        }
        pack
    }
}

/// All mutants of a pack, in its order.
pub fn mutants(pack: &Pack) -> Vec<Mutant> {
    let mut found = Vec::new();
    for spot in Clause::all(pack) {
        // Rules of no run stand for what quotas and the register carry out.
        if let Clause::Scope(rule) | Clause::When(rule) = spot
            && pack.rules[rule].runs.is_empty()
        {
            continue;
        }
        let Some(expression) = spot.of(pack) else { continue };
        let whose = spot.said(pack);
        for (what, term) in decided(pack, spot, expression.term()) {
            // Two ways to the same change are one mutant.
            let told = format!("{whose}：{what}");
            if found.iter().all(|known: &Mutant| known.told != told) {
                found.push(Mutant { told, place: expression.place.clone(), change: Slip::Term(spot, term) });
            }
        }
    }
    for (at, fact) in pack.facts.iter().enumerate() {
        if let Formula::Aggregate { absent: Some(absent), .. } = &fact.formula {
            let told = format!("事实「{}」的 absent：去掉「{absent}」", owned(pack, at));
            found.push(Mutant { told, place: absent.place.clone(), change: Slip::Absent { fact: at } });
        }
    }
    for (rule, definition) in pack.rules.iter().enumerate() {
        proposals(pack, rule, definition, &mut found);
    }
    for (parameter, definition) in pack.parameters.iter().enumerate() {
        for (dated, one) in definition.values.iter().enumerate() {
            for value in neighbours(pack, definition, one) {
                let since = if dated > 0 { format!("自{}起", one.from) } else { String::new() };
                let told = format!("参数「{}」{since}：把 {} 改为 {}", definition.name, one.value.said(), value.said());
                let change = Slip::Parameter { parameter, dated, value };
                found.push(Mutant { told, place: definition.place.clone(), change });
            }
        }
    }
    found
}

/// The changes of an expression. That a chosen action is one of its words is no part that the pack wrote: its words are
/// proposals.
fn decided(pack: &Pack, spot: Clause, term: &Term) -> Vec<(String, Term)> {
    let chosen = match spot {
        Clause::When(rule) => pack.rules[rule].proposals.iter().any(|proposal| proposal.only.is_some()),
        _ => false,
    };
    match &term.node {
        _ if !chosen => variants(term, true),
        Node::Call(Op::And, parts) if chosen && parts.len() == 2 => {
            let with = |first: Term| Term { node: Node::Call(Op::And, vec![first, parts[1].clone()]), ..term.clone() };
            variants(&parts[0], true).into_iter().map(|(what, first)| (what, with(first))).collect()
        }
        _ => Vec::new(),
    }
}

fn proposals(pack: &Pack, rule: usize, definition: &Rule, found: &mut Vec<Mutant>) {
    for (at, one) in definition.proposals.iter().enumerate() {
        let to = one.to.said();
        let only = one.only.as_ref().map(|(fact, word)| format!("（{fact}为{word}）")).unwrap_or_default();
        let whose = format!("规则「{}」对{to}的「{}」{only}", definition.id, pack.actions[one.action].name);
        let mut add = |what: String, instead: Option<Proposal>| {
            let mut left = definition.proposals.clone();
            left.splice(at..=at, instead);
            let change = Slip::Proposals { rule, left };
            found.push(Mutant { told: format!("{whose}：{what}"), place: definition.place.clone(), change });
        };
        add("去掉".to_owned(), None);
        for (option, name) in one.options.iter().enumerate() {
            let mut options = one.options.clone();
            options.remove(option);
            add(format!("去掉可选方式「{name}」"), Some(Proposal { options, ..one.clone() }));
        }
        if let Recipient::Role { role, via: Some(via) } = &one.to {
            let to = Recipient::Role { role: role.clone(), via: None };
            add(format!("去掉 via「{via}」"), Some(Proposal { to, ..one.clone() }));
        }
    }
}

/// The values next to one, by one in the last digit as written, or the next words of its set.
fn neighbours(pack: &Pack, parameter: &Parameter, dated: &Dated) -> Vec<Literal> {
    match &dated.value {
        Literal::Number(value) => {
            let file = pack.files.iter().find(|(name, _)| *name == parameter.place.file);
            let written = file.and_then(|(_, text)| text.get(dated.span.clone())).unwrap_or_default();
            let digits = written.split_once('.').map_or(0, |(_, after)| after.len()) as i32;
            let scale = 10f64.powi(digits);
            let moved = |by: f64| ((value * scale).round() + by) / scale;
            let values = [moved(-1.0), moved(1.0)].map(Literal::Number);
            let fits = |value: &Literal| {
                super::fits(value, parameter.min, parameter.max, parameter.whole, &parameter.one_of).is_ok()
            };
            values.into_iter().filter(fits).collect()
        }
        Literal::Text(word) => {
            let at = parameter.one_of.iter().position(|known| **known == **word);
            let near = at.into_iter().flat_map(|at| [at.checked_sub(1), Some(at + 1)]).flatten();
            near.filter_map(|at| parameter.one_of.get(at)).map(|word| Literal::Text(word.as_str().into())).collect()
        }
        _ => Vec::new(),
    }
}

/// Every change of a term, each with what it is; `whole`: the term is no part of another one.
fn variants(term: &Term, whole: bool) -> Vec<(String, Term)> {
    let mut found = Vec::new();
    if always(term) {
        // Whether a group has rows is not asked of it: it has. To say the opposite is all that could go wrong.
        return vec![changed(term, negated(term))];
    }
    if term.kind == Kind::Truth {
        let constant = matches!(term.node, Node::Value(_));
        if whole && !constant {
            found.push((format!("去掉「{term}」"), Term::truth(true)));
        }
        // The negation of a negation is the negation of what it holds, which is a part of it.
        if !matches!(term.node, Node::Call(Op::Not, _)) && !matches!(term.node, Node::Value(Literal::Null)) {
            found.push(changed(term, negated(term)));
        }
    }
    let Node::Call(op, parts) = &term.node else { return found };
    let with = |op: &Op, parts: Vec<Term>| Term { node: Node::Call(op.clone(), parts), ..term.clone() };
    let shifted = match op {
        Op::Less => Some(Op::AtMost),
        Op::AtMost => Some(Op::Less),
        Op::Greater => Some(Op::AtLeast),
        Op::AtLeast => Some(Op::Greater),
        _ => None,
    };
    if let Some(shifted) = shifted {
        found.push(changed(term, with(&shifted, parts.clone())));
    }
    let without = |at: usize| {
        let mut rest = parts.clone();
        let gone = rest.remove(at);
        let left = if rest.len() == 1 && !matches!(op, Op::In) { rest.remove(0) } else { with(op, rest) };
        (format!("去掉「{gone}」"), left)
    };
    match op {
        Op::And | Op::Or | Op::Coalesce => found.extend((0..parts.len()).map(without)),
        Op::In if parts.len() > 2 => found.extend((1..parts.len()).map(without)),
        Op::Between => {
            if let [of, low, high] = parts.as_slice() {
                let side = |op: Op, bound: &Term| with(&op, vec![of.clone(), bound.clone()]);
                for (low_op, high_op) in [(Op::Greater, Op::AtMost), (Op::AtLeast, Op::Less)] {
                    found.push(changed(term, with(&Op::And, vec![side(low_op, low), side(high_op, high)])));
                }
            }
        }
        Op::Case => {
            let pairs = parts.len() / 2;
            for pair in 0..pairs {
                let mut rest = parts.clone();
                let gone: Vec<Term> = rest.drain(2 * pair..2 * pair + 2).collect();
                let what = format!("去掉「WHEN {} THEN {}」", gone[0], gone[1]);
                let left = match rest.len() {
                    0 => Term { node: Node::Value(Literal::Null), open: true, ..term.clone() },
                    1 => rest.remove(0),
                    _ => with(op, rest),
                };
                found.push((what, left));
            }
            if parts.len() % 2 == 1 && pairs > 0 {
                let gone = &parts[parts.len() - 1];
                let left = Term { open: true, ..with(op, parts[..parts.len() - 1].to_vec()) };
                found.push((format!("去掉「ELSE {gone}」"), left));
            }
        }
        _ => {}
    }
    for (at, part) in parts.iter().enumerate() {
        let dropped = op.aggregates() && part.kind == Kind::Truth;
        for (what, part) in variants(part, dropped) {
            let mut parts = parts.clone();
            parts[at] = part;
            found.push((what, with(op, parts)));
        }
    }
    found
}

fn changed(old: &Term, new: Term) -> (String, Term) {
    (format!("把「{old}」改为「{new}」"), new)
}

/// A group of rows always has some: `COUNT(*) > 0`.
fn always(term: &Term) -> bool {
    match term.comparison() {
        Some((Op::Greater, left, right)) => {
            matches!(left.node, Node::Call(Op::Count, _)) && right.constant() == Some(Literal::Number(0.0))
        }
        _ => false,
    }
}

/// What is true where a condition is false.
fn negated(term: &Term) -> Term {
    let opposite = |op: &Op| {
        OPPOSITES.iter().find_map(|(one, other)| match op {
            op if op == one => Some(other.clone()),
            op if op == other => Some(one.clone()),
            _ => None,
        })
    };
    let node = match &term.node {
        Node::Value(Literal::Truth(value)) => return Term::truth(!value),
        Node::Call(op, parts) => opposite(op).map(|opposite| Node::Call(opposite, parts.clone())),
        _ => None,
    };
    Term { node: node.unwrap_or_else(|| Node::Call(Op::Not, vec![term.clone()])), ..term.clone() }
}

/// Operations of which one is true where the other is false.
const OPPOSITES: [(Op, Op); 6] = [
    (Op::Less, Op::AtLeast),
    (Op::AtMost, Op::Greater),
    (Op::Equal, Op::Unequal),
    (Op::IsNull, Op::IsNotNull),
    (Op::IsTrue, Op::IsNotTrue),
    (Op::IsFalse, Op::IsNotFalse),
];
