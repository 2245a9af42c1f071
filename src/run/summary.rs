//! What a person is told at the end of a run.

use std::path::Path;

use super::{Made, data};
use crate::fact::Decision;
use crate::fact::history::PastLine;
use crate::finding::{Severity, warnings};
use crate::pack::{Absent, Pack};
use crate::table::{Dataset, InputSheet, SheetKind};

/// So many findings are shown where no list of them is written.
const SHOWN: usize = 20;

/// How the input was taken: year, tables that are not there, what was put aside. `listed`: each fault stands in a
/// workbook that is written too.
pub fn of_input(pack: &Pack, data: &Dataset, listed: bool) -> String {
    let mut text: Vec<String> = Vec::new();
    let found = if data.year_found { "（未指定 --year，取考核表中最近的年度）" } else { "" };
    text.push(format!("年度：{}{found}", data.year));
    text.push(format!("基准日：{}", data.as_of));
    for table in &data.absent {
        let table = &pack.tables[*table];
        let consequence = match table.absent {
            Absent::Pending => "需要它的事项列为待定",
            Absent::Empty | Absent::Fatal => "按没有记录处理",
        };
        text.push(format!("没有找到「{}」：{consequence}", table.name));
    }
    let sum = |of: fn(&InputSheet) -> u64| data.sheets.iter().map(of).sum::<u64>();
    let (rows, used, ignored) = (sum(|sheet| sheet.rows), sum(|sheet| sheet.used), sum(|sheet| sheet.ignored));
    let rejected = data::rejected_rows(data);
    text.push(format!(
        "读入 {} 个工作簿、{} 张工作表，{rows} 行：采用 {used}，退回 {rejected}，不计 {ignored}",
        data.books.len(),
        data.sheets.len()
    ));
    for (kind, called) in NOT_USED {
        let sheets = data.sheets.iter().filter(|sheet| sheet.kind == kind).count();
        if sheets > 0 {
            text.push(format!("{called}：{sheets} 张"));
        }
    }
    if !data.passed_over.is_empty() {
        text.push(format!("未读取的文件：{}", data.passed_over.join("、")));
    }
    let warnings = warnings(&data.findings);
    if rejected > 0 || warnings > 0 {
        let place = if listed { "（见 数据问题清单.xlsx、退回单）" } else { "" };
        text.push(format!("数据问题：退回 {rejected} 行，提醒 {warnings} 条{place}"));
    }
    text.join("\n")
}

/// The first findings, and how to get a list of them all.
pub fn of_findings(data: &Dataset) -> String {
    let mut text: Vec<String> = Vec::new();
    text.extend(data.findings.iter().take(SHOWN).map(ToString::to_string));
    let more = data.findings.len().saturating_sub(SHOWN);
    if more > 0 {
        text.push(format!("……另有 {more} 条"));
    }
    if !data.findings.is_empty() {
        text.push("用 kaohe check … --output 文件夹 可写出 数据问题清单.xlsx 和退回单".to_owned());
    }
    text.join("\n")
}

impl Made<'_> {
    /// What the run proposes and leaves open, and where it stands; `withdrawn` was agreed and is proposed no more.
    pub(super) fn summary(&self, withdrawn: &[PastLine], place: &Path) -> String {
        let counts = self.outcome.counts(self.pack).filter(|(_, count)| *count > 0);
        let counts: Vec<String> = counts.map(|(action, count)| format!("{} {count}", action.name)).collect();
        let proposed = if counts.is_empty() { "无".to_owned() } else { counts.join("，") };
        let mut text = vec![format!("拟处理：{proposed}"), format!("待定事项：{} 项", self.outcome.pending.len())];
        let ratios = self.figures.ratios.iter().filter(|ratio| ratio.warns && ratio.exceeds());
        text.extend(ratios.filter_map(|ratio| Some((ratio, ratio.limit?))).map(|(ratio, limit)| {
            let (name, counted, among) = (&ratio.name, ratio.counted, ratio.among);
            let share = counted as f64 * 100.0 / among as f64;
            let limit = limit * 100.0;
            format!("提醒：{name} {share:.1}%（{counted}/{among}），超过上限 {limit}%（{}）", ratio.reference)
        }));
        text.extend(withdrawn.iter().map(|one| {
            let opinion = one.decision.as_ref().map_or("", Decision::opinion);
            format!(
                "注意：{}（{} {}，{}）委员会已审定「{opinion}」，本次运行不再提出，请核实",
                one.id, one.name, one.subject, one.action
            )
        }));
        text.push(format!("已发布{}结果：{}", self.job.run.title(), place.display()));
        text.join("\n")
    }
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
