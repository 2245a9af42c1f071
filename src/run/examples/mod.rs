//! A pack's own examples: rows in, proposals and pending cases out, through the very engine of a run.
//!
//! `spec` reads the pack's example files, `city` makes sheets of their rows, this module evaluates them with
//! the functions that a run uses, and `reach` tells which rules and branches of conditions no example reaches.

mod city;
mod facts;
mod mutants;
mod reach;
mod spec;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::{Failure, job};
use crate::consequence::{Line, Outcome, propose};
use crate::fact::World;
use crate::fact::history::{Answered, History, PastLine};
use crate::finding::Severity;
use crate::pack::term::Literals;
use crate::pack::{Pack, Run};
use crate::rule::Trace;
use crate::table::{self, AsOf, Context, Dataset};
use crate::workbook::Parser;

pub use mutants::mutants;
use reach::{Mark, Plan};
use spec::ExampleCase;

/// Answers may change what later stages say, and so the code that an answer is given on; then once more.
const MOST_ROUNDS: usize = 4;
/// Stack of a thread that evaluates examples.
const STACK: usize = 64 << 20;

/// How the examples of a pack came out.
#[derive(Debug, Default)]
pub struct ExampleReport {
    pub pack: String,
    /// How many examples there are; one for both runs counts twice.
    pub examples: usize,
    /// Examples that came out otherwise, each with place and difference.
    pub failures: Vec<String>,
    /// Rules, branches and recipients that no example reaches.
    pub gaps: Vec<String>,
}

impl ExampleReport {
    /// Every example came out as it says, and together they reach everything.
    pub fn passed(&self) -> bool {
        self.failures.is_empty() && self.gaps.is_empty()
    }
}

impl fmt::Display for ExampleReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for failure in &self.failures {
            writeln!(f, "{failure}\n")?;
        }
        if !self.gaps.is_empty() {
            writeln!(f, "没有例子的地方：")?;
            for gap in &self.gaps {
                writeln!(f, "  {gap}")?;
            }
            writeln!(f, "请在 examples.toml 中为这些地方各写一个例子（[[example]]）\n")?;
        }
        let failed = self.failures.len();
        let (gaps, good) = (self.gaps.len(), self.examples - failed);
        write!(f, "规则包 {}：例子 {} 个，相符 {good} 个，不符 {failed} 个；", self.pack, self.examples)?;
        if gaps == 0 {
            write!(f, "规则和条件的各个分支都有例子")
        } else {
            write!(f, "{gaps} 处没有例子")
        }
    }
}

/// Evaluates all examples of a pack.
pub fn test(pack: &Pack) -> Result<ExampleReport, Failure> {
    let cases = spec::cases(pack)?;
    let plan = Plan::new(pack);
    let run = |case: &ExampleCase| {
        let mut seen = BTreeSet::new();
        let failure = check(pack, case, &plan, &mut seen).err().map(|told| format!("{}\n{told}", case.head()));
        (failure, seen)
    };
    let mut seen = BTreeSet::new();
    let mut failures = Vec::new();
    for (failure, one) in side_by_side(&cases, || (), |(), case| run(case))? {
        seen.extend(one);
        failures.extend(failure);
    }
    Ok(ExampleReport { pack: pack.name.clone(), examples: cases.len(), failures, gaps: plan.gaps(&seen) })
}

/// Evaluates items on threads of their own, in order; `with` is made once a thread. The evaluation shares out its work
/// in rayon's pool; a pool thread that waited for its own example's share would take up another whole example on top
/// of it, and so on until its stack is full.
fn side_by_side<'t, T: Sync, S, R: Send>(
    items: &'t [T],
    with: impl Fn() -> S + Sync,
    run: impl Fn(&mut S, &'t T) -> R + Sync,
) -> Result<Vec<R>, Failure> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut state = with();
        let mut done = Vec::new();
        while let Some((at, item)) =
            Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|at| Some((at, items.get(at)?)))
        {
            done.push((at, run(&mut state, item)));
        }
        done
    };
    let failed = |told: &dyn fmt::Display| Failure::failed(format!("例子无法运行：{told}"));
    let mut results = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..rayon::current_num_threads().min(items.len()))
            .map(|_| std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, work))
            .collect::<Result<_, _>>()
            .map_err(|error| failed(&error))?;
        let mut results = Vec::new();
        for thread in threads {
            results.extend(thread.join().map_err(|_| failed(&"程序出错"))?);
        }
        Ok::<_, Failure>(results)
    })?;
    results.sort_by_key(|(at, _)| *at);
    Ok(results.into_iter().map(|(_, result)| result).collect())
}

/// An example's tables as they are read, and what its archive holds.
struct ReadCase<'c> {
    case: &'c ExampleCase,
    data: Dataset,
    literals: Literals,
    history: History,
}

/// Reads an example's tables; the error is why they cannot be evaluated.
fn prepare<'c>(pack: &Pack, case: &'c ExampleCase) -> Result<ReadCase<'c>, String> {
    let history = history(case);
    let literals = |year, as_of| job::literals(pack, case.run, &case.sets, year, as_of);
    let known = case.archive.iter().chain(&case.answers).map(|past| past.id.clone()).collect();
    let context = Context { literals: &literals, known_lines: &known, progress: None, parser: Parser::Scanner };
    let as_of = case.as_of.map_or(AsOf::Default(case.run.as_of().0, case.run.as_of().1), AsOf::Given);
    let data = table::read_given(&case.sheets, pack, Some(case.year), as_of, &context)
        .map_err(|failed| format!("  报送表无法读取：{failed}"))?;
    let literals = literals(data.year, data.as_of);
    if let Some(parameter) = pack.parameters.iter().find(|parameter| !literals.contains_key(&parameter.name)) {
        return Err(format!("  参数「{}」在 {} 没有生效的值", parameter.name, data.as_of));
    }
    Ok(ReadCase { case, data, literals, history })
}

impl ReadCase<'_> {
    /// All facts before anything is proposed.
    fn world<'a>(&'a self, pack: &'a Pack, history: &History) -> Result<World<'a>, String> {
        World::new(pack, &self.data, self.literals.clone(), history).map_err(|error| format!("  {error}"))
    }

    /// What follows, from facts that are known already or from the beginning; the error is the difference.
    fn play<'a>(
        &'a self,
        pack: &'a Pack,
        mut first: Option<World<'a>>,
    ) -> Result<(World<'a>, Outcome, Trace<'a>), String> {
        let case = self.case;
        let mut history = std::borrow::Cow::Borrowed(&self.history);
        let mut checks: BTreeMap<String, String> = BTreeMap::new();
        for _ in 0..MOST_ROUNDS {
            let mut world = first.take().map_or_else(|| self.world(pack, &history), Ok)?;
            let decided = propose(&mut world, &history, case.run, case.year).and_then(|stages| stages.conclude(&world));
            let (outcome, trace) = decided.map_err(|error| format!("  {error}"))?;
            let now: BTreeMap<String, String> =
                outcome.lines.iter().map(|line| (line.id.clone(), line.check.clone())).collect();
            if case.answers.is_empty() || now == checks {
                return Ok((world, outcome, trace));
            }
            checks = now;
            history.to_mut().current = answers(&case.answers, &checks)?;
        }
        Err("  意见与本次的处理互相影响，没有确定的结果".to_owned())
    }
}

/// Compares one example with what the engine says; the error is the difference.
fn check(pack: &Pack, case: &ExampleCase, plan: &Plan<'_>, seen: &mut BTreeSet<Mark>) -> Result<(), String> {
    let prepared = prepare(pack, case)?;
    let (world, outcome, trace) = prepared.play(pack, None)?;
    plan.note(&world, &trace, case.run, &outcome, seen);
    compare(&world, case, &outcome)
}

/// Answers to today's lines, on today's codes.
fn answers(given: &[PastLine], checks: &BTreeMap<String, String>) -> Result<BTreeMap<String, Vec<Answered>>, String> {
    let answer = |past: &PastLine| {
        let unknown = || format!("  archive 中有「{}」的意见，但本次没有提出这一处理", past.id);
        let check = checks.get(&past.id).ok_or_else(unknown)?.clone();
        Ok((past.id.clone(), vec![Answered { check, decision: past.decision.clone().unwrap_or_default() }]))
    };
    given.iter().map(answer).collect()
}

/// What the example says that earlier runs left behind.
fn history(case: &ExampleCase) -> History {
    let mut history = History::default();
    let mut runs: BTreeSet<(i32, Run)> = case.runs.iter().copied().collect();
    for past in &case.archive {
        runs.insert((past.year, past.run));
        match history.lines.get_mut(&past.id) {
            Some(line) => line.grounds.extend(past.grounds.clone()),
            None => drop(history.lines.insert(past.id.clone(), past.clone())),
        }
    }
    history.runs = runs.into_iter().collect();
    history
}

fn compare(world: &World<'_>, case: &ExampleCase, outcome: &Outcome) -> Result<(), String> {
    let (pack, data) = (world.pack, world.data);
    let wanted: BTreeSet<&str> = case.expect.iter().filter_map(|line| line.split(" | ").next()).collect();
    let lines = outcome.lines.iter().filter(|line| {
        let action = pack.actions[line.action].name.as_str();
        wanted.contains(action) || !case.skip.iter().any(|skipped| skipped == action)
    });
    let rejected = data.findings.iter().filter(|finding| finding.severity == Severity::Rejected);
    let pending = outcome.pending.iter().map(|one| {
        let mut missing = one.missing.clone();
        missing.sort();
        spec::canonical(&[&one.rule, &one.id, &missing.join("、")])
    });
    let mut told = String::new();
    differ("处理（expect）", &case.expect, lines.map(|line| said(pack, data, line)).collect(), &mut told);
    differ("待定（pending）", &case.pending, pending.collect(), &mut told);
    let rejected = rejected.map(|one| spec::canonical(&[&one.table, &one.column, &one.value]));
    differ("退回（rejected）", &case.rejected, rejected.collect(), &mut told);
    let (expected, found): (Vec<String>, Vec<String>) = case.facts.iter().map(|fact| fact.compared(world)).unzip();
    differ("事实（facts）", &expected, found, &mut told);
    if told.is_empty() { Ok(()) } else { Err(told.trim_end().to_owned()) }
}

/// A line as an example writes it.
fn said(pack: &Pack, data: &Dataset, line: &Line) -> String {
    let rules: Vec<&str> = line.rules.iter().map(|rule| pack.rules[*rule].id.as_str()).collect();
    let flags: Vec<&str> = line.flags.iter().map(|flag| flag.word()).collect();
    spec::canonical(&[
        &pack.actions[line.action].name,
        &data.registers[line.subject.kind].ids[line.subject.index as usize],
        &rules.join("+"),
        &line.options.join("、"),
        &flags.join("、"),
    ])
}

fn differ(what: &str, expected: &[String], mut found: Vec<String>, told: &mut String) {
    let mut lacking: Vec<&String> = Vec::new();
    for line in expected {
        match found.iter().position(|one| one == line) {
            Some(at) => {
                found.remove(at);
            }
            None => lacking.push(line),
        }
    }
    if lacking.is_empty() && found.is_empty() {
        return;
    }
    told.push_str(&format!("  {what}：\n"));
    for line in lacking {
        told.push_str(&format!("    - {line}　（例子写明，实际没有）\n"));
    }
    for line in found {
        told.push_str(&format!("    + {line}　（实际有，例子没有写）\n"));
    }
}
