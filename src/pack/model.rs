//! A checked pack. Indices point into the lists of [`Pack`]; they are valid by construction.

use std::collections::BTreeMap;

pub use super::expression::Expression;
use super::followup::{Form, Influence, Measure, Page, Talks, Task};
use super::template::Template;
use super::term::{Kind, Node, Term, Value as Written};

/// One city's policy: what is read, what follows from it, and what the lists are called.
#[derive(Debug, Clone)]
pub struct Pack {
    pub name: String,
    pub version: String,
    /// The Measures' full title.
    pub title: String,
    /// SHA-256 over file names and contents, in lower-case hex.
    pub hash: String,
    /// The city as it stands in titles (`昆明市`).
    pub city: String,
    /// The Measures' short name for 依据 (`《办法》`).
    pub measures: String,
    /// A provision's first figure → its part of the Measures.
    pub parts: BTreeMap<String, String>,
    pub subjects: Vec<Subject>,
    pub membership: Membership,
    pub tables: Vec<Table>,
    /// Header → column name, valid in every table.
    pub aliases: BTreeMap<String, String>,
    /// Words that may stand over the headers of any table without changing what they mean.
    pub groups: Vec<String>,
    pub parameters: Vec<Parameter>,
    pub forks: Vec<Fork>,
    pub facts: Vec<Fact>,
    pub rules: Vec<Rule>,
    pub actions: Vec<Action>,
    pub lists: Vec<List>,
    pub register: Option<RegisterBook>,
    pub quotas: Vec<Quota>,
    pub hints: Vec<Hint>,
    /// What a proposal may be changed to beside actions and options.
    pub further: Vec<Measure>,
    pub talks: Option<Talks>,
    /// Facts that are somebody's grade of a year.
    pub grades: Vec<String>,
    pub influences: Vec<Influence>,
    pub tasks: Vec<Task>,
    pub forms: Vec<Form>,
    pub pages: Vec<Page>,
    pub notices: Notices,
    pub pendings: Pendings,
    pub answers: Answers,
    pub overview: Overview,
    pub deliberate: Deliberate,
    /// The empty workbooks that are handed out.
    pub template: Template,
    /// The files as read: name and text, for messages and `pack export`.
    pub files: Vec<(String, String)>,
}

impl Pack {
    /// Who decides about members of whom the register does not say it, and about units; empty where the pack knows none.
    pub fn default_authority(&self) -> &str {
        let member = &self.subjects[self.membership.member];
        let column = member.authority.map(|column| &self.tables[member.register].columns[column]);
        column.and_then(|column| column.default.as_deref()).unwrap_or("")
    }
}

/// A kind of subject: teams, cadres. Its register says who exists and in which order.
#[derive(Debug, Clone)]
pub struct Subject {
    /// As in the outputs' `subject_kind` (`team`).
    pub kind: String,
    /// One letter in line ids (`T`).
    pub code: String,
    /// As people call it (`班子`).
    pub name: String,
    /// Index of the register table.
    pub register: usize,
    /// Column of the id.
    pub id: usize,
    /// Column of the name.
    pub label: usize,
    /// Column with further names, split by 、.
    pub other_labels: Option<usize>,
    /// Column that says who may decide about the subject.
    pub authority: Option<usize>,
    /// Column of the post.
    pub post: Option<usize>,
}

/// Who sits in which unit with which role: one row of `table` each.
#[derive(Debug, Clone)]
pub struct Membership {
    pub table: usize,
    /// Index of the members' subject kind.
    pub member: usize,
    /// Index of the units' subject kind.
    pub unit: usize,
    /// Column of the role.
    pub role: usize,
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

/// An input table, recognised by its headers.
#[derive(Debug, Clone)]
pub struct Table {
    pub name: String,
    /// The office that sends it, as people are told to turn to it; empty where the pack does not say.
    pub sent_by: String,
    pub columns: Vec<Column>,
    pub absent: Absent,
    /// A 名册: a bad optional value is a warning and counts as blank.
    pub register: bool,
    /// Its years and titles decide the run's year when `--year` is not given.
    pub assessment: bool,
    /// The column that says for which year a row is (blank cells: from the title, else the run's year).
    pub year: Option<usize>,
    /// The date that places a row in a year and before or after the as-of date.
    pub date: Option<usize>,
    /// SQL over the row's columns: a row of another year that a rule still looks at.
    pub looks_back: Option<Expression>,
    /// Such a row is told of (as a warning) when its subject is no longer on the register.
    pub tells_gone: bool,
    /// Rows of other years about people who have left are ignored, but that there were such rows stays known.
    pub keeps_gone: bool,
    /// What makes two rows the same record.
    pub key: Option<Key>,
    pub references: Vec<Reference>,
    pub checks: Vec<Check>,
    /// The column whose value names a row in `about` (`线索编号`).
    pub about: Option<usize>,
    /// Row facts shown in every ground about a row, in order; empty: the condition's own.
    pub shown_facts: Vec<String>,
    /// What a row about a unit is called, beside its own name; `{}` is the unit.
    pub about_unit: Option<String>,
    pub place: Place,
}

impl Table {
    /// Index of the column called `name`.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }
}

#[derive(Debug, Clone)]
pub struct Column {
    pub name: String,
    /// Further headers for this column in this table; those for every table are in [`Pack::aliases`].
    pub aliases: Vec<String>,
    pub required: bool,
    /// Columns of one group: at least one must be there and filled (†).
    pub one_of: Option<String>,
    pub kind: ColumnKind,
    /// What a blank stands for.
    pub default: Option<String>,
    /// A year after the run's is a warning at the cell.
    pub not_after_year: bool,
    /// 是 or 否: in expressions its name alone is the condition.
    pub yes_no: bool,
    pub place: Place,
}

/// How a column's cells are read, and its type in the data frame.
#[derive(Debug, Clone, PartialEq)]
pub enum ColumnKind {
    /// Free text (String).
    Text,
    /// An 编号; stored as a number it is its digits (String).
    Id,
    /// A name: all blanks inside removed, ·•・ alike (String).
    Name,
    /// Names split by 、 (String, joined with 、).
    Names,
    /// One of a closed set (String). `ordered`: the set is listed from low to high and can be compared.
    Choice { values: Vec<String>, ordered: bool },
    /// A number within bounds (Float64). `percent`: shown or typed as a percentage it is taken, 90% as 90.
    Number { min: Option<f64>, max: Option<f64>, percent: bool },
    /// A day (Date).
    Date,
    /// A day or a month; a month counts as its first day (Date).
    Month,
    /// A year (Int32).
    Year,
    /// People by id or name, split by the separators or line breaks (String as written, and mentions).
    People { subject: usize, separators: String },
    /// A 处理编号 (String): `<year>-<H|A>-<action>-<T|C>-<id>`; must be about the row's `about` subject,
    /// its year must not contradict column `year`.
    Line { year: Option<usize>, about: usize },
}

/// Which columns identify the subject a row is about.
#[derive(Debug, Clone)]
pub struct Reference {
    /// Index of the subject kind.
    pub subject: usize,
    pub id: usize,
    pub label: usize,
    /// For people: the unit that narrows a name down (subject, id column, label column).
    pub within: Option<(usize, usize, usize)>,
    /// Only rows whose column has this value.
    pub when: Option<(usize, String)>,
}

/// What identifies a record, for finding duplicates.
#[derive(Debug, Clone)]
pub struct Key {
    pub parts: Vec<KeyPart>,
    /// Column at which differing duplicates are reported; none: at the first differing column.
    pub report: Option<usize>,
    /// Columns that must be equal in all rows with the same first part (a person's 姓名).
    pub same: Vec<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyPart {
    Column(usize),
    /// The subject the row refers to, by subject kind.
    Subject(usize),
}

/// A check between columns of one row.
#[derive(Debug, Clone)]
pub struct Check {
    /// Over the row's columns; true is the fault.
    pub when: Expression,
    /// Where it is reported.
    pub column: usize,
    pub rejects: bool,
    /// The cell then counts as blank.
    pub blank: bool,
    pub reason: String,
    pub remedy: String,
    pub place: Place,
}

/// A value of a parameter, in force from a day on.
#[derive(Debug, Clone)]
pub struct Dated {
    pub from: chrono::NaiveDate,
    pub value: Value,
    /// Where the value stands in the parameter's file.
    pub span: std::ops::Range<usize>,
}

/// A number or a word that the policy sets.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Number(f64),
    Text(String),
}

#[derive(Debug, Clone)]
pub struct Parameter {
    pub name: String,
    pub unit: String,
    pub reference: String,
    pub reading: Option<String>,
    /// What the office could not look up (the article, say): for authors of packs alone, no list or page shows it.
    pub unconfirmed: Option<String>,
    /// The Measures set it themselves; otherwise a `reading` says why it is so.
    pub given: bool,
    pub place: Place,
    pub values: Vec<Dated>,
    /// `--set` must lie within.
    pub min: Option<f64>,
    pub max: Option<f64>,
    /// Counted, not measured: no fraction of it means anything.
    pub whole: bool,
    /// A word must be one of these.
    pub one_of: Vec<String>,
}

/// What facts and rules speak about: a subject of a register, a row of a table, or the whole city.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Entity {
    Subject(usize),
    Row(usize),
    City,
}

/// Where an aggregated fact's rows come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Source {
    Table(usize),
    /// Lines that earlier runs registered, with what was decided.
    Archive,
    /// The grounds of those lines.
    ArchiveGrounds,
    /// The runs in the archive.
    ArchiveRuns,
    /// What earlier stages of this run proposed, with what is decided about it.
    Proposed,
    /// What earlier stages left pending, one row per action and recipient it would have proposed.
    Pending,
}

/// A named value of an entity.
#[derive(Debug, Clone)]
pub struct Fact {
    pub name: String,
    pub of: Entity,
    pub formula: Formula,
    /// Fixed text for lists instead of the plain value; `{}` is the value.
    pub text: Option<String>,
    pub reading: Option<String>,
    pub place: Place,
}

impl Fact {
    /// The type of its value, once the pack is bound.
    pub fn kind(&self) -> Kind {
        match &self.formula {
            Formula::Own { is, .. } => is.term().kind.clone(),
            Formula::Aggregate { value, absent, .. } => {
                let value = &value.term().kind;
                absent.as_ref().and_then(|absent| value.join(&absent.term().kind)).unwrap_or_else(|| value.clone())
            }
            Formula::Covered => Kind::WHOLE,
        }
    }

    /// Its expressions: what its value is worked out from, then the conditions of its cells.
    pub fn expressions(&self) -> impl Iterator<Item = &Expression> {
        let (values, cells): (Vec<&Expression>, &[CellRule]) = match &self.formula {
            Formula::Own { is, cells, .. } => (vec![is], cells),
            Formula::Aggregate { given, value, cells, .. } => (given.iter().chain([value]).collect(), cells),
            Formula::Covered => (Vec::new(), &[]),
        };
        values.into_iter().chain(cells.iter().filter_map(|cell| cell.when.as_ref()))
    }
}

/// Where something stands in the pack's files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub file: String,
    pub span: std::ops::Range<usize>,
}

#[derive(Debug, Clone)]
#[expect(clippy::large_enum_variant, reason = "a pack has a few dozen, and they are read far more often than moved")]
pub enum Formula {
    /// An expression over the entity's own columns and facts. Without cells of its own it shows those of the
    /// names it uses; where it is true, only those of `shows` (if any are named).
    Own { is: Expression, cells: Vec<CellRule>, shows: Vec<String> },
    /// An aggregate over the rows of a source that belong to the entity.
    Aggregate {
        source: Source,
        /// Row filter.
        given: Option<Expression>,
        /// Aggregate expression.
        value: Expression,
        /// Value where the entity has no such row; none: unknown.
        absent: Option<Expression>,
        cells: Vec<CellRule>,
        /// Join column for row entities (their `about` value against this column).
        by: Option<String>,
    },
    /// The number of rules, other than those that only mark cases, whose scope covers the row.
    Covered,
}

/// A cell that decides a fact: the column, and the row condition under which it does.
#[derive(Debug, Clone)]
pub struct CellRule {
    pub column: String,
    pub when: Option<Expression>,
    /// The parameter it is compared with, to be told beside it.
    pub line: Option<String>,
}

/// A row fact that may take several values: each reading is evaluated for itself.
#[derive(Debug, Clone)]
pub struct Fork {
    pub table: usize,
    /// The row fact that is null where the row is ambiguous.
    pub fact: String,
    /// Which rows are ambiguous.
    pub when: Expression,
    /// One per reading.
    pub values: Vec<Expression>,
    /// The fact named missing where the outcome depends on the reading.
    pub missing: String,
    pub reading: String,
    pub place: Place,
}

/// Half-year or annual.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Run {
    HalfYear,
    Annual,
}

impl Run {
    pub const ALL: [Run; 2] = [Run::HalfYear, Run::Annual];

    /// The run of that word on the command line.
    pub fn of_word(word: &str) -> Option<Run> {
        Run::ALL.into_iter().find(|run| run.word() == word)
    }
    /// The run of that letter in line ids.
    pub fn of_code(code: &str) -> Option<Run> {
        Run::ALL.into_iter().find(|run| run.code() == code)
    }
    /// The word on the command line and in folder names.
    pub fn word(self) -> &'static str {
        match self {
            Run::HalfYear => "half-year",
            Run::Annual => "annual",
        }
    }
    /// The letter in line ids.
    pub fn code(self) -> &'static str {
        match self {
            Run::HalfYear => "H",
            Run::Annual => "A",
        }
    }
    /// With the year, as people say it: 2015年半年, 2015年度.
    pub fn period(self, year: i32) -> String {
        let run = self.title();
        format!("{year}年{}", run.strip_prefix('年').unwrap_or(run))
    }
    /// As titles name it.
    pub fn title(self) -> &'static str {
        match self {
            Run::HalfYear => "半年",
            Run::Annual => "年度",
        }
    }
    /// The last day of the period, as (month, day).
    pub fn as_of(self) -> (u32, u32) {
        match self {
            Run::HalfYear => (6, 30),
            Run::Annual => (12, 31),
        }
    }
}

/// One rule of the Measures.
#[derive(Debug, Clone)]
pub struct Rule {
    pub id: String,
    /// The provision it carries out (`4.4`).
    pub provision: String,
    /// As cited in 依据 (`《办法》第四部分（4.4）`).
    pub citation: String,
    pub runs: Vec<Run>,
    pub stage: u32,
    pub of: Entity,
    /// Whom the rule speaks about at all.
    pub scope: Option<Expression>,
    /// When it applies.
    pub when: Expression,
    pub proposals: Vec<Proposal>,
    /// For rules that only mark cases as pending: what is missing then.
    pub marks: Option<Vec<String>>,
    /// Facts whose evidence names what the ground is about; none: the entity itself.
    pub about: Vec<String>,
    /// Facts that its lines tell beside those that its condition names.
    pub shows: Vec<String>,
    /// Grounds of this rule are told to nobody but the committee.
    pub confidential: bool,
    pub reading: Option<String>,
    /// As of [`Parameter`].
    pub unconfirmed: Option<String>,
    /// The Measures give its figures and words themselves.
    pub given: bool,
    pub place: Place,
}

#[derive(Debug, Clone)]
pub struct Proposal {
    pub action: usize,
    pub options: Vec<String>,
    pub to: Recipient,
    /// Only where this fact is this word: the fact chose the action or the option.
    pub only: Option<(String, String)>,
    pub reading: Option<String>,
    /// The Measures name the options themselves.
    pub given: bool,
}

impl Rule {
    /// What the pack says decides it: the names that its lines tell.
    pub fn told(&self) -> Vec<String> {
        let names = self.when.term().open_names();
        match &self.scope {
            Some(scope) if names.is_empty() => scope.term().open_names(),
            _ => names,
        }
    }

    /// Whom it is about: everybody, where the pack does not say.
    pub fn scope_term(&self) -> Term {
        self.scope.as_ref().map_or_else(|| Term::truth(true), |scope| scope.term().clone())
    }

    /// Its scope and its condition as one.
    pub fn whole(&self) -> Term {
        Term::all(vec![self.scope_term(), self.when.term().clone()])
    }

    /// Whether it says of everybody within its scope that it holds.
    pub fn is_unconditional(&self) -> bool {
        self.when.term().node == Node::Value(Written::Truth(true))
    }
}

#[derive(Debug, Clone)]
pub enum Recipient {
    /// The subject itself, or the subject that the row is about.
    Itself,
    /// Members with this role in the team; for a member's rule: in the teams where the member has
    /// the role `via`, other than the member.
    Role { role: String, via: Option<String> },
    /// The people named in a column of the rows that decided a fact.
    Named { column: String, fact: String },
}

/// Whether an action is good or bad news, for conflicts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    Positive,
    Adverse,
    Neutral,
}

#[derive(Debug, Clone)]
pub struct Action {
    pub name: String,
    /// Index into the pack's lists.
    pub list: usize,
    pub tone: Tone,
    /// All options that it can carry, in the order in which they are united.
    pub options: Vec<String>,
    /// Told to the unit before it is decided; others only once agreed.
    pub announced: bool,
    /// What is asked of the recipient, for the unit's letter.
    pub asks: String,
    /// By when, as long as the committee has set no day.
    pub due: String,
    /// For good news: why it may stand beside bad news for the same recipient.
    pub beside: Option<String>,
    pub place: Place,
}

/// How lines of a list are ordered before the register order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListOrder {
    Register,
    /// By authority first (others before the default one), units last.
    Authority,
}

/// One of the workbooks handed to a committee.
#[derive(Debug, Clone)]
pub struct List {
    pub name: String,
    pub title: String,
    pub order: ListOrder,
    /// Answer columns beside the common ones.
    pub extra_answers: Vec<AnswerColumn>,
    /// The sentence that stands where there are no rows.
    pub empty: String,
    pub place: Place,
}

#[derive(Debug, Clone)]
pub struct AnswerColumn {
    pub name: String,
    pub is_date: bool,
}

/// The committee's words: all four are fixed in number, their wording is the pack's.
#[derive(Debug, Clone)]
pub struct Answers {
    pub agree: String,
    pub refuse: String,
    pub defer: String,
    pub change: String,
}

/// The register that a talk is entered in (1.4).
#[derive(Debug, Clone)]
pub struct RegisterBook {
    pub name: String,
    pub title: String,
    pub citation: String,
    pub action: usize,
    /// Talks that complete an entry: table, date column, SQL over its rows, column of the line id.
    pub talks: usize,
    pub talk_date: String,
    pub talk_when: Expression,
    pub talk_line: String,
    /// What a talk entered in the register is among them: column and value.
    pub talk_is: (String, String),
    pub files: Vec<RegisterFile>,
    pub answer_columns: Vec<AnswerColumn>,
    pub states: RegisterStates,
    pub place: Place,
}

#[derive(Debug, Clone)]
pub struct RegisterFile {
    pub name: String,
    /// Subject kind that the file is kept for.
    pub of: usize,
    /// For units: entered once per unit that a line came through under these rules.
    pub rules: Vec<String>,
}

/// From least to most advanced: undecided, to be held, can be filed; and not carried out.
#[derive(Debug, Clone)]
pub struct RegisterStates {
    pub undecided: String,
    pub to_hold: String,
    pub done: String,
    pub dropped: String,
}

/// A share of people that is to be reached in the year.
#[derive(Debug, Clone)]
pub struct Quota {
    /// Index of its provision among the rules.
    pub rule: usize,
    pub action: usize,
    pub runs: Vec<Run>,
    pub of: usize,
    /// Parameter with the share.
    pub share: String,
    /// Fact of the subject: the share is about these alone; none: about all.
    pub among: Option<Expression>,
    /// Fact of the subject: already reached.
    pub reached: Expression,
    pub place: Place,
}

/// What people should weigh, told in 提示.
#[derive(Debug, Clone)]
pub struct Hint {
    pub text: String,
    /// A subject kind: about the recipient. A table: about a row behind a ground.
    pub of: Entity,
    pub when: Expression,
    /// Only lines of these actions; empty: all.
    pub actions: Vec<usize>,
    /// Fact whose evidence's dates are added in brackets.
    pub dates: Option<String>,
    pub place: Place,
}

/// What a unit is told.
#[derive(Debug, Clone)]
pub struct Notices {
    pub folder: String,
    pub title: String,
    /// Stands across the head until all its lines are decided.
    pub draft: String,
    /// Who sends the letters.
    pub from: String,
}

/// Names of the pending cases that the engine itself finds.
#[derive(Debug, Clone)]
pub struct Pendings {
    /// A rejected row whose subject is known; missing: the table.
    pub rejected_row: String,
    /// A subject whose id stands only in rejected register rows.
    pub rejected_register: String,
    /// What is missing then.
    pub register: String,
}

/// A share that 总览 shows beside a national limit.
#[derive(Debug, Clone)]
pub struct Ratio {
    pub name: String,
    pub of: usize,
    /// Over the subject's facts: counted; and of which.
    pub counted: Expression,
    pub among: Expression,
    /// Upper limits as fractions, each in force from its day on, ascending; and where they come from.
    pub limits: Vec<(chrono::NaiveDate, f64)>,
    pub reference: String,
    /// A share above the limit is told at the end of a run too.
    pub warns: bool,
    pub place: Place,
}

/// What 总览 counts: cross tables of a table's columns, and ratios.
#[derive(Debug, Clone)]
pub struct Overview {
    pub ratios: Vec<Ratio>,
    pub crosses: Vec<Cross>,
}

/// Rows of a table counted by two of its columns (12380 by channel and result).
#[derive(Debug, Clone)]
pub struct Cross {
    pub title: String,
    pub of: Entity,
    /// Over the entity's columns and facts: which rows count.
    pub given: Expression,
    pub rows: Expression,
    pub columns: Expression,
    pub chart: bool,
    pub place: Place,
}

/// What looks like a fault of the pack and is meant so.
#[derive(Debug, Clone, Default)]
pub struct Deliberate {
    /// Groups of rules that always hold together.
    pub together: Vec<Vec<String>>,
    /// Groups of rules of which no two ever hold together.
    pub exclusive: Vec<Vec<String>>,
    pub silent: Vec<Silent>,
    /// Changes of the pack that change nothing.
    pub equivalent: Vec<Equivalent>,
}

/// A mutant that no example can notice, as the report of mutants tells it, and why.
#[derive(Debug, Clone)]
pub struct Equivalent {
    pub mutant: String,
    pub reading: String,
    pub place: Place,
}

/// Values of a closed set from which nothing follows.
#[derive(Debug, Clone)]
pub struct Silent {
    pub table: usize,
    pub column: usize,
    pub values: Vec<String>,
    pub reading: String,
    pub place: Place,
}
