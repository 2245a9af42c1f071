//! A term as a pack writes it: for messages about a part of an expression, and for what mutants say.

use std::fmt;

use super::functions::{Op, entry, filled};
use super::term::{Interval, Literal, Node, Term};

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (op, parts) = match &self.node {
            Node::Name(name, _) => return name_of(name, f),
            Node::Value(value) => return value.fmt(f),
            Node::Call(op, parts) => (op, parts),
        };
        let part = |(at, part): (usize, &Term)| match &part.node {
            Node::Call(inner, _) if joins(inner) && !stands_alone(op, at, inner) => format!("({part})"),
            _ => part.to_string(),
        };
        let parts: Vec<String> = parts.iter().enumerate().map(part).collect();
        match entry(op) {
            Some(entry) if !entry.written.is_empty() => f.write_str(&filled(entry.written, &parts)),
            entry => write!(f, "{}({})", entry.and_then(|entry| entry.function).unwrap_or_default(), parts.join(", ")),
        }
    }
}

/// Whether an operation joins its operands without brackets of its own.
fn joins(op: &Op) -> bool {
    use Op::{And, Between, Concat, DaysBetween, Earlier, In, Later, Like, Not, Or};
    matches!(op, And | Or | Not | In | Between | Concat | Like | Later | Earlier | DaysBetween)
        || op.compares()
        || op.calculates()
}

/// Whether an operand needs no brackets: comparisons bind closer than AND and OR, arithmetic closer than comparisons, and
/// what stands in brackets already has them.
fn stands_alone(op: &Op, at: usize, operand: &Op) -> bool {
    match op {
        Op::And | Op::Or => !matches!(operand, Op::And | Op::Or),
        Op::In => at > 0,
        Op::Case | Op::Year | Op::Month | Op::Day | Op::Integer | Op::CountOf | Op::CountDistinct => true,
        op if op.compares() => operand.calculates(),
        op => entry(op).is_some_and(|entry| entry.function.is_some()),
    }
}

/// In quotes where it is no plain word.
fn name_of(name: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let plain = name.chars().all(|c| c.is_alphanumeric() || c == '_') && !name.starts_with(|c: char| c.is_numeric());
    if plain { f.write_str(name) } else { write!(f, "\"{name}\"") }
}

impl fmt::Display for Literal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Literal::Null => f.write_str("NULL"),
            Literal::Truth(value) => f.write_str(if *value { "TRUE" } else { "FALSE" }),
            Literal::Whole(value) => value.fmt(f),
            Literal::Number(value) => value.fmt(f),
            Literal::Text(text) => write!(f, "'{}'", text.replace('\'', "''")),
            Literal::Day(day) => write!(f, "DATE '{day}'"),
            Literal::Interval(Interval { months: 0, days }) => write!(f, "'{days} days'"),
            Literal::Interval(Interval { months, .. }) => write!(f, "'{months} months'"),
        }
    }
}
