//! What follows a meeting: further measures, talks, influence periods, tasks.

use super::super::followup::{
    Form, Influence, InfluenceTalk, InfluenceTexts, Measure, Page, PageGrades, PageTable, Pen, Talks, Task, Within,
};
use super::super::model::*;
use super::super::raw::{Name, RawTalks, RawTask};
use super::{Builder, Sections, day, stays_inside, table_names};

impl Builder {
    pub(super) fn measures(&mut self, sections: &Sections, actions: &[Action]) -> Vec<Measure> {
        let mut measures = Vec::new();
        for (file, raw) in &sections.measures {
            self.file.clone_from(file);
            let name = raw.name.get_ref();
            if actions.iter().any(|action| action.name == *name || action.options.contains(name)) {
                let message = format!("处理措施「{name}」与处理或可选方式同名");
                self.fault(raw.name.span(), message, "变更时本来就可以选用处理和可选方式，请删去".into());
            }
            let from = raw.from.as_ref().and_then(|from| {
                let day = day(from.get_ref());
                if day.is_none() {
                    self.fault(from.span(), "起始日期不是一天".into(), "请写成 2015-01-01".into());
                }
                day
            });
            let reading = raw.reading.clone().filter(|reading| !reading.trim().is_empty());
            if raw.from.is_none() && reading.is_none() {
                let message = format!("处理措施「{name}」没有写自何时起有这一名称，也没有说明");
                self.fault(raw.name.span(), message, "请写明 from = 日期，不能确定的写明 reading = \"理由\"".into());
            }
            if raw.means.get_ref().trim().is_empty() {
                let message = format!("处理措施「{name}」没有说明对以后年度意味着什么");
                self.fault(raw.means.span(), message, "请写明 means，例如：以后年度不作为依据".into());
            }
            measures.push(Measure {
                name: name.clone(),
                from,
                reading,
                means: raw.means.get_ref().clone(),
                place: Place { file: file.clone(), span: raw.name.span() },
            });
        }
        measures
    }

    pub(super) fn talks(&mut self, raw: &RawTalks, tables: &[Table]) -> Option<Talks> {
        let table = self.find("表", &raw.table, table_names(tables))?;
        let columns: Vec<&str> = tables[table].columns.iter().map(|column| column.name.as_str()).collect();
        for name in [&raw.date, &raw.kind, &raw.year, &raw.line] {
            self.find("列", name, columns.iter().copied());
        }
        Some(Talks {
            table,
            date: raw.date.get_ref().clone(),
            kind: raw.kind.get_ref().clone(),
            year: raw.year.get_ref().clone(),
            line: raw.line.get_ref().clone(),
            place: Place { file: self.file.clone(), span: raw.table.span() },
        })
    }

    /// A kind of talk, by its name.
    fn kind_of_talk(&mut self, tables: &[Table], talks: Option<&Talks>, name: &Name) {
        let Some(talks) = talks else {
            let message = format!("写了谈话「{}」，但没有写 [talks]：谈话记在哪张表", name.get_ref());
            self.fault(name.span(), message, "请写明 [talks]".into());
            return;
        };
        let column = tables[talks.table].columns.iter().find(|column| column.name == talks.kind);
        if let Some(ColumnKind::Choice { values, .. }) = column.map(|column| &column.kind) {
            self.find(&talks.kind, name, values.iter().map(String::as_str));
        }
    }

    pub(super) fn influences(
        &mut self,
        sections: &Sections,
        tables: &[Table],
        talks: Option<&Talks>,
        actions: &[Action],
        parameters: &[Parameter],
    ) -> Vec<Influence> {
        let names = || actions.iter().map(|action| action.name.as_str());
        let mut influences = Vec::new();
        for (file, raw) in &sections.influences {
            self.file.clone_from(file);
            self.find("处理", &raw.action, names());
            let talk = match (&raw.talk, &raw.of_year, &raw.may_be_of_year) {
                (Some(kind), Some(of_year), Some(may)) => {
                    self.kind_of_talk(tables, talks, kind);
                    let (of_year, may_be_of_year) = (self.expression(of_year), self.expression(may));
                    Some(InfluenceTalk { kind: kind.get_ref().clone(), of_year, may_be_of_year })
                }
                (None, None, None) => None,
                _ => {
                    let message = format!("影响期「{}」的 talk、of_year、may_be_of_year 没有写全", raw.name);
                    self.fault(raw.action.span(), message, "报送表中有谈话的三项都写，没有的都不写".into());
                    None
                }
            };
            let months = self.find("参数", &raw.months, parameters.iter().map(|parameter| parameter.name.as_str()));
            if months.is_some_and(|at| !parameters[at].whole) {
                let message = format!("参数「{}」是月数，没有写明取整数", raw.months.get_ref());
                self.fault(raw.months.span(), message, "请在该参数中写 whole = true".into());
            }
            let mut found = |all: &[Name]| all.iter().filter_map(|name| self.find("处理", name, names())).collect();
            let (on, on_of_year) = (found(&raw.on), found(&raw.on_of_year));
            let texts = raw.texts.clone();
            influences.push(Influence {
                name: raw.name.clone(),
                action: raw.action.get_ref().clone(),
                talk,
                months: raw.months.get_ref().clone(),
                on,
                on_of_year,
                texts: InfluenceTexts {
                    running: texts.running,
                    undated: texts.undated,
                    of_year: texts.of_year,
                    may_be_of_year: texts.may_be_of_year,
                },
                reading: raw.reading.clone(),
                place: Place { file: file.clone(), span: raw.action.span() },
            });
        }
        influences
    }

    pub(super) fn tasks(
        &mut self,
        sections: &Sections,
        tables: &[Table],
        talks: Option<&Talks>,
        actions: &[Action],
        lists: &[List],
    ) -> Vec<Task> {
        let mut tasks = Vec::new();
        for (file, raw) in &sections.tasks {
            self.file.clone_from(file);
            for name in &raw.actions {
                self.find("处理", name, actions.iter().map(|action| action.name.as_str()));
            }
            for name in raw.talk.iter().chain(&raw.done_by_talk) {
                self.kind_of_talk(tables, talks, name);
            }
            let columns = || lists.iter().flat_map(|list| &list.extra_answers);
            for name in raw.until.iter() {
                let days = columns().filter(|column| column.is_date);
                self.find("日期的答复列", name, days.map(|column| column.name.as_str()));
            }
            for name in raw.done.iter() {
                self.find("答复列", name, columns().map(|column| column.name.as_str()));
            }
            let within = self.within(raw);
            tasks.push(Task {
                what: raw.what.get_ref().clone(),
                actions: raw.actions.iter().map(|name| name.get_ref().clone()).collect(),
                talk: raw.talk.as_ref().map(|name| name.get_ref().clone()),
                within,
                until: raw.until.as_ref().map(|name| name.get_ref().clone()),
                done: raw.done.as_ref().map(|name| name.get_ref().clone()),
                done_by_talk: raw.done_by_talk.as_ref().map(|name| name.get_ref().clone()),
                only_set: raw.only_set,
            });
        }
        tasks
    }

    pub(super) fn forms(&mut self, sections: &Sections, actions: &[Action], lists: &[List]) -> Vec<Form> {
        let mut forms = Vec::new();
        for (file, raw) in &sections.forms {
            self.file.clone_from(file);
            let name = raw.name.get_ref();
            // It is the name of a folder.
            if name.contains('/') || !stays_inside(name) {
                let message = format!("文书「{name}」的名称不能用作文件夹名");
                self.fault(raw.name.span(), message, "请只用文字、数字和 - _ （） 等符号".into());
            }
            for action in &raw.actions {
                self.find("处理", action, actions.iter().map(|action| action.name.as_str()));
            }
            if let Some(until) = &raw.until {
                let columns = lists.iter().flat_map(|list| &list.extra_answers).filter(|column| column.is_date);
                self.find("日期的答复列", until, columns.map(|column| column.name.as_str()));
            }
            forms.push(Form {
                name: name.clone(),
                actions: raw.actions.iter().map(|name| name.get_ref().clone()).collect(),
                from: raw.from.clone(),
                opening: raw.opening.clone(),
                asks: raw.asks.clone(),
                due: raw.due.clone(),
                until: raw.until.as_ref().map(|name| name.get_ref().clone()),
                addressed: raw.addressed,
                unsaid: raw.unsaid.clone(),
                pen: raw.pen.iter().map(|pen| Pen { label: pen.label.clone(), lines: pen.lines }).collect(),
                signatures: raw.signatures.clone(),
                place: Place { file: file.clone(), span: raw.name.span() },
            });
        }
        forms
    }

    pub(super) fn pages(
        &mut self,
        sections: &Sections,
        tables: &[Table],
        actions: &[Action],
        parameters: &[Parameter],
    ) -> Vec<Page> {
        let mut pages = Vec::new();
        for (file, raw) in &sections.pages {
            self.file.clone_from(file);
            let action = self.find("处理", &raw.action, actions.iter().map(|action| action.name.as_str()));
            let mut shown = Vec::new();
            for one in &raw.tables {
                let Some(table) = self.find("表", &one.table, table_names(tables)) else { continue };
                for name in &one.columns {
                    self.find("列", name, tables[table].columns.iter().map(|column| column.name.as_str()));
                }
                if let Some(line) = &one.line {
                    self.find("参数", line, parameters.iter().map(|parameter| parameter.name.as_str()));
                }
                shown.push(PageTable {
                    title: one.title.clone(),
                    table,
                    columns: one.columns.iter().map(|name| name.get_ref().clone()).collect(),
                    line: one.line.as_ref().map(|name| name.get_ref().clone()),
                });
            }
            let grades = self.find("表", &raw.grades.table, table_names(tables));
            if let Some(table) = grades {
                for name in [&raw.grades.grade, &raw.grades.year] {
                    self.find("列", name, tables[table].columns.iter().map(|column| column.name.as_str()));
                }
            }
            let (Some(action), Some(grades)) = (action, grades) else { continue };
            pages.push(Page {
                title: raw.title.get_ref().clone(),
                action,
                mark: raw.mark.clone(),
                note: raw.note.clone(),
                tables: shown,
                grades: PageGrades {
                    title: raw.grades.title.clone(),
                    table: grades,
                    grade: raw.grades.grade.get_ref().clone(),
                    year: raw.grades.year.get_ref().clone(),
                },
                place: Place { file: file.clone(), span: raw.title.span() },
            });
        }
        pages
    }

    /// How long a task may take: one of three units, and why so long.
    fn within(&mut self, raw: &RawTask) -> Option<Within> {
        let what = raw.what.get_ref();
        let given: Vec<Within> =
            [raw.days.map(Within::Days), raw.working_days.map(Within::WorkingDays), raw.months.map(Within::Months)]
                .into_iter()
                .flatten()
                .collect();
        if given.len() > 1 {
            let remedy = "days、working_days、months 请只写一个";
            self.fault(raw.what.span(), format!("事项「{what}」写了几种期限"), remedy.into());
        }
        if given.is_empty() && raw.until.is_none() {
            let message = format!("事项「{what}」没有期限");
            self.fault(raw.what.span(), message, "请写明 days、working_days、months 之一，或 until = 答复列".into());
        }
        if !given.is_empty() && raw.reading.as_deref().is_none_or(|reading| reading.trim().is_empty()) {
            let message = format!("事项「{what}」的期限没有说明理由");
            self.fault(raw.what.span(), message, "请写明 reading = \"理由\"".into());
        }
        if raw.done.is_none() && raw.done_by_talk.is_none() {
            let message = format!("事项「{what}」没有写怎样算完成");
            self.fault(raw.what.span(), message, "请写明 done = 答复列，或 done_by_talk = 谈话".into());
        }
        given.first().copied()
    }
}
