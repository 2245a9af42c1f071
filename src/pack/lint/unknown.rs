//! Unknown that becomes no: where an optional column is blank, a row is not counted, or a largest truth passes it over.

use super::super::fault::PackFault;
use super::super::functions::Op;
use super::super::model::*;
use super::super::scope::{self, Meaning};
use super::super::term::{Kind, Node, Term};

pub fn lint(pack: &Pack, found: &mut Vec<PackFault>) {
    // A fact with a reading says why it is so.
    for fact in pack.facts.iter().filter(|fact| fact.reading.is_none()) {
        let Formula::Aggregate { source: Source::Table(table), given, value, .. } = &fact.formula else { continue };
        let mut tell = |expression: &Expression, what: &str, term: &Term, then: &str| {
            let mut columns = Vec::new();
            blank(pack, *table, term, &mut columns);
            for column in columns {
                let message = format!("事实「{}」的 {what}：「{column}」可以不填，没有填的行{then}", fact.name);
                let remedy = format!(
                    "请写明没有填时怎样：COALESCE(条件, FALSE)、COALESCE(条件, TRUE) 或「{column} IS NULL」；有意如此的，请写 reading = \"理由\""
                );
                found.push(expression.place.notice(message, &remedy));
            }
        };
        if let Some(given) = given {
            tell(given, "given", given.term(), "不计入，等于当作「否」");
        }
        value.term().walk(&mut |term| {
            if let Node::Call(Op::Max, parts) = &term.node
                && parts[0].kind == Kind::Truth
            {
                tell(value, "value", &parts[0], "略过不看，其他行都为假时就是「否」");
            }
        });
    }
}

/// The optional columns of a table that leave a condition unknown where they are blank. What the condition, or a check of
/// the table, asks for being blank is thought of.
fn blank(pack: &Pack, table: usize, term: &Term, found: &mut Vec<String>) {
    let mut columns = Vec::new();
    open(term, &mut columns);
    let checks = pack.tables[table].checks.iter().map(|check| check.when.term());
    let conditions: Vec<&Term> = std::iter::once(term).chain(checks).collect();
    for column in columns {
        let asked = conditions.iter().any(|condition| asks_blank(condition, &column));
        if scope::column_open(pack, table, &column) && !asked && !found.contains(&column) {
            found.push(column);
        }
    }
}

/// The columns whose being unknown can leave a term unknown.
fn open(term: &Term, found: &mut Vec<String>) {
    match &term.node {
        _ if !term.open => {}
        Node::Name(name, Some(Meaning::Column)) => found.push(name.to_string()),
        Node::Call(_, parts) => parts.iter().for_each(|part| open(part, found)),
        _ => {}
    }
}

fn asks_blank(term: &Term, column: &str) -> bool {
    let mut asks = false;
    term.walk(&mut |part| {
        asks |= matches!(&part.node, Node::Call(Op::IsNull | Op::IsNotNull, of)
            if matches!(&of[0].node, Node::Name(name, _) if **name == *column));
    });
    asks
}
