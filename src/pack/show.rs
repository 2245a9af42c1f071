//! A pack as a document that people can read: provision by provision, readings marked.

use std::fmt::Write;

use super::model::*;

/// The whole pack in Chinese, for a terminal or a file.
pub fn show(pack: &Pack) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = document(pack, &mut text);
    text
}

fn document(pack: &Pack, text: &mut String) -> std::fmt::Result {
    writeln!(text, "规则包 {} {}", pack.name, pack.version)?;
    writeln!(text, "{}　{}", pack.city, pack.title)?;
    writeln!(text, "\n一、参数")?;
    for parameter in &pack.parameters {
        for dated in &parameter.values {
            let value = match &dated.value {
                Value::Number(number) => number.to_string(),
                Value::Text(word) => word.clone(),
            };
            writeln!(
                text,
                "  {} = {value} {}（自 {} 起）　{}",
                parameter.name, parameter.unit, dated.from, parameter.reference
            )?;
        }
        reading(text, parameter.reading.as_deref(), 4)?;
    }
    writeln!(text, "\n二、规则")?;
    for rule in pack.rules.iter().filter(|rule| !rule.runs.is_empty()) {
        let runs: Vec<&str> = rule.runs.iter().map(|run| run.title()).collect();
        let citation = if rule.citation.is_empty() { "待定事项" } else { rule.citation.as_str() };
        writeln!(text, "  {}　{citation}　{}，第{}阶段", rule.id, runs.join("、"), rule.stage)?;
        writeln!(text, "    对象：{}", entity(pack, rule.of))?;
        if let Some(scope) = &rule.scope {
            writeln!(text, "    范围：{}", one_line(scope))?;
        }
        writeln!(text, "    条件：{}", one_line(&rule.when))?;
        for proposal in &rule.proposals {
            let to = match &proposal.to {
                Recipient::Itself => "本人（本班子）".to_owned(),
                Recipient::Role { role, via: None } => format!("该班子的{role}"),
                Recipient::Role { role, via: Some(via) } => format!("其任{via}的班子的{role}"),
                Recipient::Named { column, .. } => format!("所填的{column}"),
            };
            let options = if proposal.options.is_empty() {
                String::new()
            } else {
                format!("［{}］", proposal.options.join("、"))
            };
            writeln!(text, "    → {}{options}：{to}", pack.actions[proposal.action].name)?;
            reading(text, proposal.reading.as_deref(), 6)?;
        }
        if let Some(missing) = &rule.marks {
            let missing = if missing.is_empty() { "无".to_owned() } else { missing.join("、") };
            writeln!(text, "    → 列为待定，缺少：{missing}")?;
        }
        reading(text, rule.reading.as_deref(), 4)?;
    }
    writeln!(text, "\n三、事实")?;
    for fact in &pack.facts {
        let formula = match &fact.formula {
            Formula::Own { is, .. } => one_line(is),
            Formula::Aggregate { source, given, value, absent, .. } => {
                let from = match source {
                    Source::Table(table) => pack.tables[*table].name.as_str(),
                    Source::Archive => "档案",
                    Source::ArchiveGrounds => "档案依据",
                    Source::ArchiveRuns => "档案运行",
                    Source::Proposed => "本次已提出",
                    Source::Pending => "本次待定",
                };
                let given = given.as_deref().map(|given| format!("，其中 {}", one_line(given))).unwrap_or_default();
                let absent = absent.as_deref().unwrap_or("未知");
                format!("{from}{given}：{}；没有记录时为 {absent}", one_line(value))
            }
            Formula::Covered => "适用的条款数".to_owned(),
        };
        writeln!(text, "  {}.{} = {formula}", entity(pack, fact.of), fact.name)?;
        reading(text, fact.reading.as_deref(), 4)?;
    }
    writeln!(text, "\n四、报送表")?;
    for table in &pack.tables {
        let columns: Vec<String> = table
            .columns
            .iter()
            .map(|column| {
                let mark = if column.required {
                    "*"
                } else if column.one_of.is_some() {
                    "†"
                } else {
                    ""
                };
                let set = match &column.kind {
                    ColumnKind::Choice { values, .. } => format!("｛{}｝", values.join("、")),
                    _ => String::new(),
                };
                format!("{}{mark}{set}", column.name)
            })
            .collect();
        writeln!(text, "  {}：{}", table.name, columns.join("，"))?;
    }
    writeln!(text, "\n五、名单")?;
    for (at, list) in pack.lists.iter().enumerate() {
        let actions: Vec<&str> =
            pack.actions.iter().filter(|action| action.list == at).map(|action| action.name.as_str()).collect();
        writeln!(text, "  {}：{}", list.name, actions.join("、"))?;
    }
    Ok(())
}

fn reading(text: &mut String, reading: Option<&str>, indent: usize) -> std::fmt::Result {
    match reading {
        Some(reading) => writeln!(text, "{:indent$}〔本部门口径〕{reading}", ""),
        None => Ok(()),
    }
}

fn entity(pack: &Pack, of: Entity) -> &str {
    match of {
        Entity::Subject(kind) => &pack.subjects[kind].name,
        Entity::Row(table) => &pack.tables[table].name,
        Entity::City => "全市",
    }
}

/// An expression without line breaks and runs of blanks.
fn one_line(sql: &str) -> String {
    sql.split_whitespace().collect::<Vec<_>>().join(" ")
}
