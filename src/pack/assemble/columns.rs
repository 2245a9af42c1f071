//! Columns: how they are declared, and all that the program knows of a kind of column beside what its cells mean.

use std::sync::Arc;

use serde::Deserialize;

use super::super::model::*;
use super::super::section::{At, Name, Understood};
use super::super::term::{Kind, Order, Set};
use super::Builder;

/// A comparison goes through the values of an ordered set one by one.
const MOST_RANKS: usize = 100;

/// What stands in a column of yes and no.
pub const YES_NO: [&str; 2] = ["是", "否"];

#[derive(Debug, Clone)]
pub struct InputColumn {
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
    pub place: Passage,
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

/// A column as written: which keys it has depends on its type.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawColumn {
    pub name: Name,
    #[serde(rename = "type")]
    kind: Name,
    #[serde(default)]
    aliases: Vec<String>,
    #[serde(default)]
    required: bool,
    one_of: Option<String>,
    #[serde(default)]
    values: Vec<String>,
    #[serde(default)]
    ordered: bool,
    min: Option<f64>,
    max: Option<f64>,
    default: Option<Name>,
    #[serde(default)]
    not_after_year: bool,
    #[serde(default)]
    percent: bool,
    /// People columns: of which subject kind, and how they are split.
    #[serde(rename = "kind")]
    people: Option<Name>,
    separators: Option<String>,
    /// Line columns: the column that must not contradict the line's year, and whose line it must be.
    year: Option<Name>,
    about: Option<Name>,
}

impl Understood for InputColumn {
    type Raw = RawColumn;
    type Meant = InputColumn;
    fn read(raw: RawColumn, builder: &mut Builder) -> Option<InputColumn> {
        let (name, place) = (raw.name.get_ref().clone(), builder.place(&raw.name));
        let kind = match raw.kind.get_ref().as_str() {
            "text" => ColumnKind::Text,
            "id" => ColumnKind::Id,
            "name" => ColumnKind::Name,
            "names" => ColumnKind::Names,
            "choice" => {
                if raw.values.is_empty() {
                    builder.fault(raw.name.span(), format!("列「{name}」没有可选值"), "请写明 values = […]".into());
                }
                if raw.ordered && raw.values.len() > MOST_RANKS {
                    let message = format!("列「{name}」有 {} 个有次序的可选值", raw.values.len());
                    builder.fault(raw.name.span(), message, format!("最多 {MOST_RANKS} 个"));
                }
                ColumnKind::Choice { values: raw.values, ordered: raw.ordered }
            }
            "yes_no" => ColumnKind::Choice { values: YES_NO.map(str::to_owned).to_vec(), ordered: false },
            "number" => ColumnKind::Number { min: raw.min, max: raw.max, percent: raw.percent },
            "date" => ColumnKind::Date,
            "month" => ColumnKind::Month,
            "year" => ColumnKind::Year,
            "people" => ColumnKind::People {
                subject: At::<SubjectKind>::read(raw.people.unwrap_or_else(|| raw.kind.clone()), builder)?,
                separators: raw.separators.unwrap_or_else(|| "、".into()),
            },
            "line" => ColumnKind::Line {
                year: raw.year.and_then(|name| At::<InputColumn>::read(name, builder)),
                about: At::<SubjectKind>::read(raw.about.unwrap_or_else(|| raw.kind.clone()), builder)?,
            },
            other => {
                let remedy = "可用：text、id、name、names、choice、yes_no、number、date、month、year、people、line";
                builder.fault(raw.kind.span(), format!("没有「{other}」这种列类型"), remedy.into());
                return None;
            }
        };
        if raw.percent && !matches!(kind, ColumnKind::Number { .. }) {
            let message = format!("列「{name}」不是数字列，不能写 percent = true");
            builder.fault(raw.name.span(), message, "请删去 percent，或改为 type = \"number\"".into());
        }
        if let (Some(default), ColumnKind::Choice { values, .. }) = (&raw.default, &kind) {
            builder.find("可选值", default, values.iter().map(String::as_str));
        }
        Some(InputColumn {
            name,
            aliases: raw.aliases,
            required: raw.required,
            one_of: raw.one_of,
            kind,
            default: raw.default.map(Name::into_inner),
            not_after_year: raw.not_after_year,
            yes_no: raw.kind.get_ref() == "yes_no",
            place,
        })
    }
}

/// How a cell is drawn by one who knows nothing but what may stand in the column.
pub enum Drawn {
    /// One of these words.
    Words(Vec<String>),
    /// The column's name with a running number.
    Numbered,
    /// As a sample's `range` has it.
    Within([f64; 2]),
}

/// All that is known of a kind but what its cells mean, which `table/coerce.rs` says.
impl ColumnKind {
    /// The type of its values in expressions.
    pub fn of_values(&self) -> Kind {
        match self {
            ColumnKind::Number { .. } => Kind::NUMBER,
            ColumnKind::Date | ColumnKind::Month => Kind::Day,
            ColumnKind::Year => Kind::WHOLE,
            ColumnKind::Choice { values, ordered } => {
                let order = if *ordered { Order::Ranked } else { Order::None };
                Kind::Choice(Arc::new(Set { words: values.clone(), order }))
            }
            ColumnKind::Names | ColumnKind::People { .. } => Kind::List,
            ColumnKind::Text | ColumnKind::Id | ColumnKind::Name | ColumnKind::Line { .. } => Kind::Text,
        }
    }

    /// The words of a closed set; none of others.
    pub fn words(&self) -> &[String] {
        match self {
            ColumnKind::Choice { values, .. } => values,
            _ => &[],
        }
    }

    /// An example where the pack gives none.
    pub fn example(&self) -> String {
        match self {
            ColumnKind::Choice { values, .. } => values.first().cloned().unwrap_or_default(),
            ColumnKind::Number { min, max, .. } => match (min, max) {
                (Some(min), Some(max)) => ((min + max) / 2.0).to_string(),
                (Some(bound), None) | (None, Some(bound)) => bound.to_string(),
                (None, None) => "1".to_owned(),
            },
            ColumnKind::Date => "2015-06-24".to_owned(),
            ColumnKind::Month => "2015.06".to_owned(),
            ColumnKind::Year => "2015".to_owned(),
            _ => String::new(),
        }
    }

    /// How a sample fills it in.
    pub fn drawn(&self) -> Drawn {
        match self {
            ColumnKind::Choice { values, .. } => Drawn::Words(values.clone()),
            ColumnKind::Number { min, max, .. } => {
                let (min, max) = (min.unwrap_or(0.0), max.unwrap_or(100.0));
                Drawn::Within([f64::midpoint(min, max), (max - min) / 8.0])
            }
            ColumnKind::Date => Drawn::Within([10.0, 350.0]),
            ColumnKind::Month => Drawn::Within([1.0, 60.0]),
            ColumnKind::Year => Drawn::Within([0.0, 0.0]),
            ColumnKind::People { .. } => Drawn::Within([1.0, 2.0]),
            _ => Drawn::Numbered,
        }
    }

    /// What may stand in it, as a clerk is told.
    pub fn allowed(&self, pack: &Pack) -> String {
        match self {
            ColumnKind::Text => "填文字".to_owned(),
            ColumnKind::Id => "填编号，按文本保存".to_owned(),
            ColumnKind::Name => "填名称，字间空格不计".to_owned(),
            ColumnKind::Names => "填名称，几个之间用「、」分开".to_owned(),
            ColumnKind::Choice { values, .. } => format!("从下拉列表选一项：{}", values.join("、")),
            ColumnKind::Number { min, max, percent } => {
                let told = match (min, max) {
                    (Some(min), Some(max)) => format!("填{min}至{max}的数"),
                    (Some(min), None) => format!("填不小于{min}的数"),
                    (None, Some(max)) => format!("填不大于{max}的数"),
                    (None, None) => "填数".to_owned(),
                };
                if *percent { format!("{told}，也可以填百分数（90%即90）") } else { told }
            }
            ColumnKind::Date => "填日期".to_owned(),
            ColumnKind::Month => "填年月或日期".to_owned(),
            ColumnKind::Year => "填四位年份".to_owned(),
            ColumnKind::People { subject, .. } => {
                let subject = &pack.subjects[*subject];
                let [id, label] = [subject.id, subject.label].map(|at| &pack.tables[subject.register].columns[at].name);
                format!("填{}的{id}或{label}，几个之间用「、」分开", subject.name)
            }
            ColumnKind::Line { .. } => "填处理编号".to_owned(),
        }
    }
}
