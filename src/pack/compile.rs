//! Bound terms → polars expressions.
//!
//! First a term is made plain ([`plain`]): the run's literals are put in, ranked choices become their places where they
//! are compared, and every step of arithmetic is brought to 15 significant digits. What is left says the same in every
//! engine; [`super::dialect`] prints it as SQL. There is no way from a pack to a file or a table function.

use std::sync::Arc;

use polars::prelude::*;

use super::functions::Op;
use super::scope::Meaning;
use super::term::{Interval, Kind, Literal, Literals, Node, Set, Term};

/// Which column stands for a name.
pub type Columns<'a> = dyn Fn(&str, Meaning) -> Expr + 'a;

/// A term as a polars expression.
pub fn compile(term: &Term, literals: &Literals, columns: &Columns<'_>) -> Expr {
    expr(&plain(term, literals), columns)
}

/// A query over a frame that holds what it asks for and nothing else: there is nothing for polars to push down or leave
/// out, and looking for it takes longer than a small city's rules.
pub fn query(frame: DataFrame) -> LazyFrame {
    frame.lazy().without_optimizations()
}

/// An aggregate term taken apart: what is summed up, and what is made of the sums.
pub struct Aggregate {
    /// What is worked out for each row, by column name.
    pub inner: Vec<Expr>,
    /// What sums those columns up.
    pub sums: Vec<Expr>,
    /// What is made of the sums, over one row a group.
    pub outer: Expr,
}

/// An aggregate term over the rows of a group.
pub fn aggregate(term: &Term, literals: &Literals, columns: &Columns<'_>) -> Aggregate {
    let (mut inner, mut sums) = (Vec::new(), Vec::new());
    let outer = plain(term, literals).replace(&mut |term| {
        let Node::Call(op, parts) = &term.node else { return None };
        if !op.aggregates() {
            return None;
        }
        let at = sums.len();
        let of = format!("<{at}");
        if let Some(part) = parts.first() {
            inner.push(expr(part, columns).alias(&of));
        }
        sums.push(sum(op, col(&of)).alias(format!(">{at}")));
        let node = Node::Name(format!(">{at}").into(), Some(Meaning::Column));
        Some(Term { node, kind: term.kind.clone(), open: true, span: 0..0 })
    });
    let outer = expr(&outer, &|name, _| col(name));
    Aggregate { inner, sums, outer }
}

fn sum(op: &Op, of: Expr) -> Expr {
    match op {
        Op::CountOf => of.count(),
        Op::CountDistinct => of.drop_nulls().n_unique(),
        // A sum in SQL is blank where everything that it adds is.
        Op::Sum => when(of.clone().count().gt(lit(0))).then(of.sum()).otherwise(lit(NULL)),
        Op::Average => of.mean(),
        Op::Min => of.min(),
        Op::Max => of.max(),
        _ => len(),
    }
}

/// The term with literals put in, choices ranked and arithmetic at 15 digits.
pub fn plain(term: &Term, literals: &Literals) -> Term {
    let with = |node: Node| Term { node, kind: term.kind.clone(), open: term.open, span: term.span.clone() };
    let (op, parts) = match &term.node {
        Node::Name(name, Some(Meaning::Literal)) => {
            return with(Node::Value(literals.get(&**name).cloned().unwrap_or(Literal::Null)));
        }
        Node::Name(..) | Node::Value(_) => return term.clone(),
        Node::Call(op, parts) => (op, parts),
    };
    let set = ranked(parts);
    let mut parts: Vec<Term> = parts.iter().map(|part| plain(part, literals)).collect();
    let truth = |op: Op, parts: Vec<Term>| Term { node: Node::Call(op, parts), kind: Kind::Truth, ..term.clone() };
    let number = |op: Op, parts: Vec<Term>| call(op, parts, term.kind.clone());
    match op {
        Op::In => {
            let of = parts.remove(0);
            let mut each: Vec<Term> = parts.into_iter().map(|part| truth(Op::Equal, vec![of.clone(), part])).collect();
            if each.len() == 1 { each.remove(0) } else { truth(Op::Or, each) }
        }
        Op::Between => {
            if let Some(set) = set {
                parts = parts.into_iter().map(|part| rank(part, &set)).collect();
            }
            let [of, low, high] = parts.as_slice() else { return Term::null() };
            let low = truth(Op::AtLeast, vec![of.clone(), low.clone()]);
            let high = truth(Op::AtMost, vec![of.clone(), high.clone()]);
            truth(Op::And, vec![low, high])
        }
        op if op.orders() => match set {
            Some(set) => truth(op.clone(), parts.into_iter().map(|part| rank(part, &set)).collect()),
            None => truth(op.clone(), parts),
        },
        Op::Greatest | Op::Least | Op::Min | Op::Max => match set {
            Some(set) => {
                let parts = parts.into_iter().map(|part| rank(part, &set)).collect();
                call(Op::Word(set), vec![call(op.clone(), parts, Kind::WHOLE)], term.kind.clone())
            }
            None => with(Node::Call(op.clone(), parts)),
        },
        Op::Remainder => {
            let [of, by] = parts.as_slice() else { return Term::null() };
            let digits = |op: Op, parts: Vec<Term>| call(Op::Digits, vec![call(op, parts, Kind::NUMBER)], Kind::NUMBER);
            let times = digits(Op::Divide, vec![of.clone(), by.clone()]);
            let whole = call(Op::Truncate, vec![times], Kind::NUMBER);
            let taken = digits(Op::Multiply, vec![by.clone(), whole]);
            number(Op::Digits, vec![call(Op::Subtract, vec![of.clone(), taken], Kind::NUMBER)])
        }
        op if op.calculates() => number(Op::Digits, vec![call(op.clone(), parts, Kind::NUMBER)]),
        Op::Sum | Op::Average => number(Op::Digits, vec![call(op.clone(), parts, Kind::NUMBER)]),
        Op::Round => match parts.as_slice() {
            [of, Term { node: Node::Value(Literal::Whole(digits)), .. }] if *digits != 0 => {
                let (up, down) = if *digits > 0 { (Op::Multiply, Op::Divide) } else { (Op::Divide, Op::Multiply) };
                let power = (0..digits.unsigned_abs()).fold(1.0, |power, _| power * 10.0);
                let power = Term { node: Node::Value(Literal::Number(power)), kind: Kind::NUMBER, ..Term::truth(true) };
                let digits =
                    |op: Op, parts: Vec<Term>, kind: Kind| call(Op::Digits, vec![call(op, parts, Kind::NUMBER)], kind);
                let moved = digits(up, vec![of.clone(), power.clone()], Kind::NUMBER);
                let rounded = call(Op::Round, vec![moved], Kind::NUMBER);
                digits(down, vec![rounded, power], term.kind.clone())
            }
            _ => call(Op::Round, vec![parts.remove(0)], term.kind.clone()),
        },
        op => with(Node::Call(op.clone(), parts)),
    }
}

fn call(op: Op, parts: Vec<Term>, kind: Kind) -> Term {
    Term { node: Node::Call(op, parts), kind, open: true, span: 0..0 }
}

/// The ranked set that all of them belong to.
fn ranked(parts: &[Term]) -> Option<Arc<Set>> {
    let mut kind = Kind::Null;
    for part in parts {
        kind = kind.join(&part.kind)?;
    }
    kind.ranked().cloned()
}

/// The place of a value in its set.
fn rank(term: Term, set: &Arc<Set>) -> Term {
    match &term.node {
        Node::Value(Literal::Text(word)) => {
            let at = set.words.iter().position(|known| **known == **word);
            let value = at.map_or(Literal::Null, |at| Literal::Whole(at as i64));
            Term { node: Node::Value(value), kind: Kind::WHOLE, ..term }
        }
        _ => call(Op::Rank(Arc::clone(set)), vec![term], Kind::WHOLE),
    }
}

/// The column type of a kind.
pub fn dtype(kind: &Kind) -> DataType {
    match kind {
        Kind::Null | Kind::Truth | Kind::Interval => DataType::Boolean,
        Kind::Number { whole: true } => DataType::Int64,
        Kind::Number { whole: false } => DataType::Float64,
        Kind::Day => DataType::Date,
        Kind::Text | Kind::Choice(_) | Kind::List => DataType::String,
    }
}

/// A plain term as a polars expression.
fn expr(term: &Term, columns: &Columns<'_>) -> Expr {
    let (op, parts) = match &term.node {
        Node::Name(name, meaning) => return columns(name, meaning.unwrap_or(Meaning::Column)),
        Node::Value(value) => return literal(value, &term.kind),
        Node::Call(op, parts) => (op, parts),
    };
    let of = |at: usize| parts.get(at).map_or_else(|| lit(NULL), |part| expr(part, columns));
    // NULL by itself takes the type of what it stands beside.
    let common = parts.iter().try_fold(Kind::Null, |kind, part| kind.join(&part.kind)).unwrap_or(Kind::Null);
    let as_kind = |part: &Term, kind: &Kind| {
        let compiled = expr(part, columns);
        let widened = *kind == Kind::NUMBER && part.kind == Kind::WHOLE;
        if part.kind == Kind::Null || widened { compiled.cast(dtype(kind)) } else { compiled }
    };
    let typed = |at: usize| parts.get(at).map_or_else(|| lit(NULL), |part| as_kind(part, &common));
    let truth = |at: usize| parts.get(at).map_or_else(|| lit(NULL), |part| as_kind(part, &Kind::Truth));
    let float = |at: usize| of(at).cast(DataType::Float64);
    let written = |at: usize| of(at).cast(DataType::String);
    let result = |compiled: Expr| match &term.kind {
        Kind::Number { whole: true } => compiled.cast(DataType::Int64),
        _ => compiled,
    };
    match op {
        Op::And | Op::Or => {
            let all: Vec<Expr> = (0..parts.len()).map(truth).collect();
            join(&all, if *op == Op::And { Expr::and } else { Expr::or })
        }
        Op::Not => truth(0).not(),
        Op::Equal => typed(0).eq(typed(1)),
        Op::Unequal => typed(0).neq(typed(1)),
        Op::Less => typed(0).lt(typed(1)),
        Op::AtMost => typed(0).lt_eq(typed(1)),
        Op::Greater => typed(0).gt(typed(1)),
        Op::AtLeast => typed(0).gt_eq(typed(1)),
        Op::IsNull => of(0).is_null(),
        Op::IsNotNull => of(0).is_not_null(),
        Op::IsTrue => truth(0).fill_null(lit(false)),
        Op::IsNotTrue => truth(0).fill_null(lit(false)).not(),
        Op::IsFalse => truth(0).not().fill_null(lit(false)),
        Op::IsNotFalse => truth(0).fill_null(lit(true)),
        Op::Case => {
            let mut pairs: Vec<&[Term]> = parts.chunks(2).collect();
            let rest = match pairs.last() {
                Some([rest]) => {
                    let rest = as_kind(rest, &term.kind);
                    pairs.pop();
                    rest
                }
                _ => lit(NULL).cast(dtype(&term.kind)),
            };
            pairs.into_iter().rev().fold(rest, |rest, pair| {
                let [condition, value] = pair else { return rest };
                when(as_kind(condition, &Kind::Truth)).then(as_kind(value, &term.kind)).otherwise(rest)
            })
        }
        Op::Coalesce => coalesce(&parts.iter().map(|part| as_kind(part, &term.kind)).collect::<Vec<_>>()),
        Op::NullIf => when(typed(0).eq(typed(1))).then(lit(NULL)).otherwise(of(0)),
        Op::Greatest | Op::Least => {
            let all: Vec<Expr> = parts.iter().map(|part| as_kind(part, &term.kind)).collect();
            join(&all, |one, other| {
                let first = if *op == Op::Greatest {
                    one.clone().gt_eq(other.clone())
                } else {
                    one.clone().lt_eq(other.clone())
                };
                // The comparison is unknown where either is, and then so is the result.
                let (one, other) = (one.clone(), other.clone());
                when(first.clone()).then(one).when(first.not()).then(other).otherwise(lit(NULL))
            })
        }
        Op::Add => float(0) + float(1),
        Op::Subtract => float(0) - float(1),
        Op::Multiply => float(0) * float(1),
        Op::Divide => when(float(1).neq(lit(0.0))).then(float(0) / float(1)).otherwise(lit(NULL)),
        Op::Digits => result(numbers(float(0), digits)),
        Op::Truncate => numbers(float(0), |value| Some(value.trunc())),
        Op::Round => result(numbers(float(0), |value| Some(value.round() + 0.0))),
        Op::Floor => result(numbers(float(0), |value| Some(value.floor() + 0.0))),
        Op::Ceiling => result(numbers(float(0), |value| Some(value.ceil() + 0.0))),
        Op::Negate => result(numbers(float(0), |value| Some(0.0 - value))),
        Op::Abs => result(numbers(float(0), |value| Some(value.abs()))),
        Op::Year => of(0).cast(DataType::Date).dt().year().cast(DataType::Int64),
        Op::Month => of(0).cast(DataType::Date).dt().month().cast(DataType::Int64),
        Op::Day => of(0).cast(DataType::Date).dt().day().cast(DataType::Int64),
        Op::DaysBetween => days(of(0)) - days(of(1)),
        Op::Later | Op::Earlier => match parts.get(1).map(|part| &part.node) {
            Some(Node::Value(Literal::Interval(period))) => moved(of(0), *period, *op == Op::Earlier),
            _ => lit(NULL).cast(DataType::Date),
        },
        Op::Like => {
            let pattern = like(text(parts.get(1)));
            let found = move |column: Column| {
                let texts = column.str()?;
                let found = texts.iter().map(|value| Some(pattern.as_ref()?.is_match(value?)));
                Ok(BooleanChunked::from_iter_options(texts.name().clone(), found).into_column())
            };
            let gives = |_: &Schema, field: &Field| Ok(Field::new(field.name().clone(), DataType::Boolean));
            written(0).map(found, gives)
        }
        Op::Left => written(0).str().head(of(1)),
        Op::Right => written(0).str().tail(of(1)),
        Op::Substring => {
            let count = if parts.len() > 2 { of(2) } else { lit(i64::MAX) };
            written(0).str().slice(of(1) - lit(1i64), count)
        }
        Op::Length => written(0).str().len_chars().cast(DataType::Int64),
        Op::Concat => {
            let all: Vec<Expr> = parts.iter().map(|part| as_kind(part, &Kind::Text)).collect();
            join(&all, |one, other| one + other)
        }
        Op::Integer => of(0).cast(DataType::Int64),
        Op::Rank(set) => {
            let places = set.words.iter().zip(0i64..).map(|(word, at)| (lit(word.as_str()), lit(at)));
            mapped(of(0), places, DataType::Int64)
        }
        Op::Word(set) => {
            let words = set.words.iter().zip(0i64..).map(|(word, at)| (lit(at), lit(word.as_str())));
            mapped(of(0), words, DataType::String)
        }
        // Made plain, or taken apart by `aggregate`, before they come here.
        Op::In | Op::Between | Op::Remainder => lit(NULL),
        Op::Count | Op::CountOf | Op::CountDistinct | Op::Sum | Op::Average | Op::Min | Op::Max => sum(op, of(0)),
    }
}

fn literal(value: &Literal, kind: &Kind) -> Expr {
    match value {
        Literal::Null | Literal::Interval(_) if *kind == Kind::Null => lit(NULL),
        Literal::Null | Literal::Interval(_) => lit(NULL).cast(dtype(kind)),
        Literal::Truth(value) => lit(*value),
        Literal::Whole(value) => lit(*value),
        Literal::Number(value) => lit(*value),
        Literal::Text(text) => lit(&**text),
        Literal::Day(day) => lit(*day).cast(DataType::Date),
    }
}

/// What joins all of them, nested no deeper than it must be.
pub fn join(all: &[Expr], with: impl Fn(Expr, Expr) -> Expr + Copy) -> Expr {
    match all {
        [] => lit(NULL),
        [one] => one.clone(),
        more => {
            let (one, other) = more.split_at(more.len() / 2);
            with(join(one, with), join(other, with))
        }
    }
}

/// A number at 15 significant digits; none where it is beyond what can be said.
pub fn digits(value: f64) -> Option<f64> {
    if !value.is_finite() {
        return None;
    }
    // Integers below 10^15 have no more digits. Adding zero takes the sign from a zero.
    if value == value.trunc() && value.abs() < 1e15 {
        return Some(value + 0.0);
    }
    format!("{value:.14e}").parse().ok()
}

fn numbers(of: Expr, with: impl Fn(f64) -> Option<f64> + Send + Sync + 'static) -> Expr {
    of.map(
        move |column| {
            let values = column.f64()?.iter().map(|value| value.and_then(&with));
            Ok(Float64Chunked::from_iter_options(column.name().clone(), values).into_column())
        },
        |_, field| Ok(Field::new(field.name().clone(), DataType::Float64)),
    )
}

/// What each value stands for.
fn mapped(of: Expr, pairs: impl Iterator<Item = (Expr, Expr)>, gives: DataType) -> Expr {
    pairs.fold(lit(NULL).cast(gives), |rest, (value, stands_for)| {
        when(of.clone().eq(value)).then(stands_for).otherwise(rest)
    })
}

fn text(term: Option<&Term>) -> &str {
    match term.map(|term| &term.node) {
        Some(Node::Value(Literal::Text(text))) => text,
        _ => "",
    }
}

fn days(of: Expr) -> Expr {
    of.cast(DataType::Date).cast(DataType::Int32).cast(DataType::Int64)
}

/// Days so much later or earlier: on the same day of the month, else on its last.
fn moved(of: Expr, period: Interval, back: bool) -> Expr {
    let move_day = move |days: i32| {
        let day = chrono::NaiveDate::from_epoch_days(days)?;
        let months = chrono::Months::new(period.months.unsigned_abs());
        let day = if back { day.checked_sub_months(months)? } else { day.checked_add_months(months)? };
        let days = chrono::Days::new(u64::from(period.days.unsigned_abs()));
        let day = if back { day.checked_sub_days(days)? } else { day.checked_add_days(days)? };
        Some(day.to_epoch_days())
    };
    of.cast(DataType::Date).cast(DataType::Int32).map(
        move |column| {
            let values = column.i32()?.iter().map(|value| value.and_then(move_day));
            Ok(Int32Chunked::from_iter_options(column.name().clone(), values).into_date().into_column())
        },
        |_, field| Ok(Field::new(field.name().clone(), DataType::Date)),
    )
}

/// A LIKE pattern: `%` stands for any characters, `_` for one.
fn like(pattern: &str) -> Option<regex::Regex> {
    let sign = |sign: char| match sign {
        '%' => ".*".to_owned(),
        '_' => ".".to_owned(),
        sign => regex::escape(sign.encode_utf8(&mut [0; 4])),
    };
    regex::Regex::new(&format!("(?s)^{}$", pattern.chars().map(sign).collect::<String>())).ok()
}
