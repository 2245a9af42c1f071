//! Which rules, recipients and branches of conditions the examples of a pack reach.
//!
//! A branch is an atomic part of a condition (what AND, OR, NOT, CASE and COALESCE join): some example must
//! make it true, some other false, and where one of its names can be blank, some third must leave it unknown; in some
//! example it must decide alone, all other parts being as they are. A line must be met exactly.
//! Of an IN every value must occur, and of a rule each proposal must reach somebody.

use std::collections::BTreeSet;

use polars::prelude::*;

use crate::consequence::Outcome;
use crate::fact::World;
use crate::once::once;
use crate::pack::functions::Op;
use crate::pack::mutant::Clause;
use crate::pack::scope::Site;
use crate::pack::term::Literals;
use crate::pack::term::{Kind, Literal, Node, Term};
use crate::pack::{Formula, Pack, Run};
use crate::rule::{Trace, wording};

/// The outcomes of a branch, by [`HOLDS`], [`FAILS`], [`UNKNOWN`].
const OUTCOMES: [&str; 3] = ["成立", "不成立", "未知"];
const HOLDS: usize = 0;
const FAILS: usize = 1;
const UNKNOWN: usize = 2;

/// An atomic part of a condition.
struct Branch<'p> {
    term: &'p Term,
    /// The values of an IN, and where each occurs.
    values: Vec<(String, Term)>,
    /// The whole with this part true, and with it false; none where it is the whole.
    turned: Option<[Term; 2]>,
    /// Where a line is met exactly.
    lines: Vec<Term>,
}

/// A condition with its branches.
struct Branched<'p> {
    /// `规则「4.5」的条件`
    owner: String,
    /// The runs in which it is evaluated.
    runs: Vec<Run>,
    site: Site,
    /// Rows for which it is not asked at all.
    given: Option<&'p Term>,
    branches: Vec<Branch<'p>>,
}

impl Branch<'_> {
    /// Whether an example must bring it to an outcome: an IN that names all words of its set cannot be false.
    fn owes(&self, outcome: usize) -> bool {
        match outcome {
            UNKNOWN => self.term.open,
            HOLDS => true,
            _ => !names_all(self.term),
        }
    }

    fn said(&self) -> String {
        wording::say(self.term, &Literals::new())
    }

    /// All that an example may show of it, and where it does; part and branch by their places.
    fn shown(&self, world: &World<'_>, at: usize, place: usize) -> Vec<(Mark, Expr)> {
        let term = world.compile(self.term);
        let differs = |[one, two]: &[Term; 2]| world.compile(one).neq_missing(world.compile(two));
        let alone = term.clone().is_not_null().and(self.turned.as_ref().map_or_else(|| lit(true), differs));
        let mut shown = vec![
            (Mark::Outcome(at, place, HOLDS), term.clone()),
            (Mark::Outcome(at, place, FAILS), term.clone().not()),
            (Mark::Outcome(at, place, UNKNOWN), term.is_null()),
            (Mark::Alone(at, place), alone),
        ];
        let met = self.lines.iter().enumerate();
        shown.extend(met.map(|(line, met)| (Mark::Met(at, place, line), world.compile(met))));
        let values = self.values.iter().enumerate();
        shown.extend(values.map(|(value, (_, occurs))| (Mark::Value(at, place, value), world.compile(occurs))));
        shown
    }
}

/// Everything that examples should reach.
pub struct Plan<'p> {
    pack: &'p Pack,
    parts: Vec<Branched<'p>>,
}

/// What an example reached; parts, branches and rules by their places.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mark {
    /// A branch of a part came to an outcome.
    Outcome(usize, usize, usize),
    /// It decided alone.
    Alone(usize, usize),
    /// A value of its IN occurred.
    Value(usize, usize, usize),
    /// One of its lines was met exactly.
    Met(usize, usize, usize),
    /// A rule held, or failed within its scope.
    Held(usize),
    Failed(usize),
    /// One of its proposals reached somebody.
    Proposed(usize, usize),
}

impl<'p> Plan<'p> {
    pub fn new(pack: &'p Pack) -> Plan<'p> {
        let mut parts = Vec::new();
        for spot in Clause::all(pack) {
            let Some(expression) = spot.of(pack) else { continue };
            let owner = spot.said(pack);
            match spot {
                Clause::Scope(at) => {
                    let rule = &pack.rules[at];
                    parts.push(part(owner, &rule.runs, Site::Entity(rule.of), None, expression.term()));
                }
                Clause::When(at) => {
                    let rule = &pack.rules[at];
                    let scope = rule.scope.as_ref().map(|scope| scope.term());
                    parts.push(part(owner, &rule.runs, Site::Entity(rule.of), scope, expression.term()));
                }
                Clause::Given(at) | Clause::Value(at) => {
                    let fact = &pack.facts[at];
                    let given = match (&fact.formula, spot) {
                        (Formula::Aggregate { given, .. }, Clause::Value(_)) => {
                            given.as_ref().map(|given| given.term())
                        }
                        _ => None,
                    };
                    parts.push(part(owner, &Run::ALL, fact.site(), given, expression.term()));
                }
                _ => {}
            }
        }
        parts.retain(|part| !part.branches.is_empty() && !part.runs.is_empty());
        Plan { pack, parts }
    }

    /// Notes what one example reached.
    pub fn note(&self, world: &World<'_>, trace: &Trace<'_>, run: Run, outcome: &Outcome, seen: &mut BTreeSet<Mark>) {
        for ground in outcome.lines.iter().flat_map(|line| &line.grounds) {
            seen.extend(ground.proposals.iter().map(|place| Mark::Proposed(ground.rule, *place)));
        }
        for at in (0..self.pack.rules.len()).filter(|at| self.pack.rules[*at].runs.contains(&run)) {
            let (held, failed) = trace.outcomes(at);
            seen.extend(held.then_some(Mark::Held(at)));
            seen.extend(failed.then_some(Mark::Failed(at)));
        }
        // The parts of one site at once: a query costs more than what it evaluates.
        let asked = || self.parts.iter().enumerate().filter(|(_, part)| part.runs.contains(&run));
        for site in once(asked().map(|(_, part)| part.site)) {
            let shown = asked().filter(|(_, part)| part.site == site).flat_map(|(at, part)| {
                let given = part.given.map_or_else(|| lit(true), |given| world.compile(given));
                let branches =
                    part.branches.iter().enumerate().flat_map(move |(place, one)| one.shown(world, at, place));
                branches.map(move |(mark, expr)| (mark, given.clone().and(expr)))
            });
            let (marks, exprs): (Vec<Mark>, Vec<Expr>) = shown.unzip();
            let Ok(masks) = world.masks(site, "例子", exprs) else { continue };
            seen.extend(marks.into_iter().zip(masks).filter(|(_, mask)| mask.any()).map(|(mark, _)| mark));
        }
    }

    /// What nothing reached, in the pack's order.
    pub fn gaps(&self, seen: &BTreeSet<Mark>) -> Vec<String> {
        let mut gaps = Vec::new();
        for (at, rule) in self.pack.rules.iter().enumerate().filter(|(_, rule)| !rule.runs.is_empty()) {
            if !seen.contains(&Mark::Held(at)) {
                gaps.push(format!("规则「{}」：没有例子使它成立", rule.id));
                continue;
            }
            let fails = || !names_all(rule.when.term()) && !crate::pack::always_holds(self.pack, rule);
            if !seen.contains(&Mark::Failed(at)) && fails() {
                gaps.push(format!("规则「{}」：没有例子在它的范围内而不成立", rule.id));
            }
            for (place, proposal) in rule.proposals.iter().enumerate() {
                if !seen.contains(&Mark::Proposed(at, place)) {
                    let to = proposal.to.said();
                    let action = &self.pack.actions[proposal.action].name;
                    gaps.push(format!("规则「{}」：没有例子使{to}受到「{action}」", rule.id));
                }
            }
        }
        for (at, part) in self.parts.iter().enumerate() {
            let came = |place: usize, outcome: usize| seen.contains(&Mark::Outcome(at, place, outcome));
            for (place, branch) in part.branches.iter().enumerate() {
                let lacking = OUTCOMES.iter().enumerate();
                let lacking = lacking.filter(|(outcome, _)| !came(place, *outcome) && branch.owes(*outcome));
                let lacking: Vec<&str> = lacking.map(|(_, name)| *name).collect();
                if !lacking.is_empty() {
                    gaps.push(format!("{}：没有例子使「{}」{}", part.owner, branch.said(), lacking.join("、")));
                }
            }
            for (place, branch) in part.branches.iter().enumerate() {
                let equivalent = |what: &str| {
                    let told = format!("{}：{what}「{}」", part.owner, branch.term);
                    self.pack.deliberate.equivalent.iter().any(|one| one.mutant.starts_with(&told))
                };
                let both = came(place, HOLDS) && (came(place, FAILS) || !branch.owes(FAILS));
                if both && !seen.contains(&Mark::Alone(at, place)) && !equivalent("去掉") {
                    gaps.push(format!("{}：没有例子由「{}」单独决定", part.owner, branch.said()));
                }
                for (line, term) in branch.lines.iter().enumerate() {
                    if !seen.contains(&Mark::Met(at, place, line)) && !equivalent("把") {
                        let met = wording::say(term, &Literals::new());
                        gaps.push(format!("{}：没有例子正好达到「{met}」", part.owner));
                    }
                }
                let values = branch.values.iter().enumerate();
                let lacking = values.filter(|(value, _)| !seen.contains(&Mark::Value(at, place, *value)));
                let lacking: Vec<&str> = lacking.map(|(_, (value, _))| value.as_str()).collect();
                if !lacking.is_empty() {
                    let values = lacking.join("、");
                    gaps.push(format!("{}：「{}」没有取值为 {values} 的例子", part.owner, branch.said()));
                }
            }
        }
        gaps
    }
}

/// A condition with its atomic parts, without those that are the same in the whole run.
fn part<'p>(owner: String, runs: &[Run], site: Site, given: Option<&'p Term>, term: &'p Term) -> Branched<'p> {
    let mut found = Vec::new();
    atoms(term, &mut found);
    let mut branches: Vec<Branch<'p>> = Vec::new();
    let whole = rows_of(term);
    for atom in found {
        let known = branches.iter().any(|branch| branch.term == atom);
        if !known && !atom.open_names().is_empty() && atom.kind == Kind::Truth {
            let turned = whole.filter(|whole| *whole != atom).map(|whole| {
                [true, false].map(|value| whole.replace(&mut |term| (term == atom).then(|| Term::truth(value))))
            });
            branches.push(Branch { values: values(atom), turned, lines: lines(atom), term: atom });
        }
    }
    Branched { owner, runs: runs.to_vec(), site, given, branches }
}

/// What is asked of each row: a condition itself, or what a value sums up.
fn rows_of(term: &Term) -> Option<&Term> {
    let mut summed = Vec::new();
    term.walk(&mut |part| {
        if matches!(&part.node, Node::Call(op, _) if op.aggregates()) {
            summed.push(part);
        }
    });
    match summed.as_slice() {
        [] => Some(term),
        [one] => one.parts().first(),
        _ => None,
    }
}

/// Where the lines of a comparison are met exactly.
fn lines(atom: &Term) -> Vec<Term> {
    match (&atom.node, atom.comparison()) {
        (_, Some((op, of, line))) if op.orders() => vec![met(atom, of, line)],
        (Node::Call(Op::Between, parts), _) => parts[1..].iter().map(|line| met(atom, &parts[0], line)).collect(),
        _ => Vec::new(),
    }
}

/// That both sides of an atom are the same.
fn met(atom: &Term, of: &Term, line: &Term) -> Term {
    Term { node: Node::Call(Op::Equal, vec![of.clone(), line.clone()]), ..atom.clone() }
}

/// Whether an IN names all the words that there can be.
fn names_all(atom: &Term) -> bool {
    match (&atom.node, atom.parts().first().map(|of| &of.kind)) {
        (Node::Call(Op::In, parts), Some(Kind::Choice(set))) => {
            let named = |word: &String| {
                parts[1..].iter().any(|part| part.node == Node::Value(Literal::Text(word.as_str().into())))
            };
            set.words.iter().all(named)
        }
        _ => false,
    }
}

/// The values behind an IN, and where each occurs.
fn values(atom: &Term) -> Vec<(String, Term)> {
    let Node::Call(Op::In, parts) = &atom.node else { return Vec::new() };
    let occurs = |value: &Term| match &value.node {
        Node::Value(known) => Some((known.said(), met(atom, &parts[0], value))),
        _ => None,
    };
    parts[1..].iter().filter_map(occurs).collect()
}

/// The atomic parts of a term, in reading order.
fn atoms<'p>(term: &'p Term, found: &mut Vec<&'p Term>) {
    let Node::Call(op, parts) = &term.node else {
        if let Node::Name(..) = term.node {
            found.push(term);
        }
        return;
    };
    match op {
        Op::Integer | Op::Min | Op::Max | Op::Sum => parts.iter().for_each(|part| atoms(part, found)),
        op if op.joins() => parts.iter().for_each(|part| atoms(part, found)),
        // A comparison of aggregates is about all rows at once: the fact itself shows it.
        _ if term.aggregates() => {
            let mut first = None;
            term.walk(&mut |part| {
                if matches!(&part.node, Node::Call(Op::Min | Op::Max | Op::Sum, _)) {
                    first.get_or_insert(part);
                }
            });
            first.into_iter().flat_map(Term::parts).for_each(|part| atoms(part, found));
        }
        _ => found.push(term),
    }
}
