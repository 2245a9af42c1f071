//! Counts for 总览: ratios beside their limits, and cross tables, as the pack asks for them.

use polars::prelude::*;

use crate::fact::{Error, World};
use crate::handoff::{CrossFigure, Figures, RatioFigure};
use crate::once::Once;
use crate::pack::compile::query;
use crate::pack::scope::Site;
use crate::pack::term::Kind;
use crate::pack::{Cross, Entity, Expression};

/// All figures of the pack.
pub fn figures(world: &World<'_>) -> Result<Figures, Error> {
    let overview = &world.pack.overview;
    let ratios = overview
        .ratios
        .iter()
        .map(|ratio| {
            let of = Entity::Subject(ratio.of);
            let among = world.truths(of, &ratio.among)?;
            let counted = world.truths(of, &ratio.counted)?;
            let both = counted.iter().zip(&among).filter(|(counted, among)| **counted && **among).count();
            Ok(RatioFigure {
                name: ratio.name.clone(),
                counted: both as u64,
                among: among.iter().filter(|one| **one).count() as u64,
                limit: ratio.limits.iter().rfind(|(from, _)| *from <= world.data.as_of).map(|(_, limit)| *limit),
                reference: ratio.reference.clone(),
                warns: ratio.warns,
            })
        })
        .collect::<Result<Vec<_>, Error>>()?;
    let crosses = overview
        .crosses
        .iter()
        .map(|cross| {
            let pairs = pairs(world, cross)?;
            let (rows, columns) = (&cross.rows, &cross.columns);
            let row_words = heads(world, rows, pairs.iter().map(|(row, ..)| row).collect());
            let column_words = heads(world, columns, pairs.iter().map(|(_, column, _)| column).collect());
            let mut counts = vec![vec![0; column_words.len()]; row_words.len()];
            for (row, column, count) in &pairs {
                let place = |heads: &[String], word: &String| heads.iter().position(|head| head == word);
                if let (Some(row), Some(column)) = (place(&row_words, row), place(&column_words, column)) {
                    counts[row][column] += count;
                }
            }
            Ok(CrossFigure {
                title: cross.title.clone(),
                corner: cross.rows.text.clone(),
                rows: row_words,
                columns: column_words,
                counts,
                chart: cross.chart,
            })
        })
        .collect::<Result<Vec<_>, Error>>()?;
    Ok(Figures { ratios, crosses })
}

/// How many of the entities that count have which two words, as they come.
fn pairs(world: &World<'_>, cross: &Cross) -> Result<Vec<(String, String, u64)>, Error> {
    let exprs = [&cross.given, &cross.rows, &cross.columns].map(|value| world.compile(value.term()));
    let columns = world.evaluate(Site::Entity(cross.of), &cross.title, exprs.to_vec())?;
    let count = || -> PolarsResult<Vec<(String, String, u64)>> {
        let kept = query(DataFrame::new(world.height(cross.of), columns)?).filter(col("=0"));
        let groups = kept.group_by_stable([col("=1"), col("=2")]).agg([len().alias("@n")]).collect()?;
        let (rows, columns, counts) = (groups.column("=1")?, groups.column("=2")?, groups.column("@n")?.idx()?);
        let pair = |(at, count): (usize, Option<IdxSize>)| {
            let words = (word(&cross.rows, &rows.get(at)?), word(&cross.columns, &columns.get(at)?));
            Ok((words.0, words.1, u64::from(count.unwrap_or_default())))
        };
        counts.iter().enumerate().map(pair).collect()
    };
    count().map_err(|source| Error::Polars { what: cross.title.clone(), source })
}

/// A value as a word; blank as 未填.
fn word(of: &Expression, value: &AnyValue<'_>) -> String {
    // 是 and 否 alone would not say of what.
    let name = of.text.trim();
    match value {
        AnyValue::Null => "未填".to_owned(),
        AnyValue::Boolean(true) => format!("{name}：是"),
        AnyValue::Boolean(false) => format!("{name}：否"),
        value => value.get_str().map_or_else(|| value.to_string(), str::to_owned),
    }
}

/// The words to count by: the whole set that the value is one of, then others as they come.
fn heads(world: &World<'_>, value: &Expression, words: Vec<&String>) -> Vec<String> {
    let mut heads = match &value.term().kind {
        // In the order of a column that it repeats.
        Kind::Choice(set) => {
            let same = |of: &&[String]| of.len() == set.words.len() && of.iter().all(|word| set.words.contains(word));
            let columns = world.pack.tables.iter().filter_map(|table| table.named(&value.text));
            columns.map(|column| column.kind.words()).find(same).unwrap_or(&set.words).to_vec()
        }
        _ => Vec::new(),
    };
    words.into_iter().for_each(|word| heads.once(word.clone()));
    heads
}
