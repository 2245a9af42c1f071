//! Reads a row's answer and weighs it against what the archive holds.

use super::fault::{IntakeFault, ReturnedRow};
use super::rows::FilledCell;
use crate::archive::registration::{RegisteredLine, RegisteredList, Vocabulary};
use crate::fact::Decision;
use crate::fact::history::Pairs;
use crate::pack::{Answers, printed};
use crate::table::text;

/// A row while its answer is read; faults go to `faults`.
pub(super) struct Reader<'a> {
    pub row: ReturnedRow<'a>,
    pub faults: &'a mut Vec<IntakeFault>,
}

impl Reader<'_> {
    fn fault(&mut self, column: &str, reason: String, remedy: &str) {
        self.faults.push(self.row.fault(column, reason, remedy));
    }

    /// An answer that is none of those allowed.
    fn outside(&mut self, column: &str, allowed: &[impl AsRef<str>], given: &str, remedy: &str) {
        let reason = format!("「{column}」只能是{}，现为「{given}」", text::quoted(allowed));
        self.fault(column, reason, remedy);
    }

    /// A filled answer cell, if it has a value that could be taken.
    fn cell(&mut self, column: &str) -> Option<&FilledCell> {
        let cell = self.row.get(column)?;
        if let Some(broken) = &cell.broken {
            self.fault(column, format!("「{column}」{broken}"), "改成实际内容并使它照实显示，没有就清空");
            return None;
        }
        Some(cell)
    }

    /// A filled answer cell as shown.
    fn text(&mut self, column: &str) -> String {
        self.cell(column).map(|cell| cell.shown.clone()).unwrap_or_default()
    }

    fn day(&mut self, column: &str) -> String {
        let Some((day, shown)) = self.cell(column).map(|cell| (cell.day, cell.shown.clone())) else {
            return String::new();
        };
        match day {
            Some(day) => day.to_string(),
            None => {
                let reason = format!("「{column}」不是日期：「{shown}」");
                self.fault(column, reason, "改成1950年以后实际存在的日期，例如 2015-07-10，没有就清空");
                String::new()
            }
        }
    }

    /// What is filled in, by column; words of a set as they are compared.
    pub(super) fn filled(&mut self, list: &RegisteredList) -> Pairs {
        let mut filled = Pairs::new();
        for (name, is_date) in list.answers() {
            let given = match name {
                printed::OPINION | printed::METHOD => text::key(&self.text(name)),
                _ if is_date => self.day(name),
                _ => self.text(name),
            };
            if !given.is_empty() {
                filled.insert(name.to_owned(), given);
            }
        }
        filled
    }

    /// The answer to a line; none where the row has none or a faulty one.
    pub(super) fn decision(
        &mut self,
        line: &RegisteredLine<'_>,
        list: &RegisteredList,
        words: &Vocabulary,
    ) -> Option<Decision> {
        let before = self.faults.len();
        let mut given = Decision(self.filled(list));
        if given.opinion().is_empty() {
            // A value that is none has been told of already.
            if self.row.get(printed::OPINION).is_some() {
                return None;
            }
            let filled = list.answers().map(|(name, _)| name).filter(|name| self.row.get(name).is_some());
            let filled: Vec<&str> = filled.collect();
            if !filled.is_empty() {
                let reason = format!("填了{}，但没有「委员会意见」", text::quoted(&filled));
                self.fault(printed::OPINION, reason, "填上委员会意见，或清空该行的其他答复");
            }
            return None;
        }
        let Some(opinion) = words.answers.all().into_iter().find(|word| text::key(word) == given.opinion()) else {
            self.outside(printed::OPINION, &words.answers.all(), given.opinion(), "从下拉列表中选择，或清空");
            self.method_of_none(line, words, given.method());
            return None;
        };
        if let Some(method) = self.method(line, words, opinion, given.method())? {
            given.0.insert(printed::METHOD.to_owned(), method);
        }
        given.0.insert(printed::OPINION.to_owned(), opinion.to_owned());
        (self.faults.len() == before).then_some(given)
    }

    /// A 决定方式 beside an opinion that is none: it must be one that goes with some opinion.
    fn method_of_none(&mut self, line: &RegisteredLine<'_>, words: &Vocabulary, given: &str) {
        let mut known = words.methods.iter().chain(&*line.options).map(String::as_str).chain([&*line.action]);
        if !given.is_empty() && !known.any(|method| text::key(method) == given) {
            self.outside(printed::METHOD, &words.methods, given, "从中选择一种，或清空");
        }
    }

    /// The 决定方式 as the pack writes it, where one is given; none where that or its lack does not go with the opinion.
    fn method(
        &mut self,
        line: &RegisteredLine<'_>,
        words: &Vocabulary,
        opinion: &str,
        given: &str,
    ) -> Option<Option<String>> {
        let action = [line.action.to_string()];
        let (allowed, required): (&[String], bool) = if opinion == words.answers.change {
            (&words.methods, true)
        } else if opinion == words.answers.agree {
            if line.options.is_empty() { (&action, false) } else { (&*line.options, line.options.len() > 1) }
        } else {
            (&[], false)
        };
        if given.is_empty() {
            if required {
                let reason = format!("意见为「{opinion}」，必须填「决定方式」（{}）", text::quoted(allowed));
                self.fault(printed::METHOD, reason, "从中选择一种");
                return None;
            }
            return Some(None);
        }
        let found = allowed.iter().find(|method| text::key(method) == given);
        if found.is_none() {
            let remedy = match allowed {
                _ if opinion == words.answers.change => "从中选择一种",
                [] => "清空决定方式，或改填委员会意见",
                _ => "从中选择一种；要改作别的处理，委员会意见填「变更」",
            };
            if allowed.is_empty() {
                let reason = format!("意见为「{opinion}」，「决定方式」应当空白，现为「{given}」");
                self.fault(printed::METHOD, reason, remedy);
            } else {
                self.outside(printed::METHOD, allowed, given, remedy);
            }
        }
        found.cloned().map(Some)
    }
}

/// What a given answer does to the one that counts.
#[derive(Debug, PartialEq)]
pub(super) enum Weighed {
    Same,
    /// First given, completed, or given after 缓议.
    New(Pairs),
    /// Replaces what was decided: column, what the archive holds, what is given now.
    Differs(Pairs, Vec<(String, String, String)>),
}

/// Weighs what is filled in against what counts there: of a line, what was answered on the same 核对码.
pub(super) fn weigh(words: &Answers, current: Option<&Pairs>, given: Pairs) -> Weighed {
    let Some(current) = current else { return Weighed::New(given) };
    let opinion = current.get(printed::OPINION);
    let merged = if opinion == given.get(printed::OPINION) { all_of(current, &given) } else { given.clone() };
    if merged == *current {
        return Weighed::Same;
    }
    let differences = differences(current, &given);
    if opinion == Some(&words.defer) || differences.is_empty() {
        return Weighed::New(merged);
    }
    Weighed::Differs(merged, differences)
}

/// Two answers to one line as one: each may be blank where the other is not; none where they contradict each other.
pub(super) fn united(one: &Pairs, other: &Pairs) -> Option<Pairs> {
    differences(one, other).is_empty().then(|| all_of(one, other))
}

/// A blank is no answer: it leaves what was said before. Blanks inside a text are no difference.
fn all_of(current: &Pairs, given: &Pairs) -> Pairs {
    let mut all = current.clone();
    for (name, filled) in given {
        if all.get(name).is_none_or(|held| text::key(held) != text::key(filled)) {
            all.insert(name.clone(), filled.clone());
        }
    }
    all
}

/// Where both say something and not the same.
fn differences(current: &Pairs, given: &Pairs) -> Vec<(String, String, String)> {
    given
        .iter()
        .filter_map(|(name, new)| {
            let old = current.get(name)?;
            (text::key(old) != text::key(new)).then(|| (name.clone(), old.clone(), new.clone()))
        })
        .collect()
}
