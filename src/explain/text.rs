//! An explanation for a terminal or a file: plain text, wrapped where a width is given.

use std::fmt::Write;

use unicode_width::UnicodeWidthChar;

use super::{Applied, Conclusion, Explanation, Point, Said};

/// The explanation as text; lines are broken at `width` half-width columns, if there is one.
pub fn text(explanation: &Explanation, width: Option<usize>) -> String {
    let mut page = TextPage { text: String::new(), width };
    page.line(0, &format!("{}{}", spaced(&explanation.kind_name), explanation.subject()));
    for unit in &explanation.units {
        page.line(1, &format!("{} {}：{}", unit.id, unit.name, unit.role));
    }
    page.gap();
    if explanation.proposals.is_empty() {
        page.line(0, "本次没有拟处理事项。");
    } else {
        page.line(0, "本次拟处理：");
    }
    for proposal in &explanation.proposals {
        let options =
            if proposal.options.is_empty() { String::new() } else { format!("［{}］", proposal.options.join("、")) };
        let flags =
            if proposal.flags.is_empty() { String::new() } else { format!("（{}）", proposal.flags.join("、")) };
        page.line(
            1,
            &format!(
                "{}{options}{flags}，依据 {}，处理编号 {}",
                proposal.action,
                proposal.rules.join("、"),
                proposal.id
            ),
        );
    }
    for open in &explanation.pending {
        let missing =
            if open.missing.is_empty() { String::new() } else { format!("，缺：{}", open.missing.join("、")) };
        page.line(1, &format!("待定 {}{missing}", open.rule));
        for source in &open.sources {
            page.line(2, source);
        }
    }
    if explanation.rules.is_empty() {
        return page.text;
    }
    page.gap();
    let counts: Vec<String> = Conclusion::ALL
        .iter()
        .map(|verdict| {
            let count = explanation.rules.iter().filter(|said| said.verdict == *verdict).count();
            format!("{} {count}", verdict.word())
        })
        .collect();
    page.line(0, &format!("逐条说明（共 {} 条：{}）：", explanation.rules.len(), counts.join("，")));
    for said in &explanation.rules {
        rule(&mut page, said);
    }
    page.text
}

fn rule(page: &mut TextPage, said: &Said) {
    let word = said.verdict.word();
    if said.verdict == Conclusion::Outside && said.cases.is_empty() {
        page.line(0, &format!("【{word}】{}：{}", said.rule, said.note));
        return;
    }
    let mark = if said.reading.is_some() { "〔本部门口径〕" } else { "" };
    let citation = if said.citation.is_empty() { String::new() } else { format!("　{}", said.citation) };
    let proposes = if said.proposes.is_empty() { String::new() } else { format!("：{}", said.proposes.join("；")) };
    page.line(0, &format!("【{word}】{}{citation}{mark}{proposes}", said.rule));
    if !said.note.is_empty() {
        page.line(1, &said.note);
    }
    for one in &said.cases {
        case(page, one);
    }
}

fn case(page: &mut TextPage, case: &Applied) {
    let mut depth = 1;
    if !case.about.is_empty() {
        page.line(1, &format!("{}：{}", case.about, case.verdict.word()));
        depth = 2;
    }
    if !case.missing.is_empty() {
        page.line(depth, &format!("缺：{}", case.missing.join("、")));
    }
    for cell in &case.ambiguous {
        page.line(depth, &format!("可有两种读法：{cell}"));
    }
    case.seen.iter().for_each(|one| point(page, depth, "", one));
    case.sides().for_each(|(word, one)| point(page, depth, word, one));
}

fn point(page: &mut TextPage, depth: usize, word: &str, one: &Point) {
    page.line(depth, &format!("{}{}", spaced(word), one.told()));
    for cell in &one.cells {
        let value = match (cell.column.as_str(), cell.value.as_str()) {
            ("", "") => String::new(),
            (column, "") => format!("（{column}）"),
            ("", value) => format!("（{value}）"),
            (column, value) => format!("（{column} {value}）"),
        };
        page.line(depth + 1, &format!("{}{value}", cell.source));
    }
    for part in &one.parts {
        point(page, depth + 1, "其中", part);
    }
}

fn spaced(word: &str) -> String {
    if word.is_empty() { String::new() } else { format!("{word} ") }
}

struct TextPage {
    text: String,
    width: Option<usize>,
}

impl TextPage {
    fn gap(&mut self) {
        self.text.push('\n');
    }

    /// A line, its continuation indented a little more.
    fn line(&mut self, depth: usize, text: &str) {
        let indent = depth * 2;
        let mut used = indent;
        let _ = write!(self.text, "{:indent$}", "");
        for character in text.chars() {
            let wide = character.width().unwrap_or(0);
            if self.width.is_some_and(|width| used + wide > width.max(indent + 20)) {
                let _ = write!(self.text, "\n{:1$}", "", indent + 4);
                used = indent + 4;
            }
            self.text.push(character);
            used += wide;
        }
        self.text.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::TextPage;

    #[test]
    fn wide_characters_take_two_columns() {
        let mut page = TextPage { text: String::new(), width: Some(30) };
        page.line(1, "年度考核等次基本称职年度考核等次基本称职");
        let widths: Vec<usize> = page.text.lines().map(unicode_width::UnicodeWidthStr::width).collect();
        assert_eq!(widths, [30, 18]);
    }
}
