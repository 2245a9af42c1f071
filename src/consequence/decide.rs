//! The run's rules, stage by stage, and what follows from them: the [`Outcome`].

use std::collections::{BTreeSet, HashMap};

use rayon::prelude::*;

use super::draft::Draft;
use super::ground::check_code;
use super::{Flag, Line, Outcome, Pending, QuotaPlan, Subject, TalkHeld, hint, influence, quota, register};
use crate::fact::{Decision, Error, History, Origin, World};
use crate::finding::Severity;
use crate::pack::{Entity, Pack, Quota, Run, Tone};
use crate::place::{Cell, Place};
use crate::rule::{self, Trace};
use crate::table::{Dataset, RejectedSubject};

/// What all stages of a run propose and leave pending.
pub struct Proposed<'a, 'h> {
    draft: Draft<'h>,
    trace: Trace<'a>,
    quotas: Vec<QuotaPlan>,
    talks: Vec<TalkHeld>,
}

/// Evaluates all stages of a run. After this nothing in the world changes any more.
pub fn propose<'a, 'h>(
    world: &mut World<'a>,
    history: &'h History,
    run: Run,
    year: i32,
) -> Result<Proposed<'a, 'h>, Error> {
    let mut draft = Draft::new(history, run, year);
    let mut trace = Trace::new(world);
    let mut beside = None;
    for (at, stage) in rule::stages(world, run).into_iter().enumerate() {
        if at > 0 {
            draft.publish(world)?;
        }
        let (verdicts, evaluated) = rule::evaluate(world, run, stage)?;
        trace.take(world, evaluated, &verdicts)?;
        let mut take = || draft.take(world, &mut trace, &verdicts);
        if at > 0 {
            take()?;
            continue;
        }
        // What rests on no rule is seen to while lines are put in order.
        let (taken, known) = rayon::join(take, || Beside::new(world, run, year));
        taken?;
        beside = Some(known?.counted(world, &mut draft, &mut trace)?);
    }
    let (quotas, talks) = match beside {
        Some(beside) => beside,
        // No rule is of this run.
        None => Beside::new(world, run, year)?.counted(world, &mut draft, &mut trace)?,
    };
    Ok(Proposed { draft, trace, quotas, talks })
}

impl<'a> Proposed<'a, '_> {
    /// The lines as they are told, and all that goes with them; the trace tells why.
    pub fn conclude(self, world: &World<'a>) -> Result<(Outcome, Trace<'a>), Error> {
        let Proposed { mut draft, trace, quotas, talks } = self;
        rejected(world, &mut draft);
        let mut lines = lines(world, &mut draft)?;
        let (measures, register) = rayon::join(
            || influence::all(world, draft.history, &lines),
            || register::entries(world, draft.history, &lines, draft.run, draft.year),
        );
        let (measures, register) = (measures?, register?);
        influence::tell(world, &measures, &mut lines);
        let pending = draft.pending.into_values().collect();
        Ok((Outcome { lines, pending, quotas, register, talks }, trace))
    }
}

/// What a run says beside its rules.
struct Beside {
    /// With what each proposes.
    quotas: Vec<(QuotaPlan, Vec<Line>)>,
    talks: Vec<TalkHeld>,
}

impl Beside {
    /// Plans the run's quotas, and sees which talks it uses.
    fn new(world: &World<'_>, run: Run, year: i32) -> Result<Beside, Error> {
        let quotas = world.pack.quotas.iter().enumerate().filter(|(_, quota)| quota.runs.contains(&run));
        let planned = |(at, quota): (usize, &Quota)| {
            let (plan, picked) = quota::plan(world, at, year)?;
            let lines = picked.into_par_iter().map(|index| {
                let subject = Subject { kind: quota.of, index };
                Line::new(world, (year, run), quota.action, subject, quota::ground(world, quota, subject))
            });
            Ok((plan, lines.collect()))
        };
        Ok(Beside { quotas: quotas.map(planned).collect::<Result<_, Error>>()?, talks: influence::used(world)? })
    }

    /// Adds what the quotas propose: rules of later stages see what was decided about these lines, too.
    fn counted<'a>(
        self,
        world: &World<'a>,
        draft: &mut Draft<'_>,
        trace: &mut Trace<'a>,
    ) -> Result<(Vec<QuotaPlan>, Vec<TalkHeld>), Error> {
        let mut plans = Vec::new();
        for (plan, lines) in self.quotas {
            let quota = &world.pack.quotas[plan.quota];
            let values: Vec<String> =
                quota.among.iter().chain([&quota.reached]).flat_map(|value| value.term().open_names()).collect();
            trace.add(world, Entity::Subject(quota.of), &values, 0)?;
            draft.reserve(lines.len());
            lines.into_iter().for_each(|line| draft.add(line));
            plans.push(plan);
        }
        Ok((plans, self.talks))
    }
}

fn lines(world: &World<'_>, draft: &mut Draft<'_>) -> Result<Vec<Line>, Error> {
    let hints = hint::Hints::new(world)?;
    let mut lines: Vec<Line> = std::mem::take(&mut draft.lines);
    let draft = &*draft;
    lines.par_iter_mut().for_each(|line| finish(world, draft, &hints, line));
    conflicts(world.pack, &mut lines);
    lines.par_sort_unstable_by(|a, b| a.id.as_bytes().cmp(b.id.as_bytes()));
    Ok(lines)
}

/// Gives a drafted line its check code, hints and what was decided about it.
fn finish(world: &World<'_>, draft: &Draft<'_>, hints: &hint::Hints<'_>, line: &mut Line) {
    line.check = check_code(world, line);
    line.decision = draft.decision(world, line).map(Box::new);
    let mut told = hints.of(world, line);
    let mut half_year = None;
    if let Some((twin, fresh)) = draft.twin(world, line) {
        if fresh.is_empty() {
            half_year = Some(Box::new((twin.id.clone(), twin.check.clone())));
        } else {
            let rules: Vec<String> = fresh
                .iter()
                .map(|ground| format!("{}（{}）", world.pack.rules[ground.rule].cited(), ground.about_label))
                .collect();
            let opinion = twin.decision.as_ref().map_or("", Decision::opinion);
            told.push(format!("半年已决定（{opinion}），本次新增依据：{}", rules.join("、")));
        }
    }
    // An answer given on other grounds counts only until the line has an answer of its own.
    let stale = draft.history.current.get(&line.id).filter(|answers| !answers.is_empty());
    if stale.is_some_and(|answers| !answers.iter().any(|answer| answer.check == line.check)) {
        told.push("依据已变，请重新审定".to_owned());
    }
    line.flags.extend(half_year.as_ref().map(|_| Flag::DecidedAtHalfYear));
    line.twin = half_year;
    line.hints = told;
    line.rules = line.grounds.iter().map(|ground| ground.rule).collect();
    line.rules.dedup();
}

/// Good news beside bad news for the same recipient stays, and says so: people decide.
fn conflicts(pack: &Pack, lines: &mut [Line]) {
    let adverse: BTreeSet<Subject> =
        lines.iter().filter(|line| pack.actions[line.action].tone == Tone::Adverse).map(|line| line.subject).collect();
    for line in lines.iter_mut().filter(|line| pack.actions[line.action].tone == Tone::Positive) {
        if adverse.contains(&line.subject) {
            line.flags.insert(0, Flag::Conflict);
        }
    }
}

/// Rejected rows leave their subject pending.
fn rejected(world: &World<'_>, draft: &mut Draft<'_>) {
    let (pack, data) = (world.pack, world.data);
    let cells = faulty_cells(data);
    for row in &data.rejected {
        let mut sources: Vec<Origin> =
            cells.get(&(row.sheet.0, row.row)).into_iter().flatten().map(|cell| Origin::Cell(*cell)).collect();
        if sources.is_empty() {
            let place = Place { sheet: row.sheet, row: Some(row.row), column: None };
            sources.extend(data.sheets[row.sheet.0 as usize].cell_of(place).map(Origin::Cell));
        }
        for subject in &row.subjects {
            let case = match subject {
                RejectedSubject::Known(kind, index) => {
                    let (rule, table) = (&pack.pendings.rejected_row, &pack.tables[row.table].name);
                    let case =
                        Pending::of(data, Subject { kind: *kind, index: *index }, rule.clone(), vec![table.clone()]);
                    Pending { sources: sources.clone(), ..case }
                }
                RejectedSubject::RegisterRejected(kind, id) => Pending {
                    rule: pack.pendings.rejected_register.clone(),
                    kind: *kind,
                    id: id.clone(),
                    label: row.name_of(&pack.subjects[*kind]).to_owned(),
                    missing: vec![pack.pendings.register.clone()],
                    sources: sources.clone(),
                    ..Pending::default()
                },
            };
            draft.add_pending(case);
        }
    }
}

/// The cells at which each rejected row was faulted.
fn faulty_cells(data: &Dataset) -> HashMap<(u32, u32), Vec<Cell>> {
    let mut cells: HashMap<(u32, u32), Vec<Cell>> = HashMap::new();
    for place in
        data.findings.iter().filter(|finding| finding.severity == Severity::Rejected).filter_map(|one| one.place)
    {
        if let Place { sheet, row: Some(row), column: Some(column) } = place {
            cells.entry((sheet.0, row)).or_default().push(Cell { sheet, row, column });
        }
    }
    cells
}
