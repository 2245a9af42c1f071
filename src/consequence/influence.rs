//! Influence periods: who was admonished not long ago, told where somebody is proposed for something good.
//!
//! What is told changes no proposal: people decide.

use std::borrow::Cow;
use std::collections::BTreeMap;

use chrono::{Months, NaiveDate};
use rayon::prelude::*;

use super::{Flag, Line, Subject, TalkHeld};
use crate::fact::system::find;
use crate::fact::{Decision, Error, History, Texts, World};
use crate::pack::{Entity, Influence, InfluenceTalk, Talks};
use crate::table::date;

/// One measure that has an influence.
pub struct Influencing {
    /// Its day; none: nobody has entered one.
    from: Option<NaiveDate>,
    of_year: OfYear,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum OfYear {
    Yes,
    May,
    No,
}

/// The measures by whom they reached.
pub type Measures = BTreeMap<Subject, Vec<Influencing>>;

/// Per influence of the pack what the measures are that have it.
pub fn all(world: &World<'_>, history: &History, lines: &[Line]) -> Result<Vec<Measures>, Error> {
    world.pack.influences.iter().map(|influence| measures(world, history, influence, lines)).collect()
}

/// Adds what is to be told about influence periods to the lines' hints.
pub fn tell(world: &World<'_>, all: &[Measures], lines: &mut [Line]) {
    for (influence, known) in world.pack.influences.iter().zip(all) {
        let months = world.literals.get(&influence.months).and_then(|months| months.number());
        let months = months.unwrap_or_default() as u32;
        lines.par_iter_mut().for_each(|line| {
            let Some(measures) = known.get(&line.subject) else { return };
            if influence.on.contains(&line.action) {
                line.hints.extend(running(influence, measures, months, world.data.as_of));
            }
            if influence.on_of_year.contains(&line.action) {
                line.hints.extend(of_year(influence, measures));
            }
        });
    }
}

/// The period that ends last, if it runs past the day; and that one of unknown date may.
fn running(influence: &Influence, measures: &[Influencing], months: u32, as_of: NaiveDate) -> Vec<String> {
    let periods = measures.iter().filter_map(|measure| {
        let from = measure.from?;
        Some((end(from, months)?, from))
    });
    let last = periods.max().filter(|(to, _)| *to > as_of);
    let text = last.map(|(to, from)| {
        influence.texts.running.replace("{from}", &from.to_string()).replace("{to}", &to.to_string())
    });
    let undated = measures.iter().any(|measure| measure.from.is_none()).then(|| influence.texts.undated.clone());
    text.into_iter().chain(undated).collect()
}

/// The same day so many months later, or that month's last.
pub fn end(from: NaiveDate, months: u32) -> Option<NaiveDate> {
    from.checked_add_months(Months::new(months))
}

fn of_year(influence: &Influence, measures: &[Influencing]) -> Vec<String> {
    let texts = [(OfYear::Yes, &influence.texts.of_year), (OfYear::May, &influence.texts.may_be_of_year)];
    let told = texts.into_iter().filter_map(|(kind, text)| {
        let of_kind: Vec<&Influencing> = measures.iter().filter(|measure| measure.of_year == kind).collect();
        let mut days: Vec<String> = of_kind.iter().filter_map(|one| one.from.map(|day| day.to_string())).collect();
        days.sort_unstable();
        days.dedup();
        let dates = if days.is_empty() { String::new() } else { format!("（{}）", days.join("、")) };
        (!of_kind.is_empty()).then(|| format!("{text}{dates}"))
    });
    told.collect()
}

/// What was talked and what was agreed, by subject.
fn measures(world: &World<'_>, history: &History, influence: &Influence, lines: &[Line]) -> Result<Measures, Error> {
    let (pack, data) = (world.pack, world.data);
    let mut found = Measures::new();
    // The day of the talk that carries a line out, whether or not it is past the as-of date.
    let mut held: BTreeMap<String, NaiveDate> = BTreeMap::new();
    if let Some((talks, talk)) = pack.talks.as_ref().zip(influence.by_talk()) {
        talked(world, talks, talk, &mut found, &mut held)?;
    }
    let mut agreed = |subject: Subject, id: &str, year: i32, action: &str, decision: Option<&Decision>| {
        let answers = &pack.answers;
        if decision.is_some_and(|given| given.is_to(answers, action, &influence.action)) {
            let decided = decision.and_then(|decision| date::day(decision.date()));
            let from = held.get(id).copied().or(decided);
            let of_year = if year == data.year { OfYear::Yes } else { OfYear::No };
            found.entry(subject).or_default().push(Influencing { from, of_year });
        }
    };
    for line in history.lines.values() {
        // A line whose decision is its half-year's is no second measure.
        let subject = find(pack, data, &line.kind, &line.subject).filter(|_| line.adopted.is_none());
        if let Some((kind, index)) = subject {
            agreed(Subject { kind, index }, &line.id, line.year, &line.action, line.decision.as_ref());
        }
    }
    for line in lines.iter().filter(|line| !line.flags.contains(&Flag::DecidedAtHalfYear)) {
        agreed(line.subject, &line.id, data.year, &pack.actions[line.action].name, line.decision.as_deref());
    }
    Ok(found)
}

/// Keeps the last day of each.
pub fn later<K: Ord>(days: &mut BTreeMap<K, NaiveDate>, key: K, day: NaiveDate) {
    days.entry(key).and_modify(|known| *known = day.max(*known)).or_insert(day);
}

/// A talk that the input holds, with what stands in some of its columns.
pub struct TalkRow<'t, const COLUMNS: usize> {
    pub row: usize,
    pub day: NaiveDate,
    pub holder: Option<u32>,
    pub texts: [Option<Cow<'t, str>>; COLUMNS],
}

/// Visits the talks of a table of the input that have a day.
pub fn each_talk<const COLUMNS: usize>(
    world: &World<'_>,
    (table, date): (usize, &str),
    columns: [&str; COLUMNS],
    visit: impl FnMut(TalkRow<'_, COLUMNS>),
) {
    let frame = &world.data.tables[table].frame;
    let days = Texts::of(frame, date);
    let columns = columns.map(|name| Texts::of(frame, name));
    let holders = world.refers(Entity::Row(table), world.pack.membership.member);
    let talk = |row: usize| {
        let (day, holder) = (days.as_ref()?.day(row)?, holders.as_ref().and_then(|holders| holders.get(row)));
        let texts = std::array::from_fn(|at| columns[at].as_ref().and_then(|texts| texts.at(row)));
        Some(TalkRow { row, day, holder, texts })
    };
    (0..frame.height()).filter_map(talk).for_each(visit);
}

/// What the input holds of talks of a kind.
fn talked(
    world: &World<'_>,
    talks: &Talks,
    talk: InfluenceTalk<'_>,
    found: &mut Measures,
    held: &mut BTreeMap<String, NaiveDate>,
) -> Result<(), Error> {
    let (entity, kind) = (Entity::Row(talks.table), world.pack.membership.member);
    let (of_year, may) = (world.truths(entity, talk.of_year)?, world.truths(entity, talk.may_be_of_year)?);
    let columns = [talks.kind.as_str(), &talks.line];
    each_talk(world, (talks.table, &talks.date), columns, |TalkRow { row, day, holder, texts: [of, line] }| {
        if of.as_deref() != Some(talk.kind) {
            return;
        }
        if let Some(line) = line {
            later(held, line.into_owned(), day);
        }
        if let Some(index) = holder.filter(|_| day <= world.data.as_of) {
            let of_year = match (of_year[row], may[row]) {
                (true, _) => OfYear::Yes,
                (false, true) => OfYear::May,
                (false, false) => OfYear::No,
            };
            found.entry(Subject { kind, index }).or_default().push(Influencing { from: Some(day), of_year });
        }
    });
    Ok(())
}

/// The talks of the run's year up to the as-of date, and those of other years that the table looks back on.
pub fn used(world: &World<'_>) -> Result<Vec<TalkHeld>, Error> {
    let Some(talks) = &world.pack.talks else { return Ok(Vec::new()) };
    let data = world.data;
    let looks_back = match &world.pack.tables[talks.table].looks_back {
        Some(condition) => world.truths(Entity::Row(talks.table), condition)?,
        None => Vec::new(),
    };
    let mut used = Vec::new();
    let columns = [talks.kind.as_str(), &talks.year, &talks.line];
    each_talk(world, (talks.table, &talks.date), columns, |TalkRow { row, day, holder, texts: [kind, year, line] }| {
        let (Some(index), Some(kind)) = (holder, kind) else { return };
        let this_year = chrono::Datelike::year(&day) == data.year && day <= data.as_of;
        if this_year || looks_back.get(row).copied().unwrap_or_default() {
            let subject = Subject { kind: world.pack.membership.member, index };
            let [year, line] = [year, line].map(|text| text.map(Cow::into_owned));
            let was_read = data.was_read(talks.table, row);
            used.push(TalkHeld { subject, day, kind: kind.into_owned(), year, line, was_read });
        }
    });
    used.par_sort_unstable();
    used.dedup();
    used.shrink_to_fit();
    Ok(used)
}
