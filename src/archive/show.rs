//! `archive show`: what has been decided and what is still open, for the terminal.

use std::fmt::Write;

use chrono::NaiveDate;

use super::docket::{Docket, State};
use super::error::Error;
use super::open::Archive;
use super::periods::Running;
use super::read::DocketLine;
use super::stored::in_words;
use super::tasks::{Due, Standing};
use super::workdays::Calendar;

impl Archive {
    /// The text of `archive show`; with `as_of` it also says what is overdue on that day.
    pub fn show(&self, as_of: Option<NaiveDate>, calendar: &Calendar) -> Result<String, Error> {
        let mut text = String::new();
        // Writing to a String does not fail.
        let _ = self.write_show(&mut text, as_of, calendar)?;
        Ok(text)
    }

    fn write_show(
        &self,
        out: &mut String,
        as_of: Option<NaiveDate>,
        calendar: &Calendar,
    ) -> Result<std::fmt::Result, Error> {
        let tail = self.tail()?;
        let standings = self.standings()?;
        let dockets = &standings.dockets;
        let open = self.unsettled()?.len();
        Ok((|| {
            writeln!(out, "档案 {}：{} 条记录", self.path.display(), tail.number)?;
            if tail.number > 0 {
                writeln!(out, "链值 {}", tail.chain)?;
            }
            for fault in self.faults() {
                writeln!(out, "警告：档案已损坏或被改动：{fault}")?;
            }
            if open > 0 {
                writeln!(out, "另有 {open} 次登记尚未确认是否发布（发布目录当前无法访问），其事项不计在内")?;
            }
            if dockets.is_empty() {
                writeln!(out, "尚无已发布的运行")?;
            }
            for docket in dockets {
                write_docket(out, docket)?;
            }
            write_due(out, &standings.tasks(as_of, calendar), as_of, calendar)?;
            write_periods(out, &standings.periods(), as_of)
        })())
    }
}

fn write_docket(out: &mut String, docket: &Docket) -> std::fmt::Result {
    let past = &docket.past;
    writeln!(out, "\n{}年{}（基准日 {}）：共 {} 项", past.year, past.run.title(), past.as_of, docket.lines.len())?;
    let words = &past.vocabulary;
    for (name, _) in &docket.lists {
        let of_list: Vec<&DocketLine> = docket.lines.iter().filter(|line| line.list == *name).collect();
        if of_list.is_empty() {
            continue;
        }
        write!(out, "  {name} {} 项：", of_list.len())?;
        for word in [&words.agree, &words.refuse, &words.change, &words.defer] {
            let said = |line: &&&DocketLine| line.past.decision.as_ref().is_some_and(|given| given.opinion() == word);
            write!(out, "{word} {}，", of_list.iter().filter(said).count())?;
        }
        let count = |state| of_list.iter().filter(|line| docket.state(line) == state).count();
        let stale = count(State::Stale);
        if stale > 0 {
            write!(out, "依据已变待重新审定 {stale}，")?;
        }
        writeln!(out, "未答复 {}", count(State::Unanswered))?;
    }
    let sections = [
        ("已决定", State::Decided),
        ("缓议", State::Deferred),
        ("依据已变，请重新审定", State::Stale),
        ("未答复", State::Unanswered),
    ];
    for (title, state) in sections {
        let mut lines = docket.lines.iter().filter(|line| docket.state(line) == state).peekable();
        if lines.peek().is_some() {
            writeln!(out, "  {title}")?;
        }
        for line in lines {
            write!(out, "    {} {}", line.past.id, line.past.name)?;
            if let Some(decision) = &line.past.decision {
                write!(out, "：{}", in_words(decision))?;
            }
            writeln!(out, "{}", if line.adopted { "（沿用半年决定）" } else { "" })?;
        }
    }
    if !docket.withdrawn.is_empty() {
        writeln!(out, "  已审定，但重新运行后不再提出")?;
        for line in &docket.withdrawn {
            let decided = line.decision.as_ref().map(in_words).unwrap_or_default();
            writeln!(out, "    {} {}：{decided}", line.id, line.name)?;
        }
    }
    Ok(())
}

/// 督办: what is done needs no looking after.
fn write_due(out: &mut String, due: &[Due], as_of: Option<NaiveDate>, calendar: &Calendar) -> std::fmt::Result {
    let open: Vec<&Due> = due.iter().filter(|due| due.standing != Standing::Done).collect();
    if open.is_empty() {
        return Ok(());
    }
    let count = |standing| open.iter().filter(|due| due.standing == standing).count();
    match as_of {
        Some(day) => writeln!(
            out,
            "\n督办（截至 {day}，逾期 {} 项，将到期 {} 项）",
            count(Standing::Overdue),
            count(Standing::Soon)
        )?,
        None => writeln!(out, "\n督办（共 {} 项；用 --as-of 指明日期可知是否到期）", open.len())?,
    }
    if !calendar.is_given() {
        writeln!(out, "  没有提供节假日表（--holidays），工作日按周一至周五计")?;
    }
    for due in open {
        writeln!(out, "    {} {}：{}", due.line, due.subject, due.in_words())?;
    }
    Ok(())
}

/// 影响期: as of a day those under it, and those of whom it is not known.
fn write_periods(out: &mut String, periods: &[Running], as_of: Option<NaiveDate>) -> std::fmt::Result {
    let Some(day) = as_of else { return Ok(()) };
    let told: Vec<&Running> = periods.iter().filter(|one| one.from.is_none() || one.runs(day)).collect();
    if told.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n影响期（截至 {day}）")?;
    for one in told {
        writeln!(out, "    {} {}：{}，{}", one.subject, one.name, one.days(), one.by)?;
    }
    Ok(())
}
