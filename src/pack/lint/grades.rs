//! Grades from which nothing follows: a value of a closed set that no rule takes up and nobody declared. A question
//! that is answered by yes or no grades nobody.

use std::collections::{BTreeMap, BTreeSet};

use super::super::fault::PackFault;
use super::super::model::*;
use super::domain::Domains;

/// The words of a closed set that rules about one kind of entity take up.
#[derive(Default)]
struct Taken {
    words: BTreeSet<String>,
    /// Those on which some rule turns.
    decisive: BTreeSet<String>,
    /// The fact or column that shows them.
    name: String,
    /// Some rule has too many combinations to be tried: it may take up any word.
    doubtful: bool,
}

/// A closed set: table and column.
type Set = (usize, usize);

pub fn lint(pack: &Pack, domains: &Domains, found: &mut Vec<PackFault>) {
    let all = taken(domains);
    let graded = |(table, at): Set| !pack.tables[table].columns[at].yes_no;
    for ((_, set), taken) in all.iter().filter(|((_, set), taken)| graded(*set) && !taken.doubtful) {
        let (table, column) = (&pack.tables[set.0], &pack.tables[set.0].columns[set.1]);
        let silent = |word: &String| {
            pack.deliberate.silent.iter().any(|one| (one.table, one.column) == *set && one.values.contains(word))
        };
        for word in column.kind.words().iter().filter(|word| !taken.words.contains(*word) && !silent(word)) {
            let name = &taken.name;
            let message = format!(
                "表「{}」的「{name}」取值「{word}」时没有规则成立：{name}={word}，无论其他事实如何",
                table.name
            );
            let remedy = format!(
                "请为它写一条规则；有意不作处理的，请写 [[silent]] table = \"{}\" column = \"{}\" values = [\"{word}\"] reading = \"理由\"",
                table.name, column.name
            );
            found.push(column.place.fault(message, &remedy));
        }
    }
    for silent in &pack.deliberate.silent {
        let set = (silent.table, silent.column);
        // Where several kinds of entities show the set, one that takes the word up does not speak for the others.
        let known: Vec<&Taken> = all.iter().filter(|((_, of), _)| *of == set).map(|(_, taken)| taken).collect();
        let needless = |word: &&String| !known.is_empty() && known.iter().all(|taken| taken.decisive.contains(*word));
        for word in silent.values.iter().filter(needless) {
            let message = format!("[[silent]] 说「{word}」没有规则，实际上有规则可以成立");
            found.push(silent.place.notice(message, "请从 values 中删去"));
        }
    }
}

/// Per kind of entity and closed set the words with which some rule can hold.
fn taken(domains: &Domains) -> BTreeMap<(Entity, Set), Taken> {
    let mut all: BTreeMap<(Entity, Set), Taken> = BTreeMap::new();
    for (rule, condition) in &domains.rules {
        for at in &condition.asks {
            let variable = &domains.variables[*at];
            let Some(set) = variable.set else { continue };
            let taken = all.entry((rule.of, set)).or_default();
            taken.name.clone_from(&variable.name);
            match domains.space(&[condition]) {
                Some(space) => {
                    taken.words.extend(space.possible(&space.holds[0], *at));
                    taken.decisive.extend(space.decisive(&space.holds[0], *at));
                }
                None => taken.doubtful = true,
            }
        }
    }
    all
}
