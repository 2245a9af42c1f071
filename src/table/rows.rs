//! Which rows below a header are no data: totals, notes, signature lines, 以下空白.
//!
//! They are told by the row's first filled cell, in whatever column it stands. The words alone do not decide: a row
//! that is filled like data is data whatever it begins with (see [`super::settle`]).

use super::text;

/// What a row is that is no data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remark {
    /// 合计, 市财政局 汇总, 总计平均值.
    Total,
    Note,
    Signature,
    /// 以下空白.
    End,
    /// A title that comes back on every page.
    Title,
}

/// What a row that begins with this text is, if its words make it no data.
pub fn remark(first: &str) -> Option<Remark> {
    if first.is_ascii() {
        return None;
    }
    let key = text::key(first);
    if is_total(first, &key) {
        Some(Remark::Total)
    } else if is_end(&key) {
        Some(Remark::End)
    } else if is_note(&key) {
        Some(Remark::Note)
    } else if is_signature(&key) {
        Some(Remark::Signature)
    } else {
        None
    }
}

/// Whether a text above the header is a title, as a header key: nobody's name ends so.
pub fn is_title(key: &str) -> bool {
    let ends = ["表", "名册", "名单", "清单", "台账", "情况", "结果", "记录"];
    key.chars().count() >= 4 && (key.contains("年度") || ends.iter().any(|end| key.ends_with(end)))
}

const TOTALS: [&str; 5] = ["合计", "小计", "总计", "平均", "共计"];
/// What 分类汇总 computes; it stands behind the group's name, or behind 总计.
const SUMMARIES: [&str; 10] =
    ["汇总", "平均值", "计数", "数值计数", "求和", "最大值", "最小值", "乘积", "标准偏差", "方差"];

fn is_total(given: &str, key: &str) -> bool {
    let bare = bare(key);
    for total in TOTALS {
        if let Some(rest) = bare.strip_prefix(total) {
            // 合计：12人, 小计(3), 平均分.
            if rest.chars().next().is_none_or(|c| !c.is_alphabetic())
                || matches!(rest, "分" | "值" | "数" | "得分" | "分数" | "成绩" | "人数" | "数量" | "行" | "栏")
                || SUMMARIES.contains(&rest)
            {
                return true;
            }
        }
        // 本页小计, 市级部门合计, 全市平均; a name has at most three signs.
        if bare.ends_with(total) && bare.chars().count() >= 4 {
            return true;
        }
    }
    SUMMARIES.iter().any(|summary| {
        // 张三 汇总: a program puts a blank between.
        let apart = || text::trimmed(given).strip_suffix(summary).is_some_and(|group| group.ends_with(text::is_blank));
        bare.strip_suffix(summary).is_some_and(|group| !group.is_empty() && (bare.chars().count() >= 5 || apart()))
    }) || ["汇总", "平均值", "求和", "分类汇总", "数据汇总", "本表汇总", "总汇总"].contains(&bare)
}

/// 以下空白, （以下无正文）.
fn is_end(key: &str) -> bool {
    let bare = bare(key);
    ["以下", "下面", "此处", "此表以下", "本页以下"].iter().any(|place| {
        bare.strip_prefix(place).is_some_and(|rest| {
            ["空白", "为空白", "均为空白", "空行", "无正文", "无内容", "无数据", "无"].contains(&rest)
        })
    })
}

/// Without brackets and marks around it.
fn bare(key: &str) -> &str {
    key.trim_matches(|c: char| !c.is_alphanumeric())
}

fn is_note(key: &str) -> bool {
    let bare = key.trim_start_matches(|c: char| !c.is_alphanumeric());
    if bare.trim_end_matches(|c: char| !c.is_alphanumeric()) == "说明"
        || (bare.starts_with("说明") && bare.chars().count() >= 4)
    {
        return true;
    }
    if ["填表说明", "填报说明", "填写说明"].iter().any(|word| bare.starts_with(word)) {
        return true;
    }
    ["注意事项", "备注", "附注", "附件", "说明", "注", "附"].iter().any(|word| {
        let Some(rest) = bare.strip_prefix(word) else { return false };
        let rest = rest.trim_start_matches(|c: char| c.is_ascii_digit() || "一二三四五六七八九十".contains(c));
        rest.starts_with([':', '.', '、', ')', ']', '】']) || (*word != "注" && *word != "附" && rest.is_empty())
    })
}

/// Last parts of what stands before the colon of a signature line.
const SIGNERS: &str = "人 领导 制表 审核 审签 审批 复核 校对 核对 经办 签发 签字 电话 日期 时间 填报单位 填表单位";

/// 填表人：…, 单位负责人（签字）：…, （盖章）. No id or name ends in such a word and a colon.
fn is_signature(key: &str) -> bool {
    let seals = ["签字", "签名", "签章", "盖章", "公章"];
    let Some((label, _)) = key.split_once(':') else {
        return seals.iter().any(|seal| key == format!("({seal})"));
    };
    let label = label.trim_end_matches(')');
    if seals.iter().any(|seal| label.ends_with(seal)) {
        return true;
    }
    let label = label.split('(').next().unwrap_or(label);
    label.chars().count() <= 10 && (label == "报送单位" || SIGNERS.split(' ').any(|signer| label.ends_with(signer)))
}
