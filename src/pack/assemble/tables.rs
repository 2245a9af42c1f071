//! Subjects, tables, columns and what they refer to.

use std::collections::BTreeMap;

use toml::Spanned;

use super::super::model::*;
use super::super::raw::*;
use super::{Builder, Sections, kinds, table_names};

/// A comparison goes through the values of an ordered set one by one.
const MOST_RANKS: usize = 100;

/// What stands in a column of yes and no.
pub const YES_NO: [&str; 2] = ["是", "否"];

impl Builder {
    pub(super) fn tables(&mut self, sections: &Sections) -> Vec<Table> {
        let kinds: Vec<&str> = sections.subjects.iter().map(|(_, subject)| subject.kind.get_ref().as_str()).collect();
        let mut tables = Vec::new();
        for (file, raw) in &sections.tables {
            self.file.clone_from(file);
            let names: Vec<&str> = raw.column.iter().map(|column| column.name.get_ref().as_str()).collect();
            for (at, one) in raw.column.iter().enumerate() {
                if names[..at].contains(&one.name.get_ref().as_str()) {
                    let message = format!("表「{}」的列「{}」定义了两次", raw.name.get_ref(), one.name.get_ref());
                    self.fault(one.name.span(), message, "请删去或改名其中一个".into());
                }
            }
            let column = |builder: &mut Self, name: &Name| builder.find("列", name, names.iter().copied());
            let columns = raw.column.iter().filter_map(|one| self.column(one, &names, &kinds)).collect();
            let key = raw.key.as_ref().map(|key| Key {
                parts: key
                    .columns
                    .iter()
                    .filter_map(|part| match part.get_ref().strip_prefix('@') {
                        Some(kind) => {
                            let kind = Spanned::new(part.span(), kind.to_owned());
                            self.find("对象", &kind, kinds.iter().copied()).map(KeyPart::Subject)
                        }
                        None => column(self, part).map(KeyPart::Column),
                    })
                    .collect(),
                report: key.report.as_ref().and_then(|name| column(self, name)),
                same: key.same.iter().filter_map(|name| column(self, name)).collect(),
            });
            let references = raw.refers.iter().filter_map(|one| self.reference(one, &names, &kinds)).collect();
            let checks = raw
                .check
                .iter()
                .filter_map(|check| {
                    let rejects = self.word("严重程度", &check.severity, &[("rejected", true), ("warning", false)]);
                    Some(Check {
                        when: self.expression(&check.when),
                        column: column(self, &check.column)?,
                        rejects: rejects?,
                        blank: check.blank,
                        reason: check.reason.clone(),
                        remedy: check.remedy.clone(),
                        place: Place { file: file.clone(), span: check.when.span() },
                    })
                })
                .collect();
            let row = sections.rows.iter().find(|(_, row)| row.table.get_ref() == raw.name.get_ref());
            tables.push(Table {
                name: raw.name.get_ref().clone(),
                sent_by: raw.sent_by.clone(),
                absent: self
                    .word(
                        "缺表处理",
                        &raw.absent,
                        &[("fatal", Absent::Fatal), ("pending", Absent::Pending), ("empty", Absent::Empty)],
                    )
                    .unwrap_or(Absent::Empty),
                register: raw.register,
                assessment: raw.assessment,
                year: raw.year.as_ref().and_then(|name| column(self, name)),
                date: raw.date.as_ref().and_then(|name| column(self, name)),
                looks_back: raw.looks_back.as_ref().map(|text| self.expression(text)),
                tells_gone: raw.tells_gone,
                keeps_gone: raw.keeps_gone,
                key,
                references,
                checks,
                about: row.and_then(|(_, row)| column(self, &row.about)),
                shown_facts: row
                    .map_or_else(Vec::new, |(_, row)| row.shown.iter().map(|name| name.get_ref().clone()).collect()),
                about_unit: row.and_then(|(_, row)| row.about_unit.clone()),
                columns,
                place: Place { file: file.clone(), span: raw.name.span() },
            });
        }
        for (file, row) in &sections.rows {
            self.file.clone_from(file);
            self.find("表", &row.table, tables.iter().map(|table| table.name.as_str()));
        }
        tables
    }

    pub(super) fn column(&mut self, raw: &RawColumn, names: &[&str], kinds: &[&str]) -> Option<Column> {
        let kind = match raw.kind.get_ref().as_str() {
            "text" => ColumnKind::Text,
            "id" => ColumnKind::Id,
            "name" => ColumnKind::Name,
            "names" => ColumnKind::Names,
            "choice" => {
                if raw.values.is_empty() {
                    self.fault(
                        raw.name.span(),
                        format!("列「{}」没有可选值", raw.name.get_ref()),
                        "请写明 values = […]".into(),
                    );
                }
                if raw.ordered && raw.values.len() > MOST_RANKS {
                    let message = format!("列「{}」有 {} 个有次序的可选值", raw.name.get_ref(), raw.values.len());
                    self.fault(raw.name.span(), message, format!("最多 {MOST_RANKS} 个"));
                }
                ColumnKind::Choice { values: raw.values.clone(), ordered: raw.ordered }
            }
            "yes_no" => ColumnKind::Choice { values: YES_NO.map(str::to_owned).to_vec(), ordered: false },
            "number" => ColumnKind::Number { min: raw.min, max: raw.max, percent: raw.percent },
            "date" => ColumnKind::Date,
            "month" => ColumnKind::Month,
            "year" => ColumnKind::Year,
            "people" => {
                let kind = raw.people.clone().unwrap_or_else(|| raw.kind.clone());
                ColumnKind::People {
                    subject: self.find("对象", &kind, kinds.iter().copied())?,
                    separators: raw.separators.clone().unwrap_or_else(|| "、".into()),
                }
            }
            "line" => {
                let about = raw.about.clone().unwrap_or_else(|| raw.kind.clone());
                ColumnKind::Line {
                    year: raw.year.as_ref().and_then(|name| self.find("列", name, names.iter().copied())),
                    about: self.find("对象", &about, kinds.iter().copied())?,
                }
            }
            other => {
                self.fault(
                    raw.kind.span(),
                    format!("没有「{other}」这种列类型"),
                    "可用：text、id、name、names、choice、yes_no、number、date、month、year、people、line".into(),
                );
                return None;
            }
        };
        if raw.percent && !matches!(kind, ColumnKind::Number { .. }) {
            self.fault(
                raw.name.span(),
                format!("列「{}」不是数字列，不能写 percent = true", raw.name.get_ref()),
                "请删去 percent，或改为 type = \"number\"".into(),
            );
        }
        if let (Some(default), ColumnKind::Choice { values, .. }) = (&raw.default, &kind) {
            self.find("可选值", default, values.iter().map(String::as_str));
        }
        Some(Column {
            name: raw.name.get_ref().clone(),
            aliases: raw.aliases.clone(),
            required: raw.required,
            one_of: raw.one_of.clone(),
            kind,
            default: raw.default.as_ref().map(|value| value.get_ref().clone()),
            not_after_year: raw.not_after_year,
            yes_no: raw.kind.get_ref() == "yes_no",
            place: Place { file: self.file.clone(), span: raw.name.span() },
        })
    }

    pub(super) fn reference(&mut self, raw: &RawReference, names: &[&str], kinds: &[&str]) -> Option<Reference> {
        let within = raw.within.as_ref().and_then(|within| {
            Some((
                self.find("对象", &within.kind, kinds.iter().copied())?,
                self.find("列", &within.id, names.iter().copied())?,
                self.find("列", &within.label, names.iter().copied())?,
            ))
        });
        let when = raw.when.as_ref().and_then(|when| {
            Some((self.find("列", &when.column, names.iter().copied())?, when.value.get_ref().clone()))
        });
        Some(Reference {
            subject: self.find("对象", &raw.kind, kinds.iter().copied())?,
            id: self.find("列", &raw.id, names.iter().copied())?,
            label: self.find("列", &raw.label, names.iter().copied())?,
            within,
            when,
        })
    }

    pub(super) fn subjects(&mut self, sections: &Sections, tables: &[Table]) -> Vec<Subject> {
        let mut subjects = Vec::new();
        for (file, raw) in &sections.subjects {
            self.file.clone_from(file);
            let Some(register) = self.find("表", &raw.register, table_names(tables)) else { continue };
            let names: Vec<&str> = tables[register].columns.iter().map(|column| column.name.as_str()).collect();
            let mut column = |name: &Name| self.find("列", name, names.iter().copied());
            let (id, label) = (column(&raw.id), column(&raw.label));
            let other_labels = raw.other_labels.as_ref().and_then(&mut column);
            let authority = raw.authority.as_ref().and_then(&mut column);
            let post = raw.post.as_ref().and_then(&mut column);
            if let (Some(id), Some(label)) = (id, label) {
                subjects.push(Subject {
                    kind: raw.kind.get_ref().clone(),
                    code: raw.code.get_ref().clone(),
                    name: raw.name.clone(),
                    register,
                    id,
                    label,
                    other_labels,
                    authority,
                    post,
                });
            }
        }
        subjects
    }

    pub(super) fn membership(
        &mut self,
        raw: &RawMembership,
        tables: &[Table],
        subjects: &[Subject],
    ) -> Option<Membership> {
        let table = self.find("表", &raw.table, table_names(tables))?;
        Some(Membership {
            table,
            member: self.find("对象", &raw.member, kinds(subjects))?,
            unit: self.find("对象", &raw.unit, kinds(subjects))?,
            role: self.find("列", &raw.role, tables[table].columns.iter().map(|column| column.name.as_str()))?,
        })
    }

    pub(super) fn aliases(&mut self, sections: &Sections, tables: &[Table]) -> BTreeMap<String, String> {
        let mut aliases = BTreeMap::new();
        for (file, raw) in &sections.aliases {
            self.file.clone_from(file);
            let known = tables.iter().flat_map(|table| table.columns.iter().map(|column| column.name.as_str()));
            if self.find("列", &raw.column, known).is_some() {
                for name in &raw.names {
                    aliases.insert(name.clone(), raw.column.get_ref().clone());
                }
            }
        }
        aliases
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
