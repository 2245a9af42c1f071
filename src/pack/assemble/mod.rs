//! Raw pack → checked pack: resolves names and collects every fault with its place.

mod choice;
mod followup;
mod handoff;
mod names;
mod policy;
mod tables;

use std::collections::BTreeMap;

use super::fault::Fault;
use super::model::*;
use super::raw::*;
use super::template::Template;

pub use names::stays_inside;
pub use tables::YES_NO;

/// Builds the pack from its parsed files.
pub fn build(raw: Vec<(String, RawFile)>, hash: String, files: Vec<(String, String)>) -> Result<Pack, Vec<Fault>> {
    let mut builder = Builder { faults: Vec::new(), file: String::new(), chosen: Vec::new() };
    let pack = builder.pack(raw, hash, files);
    match pack {
        Some(mut pack) if builder.faults.is_empty() => {
            let mut faults = super::check::check(&pack);
            if faults.is_empty() {
                faults = choice::choose(&mut pack, &builder.chosen);
                faults.extend(super::check::recipients(&pack));
            }
            if faults.is_empty() { Ok(pack) } else { Err(faults) }
        }
        _ => Err(builder.faults),
    }
}

/// Collects faults; `file` is the file of the item being looked at.
struct Builder {
    faults: Vec<Fault>,
    file: String,
    /// Proposals whose words are not known yet.
    chosen: Vec<choice::Chosen>,
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
    measures: Located<RawMeasure>,
    influences: Located<RawInfluence>,
    tasks: Located<RawTask>,
    forms: Located<RawForm>,
    pages: Located<RawPage>,
    talks: Located<RawTalks>,
    ratios: Located<RawRatio>,
    crosses: Located<RawCross>,
    silents: Located<RawSilent>,
    together: Located<RawGroupOfRules>,
    exclusive: Located<RawGroupOfRules>,
    equivalents: Located<RawEquivalent>,
    memberships: Located<RawMembership>,
    registers: Located<RawRegisterBook>,
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

    /// A section that a pack has once.
    fn single<'a>(&mut self, what: &str, items: impl Iterator<Item = (&'a String, &'a Name)>) {
        for (file, name) in items.skip(1) {
            self.file.clone_from(file);
            self.fault(name.span(), format!("[{what}] 写了两次"), "请只留一处".into());
        }
    }

    fn pack(&mut self, raw: Vec<(String, RawFile)>, hash: String, files: Vec<(String, String)>) -> Option<Pack> {
        let mut sections = Sections::default();
        let mut head = RawFile::default();
        let mut head_file = String::new();
        for (file, content) in raw {
            self.names_of_files(&file, &content);
            macro_rules! gather {
                ($($from:ident => $to:ident),*) => {$(
                    sections.$to.extend(content.$from.into_iter().map(|item| (file.clone(), item)));
                )*};
            }
            gather!(subject => subjects, alias => aliases, table => tables, row => rows, parameter => parameters,
                fact => facts, fork => forks, rule => rules, list => lists, action => actions, quota => quotas,
                hint => hints, measure => measures, influence => influences, task => tasks, form => forms, page => pages, talks => talks, ratio => ratios, cross => crosses, silent => silents, together => together,
                exclusive => exclusive, equivalent => equivalents, membership => memberships, register_book => registers);
            macro_rules! once {
                ($($field:ident),*) => {$(
                    if content.$field.is_some() {
                        if head.$field.is_some() {
                            let message = format!("「{}」在「{head_file}」和「{file}」中各写了一次", stringify!($field));
                            self.file.clone_from(&file);
                            self.fault(0..0, message, "请只留一处".into());
                        }
                        head.$field = content.$field;
                        head_file.clone_from(&file);
                    }
                )*};
            }
            once!(grades, name, version, title, city, measures, parts, groups, answers, pendings, notices);
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

    fn head(
        &mut self,
        head: RawFile,
        mut sections: Sections,
        hash: String,
        files: Vec<(String, String)>,
    ) -> Option<Pack> {
        let name = self.required("name", head.name);
        let version = self.required("version", head.version);
        let city = self.required("city", head.city);
        let measures = self.required("measures", head.measures);
        let answers = self.required("answers", head.answers);
        let pendings = self.required("pendings", head.pendings);
        let notices = self.required("notices", head.notices);
        self.single("membership", sections.memberships.iter().map(|(file, raw)| (file, &raw.table)));
        let raw_membership = sections.memberships.pop();
        if raw_membership.is_none() && sections.subjects.len() > 1 {
            let message = "几种对象的规则包缺少「membership」".into();
            self.fault(0..0, message, "请写 [membership]：谁在哪个单位任什么职务；只有一种对象的不必写".into());
        }
        let parts = head.parts.unwrap_or_default();

        self.unique("表", &sections.tables, |table| &table.name);
        self.unique("对象", &sections.subjects, |subject| &subject.kind);
        self.unique("对象代码", &sections.subjects, |subject| &subject.code);
        self.unique("参数", &sections.parameters, |parameter| &parameter.name);
        self.unique("处理", &sections.actions, |action| &action.name);
        self.unique("名单", &sections.lists, |list| &list.name);
        self.unique("处理措施", &sections.measures, |measure| &measure.name);
        let book = sections.registers.iter().map(|(file, raw)| (file, &raw.name));
        self.single("register_book", book.clone());
        let listed = |name: &Name| sections.lists.iter().any(|(_, list)| list.name.get_ref() == name.get_ref());
        let twice: Vec<(String, Name)> =
            book.filter(|(_, name)| listed(name)).map(|(file, name)| (file.clone(), name.clone())).collect();
        for (file, name) in twice {
            self.file = file;
            self.fault(name.span(), format!("登记表「{}」与名单同名", name.get_ref()), "请另起名称".into());
        }

        let tables = self.tables(&sections);
        let subjects = self.subjects(&sections, &tables);
        let membership = match raw_membership {
            Some((file, raw)) => {
                self.file = file;
                self.membership(&raw, &tables, &subjects)
            }
            // Subjects of one kind stand for themselves, each in the row that registers it.
            None => subjects.first().map(|one| Membership { table: one.register, member: 0, unit: 0, role: one.id }),
        };
        let aliases = self.aliases(&sections, &tables);
        let groups = self.groups(head.groups.unwrap_or_default());
        let parameters = self.parameters(&sections);
        let lists = self.lists(&sections);
        let actions = self.actions(&sections, &lists);
        let facts = self.facts(&sections, &tables, &subjects, &parameters);
        let forks = self.forks(&sections, &tables);
        let measures = measures?;
        let mut rules = self.rules(&sections, &tables, &subjects, &actions, &parts, &measures);
        let quotas = self.quotas(&sections, &subjects, &actions, &parameters, &parts, &measures, &mut rules);
        let hints = self.hints(&sections, &tables, &subjects, &actions);
        let further = self.measures(&sections, &actions);
        let grades = head.grades.unwrap_or_default();
        for name in &grades {
            self.find("事实", name, facts.iter().map(|fact| fact.name.as_str()));
        }
        let grades = grades.into_iter().map(Name::into_inner).collect();
        self.single("talks", sections.talks.iter().map(|(file, raw)| (file, &raw.table)));
        let talks = sections.talks.pop().and_then(|(file, raw)| {
            self.file = file;
            self.talks(&raw, &tables)
        });
        let influences = self.influences(&sections, &tables, talks.as_ref(), &actions, &parameters);
        let tasks = self.tasks(&sections, &tables, talks.as_ref(), &actions, &lists);
        self.unique("文书", &sections.forms, |form| &form.name);
        let forms = self.forms(&sections, &actions, &lists);
        let pages = self.pages(&sections, &tables, &actions, &parameters);
        let register = sections.registers.pop().and_then(|(file, raw)| {
            self.file = file;
            self.register(raw, &tables, &subjects, &actions, &parts, &measures)
        });
        let overview = self.overview(&sections, &tables, &subjects);
        let deliberate = self.deliberate(&sections, &tables, &rules);
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
            parts,
            subjects,
            membership: membership?,
            tables,
            aliases,
            groups,
            parameters,
            forks,
            facts,
            rules,
            actions,
            lists,
            register,
            quotas,
            hints,
            further,
            talks,
            grades,
            influences,
            tasks,
            forms,
            pages,
            notices: Notices {
                folder: notices.folder.into_inner(),
                title: notices.title,
                draft: notices.draft,
                from: notices.from,
            },
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
            deliberate,
            template: Template::default(),
            files,
        })
    }

    /// One of a few English words that steer the engine.
    fn word<T: Copy>(&mut self, what: &str, word: &Name, known: &[(&str, T)]) -> Option<T> {
        self.find(what, word, known.iter().map(|(name, _)| *name)).map(|at| known[at].1)
    }

    /// An expression with the place that it stands at.
    fn expression(&self, text: &Name) -> Expression {
        Expression::new(text.get_ref(), Place { file: self.file.clone(), span: text.span() })
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

    fn runs(&mut self, runs: &Name) -> Vec<Run> {
        self.word(
            "轮次",
            runs,
            &[("H", &[Run::HalfYear][..]), ("A", &[Run::Annual]), ("HA", &[Run::HalfYear, Run::Annual])],
        )
        .map(<[Run]>::to_vec)
        .unwrap_or_default()
    }
}

/// Whether a parameter's value lies within its bounds; else what was expected.
///
/// # Errors
/// A sentence in Chinese that names the value and the bounds.
pub fn fits(value: &Value, min: Option<f64>, max: Option<f64>, whole: bool, one_of: &[String]) -> Result<(), String> {
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
            if whole && number.fract() != 0.0 {
                return Err(format!("值 {number} 应为整数"));
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
    format!("{measures}{part}〔规则{provision}〕")
}

/// The day that a date of the file names; none where it is more or less than one.
fn day(written: &toml::value::Datetime) -> Option<chrono::NaiveDate> {
    let date = written.date?;
    chrono::NaiveDate::from_ymd_opt(i32::from(date.year), u32::from(date.month), u32::from(date.day))
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
