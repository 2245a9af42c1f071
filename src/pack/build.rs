//! Raw pack → checked pack: resolves names and collects every fault with its place.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use toml::Spanned;

use super::fault::Fault;
use super::model::*;
use super::raw::*;

/// Builds the pack from its parsed files.
pub fn build(raw: Vec<(String, RawFile)>, hash: String, files: Vec<(String, String)>) -> Result<Pack, Vec<Fault>> {
    let mut builder = Builder { faults: Vec::new(), file: String::new() };
    let pack = builder.pack(raw, hash, files);
    match pack {
        Some(pack) if builder.faults.is_empty() => {
            let faults = super::check::check(&pack);
            if faults.is_empty() { Ok(pack) } else { Err(faults) }
        }
        _ => Err(builder.faults),
    }
}

/// Collects faults; `file` is the file of the item being looked at.
struct Builder {
    faults: Vec<Fault>,
    file: String,
}

/// Items of one section with the file they stand in.
type Located<T> = Vec<(String, T)>;

/// All sections of all files.
#[derive(Default)]
struct Sections {
    subjects: Located<RawSubject>,
    aliases: Located<RawAlias>,
    tables: Located<RawTable>,
    rows: Located<RawRow>,
    parameters: Located<RawParameter>,
    facts: Located<RawFact>,
    forks: Located<RawFork>,
    rules: Located<RawRule>,
    lists: Located<RawList>,
    actions: Located<RawAction>,
    quotas: Located<RawQuota>,
    hints: Located<RawHint>,
    ratios: Located<RawRatio>,
    crosses: Located<RawCross>,
}

impl Builder {
    fn fault(&mut self, at: std::ops::Range<usize>, message: String, remedy: String) {
        self.faults.push(Fault { file: self.file.clone(), span: at, message, remedy });
    }

    /// Position of `name` among `known`, or a fault that names the nearest.
    fn find<'a>(&mut self, what: &str, name: &Name, known: impl Iterator<Item = &'a str>) -> Option<usize> {
        let known: Vec<&str> = known.collect();
        if let Some(at) = known.iter().position(|one| one == name.get_ref()) {
            return Some(at);
        }
        let near = nearest(name.get_ref(), &known);
        let remedy = match near {
            Some(near) => format!("是否要写「{near}」？"),
            None if known.is_empty() => format!("请先定义{what}"),
            None => format!("已有的{what}：{}", known.join("、")),
        };
        self.fault(name.span(), format!("没有名为「{}」的{what}", name.get_ref()), remedy);
        None
    }

    fn unique<'a, T: 'a>(&mut self, what: &str, items: &'a Located<T>, name: impl Fn(&'a T) -> &'a Name) {
        let mut seen: BTreeMap<&str, ()> = BTreeMap::new();
        for (file, item) in items {
            let name = name(item);
            if seen.insert(name.get_ref(), ()).is_some() {
                self.file.clone_from(file);
                self.fault(
                    name.span(),
                    format!("{what}「{}」定义了两次", name.get_ref()),
                    "请删去或改名其中一个".into(),
                );
            }
        }
    }

    fn pack(&mut self, raw: Vec<(String, RawFile)>, hash: String, files: Vec<(String, String)>) -> Option<Pack> {
        let mut sections = Sections::default();
        let mut head = RawFile::default();
        let mut head_file = String::new();
        for (file, content) in raw {
            macro_rules! gather {
                ($($from:ident => $to:ident),*) => {$(
                    sections.$to.extend(content.$from.into_iter().map(|item| (file.clone(), item)));
                )*};
            }
            gather!(subject => subjects, alias => aliases, table => tables, row => rows, parameter => parameters,
                fact => facts, fork => forks, rule => rules, list => lists, action => actions, quota => quotas,
                hint => hints, ratio => ratios, cross => crosses);
            macro_rules! once {
                ($($field:ident),*) => {$(
                    if content.$field.is_some() {
                        head.$field = content.$field;
                        head_file.clone_from(&file);
                    }
                )*};
            }
            once!(name, version, title, city, measures, parts, answers, pendings, notices, membership, register_book);
        }
        self.file = head_file;
        self.head(head, sections, hash, files)
    }

    fn required<T>(&mut self, key: &str, value: Option<T>) -> Option<T> {
        if value.is_none() {
            self.fault(0..0, format!("规则包缺少「{key}」"), format!("请在 pack.toml 中写明 {key}"));
        }
        value
    }

    fn head(&mut self, head: RawFile, sections: Sections, hash: String, files: Vec<(String, String)>) -> Option<Pack> {
        let name = self.required("name", head.name);
        let version = self.required("version", head.version);
        let city = self.required("city", head.city);
        let measures = self.required("measures", head.measures);
        let answers = self.required("answers", head.answers);
        let pendings = self.required("pendings", head.pendings);
        let notices = self.required("notices", head.notices);
        let raw_membership = self.required("membership", head.membership);
        let parts = head.parts.unwrap_or_default();

        self.unique("表", &sections.tables, |table| &table.name);
        self.unique("对象", &sections.subjects, |subject| &subject.kind);
        self.unique("参数", &sections.parameters, |parameter| &parameter.name);
        self.unique("处理", &sections.actions, |action| &action.name);
        self.unique("名单", &sections.lists, |list| &list.name);

        let tables = self.tables(&sections);
        let subjects = self.subjects(&sections, &tables);
        let membership = raw_membership.and_then(|raw| self.membership(&raw, &tables, &subjects));
        let aliases = self.aliases(&sections, &tables);
        let parameters = self.parameters(&sections);
        let lists = self.lists(&sections);
        let actions = self.actions(&sections, &lists);
        let facts = self.facts(&sections, &tables, &subjects, &parameters);
        let forks = self.forks(&sections, &tables);
        let measures = measures?;
        let mut rules = self.rules(&sections, &tables, &subjects, &actions, &parts, &measures);
        let quotas = self.quotas(&sections, &subjects, &actions, &parameters, &parts, &measures, &mut rules);
        let hints = self.hints(&sections, &tables, &subjects, &actions);
        let register =
            head.register_book.and_then(|raw| self.register(raw, &tables, &subjects, &actions, &parts, &measures));
        let overview = self.overview(&sections, &tables, &subjects);
        let answers = answers?;
        let pendings = pendings?;
        let notices = notices?;
        Some(Pack {
            name: name?,
            version: version?,
            title: head.title.unwrap_or_default(),
            hash,
            city: city?,
            measures,
            subjects,
            membership: membership?,
            tables,
            aliases,
            parameters,
            forks,
            facts,
            rules,
            actions,
            lists,
            register,
            quotas,
            hints,
            notices: Notices { folder: notices.folder, title: notices.title, draft: notices.draft },
            pendings: Pendings {
                rejected_row: pendings.rejected_row,
                rejected_register: pendings.rejected_register,
                register: pendings.register,
            },
            answers: Answers {
                agree: answers.agree,
                refuse: answers.refuse,
                defer: answers.defer,
                change: answers.change,
            },
            overview,
            files,
        })
    }

    fn tables(&mut self, sections: &Sections) -> Vec<Table> {
        let kinds: Vec<&str> = sections.subjects.iter().map(|(_, subject)| subject.kind.get_ref().as_str()).collect();
        let mut tables = Vec::new();
        for (file, raw) in &sections.tables {
            self.file.clone_from(file);
            let names: Vec<&str> = raw.column.iter().map(|column| column.name.get_ref().as_str()).collect();
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
                        when: check.when.get_ref().clone(),
                        column: column(self, &check.column)?,
                        rejects: rejects?,
                        blank: check.blank,
                        reason: check.reason.clone(),
                        remedy: check.remedy.clone(),
                    })
                })
                .collect();
            let row = sections.rows.iter().find(|(_, row)| row.table.get_ref() == raw.name.get_ref());
            tables.push(Table {
                name: raw.name.get_ref().clone(),
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
                looks_back: raw.looks_back.as_ref().map(|sql| sql.get_ref().clone()),
                key,
                references,
                checks,
                about: row.and_then(|(_, row)| column(self, &row.about)),
                shown_facts: row
                    .map_or_else(Vec::new, |(_, row)| row.shown.iter().map(|name| name.get_ref().clone()).collect()),
                columns,
            });
        }
        for (file, row) in &sections.rows {
            self.file.clone_from(file);
            self.find("表", &row.table, tables.iter().map(|table| table.name.as_str()));
        }
        tables
    }

    /// One of a few English words that steer the engine.
    fn word<T: Copy>(&mut self, what: &str, word: &Name, known: &[(&str, T)]) -> Option<T> {
        self.find(what, word, known.iter().map(|(name, _)| *name)).map(|at| known[at].1)
    }

    fn column(&mut self, raw: &RawColumn, names: &[&str], kinds: &[&str]) -> Option<Column> {
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
                ColumnKind::Choice { values: raw.values.clone(), ordered: raw.ordered }
            }
            "number" => ColumnKind::Number { min: raw.min, max: raw.max },
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
                    "可用：text、id、name、names、choice、number、date、month、year、people、line".into(),
                );
                return None;
            }
        };
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
        })
    }

    fn reference(&mut self, raw: &RawReference, names: &[&str], kinds: &[&str]) -> Option<Reference> {
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

    fn subjects(&mut self, sections: &Sections, tables: &[Table]) -> Vec<Subject> {
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

    fn membership(&mut self, raw: &RawMembership, tables: &[Table], subjects: &[Subject]) -> Option<Membership> {
        let table = self.find("表", &raw.table, table_names(tables))?;
        Some(Membership {
            table,
            member: self.find("对象", &raw.member, kinds(subjects))?,
            unit: self.find("对象", &raw.unit, kinds(subjects))?,
            role: self.find("列", &raw.role, tables[table].columns.iter().map(|column| column.name.as_str()))?,
        })
    }

    fn aliases(&mut self, sections: &Sections, tables: &[Table]) -> BTreeMap<String, String> {
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

    fn parameters(&mut self, sections: &Sections) -> Vec<Parameter> {
        let mut parameters = Vec::new();
        for (file, raw) in &sections.parameters {
            self.file.clone_from(file);
            let mut values: Vec<Dated> = Vec::new();
            for dated in &raw.values {
                let date = dated.from.get_ref().date;
                let from =
                    date.and_then(|d| NaiveDate::from_ymd_opt(i32::from(d.year), u32::from(d.month), u32::from(d.day)));
                let Some(from) = from else {
                    self.fault(dated.from.span(), "生效日期不是一天".into(), "请写成 2015-01-01".into());
                    continue;
                };
                let value = match dated.value.get_ref() {
                    RawValue::Int(value) => Value::Number(*value as f64),
                    RawValue::Number(value) => Value::Number(*value),
                    RawValue::Text(value) => Value::Text(value.clone()),
                };
                if let Err(message) = fits(&value, raw.min, raw.max, &raw.one_of) {
                    self.fault(dated.value.span(), message, "请更正参数的值或界限".into());
                }
                values.push(Dated { from, value });
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
                values,
                min: raw.min,
                max: raw.max,
                one_of: raw.one_of.clone(),
            });
        }
        parameters
    }

    fn lists(&mut self, sections: &Sections) -> Vec<List> {
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
            });
        }
        lists
    }

    fn actions(&mut self, sections: &Sections, lists: &[List]) -> Vec<Action> {
        let mut actions = Vec::new();
        for (file, raw) in &sections.actions {
            self.file.clone_from(file);
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
            });
        }
        actions
    }

    fn entity(&mut self, name: &Name, tables: &[Table], subjects: &[Subject]) -> Option<Entity> {
        let known = kinds(subjects).chain(table_names(tables)).chain(["city"]);
        let at = self.find("对象或表", name, known)?;
        Some(if at < subjects.len() {
            Entity::Subject(at)
        } else if at < subjects.len() + tables.len() {
            Entity::Row(at - subjects.len())
        } else {
            Entity::City
        })
    }

    fn facts(
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
            for line in raw.cells.iter().filter_map(|cell| cell.line.as_ref()) {
                self.find("参数", line, parameters.iter().map(|parameter| parameter.name.as_str()));
            }
            let cells = raw
                .cells
                .iter()
                .map(|cell| CellRule {
                    column: cell.column.get_ref().clone(),
                    when: cell.when.as_ref().map(|sql| sql.get_ref().clone()),
                    line: cell.line.as_ref().map(|name| name.get_ref().clone()),
                })
                .collect();
            let text = |name: &Option<Name>| name.as_ref().map(|sql| sql.get_ref().clone());
            let formula = match (&raw.is, &raw.from, &raw.value, raw.covered) {
                (Some(is), None, None, false) => Formula::Own { is: is.get_ref().clone(), cells },
                (None, Some(from), Some(value), false) => {
                    let known = SYSTEM.iter().map(|(name, _)| *name).chain(table_names(tables));
                    let Some(at) = self.find("表", from, known) else { continue };
                    Formula::Aggregate {
                        source: if at < SYSTEM.len() { SYSTEM[at].1 } else { Source::Table(at - SYSTEM.len()) },
                        given: text(&raw.given),
                        value: value.get_ref().clone(),
                        absent: text(&raw.absent),
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

    fn forks(&mut self, sections: &Sections, tables: &[Table]) -> Vec<Fork> {
        let mut forks = Vec::new();
        for (file, raw) in &sections.forks {
            self.file.clone_from(file);
            if let Some(table) = self.find("表", &raw.table, table_names(tables)) {
                forks.push(Fork {
                    table,
                    fact: raw.fact.get_ref().clone(),
                    when: raw.when.get_ref().clone(),
                    values: raw.values.iter().map(|sql| sql.get_ref().clone()).collect(),
                    missing: raw.missing.clone(),
                    reading: raw.reading.clone(),
                });
            }
        }
        forks
    }

    fn runs(&mut self, runs: &Name) -> Vec<Run> {
        self.word(
            "轮次",
            runs,
            &[("H", &[Run::HalfYear][..]), ("A", &[Run::Annual]), ("HA", &[Run::HalfYear, Run::Annual])],
        )
        .map(<[Run]>::to_vec)
        .unwrap_or_default()
    }

    #[allow(clippy::too_many_arguments)] // The sections that a rule may name.
    fn rules(
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
            let proposals = raw.propose.iter().filter_map(|one| self.proposal(one, actions)).collect();
            let provision = raw.provision.as_ref().map(|name| name.get_ref().clone()).unwrap_or_default();
            rules.push(Rule {
                id: id.clone(),
                citation: cite(measures, parts, &provision),
                provision,
                runs: self.runs(&raw.runs),
                stage: raw.stage,
                of,
                scope: raw.scope.as_ref().map(|sql| sql.get_ref().clone()),
                when: raw.when.get_ref().clone(),
                proposals,
                marks: raw.marks.clone(),
                about: raw.about.iter().map(|name| name.get_ref().clone()).collect(),
                confidential: raw.confidential,
                reading: raw.reading.clone(),
                place: Place { file: file.clone(), span: raw.id.span() },
            });
        }
        rules
    }

    fn proposal(&mut self, raw: &RawProposal, actions: &[Action]) -> Option<Proposal> {
        let action = self.find("处理", &raw.action, actions.iter().map(|action| action.name.as_str()))?;
        for option in &raw.options {
            self.find("可选方式", option, actions[action].options.iter().map(String::as_str));
        }
        let group = match raw.to.get_ref() {
            RawRecipient::Word(word) if word == "itself" => None,
            RawRecipient::Word(_) => Some(RawGroup::default()),
            RawRecipient::Group(group) => Some(group.clone()),
        };
        let to = match group {
            None => Recipient::Itself,
            Some(RawGroup { role: Some(role), via, named: None, by: None }) => Recipient::Role { role, via },
            Some(RawGroup { role: None, via: None, named: Some(column), by: Some(fact) }) => {
                Recipient::Named { column, fact }
            }
            Some(_) => {
                self.fault(
                    raw.to.span(),
                    "处理对象的写法不对".into(),
                    "可写 \"itself\"、{ role = \"…\" }、{ role = \"…\", via = \"…\" } 或 { named = \"列\", by = \"事实\" }".into(),
                );
                return None;
            }
        };
        Some(Proposal {
            action,
            options: raw.options.iter().map(|name| name.get_ref().clone()).collect(),
            to,
            reading: raw.reading.clone(),
        })
    }

    #[allow(clippy::too_many_arguments)] // The sections that a quota may name.
    fn quotas(
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
                when: "FALSE".into(),
                proposals: Vec::new(),
                marks: None,
                about: Vec::new(),
                confidential: true,
                reading: None,
                place: Place { file: file.clone(), span: raw.rule.span() },
            });
            quotas.push(Quota {
                rule: rules.len() - 1,
                action,
                runs,
                of,
                share: raw.share.get_ref().clone(),
                reached: raw.reached.get_ref().clone(),
                first: raw.first.get_ref().clone(),
            });
        }
        quotas
    }

    fn hints(&mut self, sections: &Sections, tables: &[Table], subjects: &[Subject], actions: &[Action]) -> Vec<Hint> {
        let mut hints = Vec::new();
        for (file, raw) in &sections.hints {
            self.file.clone_from(file);
            let Some(of) = self.entity(&raw.of, tables, subjects) else { continue };
            hints.push(Hint {
                text: raw.text.clone(),
                of,
                when: raw.when.get_ref().clone(),
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

    fn register(
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
        for name in [&raw.talk_date, &raw.talk_line] {
            self.find("列", name, columns.iter().copied());
        }
        Some(RegisterBook {
            title: raw.title.unwrap_or_else(|| raw.name.clone()),
            citation: cite(measures, parts, &raw.provision),
            action: self.find("处理", &raw.action, actions.iter().map(|action| action.name.as_str()))?,
            talks,
            talk_date: raw.talk_date.get_ref().clone(),
            talk_when: raw.talk_when.get_ref().clone(),
            talk_line: raw.talk_line.get_ref().clone(),
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
            name: raw.name,
        })
    }

    fn overview(&mut self, sections: &Sections, tables: &[Table], subjects: &[Subject]) -> Overview {
        let mut ratios = Vec::new();
        for (file, raw) in &sections.ratios {
            self.file.clone_from(file);
            if let Some(of) = self.find("对象", &raw.of, kinds(subjects)) {
                ratios.push(Ratio {
                    name: raw.name.clone(),
                    of,
                    counted: raw.counted.get_ref().clone(),
                    among: raw.among.get_ref().clone(),
                    limit: raw.limit,
                    reference: raw.reference.clone(),
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
                    given: raw.given.get_ref().clone(),
                    rows: raw.rows.get_ref().clone(),
                    columns: raw.columns.get_ref().clone(),
                    chart: raw.chart,
                });
            }
        }
        Overview { ratios, crosses }
    }
}

/// Whether a parameter's value lies within its bounds; else what was expected.
///
/// # Errors
/// A sentence in Chinese that names the value and the bounds.
pub fn fits(value: &Value, min: Option<f64>, max: Option<f64>, one_of: &[String]) -> Result<(), String> {
    match value {
        Value::Number(number) => {
            if !one_of.is_empty() {
                return Err(format!("值 {number} 应为下列之一：{}", one_of.join("、")));
            }
            let low = min.is_some_and(|min| *number < min);
            let high = max.is_some_and(|max| *number > max);
            if low || high || !number.is_finite() {
                let bound = |bound: Option<f64>, word: &str| bound.map(|b| format!("{word} {b}")).unwrap_or_default();
                return Err(format!("值 {number} 超出范围（{} {}）", bound(min, "不小于"), bound(max, "不大于")));
            }
            Ok(())
        }
        Value::Text(text) if one_of.is_empty() => Err(format!("值「{text}」应为数字")),
        Value::Text(text) if one_of.contains(text) => Ok(()),
        Value::Text(text) => Err(format!("值「{text}」应为下列之一：{}", one_of.join("、"))),
    }
}

fn cite(measures: &str, parts: &BTreeMap<String, String>, provision: &str) -> String {
    if provision.is_empty() {
        return String::new();
    }
    let part = provision.split('.').next().and_then(|part| parts.get(part)).map_or("", String::as_str);
    format!("{measures}{part}（{provision}）")
}

fn answer_columns(raw: &[RawAnswerColumn]) -> Vec<AnswerColumn> {
    raw.iter().map(|one| AnswerColumn { name: one.name.clone(), is_date: one.date }).collect()
}

fn table_names(tables: &[Table]) -> impl Iterator<Item = &str> {
    tables.iter().map(|table| table.name.as_str())
}

fn kinds(subjects: &[Subject]) -> impl Iterator<Item = &str> {
    subjects.iter().map(|subject| subject.kind.as_str())
}

/// The known word nearest to `word`, if it is near enough to be meant.
pub fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    let (distance, near) =
        known.iter().map(|one| (strsim::damerau_levenshtein(word, one), *one)).min_by_key(|(d, _)| *d)?;
    (distance <= (word.chars().count() / 3).max(1)).then_some(near)
}
