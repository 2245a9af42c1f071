//! A dossier for the meeting: why somebody is proposed for something, and why not for something else.

use std::path::Path;

use chrono::NaiveDate;

use super::model::{Block, Column, LineStyle, Paper, Sheet, Value, Workbook, row};
use super::write;
use crate::explain::{Applied, Conclusion, Explanation, Point, Said};
use crate::once::Once;
use crate::pack::printed;

/// Writes one sheet per subject.
pub fn save(explained: &[Explanation], title: &str, as_of: NaiveDate, file: &Path) -> Result<(), write::Error> {
    let sheets = explained.iter().map(|one| sheet(one, title, as_of)).collect();
    write::page(Workbook { title: format!("{title}考核逐条说明"), as_of, sheets }, file)
}

fn sheet<'a>(explanation: &'a Explanation, title: &str, as_of: NaiveDate) -> Sheet<'a> {
    let Explanation { subject_id, subject_name, .. } = explanation;
    let name = if subject_name.is_empty() { subject_id } else { subject_name };
    let units: Vec<String> =
        explanation.units.iter().map(|unit| format!("{}（{}）{}", unit.name, unit.id, unit.role)).collect();
    let outside: Vec<&str> = explanation
        .rules
        .iter()
        .filter(|said| said.verdict == Conclusion::Outside)
        .map(|said| said.rule.as_str())
        .collect();
    let tail =
        if outside.is_empty() { String::new() } else { format!("其余各条不适用：{}。", outside.join("、")) };
    let head = [
        (format!("{title}考核逐条说明\n{}", explanation.subject()), LineStyle::Title),
        (units.join("；"), LineStyle::Note),
        (super::as_of_line(as_of), LineStyle::Note),
        ("本表说明各条是否成立及其依据，只供研究时参考，由人决定".to_owned(), LineStyle::Note),
    ];
    Sheet::new(name, Paper::Lying, head, blocks(explanation)).closed([(tail, LineStyle::Note)])
}

fn blocks(explanation: &Explanation) -> Vec<Block<'_>> {
    let mut blocks = Vec::new();
    let proposals = explanation.proposals.iter().map(|proposal| {
        let [options, rules, flags] = [&proposal.options, &proposal.rules, &proposal.flags].map(|all| all.join("、"));
        row![&proposal.action, options, rules, flags, &proposal.id]
    });
    let columns = vec![
        Column::text("处理", 8.0, 16.0),
        Column::text(printed::METHODS, 8.0, 24.0),
        Column::text(printed::BASIS, 6.0, 20.0),
        Column::text(printed::HINTS, 8.0, 24.0),
        Column::text(printed::LINE, 20.0, 40.0).small(),
    ];
    blocks.push(Block::new(columns, proposals.collect(), "本次没有拟处理事项。").captioned("一、本次拟处理"));
    let pending = explanation.pending.iter();
    let pending = pending.map(|open| row![&open.rule, open.missing.join("、"), open.sources.join("\n")]);
    let columns = vec![
        Column::text("条款", 8.0, 16.0),
        Column::text("缺少", 8.0, 30.0),
        Column::text("来源", 20.0, 70.0).small(),
    ];
    blocks.push(Block::new(columns, pending.collect(), "没有待定事项。").captioned("二、待定"));
    let columns = vec![
        Column::text("条款", 6.0, 24.0),
        Column::centred("结论", 6.0, 8.0),
        Column::text("对象", 6.0, 20.0),
        Column::text("事实", 24.0, 60.0).in_clauses(),
        Column::text("来源", 20.0, 50.0).small(),
    ];
    let rows = explanation.rules.iter().filter(|said| said.verdict != Conclusion::Outside).flat_map(rule).collect();
    blocks.push(Block::new(columns, rows, "没有适用的条款。").captioned("三、各条结论"));
    blocks
}

fn rule(said: &Said) -> Vec<Vec<Value<'_>>> {
    let cases = said.cases.iter().filter(|case| case.verdict != Conclusion::Outside);
    let mut rows: Vec<Vec<Value<'_>>> = cases
        .map(|case| {
            let (facts, sources) = told(said, case);
            row![named(said), case.verdict.word(), &case.about, facts, sources]
        })
        .collect();
    if rows.is_empty() {
        rows.push(row![named(said), said.verdict.word(), Value::Blank, &said.note, Value::Blank]);
    }
    rows
}

/// The rule, and the provision it carries out.
fn named(said: &Said) -> String {
    let mark = if said.reading.is_some() { "〔本部门口径〕" } else { "" };
    if said.citation.is_empty() { said.rule.clone() } else { format!("{}\n{}{mark}", said.rule, said.citation) }
}

/// What decided, and where it stands.
fn told(said: &Said, case: &Applied) -> (String, String) {
    let mut facts: Vec<String> = Vec::new();
    let mut sources: Vec<&str> = Vec::new();
    if !said.note.is_empty() {
        facts.push(said.note.clone());
    }
    if !case.missing.is_empty() {
        facts.push(format!("缺：{}", case.missing.join("、")));
    }
    for point in &case.seen {
        facts.push(point.told());
        places(point, &mut sources);
    }
    for (word, point) in case.sides() {
        facts.push(format!("{word}：{}", point.told()));
        places(point, &mut sources);
    }
    sources.extend(case.ambiguous.iter().map(String::as_str));
    sources.dedup();
    (facts.join("\n"), sources.join("\n"))
}

fn places<'p>(point: &'p Point, sources: &mut Vec<&'p str>) {
    for cell in &point.cells {
        sources.once(&cell.source);
    }
    point.parts.iter().for_each(|part| places(part, sources));
}
