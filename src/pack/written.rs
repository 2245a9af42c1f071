//! A term as a pack writes it: for messages about a part of an expression, and for what mutants say.

use std::fmt;

use super::functions::{Op, entry};
use super::term::{Interval, Node, Term, Value};

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (op, parts) = match &self.node {
            Node::Name(name, _) => return name_of(name, f),
            Node::Value(value) => return value.fmt(f),
            Node::Call(op, parts) => (op, parts.as_slice()),
        };
        let sign = match op {
            Op::And => "AND",
            Op::Or => "OR",
            Op::Equal => "=",
            Op::Unequal => "<>",
            Op::Less => "<",
            Op::AtMost => "<=",
            Op::Greater => ">",
            Op::AtLeast => ">=",
            Op::Add | Op::Later => "+",
            Op::Subtract | Op::Earlier | Op::DaysBetween => "-",
            Op::Multiply => "*",
            Op::Divide => "/",
            Op::Remainder => "%",
            Op::Concat => "||",
            Op::Like => "LIKE",
            _ => "",
        };
        if !sign.is_empty() {
            return list(parts, &format!(" {sign} "), f);
        }
        match (op, parts) {
            (Op::Not, [of]) => write!(f, "NOT {}", Bracketed(of)),
            (Op::Negate, [of]) => write!(f, "-{}", Bracketed(of)),
            (Op::IsNull, [of]) => write!(f, "{} IS NULL", Bracketed(of)),
            (Op::IsNotNull, [of]) => write!(f, "{} IS NOT NULL", Bracketed(of)),
            (Op::IsTrue, [of]) => write!(f, "{} IS TRUE", Bracketed(of)),
            (Op::IsNotTrue, [of]) => write!(f, "{} IS NOT TRUE", Bracketed(of)),
            (Op::IsFalse, [of]) => write!(f, "{} IS FALSE", Bracketed(of)),
            (Op::IsNotFalse, [of]) => write!(f, "{} IS NOT FALSE", Bracketed(of)),
            (Op::In, [of, words @ ..]) => {
                write!(f, "{} IN (", Bracketed(of))?;
                list(words, ", ", f)?;
                f.write_str(")")
            }
            (Op::Between, [of, low, high]) => {
                write!(f, "{} BETWEEN {} AND {}", Bracketed(of), Bracketed(low), Bracketed(high))
            }
            (Op::Case, parts) => {
                f.write_str("CASE")?;
                for pair in parts.chunks(2) {
                    match pair {
                        [condition, value] => write!(f, " WHEN {condition} THEN {value}")?,
                        rest => rest.iter().try_for_each(|rest| write!(f, " ELSE {rest}"))?,
                    }
                }
                f.write_str(" END")
            }
            (Op::Year, [of]) => write!(f, "EXTRACT(YEAR FROM {of})"),
            (Op::Month, [of]) => write!(f, "EXTRACT(MONTH FROM {of})"),
            (Op::Day, [of]) => write!(f, "EXTRACT(DAY FROM {of})"),
            (Op::Integer, [of]) => write!(f, "CAST({of} AS INT)"),
            (Op::Count, []) => f.write_str("COUNT(*)"),
            (Op::CountOf, [of]) => write!(f, "COUNT({of})"),
            (Op::CountDistinct, [of]) => write!(f, "COUNT(DISTINCT {of})"),
            (op, parts) => {
                write!(f, "{}(", entry(op).and_then(|entry| entry.function).unwrap_or_default())?;
                list(parts, ", ", f)?;
                f.write_str(")")
            }
        }
    }
}

/// A part of a longer term: in brackets where it joins others itself.
struct Bracketed<'t>(&'t Term);

impl fmt::Display for Bracketed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let joins = |op: &Op| {
            matches!(op, Op::And | Op::Or | Op::Not | Op::In | Op::Between | Op::Concat | Op::Like)
                || op.compares()
                || op.calculates()
                || matches!(op, Op::Later | Op::Earlier | Op::DaysBetween)
        };
        match &self.0.node {
            Node::Call(op, _) if joins(op) => write!(f, "({})", self.0),
            _ => self.0.fmt(f),
        }
    }
}

/// The operands, those that are joined otherwise in brackets. What AND joins needs none for its comparisons.
fn list(parts: &[Term], between: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for (at, part) in parts.iter().enumerate() {
        f.write_str(if at > 0 { between } else { "" })?;
        // Comparisons bind closer than AND and OR, and arithmetic closer than comparisons.
        let loose = match between.trim() {
            "," => true,
            "AND" | "OR" => !matches!(&part.node, Node::Call(Op::And | Op::Or, _)),
            "=" | "<>" | "<" | "<=" | ">" | ">=" => matches!(&part.node, Node::Call(op, _) if op.calculates()),
            _ => false,
        };
        if loose { write!(f, "{part}")? } else { write!(f, "{}", Bracketed(part))? }
    }
    Ok(())
}

/// In quotes where it is no plain word.
fn name_of(name: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let plain = name.chars().all(|c| c.is_alphanumeric() || c == '_') && !name.starts_with(|c: char| c.is_numeric());
    if plain { f.write_str(name) } else { write!(f, "\"{name}\"") }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Null => f.write_str("NULL"),
            Value::Truth(value) => f.write_str(if *value { "TRUE" } else { "FALSE" }),
            Value::Whole(value) => value.fmt(f),
            Value::Number(value) => value.fmt(f),
            Value::Text(text) => write!(f, "'{}'", text.replace('\'', "''")),
            Value::Day(day) => write!(f, "DATE '{day}'"),
            Value::Interval(Interval { months: 0, days }) => write!(f, "'{days} days'"),
            Value::Interval(Interval { months, .. }) => write!(f, "'{months} months'"),
        }
    }
}
