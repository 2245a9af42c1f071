//! What a person is told at the end of a run.

use std::path::Path;

use super::data;
use super::job::Job;
use crate::consequence::Outcome;
use crate::fact::Decision;
use crate::fact::history::PastLine;
use crate::finding::Severity;
use crate::handoff::Figures;
use crate::pack::{Absent, Pack};
use crate::table::{Dataset, SheetKind};

/// So many findings are shown where no list of them is written.
const SHOWN: usize = 20;

/// How the input was taken: year, tables that are not there, what was put aside. `listed`: each fault stands in a
/// workbook that is written too.
pub fn of_input(pack: &Pack, data: &Dataset, listed: bool) -> String {
    let mut text = Lines::default();
    if data.year_found {
        text.add(format!("年度：{}（未指定 --year，取考核表中最近的年度）", data.year));
    } else {
        text.add(format!("年度：{}", data.year));
    }
    text.add(format!("基准日：{}", data.as_of));
    for table in &data.absent {
        let table = &pack.tables[*table];
        let consequence = match table.absent {
            Absent::Pending => "需要它的事项列为待定",
            Absent::Empty | Absent::Fatal => "按没有记录处理",
        };
        text.add(format!("没有找到「{}」：{consequence}", table.name));
    }
    let (mut rows, mut used, mut ignored) = (0, 0, 0);
    for sheet in &data.sheets {
        rows += sheet.rows;
        used += sheet.used;
        ignored += sheet.ignored;
    }
    let rejected = data::rejected_rows(data);
    text.add(format!(
        "读入 {} 个工作簿、{} 张工作表，{rows} 行：采用 {used}，退回 {rejected}，不计 {ignored}",
        data.books.len(),
        data.sheets.len()
    ));
    for (kind, called) in NOT_USED {
        let sheets = data.sheets.iter().filter(|sheet| sheet.kind == kind).count();
        if sheets > 0 {
            text.add(format!("{called}：{sheets} 张"));
        }
    }
    if !data.passed_over.is_empty() {
        text.add(format!("未读取的文件：{}", data.passed_over.join("、")));
    }
    let warnings = data::warnings(data);
    if rejected > 0 || warnings > 0 {
        let place = if listed { "（见 数据问题清单.xlsx、退回单）" } else { "" };
        text.add(format!("数据问题：退回 {rejected} 行，提醒 {warnings} 条{place}"));
    }
    text.0
}

/// The first findings, and how to get a list of them all.
pub fn of_findings(data: &Dataset) -> String {
    let mut text = Lines::default();
    for finding in data.findings.iter().take(SHOWN) {
        text.add(format!("{finding}"));
    }
    let more = data.findings.len().saturating_sub(SHOWN);
    if more > 0 {
        text.add(format!("……另有 {more} 条"));
    }
    if !data.findings.is_empty() {
        text.add("用 kaohe check … --output 文件夹 可写出 数据问题清单.xlsx 和退回单");
    }
    text.0
}

/// What the run proposes and leaves open, and where it stands.
pub fn of_outcome(
    job: &Job,
    pack: &Pack,
    outcome: &Outcome,
    (figures, withdrawn): (&Figures, &[PastLine]),
    place: &Path,
) -> String {
    let mut text = Lines::default();
    let counts: Vec<String> = pack
        .actions
        .iter()
        .enumerate()
        .filter_map(|(action, definition)| {
            let count = outcome.lines.iter().filter(|line| line.action == action).count();
            (count > 0).then(|| format!("{} {count}", definition.name))
        })
        .collect();
    if counts.is_empty() {
        text.add("拟处理：无");
    } else {
        text.add(format!("拟处理：{}", counts.join("，")));
    }
    text.add(format!("待定事项：{} 项", outcome.pending.len()));
    for (ratio, limit) in figures.ratios.iter().filter_map(|ratio| Some((ratio, ratio.limit?))) {
        if !ratio.warns || !ratio.exceeds() {
            continue;
        }
        let (counted, among) = (ratio.counted, ratio.among);
        text.add(format!(
            "提醒：{} {:.1}%（{counted}/{among}），超过上限 {}%（{}）",
            ratio.name,
            counted as f64 * 100.0 / among as f64,
            limit * 100.0,
            ratio.reference
        ));
    }
    for one in withdrawn {
        let opinion = one.decision.as_ref().map_or("", Decision::opinion);
        text.add(format!(
            "注意：{}（{} {}，{}）委员会已审定「{}」，本次运行不再提出，请核实",
            one.id, one.name, one.subject, one.action, opinion
        ));
    }
    text.add(format!("已发布{}结果：{}", job.run.title(), place.display()));
    text.0
}

/// Whether anything was not used that should have been: exit code 3.
pub fn has_faults(data: &Dataset) -> bool {
    let is_not_used = |kind| NOT_USED.iter().any(|(known, _)| *known == kind);
    data.findings.iter().any(|finding| finding.severity == Severity::Rejected)
        || data.sheets.iter().any(|sheet| is_not_used(sheet.kind))
        || !data.passed_over.is_empty()
}

/// Sheets that may hold data and were not used, and what they are called.
const NOT_USED: [(SheetKind, &str); 2] =
    [(SheetKind::Unrecognised, "未识别的工作表"), (SheetKind::Hidden, "隐藏而未采用的工作表")];

/// Sentences, each on a line.
#[derive(Default)]
struct Lines(String);

impl Lines {
    fn add(&mut self, line: impl AsRef<str>) {
        self.0.push_str(line.as_ref());
        self.0.push('\n');
    }
}
