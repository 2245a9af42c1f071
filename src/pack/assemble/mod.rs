//! The pack's files → the checked pack: resolves names and collects every fault with its place.
//!
//! What a section holds is declared, with how it is read, in the file of its subject ([`section`](super::section)).

mod choice;
pub mod columns;
pub mod followup;
pub mod handoff;
mod names;
pub mod policy;
pub mod tables;

use std::collections::{BTreeMap, HashSet};
use std::ops::Range;

use chrono::NaiveDate;
use serde::Deserialize;
use toml::Spanned;
use toml::value::Datetime;

use super::fault::PackFault;
use super::model::*;
use super::section::{AsWritten, Called, Name, Understood, day};
use super::term::Literal;

pub use columns::YES_NO;
pub use names::stays_inside;

/// One file; every section may stand in any file.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawFile {
    name: Option<String>,
    version: Option<String>,
    title: Option<String>,
    city: Option<String>,
    measures: Option<String>,
    parts: Option<BTreeMap<String, String>>,
    groups: Option<Vec<Name>>,
    answers: Option<Answers>,
    pendings: Option<Pendings>,
    notices: Option<AsWritten<Notices>>,
    membership: Option<AsWritten<Membership>>,
    register_book: Option<AsWritten<RegisterBook>>,
    subject: Vec<AsWritten<SubjectKind>>,
    alias: Vec<AsWritten<tables::Alias>>,
    table: Vec<AsWritten<Table>>,
    row: Vec<AsWritten<tables::RowNaming>>,
    parameter: Vec<AsWritten<Parameter>>,
    fact: Vec<AsWritten<Fact>>,
    fork: Vec<AsWritten<Fork>>,
    rule: Vec<AsWritten<Rule>>,
    list: Vec<AsWritten<List>>,
    action: Vec<AsWritten<Action>>,
    quota: Vec<AsWritten<Quota>>,
    hint: Vec<AsWritten<Hint>>,
    measure: Vec<AsWritten<Measure>>,
    talks: Option<AsWritten<Talks>>,
    grades: Option<Vec<Name>>,
    influence: Vec<AsWritten<Influence>>,
    task: Vec<AsWritten<Task>>,
    form: Vec<AsWritten<Form>>,
    page: Vec<AsWritten<Page>>,
    ratio: Vec<AsWritten<Ratio>>,
    cross: Vec<AsWritten<Cross>>,
    silent: Vec<AsWritten<Silent>>,
    together: Vec<AsWritten<RuleGroup>>,
    exclusive: Vec<AsWritten<RuleGroup>>,
    equivalent: Vec<AsWritten<Equivalent>>,
}

type Files = [(String, RawFile)];

/// Builds the pack from its parsed files.
pub fn build(
    mut raw: Vec<(String, RawFile)>,
    hash: String,
    files: Vec<(String, String)>,
) -> Result<Pack, Vec<PackFault>> {
    let mut builder = Builder { known: KnownNames::new(&raw), ..Builder::default() };
    match builder.read(&mut raw) {
        Some(()) if builder.faults.is_empty() => {
            let mut pack = Pack { hash, files, ..builder.pack };
            let mut faults = super::check::check(&mut pack);
            if faults.is_empty() {
                faults = choice::choose(&mut pack, &builder.chosen);
                faults.extend(super::check::recipients(&pack));
            }
            if faults.is_empty() { Ok(pack) } else { Err(faults) }
        }
        _ => Err(builder.faults),
    }
}

/// The names of all that others go by, whether or not it is understood itself.
#[derive(Default)]
pub struct KnownNames {
    pub kinds: Vec<String>,
    pub tables: Vec<String>,
    /// Per table.
    pub columns: Vec<Vec<String>>,
    pub parameters: Vec<String>,
    pub facts: Vec<String>,
    pub rules: Vec<String>,
    pub lists: Vec<String>,
    pub actions: Vec<String>,
    /// Per action.
    pub options: Vec<Vec<String>>,
    /// Answer columns of all lists, and those in which days are given.
    pub answers: Vec<String>,
    pub days: Vec<String>,
}

impl KnownNames {
    fn new(files: &Files) -> KnownNames {
        let mut known = KnownNames::default();
        let word = |name: &Name| name.get_ref().clone();
        for (_, file) in files {
            known.kinds.extend(file.subject.iter().map(|subject| word(&subject.kind)));
            known.tables.extend(file.table.iter().map(|table| word(&table.name)));
            let columns = |table: &AsWritten<Table>| table.columns.iter().map(|column| word(&column.name)).collect();
            known.columns.extend(file.table.iter().map(columns));
            known.parameters.extend(file.parameter.iter().map(|parameter| word(&parameter.name)));
            known.facts.extend(file.fact.iter().map(|fact| word(&fact.name)));
            known.rules.extend(file.rule.iter().map(|rule| word(&rule.id)));
            known.rules.extend(file.quota.iter().map(|quota| word(&quota.rule)));
            known.lists.extend(file.list.iter().map(|list| word(&list.name)));
            known.actions.extend(file.action.iter().map(|action| word(&action.name)));
            known.options.extend(file.action.iter().map(|action| action.options.clone()));
            for answer in file.list.iter().flat_map(|list| &list.extra_answers) {
                known.answers.push(answer.name.clone());
                known.days.extend(answer.is_date.then(|| answer.name.clone()));
            }
        }
        known
    }
}

/// Understands the files section by section and collects faults.
#[derive(Default)]
pub struct Builder {
    faults: Vec<PackFault>,
    pub known: KnownNames,
    /// The file of the item being looked at, and how many of its kind came before it.
    file: String,
    count: usize,
    /// The table and the column named last, and what has a name of its own.
    pub table: Option<usize>,
    pub column: Option<usize>,
    pub named: (String, Passage),
    /// What is understood so far: sections look into those before them.
    pub pack: Pack,
    /// Proposals whose words are not known yet.
    chosen: Vec<choice::Chosen>,
}

impl Builder {
    pub fn fault(&mut self, at: Range<usize>, message: String, remedy: String) {
        self.faults.push(Passage { file: self.file.clone(), span: at }.fault(message, remedy));
    }

    /// Where something stands in the file being looked at.
    pub fn place<T>(&self, of: &Spanned<T>) -> Passage {
        Passage { file: self.file.clone(), span: of.span() }
    }

    /// Position of `name` among `known`, or a fault that names the nearest.
    pub fn find<'a>(&mut self, what: &str, name: &Name, known: impl Iterator<Item = &'a str>) -> Option<usize> {
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

    /// The day that a date of the file names.
    pub fn day(&mut self, what: &str, written: &Spanned<Datetime>) -> Option<NaiveDate> {
        let day = day(written.get_ref());
        if day.is_none() {
            self.fault(written.span(), format!("{what}不是一天"), "请写成 2015-01-01".into());
        }
        day
    }

    /// A provision as it is cited.
    pub fn cite(&self, provision: &str) -> String {
        if provision.is_empty() {
            return String::new();
        }
        let part = provision.split('.').next().and_then(|part| self.pack.parts.get(part)).map_or("", String::as_str);
        format!("{}{part}〔规则{provision}〕", self.pack.measures)
    }

    /// Names that may be given once.
    fn unique<T>(&mut self, what: &str, files: &Files, items: fn(&RawFile) -> &[T], name: fn(&T) -> &Name) {
        let mut given = HashSet::new();
        for (file, content) in files {
            self.file.clone_from(file);
            for name in items(content).iter().map(name) {
                if !given.insert(name.get_ref()) {
                    let remedy = "请删去或改名其中一个".into();
                    self.fault(name.span(), format!("{what}「{}」定义了两次", name.get_ref()), remedy);
                }
            }
        }
    }

    /// All items of a section.
    fn all<T: Understood>(
        &mut self,
        files: &mut Files,
        section: fn(&mut RawFile) -> &mut Vec<T::Raw>,
    ) -> Vec<T::Meant> {
        let mut all = Vec::new();
        self.count = 0;
        for (file, content) in files {
            self.file.clone_from(file);
            for raw in std::mem::take(section(content)) {
                all.extend(T::read(raw, self));
                self.count += 1;
            }
        }
        all
    }

    /// A section that a pack has once; the last counts.
    fn single<T: Understood>(
        &mut self,
        what: &str,
        files: &mut Files,
        section: fn(&mut RawFile) -> &mut Option<T::Raw>,
        name: fn(&T::Raw) -> &Name,
    ) -> Option<T::Meant> {
        let mut last = None;
        for (file, content) in files {
            let Some(raw) = section(content).take() else { continue };
            self.file.clone_from(file);
            if last.is_some() {
                self.fault(name(&raw).span(), format!("[{what}] 写了两次"), "请只留一处".into());
            }
            last = Some((file, raw));
        }
        let (file, raw) = last?;
        self.file.clone_from(file);
        T::read(raw, self)
    }

    /// What a pack says in one place, once; and the file in which each stands.
    fn head(&mut self, files: &mut Files) -> (RawFile, BTreeMap<&'static str, String>) {
        let mut head = RawFile::default();
        let mut stands = BTreeMap::new();
        let mut last = String::new();
        for (file, content) in files {
            self.names_of_files(file, content);
            macro_rules! once {
                ($($field:ident),*) => {$(
                    if content.$field.is_some() {
                        if let Some(other) = stands.insert(stringify!($field), file.clone()) {
                            let message = format!("「{}」在「{other}」和「{file}」中各写了一次", stringify!($field));
                            self.fault(0..0, message, "请只留一处".into());
                        }
                        head.$field = content.$field.take();
                        last.clone_from(file);
                    }
                )*};
            }
            once!(grades, name, version, title, city, measures, parts, groups, answers, pendings, notices);
        }
        self.file = last;
        (head, stands)
    }

    fn required<T>(&mut self, key: &str, value: Option<T>) -> Option<T> {
        if value.is_none() {
            self.fault(0..0, format!("规则包缺少「{key}」"), format!("请在 pack.toml 中写明 {key}"));
        }
        value
    }

    /// Who sits where; subjects of one kind stand for themselves, each in the row that registers it.
    fn membership(&mut self, files: &mut Files) -> Option<Membership> {
        if files.iter().all(|(_, file)| file.membership.is_none()) {
            if self.known.kinds.len() > 1 {
                let message = "几种对象的规则包缺少「membership」".into();
                self.fault(0..0, message, "请写 [membership]：谁在哪个单位任什么职务；只有一种对象的不必写".into());
            }
            return self.pack.subjects.first().map(|one| Membership {
                table: one.register,
                member: 0,
                unit: 0,
                role: one.id,
            });
        }
        self.single::<Membership>("membership", files, |file| &mut file.membership, |raw| &raw.table)
    }

    /// Reads all sections, each after those that it looks into; none where the pack cannot be put together.
    fn read(&mut self, files: &mut Files) -> Option<()> {
        let (head, mut stands) = self.head(files);
        let name = self.required("name", head.name);
        let version = self.required("version", head.version);
        let city = self.required("city", head.city);
        let measures = self.required("measures", head.measures);
        let answers = self.required("answers", head.answers);
        let pendings = self.required("pendings", head.pendings);
        let notices = self.required("notices", head.notices);
        self.file = stands.remove("notices").unwrap_or_default();
        let notices = notices.and_then(|raw| Notices::read(raw, self));
        self.file = stands.remove("groups").unwrap_or_default();
        self.pack.groups = self.groups(head.groups.unwrap_or_default());
        self.file = stands.remove("grades").unwrap_or_default();
        self.pack.grades = Vec::<Called<Fact>>::read(head.grades.unwrap_or_default(), self)?;
        self.pack.parts = head.parts.unwrap_or_default();
        self.pack.measures = measures?;

        self.unique("表", files, |file| &file.table, |table| &table.name);
        self.unique("对象", files, |file| &file.subject, |subject| &subject.kind);
        self.unique("对象代码", files, |file| &file.subject, |subject| &subject.code);
        self.unique("参数", files, |file| &file.parameter, |parameter| &parameter.name);
        self.unique("处理", files, |file| &file.action, |action| &action.name);
        self.unique("名单", files, |file| &file.list, |list| &list.name);
        self.unique("处理措施", files, |file| &file.measure, |measure| &measure.name);
        self.unique("文书", files, |file| &file.form, |form| &form.name);
        self.rules_and_facts_once(files);
        self.book_is_no_list(files);

        self.read_tables(files);
        let rows = self.all::<tables::RowNaming>(files, |file| &mut file.row);
        self.with_rows(rows);
        self.pack.subjects = self.all::<SubjectKind>(files, |file| &mut file.subject);
        let membership = self.membership(files);
        self.pack.aliases = tables::aliases(self.all::<tables::Alias>(files, |file| &mut file.alias));
        self.pack.parameters = self.all::<Parameter>(files, |file| &mut file.parameter);
        self.pack.parameters.iter_mut().for_each(|parameter| parameter.values.sort_by_key(|dated| dated.from));
        self.pack.lists = self.all::<List>(files, |file| &mut file.list);
        self.pack.actions = self.all::<Action>(files, |file| &mut file.action);
        self.pack.facts = self.all::<Fact>(files, |file| &mut file.fact);
        self.pack.forks = self.all::<Fork>(files, |file| &mut file.fork);
        self.pack.rules = self.all::<Rule>(files, |file| &mut file.rule);
        for at in 0..self.pack.rules.len() {
            self.pack.rules[at].citation = self.cite(&self.pack.rules[at].provision);
        }
        self.pack.quotas = self.all::<Quota>(files, |file| &mut file.quota);
        self.pack.quotas.iter().for_each(|quota| self.pack.rules[quota.rule].of = Entity::Subject(quota.of));
        self.pack.hints = self.all::<Hint>(files, |file| &mut file.hint);
        self.pack.further = self.all::<Measure>(files, |file| &mut file.measure);
        self.pack.talks = self.single::<Talks>("talks", files, |file| &mut file.talks, |raw| &raw.table);
        self.pack.influences = self.all::<Influence>(files, |file| &mut file.influence);
        self.pack.tasks = self.all::<Task>(files, |file| &mut file.task);
        self.pack.forms = self.all::<Form>(files, |file| &mut file.form);
        self.pack.pages = self.all::<Page>(files, |file| &mut file.page);
        self.pack.register =
            self.single::<RegisterBook>("register_book", files, |file| &mut file.register_book, |raw| &raw.name);
        self.pack.overview.ratios = self.all::<Ratio>(files, |file| &mut file.ratio);
        self.pack.overview.crosses = self.all::<Cross>(files, |file| &mut file.cross);
        self.pack.deliberate.silent = self.all::<Silent>(files, |file| &mut file.silent);
        self.pack.deliberate.together = self.all::<RuleGroup>(files, |file| &mut file.together);
        self.pack.deliberate.exclusive = self.all::<RuleGroup>(files, |file| &mut file.exclusive);
        self.pack.deliberate.equivalent = self.all::<Equivalent>(files, |file| &mut file.equivalent);
        (self.pack.name, self.pack.version, self.pack.city) = (name?, version?, city?);
        (self.pack.answers, self.pack.pendings, self.pack.notices) = (answers?, pendings?, notices?);
        (self.pack.title, self.pack.membership) = (head.title.unwrap_or_default(), membership?);
        Some(())
    }

    /// The columns that a table names are its own.
    fn read_tables(&mut self, files: &mut Files) {
        let mut at = 0;
        for (file, content) in files {
            self.file.clone_from(file);
            for raw in std::mem::take(&mut content.table) {
                self.table = Some(at);
                let table = Table::read(raw, self);
                self.pack.tables.extend(table);
                at += 1;
            }
        }
    }

    /// Rules that only mark cases may share an id; facts of one entity may not share a name.
    fn rules_and_facts_once(&mut self, files: &Files) {
        let mut ids: Vec<(&str, bool)> = Vec::new();
        let mut facts: Vec<(&str, &str)> = Vec::new();
        for (file, content) in files {
            self.file.clone_from(file);
            for raw in &content.rule {
                let (id, marks) = (raw.id.get_ref().as_str(), raw.marks.is_some());
                if ids.iter().any(|(other, marked)| *other == id && !(*marked && marks)) {
                    self.fault(raw.id.span(), format!("规则「{id}」定义了两次"), "请改用新的编号".into());
                }
                ids.push((id, marks));
            }
            for raw in &content.fact {
                let (of, name) = (raw.of.get_ref().as_str(), raw.name.get_ref().as_str());
                if facts.contains(&(of, name)) {
                    let message = format!("「{of}」的事实「{name}」定义了两次");
                    self.fault(raw.name.span(), message, "请删去或改名其中一个".into());
                }
                facts.push((of, name));
            }
        }
    }

    fn book_is_no_list(&mut self, files: &Files) {
        for (file, book) in files.iter().filter_map(|(file, content)| Some((file, content.register_book.as_ref()?))) {
            let name = book.name.get_ref();
            if self.known.lists.contains(name) {
                self.file.clone_from(file);
                self.fault(book.name.span(), format!("登记表「{name}」与名单同名"), "请另起名称".into());
            }
        }
    }
}

/// Whether a parameter's value lies within its bounds; else what was expected.
///
/// # Errors
/// A sentence in Chinese that names the value and the bounds.
pub fn fits(value: &Literal, min: Option<f64>, max: Option<f64>, whole: bool, one_of: &[String]) -> Result<(), String> {
    match value.number() {
        Some(number) => {
            if !one_of.is_empty() {
                return Err(format!("值 {number} 应为下列之一：{}", one_of.join("、")));
            }
            let low = min.is_some_and(|min| number < min);
            let high = max.is_some_and(|max| number > max);
            if low || high || !number.is_finite() {
                let bound = |bound: Option<f64>, word: &str| bound.map(|b| format!("{word} {b}")).unwrap_or_default();
                return Err(format!("值 {number} 超出范围（{} {}）", bound(min, "不小于"), bound(max, "不大于")));
            }
            if whole && number.fract() != 0.0 {
                return Err(format!("值 {number} 应为整数"));
            }
            Ok(())
        }
        None if one_of.is_empty() => Err(format!("值「{}」应为数字", value.said())),
        None if one_of.contains(&value.said()) => Ok(()),
        None => Err(format!("值「{}」应为下列之一：{}", value.said(), one_of.join("、"))),
    }
}

/// The known word nearest to `word`, if it is near enough to be meant.
pub fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    let (distance, near) =
        known.iter().map(|one| (strsim::damerau_levenshtein(word, one), *one)).min_by_key(|(d, _)| *d)?;
    (distance <= (word.chars().count() / 3).max(1)).then_some(near)
}
