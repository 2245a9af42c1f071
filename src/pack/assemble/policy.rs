//! Parameters, facts, forks and rules.

use std::collections::BTreeMap;

use super::super::model::*;
use super::super::raw::*;
use super::choice::Chosen;
use super::{Builder, Sections, cite, day, fits, table_names};

/// The cells behind a fact are marked by the bits of a word.
const MOST_CELLS: usize = 64;

impl Builder {
    pub(super) fn parameters(&mut self, sections: &Sections) -> Vec<Parameter> {
        let mut parameters = Vec::new();
        for (file, raw) in &sections.parameters {
            self.file.clone_from(file);
            let mut values: Vec<Dated> = Vec::new();
            for dated in &raw.values {
                let Some(from) = day(dated.from.get_ref()) else {
                    self.fault(dated.from.span(), "生效日期不是一天".into(), "请写成 2015-01-01".into());
                    continue;
                };
                let value = match dated.value.get_ref() {
                    RawValue::Int(value) => Value::Number(*value as f64),
                    RawValue::Number(value) => Value::Number(*value),
                    RawValue::Text(value) => Value::Text(value.clone()),
                };
                if let Err(message) = fits(&value, raw.min, raw.max, raw.whole, &raw.one_of) {
                    self.fault(dated.value.span(), message, "请更正参数的值或界限".into());
                }
                values.push(Dated { from, value, span: dated.value.span() });
            }
            if values.is_empty() {
                self.fault(raw.name.span(), format!("参数「{}」没有值", raw.name.get_ref()), "请写明 values".into());
            }
            if raw.reference.trim().is_empty() {
                self.fault(
                    raw.name.span(),
                    format!("参数「{}」没有依据", raw.name.get_ref()),
                    "请写明 reference".into(),
                );
            }
            values.sort_by_key(|dated| dated.from);
            parameters.push(Parameter {
                name: raw.name.get_ref().clone(),
                unit: raw.unit.clone(),
                reference: raw.reference.clone(),
                reading: raw.reading.clone(),
                unconfirmed: raw.unconfirmed.clone(),
                given: raw.given,
                place: Place { file: file.clone(), span: raw.name.span() },
                values,
                min: raw.min,
                max: raw.max,
                whole: raw.whole,
                one_of: raw.one_of.clone(),
            });
        }
        parameters
    }

    pub(super) fn facts(
        &mut self,
        sections: &Sections,
        tables: &[Table],
        subjects: &[Subject],
        parameters: &[Parameter],
    ) -> Vec<Fact> {
        const SYSTEM: [(&str, Source); 5] = [
            ("@archive", Source::Archive),
            ("@grounds", Source::ArchiveGrounds),
            ("@runs", Source::ArchiveRuns),
            ("@proposed", Source::Proposed),
            ("@pending", Source::Pending),
        ];
        let mut facts = Vec::new();
        for (file, raw) in &sections.facts {
            self.file.clone_from(file);
            let Some(of) = self.entity(&raw.of, tables, subjects) else { continue };
            let name = raw.name.get_ref();
            if facts.iter().any(|fact: &Fact| fact.of == of && fact.name == *name) {
                let message = format!("「{}」的事实「{name}」定义了两次", raw.of.get_ref());
                self.fault(raw.name.span(), message, "请删去或改名其中一个".into());
            }
            if raw.cells.len() > MOST_CELLS {
                let message = format!("事实「{name}」的 cells 有 {} 项", raw.cells.len());
                self.fault(raw.name.span(), message, format!("最多 {MOST_CELLS} 项"));
            }
            for line in raw.cells.iter().filter_map(|cell| cell.line.as_ref()) {
                self.find("参数", line, parameters.iter().map(|parameter| parameter.name.as_str()));
            }
            let cells = raw
                .cells
                .iter()
                .map(|cell| CellRule {
                    column: cell.column.get_ref().clone(),
                    when: cell.when.as_ref().map(|text| self.expression(text)),
                    line: cell.line.as_ref().map(|name| name.get_ref().clone()),
                })
                .collect();
            let text = |name: &Option<Name>| name.as_ref().map(|text| text.get_ref().clone());
            let formula = match (&raw.is, &raw.from, &raw.value, raw.covered) {
                (Some(is), None, None, false) => {
                    let shows = raw.shows.iter().map(|name| name.get_ref().clone()).collect();
                    Formula::Own { is: self.expression(is), cells, shows }
                }
                (None, Some(from), Some(value), false) => {
                    let known = SYSTEM.iter().map(|(name, _)| *name).chain(table_names(tables));
                    let Some(at) = self.find("表", from, known) else { continue };
                    Formula::Aggregate {
                        source: if at < SYSTEM.len() { SYSTEM[at].1 } else { Source::Table(at - SYSTEM.len()) },
                        given: raw.given.as_ref().map(|text| self.expression(text)),
                        value: self.expression(value),
                        absent: raw.absent.as_ref().map(|text| self.expression(text)),
                        cells,
                        by: text(&raw.by),
                    }
                }
                (None, None, None, true) => Formula::Covered,
                _ => {
                    self.fault(
                        raw.name.span(),
                        format!("事实「{}」的写法不完整", raw.name.get_ref()),
                        "请写 is = …，或 from = … 和 value = …，或 covered = true，三者取一".into(),
                    );
                    continue;
                }
            };
            facts.push(Fact {
                name: raw.name.get_ref().clone(),
                of,
                formula,
                text: raw.text.clone(),
                reading: raw.reading.clone(),
                place: Place { file: file.clone(), span: raw.name.span() },
            });
        }
        facts
    }

    pub(super) fn forks(&mut self, sections: &Sections, tables: &[Table]) -> Vec<Fork> {
        let mut forks = Vec::new();
        for (file, raw) in &sections.forks {
            self.file.clone_from(file);
            if let Some(table) = self.find("表", &raw.table, table_names(tables)) {
                forks.push(Fork {
                    table,
                    fact: raw.fact.get_ref().clone(),
                    when: self.expression(&raw.when),
                    values: raw.values.iter().map(|text| self.expression(text)).collect(),
                    missing: raw.missing.clone(),
                    reading: raw.reading.clone(),
                    place: Place { file: file.clone(), span: raw.when.span() },
                });
            }
        }
        forks
    }

    #[allow(clippy::too_many_arguments)] // The sections that a rule may name.
    pub(super) fn rules(
        &mut self,
        sections: &Sections,
        tables: &[Table],
        subjects: &[Subject],
        actions: &[Action],
        parts: &BTreeMap<String, String>,
        measures: &str,
    ) -> Vec<Rule> {
        let mut rules: Vec<Rule> = Vec::new();
        for (file, raw) in &sections.rules {
            self.file.clone_from(file);
            let Some(of) = self.entity(&raw.of, tables, subjects) else { continue };
            let id = raw.id.get_ref();
            if rules.iter().any(|rule| rule.id == *id && (rule.marks.is_none() || raw.marks.is_none())) {
                self.fault(raw.id.span(), format!("规则「{id}」定义了两次"), "请改用新的编号".into());
            }
            if raw.marks.is_none() && raw.provision.is_none() {
                self.fault(raw.id.span(), format!("规则「{id}」没有写明条款"), "请写明 provision".into());
            }
            if raw.marks.is_some() != raw.propose.is_empty() {
                self.fault(
                    raw.id.span(),
                    format!("规则「{id}」既要有处理又要待定，或两者都没有"),
                    "请写 propose = […]（提出处理）或 marks = […]（只列为待定），二者取一".into(),
                );
            }
            let mut proposals = Vec::new();
            for one in &raw.propose {
                match self.proposal(one, actions) {
                    Some(Suggested::Is(proposal)) => proposals.push(proposal),
                    Some(Suggested::Chosen(chosen)) => self.chosen.push(Chosen { rule: rules.len(), ..chosen }),
                    None => {}
                }
            }
            let provision = raw.provision.as_ref().map(|name| name.get_ref().clone()).unwrap_or_default();
            rules.push(Rule {
                id: id.clone(),
                citation: cite(measures, parts, &provision),
                provision,
                runs: self.runs(&raw.runs),
                stage: raw.stage,
                of,
                scope: raw.scope.as_ref().map(|text| self.expression(text)),
                when: match &raw.when {
                    Some(when) => self.expression(when),
                    None => Expression::new("TRUE", Place { file: file.clone(), span: raw.id.span() }),
                },
                proposals,
                marks: raw.marks.clone(),
                about: raw.about.iter().map(|name| name.get_ref().clone()).collect(),
                shows: raw.shows.iter().map(|name| name.get_ref().clone()).collect(),
                confidential: raw.confidential,
                reading: raw.reading.clone(),
                unconfirmed: raw.unconfirmed.clone(),
                given: raw.given,
                place: Place { file: file.clone(), span: raw.id.span() },
            });
        }
        rules
    }

    /// What the pack declares to be meant so.
    pub(super) fn deliberate(&mut self, sections: &Sections, tables: &[Table], rules: &[Rule]) -> Deliberate {
        let mut deliberate = Deliberate::default();
        for (file, raw) in &sections.silents {
            self.file.clone_from(file);
            let Some(table) = self.find("表", &raw.table, table_names(tables)) else { continue };
            let columns = &tables[table].columns;
            let Some(column) = self.find("列", &raw.column, columns.iter().map(|column| column.name.as_str())) else {
                continue;
            };
            let known: &[String] = match &columns[column].kind {
                ColumnKind::Choice { values, .. } => values,
                _ => &[],
            };
            for value in &raw.values {
                self.find("可选值", value, known.iter().map(String::as_str));
            }
            deliberate.silent.push(Silent {
                table,
                column,
                values: raw.values.iter().map(|value| value.get_ref().clone()).collect(),
                reading: raw.reading.clone(),
                place: Place { file: file.clone(), span: raw.column.span() },
            });
        }
        for (groups, kept) in
            [(&sections.together, &mut deliberate.together), (&sections.exclusive, &mut deliberate.exclusive)]
        {
            for (file, raw) in groups {
                self.file.clone_from(file);
                if let (true, Some(first)) = (raw.reading.trim().is_empty(), raw.rules.first()) {
                    self.fault(first.span(), "没有说明为什么这样".into(), "请写明 reading".into());
                }
                for rule in &raw.rules {
                    self.find("规则", rule, rules.iter().map(|rule| rule.id.as_str()));
                }
                kept.push(raw.rules.iter().map(|rule| rule.get_ref().clone()).collect());
            }
        }
        for (file, raw) in &sections.equivalents {
            self.file.clone_from(file);
            if raw.reading.trim().is_empty() {
                self.fault(raw.mutant.span(), "没有说明为什么这样".into(), "请写明 reading".into());
            }
            deliberate.equivalent.push(Equivalent {
                mutant: raw.mutant.get_ref().trim().to_owned(),
                reading: raw.reading.clone(),
                place: Place { file: file.clone(), span: raw.mutant.span() },
            });
        }
        deliberate
    }

    fn proposal(&mut self, raw: &RawProposal, actions: &[Action]) -> Option<Suggested> {
        let known = actions.iter().map(|action| action.name.as_str());
        let action = match &raw.action {
            Some(name) => Some(self.find("处理", name, known)?),
            None => None,
        };
        if action.is_none() && raw.by.is_none() {
            let remedy = "请写 action = \"处理\"；由事实定的，写 by = \"事实\"".to_owned();
            self.fault(raw.to.span(), "没有写明是哪一种处理".into(), remedy);
            return None;
        };
        for option in &raw.options {
            if let (Some(action), None) = (action, &raw.by) {
                self.find("可选方式", option, actions[action].options.iter().map(String::as_str));
            } else {
                self.fault(option.span(), "由事实（by）定的，不能另写可选方式".into(), "请删去 options 或 by".into());
            }
        }
        if let (Some(none), None) = (raw.none.first(), &raw.by) {
            self.fault(none.span(), "none 只与 by 一起写".into(), "请删去 none，或写明 by = \"事实\"".into());
        }
        let proposal = Proposal {
            action: action.unwrap_or_default(),
            options: raw.options.iter().map(|name| name.get_ref().clone()).collect(),
            to: self.recipient(raw)?,
            only: None,
            reading: raw.reading.clone(),
            given: raw.given,
        };
        let Some(by) = &raw.by else { return Some(Suggested::Is(proposal)) };
        Some(Suggested::Chosen(Chosen {
            rule: 0,
            by: by.get_ref().clone(),
            none: raw.none.iter().map(|word| word.get_ref().clone()).collect(),
            place: Place { file: self.file.clone(), span: by.span() },
            actions: action.is_none(),
            proposal,
        }))
    }

    fn recipient(&mut self, raw: &RawProposal) -> Option<Recipient> {
        let group = match raw.to.get_ref() {
            RawRecipient::Word(word) if word == "itself" => return Some(Recipient::Itself),
            RawRecipient::Word(_) => RawGroup::default(),
            RawRecipient::Group(group) => group.clone(),
        };
        match group {
            RawGroup { role: Some(role), via, named: None, by: None } => Some(Recipient::Role { role, via }),
            RawGroup { role: None, via: None, named: Some(column), by: Some(fact) } => {
                Some(Recipient::Named { column, fact })
            }
            _ => {
                self.fault(
                    raw.to.span(),
                    "处理对象的写法不对".into(),
                    "可写 \"itself\"、{ role = \"…\" }、{ role = \"…\", via = \"…\" } 或 { named = \"列\", by = \"事实\" }".into(),
                );
                None
            }
        }
    }
}

/// A proposal as written: of one action, or of those that a fact chooses.
enum Suggested {
    Is(Proposal),
    Chosen(Chosen),
}
