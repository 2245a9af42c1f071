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

/// The table of all that an expression may use, in Chinese.
pub fn show_functions() -> String {
    let mut text = "表达式可用的运算和函数（其他的一律不接受）\n".to_owned();
    for entry in super::functions::TABLE {
        let cases: Vec<String> = entry
            .cases
            .iter()
            .map(|case| match case.x {
                [] => format!("{} → {}", case.expression, case.gives),
                x => format!("{}（x 为 {}）→ {}", case.expression, x.join("、"), case.gives),
            })
            .collect();
        // Writing to a string cannot fail.
        let _ = write!(
            text,
            "\n{}\n  用于：{}\n  得出：{}\n  未知（NULL）：{}\n  例如：{}\n",
            entry.form,
            entry.takes,
            entry.gives,
            entry.unknown,
            cases.join("；")
        );
    }
    text
}

fn document(pack: &Pack, text: &mut String) -> std::fmt::Result {
    writeln!(text, "规则包 {} {}", pack.name, pack.version)?;
    writeln!(text, "{}　{}", pack.city, pack.title)?;
    writeln!(text, "\n一、参数")?;
    for parameter in &pack.parameters {
        for dated in &parameter.values {
            let Parameter { name, unit, reference, .. } = parameter;
            writeln!(text, "  {name} = {} {unit}（自 {} 起）　{reference}", dated.value.said(), dated.from)?;
            reading(text, dated.reading.as_deref(), 4)?;
        }
        reading(text, parameter.reading.as_deref(), 4)?;
        unconfirmed(text, parameter.unconfirmed.as_deref(), 4)?;
    }
    writeln!(text, "\n二、条款和规则")?;
    let mut shown: Vec<&str> = Vec::new();
    for rule in &pack.rules {
        // Each provision once, where its first rule stands, with all its rules.
        if !shown.contains(&rule.citation.as_str()) {
            shown.push(&rule.citation);
            provision(pack, &rule.citation, text)?;
        }
    }
    writeln!(text, "\n三、事实")?;
    for fact in &pack.facts {
        let formula = match &fact.formula {
            Formula::Own { is, .. } => one_line(&is.text),
            Formula::Aggregate { source, given, value, absent, .. } => {
                let from = match source {
                    Source::Table(table) => pack.tables[*table].name.as_str(),
                    Source::Archive => "档案",
                    Source::ArchiveGrounds => "档案依据",
                    Source::ArchiveRuns => "档案运行",
                    Source::Proposed => "本次已提出",
                    Source::Pending => "本次待定",
                };
                let given = given.as_ref().map(|given| format!("，其中 {}", one_line(&given.text))).unwrap_or_default();
                let absent = absent.as_ref().map_or("未知", |absent| absent.text.as_str());
                format!("{from}{given}：{}；没有记录时为 {absent}", one_line(&value.text))
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
                    ColumnKind::Number { percent: true, .. } => "（百分数按其数值）".to_owned(),
                    _ => String::new(),
                };
                format!("{}{mark}{set}", column.name)
            })
            .collect();
        writeln!(text, "  {}：{}", table.name, columns.join("，"))?;
    }
    if !pack.groups.is_empty() {
        writeln!(text, "  多层表头中不改变列名含义的分组词：{}", pack.groups.join("、"))?;
    }
    writeln!(text, "\n五、名单")?;
    for (at, list) in pack.lists.iter().enumerate() {
        let actions: Vec<&str> =
            pack.actions.iter().filter(|action| action.list == at).map(|action| action.name.as_str()).collect();
        writeln!(text, "  {}：{}", list.name, actions.join("、"))?;
    }
    if !pack.further.is_empty() {
        writeln!(text, "\n六、变更时还可以采取的措施")?;
        for measure in &pack.further {
            let since = measure.from.map(|day| format!("（自 {day} 起）")).unwrap_or_default();
            writeln!(text, "  {}{since}：{}", measure.name, measure.means)?;
            reading(text, measure.reading.as_deref(), 4)?;
        }
    }
    if !pack.deliberate.silent.is_empty() {
        writeln!(text, "\n七、有意不作处理的")?;
        for silent in &pack.deliberate.silent {
            let table = &pack.tables[silent.table];
            let column = &table.columns[silent.column].name;
            writeln!(text, "  {}的{column}：{}", table.name, silent.values.join("、"))?;
            reading(text, Some(&silent.reading), 4)?;
        }
    }
    Ok(())
}

/// A provision with its rules, or the cases that no provision decides.
fn provision(pack: &Pack, citation: &str, text: &mut String) -> std::fmt::Result {
    writeln!(text, "\n  {}", if citation.is_empty() { "没有条款可用、只列为待定的情形" } else { citation })?;
    for rule in pack.rules.iter().filter(|rule| rule.citation == citation) {
        if let Some(quota) = pack.quotas.iter().find(|quota| pack.rules[quota.rule].id == rule.id) {
            let action = &pack.actions[quota.action].name;
            let of = quota.among.as_ref().map_or(&pack.subjects[quota.of].name, |among| &among.text);
            writeln!(text, "    {}　{}：{of}中达到「{}」的比例", rule.id, action, quota.share)?;
            continue;
        }
        let runs: Vec<&str> = rule.runs.iter().map(|run| run.title()).collect();
        writeln!(text, "    {}　{}，{}，第{}阶段", rule.id, entity(pack, rule.of), runs.join("、"), rule.stage)?;
        if let Some(scope) = &rule.scope {
            writeln!(text, "      范围：{}", one_line(&scope.text))?;
        }
        let when = if rule.is_unconditional() { "总是".to_owned() } else { one_line(&rule.when.text) };
        writeln!(text, "      条件：{when}")?;
        for proposal in &rule.proposals {
            let to = match &proposal.to {
                Recipient::Itself => match rule.of {
                    Entity::Subject(kind) => format!("该{}", pack.subjects[kind].name),
                    _ => "所反映的对象".to_owned(),
                },
                Recipient::Role { role, via: None } => format!("该{}的{role}", unit(pack)),
                Recipient::Role { role, via: Some(via) } => format!("其任{via}的{}的{role}", unit(pack)),
                Recipient::Named { column, .. } => format!("所填的{column}"),
            };
            let options = if proposal.options.is_empty() {
                String::new()
            } else {
                format!("［{}］", proposal.options.join("、"))
            };
            let action = &pack.actions[proposal.action];
            let only = proposal.only.as_ref().map(|(fact, word)| format!("{fact}为{word}时，")).unwrap_or_default();
            writeln!(text, "      → {only}{}{options}：{to}（{}）", action.name, pack.lists[action.list].name)?;
            reading(text, proposal.reading.as_deref(), 8)?;
        }
        if let Some(missing) = &rule.marks {
            let missing = if missing.is_empty() { "无".to_owned() } else { missing.join("、") };
            writeln!(text, "      → 列为待定，缺少：{missing}")?;
        }
        reading(text, rule.reading.as_deref(), 6)?;
        unconfirmed(text, rule.unconfirmed.as_deref(), 6)?;
    }
    Ok(())
}

/// What a unit is called.
fn unit(pack: &Pack) -> &str {
    &pack.subjects[pack.membership.unit].name
}

fn reading(text: &mut String, reading: Option<&str>, indent: usize) -> std::fmt::Result {
    marked(text, "本部门口径", reading, indent)
}

fn unconfirmed(text: &mut String, note: Option<&str>, indent: usize) -> std::fmt::Result {
    marked(text, "未能核实", note, indent)
}

fn marked(text: &mut String, mark: &str, said: Option<&str>, indent: usize) -> std::fmt::Result {
    said.map_or(Ok(()), |said| writeln!(text, "{:indent$}〔{mark}〕{said}", ""))
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
