//! What an expression of a pack is once it is parsed: operations over names and values, each with its type.
//!
//! A term is read by [`super::syntax`], given its types and the meaning of its names by [`super::bind`], and turned
//! into columns by [`super::compile`] or into another engine's SQL by [`super::dialect`]. Everything that asks what
//! a pack says asks its terms; text is parsed nowhere else.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use chrono::NaiveDate;
use serde::{Deserialize, Deserializer};

use super::compile::digits;
use super::functions::Op;
use super::scope::Meaning;

/// A node of an expression.
#[derive(Debug, Clone)]
pub struct Term {
    pub node: Node,
    pub kind: Kind,
    /// Whether it can be unknown; `true` when in doubt.
    pub open: bool,
    /// Where it stands in the expression's text, in bytes.
    pub span: Range<usize>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Node {
    /// A name; what it means is known once the term is bound.
    Name(Arc<str>, Option<Meaning>),
    Value(Literal),
    Call(Op, Vec<Term>),
}

/// A value that stands in an expression, or that a parameter is set to: a number or a word.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(untagged, rename = "Value")]
pub enum Literal {
    #[serde(skip)]
    Null,
    #[serde(skip)]
    Truth(bool),
    #[serde(skip)]
    Whole(i64),
    Number(#[serde(deserialize_with = "number")] f64),
    Text(#[serde(deserialize_with = "shared")] Arc<str>),
    #[serde(skip)]
    Day(NaiveDate),
    #[serde(skip)]
    Interval(Interval),
}

fn shared<'de, D: Deserializer<'de>>(from: D) -> Result<Arc<str>, D::Error> {
    String::deserialize(from).map(Arc::from)
}

fn number<'de, D: Deserializer<'de>>(from: D) -> Result<f64, D::Error> {
    f64::deserialize(from).map(as_compared)
}

/// A number as it is compared and printed: at fifteen digits, a nought without a sign.
fn as_compared(number: f64) -> f64 {
    digits(number).unwrap_or(number) + 0.0
}

/// Names that stand for the same value everywhere: the run's year and dates, and the parameters.
pub type Literals = BTreeMap<String, Literal>;

/// A span of time to add to a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Interval {
    pub months: i32,
    pub days: i32,
}

/// The type of a term.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// NULL by itself fits everywhere.
    Null,
    Truth,
    /// `whole`: integers, which print without a decimal point.
    Number {
        whole: bool,
    },
    Day,
    Interval,
    Text,
    /// One of these words.
    Choice(Arc<Set>),
    /// Several names in one cell.
    List,
}

/// The words of a choice.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Set {
    pub words: Vec<String>,
    pub order: Order,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Order {
    /// From low to high.
    Ranked,
    /// A closed set without an order.
    None,
    /// Words written in an expression or set by a parameter: they take the order of the set beside them.
    Written,
}

/// Two terms are the same where they say the same, wherever they stand.
impl PartialEq for Term {
    fn eq(&self, other: &Self) -> bool {
        self.node == other.node
    }
}

impl Kind {
    pub const WHOLE: Kind = Kind::Number { whole: true };
    pub const NUMBER: Kind = Kind::Number { whole: false };

    /// A choice of words that are written in an expression.
    pub fn written(words: Vec<String>) -> Kind {
        Kind::Choice(Arc::new(Set { words, order: Order::Written }))
    }

    /// As people call it.
    pub fn name(&self) -> &'static str {
        match self {
            Kind::Null => "空值",
            Kind::Truth => "真假",
            Kind::Number { .. } => "数字",
            Kind::Day => "日期",
            Kind::Interval => "期限",
            Kind::Text => "文字",
            Kind::Choice(set) if set.order == Order::Written => "文字",
            Kind::Choice(_) => "选项",
            Kind::List => "名单",
        }
    }

    /// The words of a ranked choice, from low to high.
    pub fn ranked(&self) -> Option<&Arc<Set>> {
        match self {
            Kind::Choice(set) if set.order == Order::Ranked => Some(set),
            _ => None,
        }
    }

    /// The type that holds the values of both; none if nothing does.
    pub fn join(&self, other: &Kind) -> Option<Kind> {
        Some(match (self, other) {
            (Kind::Null, kind) | (kind, Kind::Null) => kind.clone(),
            (Kind::Number { whole: one }, Kind::Number { whole: other }) => Kind::Number { whole: *one && *other },
            (Kind::Choice(one), Kind::Choice(other)) => Kind::Choice(one.join(other)),
            (Kind::Text, Kind::Choice(_)) | (Kind::Choice(_), Kind::Text) => Kind::Text,
            (one, other) if one == other => one.clone(),
            _ => return None,
        })
    }
}

impl Set {
    fn join(self: &Arc<Set>, other: &Arc<Set>) -> Arc<Set> {
        let within = |small: &Set, large: &Set| small.words.iter().all(|word| large.words.contains(word));
        match (self.order, other.order) {
            _ if self == other => Arc::clone(self),
            (Order::Ranked, Order::Written) if within(other, self) => Arc::clone(self),
            (Order::Written, Order::Ranked) if within(self, other) => Arc::clone(other),
            (one, two) => {
                let mut words = self.words.clone();
                words.extend(other.words.iter().filter(|word| !self.words.contains(word)).cloned());
                let written = one == Order::Written && two == Order::Written;
                Arc::new(Set { words, order: if written { Order::Written } else { Order::None } })
            }
        }
    }
}

impl Term {
    /// A term whose type is not known yet.
    pub fn unbound(node: Node, span: Range<usize>) -> Term {
        Term { node, kind: Kind::Null, open: true, span }
    }

    pub fn null() -> Term {
        Term::unbound(Node::Value(Literal::Null), 0..0)
    }

    pub fn truth(value: bool) -> Term {
        Term { node: Node::Value(Literal::Truth(value)), kind: Kind::Truth, open: false, span: 0..0 }
    }

    /// A word as it is written.
    pub fn word(word: &str) -> Term {
        let kind = Kind::written(vec![word.to_owned()]);
        Term { node: Node::Value(Literal::Text(word.into())), kind, ..Term::truth(true) }
    }

    /// That all of these conditions hold.
    pub fn all(parts: Vec<Term>) -> Term {
        let open = parts.iter().any(|part| part.open);
        Term { node: Node::Call(Op::And, parts), open, ..Term::truth(true) }
    }

    /// That a condition does not hold.
    pub fn negation(self) -> Term {
        let open = self.open;
        Term { node: Node::Call(Op::Not, vec![self]), open, ..Term::truth(true) }
    }

    /// The operands of a call; none of others.
    pub fn parts(&self) -> &[Term] {
        match &self.node {
            Node::Call(_, parts) => parts,
            _ => &[],
        }
    }

    /// How many calls stand inside each other at most.
    pub fn depth(&self) -> usize {
        1 + self.parts().iter().map(Term::depth).max().unwrap_or(0)
    }

    /// Visits the term and all its parts, each before its own parts.
    pub fn walk<'a>(&'a self, visit: &mut dyn FnMut(&'a Term)) {
        visit(self);
        if let Node::Call(Op::Case, parts) = &self.node {
            // What CASE gives comes before what it asks: that is what it shows first.
            case_order(parts).for_each(|part| part.walk(visit));
        } else {
            self.parts().iter().for_each(|part| part.walk(visit));
        }
    }

    /// The names in it, in the order of their first appearance.
    pub fn names(&self) -> Vec<&str> {
        self.named().into_iter().map(|(name, _)| name).collect()
    }

    /// The names in it with what they mean, as far as they are bound.
    pub fn meanings(&self) -> Vec<(&str, Meaning)> {
        self.named().into_iter().filter_map(|(name, meaning)| Some((name, meaning?))).collect()
    }

    fn named(&self) -> Vec<(&str, Option<Meaning>)> {
        let mut found: Vec<(&str, Option<Meaning>)> = Vec::new();
        self.walk(&mut |term| {
            if let Node::Name(name, meaning) = &term.node
                && !found.iter().any(|(known, _)| *known == &**name)
            {
                found.push((name, *meaning));
            }
        });
        found
    }

    /// The facts that a bound term names.
    pub fn facts(&self) -> impl Iterator<Item = usize> {
        self.meanings().into_iter().filter_map(|(_, meaning)| meaning.fact())
    }

    /// The names of a bound term that are not the run's literals.
    pub fn open_names(&self) -> Vec<String> {
        let names = self.meanings().into_iter().filter(|(_, meaning)| *meaning != Meaning::Literal);
        names.map(|(name, _)| name.to_owned()).collect()
    }

    /// Whether rows are summed up anywhere in it.
    pub fn aggregates(&self) -> bool {
        let mut found = false;
        self.walk(&mut |term| found |= matches!(&term.node, Node::Call(op, _) if op.aggregates()));
        found
    }

    /// The same term with some of its parts replaced; what is replaced is not looked into again.
    pub fn replace(&self, with: &mut dyn FnMut(&Term) -> Option<Term>) -> Term {
        if let Some(other) = with(self) {
            return other;
        }
        let node = match &self.node {
            Node::Call(op, parts) => Node::Call(op.clone(), parts.iter().map(|part| part.replace(with)).collect()),
            node => node.clone(),
        };
        Term { node, kind: self.kind.clone(), open: self.open, span: self.span.clone() }
    }

    /// The sides of a comparison.
    pub fn comparison(&self) -> Option<(&Op, &Term, &Term)> {
        match &self.node {
            Node::Call(op, parts) if op.compares() => match parts.as_slice() {
                [left, right] => Some((op, left, right)),
                _ => None,
            },
            _ => None,
        }
    }

    /// The number or word that it is.
    pub fn constant(&self) -> Option<Literal> {
        match &self.node {
            Node::Value(word @ Literal::Text(_)) => Some(word.clone()),
            Node::Value(value) => value.number().map(Literal::Number),
            Node::Call(Op::Negate, parts) => parts.first()?.constant()?.number().map(|value| Literal::Number(-value)),
            _ => None,
        }
    }
}

/// The parts of CASE (condition, value, condition, value, …, else): values first, then conditions from the last.
fn case_order(parts: &[Term]) -> impl Iterator<Item = &Term> {
    let pairs = parts.chunks(2);
    let values = pairs.clone().filter_map(|pair| pair.last());
    let conditions = pairs.rev().filter(|pair| pair.len() == 2).filter_map(|pair| pair.first());
    values.chain(conditions)
}

impl Literal {
    /// A number that somebody has set.
    pub fn set(number: f64) -> Literal {
        Literal::Number(as_compared(number))
    }

    /// The number that it is.
    pub fn number(&self) -> Option<f64> {
        match self {
            Literal::Whole(value) => Some(*value as f64),
            Literal::Number(value) => Some(*value),
            _ => None,
        }
    }

    /// As people write it.
    pub fn said(&self) -> String {
        match self {
            Literal::Null => "未填".to_owned(),
            Literal::Truth(true) => "是".to_owned(),
            Literal::Truth(false) => "否".to_owned(),
            Literal::Whole(value) => value.to_string(),
            Literal::Number(value) => value.to_string(),
            Literal::Text(text) => text.to_string(),
            Literal::Day(day) => day.to_string(),
            Literal::Interval(period) => period.to_string(),
        }
    }
}

impl std::fmt::Display for Interval {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.months, self.days) {
            (0, days) => write!(f, "{days}天"),
            (months, 0) => write!(f, "{months}个月"),
            (months, days) => write!(f, "{months}个月{days}天"),
        }
    }
}

impl Interval {
    /// `6 months`, `1 year`, `15 days`, `2 weeks`, `6个月`.
    pub fn of(text: &str) -> Option<Interval> {
        let text = text.trim();
        let digits = text.find(|c: char| !c.is_ascii_digit())?;
        let count: i32 = text[..digits].parse().ok().filter(|count| *count <= 12_000)?;
        let unit = text[digits..].trim().to_lowercase();
        Some(match unit.as_str() {
            "day" | "days" | "天" | "日" => Interval { months: 0, days: count },
            "week" | "weeks" | "周" => Interval { months: 0, days: 7 * count },
            "month" | "months" | "个月" | "月" => Interval { months: count, days: 0 },
            "year" | "years" | "年" => Interval { months: 12 * count, days: 0 },
            _ => return None,
        })
    }
}
