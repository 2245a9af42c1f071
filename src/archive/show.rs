//! `archive show`: what has been decided and what is still open, for the terminal.

use std::fmt::Write;

use chrono::NaiveDate;

use super::docket::{Docket, Docketed, State};
use super::error::Error;
use super::open::Archive;
use super::record::in_words;

impl Archive {
    /// The text of `archive show`; with `as_of` it also says what is overdue on that day.
    pub fn show(&self, as_of: Option<NaiveDate>) -> Result<String, Error> {
        let mut text = String::new();
        // Writing to a String does not fail.
        let _ = self.write_show(&mut text, as_of)?;
        Ok(text)
    }

    fn write_show(&self, out: &mut String, as_of: Option<NaiveDate>) -> Result<std::fmt::Result, Error> {
        let tail = self.tail()?;
        let dockets = self.dockets(as_of)?;
        let open = self.unsettled()?.len();
        let faults = self.verify()?;
        Ok((|| {
            writeln!(out, "档案 {}：{} 条记录", self.path.display(), tail.number)?;
            if tail.number > 0 {
                writeln!(out, "链值 {}", tail.chain)?;
            }
            for fault in &faults {
                writeln!(out, "警告：档案已损坏或被改动：{fault}")?;
            }
            if open > 0 {
                writeln!(out, "另有 {open} 次登记尚未确认是否发布（发布目录当前无法访问），其事项不计在内")?;
            }
            if dockets.is_empty() {
                writeln!(out, "尚无已发布的运行")?;
            }
            for docket in &dockets {
                write_docket(out, docket, as_of)?;
            }
            Ok(())
        })())
    }
}

/// A heading and the lines that stand under it.
type Section = (&'static str, fn(&Docketed) -> bool);

fn write_docket(out: &mut String, docket: &Docket, as_of: Option<NaiveDate>) -> std::fmt::Result {
    let past = &docket.past;
    writeln!(out, "\n{}年{}（基准日 {}）：共 {} 项", past.year, past.run.title(), past.as_of, docket.lines.len())?;
    let words = &past.vocabulary;
    for (name, _) in &docket.lists {
        let of_list: Vec<&Docketed> = docket.lines.iter().filter(|docketed| docketed.line.list == *name).collect();
        if of_list.is_empty() {
            continue;
        }
        let count = |word: &str| {
            of_list
                .iter()
                .filter(|docketed| docketed.line.past.decision.as_ref().is_some_and(|d| d.opinion == word))
                .count()
        };
        write!(out, "  {name} {} 项：", of_list.len())?;
        for word in [&words.agree, &words.refuse, &words.change, &words.defer] {
            write!(out, "{word} {}，", count(word))?;
        }
        let stale = of_list.iter().filter(|docketed| docketed.state == State::Stale).count();
        if stale > 0 {
            write!(out, "依据已变待重新审定 {stale}，")?;
        }
        writeln!(out, "未答复 {}", of_list.iter().filter(|docketed| docketed.state == State::Unanswered).count())?;
    }
    let sections: [Section; 5] = [
        ("已决定", |docketed| docketed.state == State::Decided),
        ("缓议", |docketed| docketed.state == State::Deferred),
        ("依据已变，请重新审定", |docketed| docketed.state == State::Stale),
        ("未答复", |docketed| docketed.state == State::Unanswered),
        ("待办结", |docketed| docketed.task.as_ref().is_some_and(super::docket::Task::is_open)),
    ];
    for (title, wanted) in sections {
        let lines: Vec<&Docketed> = docket.lines.iter().filter(|docketed| wanted(docketed)).collect();
        if lines.is_empty() {
            continue;
        }
        match as_of.filter(|_| title == "待办结") {
            Some(day) => writeln!(
                out,
                "  {title}（截至 {day}，逾期 {} 项）",
                lines.iter().filter(|d| d.task.as_ref().is_some_and(|t| t.overdue)).count()
            )?,
            None => writeln!(out, "  {title}")?,
        }
        for docketed in lines {
            let line = &docketed.line;
            write!(out, "    {} {}", line.past.id, line.subject_name)?;
            match (&line.past.decision, &docketed.task) {
                (_, Some(task)) if title == "待办结" => write!(out, "：{}", task.in_words())?,
                (Some(decision), _) => write!(out, "：{}", in_words(decision))?,
                _ => {}
            }
            writeln!(out, "{}", if line.adopted { "（沿用半年决定）" } else { "" })?;
        }
    }
    if !docket.withdrawn.is_empty() {
        writeln!(out, "  已审定，但重新运行后不再提出")?;
        for line in &docket.withdrawn {
            writeln!(out, "    {} {}：{}", line.id, line.subject_name, in_words(&line.decision))?;
        }
    }
    Ok(())
}
