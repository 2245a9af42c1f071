//! Words that a closed set does not hold: a condition that compares with them never comes true.

use super::super::fault::PackFault;
use super::super::functions::Op;
use super::super::model::*;
use super::super::scope::{Meaning, Site};
use super::super::term::{Kind, Literal, Node, Term};
use super::unused::expressions;

pub fn lint(pack: &Pack, found: &mut Vec<PackFault>) {
    for (site, expression) in expressions(pack) {
        for (of, word) in compared(expression.term()) {
            let (Node::Name(name, Some(meaning)), Node::Value(Literal::Text(text))) = (&of.node, &word.node) else {
                continue;
            };
            let Some(set) = set(pack, site, of, name, *meaning) else { continue };
            if set.iter().any(|known| **known == **text) {
                continue;
            }
            let known: Vec<&str> = set.iter().map(String::as_str).collect();
            let near = super::super::nearest(text, &known).map(|near| format!("，是否要写「{near}」？"));
            let message = format!("「{name}」不会等于「{text}」{}", near.unwrap_or_default());
            let at = expression.place_of(&word.span, &pack.files);
            let lint = at.fault(message, format!("可用的值：{}", known.join("、")));
            let told = |one: &PackFault| one.place.span == lint.place.span && one.message == lint.message;
            if !found.iter().any(told) {
                found.push(lint);
            }
        }
    }
}

/// What is compared with what, where it is asked whether both are the same.
fn compared(term: &Term) -> Vec<(&Term, &Term)> {
    let mut found = Vec::new();
    term.walk(&mut |term| {
        let Node::Call(op, parts) = &term.node else { return };
        match (op, parts.as_slice()) {
            (Op::Equal | Op::Unequal, [left, right]) => found.extend([(left, right), (right, left)]),
            (Op::In, [of, words @ ..]) => found.extend(words.iter().map(|word| (of, word))),
            _ => {}
        }
    });
    found
}

/// The words that a name can be, where they are a closed set.
fn set(pack: &Pack, site: Site, of: &Term, name: &str, meaning: Meaning) -> Option<Vec<String>> {
    match (meaning, site, &of.kind) {
        (Meaning::Literal, ..) => None,
        (Meaning::Column, Site::Source(source), _) if !matches!(source, Source::Table(_)) => of_system(pack, name),
        (_, _, Kind::Choice(set)) => Some(set.words.clone()),
        _ => None,
    }
}

/// The words in the engine's own tables: actions, options, answers, runs, rules.
fn of_system(pack: &Pack, name: &str) -> Option<Vec<String>> {
    let actions = || pack.actions.iter().map(|action| action.name.clone());
    Some(match name {
        "处理" => actions().collect(),
        "决定方式" => {
            actions().chain(pack.actions.iter().flat_map(|action| action.options.iter().cloned())).collect()
        }
        "意见" => pack.answers.all().map(str::to_owned).to_vec(),
        "轮次" => Run::ALL.map(|run| run.code().to_owned()).to_vec(),
        "条款" => pack.rules.iter().map(|rule| rule.id.clone()).collect(),
        _ => return None,
    })
}
