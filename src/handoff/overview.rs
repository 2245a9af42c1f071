//! 总览: the run in figures, with native charts, and the account of every input sheet.

use crate::consequence::people;
use crate::finding::warnings;
use crate::once::grouped;
use crate::pack::Pack;
use crate::table::SheetKind;

use super::faults::{self, Faulty};
use super::model::{Align, Block, Chart, ChartKind, Column, LineStyle, PageLine, Paper, Sheet, Value, Workbook, row};
use super::{CrossFigure, Figures, Material, lists, pendings};

pub const NAME: &str = "总览";

const TOTAL: &str = "合计";

/// The overview's workbook: figures first, then one sheet a question.
pub fn workbook<'a>(material: &Material<'a>, figures: &'a Figures, faulty: &Faulty<'a>) -> Workbook<'a> {
    let pack = material.pack;
    let sheet = |name: &str, heading: &str, paper: Paper, blocks: Vec<Block<'a>>| {
        let head = [(material.title(heading), LineStyle::Title), (material.info.as_of_line(), LineStyle::Note)];
        Sheet::new(name, paper, head, blocks)
    };
    let first = sheet(NAME, NAME, Paper::Upright, vec![numbers(material, figures), actions(material)]);
    let mut first = Sheet { fitted: true, ..first }.closed([(material.info.chain_line(), LineStyle::Note)]);
    let rules = format!("依据：{}　　规则包：{} {}", pack.title, pack.name, pack.version);
    first.head.push(PageLine { text: rules, style: LineStyle::Note });
    let mut sheets = vec![first];
    let mut add = |name: &str, heading: &str, blocks| sheets.push(sheet(name, heading, Paper::Upright, blocks));
    if let Some(kinds) = people::unit_kinds(pack, material.dataset) {
        add(kinds.column, &format!("处理建议与{}", kinds.column), vec![by_unit_kind(material, &kinds)]);
    }
    for pair in paired(&figures.crosses) {
        let names: Vec<&str> =
            pair.iter().map(|one| one.title.split(['（', '：']).next().unwrap_or(&one.title)).collect();
        let name = names.join("；");
        add(&name, &name, pair.iter().map(cross).collect());
    }
    if !figures.ratios.is_empty() {
        add("比例", "比例", vec![ratios(figures)]);
    }
    if let Some(half_year) = &material.info.half_year {
        add("半年与年度", "半年与年度对照", vec![halves(material, half_year)]);
    }
    add("待定", "待定事项统计", vec![pending(material)]);
    sheets.push(sheet("数据核对", "数据核对", Paper::Lying, vec![reconciliation(material)]));
    sheets.push(sheet("退回", "退回情况", Paper::Upright, vec![returned(faulty)]));
    Workbook::new(material.info.as_of, sheets)
}

/// Two tables with their charts a sheet where both fit on a page, so that no break goes through them.
fn paired(crosses: &[CrossFigure]) -> Vec<&[CrossFigure]> {
    const ROWS: usize = 10;
    let mut pairs = Vec::new();
    let mut rest = crosses;
    while !rest.is_empty() {
        let fits = rest.len() > 1 && rest[0].rows.len() + rest[1].rows.len() <= ROWS;
        let (pair, others) = rest.split_at(if fits { 2 } else { 1 });
        pairs.push(pair);
        rest = others;
    }
    pairs
}

fn counts(name: &str) -> Column {
    Column { align: Align::Right, ..Column::centred(name, 6.0, 12.0) }
}

/// Who was assessed, what was read, what came of it.
fn numbers<'a>(material: &Material<'a>, figures: &'a Figures) -> Block<'a> {
    let dataset = material.dataset;
    let mut rows: Vec<Vec<Value<'a>>> = Vec::new();
    for (kind, register) in material.pack.subjects.iter().zip(&dataset.registers) {
        let register_name = &material.pack.tables[kind.register].name;
        rows.push(row![&kind.name, register.ids.len() as u64, format!("列入{register_name}的")]);
    }
    rows.push(row!["工作簿", dataset.books.len() as u64, ""]);
    let sum = |of: fn(&crate::table::InputSheet) -> u64| dataset.sheets.iter().map(of).sum::<u64>();
    let (used, rejected) = (sum(|sheet| sheet.used), sum(|sheet| sheet.rejected));
    let whither = format!("采用 {used}，退回 {rejected}，不计 {}", sum(|sheet| sheet.ignored));
    rows.push(row!["数据行", sum(|sheet| sheet.rows), whither]);
    let of_kind = |kind: SheetKind| -> Vec<&str> {
        dataset.sheets.iter().filter(|sheet| sheet.kind == kind).map(|sheet| sheet.name.as_str()).collect()
    };
    let unrecognised = of_kind(SheetKind::Unrecognised);
    rows.push(row!["未识别的工作表", unrecognised.len() as u64, unrecognised.join("、")]);
    let hidden = of_kind(SheetKind::Hidden);
    if !hidden.is_empty() {
        rows.push(row!["隐藏而未采用的工作表", hidden.len() as u64, hidden.join("、")]);
    }
    rows.push(row!["未读取的文件", dataset.passed_over.len() as u64, dataset.passed_over.join("、")]);
    rows.push(row!["提醒", warnings(&dataset.findings) as u64, format!("见{}", faults::LIST)]);
    let absent: Vec<&str> = dataset.absent.iter().map(|table| material.pack.tables[*table].name.as_str()).collect();
    rows.push(row!["没有收到的表", absent.len() as u64, absent.join("、")]);
    let lines = &material.outcome.lines;
    rows.push(row!["处理建议", lines.len() as u64, "各名单合计"]);
    let decided = lines.iter().filter(|line| !line.opinion().is_empty());
    rows.push(row!["其中已有委员会意见", decided.count() as u64, ""]);
    for plan in &material.outcome.quotas {
        let action = &material.pack.actions[material.pack.quotas[plan.quota].action].name;
        let share = lists::percent(&plan.share);
        rows.extend([
            row![format!("{action}：应完成"), plan.target, format!("共 {} 人，按 {share} 计", plan.total)],
            row![format!("{action}：已完成"), plan.reached, "至基准日"],
            row![format!("{action}：列入计划"), plan.picked as u64, "本次"],
        ]);
    }
    let cases = format!("见{}；按条款计 {} 项", pendings::NAME, material.outcome.pending.len());
    rows.push(row!["待定事项", pendings::count(material) as u64, cases]);
    if !figures.ratios.is_empty() {
        let exceeded = figures.ratios.iter().filter(|ratio| ratio.exceeds()).count();
        rows.push(row!["超出上限的比例", exceeded as u64, "见「比例」"]);
    }
    let columns = vec![Column::text("项目", 14.0, 24.0), counts("数量"), Column::text("说明", 20.0, 60.0)];
    Block::new(columns, rows, "没有数据。").captioned("一、基本数字")
}

/// Proposals by action, with the list each stands on.
fn actions<'a>(material: &Material<'a>) -> Block<'a> {
    let pack = material.pack;
    let opinions = pack.answers.all();
    // All, then by kind of subject, then by the committee's opinion.
    let kinds = pack.subjects.len();
    let width = 1 + kinds + opinions.len();
    let mut counted = vec![vec![0; width]; pack.actions.len()];
    for line in &material.outcome.lines {
        let numbers = &mut counted[line.action];
        numbers[0] += 1;
        numbers[1 + line.subject.kind] += 1;
        if let Some(at) = opinions.iter().position(|word| *word == line.opinion()) {
            numbers[1 + kinds + at] += 1;
        }
    }
    let rows = pack.actions.iter().zip(counted).map(|(action, numbers)| {
        let list = pack.lists[action.list].name.as_str();
        (row![&action.name, Value::link(list, &format!("{list}.xlsx"), "")], numbers)
    });
    let rows = with_totals(rows.collect(), |_| None);
    let mut columns = vec![Column::text("处理", 12.0, 16.0), Column::text("名单", 12.0, 18.0), counts("条数")];
    columns.extend(pack.subjects.iter().map(|kind| counts(&kind.name)));
    columns.extend(opinions.map(counts));
    let chart = Chart::new("各项处理建议条数", ChartKind::Bar, vec![2], 1);
    Block::new(columns, rows, "没有处理建议。").captioned("二、处理建议").charted(chart)
}

/// Proposals by action and kind of unit (for people: of their home unit).
fn by_unit_kind<'a>(material: &Material<'a>, kinds: &people::UnitKinds<'a>) -> Block<'a> {
    let pack = material.pack;
    let mut numbers = vec![vec![0u64; kinds.values.len() + 1]; pack.actions.len()];
    for line in &material.outcome.lines {
        let home = material.people.units(line.subject).first();
        let value = home.and_then(|unit| *kinds.of.get(*unit as usize)?);
        let at = value.and_then(|value| kinds.values.iter().position(|known| known == value));
        numbers[line.action][at.unwrap_or(kinds.values.len())] += 1;
    }
    // Somebody without a known unit gets a column of their own, but only then.
    let unknown = numbers.iter().any(|row| row[kinds.values.len()] > 0);
    let shown = kinds.values.len() + usize::from(unknown);
    let mut columns = vec![Column::text("处理", 12.0, 16.0)];
    columns.extend(kinds.values.iter().map(|value| counts(value)));
    columns.extend(unknown.then(|| counts("单位不明")));
    columns.push(counts(TOTAL));
    let names = pack.actions.iter().map(|action| row![&action.name]);
    let rows = with_totals(names.zip(numbers.into_iter().map(|row| row[..shown].to_vec())).collect(), sum);
    let title = format!("处理建议按{}分布", kinds.column);
    let chart = Chart::new(title, ChartKind::Stacked, (1..=shown as u16).collect(), 1);
    Block::new(columns, rows, "没有处理建议。").charted(chart)
}

/// Rows of what they are about and of numbers, `closed` by what these come to, and a last row of sums.
fn with_totals<'a>(
    rows: Vec<(Vec<Value<'a>>, Vec<u64>)>,
    closed: fn(&[u64]) -> Option<Value<'a>>,
) -> Vec<Vec<Value<'a>>> {
    let (heads, numbers) = rows.first().map_or((1, 0), |(head, numbers)| (head.len(), numbers.len()));
    let mut total = (row![TOTAL], vec![0; numbers]);
    total.0.resize(heads, Value::Blank);
    for (_, numbers) in &rows {
        total.1.iter_mut().zip(numbers).for_each(|(total, number)| *total += number);
    }
    let whole = rows.into_iter().chain([total]).map(|(mut row, numbers)| {
        row.extend(numbers.iter().copied().map(Value::Count).chain(closed(&numbers)));
        row
    });
    whole.collect()
}

/// What a row of numbers comes to.
fn sum<'a>(numbers: &[u64]) -> Option<Value<'a>> {
    Some(Value::Count(numbers.iter().sum()))
}

fn cross(cross: &CrossFigure) -> Block<'_> {
    let mut columns = vec![Column::text(cross.corner.as_str(), 12.0, 24.0)];
    columns.extend(cross.columns.iter().map(|name| counts(name)));
    columns.push(counts(TOTAL));
    let names = cross.rows.iter().map(|name| row![name]);
    let rows = with_totals(names.zip(cross.counts.iter().cloned()).collect(), sum);
    let block = Block::new(columns, rows, "没有数据。").captioned(cross.title.as_str());
    if !cross.chart {
        return block;
    }
    let series = (1..=cross.columns.len() as u16).collect();
    block.charted(Chart::new(&cross.title, ChartKind::Stacked, series, 1))
}

fn share(counted: u64, among: u64) -> f64 {
    if among == 0 { 0.0 } else { counted as f64 / among as f64 }
}

fn ratios(figures: &Figures) -> Block<'_> {
    let columns = vec![
        Column::text("项目", 16.0, 34.0),
        counts("数量"),
        counts("基数"),
        counts("比例"),
        counts("上限"),
        Column::centred("是否超出", 6.0, 12.0),
        Column::text("上限出处", 16.0, 40.0),
    ];
    let rows = figures.ratios.iter().map(|ratio| {
        let value = share(ratio.counted, ratio.among);
        let share = if ratio.exceeds() { Value::Exceeded(value) } else { Value::Share(value) };
        let word = match (ratio.among, ratio.limit, ratio.exceeds()) {
            (0, ..) => "无数据",
            (_, None, _) => "当时没有上限",
            (_, _, true) => "超出",
            (_, _, false) => "未超出",
        };
        let reference = ratio.limit.map_or("", |_| &ratio.reference);
        let limit = ratio.limit.map_or(Value::Blank, Value::Share);
        row![&ratio.name, ratio.counted, ratio.among, share, limit, word, reference]
    });
    // A limit that was not in force is no bar of nought.
    let series = if figures.ratios.iter().any(|ratio| ratio.limit.is_some()) { vec![3, 4] } else { vec![3] };
    let chart = Chart::new("各项比例", ChartKind::Clustered, series, 0);
    Block::new(columns, rows.collect(), "没有需要对照的比例。").charted(chart)
}

/// The year's two runs side by side.
fn halves<'a>(material: &Material<'a>, half_year: &[(String, u64)]) -> Block<'a> {
    let rows = material.outcome.counts(material.pack).map(|(action, annual)| {
        let half = half_year.iter().find(|(name, _)| name == &action.name).map_or(0, |(_, count)| *count);
        row![&action.name, half, annual]
    });
    let columns = vec![Column::text("处理", 12.0, 20.0), counts("半年"), counts("年度")];
    let chart = Chart::new("半年与年度处理建议条数", ChartKind::Clustered, vec![1, 2], 0);
    Block::new(columns, rows.collect(), "没有处理建议。").charted(chart)
}

/// Pending cases by reason and what is missing.
fn pending<'a>(material: &Material<'a>) -> Block<'a> {
    let cases = material.outcome.pending.iter();
    let waiting = grouped(cases.map(|case| ((case.rule.as_str(), case.missing.as_slice()), case)));
    // Rules of one provision have one reason.
    let waiting = waiting.into_iter().map(|((_, missing), cases)| {
        ((pendings::reason(material.pack, cases[0]), missing.join("、")), cases.len() as u64)
    });
    let kinds = grouped(waiting).into_iter();
    let kinds = kinds.map(|((reason, missing), counts)| (row![reason, missing], vec![counts.iter().sum()]));
    let kinds: Vec<_> = kinds.collect();
    let rows = if kinds.is_empty() { Vec::new() } else { with_totals(kinds, |_| None) };
    let columns =
        vec![Column::text("待定事由", 24.0, 60.0).in_clauses(), Column::text("缺少的事实", 12.0, 30.0), counts("项数")];
    Block::new(columns, rows, "本次没有待定事项。")
}

/// Every input sheet: what it was taken for, and where its rows went.
fn reconciliation<'a>(material: &Material<'a>) -> Block<'a> {
    let dataset = material.dataset;
    let sheets = dataset.sheets.iter().map(|sheet| {
        let path = &dataset.books[sheet.book as usize].path;
        let numbers = vec![sheet.rows, sheet.used, sheet.rejected, sheet.ignored];
        (row![path, &sheet.name, kind(material.pack, sheet.kind)], numbers)
    });
    let sheets: Vec<_> = sheets.collect();
    let rows = if sheets.is_empty() { Vec::new() } else { with_totals(sheets, agreement) };
    let columns = vec![
        Column::text("文件", 20.0, 60.0),
        Column::text("工作表", 10.0, 26.0),
        Column::text("表", 10.0, 20.0),
        counts("行数"),
        counts("采用"),
        counts("退回"),
        counts("不计"),
        Column::centred("核对", 6.0, 12.0),
    ];
    Block::new(columns, rows, "没有读到工作表。")
}

/// rows = used + rejected + ignored.
fn agreement<'a>(numbers: &[u64]) -> Option<Value<'a>> {
    let (rows, parts) = numbers.split_first()?;
    Some(Value::text(if *rows == parts.iter().sum::<u64>() { "相符" } else { "不符" }))
}

fn kind(pack: &Pack, kind: SheetKind) -> &str {
    match kind {
        SheetKind::Table(table) => &pack.tables[table].name,
        SheetKind::Unrecognised => "未识别",
        SheetKind::Hidden => "隐藏，未采用",
        SheetKind::Prose => "说明文字",
    }
}

/// Rejected rows and warnings by workbook, with the slips to send back.
fn returned<'a>(faulty: &Faulty<'a>) -> Block<'a> {
    let rows = faulty.summary().map(|(path, slip, rejected, warnings)| {
        row![path, rejected, warnings, Value::link(slip.to_owned(), &format!("{}/{slip}", faults::FOLDER), "")]
    });
    let columns = vec![
        Column::text("工作簿", 20.0, 60.0),
        counts("退回行数"),
        counts("提醒"),
        Column::text("退回单", 16.0, 50.0),
    ];
    Block::new(columns, rows.collect(), "没有退回的工作簿。")
}
