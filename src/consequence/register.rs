//! The register of talks: which file each talk is entered in, and how far it has come.

use std::collections::{BTreeMap, HashSet};

use chrono::NaiveDate;
use rayon::prelude::*;

use super::influence::{TalkRow, each_talk, later};
use super::{Flag, Holder, Line, RegisterEntry, Subject};
use crate::fact::history::PastLine;
use crate::fact::{Decision, Error, History, World};
use crate::pack::{Entity, Pack, RegisterBook, Run};
use crate::table::date;

/// Entries for all lines that propose the register's action or were decided to be done by it, in register order of
/// subject, then file. An annual run shows those of its half-year again that are still to be held, also of people who
/// have left the registers since.
pub fn entries(
    world: &World<'_>,
    history: &History,
    lines: &[Line],
    run: Run,
    year: i32,
) -> Result<Vec<RegisterEntry>, Error> {
    let Some(book) = &world.pack.register else { return Ok(Vec::new()) };
    let earlier = history.lines.values().filter(|line| (line.year, line.run) == (year, Run::HalfYear));
    let earlier = earlier.filter(|_| run == Run::Annual).filter_map(|line| Talk::past(world, history, line));
    let named: HashSet<&str> =
        history.entered.iter().flat_map(|entered| &entered.lines).map(|line| line.id.as_str()).collect();
    // Of what is proposed as something else and not decided, nothing can stand there.
    let may_stand =
        |line: &&Line| line.action == book.action || line.decision.is_some() || named.contains(line.id.as_str());
    let now = lines.par_iter().filter(may_stand).filter_map(|line| Talk::now(world.pack, line));
    let mut to_enter: Vec<Talk<'_>> = now.collect();
    to_enter.extend(earlier);
    let talks = HeldTalks::new(world, book, history, &to_enter)?;
    let mut found: BTreeMap<(Holder, usize), Vec<Carried>> = BTreeMap::new();
    for talk in &to_enter {
        let Some(carried) = talk.carried(world.pack, book, &talks) else { continue };
        for (file, definition) in book.files.iter().enumerate() {
            if definition.of == talk.holder.id(world.data).0 && definition.rules.is_empty() {
                found.entry((talk.holder.clone(), file)).or_default().push(carried.clone());
            }
            // Entered for the unit that the line came through.
            for (_, about) in talk.grounds.iter().filter(|(rule, _)| definition.rules.iter().any(|one| one == rule)) {
                let lines = found.entry((holder(world, history, definition.of, about), file)).or_default();
                if !lines.iter().any(|known| known.id == carried.id) {
                    lines.push(carried.clone());
                }
            }
        }
    }
    Ok(found.into_iter().map(|((holder, file), lines)| entry(world, history, book, (holder, file), lines)).collect())
}

/// Who bears an id; of somebody on no register any more what earlier runs printed.
fn holder(world: &World<'_>, history: &History, kind: usize, id: &str) -> Holder {
    if let Some(index) = world.data.registers[kind].find(id) {
        return Holder::Known(Subject { kind, index });
    }
    let known = |line: &&PastLine| line.subject == id && line.kind == world.pack.subjects[kind].kind;
    let (label, unit) =
        history.lines.values().find(known).map(|line| (line.name.clone(), line.unit.clone())).unwrap_or_default();
    Holder::Left { kind, id: id.to_owned(), label, unit }
}

fn entry(
    world: &World<'_>,
    history: &History,
    book: &RegisterBook,
    (holder, file): (Holder, usize),
    lines: Vec<Carried>,
) -> RegisterEntry {
    let states = [&book.states.undecided, &book.states.to_hold, &book.states.done];
    let ids: Vec<String> = lines.iter().map(|line| line.id.clone()).collect();
    // The least advanced of its lines; dropped only when all are.
    let least = lines.iter().filter_map(|line| line.advance).min();
    let (kind, id) = holder.id(world.data);
    let key = (world.data.year, world.pack.subjects[kind].kind.as_str(), id, book.files[file].name.as_str());
    // What stands there about other lines alone is about another talk.
    let own = history.entered.iter().rfind(|one| one.key() == key && one.is_about(&ids));
    let mut answers = own.map(|own| own.filled.clone()).unwrap_or_default();
    let column = book.answer_columns.iter().find(|column| column.is_date).map(|column| &column.name);
    // Known from the talks, once all that the row names have been held.
    let held = lines.iter().filter(|line| line.advance.is_some()).map(|line| line.held).max().flatten();
    if let (Some(column), Some(day), Some(HELD)) = (column, held, least) {
        answers.entry(column.clone()).or_insert_with(|| day.to_string());
    }
    RegisterEntry {
        file,
        holder,
        lines: ids,
        state: least.map_or(&book.states.dropped, |at| states[at]).clone(),
        answers,
    }
}

const UNDECIDED: usize = 0;
const TO_HOLD: usize = 1;
const HELD: usize = 2;

/// A line in a row of the register.
#[derive(Clone)]
struct Carried {
    id: String,
    /// How far it has come; none: not carried out.
    advance: Option<usize>,
    held: Option<NaiveDate>,
}

/// A line, of this run or of an earlier one, as far as the register asks.
struct Talk<'l> {
    id: &'l str,
    action: &'l str,
    holder: Holder,
    decision: Option<&'l Decision>,
    /// Rule and what it is about.
    grounds: Vec<(&'l str, &'l str)>,
    /// Of an earlier run: shown again as long as it is open.
    again: bool,
}

impl<'l> Talk<'l> {
    fn now(pack: &'l Pack, line: &'l Line) -> Option<Talk<'l>> {
        // What the half-year decided is entered under the half-year's line.
        if line.flags.contains(&Flag::DecidedAtHalfYear) {
            return None;
        }
        let grounds = line.grounds.iter().map(|one| (pack.rules[one.rule].id.as_str(), one.about.as_str()));
        Some(Talk {
            id: &line.id,
            action: &pack.actions[line.action].name,
            holder: Holder::Known(line.subject),
            decision: line.decision.as_deref(),
            grounds: grounds.collect(),
            again: false,
        })
    }

    fn past(world: &World<'_>, history: &History, line: &'l PastLine) -> Option<Talk<'l>> {
        let kind = world.pack.subjects.iter().position(|subject| subject.kind == line.kind)?;
        Some(Talk {
            id: &line.id,
            action: &line.action,
            holder: holder(world, history, kind, &line.subject),
            decision: line.decision.as_ref(),
            grounds: line.grounds.iter().map(|one| (one.rule.as_str(), one.about.as_str())).collect(),
            again: true,
        })
    }

    /// What stands in the register about it; none: nothing does.
    fn carried(&self, pack: &Pack, book: &RegisterBook, talks: &HeldTalks) -> Option<Carried> {
        let (answers, action) = (&pack.answers, &pack.actions[book.action].name);
        let proposed = self.action == action;
        let held = talks.held(self);
        let agreed = self.decision.is_some_and(|given| given.is_to(answers, self.action, action));
        let decided = self.decision.is_some_and(|given| answers.decides(given.opinion()));
        let advance = match (agreed, decided) {
            (true, _) => Some(if held.is_some() { HELD } else { TO_HOLD }),
            (false, true) => None,
            (false, false) => Some(UNDECIDED),
        };
        let open = matches!(advance, Some(UNDECIDED | TO_HOLD));
        let shown = (proposed || agreed) && (open || !self.again);
        shown.then(|| Carried { id: self.id.to_owned(), advance, held: held.filter(|_| agreed) })
    }
}

/// HeldTalks by line id, and members with a talk of the year that names no line; each with its last day.
struct HeldTalks {
    by_line: BTreeMap<String, NaiveDate>,
    free: BTreeMap<Subject, NaiveDate>,
}

impl HeldTalks {
    fn new(world: &World<'_>, book: &RegisterBook, history: &History, to_enter: &[Talk<'_>]) -> Result<Self, Error> {
        let mut talks = HeldTalks { by_line: BTreeMap::new(), free: BTreeMap::new() };
        talks.entered(world, book, history, to_enter);
        let counts = world.truths(Entity::Row(book.talks), &book.talk_when)?;
        let kind = world.pack.membership.member;
        let place = (book.talks, book.talk_date.as_str());
        each_talk(world, place, [&book.talk_line], |TalkRow { row, day, holder, texts: [line] }| {
            match (line, holder) {
                (Some(line), _) => later(&mut talks.by_line, line.into_owned(), day),
                (None, Some(index)) if counts[row] => later(&mut talks.free, Subject { kind, index }, day),
                _ => {}
            }
        });
        Ok(talks)
    }

    /// Those that stand filled in in the register itself: for the lines that a row named when it came back, and, in the
    /// row of the very person, for those of the same run that have joined them there.
    fn entered(&mut self, world: &World<'_>, book: &RegisterBook, history: &History, to_enter: &[Talk<'_>]) {
        let Some(column) = book.answer_columns.iter().find(|column| column.is_date) else { return };
        for entered in history.entered.iter().filter(|entered| entered.year == world.data.year) {
            let Some(day) = entered.filled.get(&column.name).and_then(|day| date::day(day)) else { continue };
            let own = |talk: &&Talk<'_>| {
                let (kind, id) = talk.holder.id(world.data);
                id == entered.subject && world.pack.subjects[kind].kind == entered.kind
            };
            let named = |talk: &&Talk<'_>| entered.lines.iter().any(|line| line.id == talk.id);
            let runs: Vec<bool> = to_enter.iter().filter(own).filter(named).map(|talk| talk.again).collect();
            let joined = to_enter.iter().filter(own).filter(|talk| runs.contains(&talk.again)).map(|talk| talk.id);
            for id in joined.chain(entered.lines.iter().map(|line| line.id.as_str())) {
                later(&mut self.by_line, id.to_owned(), day);
            }
        }
    }

    /// The day on which the talk was held.
    fn held(&self, talk: &Talk<'_>) -> Option<NaiveDate> {
        let free = || match &talk.holder {
            Holder::Known(subject) => self.free.get(subject),
            Holder::Left { .. } => None,
        };
        self.by_line.get(talk.id).or_else(free).copied()
    }
}
