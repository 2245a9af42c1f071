//! Words that a closed set does not hold: a condition that compares with them never comes true.

use polars::prelude::{ExplodeOptions, Expr, LiteralValue, Operator};

use super::super::check::pinpoint;
use super::super::model::*;
use super::super::scope::{self, Meaning, Site};
use super::super::sql::{self, Constant};
use super::domain::Domains;
use super::unused::{Written, expressions};
use super::{Lint, error};

pub fn lint(pack: &Pack, found: &mut Vec<Lint>) {
    let domains = Domains::new(pack);
    for Written { place, site, sql } in expressions(pack) {
        let Ok(expr) = sql::parse(&sql) else { continue };
        for (name, word) in compared(&expr) {
            let Some(set) = set(pack, &domains, site, &name) else { continue };
            if set.contains(&word) {
                continue;
            }
            let known: Vec<&str> = set.iter().map(String::as_str).collect();
            let near = super::super::nearest(&word, &known).map(|near| format!("，是否要写「{near}」？"));
            let message = format!("「{name}」不会等于「{word}」{}", near.unwrap_or_default());
            let at = pinpoint(pack, &place, &format!("'{word}'"));
            let lint = error(&at, message, &format!("可用的值：{}", known.join("、")));
            let told = |one: &Lint| one.fault.span == lint.fault.span && one.fault.message == lint.fault.message;
            if !found.iter().any(told) {
                found.push(lint);
            }
        }
    }
}

/// Names and the words that they are compared with.
fn compared(expr: &Expr) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for node in expr {
        match node {
            Expr::BinaryExpr { left, op: Operator::Eq | Operator::NotEq, right } => {
                for (name, word) in [(left, right), (right, left)] {
                    if let (Expr::Column(name), Some(Constant::Text(word))) = (name.as_ref(), sql::constant(word)) {
                        found.push((name.to_string(), word));
                    }
                }
            }
            Expr::Function { input, function } if function.to_string().contains("is_in") => {
                let [Expr::Column(name), set] = input.as_slice() else { continue };
                for node in set {
                    if let Expr::Literal(LiteralValue::Series(series)) = node {
                        let all = series.explode(ExplodeOptions { empty_as_null: true, keep_nulls: true });
                        let words = all.as_ref().unwrap_or(series);
                        let words = words.iter().filter_map(|value| value.get_str().map(str::to_owned));
                        found.extend(words.map(|word| (name.to_string(), word)));
                    }
                }
            }
            _ => {}
        }
    }
    found
}

/// The words that a name can be, where they are a closed set.
fn set(pack: &Pack, domains: &Domains<'_>, site: Site, name: &str) -> Option<Vec<String>> {
    match scope::resolve(pack, site, name, None).ok()? {
        Meaning::Fact(fact) | Meaning::OfSubject(_, fact) => domains.words_of(fact),
        Meaning::Column => {
            let table = match site {
                Site::Source(Source::Table(table)) => table,
                Site::Entity(entity) => scope::table_of(pack, entity)?,
                Site::Source(_) => return of_system(pack, name),
            };
            let column = &pack.tables[table].columns[pack.tables[table].column(name)?];
            match &column.kind {
                ColumnKind::Choice { values, .. } => Some(values.clone()),
                _ => None,
            }
        }
        Meaning::Literal | Meaning::OfCity(_) => None,
    }
}

/// The words in the engine's own tables: actions, options, answers, runs, rules.
fn of_system(pack: &Pack, name: &str) -> Option<Vec<String>> {
    let actions = || pack.actions.iter().map(|action| action.name.clone());
    let answers = &pack.answers;
    Some(match name {
        "处理" => actions().collect(),
        "决定方式" => {
            actions().chain(pack.actions.iter().flat_map(|action| action.options.iter().cloned())).collect()
        }
        "意见" => [&answers.agree, &answers.refuse, &answers.defer, &answers.change].map(Clone::clone).to_vec(),
        "轮次" => Run::ALL.map(|run| run.code().to_owned()).to_vec(),
        "条款" => pack.rules.iter().map(|rule| rule.id.clone()).collect(),
        _ => return None,
    })
}
