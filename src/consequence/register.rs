//! The register of talks: which file each talk is entered in, and how far it has come.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::{Flag, Line, RegisterEntry, Subject};
use crate::fact::history::PastLine;
use crate::fact::{Decision, Error, History, Texts, World};
use crate::pack::{Entity, Pack, RegisterBook, Run};
use crate::table::date;

/// Entries for all lines that propose the register's action or were decided to be done by it, in register order of
/// subject, then file. An annual run shows those of its half-year again that are still to be held.
///
/// # Errors
/// As [`World::new`].
pub fn entries(
    world: &World<'_>,
    history: &History,
    lines: &[Line],
    run: Run,
    year: i32,
) -> Result<Vec<RegisterEntry>, Error> {
    let Some(book) = &world.pack.register else { return Ok(Vec::new()) };
    let talks = Talks::new(world, book)?;
    let mut found: BTreeMap<(Subject, usize), Vec<Carried>> = BTreeMap::new();
    let earlier = history.lines.values().filter(|line| (line.year, line.run) == (year, Run::HalfYear));
    let earlier = earlier.filter(|_| run == Run::Annual).filter_map(|line| Talk::past(world, line));
    for talk in lines.iter().filter_map(|line| Talk::now(world.pack, line)).chain(earlier) {
        let Some(carried) = talk.carried(world.pack, book, &talks) else { continue };
        for (file, definition) in book.files.iter().enumerate() {
            if definition.of == talk.subject.kind && definition.rules.is_empty() {
                found.entry((talk.subject, file)).or_default().push(carried.clone());
            }
            // Entered for the unit that the line came through.
            for (_, about) in talk.grounds.iter().filter(|(rule, _)| definition.rules.iter().any(|one| one == rule)) {
                let Some(index) = world.data.registers[definition.of].find(about) else { continue };
                let lines = found.entry((Subject { kind: definition.of, index }, file)).or_default();
                if !lines.iter().any(|known| known.id == carried.id) {
                    lines.push(carried.clone());
                }
            }
        }
    }
    Ok(found.into_iter().map(|((subject, file), lines)| entry(world, history, book, (subject, file), lines)).collect())
}

fn entry(
    world: &World<'_>,
    history: &History,
    book: &RegisterBook,
    (subject, file): (Subject, usize),
    lines: Vec<Carried>,
) -> RegisterEntry {
    let states = [&book.states.undecided, &book.states.to_hold, &book.states.done];
    let ids: Vec<String> = lines.iter().map(|line| line.id.clone()).collect();
    // The least advanced of its lines; dropped only when all are.
    let least = lines.iter().filter_map(|line| line.advance).min();
    let id = &world.data.registers[subject.kind].ids[subject.index as usize];
    let kind = &world.pack.subjects[subject.kind].kind;
    let key = (kind.clone(), id.clone(), book.files[file].name.clone());
    // What stands there about other lines alone is about another talk.
    let own = history.entered.iter().find(|entered| {
        (&entered.kind, &entered.subject, &entered.file) == (&key.0, &key.1, &key.2) && entered.year == world.data.year
    });
    let other = own.is_some_and(|own| !own.lines.is_empty() && !own.names(ids.iter().map(String::as_str)));
    let mut answers = if other { Vec::new() } else { history.register.get(&key).cloned().unwrap_or_default() };
    let column = book.answer_columns.iter().find(|column| column.is_date).map(|column| &column.name);
    // Known from the talks, once all that the row names have been held.
    let held = lines.iter().filter(|line| line.advance.is_some()).map(|line| line.held).max().flatten();
    if let (Some(column), Some(day), Some(HELD)) = (column, held, least)
        && !answers.iter().any(|(name, _)| name == column)
    {
        answers.insert(0, (column.clone(), day.to_string()));
    }
    RegisterEntry {
        file,
        subject,
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
    subject: Subject,
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
            subject: line.subject,
            decision: line.decision.as_deref(),
            grounds: grounds.collect(),
            again: false,
        })
    }

    fn past(world: &World<'_>, line: &'l PastLine) -> Option<Talk<'l>> {
        let kind = world.pack.subjects.iter().position(|subject| subject.kind == line.kind)?;
        let index = world.data.registers[kind].find(&line.subject)?;
        Some(Talk {
            id: &line.id,
            action: &line.action,
            subject: Subject { kind, index },
            decision: line.decision.as_ref(),
            grounds: line.grounds.iter().map(|one| (one.rule.as_str(), one.about.as_str())).collect(),
            again: true,
        })
    }

    /// What stands in the register about it; none: nothing does.
    fn carried(&self, pack: &Pack, book: &RegisterBook, talks: &Talks) -> Option<Carried> {
        let (answers, action) = (&pack.answers, &pack.actions[book.action].name);
        let proposed = self.action == action;
        let held = talks.held(self);
        let agreed =
            self.decision.is_some_and(|given| given.is_to(&answers.agree, &answers.change, self.action, action));
        let decided = self.decision.is_some_and(|given| given.opinion != answers.defer);
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

/// Talks by line id, and members with a talk of the year that names no line; each with its last day.
struct Talks {
    by_line: BTreeMap<String, NaiveDate>,
    free: BTreeMap<Subject, NaiveDate>,
}

impl Talks {
    fn new(world: &World<'_>, book: &RegisterBook) -> Result<Self, Error> {
        let mut talks = Talks { by_line: BTreeMap::new(), free: BTreeMap::new() };
        let entity = Entity::Row(book.talks);
        let counts = world.truths(entity, &book.talk_when)?;
        let member = world.pack.membership.member;
        let frame = &world.data.tables[book.talks].frame;
        let (line, holder) = (Texts::of(frame, &book.talk_line), world.refers(entity, member));
        let days = Texts::of(frame, &book.talk_date);
        for (row, counts) in counts.into_iter().enumerate() {
            let day = days.as_ref().and_then(|days| days.at(row)).and_then(|day| date::day(&day));
            // A talk has a day: its column is required.
            let Some(day) = day else { continue };
            match line.as_ref().and_then(|line| line.at(row)) {
                Some(line) => {
                    let known = talks.by_line.entry(line.into_owned()).or_insert(day);
                    *known = day.max(*known);
                }
                None if counts => {
                    let held = holder.as_ref().and_then(|holder| holder.get(row));
                    if let Some(index) = held {
                        let known = talks.free.entry(Subject { kind: member, index }).or_insert(day);
                        *known = day.max(*known);
                    }
                }
                None => {}
            }
        }
        Ok(talks)
    }

    /// The day on which the talk was held.
    fn held(&self, talk: &Talk<'_>) -> Option<NaiveDate> {
        self.by_line.get(talk.id).or_else(|| self.free.get(&talk.subject)).copied()
    }
}
