//! Whom the rows are about and whom they name, as faults of rows.

use std::collections::HashMap;

use crate::finding::{Code, Flaw};
use crate::pack::{self, ColumnKind};

use super::column::ReadContent;
use super::directory::Who;
use super::judge::Work;
use super::refer::{ColumnFlaw, Matcher};
use super::{Mention, alike, text};

impl Work<'_> {
    /// A row of another year that still counts, about somebody who has left: not to vanish without a word.
    pub(super) fn tell_gone(&mut self, row: usize) {
        if !self.gone[row] {
            return;
        }
        let filled = |at: &usize| !self.rows.cells[*at].is_blank(row);
        let columns = self.table.references.iter().rev().flat_map(|reference| [reference.id, reference.label]);
        let Some(column) = columns.into_iter().find(filled) else { return };
        let flaw = Flaw::warning(
            Code::UnknownSubject,
            "往年的记录，所指的人或单位已不在名册上，本次不采用",
            "请核实此人或单位是否确已离任、撤并；仍应处理的，请补入名册后重新运行",
        );
        self.put(row, (column, flaw));
    }

    /// Tells whom every row is about, and which rows of other years are about people who have left.
    pub(super) fn resolve(&mut self) {
        let count = self.rows.origin.len();
        for reference in &self.table.references {
            let matcher = Matcher::new(self.world.pack, self.index, reference, self.directories, &self.rows.cells);
            let applies = self.applies(reference);
            let needed = reference.when.is_some()
                || [reference.id, reference.label]
                    .iter()
                    .any(|at| self.table.columns[*at].required || self.table.columns[*at].one_of.is_some());
            let mut whos = vec![None; count];
            for row in 0..count {
                let applies = applies.as_ref().map_or(Applies::Yes, |applies| applies[row]);
                if applies == Applies::No && reference.within.is_none() {
                    continue;
                }
                let resolved = matcher.resolve(row, self.past[row]);
                // The row is not about the person who stands there all the same; a wrong one is a fault nevertheless.
                if applies == Applies::No {
                    if let Some(flaw) = resolved.flaw.filter(|(_, flaw)| flaw.code != Code::RegisterRejected) {
                        self.put(row, flaw);
                    }
                    continue;
                }
                whos[row] = resolved.who;
                // Where it cannot be told whom the row speaks of, only the names are of interest.
                if applies == Applies::Unknown {
                    whos[row] = resolved.who.filter(|_| resolved.flaw.is_none() && !self.has_narrower(reference, row));
                    continue;
                }
                self.gone[row] |= resolved.gone;
                if let Some(flaw) = resolved.flaw {
                    self.put(row, flaw);
                } else if resolved.blank
                    && needed
                    && !self.table.columns[reference.label].required
                    && !self.table.columns[reference.id].required
                {
                    self.put(row, self.missing_reference(reference));
                }
            }
            self.whos.push(whos);
        }
    }

    /// Whether a reference concerns a row, by the column that says so.
    fn applies(&self, reference: &pack::Reference) -> Option<Vec<Applies>> {
        let (column, value) = reference.when.as_ref()?;
        let ColumnKind::Choice { values, .. } = &self.table.columns[*column].kind else { return None };
        let cells = &self.rows.cells[*column];
        let judged: Vec<Applies> = cells
            .entries()
            .map(|entry| match entry.content {
                ReadContent::Good(_) if entry.choice().and_then(|at| values.get(at)) == Some(value) => Applies::Yes,
                ReadContent::Good(_) => Applies::No,
                _ => Applies::Unknown,
            })
            .collect();
        Some(cells.codes.iter().map(|code| judged[*code as usize]).collect())
    }

    /// A person is named for whom this reference's columns only say the unit.
    fn has_narrower(&self, reference: &pack::Reference, row: usize) -> bool {
        self.table.references.iter().any(|other| {
            other.within.is_some_and(|(_, id, label)| id == reference.id || label == reference.label)
                && [other.id, other.label].iter().any(|at| !self.rows.cells[*at].is_blank(row))
        })
    }

    fn missing_reference(&self, reference: &pack::Reference) -> ColumnFlaw {
        let (id, label) = (self.name(reference.id), self.name(reference.label));
        let mut reason =
            format!("{label}和{id}都未填写，无法确定是哪一个{}", self.world.pack.subjects[reference.subject].name);
        if let Some((column, value)) = &reference.when {
            reason = format!("{}为「{value}」，但{reason}", self.name(*column));
        }
        (reference.label, Flaw::rejected(Code::Missing, reason, format!("请填写{id}，或填写{label}")))
    }

    /// The people named in a cell: by id from anywhere, by name only from the row's own unit.
    pub(super) fn mentions(&mut self) -> HashMap<usize, Vec<Vec<Mention>>> {
        let mut all = HashMap::new();
        let membership = &self.world.pack.membership;
        for (at, column) in self.table.columns.iter().enumerate() {
            let ColumnKind::People { subject: kind, separators } = &column.kind else { continue };
            let directory = &self.directories[*kind];
            let of_unit = self
                .table
                .references
                .iter()
                .position(|reference| reference.subject == membership.unit)
                .filter(|_| *kind == membership.member);
            let mut mentions: Vec<Vec<Mention>> = vec![Vec::new(); self.rows.origin.len()];
            for (row, named) in mentions.iter_mut().enumerate() {
                let Some(given) = self.rows.cells[at].text(row) else { continue };
                let unit = of_unit.map(|reference| self.whos[reference][row].and_then(Who::known));
                for piece in given.split(|c| separators.contains(c) || matches!(c, '\n' | '\r')) {
                    let key = text::key(piece);
                    if key.is_empty() {
                        continue;
                    }
                    let fitting: Vec<Who> = match directory.by_id(&key) {
                        Some(who) => vec![who],
                        None => directory
                            .by_name(&key)
                            .iter()
                            .copied()
                            .filter(|who| match unit {
                                None => true,
                                Some(None) => false,
                                Some(Some(unit)) => directory.may_sit_in(*who, unit),
                            })
                            .collect(),
                    };
                    let subject = match fitting[..] {
                        [Who::Known(known)] => Some(known),
                        _ => None,
                    };
                    let silent = self.past[row] && fitting.is_empty();
                    if subject.is_none() && unit != Some(None) && !silent {
                        self.put(row, self.unknown_mention(at, text::trimmed(piece), &fitting, unit.flatten(), *kind));
                    }
                    named.push(Mention { text: text::without_blanks(piece), subject });
                }
            }
            all.insert(at, mentions);
        }
        all
    }

    fn unknown_mention(
        &self,
        column: usize,
        piece: &str,
        fitting: &[Who],
        unit: Option<u32>,
        kind: usize,
    ) -> ColumnFlaw {
        let directory = &self.directories[kind];
        let subject = &self.world.pack.subjects[kind];
        let register = &self.world.pack.tables[subject.register];
        let name = self.name(column);
        let reason = match fitting {
            [] => {
                let key = text::key(piece);
                let like = unit.and_then(|unit| alike::find(&key, directory.member_keys(unit)));
                let told = like.and_then(|like| alike::difference(&key, like)).or_else(|| alike::oddity(&key));
                let told = told.map(|told| format!("；{told}")).unwrap_or_default();
                format!("{name}中的「{piece}」不是该单位在《{}》上的{}{told}", register.name, subject.name)
            }
            [who] => {
                format!(
                    "{name}中的「{piece}」（{}）在《{}》中的登记有误、未被采用",
                    directory.told_id(*who),
                    register.name
                )
            }
            many => {
                let ids: Vec<&str> = many.iter().map(|who| directory.told_id(*who)).collect();
                format!("{name}中的「{piece}」在该单位对应{}人，无法确定是哪一位：{}", many.len(), ids.join("、"))
            }
        };
        let [id, label] = [subject.id, subject.label].map(|column| &register.columns[column].name);
        let remedy = format!("请核对{label}，或改填{id}（其他单位的人只能填{id}）");
        (column, Flaw::warning(Code::UnknownMention, reason, remedy))
    }
}

/// Whether a reference concerns a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Applies {
    Yes,
    No,
    /// The column that says so is itself bad or blank.
    Unknown,
}
