//! Which rows below a header are no data: totals, notes, signature lines.
//!
//! They are told by the row's first filled cell, in whatever column it stands. Only unmistakable
//! words count: a person must never vanish because of a name.

use super::text;

/// Whether a row that begins with this text is a total, a note or a signature line.
pub fn is_remark(first: &str) -> bool {
    // No remark is a single letter, and ids and names rarely get past this.
    let key = text::key(first);
    is_total(&key) || is_note(&key) || is_signature(&key)
}

const TOTALS: [&str; 5] = ["合计", "小计", "总计", "平均", "共计"];

fn is_total(key: &str) -> bool {
    let bare = key.trim_matches(|c: char| !c.is_alphanumeric());
    for total in TOTALS {
        if let Some(rest) = bare.strip_prefix(total) {
            // 合计：12人, 小计(3), 平均分.
            if rest.chars().next().is_none_or(|c| !c.is_alphabetic())
                || matches!(rest, "分" | "值" | "数" | "得分" | "分数" | "成绩" | "人数" | "数量")
            {
                return true;
            }
        }
        // 本页小计, 市级部门合计; 平均 as a last word says nothing, and a name has at most three signs.
        if total != "平均" && bare.ends_with(total) && bare.chars().count() >= 4 {
            return true;
        }
    }
    false
}

fn is_note(key: &str) -> bool {
    let bare = key.trim_start_matches(['*', '※', '(', '[', '【']);
    if bare.starts_with("填表说明") || bare.starts_with("填报说明") {
        return true;
    }
    for word in ["注", "备注", "附注", "说明"] {
        if let Some(rest) = bare.strip_prefix(word) {
            let rest = rest.trim_start_matches(|c: char| c.is_ascii_digit() || "一二三四五六七八九十".contains(c));
            if rest.starts_with([':', '.', '、', ')', ']', '】']) || (word != "注" && rest.is_empty()) {
                return true;
            }
        }
    }
    bare == "说明" || (bare.starts_with("说明") && bare.chars().count() > 4)
}

const SIGNERS: [&str; 30] = [
    "填表人",
    "填报人",
    "制表人",
    "制表",
    "审核人",
    "审核",
    "审签人",
    "审批人",
    "复核人",
    "复核",
    "校对人",
    "校对",
    "核对人",
    "经办人",
    "经办",
    "负责人",
    "联系人",
    "联系电话",
    "电话",
    "填表日期",
    "填报日期",
    "填表时间",
    "填报时间",
    "制表日期",
    "报送日期",
    "报送时间",
    "填报单位",
    "填表单位",
    "报送单位",
    "签字",
];

/// 填表人：…, 单位负责人（签字）：…: a known word or its last part, perhaps a bracket, and a colon.
fn is_signature(key: &str) -> bool {
    let Some((label, _)) = key.split_once(':') else {
        return key == "(盖章)" || key == "(公章)" || key == "(签字)";
    };
    let label = label.split('(').next().unwrap_or(label);
    let label = label.trim_end_matches("签字").trim_end_matches("签名").trim_end_matches("盖章");
    if label.is_empty() {
        return key.contains("签字") || key.contains("签名") || key.contains("盖章");
    }
    label.chars().count() <= 8 && SIGNERS.iter().any(|signer| label.ends_with(signer))
        || (key.contains("签字:") || key.contains("(签字):") || key.contains("(盖章):") || key.contains("盖章:"))
}

#[cfg(test)]
mod tests {
    use super::is_remark;

    #[test]
    fn totals_notes_and_signatures() {
        let remarks = [
            "合计",
            "合　计",
            "合计：",
            "小计（3）",
            "总计12",
            "平均",
            "平均分",
            "本页小计",
            "市级部门合计",
            "全市总计：",
            "注：以上数据",
            "注1：",
            "备注：",
            "备　注",
            "说明：一、",
            "说明一、请如实填报",
            "填表说明",
            "填表人：李四",
            "填 表 人：",
            "审核人:",
            "单位负责人（签字）：",
            "单位主要负责人签字：",
            "制表：",
            "填报日期：2015年12月31日",
            "联系电话：0871",
            "（盖章）",
            "【备注】：",
            "※注：",
        ];
        for text in remarks {
            assert!(is_remark(text), "{text}");
        }
    }

    #[test]
    fn people_and_units_are_no_remarks() {
        let data = [
            "张三",
            "K000001",
            "合计生",
            "平均主",
            "注册会计师协会",
            "说明白",
            "备注员",
            "总计",
            "审计局",
            "制表",
            "李小计",
            "王平均",
            "联系人",
            "2015",
            "盘龙区",
            "市审核中心",
            "小计划办公室",
            "总计划处",
            "备",
            "电话局",
        ];
        for text in data {
            let expected = text == "总计";
            assert_eq!(is_remark(text), expected, "{text}");
        }
    }
}
