//! Small domains: every combination of the values that matter to a few conditions, as rows of a frame.
//!
//! A fact that other facts define is put in place; what is counted over rows stands for itself. Of numbers and
//! days the neighbours of what they are compared with are tried, of closed sets the words that are named and one
//! that is not, and no value at all wherever there can be none. So what holds in no row holds nowhere; what holds
//! in some row holds at least as far as these conditions can tell.

use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDate};
use polars::prelude::*;

use super::super::compile::{compile, dtype};
use super::super::functions::Op;
use super::super::model::{self, ColumnKind, Formula, Pack, Rule, Source};
use super::super::scope::{self, Meaning, Site};
use super::super::sql::{Literal, Literals};
use super::super::term::{Constant, Kind, Node, Order, Term, Value};

/// More combinations than this are not tried.
const MOST_ROWS: usize = 60_000;

/// Conditions of rules about one kind of entity, ready to be tried.
pub struct Domains<'p> {
    pack: &'p Pack,
    literals: Literals,
}

/// A condition over the variables of its space.
#[derive(Clone)]
pub struct Condition {
    /// With the facts put in that others define, and columns for names.
    term: Term,
    expr: Expr,
    /// The variables that it names, by column.
    pub variables: Vec<Variable>,
}

/// What a condition rests on.
#[derive(Debug, Clone, PartialEq)]
pub struct Variable {
    /// The column's name in the frame.
    key: String,
    pub name: String,
    /// The closed set behind it: table and column.
    pub set: Option<(usize, usize)>,
    kind: Kind,
    open: bool,
    /// What a number of its column cannot be below or above.
    bounds: (Option<f64>, Option<f64>),
}

/// All combinations of the values of some variables.
pub struct Space {
    frame: DataFrame,
    variables: Vec<Variable>,
    /// Per variable after how many rows its next value comes, and how many values it has.
    strides: Vec<(usize, usize)>,
    /// What holds in no row holds nowhere. Not so where values are worked out or compared with each other: then the
    /// rows are a sample.
    pub complete: bool,
}

impl<'p> Domains<'p> {
    pub fn new(pack: &'p Pack) -> Self {
        // Any year will do, but its days must fit it.
        let day = |month, day| NaiveDate::from_ymd_opt(2024, month, day).unwrap_or_default();
        let mut literals = Literals::from([
            ("本年".to_owned(), Literal::Int(2024)),
            ("基准日".to_owned(), Literal::Date(day(12, 31))),
            ("年初".to_owned(), Literal::Date(day(1, 1))),
            ("本轮".to_owned(), Literal::Text("A".to_owned())),
        ]);
        for parameter in &pack.parameters {
            let literal = parameter.values.first().map(|dated| match &dated.value {
                model::Value::Number(value) => Literal::Number(*value),
                model::Value::Text(text) => Literal::Text(text.clone()),
            });
            literals.extend(literal.map(|literal| (parameter.name.clone(), literal)));
        }
        Domains { pack, literals }
    }

    /// A rule's scope and condition.
    pub fn of_rule(&self, rule: &Rule) -> Condition {
        let mut variables = Vec::new();
        let conditions = rule.scope.iter().chain([&rule.when]);
        let parts = conditions.map(|one| self.expand(Site::Entity(rule.of), one.term(), &mut variables)).collect();
        let term = Term { node: Node::Call(Op::And, parts), ..Term::truth(true) };
        let expr = compile(&term, &Literals::new(), &|name, _| col(name));
        Condition { term, expr, variables }
    }

    /// The variables of a rule's condition without its scope.
    pub fn of_when(&self, rule: &Rule) -> Vec<Variable> {
        let mut variables = Vec::new();
        self.expand(Site::Entity(rule.of), rule.when.term(), &mut variables);
        variables
    }

    /// The term with literals and the definitions of facts put in, and a variable for every other name.
    fn expand(&self, site: Site, term: &Term, found: &mut Vec<Variable>) -> Term {
        term.replace(&mut |term| {
            let Node::Name(name, Some(meaning)) = &term.node else { return None };
            let variable = match (meaning, site) {
                (Meaning::Literal, _) => {
                    let value = match self.literals.get(&**name)? {
                        Literal::Int(value) => Value::Whole(i64::from(*value)),
                        Literal::Number(value) => Value::Number(*value),
                        Literal::Text(text) => Value::Text(text.as_str().into()),
                        Literal::Date(day) => Value::Day(*day),
                    };
                    return Some(Term { node: Node::Value(value), ..term.clone() });
                }
                (Meaning::Fact(fact), Site::Entity(_)) => {
                    if let Formula::Own { is, .. } = &self.pack.facts[*fact].formula {
                        return Some(self.expand(site, is.term(), found));
                    }
                    self.of_fact(*fact, term)
                }
                (Meaning::Fact(fact) | Meaning::OfSubject(_, fact) | Meaning::OfCity(fact), _) => {
                    self.of_fact(*fact, term)
                }
                (Meaning::Column, _) => self.of_column(site, name, term),
            };
            if !found.iter().any(|known| known.key == variable.key) {
                found.push(variable.clone());
            }
            let node = Node::Name(variable.key.as_str().into(), Some(Meaning::Column));
            Some(Term { node, ..term.clone() })
        })
    }

    fn of_fact(&self, fact: usize, term: &Term) -> Variable {
        Variable {
            key: format!("#{fact}"),
            name: self.pack.facts[fact].name.clone(),
            set: self.set_of(fact),
            kind: term.kind.clone(),
            open: term.open,
            bounds: (None, None),
        }
    }

    fn of_column(&self, site: Site, name: &str, term: &Term) -> Variable {
        let table = match site {
            Site::Entity(entity) => scope::table_of(self.pack, entity),
            Site::Source(Source::Table(table)) => Some(table),
            Site::Source(_) => None,
        };
        let at = table.and_then(|table| Some((table, self.pack.tables[table].column(name)?)));
        let bounds = match at.map(|(table, at)| &self.pack.tables[table].columns[at].kind) {
            Some(ColumnKind::Number { min, max, .. }) => (*min, *max),
            _ => (None, None),
        };
        let set = at.filter(|_| matches!(term.kind, Kind::Choice(_)));
        Variable { key: name.to_owned(), name: name.to_owned(), set, kind: term.kind.clone(), open: term.open, bounds }
    }

    /// The closed set that a fact takes its value from: the smallest or largest of one column.
    fn set_of(&self, fact: usize) -> Option<(usize, usize)> {
        let definition = &self.pack.facts[fact];
        if !matches!(definition.kind(), Kind::Choice(_)) {
            return None;
        }
        let (site, expression) = match &definition.formula {
            Formula::Aggregate { source: Source::Table(table), value, .. } => {
                (Site::Source(Source::Table(*table)), value)
            }
            Formula::Own { is, .. } => (Site::Entity(definition.of), is),
            _ => return None,
        };
        let sets: BTreeSet<(usize, usize)> = expression
            .term()
            .meanings()
            .into_iter()
            .filter_map(|(name, meaning)| match meaning {
                Meaning::Fact(of) | Meaning::OfSubject(_, of) if of != fact => self.set_of(of),
                Meaning::Column => {
                    let table = match site {
                        Site::Source(Source::Table(table)) => table,
                        Site::Entity(entity) => scope::table_of(self.pack, entity)?,
                        Site::Source(_) => return None,
                    };
                    Some((table, self.pack.tables[table].column(name)?))
                }
                _ => None,
            })
            .filter(|(table, at)| matches!(self.pack.tables[*table].columns[*at].kind, ColumnKind::Choice { .. }))
            .collect();
        // Of several columns the last is the one it shows: the others are asked in CASE.
        sets.last().copied()
    }
}

impl Space {
    /// The combinations that matter to `conditions`; none if there are too many.
    pub fn of(conditions: &[&Condition]) -> Option<Space> {
        Space::of_whole(conditions, None)
    }

    /// The same, with every word of one variable's set.
    pub fn of_whole(conditions: &[&Condition], whole: Option<&Variable>) -> Option<Space> {
        let mut variables: Vec<Variable> = Vec::new();
        for variable in conditions.iter().flat_map(|condition| &condition.variables) {
            if !variables.contains(variable) {
                variables.push(variable.clone());
            }
        }
        let constants = Constants::of(conditions);
        let values: Vec<Series> =
            variables.iter().map(|variable| constants.values(variable, whole == Some(variable))).collect();
        let height = values.iter().try_fold(1usize, |product, one| product.checked_mul(one.len()))?;
        if height > MOST_ROWS {
            return None;
        }
        let mut columns = vec![Column::new_scalar("@n".into(), Scalar::from(0i32), height)];
        let mut run = height;
        let mut strides = Vec::new();
        for (variable, values) in variables.iter().zip(&values) {
            let many = values.len();
            run /= many;
            strides.push((run, many));
            let index: IdxCa = (0..height).map(|row| Some((row / run % many) as IdxSize)).collect();
            columns.push(values.take(&index).ok()?.into_column().with_name(variable.key.as_str().into()));
        }
        Some(Space {
            frame: DataFrame::new(height, columns).ok()?,
            complete: constants.complete(conditions, &variables, whole),
            variables,
            strides,
        })
    }

    /// Where a condition holds.
    pub fn holds(&self, condition: &Condition) -> Option<BooleanChunked> {
        let expr = condition.expr.clone().fill_null(lit(false)).alias("=");
        let found = self.frame.clone().lazy().select([col("@n"), expr]).collect().ok()?;
        Some(found.column("=").ok()?.bool().ok()?.clone())
    }

    /// The words of a variable with which a condition can hold.
    pub fn words(&self, holds: &BooleanChunked, variable: &Variable) -> BTreeSet<String> {
        let Ok(column) = self.frame.column(&variable.key) else { return BTreeSet::new() };
        let Ok(texts) = column.str() else { return BTreeSet::new() };
        let pairs = holds.iter().zip(texts.iter());
        pairs.filter(|(holds, _)| *holds == Some(true)).filter_map(|(_, text)| text.map(str::to_owned)).collect()
    }

    /// The words of a variable on which a condition turns: with another word, and all else the same, it does not hold.
    pub fn decisive(&self, holds: &BooleanChunked, variable: &Variable) -> BTreeSet<String> {
        let at = self.variables.iter().position(|known| known == variable);
        let (Some((run, many)), Ok(column)) = (at.map(|at| self.strides[at]), self.frame.column(&variable.key)) else {
            return BTreeSet::new();
        };
        let Ok(texts) = column.str() else { return BTreeSet::new() };
        let holds = |row: usize| holds.get(row) == Some(true);
        let turns = |row: usize| {
            let first = row - row / run % many * run;
            (0..many).any(|other| !holds(first + other * run))
        };
        let rows = (0..self.frame.height()).filter(|row| holds(*row) && turns(*row));
        rows.filter_map(|row| texts.get(row).map(str::to_owned)).collect()
    }

    /// A row of values, for people.
    pub fn row(&self, at: usize) -> String {
        let cells = self.variables.iter().filter_map(|variable| {
            let value = self.frame.column(&variable.key).ok()?.get(at).ok()?;
            let text = match &value {
                AnyValue::Null => "未填".to_owned(),
                AnyValue::Boolean(true) => "是".to_owned(),
                AnyValue::Boolean(false) => "否".to_owned(),
                other => other.get_str().map_or_else(|| other.to_string(), str::to_owned),
            };
            Some(format!("{}={text}", variable.name))
        });
        let cells: Vec<String> = cells.collect();
        if cells.is_empty() { "（任何情形）".to_owned() } else { cells.join("，") }
    }
}

/// The first row where a mask is true.
pub fn first(mask: &BooleanChunked) -> Option<usize> {
    mask.iter().position(|value| value == Some(true))
}

/// What conditions compare with.
#[derive(Default)]
struct Constants {
    numbers: Vec<f64>,
    words: Vec<String>,
    days: Vec<NaiveDate>,
    /// Variables that are compared with others, or from which values are worked out.
    used: BTreeSet<String>,
}

/// Figures that are tried where figures are compared with each other.
const FIGURES: [f64; 8] = [0.0, 1.0, 2.0, 3.0, 4.0, 10.0, 20.0, 100.0];

fn is_constant(term: &Term) -> bool {
    matches!(term.node, Node::Value(_)) || term.constant().is_some()
}

impl Constants {
    fn of(conditions: &[&Condition]) -> Constants {
        let mut found = Constants::default();
        for condition in conditions {
            condition.term.walk(&mut |term| match (&term.node, term.constant()) {
                (Node::Value(Value::Day(day)), _) => found.days.push(*day),
                (_, Some(Constant::Number(number))) => found.numbers.push(number),
                (_, Some(Constant::Text(word))) => found.words.push(word),
                _ => {}
            });
            found.look(&condition.term);
        }
        found.days.sort_unstable();
        found.days.dedup();
        found.words.dedup();
        found
    }

    /// Notes the variables that stand elsewhere than alone on a side of a comparison with constants.
    fn look(&mut self, term: &Term) {
        let Node::Call(op, parts) = &term.node else { return };
        let asks = op.compares() || matches!(op, Op::In | Op::Between);
        let plain = match op {
            Op::IsNull | Op::IsNotNull => parts.iter().all(|part| self.alone(part)),
            _ if asks => {
                let open: Vec<&Term> = parts.iter().filter(|part| !is_constant(part)).collect();
                open.len() <= 1 && open.iter().all(|part| self.alone(part))
            }
            Op::And
            | Op::Or
            | Op::Not
            | Op::Case
            | Op::Coalesce
            | Op::IsTrue
            | Op::IsNotTrue
            | Op::IsFalse
            | Op::IsNotFalse => {
                parts.iter().for_each(|part| self.look(part));
                parts.iter().all(|part| part.kind == Kind::Truth || is_constant(part))
            }
            _ => false,
        };
        if !plain {
            self.used.extend(term.names().into_iter().map(str::to_owned));
        }
    }

    /// Whether a value is that of one variable or constant at a time, as conditions choose. The years of all days that
    /// matter are among those that are tried.
    fn alone(&mut self, term: &Term) -> bool {
        match &term.node {
            Node::Name(..) | Node::Value(_) => true,
            Node::Call(Op::Year, parts) => matches!(parts[0].node, Node::Name(..)),
            Node::Call(Op::Coalesce, parts) => parts.iter().all(|part| self.alone(part)),
            Node::Call(Op::Case, parts) => parts.chunks(2).all(|pair| match pair {
                [condition, value] => {
                    self.look(condition);
                    self.alone(value)
                }
                rest => rest.iter().all(|value| self.alone(value)),
            }),
            _ => is_constant(term),
        }
    }

    /// Whether every value that could matter is tried.
    fn complete(&self, conditions: &[&Condition], variables: &[Variable], whole: Option<&Variable>) -> bool {
        let named = |key: &str| conditions.iter().any(|condition| condition.term.names().contains(&key));
        variables.iter().filter(|variable| named(&variable.key)).all(|variable| match &variable.kind {
            Kind::Truth => true,
            Kind::Choice(set) if set.order == Order::Ranked || whole == Some(variable) => true,
            _ => !self.used.contains(&variable.key),
        })
    }

    fn values(&self, variable: &Variable, whole: bool) -> Series {
        let name = PlSmallStr::from(variable.key.as_str());
        let none = variable.open;
        match &variable.kind {
            Kind::Truth | Kind::Null | Kind::Period => {
                let mut values = vec![Some(true), Some(false)];
                values.extend(none.then_some(None));
                Series::new(name, values)
            }
            Kind::Day => {
                let mut values: Vec<Option<NaiveDate>> = self.days().into_iter().map(Some).collect();
                values.extend((none || values.is_empty()).then_some(None));
                Series::new(name, values)
            }
            Kind::Text | Kind::List => {
                let mut words: Vec<Option<String>> =
                    self.words.iter().cloned().chain(["某".to_owned()]).map(Some).collect();
                words.extend(none.then_some(None));
                words.dedup();
                Series::new(name, words)
            }
            Kind::Choice(set) => {
                let mut words: Vec<Option<String>> = if whole || set.order == Order::Ranked {
                    set.words.iter().cloned().map(Some).collect()
                } else {
                    let named = |word: &&String| self.words.contains(word);
                    let other = set.words.iter().find(|word| !named(word));
                    set.words.iter().filter(named).chain(other).cloned().map(Some).collect()
                };
                words.extend(none.then_some(None));
                Series::new(name, words)
            }
            Kind::Number { whole } => {
                let mut values: Vec<Option<f64>> = self.figures(variable, *whole).into_iter().map(Some).collect();
                values.extend(none.then_some(None));
                let series = Series::new(name, values);
                series.cast(&dtype(&variable.kind)).unwrap_or(series)
            }
        }
    }

    /// Days on both sides of those that are compared with, and of the ends of the years that are.
    fn days(&self) -> BTreeSet<NaiveDate> {
        let years: BTreeSet<i32> =
            self.days.iter().map(|day| day.year()).chain(self.numbers.iter().map(|n| *n as i32)).collect();
        let years: BTreeSet<i32> = years.into_iter().filter(|year| (1900..2200).contains(year)).collect();
        let mut days: BTreeSet<NaiveDate> = years
            .iter()
            .flat_map(|year| [(year - 1, 6, 15), (*year, 6, 15), (year + 1, 6, 15), (*year, 1, 1), (*year, 12, 31)])
            .filter_map(|(year, month, day)| NaiveDate::from_ymd_opt(year, month, day))
            .collect();
        days.extend(self.days.iter().flat_map(|day| [day.pred_opt(), Some(*day), day.succ_opt()]).flatten());
        days
    }

    /// Numbers on both sides of those that are compared with, and between them, as far as there can be such.
    fn figures(&self, variable: &Variable, whole: bool) -> Vec<f64> {
        let step = if whole { 1.0 } else { 0.1 };
        let mut known = self.numbers.clone();
        known.extend(variable.bounds.0);
        known.extend(variable.bounds.1);
        known.sort_by(f64::total_cmp);
        known.dedup();
        let mut numbers: Vec<f64> = known.iter().flat_map(|n| [n - step, *n, n + step]).collect();
        let between = known.windows(2).map(|pair| (pair[0] + pair[1]) / 2.0);
        numbers.extend(between.map(|middle| if whole { middle.floor() } else { middle }));
        numbers.push(0.0);
        if self.used.contains(&variable.key) {
            numbers.extend(FIGURES);
            numbers.extend(self.numbers.iter().flat_map(|n| FIGURES.map(|figure| (n * figure).round())));
            numbers.extend(self.numbers.iter().flat_map(|n| FIGURES.map(|figure| (n * figure).round() + 1.0)));
        }
        // What is counted is never below zero.
        let low =
            variable.bounds.0.unwrap_or(if known.first().is_some_and(|least| *least < 0.0) { f64::MIN } else { 0.0 });
        let high = variable.bounds.1.unwrap_or(f64::MAX);
        numbers.retain(|number| (low..=high).contains(number));
        numbers.sort_by(f64::total_cmp);
        numbers.dedup();
        numbers
    }
}
