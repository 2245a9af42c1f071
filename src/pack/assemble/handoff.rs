//! Lists, actions, quotas, hints, the register of talks and what 总览 counts.

use std::collections::BTreeMap;

use super::super::model::*;
use super::super::raw::*;
use super::{Builder, Sections, answer_columns, cite, day, kinds, table_names};

impl Builder {
    pub(super) fn lists(&mut self, sections: &Sections) -> Vec<List> {
        let mut lists = Vec::new();
        for (file, raw) in &sections.lists {
            self.file.clone_from(file);
            let order = raw.order.as_ref().and_then(|order| {
                self.word("次序", order, &[("register", ListOrder::Register), ("authority", ListOrder::Authority)])
            });
            lists.push(List {
                name: raw.name.get_ref().clone(),
                title: raw.title.clone().unwrap_or_else(|| raw.name.get_ref().clone()),
                order: order.unwrap_or(ListOrder::Register),
                extra_answers: answer_columns(&raw.answers),
                empty: raw.empty.clone(),
                place: Place { file: file.clone(), span: raw.name.span() },
            });
        }
        lists
    }

    pub(super) fn actions(&mut self, sections: &Sections, lists: &[List]) -> Vec<Action> {
        let mut actions = Vec::new();
        for (file, raw) in &sections.actions {
            self.file.clone_from(file);
            for name in std::iter::once(raw.name.get_ref()).chain(&raw.options) {
                // It stands in line ids and in answers, where blanks are taken away.
                if name.is_empty() || name.chars().any(char::is_whitespace) {
                    let message = format!("处理或可选方式「{name}」的名称里有空格，或没有名称");
                    self.fault(raw.name.span(), message, "请去掉空格：名称写在处理编号里，收回意见时按它核对".into());
                }
            }
            let list = self.find("名单", &raw.list, lists.iter().map(|list| list.name.as_str()));
            let tones = [("positive", Tone::Positive), ("adverse", Tone::Adverse), ("neutral", Tone::Neutral)];
            actions.push(Action {
                name: raw.name.get_ref().clone(),
                list: list.unwrap_or(0),
                tone: self.word("性质", &raw.tone, &tones).unwrap_or(Tone::Neutral),
                options: raw.options.clone(),
                announced: raw.announced,
                asks: raw.asks.clone(),
                due: raw.due.clone(),
                beside: raw.beside.clone(),
                place: Place { file: file.clone(), span: raw.name.span() },
            });
        }
        actions
    }

    /// Fractions by the day from which they are in force.
    fn limits(&mut self, raw: &[RawDated]) -> Vec<(chrono::NaiveDate, f64)> {
        let mut limits = Vec::new();
        for dated in raw {
            let value = match dated.value.get_ref() {
                RawValue::Int(value) => Some(*value as f64),
                RawValue::Number(value) => Some(*value),
                RawValue::Text(_) => None,
            };
            match (day(dated.from.get_ref()), value.filter(|value| (0.0..=1.0).contains(value))) {
                (Some(from), Some(value)) => limits.push((from, value)),
                (None, _) => self.fault(dated.from.span(), "生效日期不是一天".into(), "请写成 2015-01-01".into()),
                (_, None) => self.fault(dated.value.span(), "上限不是比例".into(), "请写成 0 到 1 之间的数".into()),
            }
        }
        limits.sort_by_key(|(from, _)| *from);
        limits
    }

    #[allow(clippy::too_many_arguments)] // The sections that a quota may name.
    pub(super) fn quotas(
        &mut self,
        sections: &Sections,
        subjects: &[Subject],
        actions: &[Action],
        parameters: &[Parameter],
        parts: &BTreeMap<String, String>,
        measures: &str,
        rules: &mut Vec<Rule>,
    ) -> Vec<Quota> {
        let mut quotas = Vec::new();
        for (file, raw) in &sections.quotas {
            self.file.clone_from(file);
            let action = self.find("处理", &raw.action, actions.iter().map(|action| action.name.as_str()));
            let of = self.find("对象", &raw.of, kinds(subjects));
            self.find("参数", &raw.share, parameters.iter().map(|parameter| parameter.name.as_str()));
            let runs = self.runs(&raw.runs);
            let (Some(action), Some(of)) = (action, of) else { continue };
            let citation = cite(measures, parts, raw.rule.get_ref());
            // The quota's provision stands among the rules, so that its lines can cite it; it is never evaluated.
            rules.push(Rule {
                id: raw.rule.get_ref().clone(),
                provision: raw.rule.get_ref().clone(),
                citation: citation.clone(),
                runs: Vec::new(),
                stage: 0,
                of: Entity::Subject(of),
                scope: None,
                when: Expression::new("FALSE", Place { file: file.clone(), span: raw.rule.span() }),
                proposals: Vec::new(),
                marks: None,
                about: Vec::new(),
                shows: Vec::new(),
                confidential: true,
                reading: None,
                unconfirmed: None,
                given: true,
                place: Place { file: file.clone(), span: raw.rule.span() },
            });
            quotas.push(Quota {
                rule: rules.len() - 1,
                action,
                runs,
                of,
                share: raw.share.get_ref().clone(),
                among: raw.among.as_ref().map(|among| self.expression(among)),
                reached: self.expression(&raw.reached),
                place: Place { file: file.clone(), span: raw.rule.span() },
            });
        }
        quotas
    }

    pub(super) fn hints(
        &mut self,
        sections: &Sections,
        tables: &[Table],
        subjects: &[Subject],
        actions: &[Action],
    ) -> Vec<Hint> {
        let mut hints = Vec::new();
        for (file, raw) in &sections.hints {
            self.file.clone_from(file);
            let Some(of) = self.entity(&raw.of, tables, subjects) else { continue };
            hints.push(Hint {
                text: raw.text.clone(),
                of,
                when: self.expression(&raw.when),
                actions: raw
                    .actions
                    .iter()
                    .filter_map(|name| self.find("处理", name, actions.iter().map(|action| action.name.as_str())))
                    .collect(),
                dates: raw.dates.as_ref().map(|name| name.get_ref().clone()),
                place: Place { file: file.clone(), span: raw.when.span() },
            });
        }
        hints
    }

    pub(super) fn register(
        &mut self,
        raw: RawRegisterBook,
        tables: &[Table],
        subjects: &[Subject],
        actions: &[Action],
        parts: &BTreeMap<String, String>,
        measures: &str,
    ) -> Option<RegisterBook> {
        let talks = self.find("表", &raw.talks, table_names(tables))?;
        let columns: Vec<&str> = tables[talks].columns.iter().map(|column| column.name.as_str()).collect();
        for name in [&raw.talk_date, &raw.talk_line, &raw.talk_is.column] {
            self.find("列", name, columns.iter().copied());
        }
        Some(RegisterBook {
            title: raw.title.unwrap_or_else(|| raw.name.get_ref().clone()),
            citation: cite(measures, parts, &raw.provision),
            action: self.find("处理", &raw.action, actions.iter().map(|action| action.name.as_str()))?,
            talks,
            talk_date: raw.talk_date.get_ref().clone(),
            talk_when: self.expression(&raw.talk_when),
            talk_line: raw.talk_line.get_ref().clone(),
            talk_is: (raw.talk_is.column.get_ref().clone(), raw.talk_is.value.get_ref().clone()),
            files: raw
                .files
                .iter()
                .filter_map(|one| {
                    Some(RegisterFile {
                        name: one.name.clone(),
                        of: self.find("对象", &one.of, kinds(subjects))?,
                        rules: one.rules.iter().map(|name| name.get_ref().clone()).collect(),
                    })
                })
                .collect(),
            answer_columns: answer_columns(&raw.answers),
            states: RegisterStates {
                undecided: raw.states.undecided,
                to_hold: raw.states.to_hold,
                done: raw.states.done,
                dropped: raw.states.dropped,
            },
            place: Place { file: self.file.clone(), span: raw.talk_when.span() },
            name: raw.name.into_inner(),
        })
    }

    pub(super) fn overview(&mut self, sections: &Sections, tables: &[Table], subjects: &[Subject]) -> Overview {
        let mut ratios = Vec::new();
        for (file, raw) in &sections.ratios {
            self.file.clone_from(file);
            if let Some(of) = self.find("对象", &raw.of, kinds(subjects)) {
                ratios.push(Ratio {
                    name: raw.name.clone(),
                    of,
                    counted: self.expression(&raw.counted),
                    among: self.expression(&raw.among),
                    limits: self.limits(&raw.limits),
                    reference: raw.reference.clone(),
                    warns: raw.warns,
                    place: Place { file: file.clone(), span: raw.counted.span() },
                });
            }
        }
        let mut crosses = Vec::new();
        for (file, raw) in &sections.crosses {
            self.file.clone_from(file);
            if let Some(of) = self.entity(&raw.of, tables, subjects) {
                crosses.push(Cross {
                    title: raw.title.clone(),
                    of,
                    given: self.expression(&raw.given),
                    rows: self.expression(&raw.rows),
                    columns: self.expression(&raw.columns),
                    chart: raw.chart,
                    place: Place { file: file.clone(), span: raw.given.span() },
                });
            }
        }
        Overview { ratios, crosses }
    }
}
