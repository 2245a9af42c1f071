//! Which facts keep a condition unknown.
//!
//! The condition is taken apart at AND, OR and NOT. A part that is already decided needs nothing; in
//! an unknown part the facts without a value are what is missing.

use polars::prelude::*;

use crate::fact::{Error, World};
use crate::pack::scope::{Meaning, Site};
use crate::pack::sql;

/// A condition taken apart.
enum Node {
    /// Index of the part's column, and the names it uses.
    Part(usize, Vec<String>),
    /// Index of the whole's column, and its parts.
    Whole(usize, Vec<Node>),
}

/// For each of `unknown` (entities for which the rule is unknown) the facts that are missing.
pub fn missing(world: &World<'_>, rule: usize, unknown: Vec<u32>) -> Result<Vec<(u32, Vec<String>)>, Error> {
    if unknown.is_empty() {
        return Ok(Vec::new());
    }
    let rule = &world.pack.rules[rule];
    let site = Site::Entity(rule.of);
    let mut parts = Vec::new();
    let mut nodes = Vec::new();
    for text in rule.scope.iter().chain([&rule.when]) {
        nodes.push(take_apart(&world.parse(text)?, &mut parts));
    }
    // Every part, and every name in it, as one column.
    let mut exprs = Vec::new();
    for part in &parts {
        exprs.push(world.rename(site, part.clone())?.is_null());
    }
    let mut names: Vec<String> = Vec::new();
    nodes.iter().for_each(|node| collect(node, &mut names));
    for name in &names {
        exprs.push(world.rename(site, col(name.as_str()))?.is_null());
    }
    let columns = world.evaluate(site, &rule.id, exprs)?;
    let null = |column: usize, at: u32| {
        let column = &columns[column];
        column.bool().ok().and_then(|mask| mask.get(if mask.len() == 1 { 0 } else { at as usize })) == Some(true)
    };
    Ok(unknown
        .into_iter()
        .map(|at| {
            let mut found: Vec<String> = Vec::new();
            let mut visit = |name: &str| {
                let place = names.iter().position(|one| one == name).map(|place| place + parts.len());
                let open = place.is_some_and(|place| null(place, at));
                let fact = !matches!(world.resolve(site, name, None), Ok(Meaning::Literal) | Err(_));
                if open && fact && !found.iter().any(|one| one == name) {
                    found.push(name.to_owned());
                }
            };
            nodes.iter().for_each(|node| walk(node, &|part| null(part, at), &mut visit));
            (at, found)
        })
        .collect())
}

fn take_apart(expr: &Expr, parts: &mut Vec<Expr>) -> Node {
    match expr {
        Expr::BinaryExpr {
            left,
            op: Operator::And | Operator::Or | Operator::LogicalAnd | Operator::LogicalOr,
            right,
        } => {
            parts.push(expr.clone());
            let whole = parts.len() - 1;
            Node::Whole(whole, vec![take_apart(left, parts), take_apart(right, parts)])
        }
        Expr::Function { input, function } if function.to_string() == "not" && input.len() == 1 => {
            take_apart(&input[0], parts)
        }
        Expr::Cast { expr, dtype, .. } if dtype.as_literal() == Some(&DataType::Boolean) => take_apart(expr, parts),
        other => {
            parts.push(other.clone());
            Node::Part(parts.len() - 1, sql::names(other))
        }
    }
}

fn collect(node: &Node, names: &mut Vec<String>) {
    match node {
        Node::Part(_, uses) => {
            for name in uses {
                if !names.contains(name) {
                    names.push(name.clone());
                }
            }
        }
        Node::Whole(_, nodes) => nodes.iter().for_each(|node| collect(node, names)),
    }
}

/// Visits the names in unknown parts.
fn walk(node: &Node, unknown: &dyn Fn(usize) -> bool, visit: &mut dyn FnMut(&str)) {
    match node {
        Node::Part(part, uses) => {
            if unknown(*part) {
                uses.iter().for_each(|name| visit(name));
            }
        }
        Node::Whole(whole, nodes) => {
            if unknown(*whole) {
                nodes.iter().for_each(|node| walk(node, unknown, visit));
            }
        }
    }
}
