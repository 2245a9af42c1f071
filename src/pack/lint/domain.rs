//! Small domains: every combination of the values that matter to a few conditions, as rows of a frame.
//!
//! A fact that other facts define is put in place; what is counted over rows stands for itself. Of numbers and
//! days the neighbours of what they are compared with are tried, of closed sets the words that are named and one
//! that is not, and no value at all wherever there can be none. So what holds in no row holds nowhere; what holds
//! in some row holds at least as far as these conditions can tell.

use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDate};
use polars::prelude::*;

use super::super::check::Typing;
use super::super::model::{ColumnKind, Formula, Pack, Rule, Source};
use super::super::open::Openness;
use super::super::scope::{self, Meaning, Site};
use super::super::sql::{self, Constant, Literal};

/// More combinations than this are not tried.
const MOST_ROWS: usize = 60_000;

/// Conditions of rules about one kind of entity, ready to be tried.
pub struct Domains<'p> {
    pack: &'p Pack,
    typing: Typing,
    openness: Openness<'p>,
}

/// A condition over the variables of its space.
#[derive(Clone)]
pub struct Condition {
    pub expr: Expr,
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
    dtype: DataType,
    open: bool,
    /// The words of its closed set.
    words: Vec<String>,
    ordered: bool,
}

/// All combinations of the values of some variables.
pub struct Space {
    frame: DataFrame,
    variables: Vec<Variable>,
    /// What holds in no row holds nowhere. Not so where figures are compared with each other: then the rows are
    /// a sample.
    pub complete: bool,
}

impl<'p> Domains<'p> {
    pub fn new(pack: &'p Pack) -> Self {
        let mut typing = Typing::new(pack);
        // Any year will do, but its days must fit it.
        let day = |month, day| NaiveDate::from_ymd_opt(2024, month, day).unwrap_or_default();
        typing.literals.insert("本年".to_owned(), Literal::Int(2024));
        typing.literals.insert("基准日".to_owned(), Literal::Date(day(12, 31)));
        typing.literals.insert("年初".to_owned(), Literal::Date(day(1, 1)));
        Domains { pack, typing, openness: Openness::new(pack) }
    }

    /// A rule's scope and condition.
    pub fn of_rule(&mut self, rule: &Rule) -> Option<Condition> {
        let site = Site::Entity(rule.of);
        let mut variables = Vec::new();
        let mut whole: Option<Expr> = None;
        for text in rule.scope.iter().chain([&rule.when]) {
            let expr = self.expand(site, text, None, &mut variables)?;
            whole = Some(match whole {
                Some(whole) => whole.and(expr),
                None => expr,
            });
        }
        Some(Condition { expr: whole?, variables })
    }

    /// The variables of a rule's condition without its scope.
    pub fn of_when(&mut self, rule: &Rule) -> Vec<Variable> {
        let mut variables = Vec::new();
        let _ = self.expand(Site::Entity(rule.of), &rule.when, None, &mut variables);
        variables
    }

    fn expand(&mut self, site: Site, text: &str, not: Option<usize>, found: &mut Vec<Variable>) -> Option<Expr> {
        let pack = self.pack;
        let order = |name: &str| scope::order(pack, site, name);
        let bound = sql::bind(sql::parse(text).ok()?, &self.typing.literals, &order).ok()?;
        let mut failed = false;
        let expanded = bound.map_expr(|node| match node {
            Expr::Column(name) => match self.variable(site, &name, not, found) {
                Some(expr) => expr,
                None => {
                    failed = true;
                    Expr::Column(name)
                }
            },
            other => other,
        });
        (!failed).then_some(expanded)
    }

    /// What a name stands for: the expression that defines it, or a variable of its own.
    fn variable(&mut self, site: Site, name: &str, not: Option<usize>, found: &mut Vec<Variable>) -> Option<Expr> {
        let pack = self.pack;
        let variable = match scope::resolve(pack, site, name, not).ok()? {
            Meaning::Literal => return Some(col(name)),
            Meaning::Fact(fact) => {
                if let (Formula::Own { is, .. }, Site::Entity(_)) = (&pack.facts[fact].formula, site) {
                    return self.expand(site, is, Some(fact), found);
                }
                self.of_fact(fact)?
            }
            Meaning::OfSubject(_, fact) | Meaning::OfCity(fact) => self.of_fact(fact)?,
            Meaning::Column => {
                let Site::Entity(entity) = site else { return None };
                let table = scope::table_of(pack, entity)?;
                let at = pack.tables[table].column(name)?;
                let column = &pack.tables[table].columns[at];
                let open = self.openness.column(table, name);
                let dtype = scope::column_type(&column.kind);
                self.described(name.to_owned(), name, dtype, open, Some((table, at)))
            }
        };
        if !found.iter().any(|known| known.key == variable.key) {
            found.push(variable.clone());
        }
        Some(col(variable.key.as_str()))
    }

    /// The words that a fact can be, where it shows a column with a closed set or names them itself.
    pub fn words_of(&self, fact: usize) -> Option<Vec<String>> {
        let (table, at) = self.set_of(fact)?;
        let ColumnKind::Choice { values, .. } = &self.pack.tables[table].columns[at].kind else { return None };
        let mut words = values.clone();
        if let Formula::Own { is, .. } = &self.pack.facts[fact].formula {
            // Words that a CASE gives beside those of the column.
            let found = Constants::of_expr(&sql::parse(is).ok()?);
            words.extend(found.words);
        }
        Some(words)
    }

    fn of_fact(&mut self, fact: usize) -> Option<Variable> {
        let dtype = self.typing.facts[fact].clone()?;
        let open = self.openness.fact(fact);
        let set = self.set_of(fact);
        Some(self.described(format!("#{fact}"), &self.pack.facts[fact].name, dtype, open, set))
    }

    /// The closed set that a fact takes its value from: the smallest or largest of one column.
    fn set_of(&self, fact: usize) -> Option<(usize, usize)> {
        let definition = &self.pack.facts[fact];
        let (site, text) = match &definition.formula {
            Formula::Aggregate { source: Source::Table(table), value, .. } => {
                (Site::Source(Source::Table(*table)), value)
            }
            Formula::Own { is, .. } => (Site::Entity(definition.of), is),
            _ => return None,
        };
        let names = sql::names(&sql::parse(text).ok()?);
        let sets: BTreeSet<(usize, usize)> = names
            .iter()
            .filter_map(|name| match scope::resolve(self.pack, site, name, Some(fact)).ok()? {
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
        let text_fact = self.typing.facts[fact] == Some(DataType::String);
        // Of several columns the last is the one it shows: the others are asked in CASE.
        if text_fact { sets.last().copied() } else { None }
    }

    fn described(&self, key: String, name: &str, dtype: DataType, open: bool, set: Option<(usize, usize)>) -> Variable {
        let kind = set.map(|(table, at)| &self.pack.tables[table].columns[at].kind);
        let (words, ordered) = match kind {
            Some(ColumnKind::Choice { values, ordered }) => (values.clone(), *ordered),
            _ => (Vec::new(), false),
        };
        let set = set.filter(|_| !words.is_empty());
        Variable { key, name: name.to_owned(), set, dtype, open, words, ordered }
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
        for (variable, values) in variables.iter().zip(&values) {
            let many = values.len();
            run /= many;
            let index: IdxCa = (0..height).map(|row| Some((row / run % many) as IdxSize)).collect();
            columns.push(values.take(&index).ok()?.into_column().with_name(variable.key.as_str().into()));
        }
        Some(Space {
            frame: DataFrame::new(height, columns).ok()?,
            complete: constants.complete(&variables),
            variables,
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
struct Constants {
    numbers: Vec<f64>,
    words: Vec<String>,
    days: Vec<NaiveDate>,
    /// The names on either side of a comparison.
    compared: Vec<(Vec<String>, Vec<String>)>,
}

/// Figures that are tried where figures are compared with each other.
const FIGURES: [f64; 8] = [0.0, 1.0, 2.0, 3.0, 4.0, 10.0, 20.0, 100.0];

impl Constants {
    /// No figure is compared with another.
    fn complete(&self, variables: &[Variable]) -> bool {
        !variables.iter().any(|variable| variable.dtype.is_numeric() && self.is_compared(variable))
    }

    fn is_compared(&self, variable: &Variable) -> bool {
        let has = |names: &[String]| names.contains(&variable.key);
        self.compared.iter().any(|(left, right)| has(left) && !right.is_empty() || has(right) && !left.is_empty())
    }

    fn of_expr(expr: &Expr) -> Constants {
        Constants::of(&[&Condition { expr: expr.clone(), variables: Vec::new() }])
    }

    fn of(conditions: &[&Condition]) -> Constants {
        let mut found = Constants { numbers: Vec::new(), words: Vec::new(), days: Vec::new(), compared: Vec::new() };
        for node in conditions.iter().flat_map(|condition| &condition.expr) {
            match node {
                Expr::BinaryExpr {
                    left,
                    op: Operator::Eq | Operator::Lt | Operator::LtEq | Operator::Gt | Operator::GtEq,
                    right,
                } => found.compared.push((sql::names(left), sql::names(right))),
                Expr::Literal(LiteralValue::Series(series)) => {
                    let all = series.explode(ExplodeOptions { empty_as_null: true, keep_nulls: true });
                    let texts = all.as_ref().unwrap_or(series);
                    found.words.extend(texts.iter().filter_map(|value| value.get_str().map(str::to_owned)));
                }
                Expr::Literal(LiteralValue::Scalar(scalar)) if scalar.dtype() == &DataType::Date => {
                    if let AnyValue::Date(days) = scalar.value() {
                        found.days.extend(NaiveDate::from_epoch_days(*days));
                    }
                }
                node => match sql::constant(node) {
                    Some(Constant::Number(number)) => found.numbers.push(number),
                    Some(Constant::Text(word)) => found.words.push(word),
                    None => {}
                },
            }
        }
        found.days.sort_unstable();
        found.days.dedup();
        found.words.dedup();
        found
    }

    fn values(&self, variable: &Variable, whole: bool) -> Series {
        let name = PlSmallStr::from(variable.key.as_str());
        let none = variable.open;
        match &variable.dtype {
            DataType::Boolean => {
                let mut values = vec![Some(true), Some(false)];
                values.extend(none.then_some(None));
                Series::new(name, values)
            }
            DataType::Date => {
                let years: BTreeSet<i32> =
                    self.days.iter().map(|day| day.year()).chain(self.numbers.iter().map(|n| *n as i32)).collect();
                let years = years.into_iter().filter(|year| (1900..2200).contains(year));
                let mut days: BTreeSet<NaiveDate> =
                    years.flat_map(|year| [year - 1, year]).filter_map(|y| NaiveDate::from_ymd_opt(y, 6, 15)).collect();
                days.extend(self.days.iter().flat_map(|day| [day.pred_opt(), Some(*day), day.succ_opt()]).flatten());
                let mut values: Vec<Option<NaiveDate>> = days.into_iter().map(Some).collect();
                values.extend((none || values.is_empty()).then_some(None));
                Series::new(name, values)
            }
            DataType::String => {
                let mut words: Vec<Option<String>> = if variable.words.is_empty() {
                    self.words.iter().cloned().chain(["某".to_owned()]).map(Some).collect()
                } else if whole || variable.ordered {
                    variable.words.iter().cloned().map(Some).collect()
                } else {
                    let named = |word: &&String| self.words.contains(word);
                    let other = variable.words.iter().find(|word| !named(word));
                    variable.words.iter().filter(named).chain(other).cloned().map(Some).collect()
                };
                words.extend(none.then_some(None));
                words.dedup();
                Series::new(name, words)
            }
            dtype => {
                let step = if dtype.is_float() { 0.1 } else { 1.0 };
                let mut numbers: Vec<f64> = self.numbers.iter().flat_map(|n| [n - step, *n, n + step]).collect();
                numbers.push(0.0);
                if self.is_compared(variable) {
                    numbers.extend(FIGURES);
                    numbers.extend(self.numbers.iter().flat_map(|n| FIGURES.map(|figure| (n * figure).round())));
                    numbers.extend(self.numbers.iter().flat_map(|n| FIGURES.map(|figure| (n * figure).round() + 1.0)));
                }
                // What is counted is never below zero.
                numbers.retain(|number| *number >= 0.0 || self.numbers.iter().any(|known| *known < 0.0));
                numbers.sort_by(f64::total_cmp);
                numbers.dedup();
                let mut values: Vec<Option<f64>> = numbers.into_iter().map(Some).collect();
                values.extend(none.then_some(None));
                let series = Series::new(name, values);
                series.cast(dtype).unwrap_or(series)
            }
        }
    }
}
