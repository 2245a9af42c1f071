//! 变更对照: what a new run proposes otherwise than the one before, for whom, and why.

use std::borrow::Cow;
use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::pack::printed;

use super::lists::{ListRow, ListTable};
use super::model::{Block, Column, LineStyle, Paper, Sheet, Value, Workbook};

/// A proposal in texts, from a run's lists or from what an earlier run published.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Summary<'t> {
    /// 处理编号.
    pub id: Cow<'t, str>,
    pub object: Cow<'t, str>,
    pub code: Cow<'t, str>,
    pub unit: Cow<'t, str>,
    pub action: Cow<'t, str>,
    pub options: Cow<'t, str>,
    pub basis: Cow<'t, str>,
    pub facts: Cow<'t, str>,
    /// 核对码: what makes two proposals the same; blank where only the texts are known.
    pub check: Cow<'t, str>,
}

/// The rows of a list as summaries, each made when it is asked for.
pub struct Summaries<'t> {
    rows: &'t [ListRow<'t>],
    columns: [Option<usize>; 8],
}

impl<'t> Summaries<'t> {
    pub fn of(table: &'t ListTable<'t>) -> Self {
        let columns = [
            printed::SUBJECT,
            printed::ID,
            printed::UNIT,
            printed::ACTION,
            printed::METHODS,
            printed::BASIS,
            printed::FACTS,
            printed::CHECK,
        ];
        Summaries { rows: &table.rows, columns: columns.map(|name| table.column(name)) }
    }

    pub fn count(&self) -> usize {
        self.rows.len()
    }

    pub fn at(&self, row: usize) -> Summary<'t> {
        let row = &self.rows[row];
        let text = |column: Option<usize>| Cow::Borrowed(column.map_or("", |column| row.cells[column].as_ref()));
        let [object, code, unit, action, options, basis, facts, check] = self.columns.map(text);
        Summary { id: Cow::Borrowed(&row.id), object, code, unit, action, options, basis, facts, check }
    }

    pub fn all(&self) -> impl Iterator<Item = Summary<'t>> {
        (0..self.count()).map(|row| self.at(row))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Added,
    Withdrawn,
    Changed,
}

impl Kind {
    fn text(self) -> &'static str {
        match self {
            Kind::Added => "新增",
            Kind::Withdrawn => "撤销",
            Kind::Changed => "改变",
        }
    }
}

/// One difference; of added and withdrawn proposals one side is blank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change<'t> {
    pub kind: Kind,
    pub old: Summary<'t>,
    pub new: Summary<'t>,
}

/// The differences between two runs' proposals, by kind and id.
pub fn compare<'t>(old: &[Summary<'t>], new: &[Summary<'t>]) -> Vec<Change<'t>> {
    let mut before: BTreeMap<&str, &Summary<'t>> = old.iter().map(|summary| (summary.id.as_ref(), summary)).collect();
    let mut changes = Vec::new();
    for now in new {
        match before.remove(now.id.as_ref()) {
            None => changes.push(Change { kind: Kind::Added, old: Summary::default(), new: now.clone() }),
            Some(then) if differ(then, now) => {
                changes.push(Change { kind: Kind::Changed, old: then.clone(), new: now.clone() });
            }
            Some(_) => {}
        }
    }
    let withdrawn = before.into_values();
    changes.extend(withdrawn.map(|then| Change { kind: Kind::Withdrawn, old: then.clone(), new: Summary::default() }));
    changes.sort_by(|one, other| (one.kind, one.id()).cmp(&(other.kind, other.id())));
    changes
}

fn differ(old: &Summary<'_>, new: &Summary<'_>) -> bool {
    if !old.check.is_empty() && !new.check.is_empty() {
        return old.check != new.check;
    }
    (&old.options, &old.basis, &old.facts) != (&new.options, &new.basis, &new.facts)
}

impl<'t> Change<'t> {
    fn now(&self) -> &Summary<'t> {
        if self.kind == Kind::Withdrawn { &self.old } else { &self.new }
    }

    fn id(&self) -> &str {
        &self.now().id
    }

    /// What differs, in words.
    fn why(&self) -> String {
        match self.kind {
            Kind::Added => "依据和事实现已成立，本次新提出".to_owned(),
            Kind::Withdrawn => "依据的事实已不成立或已更正，本次不再提出".to_owned(),
            Kind::Changed => {
                let parts = [
                    (printed::METHODS, &self.old.options, &self.new.options),
                    (printed::BASIS, &self.old.basis, &self.new.basis),
                    (printed::FACTS, &self.old.facts, &self.new.facts),
                ];
                let named: Vec<&str> =
                    parts.iter().filter(|(_, old, new)| old != new).map(|(name, ..)| *name).collect();
                if named.is_empty() {
                    "依据的内容已变".to_owned()
                } else {
                    format!("{}已变", named.join("、"))
                }
            }
        }
    }
}

/// The workbook of differences.
pub fn workbook<'t>(title: String, as_of: NaiveDate, changes: &'t [Change<'_>]) -> Workbook<'t> {
    let columns = vec![
        Column::centred(printed::NUMBER, 4.0, 7.0),
        Column::centred("变更", 4.0, 6.0),
        Column::text(printed::LINE, 14.0, 26.0).small(),
        Column::centred(printed::SUBJECT, 6.0, 16.0),
        Column::centred(printed::ID, 6.0, 12.0),
        Column::text(printed::UNIT, 8.0, 22.0),
        Column::centred(printed::ACTION, 8.0, 12.0),
        Column::text("原可选方式", 6.0, 14.0),
        Column::text("原依据和事实", 18.0, 50.0),
        Column::text("现可选方式", 6.0, 14.0),
        Column::text("现依据和事实", 18.0, 50.0),
        Column::text("原因", 10.0, 30.0),
    ];
    let rows = (1..).zip(changes).map(|(number, change)| {
        let now = change.now();
        let grounds = |side: &Summary<'_>| match (side.basis.is_empty(), side.facts.is_empty()) {
            (true, _) => side.facts.to_string(),
            (false, true) => side.basis.to_string(),
            (false, false) => format!("{}：{}", side.basis, side.facts),
        };
        let mut row = vec![Value::Count(number), Value::text(change.kind.text())];
        row.extend([&now.id, &now.object, &now.code, &now.unit, &now.action].map(|text| Value::text(text.as_ref())));
        row.extend([
            Value::text(change.old.options.as_ref()),
            Value::text(grounds(&change.old)),
            Value::text(change.new.options.as_ref()),
            Value::text(grounds(&change.new)),
            Value::text(change.why()),
        ]);
        row
    });
    let count = |kind: Kind| changes.iter().filter(|change| change.kind == kind).count();
    let note = format!(
        "新增 {} 条，撤销 {} 条，改变 {} 条。",
        count(Kind::Added),
        count(Kind::Withdrawn),
        count(Kind::Changed)
    );
    let sheet = Sheet {
        name: printed::CHANGES.to_owned(),
        paper: Paper::Lying,
        head: super::lines([(title.clone(), LineStyle::Title), (note, LineStyle::Note)]),
        blocks: vec![Block::new(columns, rows.collect(), "各项处理建议与原来相同。")],
        tail: Vec::new(),
        protected: false,
        frozen: Some(4),
        filter: true,
        foot_left: "核对人（签字）：＿＿＿＿＿＿　　日期：＿＿＿＿年＿＿月＿＿日".to_owned(),
        foot_right: format!("基准日：{}", super::chinese_date(as_of)),
    };
    Workbook { title, as_of, sheets: vec![sheet] }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn summary(id: &'static str, facts: &'static str, check: &'static str) -> Summary<'static> {
        Summary { id: id.into(), facts: facts.into(), check: check.into(), ..Summary::default() }
    }

    #[test]
    fn differences_are_found_by_check_code_or_else_by_text() {
        let old = [summary("a", "一", "1"), summary("b", "一", "1"), summary("c", "一", ""), summary("d", "一", "1")];
        let new = [summary("a", "一", "1"), summary("b", "一", "2"), summary("c", "二", "9"), summary("e", "一", "1")];
        let found = compare(&old, &new);
        let found: Vec<(Kind, &str)> = found.iter().map(|change| (change.kind, change.id())).collect();
        assert_eq!(found, [(Kind::Added, "e"), (Kind::Withdrawn, "d"), (Kind::Changed, "b"), (Kind::Changed, "c")]);
    }
}
