//! `archive show`: what has been decided and what is still open, for the terminal.

use chrono::NaiveDate;

use super::docket::{Docket, State};
use super::error::Error;
use super::open::Archive;
use super::periods::Running;
use super::read::DocketLine;
use super::stored::in_words;
use super::tasks::{Due, Standing, untold_days};
use super::workdays::Calendar;

impl Archive {
    /// The text of `archive show`; with `as_of` it also says what is overdue on that day.
    pub fn show(&self, as_of: Option<NaiveDate>, calendar: &Calendar) -> Result<String, Error> {
        let (tail, standings, open) = (self.tail()?, self.standings()?, self.unsettled()?.len());
        let mut told = vec![format!("档案 {}：{} 条记录", self.path.display(), tail.number)];
        told.extend((tail.number > 0).then(|| format!("链值 {}", tail.chain)));
        told.extend(self.faults().iter().map(|fault| format!("警告：档案已损坏或被改动：{fault}")));
        told.extend(
            (open > 0).then(|| format!("另有 {open} 次登记尚未确认是否发布（发布目录当前无法访问），其事项不计在内")),
        );
        told.extend(standings.dockets.is_empty().then(|| "尚无已发布的运行".to_owned()));
        told.extend(standings.dockets.iter().flat_map(of_docket));
        told.extend(of_tasks(&standings.tasks(as_of, calendar), as_of, calendar));
        told.extend(of_periods(&standings.periods(), as_of));
        Ok(told.join("\n") + "\n")
    }
}

/// Lines under a title; nothing where there are none.
fn titled(title: String, lines: impl Iterator<Item = String>) -> Vec<String> {
    let told: Vec<String> = std::iter::once(title).chain(lines).collect();
    if told.len() > 1 { told } else { Vec::new() }
}

fn of_docket(docket: &Docket) -> Vec<String> {
    let past = &docket.past;
    let mut told =
        vec![format!("\n{}年{}（基准日 {}）：共 {} 项", past.year, past.run.title(), past.as_of, docket.lines.len())];
    let words = &past.vocabulary.answers;
    for (name, _) in &docket.lists {
        let of_list: Vec<&DocketLine> = docket.lines.iter().filter(|line| line.list == *name).collect();
        if of_list.is_empty() {
            continue;
        }
        let given = |word: &String| {
            let said = |line: &&&DocketLine| line.past.decision.as_ref().is_some_and(|given| given.opinion() == word);
            format!("{word} {}", of_list.iter().filter(said).count())
        };
        let count = |state| of_list.iter().filter(|line| docket.state(line) == state).count();
        let mut counts = [&words.agree, &words.refuse, &words.change, &words.defer].map(given).to_vec();
        let stale = count(State::Stale);
        counts.extend((stale > 0).then(|| format!("依据已变待重新审定 {stale}")));
        counts.push(format!("未答复 {}", count(State::Unanswered)));
        told.push(format!("  {name} {} 项：{}", of_list.len(), counts.join("，")));
    }
    for state in State::ALL {
        let lines = docket.lines.iter().filter(|line| docket.state(line) == state).map(|line| {
            let decided = line.past.decision.as_ref().map(|given| format!("：{}", in_words(given))).unwrap_or_default();
            let adopted = if line.adopted { "（沿用半年决定）" } else { "" };
            format!("    {} {}{decided}{adopted}", line.past.id, line.past.name)
        });
        told.extend(titled(format!("  {}", state.word()), lines));
    }
    let withdrawn = docket.withdrawn.iter().map(|line| {
        format!("    {} {}：{}", line.id, line.name, line.decision.as_ref().map(in_words).unwrap_or_default())
    });
    told.extend(titled("  已审定，但重新运行后不再提出".to_owned(), withdrawn));
    told
}

/// 督办: what is done needs no looking after.
fn of_tasks(due: &[Due], as_of: Option<NaiveDate>, calendar: &Calendar) -> Vec<String> {
    let open = || due.iter().filter(|due| due.standing != Standing::Done);
    let count = |standing| open().filter(|due| due.standing == standing).count();
    let title = match as_of {
        Some(day) => {
            let (overdue, soon) = (count(Standing::Overdue), count(Standing::Soon));
            format!("\n督办（截至 {day}，逾期 {overdue} 项，将到期 {soon} 项）")
        }
        None => format!("\n督办（共 {} 项；用 --as-of 指明日期可知是否到期）", open().count()),
    };
    let days = untold_days(due, calendar).map(|told| format!("\n  {told}（--holidays）")).unwrap_or_default();
    let lines = open().map(|due| format!("    {} {}：{}", due.line, due.subject, due.in_words()));
    titled(format!("{title}{days}"), lines)
}

/// 影响期: as of a day those under it, and those of whom it is not known.
fn of_periods(periods: &[Running], as_of: Option<NaiveDate>) -> Vec<String> {
    let Some(day) = as_of else { return Vec::new() };
    let told = periods.iter().filter(|one| one.from.is_none() || one.runs(day));
    let lines = told.map(|one| format!("    {} {}：{}，{}", one.subject, one.name, one.days(), one.by));
    titled(format!("\n影响期（截至 {day}）"), lines)
}
