//! Which rules, recipients and branches of conditions the examples of a pack reach.
//!
//! A branch is an atomic part of a condition (what AND, OR, NOT, CASE and COALESCE join): some example must
//! make it true, some other false, and where one of its names can be blank, some third must leave it unknown.
//! Of an IN every value must occur, and of a rule each proposal must reach somebody.

use std::collections::BTreeSet;

use polars::prelude::*;

use crate::consequence::Outcome;
use crate::fact::World;
use crate::pack::scope::{self, Meaning, Site};
use crate::pack::sql::{self, Literals};
use crate::pack::{Formula, Openness, Pack, Recipient, Run, Typing};
use crate::rule::wording;

/// The outcomes of a branch, in the order in which they are kept.
const OUTCOMES: [&str; 3] = ["成立", "不成立", "未知"];
const UNKNOWN: usize = 2;

/// An atomic part of a condition.
struct Branch {
    expr: Expr,
    text: String,
    /// It must be unknown once.
    open: bool,
    /// What stands before IN, and the values behind it.
    choice: Option<(Expr, Vec<String>)>,
}

/// A condition with its branches.
struct Part {
    /// `规则「4.5」的条件`
    owner: String,
    /// The runs in which it is evaluated.
    runs: Vec<Run>,
    site: Site,
    not: Option<usize>,
    /// Rows for which it is not asked at all.
    given: Option<Expr>,
    branches: Vec<Branch>,
}

impl Part {
    /// What is evaluated: for whom it is asked, then each branch with what stands before its IN.
    fn exprs(&self) -> impl Iterator<Item = Expr> {
        let branches = self.branches.iter().flat_map(|branch| {
            let choice = branch.choice.as_ref().map_or_else(|| lit(NULL), |(of, _)| of.clone());
            [branch.expr.clone(), choice]
        });
        std::iter::once(self.given.clone().unwrap_or_else(|| lit(true))).chain(branches)
    }
}

/// Everything that examples should reach.
pub struct Plan<'p> {
    pack: &'p Pack,
    parts: Vec<Part>,
}

/// What was reached.
pub struct Seen {
    /// By part and branch: one bit an outcome.
    outcomes: Vec<Vec<[bool; 3]>>,
    /// By part and branch: the values of IN that occurred.
    values: BTreeSet<(usize, usize, String)>,
    /// Per rule whether it held and whether it failed within its scope.
    held: Vec<bool>,
    failed: Vec<bool>,
    /// Rule and place of a proposal that reached somebody.
    proposals: BTreeSet<(usize, usize)>,
}

impl Seen {
    /// Takes in what another example reached.
    pub fn join(&mut self, other: &Seen) {
        for (mine, theirs) in self.outcomes.iter_mut().flatten().zip(other.outcomes.iter().flatten()) {
            for (mine, theirs) in mine.iter_mut().zip(theirs) {
                *mine |= theirs;
            }
        }
        self.values.extend(other.values.iter().cloned());
        for (mine, theirs) in [(&mut self.held, &other.held), (&mut self.failed, &other.failed)] {
            mine.iter_mut().zip(theirs).for_each(|(mine, theirs)| *mine |= theirs);
        }
        self.proposals.extend(&other.proposals);
    }
}

impl<'p> Plan<'p> {
    pub fn new(pack: &'p Pack) -> Plan<'p> {
        let mut planner = Planner { pack, typing: Typing::new(pack), openness: Openness::new(pack) };
        let mut parts = Vec::new();
        for rule in &pack.rules {
            let site = Site::Entity(rule.of);
            let scope = rule.scope.as_deref().and_then(|sql| sql::parse(sql).ok());
            if let Some(scope) = &scope {
                let owner = format!("规则「{}」的范围", rule.id);
                parts.push(planner.part(owner, &rule.runs, site, None, None, scope.clone()));
            }
            if let Ok(when) = sql::parse(&rule.when) {
                let owner = format!("规则「{}」的条件", rule.id);
                parts.push(planner.part(owner, &rule.runs, site, None, scope, when));
            }
        }
        let both = Run::ALL;
        for (at, fact) in pack.facts.iter().enumerate() {
            let owner = |what: &str| format!("事实「{}」的 {what}", fact.name);
            match &fact.formula {
                Formula::Own { is, .. } => {
                    if let Ok(expr) = sql::parse(is) {
                        parts.push(planner.part(owner("is"), &both, Site::Entity(fact.of), Some(at), None, expr));
                    }
                }
                Formula::Aggregate { source, given, value, .. } => {
                    let given = given.as_deref().and_then(|sql| sql::parse(sql).ok());
                    let site = Site::Source(*source);
                    if let Some(given) = &given {
                        parts.push(planner.part(owner("given"), &both, site, None, None, given.clone()));
                    }
                    if let Ok(value) = sql::parse(value) {
                        parts.push(planner.part(owner("value"), &both, site, None, given, value));
                    }
                }
                Formula::Covered => {}
            }
        }
        parts.retain(|part| !part.branches.is_empty() && !part.runs.is_empty());
        Plan { pack, parts }
    }

    pub fn nothing(&self) -> Seen {
        Seen {
            outcomes: self.parts.iter().map(|part| vec![[false; 3]; part.branches.len()]).collect(),
            values: BTreeSet::new(),
            held: vec![false; self.pack.rules.len()],
            failed: vec![false; self.pack.rules.len()],
            proposals: BTreeSet::new(),
        }
    }

    /// Notes what one example reached.
    pub fn note(&self, world: &World<'_>, run: Run, outcome: &Outcome, seen: &mut Seen) {
        for ground in outcome.lines.iter().flat_map(|line| &line.grounds) {
            seen.proposals.extend(ground.proposals.iter().map(|place| (ground.rule, *place)));
        }
        for (at, rule) in self.pack.rules.iter().enumerate().filter(|(_, rule)| rule.runs.contains(&run)) {
            let site = Site::Entity(rule.of);
            let scope = rule.scope.as_deref().unwrap_or("TRUE");
            let exprs = [scope, &rule.when].map(|sql| world.compile(site, sql, None));
            let [Ok(scope), Ok(when)] = exprs else { continue };
            let Ok(columns) = world.evaluate(site, &rule.id, vec![scope, when]) else { continue };
            for row in 0..world.height(rule.of) {
                if value(&columns[0], row) == Some(true) {
                    seen.held[at] |= value(&columns[1], row) == Some(true);
                    seen.failed[at] |= value(&columns[1], row) == Some(false);
                }
            }
        }
        // The parts of one site at once: a query costs more than what it evaluates.
        let asked = || self.parts.iter().enumerate().filter(|(_, part)| part.runs.contains(&run));
        let mut sites: Vec<Site> = Vec::new();
        for (_, part) in asked().filter(|(_, part)| !part.branches.is_empty()) {
            if !sites.contains(&part.site) {
                sites.push(part.site);
            }
        }
        for site in sites {
            let mut exprs = Vec::new();
            let mut places = Vec::new();
            for (at, part) in asked().filter(|(_, part)| part.site == site) {
                let bound: Result<Vec<Expr>, _> = part.exprs().map(|expr| world.bind(site, expr, part.not)).collect();
                if let Ok(bound) = bound {
                    places.push((at, exprs.len()..exprs.len() + bound.len()));
                    exprs.extend(bound);
                }
            }
            let Ok(columns) = world.evaluate(site, "例子", exprs) else { continue };
            for (at, range) in places {
                self.note_part(at, &columns[range], seen);
            }
        }
    }

    fn note_part(&self, at: usize, columns: &[Column], seen: &mut Seen) {
        let part = &self.parts[at];
        let height = columns.iter().map(Column::len).max().unwrap_or(0);
        for row in (0..height).filter(|row| value(&columns[0], *row) == Some(true)) {
            for (branch, pair) in columns[1..].chunks(2).enumerate() {
                let outcome = match value(&pair[0], row) {
                    Some(true) => 0,
                    Some(false) => 1,
                    None => UNKNOWN,
                };
                seen.outcomes[at][branch][outcome] = true;
                if part.branches[branch].choice.is_some()
                    && let Ok(value) = pair[1].get(if pair[1].len() == 1 { 0 } else { row })
                    && !value.is_null()
                {
                    seen.values.insert((at, branch, shown(&value)));
                }
            }
        }
    }

    /// What nothing reached, in the pack's order.
    pub fn gaps(&self, seen: &Seen) -> Vec<String> {
        let mut gaps = Vec::new();
        for (at, rule) in self.pack.rules.iter().enumerate().filter(|(_, rule)| !rule.runs.is_empty()) {
            if !seen.held[at] {
                gaps.push(format!("规则「{}」：没有例子使它成立", rule.id));
                continue;
            }
            if !seen.failed[at] {
                gaps.push(format!("规则「{}」：没有例子在它的范围内而不成立", rule.id));
            }
            for (place, proposal) in rule.proposals.iter().enumerate() {
                if !seen.proposals.contains(&(at, place)) {
                    let to = match &proposal.to {
                        Recipient::Itself => "所涉及的对象".to_owned(),
                        Recipient::Role { role, .. } => role.clone(),
                        Recipient::Named { column, .. } => format!("「{column}」中的人"),
                    };
                    let action = &self.pack.actions[proposal.action].name;
                    gaps.push(format!("规则「{}」：没有例子使{to}受到「{action}」", rule.id));
                }
            }
        }
        for (at, part) in self.parts.iter().enumerate() {
            for (branch, outcomes) in part.branches.iter().zip(&seen.outcomes[at]) {
                let lacking: Vec<&str> = OUTCOMES
                    .iter()
                    .enumerate()
                    .filter(|(outcome, _)| !outcomes[*outcome] && (*outcome != UNKNOWN || branch.open))
                    .map(|(_, name)| *name)
                    .collect();
                if !lacking.is_empty() {
                    gaps.push(format!("{}：没有例子使「{}」{}", part.owner, branch.text, lacking.join("、")));
                }
            }
            for (place, branch) in part.branches.iter().enumerate() {
                let values = branch.choice.iter().flat_map(|(_, values)| values);
                let lacking: Vec<&str> = values
                    .filter(|value| !seen.values.contains(&(at, place, (*value).clone())))
                    .map(String::as_str)
                    .collect();
                if !lacking.is_empty() {
                    let values = lacking.join("、");
                    gaps.push(format!("{}：「{}」没有取值为 {values} 的例子", part.owner, branch.text));
                }
            }
        }
        gaps
    }
}

fn value(column: &Column, row: usize) -> Option<bool> {
    column.bool().ok()?.get(if column.len() == 1 { 0 } else { row })
}

fn shown(value: &AnyValue<'_>) -> String {
    value.get_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Takes conditions apart.
struct Planner<'p> {
    pack: &'p Pack,
    typing: Typing,
    openness: Openness<'p>,
}

impl Planner<'_> {
    fn part(
        &mut self,
        owner: String,
        runs: &[Run],
        site: Site,
        not: Option<usize>,
        given: Option<Expr>,
        expr: Expr,
    ) -> Part {
        let mut found = Vec::new();
        atoms(&expr, &mut found);
        let mut branches: Vec<Branch> = Vec::new();
        for atom in found {
            let known = branches.iter().any(|branch| branch.expr == atom);
            let of_run = sql::names(&atom)
                .iter()
                .all(|name| matches!(scope::resolve(self.pack, site, name, not), Ok(Meaning::Literal)));
            let boolean =
                matches!(self.typing.of(self.pack, site, atom.clone(), not), Ok(dtype) if dtype == DataType::Boolean);
            if !known && !of_run && boolean {
                let text = wording::say(&atom, &Literals::new());
                let open = self.openness.of(site, not, &atom);
                branches.push(Branch { text, open, choice: choice(&atom), expr: atom });
            }
        }
        Part { owner, runs: runs.to_vec(), site, not, given, branches }
    }
}

/// The values behind IN.
fn choice(atom: &Expr) -> Option<(Expr, Vec<String>)> {
    let Expr::Function { input, function } = atom else { return None };
    let [of, set] = input.as_slice() else { return None };
    if !function.to_string().contains("is_in") {
        return None;
    }
    let frame = DataFrame::new(1, vec![Column::new_scalar("@n".into(), Scalar::from(0i32), 1)]).ok()?;
    let found = frame.lazy().select([set.clone().alias("=")]).collect().ok()?;
    let values = found.column("=").ok()?.explode(ExplodeOptions { empty_as_null: true, keep_nulls: true }).ok()?;
    let values = (0..values.len()).filter_map(|at| values.get(at).ok().map(|value| shown(&value))).collect();
    Some((of.clone(), values))
}

/// The atomic parts of an expression, in reading order.
fn atoms(expr: &Expr, found: &mut Vec<Expr>) {
    match expr {
        Expr::BinaryExpr {
            left,
            op: Operator::And | Operator::LogicalAnd | Operator::Or | Operator::LogicalOr,
            right,
        } => {
            atoms(left, found);
            atoms(right, found);
        }
        Expr::Cast { expr, .. } | Expr::Alias(expr, _) => atoms(expr, found),
        Expr::Ternary { predicate, truthy, falsy } => {
            [predicate, truthy, falsy].into_iter().for_each(|one| atoms(one, found));
        }
        Expr::Agg(AggExpr::Max { input, .. } | AggExpr::Min { input, .. } | AggExpr::Sum(input)) => atoms(input, found),
        Expr::Function { input, function } if ["not", "coalesce"].contains(&function.to_string().as_str()) => {
            input.iter().for_each(|one| atoms(one, found));
        }
        Expr::Literal(_) => {}
        // A comparison of aggregates is about all rows at once: the fact itself shows it.
        other if other.into_iter().any(aggregates) => {
            let aggregate = other.into_iter().find_map(|node| match node {
                Expr::Agg(AggExpr::Max { input, .. } | AggExpr::Min { input, .. } | AggExpr::Sum(input)) => Some(input),
                _ => None,
            });
            if let Some(input) = aggregate {
                atoms(input, found);
            }
        }
        other => found.push(other.clone()),
    }
}

/// Whether an expression sums up rows; the values of IN stand in a list, which does not.
fn aggregates(node: &Expr) -> bool {
    matches!(node, Expr::Agg(of) if !matches!(of, AggExpr::Implode { .. })) || matches!(node, Expr::Len)
}
