//! Lists, actions, quotas, hints, the register of talks and what 总览 counts.

use serde::{Deserialize, Serialize};

use super::super::model::*;
use super::super::section::{AsWritten, At, Called, Name, OrName, Understood, When, Word, section};
use super::Builder;

/// Whether an action is good or bad news, for conflicts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    Positive,
    Adverse,
    Neutral,
}

section! {
    pub struct Action at name {
        name: String as Word,
        /// Index into the pack's lists.
        list: usize as At<List>,
        tone: Tone,
        /// All options that it can carry, in the order in which they are united.
        #[serde(default)]
        options: Vec<String>,
        /// Told to the unit before it is decided; others only once agreed.
        #[serde(default)]
        announced: bool,
        /// What is asked of the recipient, for the unit's letter.
        #[serde(default)]
        asks: String,
        /// By when, as long as the committee has set no day.
        #[serde(default)]
        due: String,
        /// For good news: why it may stand beside bad news for the same recipient.
        beside: Option<String>,
    }
    check |raw, builder| {
        for name in std::iter::once(raw.name.get_ref()).chain(&raw.options) {
            // It stands in line ids and in answers, where blanks are taken away.
            if name.is_empty() || name.chars().any(char::is_whitespace) {
                let message = format!("处理或可选方式「{name}」的名称里有空格，或没有名称");
                let remedy = "请去掉空格：名称写在处理编号里，收回意见时按它核对";
                builder.fault(raw.name.span(), message, remedy.into());
            }
        }
    }
}

/// How lines of a list are ordered before the register order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListOrder {
    Register,
    /// By authority first (others before the default one), units last.
    Authority,
}

section! {
    /// One of the workbooks handed to a committee.
    pub struct List at name {
        name: String as Word,
        title: String as OrName,
        order: Option<ListOrder>,
        /// The sentence that stands where there are no rows.
        empty: String,
        /// Answer columns beside the common ones.
        #[serde(rename = "answers", default)]
        extra_answers: Vec<AnswerColumn>,
    }
}

/// A column of a list's own that people fill in. The archive keeps it under Chinese names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnswerColumn {
    #[serde(rename(serialize = "列"), alias = "列")]
    pub name: String,
    #[serde(rename(serialize = "日期", deserialize = "date"), alias = "日期", default)]
    pub is_date: bool,
}

/// The committee's words: all four are fixed in number, their wording is the pack's. The archive keeps them under Chinese
/// names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answers {
    #[serde(rename(serialize = "同意"), alias = "同意")]
    pub agree: String,
    #[serde(rename(serialize = "不同意"), alias = "不同意")]
    pub refuse: String,
    #[serde(rename(serialize = "缓议"), alias = "缓议")]
    pub defer: String,
    #[serde(rename(serialize = "变更"), alias = "变更")]
    pub change: String,
}

impl Answers {
    /// Agreed, refused, deferred, changed.
    pub fn all(&self) -> [&str; 4] {
        [&self.agree, &self.refuse, &self.defer, &self.change]
    }

    /// Agreed, refused or changed: what is deferred stays undecided, as what nothing was said of.
    pub fn decides(&self, opinion: &str) -> bool {
        !opinion.is_empty() && opinion != self.defer
    }

    /// Agreed or changed: something is to be carried out.
    pub fn binds(&self, opinion: &str) -> bool {
        opinion == self.agree || opinion == self.change
    }
}

section! {
    /// The register that a talk is entered in (1.4).
    pub struct RegisterBook at talk_when {
        name: String as Word,
        title: String as OrName,
        #[serde(rename = "provision")]
        citation: String as Citation,
        action: usize as At<Action>,
        /// Talks that complete an entry: table, date column, SQL over its rows, column of the line id.
        talks: usize as At<Table>,
        talk_date: String as Called<InputColumn>,
        talk_when: Expression,
        talk_line: String as Called<InputColumn>,
        /// What a talk entered in the register is among them: column and value.
        talk_is: (String, String) as When<Called<InputColumn>>,
        states: RegisterStates,
        #[serde(rename = "answers")]
        answer_columns: Vec<AnswerColumn>,
        files: Vec<RegisterFile>,
    }
}

/// A provision as it is cited.
pub struct Citation;

impl Understood for Citation {
    type Raw = String;
    type Meant = String;
    fn read(raw: String, builder: &mut Builder) -> Option<String> {
        Some(builder.cite(&raw))
    }
}

section! {
    pub struct RegisterFile {
        name: String,
        /// Subject kind that the file is kept for.
        of: usize as At<SubjectKind>,
        /// For units: entered once per unit that a line came through under these rules.
        #[serde(default)]
        rules: Vec<String>,
    }
}

/// From least to most advanced: undecided, to be held, can be filed; and not carried out.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegisterStates {
    pub undecided: String,
    pub to_hold: String,
    pub done: String,
    pub dropped: String,
}

section! {
    /// A share of people that is to be reached in the year.
    pub struct Quota at rule {
        /// Index of its provision among the rules.
        rule: usize as Provision,
        action: usize as At<Action>,
        runs: Vec<Run> as Run,
        of: usize as At<SubjectKind>,
        /// Parameter with the share.
        share: String as Called<Parameter>,
        /// Fact of the subject: the share is about these alone; none: about all.
        among: Option<Expression>,
        /// Fact of the subject: already reached.
        reached: Expression,
    }
}

/// The provision of a quota stands among the rules, so that its lines can cite it; it is never evaluated.
pub struct Provision;

impl Understood for Provision {
    type Raw = Name;
    type Meant = usize;
    fn read(raw: Name, builder: &mut Builder) -> Option<usize> {
        let place = builder.place(&raw);
        let id = raw.into_inner();
        builder.pack.rules.push(Rule {
            citation: builder.cite(&id),
            provision: id.clone(),
            id,
            runs: Vec::new(),
            stage: 0,
            of: Entity::City,
            scope: None,
            when: Expression::new("FALSE", place.clone()),
            proposals: Vec::new(),
            marks: None,
            about: Vec::new(),
            shows: Vec::new(),
            confidential: true,
            reading: None,
            unconfirmed: None,
            given: true,
            place,
        });
        Some(builder.pack.rules.len() - 1)
    }
}

section! {
    /// What people should weigh, told in 提示.
    pub struct Hint at when {
        text: String,
        /// A subject kind: about the recipient. A table: about a row behind a ground.
        of: Entity,
        when: Expression,
        /// Only lines of these actions; empty: all.
        #[serde(default)]
        actions: Vec<usize> as Vec<At<Action>>,
        /// Fact whose evidence's dates are added in brackets.
        dates: Option<String>,
    }
}

section! {
    /// What a unit is told.
    #[derive(Default)]
    pub struct Notices {
        folder: String as Word,
        title: String,
        /// Stands across the head until all its lines are decided.
        draft: String,
        /// Who sends the letters.
        from: String,
    }
}

/// Names of the pending cases that the engine itself finds.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pendings {
    /// A rejected row whose subject is known; missing: the table.
    pub rejected_row: String,
    /// A subject whose id stands only in rejected register rows.
    pub rejected_register: String,
    /// What is missing then.
    pub register: String,
}

/// What 总览 counts: cross tables of a table's columns, and ratios.
#[derive(Debug, Clone, Default)]
pub struct Overview {
    pub ratios: Vec<Ratio>,
    pub crosses: Vec<Cross>,
}

section! {
    /// A share that 总览 shows beside a national limit.
    pub struct Ratio at counted {
        name: String,
        of: usize as At<SubjectKind>,
        /// Over the subject's facts: counted; and of which.
        counted: Expression,
        among: Expression,
        /// Upper limits as fractions, each in force from its day on, ascending; and where they come from.
        #[serde(default)]
        limits: Vec<(chrono::NaiveDate, f64)> as Limits,
        reference: String,
        /// A share above the limit is told at the end of a run too.
        #[serde(default)]
        warns: bool,
    }
}

/// Fractions by the day from which they are in force.
pub struct Limits;

impl Understood for Limits {
    type Raw = Vec<AsWritten<Dated>>;
    type Meant = Vec<(chrono::NaiveDate, f64)>;
    fn read(raw: Self::Raw, builder: &mut Builder) -> Option<Self::Meant> {
        let mut limits = Vec::new();
        for dated in Vec::<Dated>::read(raw, builder)? {
            match dated.value.number() {
                Some(value) if (0.0..=1.0).contains(&value) => limits.push((dated.from, value)),
                _ => builder.fault(dated.span, "上限不是比例".into(), "请写成 0 到 1 之间的数".into()),
            }
        }
        limits.sort_by_key(|(from, _)| *from);
        Some(limits)
    }
}

section! {
    /// Rows of a table counted by two of its columns (12380 by channel and result).
    pub struct Cross at given {
        title: String,
        of: Entity,
        /// Over the entity's columns and facts: which rows count.
        given: Expression,
        rows: Expression,
        columns: Expression,
        #[serde(default)]
        chart: bool,
    }
}
