//! Small domains: every combination of the values that matter to a few conditions.
//!
//! A fact that other facts define is put in place; what is counted over rows stands for itself. Of numbers and
//! days the neighbours of what they are compared with are tried, of closed sets every word, and no value at all
//! wherever there can be none. Values that a condition cannot tell apart count as one: what it asks of a variable
//! alone is evaluated for each of them, once. So what holds in no combination holds nowhere; what holds in some
//! holds at least as far as these conditions can tell.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, NaiveDate};
use polars::prelude::*;

use super::super::compile::{compile, dtype, query};
use super::super::functions::Op;
use super::super::model::{ColumnKind, Entity, Formula, Pack, Rule, Source};
use super::super::scope::{self, Meaning};
use super::super::term::{Kind, Literal, Literals, Node, Term};
use crate::once::once;

/// More combinations than this are not tried.
const MOST_ROWS: usize = 60_000;

/// What rules ask, each tried by itself.
pub struct Domains<'p> {
    pub rules: Vec<(&'p Rule, RuleCondition)>,
    pub variables: Vec<Variable>,
}

/// A rule's scope and condition. Variables are told by where they stand in [`Domains::variables`].
pub struct RuleCondition {
    /// With the facts put in that others define, and columns for names.
    term: Term,
    pub names: Vec<usize>,
    /// What the condition names without its scope.
    pub asks: BTreeSet<usize>,
    /// Variables that are compared with others, or from which values are worked out.
    used: BTreeSet<usize>,
    /// None if there are too many combinations.
    tried: Option<Tried>,
}

/// Where a condition holds.
struct Tried {
    /// The kinds of values that it tells apart.
    axes: Vec<Axis>,
    /// For each combination of kinds; that of the last variable changes fastest.
    holds: Vec<bool>,
}

/// What a condition rests on.
pub struct Variable {
    of: Entity,
    /// The column's name in a frame.
    key: String,
    pub name: String,
    /// The closed set behind it: table and column.
    pub set: Option<(usize, usize)>,
    kind: Kind,
    open: bool,
    /// What a number of its column cannot be below or above.
    bounds: (Option<f64>, Option<f64>),
    /// Those that are tried.
    values: Series,
}

/// All combinations of the kinds of values that some conditions tell apart.
pub struct Space<'d> {
    variables: &'d [Variable],
    axes: Vec<Axis>,
    /// Per condition where it holds.
    pub holds: Vec<Vec<bool>>,
    /// What holds in no row holds nowhere. Not so where values are worked out or compared with each other: then the
    /// rows are a sample.
    pub complete: bool,
}

/// A variable in a space.
struct Axis {
    at: usize,
    /// For each of its values its kind, and the first value of each kind.
    kinds: Vec<usize>,
    firsts: Vec<usize>,
}

/// Puts literals and the definitions of facts into the conditions of a pack.
struct Conditions<'p> {
    pack: &'p Pack,
    literals: Literals,
    variables: Vec<Variable>,
}

impl<'p> Domains<'p> {
    /// Scopes and conditions of all rules that run.
    pub fn new(pack: &'p Pack) -> Self {
        let running = pack.rules.iter().filter(|rule| !rule.runs.is_empty());
        Domains::asking(pack, running.map(|rule| (rule, rule.scope_term(), rule.when.term().clone())))
    }

    /// Conditions about what rules are about, each with whom it is asked of.
    pub fn asking(pack: &'p Pack, asked: impl IntoIterator<Item = (&'p Rule, Term, Term)>) -> Self {
        let mut reader = Conditions::new(pack);
        let asked = asked.into_iter().map(|(rule, scope, when)| (rule, reader.condition(rule.of, &scope, &when)));
        let mut rules: Vec<(&Rule, RuleCondition)> = asked.collect();
        let mut variables = reader.variables;
        let mut constants: BTreeMap<Entity, Constants> = BTreeMap::new();
        for (rule, condition) in &rules {
            constants.entry(rule.of).or_default().add(&condition.term);
        }
        let used: BTreeSet<usize> = rules.iter().flat_map(|(_, condition)| &condition.used).copied().collect();
        for (at, variable) in variables.iter_mut().enumerate() {
            variable.values = constants.entry(variable.of).or_default().values(variable, used.contains(&at));
        }
        for (_, condition) in &mut rules {
            condition.tried = Tried::of(condition, &variables);
        }
        Domains { rules, variables }
    }

    /// The combinations that matter to `conditions`; none if there are too many.
    pub fn space(&self, conditions: &[&RuleCondition]) -> Option<Space<'_>> {
        let tried: Vec<&Tried> = conditions.iter().map(|one| one.tried.as_ref()).collect::<Option<_>>()?;
        let axes = once(conditions.iter().flat_map(|condition| &condition.names)).into_iter().map(|at| {
            let views: Vec<&Axis> = tried.iter().flat_map(|one| &one.axes).filter(|axis| axis.at == *at).collect();
            let kind = |value: usize| views.iter().map(|view| view.kinds[value]).collect::<Vec<_>>();
            Axis::new(*at, (0..self.variables[*at].values.len()).map(kind))
        });
        let axes: Vec<Axis> = axes.collect();
        product(&axes)?;
        let holds = tried.iter().map(|tried| tried.spread(&axes)).collect();
        let complete = axes.iter().all(|axis| {
            matches!(self.variables[axis.at].kind, Kind::Truth | Kind::Choice(_))
                || conditions.iter().all(|condition| !condition.used.contains(&axis.at))
        });
        Some(Space { variables: &self.variables, axes, holds, complete })
    }
}

impl Axis {
    /// Tells the kinds of a variable's values apart, by what is asked of each.
    fn new<T: PartialEq>(at: usize, asked: impl Iterator<Item = T>) -> Axis {
        let (mut known, mut firsts) = (Vec::new(), Vec::new());
        let kinds = asked.enumerate().map(|(at, one)| {
            known.iter().position(|other| *other == one).unwrap_or_else(|| {
                known.push(one);
                firsts.push(at);
                firsts.len() - 1
            })
        });
        Axis { at, kinds: kinds.collect(), firsts }
    }
}

/// How many combinations there are, unless too many.
fn product(axes: &[Axis]) -> Option<usize> {
    let height = axes.iter().try_fold(1usize, |product, axis| product.checked_mul(axis.firsts.len()))?;
    (height <= MOST_ROWS).then_some(height)
}

impl Tried {
    fn of(condition: &RuleCondition, variables: &[Variable]) -> Option<Tried> {
        let named: Vec<&Variable> = condition.names.iter().map(|at| &variables[*at]).collect();
        let mut parts = Vec::new();
        alone(&condition.term, &mut parts);
        // One frame for all: a short column repeats its last value.
        let height = named.iter().map(|variable| variable.values.len()).max().unwrap_or(1);
        let columns = named.iter().map(|variable| variable.column(height, |row| row.min(variable.values.len() - 1)));
        let exprs = parts.iter().enumerate().map(|(at, part)| expr(part).alias(format!("={at}")));
        let answers = select(height, columns.collect::<Option<_>>()?, exprs.collect())?;
        let mut axes = Vec::new();
        for (at, variable) in condition.names.iter().zip(&named) {
            let asked = parts.iter().enumerate().filter(|(_, part)| part.names() == [variable.key.as_str()]);
            let asked: Vec<&Column> =
                asked.map(|(at, _)| answers.column(&format!("={at}")).ok()).collect::<Option<_>>()?;
            let row = |row: usize| asked.iter().map(|column| column.get(row).ok()).collect::<Vec<_>>();
            axes.push(Axis::new(*at, (0..variable.values.len()).map(row)));
        }
        let height = product(&axes)?;
        let mut run = height;
        let mut columns = Vec::new();
        for (axis, variable) in axes.iter().zip(&named) {
            let many = axis.firsts.len();
            run /= many;
            columns.push(variable.column(height, |row| axis.firsts[row / run % many])?);
        }
        let found = select(height, columns, vec![expr(&condition.term).fill_null(lit(false)).alias("=")])?;
        let holds = found.column("=").ok()?.bool().ok()?.iter().map(|holds| holds == Some(true)).collect();
        Some(Tried { axes, holds })
    }

    /// Where the condition holds in a space that tells at least what it tells.
    fn spread(&self, axes: &[Axis]) -> Vec<bool> {
        let mut rows = vec![0];
        for axis in axes {
            let here = self.axes.iter().position(|own| own.at == axis.at);
            let run = |at: usize| self.axes[at + 1..].iter().map(|own| own.firsts.len()).product::<usize>();
            let step = |value: &usize| here.map_or(0, |at| run(at) * self.axes[at].kinds[*value]);
            let steps: Vec<usize> = axis.firsts.iter().map(step).collect();
            rows = rows.iter().flat_map(|row| steps.iter().map(move |step| row + step)).collect();
        }
        rows.into_iter().map(|row| self.holds[row]).collect()
    }
}

fn expr(term: &Term) -> Expr {
    compile(term, &Literals::new(), &|name, _| col(name))
}

fn select(height: usize, mut columns: Vec<Column>, mut exprs: Vec<Expr>) -> Option<DataFrame> {
    columns.push(Column::new_scalar("@n".into(), Scalar::from(0i32), height));
    exprs.push(col("@n"));
    query(DataFrame::new(height, columns).ok()?).select(exprs).collect().ok()
}

/// The largest parts that name one variable only: it acts through nothing but what they say.
fn alone<'t>(term: &'t Term, found: &mut Vec<&'t Term>) {
    match term.names().len() {
        0 => {}
        1 => found.push(term),
        _ => term.parts().iter().for_each(|part| alone(part, found)),
    }
}

impl<'p> Conditions<'p> {
    fn new(pack: &'p Pack) -> Self {
        // Any year will do, but its days must fit it.
        let day = |month, day| NaiveDate::from_ymd_opt(2024, month, day).unwrap_or_default();
        let mut literals = Literals::from([
            ("本年".to_owned(), Literal::Whole(2024)),
            ("基准日".to_owned(), Literal::Day(day(12, 31))),
            ("年初".to_owned(), Literal::Day(day(1, 1))),
            ("本轮".to_owned(), Literal::Text("A".into())),
        ]);
        for parameter in &pack.parameters {
            let first = parameter.values.first();
            literals.extend(first.map(|dated| (parameter.name.clone(), dated.value.clone())));
        }
        Conditions { pack, literals, variables: Vec::new() }
    }

    fn condition(&mut self, of: Entity, scope: &Term, when: &Term) -> RuleCondition {
        let (mut names, mut asks) = (Vec::new(), Vec::new());
        let parts = vec![self.expand(of, scope, &mut names), self.expand(of, when, &mut asks)];
        let known = names.len();
        names.extend(asks.iter().filter(|at| !names[..known].contains(at)).copied().collect::<Vec<_>>());
        let term = Term::all(parts);
        let mut used = BTreeSet::new();
        look(&term, &mut used);
        let used = names.iter().filter(|at| used.contains(self.variables[**at].key.as_str())).copied().collect();
        RuleCondition { term, names, asks: asks.into_iter().collect(), used, tried: None }
    }

    /// The term with literals and the definitions of facts put in, and a variable for every other name.
    fn expand(&mut self, of: Entity, term: &Term, found: &mut Vec<usize>) -> Term {
        term.replace(&mut |term| {
            let Node::Name(name, Some(meaning)) = &term.node else { return None };
            let variable = match meaning {
                Meaning::Literal => {
                    let value = self.literals.get(&**name)?.clone();
                    return Some(Term { node: Node::Value(value), ..term.clone() });
                }
                Meaning::Fact(fact) if let Formula::Own { is, .. } = &self.pack.facts[*fact].formula => {
                    return Some(self.expand(of, is.term(), found));
                }
                Meaning::Fact(fact) | Meaning::OfSubject(_, fact) | Meaning::OfCity(fact) => {
                    self.of_fact(of, *fact, term)
                }
                Meaning::Column => self.of_column(of, name, term),
            };
            let key = variable.key.as_str().into();
            let same = |known: &Variable| (known.of, &known.key) == (of, &variable.key);
            let at = self.variables.iter().position(same).unwrap_or_else(|| {
                self.variables.push(variable);
                self.variables.len() - 1
            });
            if !found.contains(&at) {
                found.push(at);
            }
            Some(Term { node: Node::Name(key, Some(Meaning::Column)), ..term.clone() })
        })
    }

    fn of_fact(&self, of: Entity, fact: usize, term: &Term) -> Variable {
        let set = self.set_of(fact);
        Variable { key: format!("#{fact}"), set, ..Variable::new(of, &self.pack.facts[fact].name, term) }
    }

    fn of_column(&self, of: Entity, name: &str, term: &Term) -> Variable {
        let table = scope::table_of(self.pack, of);
        let at = table.and_then(|table| Some((table, self.pack.tables[table].column(name)?)));
        let bounds = match at.map(|(table, at)| &self.pack.tables[table].columns[at].kind) {
            Some(ColumnKind::Number { min, max, .. }) => (*min, *max),
            _ => (None, None),
        };
        let set = at.filter(|_| matches!(term.kind, Kind::Choice(_)));
        Variable { set, bounds, ..Variable::new(of, name, term) }
    }

    /// The closed set that a fact takes its value from: the smallest or largest of one column.
    fn set_of(&self, fact: usize) -> Option<(usize, usize)> {
        let definition = &self.pack.facts[fact];
        if !matches!(definition.kind(), Kind::Choice(_)) {
            return None;
        }
        let (table, expression) = match &definition.formula {
            Formula::Aggregate { source: Source::Table(table), value, .. } => (Some(*table), value),
            Formula::Own { is, .. } => (scope::table_of(self.pack, definition.of), is),
            _ => return None,
        };
        let sets: BTreeSet<(usize, usize)> = expression
            .term()
            .meanings()
            .into_iter()
            .filter_map(|(name, meaning)| match meaning {
                Meaning::Fact(of) | Meaning::OfSubject(_, of) if of != fact => self.set_of(of),
                Meaning::Column => Some((table?, self.pack.tables[table?].column(name)?)),
                _ => None,
            })
            .filter(|(table, at)| !self.pack.tables[*table].columns[*at].kind.words().is_empty())
            .collect();
        // Of several columns the last is the one it shows: the others are asked in CASE.
        sets.last().copied()
    }
}

impl Space<'_> {
    /// Each variable with how many rows a value of it runs on.
    fn axes(&self) -> impl Iterator<Item = (&Axis, usize)> {
        self.axes.iter().scan(self.height(), |run, axis| {
            *run /= axis.firsts.len();
            Some((axis, *run))
        })
    }

    /// The values of a variable with whose kind, all else the same, a mask is so in some row.
    fn words(&self, variable: usize, so: impl Fn(usize, usize, usize) -> bool) -> BTreeSet<String> {
        let Some((axis, run)) = self.axes().find(|(axis, _)| axis.at == variable) else { return BTreeSet::new() };
        let Ok(texts) = self.variables[variable].values.str() else { return BTreeSet::new() };
        let many = axis.firsts.len();
        let rows = (0..self.height()).filter(|row| so(*row, run, many));
        let kinds: BTreeSet<usize> = rows.map(|row| row / run % many).collect();
        let pairs = axis.kinds.iter().zip(texts.iter()).filter(|(kind, _)| kinds.contains(kind));
        pairs.filter_map(|(_, text)| text.map(str::to_owned)).collect()
    }

    fn height(&self) -> usize {
        self.axes.iter().map(|axis| axis.firsts.len()).product()
    }

    /// The words of a variable with which a condition can hold.
    pub fn possible(&self, holds: &[bool], variable: usize) -> BTreeSet<String> {
        self.words(variable, |row, _, _| holds[row])
    }

    /// The words of a variable on which a condition turns: with another word, and all else the same, it does not hold.
    pub fn decisive(&self, holds: &[bool], variable: usize) -> BTreeSet<String> {
        self.words(variable, |row, run, many| {
            let first = row - row / run % many * run;
            holds[row] && (0..many).any(|other| !holds[first + other * run])
        })
    }

    /// A row of values, for people.
    pub fn row(&self, at: usize) -> String {
        let cells = self.axes().filter_map(|(axis, run)| {
            let variable = &self.variables[axis.at];
            let value = variable.values.get(axis.firsts[at / run % axis.firsts.len()]).ok()?;
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
pub fn first(mask: &[bool]) -> Option<usize> {
    mask.iter().position(|value| *value)
}

/// What conditions compare with.
#[derive(Default)]
struct Constants {
    numbers: Vec<f64>,
    words: Vec<String>,
    days: Vec<NaiveDate>,
}

/// Figures that are tried where figures are compared with each other.
const FIGURES: [f64; 8] = [0.0, 1.0, 2.0, 3.0, 4.0, 10.0, 20.0, 100.0];

fn is_constant(term: &Term) -> bool {
    matches!(term.node, Node::Value(_)) || term.constant().is_some()
}

/// Notes the variables that stand elsewhere than alone on a side of a comparison with constants.
fn look(term: &Term, used: &mut BTreeSet<String>) {
    let Node::Call(op, parts) = &term.node else { return };
    let asks = op.compares() || matches!(op, Op::In | Op::Between);
    let plain = match op {
        Op::IsNull | Op::IsNotNull => parts.iter().all(|part| chosen(part, used)),
        _ if asks => {
            let open: Vec<&Term> = parts.iter().filter(|part| !is_constant(part)).collect();
            open.len() <= 1 && open.iter().all(|part| chosen(part, used))
        }
        _ if op.joins() => {
            parts.iter().for_each(|part| look(part, used));
            parts.iter().all(|part| part.kind == Kind::Truth || is_constant(part))
        }
        _ => false,
    };
    if !plain {
        used.extend(term.names().into_iter().map(str::to_owned));
    }
}

/// Whether a value is that of one variable or constant at a time, as conditions choose. The years of all days that
/// matter are among those that are tried.
fn chosen(term: &Term, used: &mut BTreeSet<String>) -> bool {
    match &term.node {
        Node::Name(..) | Node::Value(_) => true,
        Node::Call(Op::Year, parts) => matches!(parts[0].node, Node::Name(..)),
        Node::Call(Op::Coalesce, parts) => parts.iter().all(|part| chosen(part, used)),
        Node::Call(Op::Case, parts) => parts.chunks(2).all(|pair| match pair {
            [condition, value] => {
                look(condition, used);
                chosen(value, used)
            }
            rest => rest.iter().all(|value| chosen(value, used)),
        }),
        _ => is_constant(term),
    }
}

impl Variable {
    fn new(of: Entity, name: &str, term: &Term) -> Variable {
        let (key, name, kind, values) = (name.to_owned(), name.to_owned(), term.kind.clone(), Series::default());
        Variable { of, key, name, set: None, kind, open: term.open, bounds: (None, None), values }
    }

    /// Its values in the order of `at`, as a column of a frame.
    fn column(&self, height: usize, at: impl Fn(usize) -> usize) -> Option<Column> {
        let index: Vec<IdxSize> = (0..height).map(|row| at(row) as IdxSize).collect();
        let values = self.values.take(&IdxCa::from_vec("".into(), index)).ok()?;
        Some(values.into_column().with_name(self.key.as_str().into()))
    }
}

impl Constants {
    fn add(&mut self, term: &Term) {
        term.walk(&mut |term| match (&term.node, term.constant()) {
            (Node::Value(Literal::Day(day)), _) => self.days.push(*day),
            (_, Some(Literal::Number(number))) => self.numbers.push(number),
            (_, Some(Literal::Text(word))) => self.words.push(word.to_string()),
            _ => {}
        });
    }

    /// The values of a variable that are tried; `used` where it is compared with others.
    fn values(&self, variable: &Variable, used: bool) -> Series {
        let name = PlSmallStr::from(variable.key.as_str());
        let known = match &variable.kind {
            Kind::Truth | Kind::Null | Kind::Interval => Series::new(name, [true, false]),
            Kind::Day => Series::new(name, self.days().into_iter().collect::<Vec<_>>()),
            Kind::Text | Kind::List => {
                let words: BTreeSet<&str> = self.words.iter().map(String::as_str).chain(["某"]).collect();
                Series::new(name, words.into_iter().collect::<Vec<_>>())
            }
            Kind::Choice(set) => Series::new(name, &set.words),
            Kind::Number { whole } => {
                let series = Series::new(name, self.figures(variable, *whole, used));
                series.cast(&dtype(&variable.kind)).unwrap_or(series)
            }
        };
        if variable.open { known.extend_constant(AnyValue::Null, 1).unwrap_or(known) } else { known }
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
        // Where nothing but whether there is one is asked, any will do.
        if days.is_empty() {
            days.extend(NaiveDate::from_ymd_opt(2024, 6, 15));
        }
        days
    }

    /// Numbers on both sides of those that are compared with, and between them, as far as there can be such.
    fn figures(&self, variable: &Variable, whole: bool, used: bool) -> Vec<f64> {
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
        if used {
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
