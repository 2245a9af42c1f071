//! What the lists look like on paper: how far Excel scales them down, and how large their text then is.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use super::book::{attribute, parts, tags};
use crate::archive::meeting;
use crate::rules::city::City;

/// Workbooks of one sheet that is one page: all of it is printed.
const ONE_PAGE: &str = "一页";

/// Widths in pixels of the columns within the print area that are not hidden, as Excel counts them.
fn printed_widths(parts: &BTreeMap<String, String>, list: &str) -> Vec<f64> {
    let book = &parts["xl/workbook.xml"];
    // Without a print area every column is printed.
    let area =
        book.split("<definedName ").find(|part| part.contains("Print_Area") && part.contains("localSheetId=\"0\""));
    let last = area.map(|area| {
        let letters: String = area.split(":$").nth(1).unwrap().chars().take_while(char::is_ascii_uppercase).collect();
        letters.bytes().fold(0, |at, letter| at * 26 + u32::from(letter - b'A' + 1))
    });
    assert!(last.is_some() || ["会审一览", ONE_PAGE].contains(&list), "{list} has no print area");
    let last = last.unwrap_or(u32::MAX);
    let sheet = &parts["xl/worksheets/sheet1.xml"];
    let mut widths = Vec::new();
    for tag in tags(sheet, "<col ") {
        let number = |name: &str| attribute(tag, name).unwrap().parse::<f64>().unwrap();
        for _ in (number("min") as u32..=number("max") as u32).filter(|at| *at <= last) {
            // Characters of 7 pixels and 5 of padding.
            let pixels = (number("width") * 7.0 + 0.5).floor();
            widths.push(if attribute(tag, "hidden") == Some("1") { 0.0 } else { pixels });
        }
    }
    assert!(last == u32::MAX || widths.len() as u32 == last);
    widths
}

/// The scale at which Excel prints the sheet to the width of its page, and to its height where it is to be one: whole
/// hundredths, rounded down.
fn print_scale(parts: &BTreeMap<String, String>, list: &str) -> f64 {
    let sheet = &parts["xl/worksheets/sheet1.xml"];
    let margins = tags(sheet, "<pageMargins ")[0];
    let margin = |name: &str| attribute(margins, name).unwrap().parse::<f64>().unwrap();
    let setup = tags(sheet, "<pageSetup ")[0];
    let (short, long) = match attribute(setup, "paperSize") {
        Some("9") => (210.0, 297.0),
        Some("8") => (297.0, 420.0),
        other => panic!("{other:?}"),
    };
    let lying = attribute(setup, "orientation") == Some("landscape");
    let (across, down) = if lying { (long, short) } else { (short, long) };
    let room = (across / 25.4 - margin("left") - margin("right")) * 96.0;
    let wide: f64 = printed_widths(parts, list).iter().sum();
    let mut scale = room / wide;
    if attribute(setup, "fitToHeight").is_none() {
        // Rows that nobody set are of 12 points.
        let heights =
            tags(sheet, "<row ").into_iter().map(|row| attribute(row, "ht").map_or(12.0, |ht| ht.parse().unwrap()));
        let room = (down / 25.4 - margin("top") - margin("bottom")) * 72.0;
        scale = scale.min(room / heights.sum::<f64>());
    }
    ((scale * 100.0).floor() / 100.0).min(1.0)
}

/// The sizes in points of the fonts of all cells within the print area.
fn printed_sizes(parts: &BTreeMap<String, String>, list: &str) -> BTreeSet<String> {
    let last = printed_widths(parts, list).len() as u32;
    let styles = &parts["xl/styles.xml"];
    // Fonts of coloured answers, further down, have no size.
    let fonts = styles.split("</fonts>").next().unwrap();
    let fonts: Vec<&str> = fonts.split("<font>").skip(1).map(|font| attribute_of(font, "<sz ", "val")).collect();
    let formats = styles.split("<cellXfs").nth(1).unwrap().split("</cellXfs>").next().unwrap();
    let formats: Vec<&str> = formats
        .split("<xf ")
        .skip(1)
        .map(|xf| attribute_of(xf, "", "fontId"))
        .map(|font| fonts[font.parse::<usize>().unwrap()])
        .collect();
    let sheet = &parts["xl/worksheets/sheet1.xml"];
    let mut sizes = BTreeSet::new();
    for tag in tags(sheet, "<c ") {
        let letters: String = attribute(tag, "r").unwrap().chars().take_while(char::is_ascii_uppercase).collect();
        let column = letters.bytes().fold(0, |at, letter| at * 26 + u32::from(letter - b'A' + 1));
        if let (true, Some(style)) = (column <= last, attribute(tag, "s")) {
            sizes.insert(formats[style.parse::<usize>().unwrap()].to_owned());
        }
    }
    sizes
}

fn attribute_of<'t>(text: &'t str, tag: &str, name: &str) -> &'t str {
    let at = text.find(tag).unwrap();
    let end = at + text[at..].find('>').unwrap();
    let tag = &text[at..end];
    let start = tag.find(&format!("{name}=\"")).unwrap() + name.len() + 2;
    &tag[start..start + tag[start..].find('"').unwrap()]
}

/// Every list of both runs of a messy city of 1,200, as Excel prints it.
#[test]
fn text_of_lists_is_of_nine_points_on_paper() {
    let dir = tempfile::tempdir().unwrap();
    let (input, output) = (dir.path().join("报送"), dir.path().join("结果"));
    let kaohe = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kaohe"));
        command.args(arguments).output().unwrap().status.code()
    };
    let (from, to) = (input.to_str().unwrap(), output.to_str().unwrap());
    assert_eq!(kaohe(&["sample", from, "--cadres", "1200", "--messy"]), Some(0));
    for run in ["half-year", "annual"] {
        let code = kaohe(&[run, from, "--output", to, "--quiet", "--no-notices"]);
        assert!(matches!(code, Some(0 | 3)), "{run}: {code:?}");
    }
    let mut seen = 0;
    for run in std::fs::read_dir(&output).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()) {
        for path in workbooks(&run) {
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            let least = if name == "会审一览" { 10.5 } else { 9.0 };
            if !(name.ends_with("名单") || ["交心谈话计划", "会审一览"].contains(&name.as_str())) {
                continue;
            }
            let parts = parts(&path);
            let widths = printed_widths(&parts, &name);
            let (lines, may_be) = torn(&crate::rules::city::rows_of(&path), &widths, least > 9.0);
            assert!(may_be * 20 <= lines, "{}: of {lines} lines {may_be} may be torn", path.display());
            let scale = print_scale(&parts, &name);
            for size in printed_sizes(&parts, &name) {
                let printed = size.parse::<f64>().unwrap() * scale;
                assert!(printed >= least, "{}: {size} points at {scale} are {printed}", path.display());
            }
            seen += 1;
        }
    }
    assert!(seen >= 16, "{seen} lists");
}

/// One person about whom the office hears every other week: neither is the print of all the list smaller for it, nor is
/// the row cut off at Excel's 409 points.
#[test]
fn many_grounds_about_one_person_are_read_like_others() {
    let leads: Vec<String> = (0..12)
        .map(|at| format!("+问题线索 线索编号=X{at} 对象=G13 线索来源=省级部门 核实结果=属实 情节=严重"))
        .collect();
    let city = City::new(&leads.iter().map(String::as_str).collect::<Vec<_>>());
    city.run("annual");
    for (list, size, least) in [("诫勉谈话名单", 10.0, 9.0), ("调整建议名单", 10.0, 9.0), ("会审一览", 11.5, 10.5)]
    {
        let parts = parts(&city.output().join(format!("2015-annual/{list}.xlsx")));
        let scale = print_scale(&parts, list);
        assert!(size * scale >= least, "{list}: {size} points at {scale}");
        let rows = tags(&parts["xl/worksheets/sheet1.xml"], "<row ");
        let tallest = rows.iter().filter_map(|row| attribute(row, "ht")?.parse().ok()).fold(0.0, f64::max);
        assert!(tallest < 409.0, "{list}: a row of {tallest} points");
    }
}

/// Nor is it smaller for a remark that fills a page: its column is made as wide as it needs, at the others' cost.
#[test]
fn a_long_remark_is_read_like_others() {
    let leads = ["G11", "G12", "G13", "G14", "G21", "G22", "G31", "G32"]
        .map(|id| format!("+问题线索 线索编号=X{id} 对象={id} 线索来源=省级部门 核实结果=属实 情节=严重"));
    let city = City::new(&leads.each_ref().map(String::as_str));
    let (run, list, line) = ("2015-half-year", "诫勉谈话名单", ["2015-H-诫勉谈话-C-G21", "G21"]);
    city.run("half-year");
    let remark = "会议研究认为情况属实，".repeat(50);
    meeting::record(&city, run, list, &[(line, "委员会意见", "同意"), (line, "备注", &remark)]);
    city.run("half-year");
    let parts = parts(&city.output().join(run).join(format!("{list}.xlsx")));
    let scale = print_scale(&parts, list);
    assert!(10.0 * scale >= 9.0, "10 points at {scale}");
    let rows = tags(&parts["xl/worksheets/sheet1.xml"], "<row ");
    let tallest = rows.iter().filter_map(|row| attribute(row, "ht")?.parse().ok()).fold(0.0, f64::max);
    assert!(tallest < 409.0, "a row of {tallest} points");
}

/// How many lines the sentences of a sheet have, and how many of these a program that breaks anywhere might begin with a closing
/// mark or end with an opening one.
fn torn(rows: &[Vec<String>], widths: &[f64], large: bool) -> (usize, usize) {
    let (name, size) = if large { ("事实与依据", 11.5) } else { ("事实", 10.0) };
    let header = rows.iter().position(|row| row.iter().any(|cell| cell == name)).unwrap();
    let column = rows[header].iter().position(|cell| cell == name).unwrap();
    let room = kaohe::handoff::measure::room(widths[column] - 10.0, size);
    let texts: Vec<&String> = rows[header + 1..].iter().filter_map(|row| row.get(column)).collect();
    let lines = texts.iter().flat_map(|text| text.lines()).map(|line| 1 + kaohe::handoff::measure::width(line) / room);
    (lines.sum(), texts.iter().map(|text| kaohe::handoff::breaks::torn(text, room)).sum())
}

/// Text of a paper is of ten points at least, and a signature stands on one line.
pub fn assert_paper_is_read(path: &Path) {
    let parts = parts(path);
    let scale = print_scale(&parts, ONE_PAGE);
    assert!(11.5 * scale >= 10.0, "{}: text of 11.5 points at {scale}", path.display());
    let rows = tags(&parts["xl/worksheets/sheet1.xml"], "<row ");
    let heights: Vec<f64> = rows.into_iter().filter_map(|row| attribute(row, "ht")?.parse().ok()).collect();
    // A line of 14 points, and air.
    assert!(heights[heights.len() - 2..].iter().all(|height| *height < 35.0), "{}: {heights:?}", path.display());
    assert!(heights[heights.len() - 3] < 35.0, "{}: {heights:?}", path.display());
}

#[test]
fn papers_are_read_on_their_one_page() {
    let city = City::new(&[
        "半年考核_班子 B1 目标完成得分=20",
        "+问题线索 线索编号=X1 对象=G31 线索来源=市级领导",
        "+问题线索 线索编号=X2 对象=G32 线索来源=市级领导 核实结果=属实 情节=轻微",
        "年度考核_班子 B2 考核等次=一般",
    ]);
    for (run, answers) in [
        (
            "half-year",
            [
                ("约谈名单", "2015-H-约谈-C-G11"),
                ("函询核实名单", "2015-H-函询-C-G31"),
                ("诫勉谈话名单", "2015-H-诫勉谈话-C-G32"),
            ]
            .as_slice(),
        ),
        ("annual", &[("整改整顿名单", "2015-A-限期整改-T-B2")]),
    ] {
        city.run(run);
        for (list, id) in answers {
            city.decide(&format!("2015-{run}"), list, &[(*id, "同意", "")]);
        }
        city.run(run);
        let papers: Vec<_> = workbooks(&city.output().join(format!("2015-{run}/文书")));
        // The annual run writes the half-year's again where their lines are proposed again.
        assert!(papers.len() >= answers.len(), "{papers:?}");
        papers.iter().for_each(|path| assert_paper_is_read(path));
    }
}

/// A usual team's page of analysis is one of A4, a large one's of A3, and text is of nine points on each; what no page holds
/// that can be read takes several.
#[test]
fn a_page_of_analysis_is_one_page_that_can_be_read() {
    for (more, paper, is_one) in [(4, "9", true), (20, "8", true), (90, "9", false)] {
        let mut city = City::new(&[
            "半年考核_班子 B1 目标完成得分=20",
            "年度目标考核 B1 目标完成得分=30 作风改进评价=不明显",
            "年度考核_班子 B1 考核等次=较差",
        ]);
        for at in 0..more {
            city.edit(&format!("+干部名册 干部编号=N{at} 姓名=成员{at} 单位编号=B1 职务=副局长 班子职务=班子成员"));
            let grade = ["考核等次=基本称职", "考核等次=不称职"][at % 2];
            city.edit(&format!("+年度考核_干部 干部编号=N{at} {grade}"));
        }
        city.run("annual");
        let parts = parts(&city.output().join("2015-annual/研判/B1-甲局.xlsx"));
        let setup = tags(&parts["xl/worksheets/sheet1.xml"], "<pageSetup ")[0];
        let on = (attribute(setup, "paperSize"), attribute(setup, "fitToHeight").is_none());
        assert_eq!(on, (Some(paper), is_one), "{more} further members: {setup}");
        assert_eq!(attribute(setup, "orientation"), Some("portrait"));
        let scale = print_scale(&parts, ONE_PAGE);
        assert!(scale >= 0.9, "{more} further members: text of 10 points at {scale}");
    }
}

/// 2016-01-20 in the digits of a wide typeface, as LibreOffice puts it in, takes 78 pixels at 10 points.
#[test]
fn a_day_is_shown_and_not_hashes() {
    let dir = super::material::City::usual().published();
    for list in ["诫勉谈话名单", "整改整顿名单", "函询核实名单"] {
        let widths = printed_widths(&parts(&dir.path().join(format!("{list}.xlsx"))), list);
        let read = super::listed(dir.path(), list);
        let days = ["决定日期", "整改期限", "回复期限", "回复日期"];
        let found: Vec<f64> =
            (0..widths.len()).filter(|at| days.contains(&read.columns[*at].as_str())).map(|at| widths[at]).collect();
        assert!(!found.is_empty() && found.iter().all(|width| *width >= 82.0), "{list}: {found:?}");
    }
}

fn workbooks(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if path.is_dir() {
            found.extend(workbooks(&path));
        } else if path.extension().is_some_and(|ending| ending == "xlsx") {
            found.push(path);
        }
    }
    found
}
