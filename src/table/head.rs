//! The first rows of a sheet as they are seen: which cell stands over which columns, and which rows are titles.
//!
//! A cell that is merged stands over its range; any other one until the next in its row. What lies beneath a merged
//! range is not seen and names nothing.

use std::borrow::Cow;

use crate::pack::EXAMPLE;
use crate::workbook::Merge;

use super::rows::{self, Remark};
use super::text;

/// The header is looked for in this many rows.
pub const HEADER_ROWS: u32 = 20;

/// So many rows may stand over the lowest one of a header. The fourth is one more than is asked for: what stands there
/// belongs to the columns below it all the same.
const MOST_UPPER_ROWS: usize = 4;

/// A filled cell near the top of a sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeadCell {
    pub row: u32,
    pub column: u32,
    /// The last column and row of its merged range; its own where there is none.
    pub right: u32,
    pub bottom: u32,
    /// As [`text::header_key`] gives it.
    pub key: String,
    pub shown: String,
}

impl HeadCell {
    fn is_merged(&self) -> bool {
        self.right > self.column || self.bottom > self.row
    }
}

/// A row with filled cells, left to right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeadRow {
    pub row: u32,
    pub cells: Vec<HeadCell>,
    /// Columns that ranges merged from above take up.
    taken: Vec<(u32, u32)>,
}

impl HeadRow {
    /// The cell that stands over a column; nothing goes past the next filled cell or a range from above.
    pub fn over(&self, column: u32) -> Option<&HeadCell> {
        let at = self.cells.partition_point(|cell| cell.column <= column).checked_sub(1)?;
        let cell = &self.cells[at];
        if cell.is_merged() {
            return (column <= cell.right).then_some(cell);
        }
        let cut = self.taken.iter().any(|(left, _)| *left > cell.column && *left <= column);
        (!cut).then_some(cell)
    }

    /// The last column that a cell stands over, where the header ends at `end`.
    fn reach(&self, at: usize, end: u32) -> u32 {
        let cell = &self.cells[at];
        if cell.is_merged() {
            return cell.right;
        }
        let next = self.cells.get(at + 1).map(|next| next.column);
        let taken = self.taken.iter().map(|(left, _)| *left).filter(|left| *left > cell.column);
        taken.chain(next).min().map_or(end.max(cell.column), |next| next - 1)
    }
}

/// The filled cells of the first rows, without what merged ranges hide.
pub fn rows(filled: &[(u32, Vec<(u32, String)>)], merges: &[Merge]) -> Vec<HeadRow> {
    let mut near: Vec<Merge> = merges.iter().filter(|(top, ..)| *top < HEADER_ROWS).copied().collect();
    near.sort_unstable_by_key(|(top, left, ..)| (*left, *top));
    let mut rows = Vec::new();
    for (row, filled) in filled.iter().take_while(|(row, _)| *row < HEADER_ROWS) {
        let row = *row;
        let ranges: Vec<&Merge> = near.iter().filter(|(top, _, bottom, _)| (*top..=*bottom).contains(&row)).collect();
        let range = |column: u32| {
            let last = ranges.partition_point(|(_, left, ..)| *left <= column);
            ranges[..last].iter().rev().take(4).find(|(.., right)| column <= *right).copied()
        };
        let mut cells = Vec::new();
        for (column, shown) in filled {
            let (column, shown) = (*column, shown.clone());
            let (top, left, bottom, right) = range(column).copied().unwrap_or((row, column, row, column));
            if (top, left) == (row, column) {
                cells.push(HeadCell { row, column, right, bottom, key: text::header_key(&shown), shown });
            }
        }
        let from_above = ranges.iter().filter(|(top, ..)| *top < row);
        let taken = from_above.map(|(_, left, _, right)| (*left, *right)).collect();
        if !cells.is_empty() {
            rows.push(HeadRow { row, cells, taken });
        }
    }
    rows
}

/// The rows that stand over the row `lowest` and belong to its headers: up to a title, or a gap.
pub fn upper(rows: &[HeadRow], lowest: usize) -> usize {
    let mut top = lowest;
    let extent = |row: &HeadRow| (row.cells[0].column, row.cells[row.cells.len() - 1].right);
    let (mut first, mut last) = extent(&rows[lowest]);
    // A lowest row may hold a few words alone: how wide the header is, the fuller rows above say.
    let near = rows[..lowest].iter().rev().take(MOST_UPPER_ROWS);
    for row in near.take_while(|row| rows[lowest].row - row.row <= MOST_UPPER_ROWS as u32 + 1) {
        if row.cells.len() > 2 {
            let (left, right) = extent(row);
            (first, last) = (first.min(left), last.max(right));
        }
    }
    while let Some(next) = top.checked_sub(1) {
        let row = &rows[next];
        let (left, right) = extent(row);
        (first, last) = (first.min(left), last.max(right));
        // A blank row between is nothing that one sees.
        let gap = rows[top].row - row.row > 2;
        if gap || lowest - next > MOST_UPPER_ROWS || is_no_group(row, first, last) {
            break;
        }
        top = next;
    }
    top
}

/// Whether a row over a header from `first` to `last` is a title, a note, or a line of a form, and holds no groups.
fn is_no_group(row: &HeadRow, first: u32, last: u32) -> bool {
    let lead = &row.cells[0];
    if rows::remark(&lead.shown) == Some(Remark::Note) || is_example(&lead.key) || lead.key.starts_with(EXAMPLE) {
        return true;
    }
    let width = last - first + 1;
    let title = |at: usize| {
        let cell = &row.cells[at];
        let over = row.reach(at, last).min(last) - cell.column + 1;
        // Beside a title stands 「单位：件」 and the like, and little more.
        let rest = if cell.column == first { width / 6 } else { width / 8 };
        !names_somebody(&cell.key) && over + rest >= width
    };
    if (0..row.cells.len()).any(title) {
        return true;
    }
    row.cells.iter().enumerate().all(|(at, cell)| {
        let wide = (cell.right - cell.column + 1) * 2 >= width;
        let alone = row.cells.len() == 1 && !cell.is_merged();
        is_form_line(cell)
            || is_answer(row, at)
            || (wide || alone || cell.column == first) && is_called_a_table(&cell.key)
    })
}

fn is_example(key: &str) -> bool {
    ["示例", "样例", "填写示例", "填报示例", "例"].iter().any(|word| {
        let rest = key.trim_start_matches(['(', '[', '【']).strip_prefix(word);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with([':', ')', ']', '】', '(']))
    })
}

/// 举报人, 填报人, 谈话人: whoever it is, what stands below is theirs, however wide the cell.
fn names_somebody(key: &str) -> bool {
    key.ends_with('人') && key.chars().count() <= 8
}

/// What whoever reports does.
pub const REPORTING: [&str; 8] = ["举报", "检举", "控告", "反映", "信访", "投诉", "来信", "来访"];

/// 举报人, 反映人姓名: a label for whoever reports. What stands below it or beside it is not for anybody's eyes.
pub fn asks_who_reports(text: &str) -> bool {
    let key = text::folded(text);
    let who = REPORTING.iter().find_map(|word| key.strip_prefix(word));
    let of = ["", "姓名", "电话", "联系电话", "联系方式", "手机", "单位", "地址", "住址", "信息", "情况", "基本情况"];
    who.and_then(|rest| rest.strip_prefix('人')).is_some_and(|rest| of.contains(&without_remarks(rest)))
}

/// Words over columns of tables that nobody asked for; none of them says anything in a column of ours.
pub fn is_form_word(text: &str) -> bool {
    const WORDS: &str = "
        序号 编号 名称 项目 指标 数量 金额 类别 类型 内容 举报内容 反映内容 事项 事由
        时间 日期 电话 联系电话 联系方式 手机 手机号码 地址 住址 联系地址 性别 身份证号
        备注 说明
    ";
    let key = text::header_key(text);
    let word = without_remarks(&key);
    WORDS.split_whitespace().any(|known| known == word)
}

/// 「…登记表」, 「…汇总」: a title that is typed into some cell and not merged.
fn is_called_a_table(key: &str) -> bool {
    let key = without_remarks(key);
    key.chars().count() >= 5 && ["表", "名单", "名册", "台账", "汇总", "一览"].iter().any(|word| key.ends_with(word))
}

/// 「填报单位：市财政局」, 「填报时间：」, 「单位：件」, 「2015年12月31日」: a line of a form, no word over columns.
fn is_form_line(cell: &HeadCell) -> bool {
    let key = cell.key.as_str();
    if let Some((label, rest)) = key.split_once(':') {
        // 「举报人：姓名」, 「举报人：基本情况」 are words over columns.
        let word = rest.ends_with(['名', '号', '话', '息', '况', '址', '位', '务']) && rest.chars().count() <= 6;
        return !(label.is_empty() || names_somebody(label) && word);
    }
    let label = without_remarks(key);
    let holds = |words: &[&str]| words.iter().any(|word| key.contains(word));
    let ends = |words: &[&str]| words.iter().any(|word| label.ends_with(word));
    let sealed = label != key && holds(&["盖章", "公章", "签章"]);
    let asks = ends_with_colon(cell)
        && ends(&["单位", "部门", "机关", "日期", "时间", "电话"])
        && (ends(&["日期", "时间"]) || holds(&["填报", "填表", "报送", "上报", "制表", "编制", "联系", "盖章"]));
    let digits = key.chars().all(|c| c.is_ascii_digit() || matches!(c, '-' | '/' | '.'));
    let day = key.contains('年') && key.ends_with('日') || digits && key.chars().count() >= 8;
    sealed || asks || day || key.starts_with("附件")
}

fn ends_with_colon(cell: &HeadCell) -> bool {
    cell.shown.trim_end().ends_with([':', '：'])
}

/// What stands behind a label of a form that ends with a colon.
fn is_answer(row: &HeadRow, at: usize) -> bool {
    let before = at.checked_sub(1).map(|before| &row.cells[before]);
    before.is_some_and(|before| {
        ends_with_colon(before) && before.right + 1 == row.cells[at].column && is_form_line(before)
    })
}

/// A word over others as it is compared: without the number of its section and the brackets about it.
pub fn bare_group(key: &str) -> &str {
    let numerals = |c: char| c.is_ascii_digit() || "一二三四五六七八九十".contains(c);
    let inner = key.trim_start_matches(['(', '[', '【', '〔']);
    let rest = inner.trim_start_matches(numerals);
    let numbered = rest.len() < inner.len() && rest.starts_with(['、', '.', ')', ']', '】']);
    let word = if numbered { rest.trim_start_matches(['、', '.', ')', ']', '】']) } else { key };
    word.trim_matches(['【', '】', '[', ']', '〔', '〕', '〈', '〉', '《', '》', ':'])
}

/// Pairs of brackets in which remarks stand; keys have no full-width ones.
const BRACKETS: [(char, char); 5] = [('(', ')'), ('[', ']'), ('【', '】'), ('〔', '〕'), ('〈', '〉')];

/// The remark in brackets at the end of a header, and what stands before it.
fn remark(key: &str) -> Option<(&str, &str)> {
    BRACKETS.iter().find_map(|(open, close)| key.strip_suffix(*close)?.rsplit_once(*open))
}

/// A header without the remarks that change nothing: the unit, and a full mark of 100.
pub fn without_units(key: &str) -> Cow<'_, str> {
    let mut rest = key;
    while let Some((before, _)) = remark(rest).filter(|(_, inside)| is_unit(inside)) {
        rest = before;
    }
    if rest.len() == key.len() { Cow::Borrowed(key) } else { Cow::Owned(rest.to_owned()) }
}

/// A header without any remark in brackets at its end.
pub fn without_remarks(key: &str) -> &str {
    let mut rest = key;
    while let Some((before, _)) = remark(rest) {
        rest = before;
    }
    rest
}

/// Whether a cell below a header only says its unit: 「（分）」, 「分」.
pub fn is_only_unit(key: &str) -> bool {
    match remark(key) {
        Some(("", inside)) => is_unit(inside),
        _ => is_plain_unit(key) || key == "百分制",
    }
}

/// Whether a cell holds nothing but a remark in brackets.
pub fn is_only_remark(key: &str) -> bool {
    remark(key).is_some_and(|(before, _)| before.is_empty())
}

const UNITS: &str =
    "分 % 人 个 件 次 项 条 元 万元 天 日 月 年 年月 年月日 年/月 年/月/日 年.月 年.月.日 年-月 年-月-日";

fn is_plain_unit(word: &str) -> bool {
    UNITS.split(' ').any(|unit| unit == word)
}

fn is_unit(inside: &str) -> bool {
    let unit = inside.strip_prefix("单位").map_or(inside, |rest| rest.trim_start_matches([':', '为', '是']));
    if is_plain_unit(unit) {
        return true;
    }
    let mark = ["满分值", "满分", "总分", "最高"].iter().find_map(|word| inside.strip_prefix(word)).unwrap_or(inside);
    let mark = mark.trim_start_matches([':', '为', '是', '共', '计', '按']);
    let mark = mark.trim_end_matches("计").trim_end_matches("制").trim_end_matches("分");
    matches!(mark, "100" | "百" | "一百" | "100.0")
}
