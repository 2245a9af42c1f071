//! What would change, as a workbook: totals, the people by unit with the reason, open cases, near misses.

use std::path::Path;

use chrono::NaiveDate;

use super::model::{Block, Column, LineStyle, Paper, Sheet, Value, Workbook, row};
use super::write;
use crate::compare::{Cause, Change, ChangeKind, Comparison, OpenChange};
use crate::consequence::Consequence;
use crate::once::once;

/// What stands in the heads.
pub struct Sides {
    pub title: String,
    pub as_of: NaiveDate,
    /// What is compared with.
    pub before: String,
    /// The archive's history was taken into account.
    pub with_archive: bool,
}

/// Writes the workbook, replacing an earlier one of that name.
pub fn save(sides: &Sides, compared: &[Comparison], file: &Path) -> Result<(), write::Error> {
    let mut sheets = vec![totals(sides, compared)];
    let several = compared.len() > 1;
    for (number, one) in (1..).zip(compared) {
        let named = |what: &str| if several { format!("{what}{number}") } else { what.to_owned() };
        sheets.push(people(sides, one, named("变动")));
        sheets.push(open(sides, one, named("待定变动")));
        sheets.push(near(sides, one, named("临近")));
    }
    write::page(Workbook::new(sides.as_of, sheets), file)
}

fn sheet<'a>(sides: &Sides, name: String, heading: &str, notes: Vec<String>, blocks: Vec<Block<'a>>) -> Sheet<'a> {
    let mut head = vec![(format!("{}{heading}", sides.title), LineStyle::Title)];
    head.extend(notes.into_iter().map(|note| (note, LineStyle::Note)));
    Sheet::new(name, Paper::Lying, head, blocks)
}

fn versus(sides: &Sides, one: &Comparison) -> String {
    format!("原：{}；现：{}", sides.before, one.name)
}

fn totals<'a>(sides: &Sides, compared: &'a [Comparison]) -> Sheet<'a> {
    let mut blocks = Vec::new();
    for one in compared {
        let mut columns =
            vec![Column::text("处理", 8.0, 20.0), Column::centred("原", 6.0, 10.0), Column::centred("现", 6.0, 10.0)];
        columns.extend(ChangeKind::ALL.iter().map(|kind| Column::centred(kind.word(), 8.0, 12.0)));
        let rows = one.totals.iter().map(|total| {
            let mut row = row![&total.action, total.before, total.after];
            row.extend(total.changes.iter().map(|count| Value::Count(*count)));
            row
        });
        let mut rows: Vec<Vec<Value<'_>>> = rows.collect();
        let (before, after) = one.open_counts;
        let mut row = row!["待定事项", before, after];
        row.extend(ChangeKind::ALL.map(|_| Value::Blank));
        rows.push(row);
        blocks.push(Block::new(columns, rows, "两方都没有拟处理事项。").captioned(format!("与“{}”对照", one.name)));
        if !one.parameters.is_empty() {
            let columns = vec![
                Column::text("参数", 8.0, 24.0),
                Column::centred("原值", 6.0, 14.0),
                Column::centred("现值", 6.0, 14.0),
            ];
            let rows = one.parameters.iter().map(|(name, before, after)| row![name, before, after]);
            blocks.push(Block::new(columns, rows.collect(), "").captioned("不同的参数"));
        }
    }
    let archive = if sides.with_archive { "" } else { "未使用档案：以往各次的审定意见未计入" };
    let notes = vec![format!("原：{}", sides.before), archive.to_owned(), "本表只作对照，不是拟处理名单".to_owned()];
    sheet(sides, "总计".to_owned(), "", notes, blocks)
}

/// Columns that say whose a row is.
fn who() -> [Column; 3] {
    [Column::text("单位", 8.0, 24.0), Column::text("对象", 6.0, 16.0), Column::text("编号", 6.0, 14.0).whole()]
}

fn people<'a>(sides: &Sides, one: &'a Comparison, name: String) -> Sheet<'a> {
    let mut columns = Vec::from(who());
    columns.extend([
        Column::text("处理", 6.0, 16.0),
        Column::centred("变动", 6.0, 10.0),
        Column::text("原可选方式", 6.0, 18.0),
        Column::text("现可选方式", 6.0, 18.0),
        Column::text("条款", 6.0, 18.0),
        Column::text("原因", 16.0, 44.0).in_clauses(),
        Column::text("来源", 16.0, 44.0).small(),
    ]);
    let rows = one.changes.iter().map(change).collect();
    let block = Block::new(columns, rows, "没有变动。");
    sheet(sides, name, "：变动的人和单位", vec![versus(sides, one), one.summary()], vec![block]).in_view(0)
}

fn change<'a>(change: &'a Change) -> Vec<Value<'a>> {
    let mut rules: Vec<String> = change.rules_before.iter().map(|rule| format!("－{rule}")).collect();
    rules.extend(change.rules_after.iter().map(|rule| format!("＋{rule}")));
    let (causes, sources) = told(&change.causes);
    let text = |of: fn(&'a Consequence<'static>) -> &'a str| change.line().map_or("", of);
    let options = |line: &Option<Consequence<'_>>| line.as_ref().map_or(String::new(), |line| line.options.join("、"));
    row![
        &change.unit,
        text(|line| &line.subject_name),
        text(|line| &line.subject_id),
        text(|line| &line.action),
        change.kind.word(),
        options(&change.was),
        options(&change.is),
        rules.join("、"),
        causes,
        sources,
    ]
}

fn told(causes: &[Cause]) -> (String, String) {
    let texts = once(causes.iter().map(|cause| cause.text.as_str()));
    let sources = once(causes.iter().map(|cause| cause.source.as_str()).filter(|source| !source.is_empty()));
    (texts.join("\n"), sources.join("\n"))
}

fn open<'a>(sides: &Sides, one: &'a Comparison, name: String) -> Sheet<'a> {
    let mut columns = Vec::from(who());
    columns.extend([Column::text("条款", 8.0, 18.0), Column::text("原缺", 8.0, 30.0), Column::text("现缺", 8.0, 30.0)]);
    let rows = one.open.iter().map(still_open).collect();
    let block = Block::new(columns, rows, "待定事项没有变动。");
    sheet(sides, name, "：待定事项的变动", vec![versus(sides, one)], vec![block]).in_view(0)
}

fn still_open(case: &OpenChange) -> Vec<Value<'_>> {
    let missing = |missing: &Option<Vec<String>>| match missing {
        None => "（不在待定之列）".to_owned(),
        Some(missing) if missing.is_empty() => "待定".to_owned(),
        Some(missing) => missing.join("、"),
    };
    let (before, after) = (missing(&case.before), missing(&case.after));
    row![&case.about.unit, &case.about.name, &case.about.id, &case.rule, before, after]
}

fn near<'a>(sides: &Sides, one: &'a Comparison, name: String) -> Sheet<'a> {
    let mut columns = vec![Column::text("条款", 6.0, 18.0)];
    columns.extend(who());
    columns.extend([
        Column::text("关于", 6.0, 18.0),
        Column::text("只差", 12.0, 44.0),
        Column::text("差距", 8.0, 40.0),
        Column::text("来源", 16.0, 44.0).small(),
    ]);
    let rows = one.near.iter().map(|near| {
        let distance = near.distance.as_ref().map_or("", |distance| distance.text.as_str());
        let (who, sources) = (&near.subject, near.sources.join("\n"));
        row![&near.rule, &who.unit, &who.name, &who.id, &near.about, &near.lacks, distance, sources]
    });
    let block = Block::new(columns, rows.collect(), "没有只差一项的人或单位。");
    let more: Vec<String> = one.more.iter().map(|(rule, count)| format!("{rule} 还有 {count} 例")).collect();
    let more = if more.is_empty() {
        String::new()
    } else {
        format!("每条只列最近的，未列的：{}", more.join("，"))
    };
    let notes = vec![format!("“{}”中只差一个条件或一项未知事实的", one.name), more];
    sheet(sides, name, "：临近的人和单位", notes, vec![block]).in_view(0)
}
