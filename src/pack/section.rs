//! How a section of a pack is declared: one struct is what stands in the file and what is meant by it.
//!
//! Most keys are taken as they stand. Where something else is meant, the field says by which reader ([`Understood`]) it is
//! understood: `usize as At<Action>` is a name in the file and the place of that action in the pack.

use std::marker::PhantomData;

use chrono::NaiveDate;
use serde::Deserialize;
use toml::Spanned;
use toml::value::Datetime;

use super::assemble::Builder;
use super::model::*;

/// A text with where it stands, so that a fault can be shown in its file.
pub type Name = Spanned<String>;

/// How a value of a pack's file is understood.
pub trait Understood {
    /// As it stands in the file.
    type Raw;
    type Meant;
    /// None where it means nothing; a fault of the builder says why.
    fn read(raw: Self::Raw, builder: &mut Builder) -> Option<Self::Meant>;
}

/// What stands in the file for something.
pub type AsWritten<R> = <R as Understood>::Raw;

/// Declares a section. `at key`: a key of it is kept as its place. What is looked at before it is understood stands in
/// `check`.
macro_rules! section {
    ($(#[doc = $doc:literal])* $(#[derive($derive:ident)])? pub struct $name:ident $(at $placed:ident)? {
        $($(#[doc = $about:literal])* $(#[serde($($serde:tt)*)])? $field:ident: $meant:ty $(as $reader:ty)?,)*
    } $(check |$raw:ident, $builder:ident| $check:block)?) => {
        $(#[doc = $doc])*
        #[derive(Debug, Clone $(, $derive)?)]
        pub struct $name {
            $($(#[doc = $about])* pub $field: $meant,)*
            $(#[doc = concat!("Where `", stringify!($placed), "` stands.")] pub place: $crate::pack::model::Passage,)?
        }

        const _: () = {
            use $crate::pack::section::{AsWritten, Understood};

            #[derive(serde::Deserialize)]
            #[serde(deny_unknown_fields)]
            pub struct Written {
                $($(#[serde($($serde)*)])? pub $field: AsWritten<($($reader,)? $meant,)>,)*
            }

            impl Understood for $name {
                type Raw = Written;
                type Meant = $name;
                fn read(raw: Written, builder: &mut $crate::pack::assemble::Builder) -> Option<$name> {
                    $(let check = |$raw: &Written, $builder: &mut $crate::pack::assemble::Builder| $check;
                    check(&raw, builder);)?
                    $(let stands = builder.place(&raw.$placed);)?
                    $(let $field = <($($reader,)? $meant,)>::read(raw.$field, builder);)*
                    Some($name { $($field: $field?,)* $(place: section!(@of $placed stands),)? })
                }
            }
        };
    };
    (@of $placed:ident $place:ident) => { $place };
}
pub(super) use section;

/// A field without a reader of its own is read as its type says.
impl<T: Understood> Understood for (T,) {
    type Raw = T::Raw;
    type Meant = T::Meant;
    fn read(raw: T::Raw, builder: &mut Builder) -> Option<T::Meant> {
        T::read(raw, builder)
    }
}

impl<R: Understood, T> Understood for (R, T) {
    type Raw = R::Raw;
    type Meant = R::Meant;
    fn read(raw: R::Raw, builder: &mut Builder) -> Option<R::Meant> {
        R::read(raw, builder)
    }
}

/// Values that mean what stands there.
macro_rules! as_it_stands {
    ($($type:ty),*) => {$(
        impl Understood for $type {
            type Raw = $type;
            type Meant = $type;
            fn read(raw: $type, _: &mut Builder) -> Option<$type> {
                Some(raw)
            }
        }
    )*};
}
as_it_stands!(String, bool, u32, f64, usize, AnswerColumn, Answers, Pendings, RegisterStates, InfluenceTexts, Pen);

impl<T: Understood> Understood for Option<T> {
    type Raw = Option<T::Raw>;
    type Meant = Option<T::Meant>;
    fn read(raw: Self::Raw, builder: &mut Builder) -> Option<Self::Meant> {
        raw.map_or(Some(None), |raw| T::read(raw, builder).map(Some))
    }
}

impl<T: Understood> Understood for Vec<T> {
    type Raw = Vec<T::Raw>;
    type Meant = Vec<T::Meant>;
    fn read(raw: Self::Raw, builder: &mut Builder) -> Option<Self::Meant> {
        Some(raw.into_iter().filter_map(|one| T::read(one, builder)).collect())
    }
}

/// What bears names that others go by.
pub trait Known {
    const WHAT: &str;
    /// None: there is nothing to look in, which is a fault told already.
    fn names(builder: &Builder) -> Option<Vec<String>>;
    /// What follows may be about it.
    fn found(_: &mut Builder, _: Option<usize>) {}
}

/// Something known by its name: where it stands in the pack.
pub struct At<T>(PhantomData<T>);

impl<T: Known> Understood for At<T> {
    type Raw = Name;
    type Meant = usize;
    fn read(raw: Name, builder: &mut Builder) -> Option<usize> {
        let known = T::names(builder)?;
        let at = builder.find(T::WHAT, &raw, known.iter().map(String::as_str));
        T::found(builder, at);
        at
    }
}

/// Something known by its name, which is kept.
pub struct Called<T>(PhantomData<T>);

impl<T: Known> Understood for Called<T> {
    type Raw = Name;
    type Meant = String;
    fn read(raw: Name, builder: &mut Builder) -> Option<String> {
        let name = raw.get_ref().clone();
        At::<T>::read(raw, builder)?;
        Some(name)
    }
}

macro_rules! known {
    ($($type:ty: $what:literal, $names:ident;)*) => {$(
        impl Known for $type {
            const WHAT: &str = $what;
            fn names(builder: &Builder) -> Option<Vec<String>> {
                Some(builder.known.$names.clone())
            }
        }
    )*};
}
known! {
    SubjectKind: "对象", kinds;
    Parameter: "参数", parameters;
    List: "名单", lists;
    Action: "处理", actions;
    Rule: "规则", rules;
    Fact: "事实", facts;
    AnswerColumn: "答复列", answers;
    DayAnswer: "日期的答复列", days;
}

/// An answer column in which days are given.
pub struct DayAnswer;

impl Known for Table {
    const WHAT: &str = "表";
    fn names(builder: &Builder) -> Option<Vec<String>> {
        Some(builder.known.tables.clone())
    }
    fn found(builder: &mut Builder, at: Option<usize>) {
        builder.table = at;
    }
}

/// Of the table named last.
impl Known for InputColumn {
    const WHAT: &str = "列";
    fn names(builder: &Builder) -> Option<Vec<String>> {
        builder.known.columns.get(builder.table?).cloned()
    }
    fn found(builder: &mut Builder, at: Option<usize>) {
        builder.column = at;
    }
}

/// A column of any table.
pub struct AnyColumn;

impl Known for AnyColumn {
    const WHAT: &str = "列";
    fn names(builder: &Builder) -> Option<Vec<String>> {
        Some(builder.known.columns.concat())
    }
}

/// A word of the column named last.
pub struct WordOfColumn;

impl Known for WordOfColumn {
    const WHAT: &str = "可选值";
    fn names(builder: &Builder) -> Option<Vec<String>> {
        let column = builder.pack.tables.get(builder.table?)?.columns.get(builder.column?)?;
        Some(column.kind.words().to_vec())
    }
}

/// A kind of talk, by its name.
pub struct TalkKind;

impl Understood for TalkKind {
    type Raw = Name;
    type Meant = String;
    fn read(raw: Name, builder: &mut Builder) -> Option<String> {
        let Some(talks) = builder.pack.talks.clone() else {
            let message = format!("写了谈话「{}」，但没有写 [talks]：谈话记在哪张表", raw.get_ref());
            builder.fault(raw.span(), message, "请写明 [talks]".into());
            return None;
        };
        let column = builder.pack.tables.get(talks.table)?.named(&talks.kind);
        let words = column.map(|column| column.kind.words().to_vec()).unwrap_or_default();
        if !words.is_empty() {
            builder.find(&talks.kind, &raw, words.iter().map(String::as_str))?;
        }
        Some(raw.into_inner())
    }
}

/// A name of its own, by which it is spoken of in what follows.
pub struct Word;

impl Understood for Word {
    type Raw = Name;
    type Meant = String;
    fn read(raw: Name, builder: &mut Builder) -> Option<String> {
        builder.named = (raw.get_ref().clone(), builder.place(&raw));
        Some(raw.into_inner())
    }
}

/// A title; without it the name is one.
pub struct OrName;

impl Understood for OrName {
    type Raw = Option<String>;
    type Meant = String;
    fn read(raw: Option<String>, builder: &mut Builder) -> Option<String> {
        Some(raw.unwrap_or_else(|| builder.named.0.clone()))
    }
}

impl Understood for Expression {
    type Raw = Name;
    type Meant = Expression;
    fn read(raw: Name, builder: &mut Builder) -> Option<Expression> {
        Some(Expression::new(raw.get_ref(), builder.place(&raw)))
    }
}

/// A condition; without it there is none.
pub struct OrTrue;

impl Understood for OrTrue {
    type Raw = Option<Name>;
    type Meant = Expression;
    fn read(raw: Option<Name>, builder: &mut Builder) -> Option<Expression> {
        match raw {
            Some(raw) => Expression::read(raw, builder),
            None => Some(Expression::new("TRUE", builder.named.1.clone())),
        }
    }
}

impl Understood for Entity {
    type Raw = Name;
    type Meant = Entity;
    fn read(raw: Name, builder: &mut Builder) -> Option<Entity> {
        let (kinds, tables) = (builder.known.kinds.clone(), builder.known.tables.clone());
        let known = kinds.iter().chain(&tables).map(String::as_str).chain(["city"]);
        let at = builder.find("对象或表", &raw, known)?;
        Some(if at < kinds.len() {
            Entity::Subject(at)
        } else if at < kinds.len() + tables.len() {
            Entity::Row(at - kinds.len())
        } else {
            Entity::City
        })
    }
}

/// A day, told as what it is.
pub struct Day;

impl Understood for Day {
    type Raw = Spanned<Datetime>;
    type Meant = NaiveDate;
    fn read(raw: Spanned<Datetime>, builder: &mut Builder) -> Option<NaiveDate> {
        builder.day("起始日期", &raw)
    }
}

/// The day that a date of a file names.
pub fn day(date: &Datetime) -> Option<NaiveDate> {
    let date = date.date?;
    NaiveDate::from_ymd_opt(i32::from(date.year), u32::from(date.month), u32::from(date.day))
}

/// One of a few English words that steer the engine.
macro_rules! words {
    ($($reader:ty => $meant:ty: $what:literal, [$($word:literal => $means:expr),*];)*) => {$(
        impl Understood for $reader {
            type Raw = Name;
            type Meant = $meant;
            fn read(raw: Name, builder: &mut Builder) -> Option<$meant> {
                let known = [$(($word, $means)),*];
                let at = builder.find($what, &raw, known.iter().map(|(word, _)| *word))?;
                known.into_iter().nth(at).map(|(_, means)| means)
            }
        }
    )*};
}
words! {
    Absent => Absent: "缺表处理", ["fatal" => Absent::Fatal, "pending" => Absent::Pending, "empty" => Absent::Empty];
    Rejects => bool: "严重程度", ["rejected" => true, "warning" => false];
    ListOrder => ListOrder: "次序", ["register" => ListOrder::Register, "authority" => ListOrder::Authority];
    Tone => Tone: "性质", ["positive" => Tone::Positive, "adverse" => Tone::Adverse, "neutral" => Tone::Neutral];
    Run => Vec<Run>: "轮次", ["H" => vec![Run::HalfYear], "A" => vec![Run::Annual], "HA" => Run::ALL.to_vec()];
}

/// Whether a check puts the row aside.
pub struct Rejects;

/// A column and the word that it must hold; the column as its reader understands it.
pub struct When<R>(PhantomData<R>);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawWhen {
    column: Name,
    value: String,
}

impl<R: Understood<Raw = Name>> Understood for When<R> {
    type Raw = RawWhen;
    type Meant = (R::Meant, String);
    fn read(raw: RawWhen, builder: &mut Builder) -> Option<Self::Meant> {
        Some((R::read(raw.column, builder)?, raw.value))
    }
}
