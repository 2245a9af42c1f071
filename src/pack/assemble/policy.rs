//! Parameters, facts, forks and rules.

use serde::Deserialize;
use toml::Spanned;
use toml::value::Datetime;

use super::super::model::*;
use super::super::scope::Site;
use super::super::section::{AsWritten, At, Called, Name, OrTrue, Understood, Word, WordOfColumn, section};
use super::super::term::{Kind, Literal, Node, Term};
use super::choice::Chosen;
use super::{Builder, fits};

/// The cells behind a fact are marked by the bits of a word.
const MOST_CELLS: usize = 64;

/// A value of a parameter, in force from a day on.
#[derive(Debug, Clone)]
pub struct Dated {
    pub from: chrono::NaiveDate,
    pub value: Literal,
    /// Why it is so, where the Measures set the parameter, but not for this time.
    pub reading: Option<String>,
    /// Where the value stands in the parameter's file.
    pub span: std::ops::Range<usize>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawDated {
    pub from: Spanned<Datetime>,
    pub value: Spanned<Literal>,
    reading: Option<String>,
}

impl Understood for Dated {
    type Raw = RawDated;
    type Meant = Dated;
    fn read(raw: RawDated, builder: &mut Builder) -> Option<Dated> {
        let (from, span) = (builder.day("生效日期", &raw.from)?, raw.value.span());
        Some(Dated { from, value: raw.value.into_inner(), reading: raw.reading, span })
    }
}

section! {
    pub struct Parameter at name {
        name: String as Word,
        #[serde(default)]
        unit: String,
        reference: String,
        reading: Option<String>,
        /// What the office could not look up (the article, say): for authors of packs alone, no list or page shows it.
        unconfirmed: Option<String>,
        /// The Measures set it themselves; otherwise a `reading` says why it is so.
        #[serde(default)]
        given: bool,
        /// `--set` must lie within.
        min: Option<f64>,
        max: Option<f64>,
        /// Counted, not measured: no fraction of it means anything.
        #[serde(default)]
        whole: bool,
        /// A word must be one of these.
        #[serde(default)]
        one_of: Vec<String>,
        /// In the order of their days.
        values: Vec<Dated>,
    }
    check |raw, builder| {
        let name = raw.name.get_ref();
        for dated in &raw.values {
            if let Err(message) = fits(dated.value.get_ref(), raw.min, raw.max, raw.whole, &raw.one_of) {
                builder.fault(dated.value.span(), message, "请更正参数的值或界限".into());
            }
        }
        if raw.values.is_empty() {
            builder.fault(raw.name.span(), format!("参数「{name}」没有值"), "请写明 values".into());
        }
        if raw.reference.trim().is_empty() {
            builder.fault(raw.name.span(), format!("参数「{name}」没有依据"), "请写明 reference".into());
        }
    }
}

impl Parameter {
    /// Its value on a day.
    pub fn on(&self, day: chrono::NaiveDate) -> Option<&Literal> {
        self.dated(day).map(|dated| &dated.value)
    }

    /// Whether the office settled its value on a day.
    pub fn is_reading(&self, day: chrono::NaiveDate) -> bool {
        self.reading.is_some() || self.dated(day).is_some_and(|dated| dated.reading.is_some())
    }

    fn dated(&self, day: chrono::NaiveDate) -> Option<&Dated> {
        self.values.iter().rfind(|dated| dated.from <= day)
    }
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
    pub place: Passage,
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

section! {
    /// A cell that decides a fact: the column, and the row condition under which it does.
    pub struct CellRule {
        column: String,
        when: Option<Expression>,
        /// The parameter it is compared with, to be told beside it.
        line: Option<String> as Option<Called<Parameter>>,
    }
}

/// A fact as written: one of the three forms of [`Formula`].
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawFact {
    pub name: Name,
    pub of: Name,
    is: Option<Name>,
    from: Option<Name>,
    given: Option<Name>,
    value: Option<Name>,
    absent: Option<Name>,
    by: Option<String>,
    #[serde(default)]
    shows: Vec<String>,
    #[serde(default)]
    covered: bool,
    #[serde(default)]
    cells: Vec<AsWritten<CellRule>>,
    text: Option<String>,
    reading: Option<String>,
}

impl Understood for Fact {
    type Raw = RawFact;
    type Meant = Fact;
    fn read(raw: RawFact, builder: &mut Builder) -> Option<Fact> {
        let (name, place, at) = (raw.name.get_ref().clone(), builder.place(&raw.name), raw.name.span());
        let of = Entity::read(raw.of, builder)?;
        if raw.cells.len() > MOST_CELLS {
            let message = format!("事实「{name}」的 cells 有 {} 项", raw.cells.len());
            builder.fault(at.clone(), message, format!("最多 {MOST_CELLS} 项"));
        }
        let cells = Vec::<CellRule>::read(raw.cells, builder)?;
        let formula = match (raw.is, raw.from, raw.value, raw.covered) {
            (Some(is), None, None, false) => {
                Formula::Own { is: Expression::read(is, builder)?, cells, shows: raw.shows }
            }
            (None, Some(from), Some(value), false) => Formula::Aggregate {
                source: Source::read(from, builder)?,
                given: Option::<Expression>::read(raw.given, builder)?,
                value: Expression::read(value, builder)?,
                absent: Option::<Expression>::read(raw.absent, builder)?,
                cells,
                by: raw.by,
            },
            (None, None, None, true) => Formula::Covered,
            _ => {
                let remedy = "请写 is = …，或 from = … 和 value = …，或 covered = true，三者取一";
                builder.fault(at, format!("事实「{name}」的写法不完整"), remedy.into());
                return None;
            }
        };
        Some(Fact { name, of, formula, text: raw.text, reading: raw.reading, place })
    }
}

impl Understood for Source {
    type Raw = Name;
    type Meant = Source;
    fn read(raw: Name, builder: &mut Builder) -> Option<Source> {
        const SYSTEM: [(&str, Source); 5] = [
            ("@archive", Source::Archive),
            ("@grounds", Source::ArchiveGrounds),
            ("@runs", Source::ArchiveRuns),
            ("@proposed", Source::Proposed),
            ("@pending", Source::Pending),
        ];
        let tables = builder.known.tables.clone();
        let known = SYSTEM.iter().map(|(name, _)| *name).chain(tables.iter().map(String::as_str));
        let at = builder.find("表", &raw, known)?;
        Some(SYSTEM.get(at).map_or_else(|| Source::Table(at - SYSTEM.len()), |(_, source)| *source))
    }
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

    /// The table whose rows it sums up.
    pub fn table(&self) -> Option<usize> {
        match self.formula {
            Formula::Aggregate { source: Source::Table(table), .. } => Some(table),
            _ => None,
        }
    }

    /// Where its expressions are evaluated.
    pub fn site(&self) -> Site {
        match self.formula {
            Formula::Aggregate { source, .. } => Site::Source(source),
            Formula::Own { .. } | Formula::Covered => Site::Entity(self.of),
        }
    }

    /// Whether it is about what earlier stages of the run proposed or left pending.
    pub fn waits(&self) -> bool {
        matches!(self.formula, Formula::Aggregate { source: Source::Proposed | Source::Pending, .. })
    }

    /// What its value is worked out from.
    pub fn formulas(&self) -> impl Iterator<Item = &Expression> {
        let (given, value) = match &self.formula {
            Formula::Own { is, .. } => (None, Some(is)),
            Formula::Aggregate { given, value, .. } => (given.as_ref(), Some(value)),
            Formula::Covered => (None, None),
        };
        given.into_iter().chain(value)
    }

    pub fn cells(&self) -> &[CellRule] {
        match &self.formula {
            Formula::Own { cells, .. } | Formula::Aggregate { cells, .. } => cells,
            Formula::Covered => &[],
        }
    }

    /// Its formulas, then the conditions of its cells.
    pub fn expressions(&self) -> impl Iterator<Item = &Expression> {
        self.formulas().chain(self.cells().iter().filter_map(|cell| cell.when.as_ref()))
    }
}

section! {
    /// A row fact that may take several values: each reading is evaluated for itself.
    pub struct Fork at when {
        table: usize as At<Table>,
        /// The row fact that is null where the row is ambiguous.
        fact: String,
        /// Which rows are ambiguous.
        when: Expression,
        /// One per reading.
        values: Vec<Expression>,
        /// The fact named missing where the outcome depends on the reading.
        missing: String,
        reading: String,
    }
}

section! {
    /// One rule of the Measures.
    pub struct Rule at id {
        id: String as Word,
        /// The provision it carries out (`4.4`).
        #[serde(default)]
        provision: String,
        /// As cited in 依据 (`《办法》第四部分（4.4）`).
        #[serde(skip)]
        citation: String,
        runs: Vec<Run> as Run,
        stage: u32,
        of: Entity,
        /// Whom the rule speaks about at all.
        scope: Option<Expression>,
        /// When it applies.
        when: Expression as OrTrue,
        #[serde(rename = "propose", default)]
        proposals: Vec<Proposal>,
        /// For rules that only mark cases as pending: what is missing then.
        marks: Option<Vec<String>>,
        /// Facts whose evidence names what the ground is about; none: the entity itself.
        #[serde(default)]
        about: Vec<String>,
        /// Facts that its lines tell beside those that its condition names.
        #[serde(default)]
        shows: Vec<String>,
        /// Grounds of this rule are told to nobody but the committee.
        #[serde(default)]
        confidential: bool,
        reading: Option<String>,
        /// As of [`Parameter`].
        unconfirmed: Option<String>,
        /// The Measures give its figures and words themselves.
        #[serde(default)]
        given: bool,
    }
    check |raw, builder| {
        let (id, at) = (raw.id.get_ref(), raw.id.span());
        if raw.marks.is_none() && raw.provision.trim().is_empty() {
            builder.fault(at.clone(), format!("规则「{id}」没有写明条款"), "请写明 provision".into());
        }
        if raw.marks.is_some() != raw.proposals.is_empty() {
            let remedy = "请写 propose = […]（提出处理）或 marks = […]（只列为待定），二者取一";
            builder.fault(at, format!("规则「{id}」既要有处理又要待定，或两者都没有"), remedy.into());
        }
    }
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

    /// As it is cited to people: by the Measures, where the pack says so.
    pub fn cited(&self) -> &str {
        if self.citation.is_empty() { &self.id } else { &self.citation }
    }

    /// Whom it is about: everybody, where the pack does not say.
    pub fn scope_term(&self) -> Term {
        self.scope.as_ref().map_or_else(|| Term::truth(true), |scope| scope.term().clone())
    }

    /// Its scope, if it has one, and its condition.
    pub fn conditions(&self) -> impl Iterator<Item = &Expression> {
        self.scope.iter().chain([&self.when])
    }

    /// Its scope and its condition as one.
    pub fn whole(&self) -> Term {
        Term::all(vec![self.scope_term(), self.when.term().clone()])
    }

    /// Whether it says of everybody within its scope that it holds.
    pub fn is_unconditional(&self) -> bool {
        self.when.term().node == Node::Value(Literal::Truth(true))
    }
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

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawProposal {
    /// The action; without it `by` chooses one.
    action: Option<Name>,
    /// A fact whose word is the action, or the option of the action that is named.
    by: Option<Name>,
    /// Words of that fact from which nothing follows.
    #[serde(default)]
    none: Vec<Name>,
    to: Spanned<RawRecipient>,
    #[serde(default)]
    options: Vec<Name>,
    reading: Option<String>,
    #[serde(default)]
    given: bool,
}

impl Understood for Proposal {
    type Raw = RawProposal;
    type Meant = Proposal;
    /// None also for one that a fact chooses: that waits until the fact's words are known.
    fn read(raw: RawProposal, builder: &mut Builder) -> Option<Proposal> {
        let action = Option::<At<Action>>::read(raw.action, builder)?;
        if action.is_none() && raw.by.is_none() {
            let remedy = "请写 action = \"处理\"；由事实定的，写 by = \"事实\"".to_owned();
            builder.fault(raw.to.span(), "没有写明是哪一种处理".into(), remedy);
            return None;
        };
        for option in &raw.options {
            if let (Some(action), None) = (action, &raw.by) {
                let known = builder.known.options.get(action).cloned().unwrap_or_default();
                builder.find("可选方式", option, known.iter().map(String::as_str));
            } else {
                builder.fault(
                    option.span(),
                    "由事实（by）定的，不能另写可选方式".into(),
                    "请删去 options 或 by".into(),
                );
            }
        }
        if let (Some(none), None) = (raw.none.first(), &raw.by) {
            builder.fault(none.span(), "none 只与 by 一起写".into(), "请删去 none，或写明 by = \"事实\"".into());
        }
        let proposal = Proposal {
            action: action.unwrap_or_default(),
            options: raw.options.into_iter().map(Name::into_inner).collect(),
            to: Recipient::read(raw.to, builder)?,
            only: None,
            reading: raw.reading,
            given: raw.given,
        };
        let Some(by) = raw.by else { return Some(proposal) };
        builder.chosen.push(Chosen {
            rule: builder.count,
            place: builder.place(&by),
            by: by.into_inner(),
            none: raw.none.into_iter().map(Name::into_inner).collect(),
            actions: action.is_none(),
            proposal,
        });
        None
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

/// `"itself"`, `{ role, via }` or `{ named, by }`.
#[derive(Deserialize)]
#[serde(untagged)]
pub enum RawRecipient {
    Word(String),
    Group(RawGroup),
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawGroup {
    role: Option<String>,
    via: Option<String>,
    named: Option<String>,
    by: Option<String>,
}

impl Recipient {
    /// As people say it.
    pub fn said(&self) -> String {
        match self {
            Recipient::Itself => "所涉及的对象".to_owned(),
            Recipient::Role { role, .. } => role.clone(),
            Recipient::Named { column, .. } => format!("「{column}」中的人"),
        }
    }
}

impl Understood for Recipient {
    type Raw = Spanned<RawRecipient>;
    type Meant = Recipient;
    fn read(raw: Spanned<RawRecipient>, builder: &mut Builder) -> Option<Recipient> {
        let at = raw.span();
        let group = match raw.into_inner() {
            RawRecipient::Word(word) if word == "itself" => return Some(Recipient::Itself),
            RawRecipient::Word(_) => RawGroup::default(),
            RawRecipient::Group(group) => group,
        };
        match group {
            RawGroup { role: Some(role), via, named: None, by: None } => Some(Recipient::Role { role, via }),
            RawGroup { role: None, via: None, named: Some(column), by: Some(fact) } => {
                Some(Recipient::Named { column, fact })
            }
            _ => {
                let remedy = "可写 \"itself\"、{ role = \"…\" }、{ role = \"…\", via = \"…\" } 或 { named = \"列\", by = \"事实\" }";
                builder.fault(at, "处理对象的写法不对".into(), remedy.into());
                None
            }
        }
    }
}

/// What looks like a fault of the pack and is meant so.
#[derive(Debug, Clone, Default)]
pub struct Deliberate {
    /// Groups of rules that always hold together.
    pub together: Vec<RuleGroup>,
    /// Groups of rules of which no two ever hold together.
    pub exclusive: Vec<RuleGroup>,
    pub silent: Vec<Silent>,
    /// Changes of the pack that change nothing.
    pub equivalent: Vec<Equivalent>,
}

section! {
    /// Values of a closed set from which nothing follows, and why that is right.
    pub struct Silent at column {
        table: usize as At<Table>,
        column: usize as At<InputColumn>,
        values: Vec<String> as Vec<Called<WordOfColumn>>,
        reading: String,
    }
}

section! {
    /// Rules that are meant to hold together, or never to.
    pub struct RuleGroup {
        rules: Vec<String> as Vec<Called<Rule>>,
        reading: String,
    }
    check |raw, builder| {
        if let (true, Some(first)) = (raw.reading.trim().is_empty(), raw.rules.first()) {
            builder.fault(first.span(), "没有说明为什么这样".into(), "请写明 reading".into());
        }
    }
}

section! {
    /// A mutant that no example can notice, as the report of mutants tells it, and why.
    pub struct Equivalent at mutant {
        mutant: String as Word,
        reading: String,
    }
    check |raw, builder| {
        if raw.reading.trim().is_empty() {
            builder.fault(raw.mutant.span(), "没有说明为什么这样".into(), "请写明 reading".into());
        }
    }
}
