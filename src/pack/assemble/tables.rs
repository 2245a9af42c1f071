//! Subjects, tables, columns and what they refer to.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::super::model::*;
use super::super::section::{AnyColumn, At, Called, Name, Rejects, Understood, When, Word, section};
use super::Builder;

section! {
    /// A kind of subject: teams, cadres. Its register says who exists and in which order.
    pub struct SubjectKind {
        /// As in the outputs' `subject_kind` (`team`).
        kind: String as Word,
        /// One letter in line ids (`T`).
        code: String as Word,
        /// As people call it (`班子`).
        name: String,
        /// Index of the register table.
        register: usize as At<Table>,
        /// Column of the id.
        id: usize as At<InputColumn>,
        /// Column of the name.
        label: usize as At<InputColumn>,
        /// Column with further names, split by 、.
        other_labels: Option<usize> as Option<At<InputColumn>>,
        /// Column that says who may decide about the subject.
        authority: Option<usize> as Option<At<InputColumn>>,
        /// Column of the post.
        post: Option<usize> as Option<At<InputColumn>>,
    }
}

section! {
    /// Who sits in which unit with which role: one row of `table` each.
    #[derive(Default)]
    pub struct Membership {
        table: usize as At<Table>,
        /// Index of the members' subject kind.
        member: usize as At<SubjectKind>,
        /// Index of the units' subject kind.
        unit: usize as At<SubjectKind>,
        /// Column of the role.
        role: usize as At<InputColumn>,
    }
}

/// What happens when no sheet holds the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Absent {
    /// The run fails.
    Fatal,
    /// What needs it is pending.
    Pending,
    /// It is empty.
    Empty,
}

section! {
    /// An input table, recognised by its headers.
    pub struct Table at name {
        name: String as Word,
        /// The office that sends it, as people are told to turn to it; empty where the pack does not say.
        #[serde(default)]
        sent_by: String,
        absent: Absent,
        /// A 名册: a bad optional value is a warning and counts as blank.
        #[serde(default)]
        register: bool,
        /// Its years and titles decide the run's year when `--year` is not given.
        #[serde(default)]
        assessment: bool,
        /// The column that says for which year a row is (blank cells: from the title, else the run's year).
        year: Option<usize> as Option<At<InputColumn>>,
        /// The date that places a row in a year and before or after the as-of date.
        date: Option<usize> as Option<At<InputColumn>>,
        /// SQL over the row's columns: a row of another year that a rule still looks at.
        looks_back: Option<Expression>,
        /// Such a row is told of (as a warning) when its subject is no longer on the register.
        #[serde(default)]
        tells_gone: bool,
        /// Rows of other years about people who have left are ignored, but that there were such rows stays known.
        #[serde(default)]
        keeps_gone: bool,
        /// What makes two rows the same record.
        key: Option<Key>,
        #[serde(rename = "refers", default)]
        references: Vec<Reference>,
        #[serde(rename = "column")]
        columns: Vec<InputColumn>,
        #[serde(rename = "check", default)]
        checks: Vec<Check>,
        /// The column whose value names a row in `about` (`线索编号`). This and what follows is said by `[[row]]`.
        #[serde(skip)]
        about: Option<usize>,
        /// Row facts shown in every ground about a row, in order; empty: the condition's own.
        #[serde(skip)]
        shown_facts: Vec<String>,
        /// What a row about a unit is called, beside its own name; `{}` is the unit.
        #[serde(skip)]
        about_unit: Option<String>,
    }
    check |raw, builder| {
        for (at, one) in raw.columns.iter().enumerate() {
            if raw.columns[..at].iter().any(|other| other.name.get_ref() == one.name.get_ref()) {
                let message = format!("表「{}」的列「{}」定义了两次", raw.name.get_ref(), one.name.get_ref());
                builder.fault(one.name.span(), message, "请删去或改名其中一个".into());
            }
        }
    }
}

impl Table {
    /// The column called `name`.
    pub fn named(&self, name: &str) -> Option<&InputColumn> {
        self.column(name).map(|at| &self.columns[at])
    }

    /// Index of the column called `name`.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }
}

section! {
    /// How the rows of a table are spoken of.
    pub struct RowNaming {
        table: usize as At<Table>,
        about: usize as At<InputColumn>,
        #[serde(default)]
        shown: Vec<String>,
        about_unit: Option<String>,
    }
}

section! {
    /// Further headers of a column, in every table.
    pub struct Alias {
        column: String as Called<AnyColumn>,
        names: Vec<String>,
    }
}

section! {
    /// Which columns identify the subject a row is about.
    pub struct Reference {
        /// Index of the subject kind.
        #[serde(rename = "kind")]
        subject: usize as At<SubjectKind>,
        id: usize as At<InputColumn>,
        label: usize as At<InputColumn>,
        /// For people: the unit that narrows a name down (subject, id column, label column).
        within: Option<(usize, usize, usize)> as Option<Narrowing>,
        /// Only rows whose column has this value.
        when: Option<(usize, String)> as Option<When<At<InputColumn>>>,
    }
}

/// The unit that narrows a name down.
pub struct Narrowing;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawNarrowing {
    kind: Name,
    id: Name,
    label: Name,
}

impl Understood for Narrowing {
    type Raw = RawNarrowing;
    type Meant = (usize, usize, usize);
    fn read(raw: RawNarrowing, builder: &mut Builder) -> Option<Self::Meant> {
        let subject = At::<SubjectKind>::read(raw.kind, builder)?;
        Some((subject, At::<InputColumn>::read(raw.id, builder)?, At::<InputColumn>::read(raw.label, builder)?))
    }
}

section! {
    /// What identifies a record, for finding duplicates.
    pub struct Key {
        #[serde(rename = "columns")]
        parts: Vec<KeyPart>,
        /// Column at which differing duplicates are reported; none: at the first differing column.
        report: Option<usize> as Option<At<InputColumn>>,
        /// Columns that must be equal in all rows with the same first part (a person's 姓名).
        #[serde(default)]
        same: Vec<usize> as Vec<At<InputColumn>>,
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyPart {
    Column(usize),
    /// The subject the row refers to, by subject kind.
    Subject(usize),
}

impl Understood for KeyPart {
    type Raw = Name;
    type Meant = KeyPart;
    fn read(raw: Name, builder: &mut Builder) -> Option<KeyPart> {
        match raw.get_ref().strip_prefix('@') {
            Some(kind) => {
                At::<SubjectKind>::read(Name::new(raw.span(), kind.to_owned()), builder).map(KeyPart::Subject)
            }
            None => At::<InputColumn>::read(raw, builder).map(KeyPart::Column),
        }
    }
}

section! {
    /// A check between columns of one row.
    pub struct Check at when {
        /// Over the row's columns; true is the fault.
        when: Expression,
        /// Where it is reported.
        column: usize as At<InputColumn>,
        #[serde(rename = "severity")]
        rejects: bool as Rejects,
        /// The cell then counts as blank.
        #[serde(default)]
        blank: bool,
        reason: String,
        remedy: String,
    }
}

impl Builder {
    /// The tables with what `[[row]]` says of their rows; of two the first counts.
    pub(super) fn with_rows(&mut self, rows: Vec<RowNaming>) {
        for row in rows.into_iter().rev() {
            if let Some(table) = self.pack.tables.get_mut(row.table) {
                (table.about, table.shown_facts, table.about_unit) = (Some(row.about), row.shown, row.about_unit);
            }
        }
    }

    /// The neutral words; a blank one would make every group neutral.
    pub(super) fn groups(&mut self, raw: Vec<Name>) -> Vec<String> {
        let mut groups: Vec<String> = Vec::new();
        for name in raw {
            let span = name.span();
            let word = name.into_inner();
            if word.trim().is_empty() {
                self.fault(span, "groups 中有一个空的分组词".into(), "请删去".into());
            } else if groups.contains(&word) {
                self.fault(span, format!("分组词「{word}」写了两次"), "请只留一处".into());
            } else {
                groups.push(word);
            }
        }
        groups
    }
}

/// Header → column name, valid in every table.
pub fn aliases(all: Vec<Alias>) -> BTreeMap<String, String> {
    all.into_iter().flat_map(|one| one.names.into_iter().map(move |name| (name, one.column.clone()))).collect()
}
