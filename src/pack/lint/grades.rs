//! Grades from which nothing follows: a value of a closed set that no rule takes up and nobody declared.

use std::collections::{BTreeMap, BTreeSet};

use super::super::model::*;
use super::domain::{Domains, Space, Variable};
use super::{Lint, error, notice};

pub fn lint(pack: &Pack, found: &mut Vec<Lint>) {
    let mut domains = Domains::new(pack);
    // Per kind of entity and closed set the words with which some rule can hold.
    let mut covered: BTreeMap<(Entity, (usize, usize)), (BTreeSet<String>, String)> = BTreeMap::new();
    for rule in pack.rules.iter().filter(|rule| !rule.runs.is_empty()) {
        let asked: Vec<Variable> = domains.of_when(rule).into_iter().filter(|one| one.set.is_some()).collect();
        let Some(condition) = domains.of_rule(rule) else { continue };
        for variable in asked {
            let Some(set) = variable.set else { continue };
            // What is too big to try counts as taken up.
            let words = match Space::of_whole(&[&condition], Some(&variable)) {
                Some(space) => space.holds(&condition).map(|holds| space.words(&holds, &variable)),
                None => Some(choices(pack, set).iter().cloned().collect()),
            };
            let entry = covered.entry((rule.of, set)).or_insert_with(|| (BTreeSet::new(), variable.name.clone()));
            entry.0.extend(words.unwrap_or_default());
        }
    }
    for ((_, set), (words, name)) in &covered {
        let (table, at) = *set;
        let column = &pack.tables[table].columns[at];
        let silent = |word: &String| {
            pack.deliberate.silent.iter().any(|one| (one.table, one.column) == *set && one.values.contains(word))
        };
        for word in choices(pack, *set).iter().filter(|word| !words.contains(*word) && !silent(word)) {
            let message = format!(
                "表「{}」的「{name}」取值「{word}」时没有规则成立：{name}={word}，无论其他事实如何",
                pack.tables[table].name
            );
            let remedy = format!(
                "请为它写一条规则；有意不作处理的，请写 [[silent]] table = \"{}\" column = \"{}\" values = [\"{word}\"] reading = \"理由\"",
                pack.tables[table].name, column.name
            );
            found.push(error(&column.place, message, &remedy));
        }
    }
    for silent in &pack.deliberate.silent {
        let set = (silent.table, silent.column);
        let taken =
            |word: &&String| covered.iter().any(|((_, known), (words, _))| *known == set && words.contains(*word));
        for word in silent.values.iter().filter(taken) {
            let message = format!("[[silent]] 说「{word}」没有规则，实际上有规则可以成立");
            found.push(notice(&silent.place, message, "请从 values 中删去"));
        }
    }
}

fn choices(pack: &Pack, (table, at): (usize, usize)) -> &[String] {
    match &pack.tables[table].columns[at].kind {
        ColumnKind::Choice { values, .. } => values,
        _ => &[],
    }
}
