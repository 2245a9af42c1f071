//! Every entry of `sources`, read back from the workbook, holds the value that decided.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use calamine::{Data, Reader, Xlsx, open_workbook};
use serde_json::Value;

use super::city::{City, Published, text, texts};
use super::golden::{fixtures, run_fixture};

/// All sheets of a folder of workbooks, as shown.
struct Books {
    sheets: BTreeMap<(String, String), Vec<Vec<String>>>,
    /// Names of ids: a row may say either.
    labels: BTreeMap<String, BTreeSet<String>>,
}

/// A source cell: its column's header, its value and its row by header.
struct Cell<'a> {
    column: &'a str,
    value: &'a str,
    row: BTreeMap<&'a str, &'a str>,
}

impl Books {
    fn read(folder: &Path) -> Books {
        let mut sheets = BTreeMap::new();
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let file = path.file_name().unwrap().to_str().unwrap().to_owned();
            let mut book: Xlsx<_> = open_workbook(&path).unwrap();
            for name in book.sheet_names() {
                let range = book.worksheet_range(&name).unwrap();
                let (rows, columns) = range.end().unwrap();
                let cell = |r, c| range.get_value((r, c)).map_or(String::new(), shown);
                let cells = (0..=rows).map(|r| (0..=columns).map(|c| cell(r, c)).collect());
                sheets.insert((file.clone(), name), cells.collect());
            }
        }
        let mut books = Books { sheets, labels: BTreeMap::new() };
        books.labels = books.named();
        books
    }

    fn named(&self) -> BTreeMap<String, BTreeSet<String>> {
        let mut labels: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for rows in self.sheets.values() {
            let header = header(rows);
            for row in &rows[header + 1..] {
                let cell = |name| rows[header].iter().position(|one| one == name).map(|at| row[at].clone());
                for (id, names) in [("单位编号", ["单位名称", "简称"]), ("干部编号", ["姓名", "姓名"])]
                {
                    let Some(id) = cell(id).filter(|id| !id.is_empty()) else { continue };
                    let names = names.into_iter().filter_map(cell).filter(|name| !name.is_empty());
                    labels.entry(id).or_default().extend(names);
                }
            }
        }
        labels
    }

    /// `文件.xlsx!工作表!A12`.
    #[track_caller]
    fn cell(&self, source: &str) -> Cell<'_> {
        let parts: Vec<&str> = source.split('!').collect();
        let [file, sheet, address] = parts[..] else { panic!("{source} is no cell") };
        let rows =
            self.sheets.get(&(file.to_owned(), sheet.to_owned())).unwrap_or_else(|| panic!("no sheet of {source}"));
        let digits = address.find(|c: char| c.is_ascii_digit()).unwrap();
        let column = address[..digits].bytes().fold(0, |sum, letter| sum * 26 + usize::from(letter - b'A') + 1) - 1;
        let row: usize = address[digits..].parse::<usize>().unwrap() - 1;
        let header = header(rows);
        assert!(row > header, "{source} is not below the header");
        let heads = rows[header].iter().map(|head| match head.as_str() {
            "得分" => "目标完成得分",
            "受理日期" => "收到日期",
            "单位" => "单位名称",
            head => head,
        });
        let heads: Vec<&str> = heads.collect();
        let cells = heads.iter().copied().zip(rows[row].iter().map(String::as_str)).collect();
        Cell { column: heads[column], value: &rows[row][column], row: cells }
    }

    /// Whether the row is about the subject `id`, by 编号 or by name.
    fn about(&self, cell: &Cell<'_>, id: &str) -> bool {
        let names = self.labels.get(id);
        cell.row.values().any(|value| *value == id || names.is_some_and(|names| names.contains(*value)))
    }
}

fn header(rows: &[Vec<String>]) -> usize {
    rows.iter().position(|row| row.iter().filter(|cell| !cell.is_empty()).count() >= 3).unwrap()
}

fn shown(data: &Data) -> String {
    match data {
        Data::DateTime(serial) => {
            let (year, month, day, ..) = serial.to_ymd_hms_milli();
            format!("{year}-{month:02}-{day:02}")
        }
        other => other.to_string(),
    }
}

/// Checks one source of a ground of a line.
#[track_caller]
fn check_source(books: &Books, line: &Value, ground: &Value, source: &str, as_of: &str) {
    let cell = books.cell(source);
    let (rule, about, recipient) = (text(&ground["rule"]), text(&ground["about"]), text(&line["subject_id"]));
    let fact = |name: &str| ground["facts"][name].as_str();
    let of_recipient = books.about(&cell, recipient);
    let decides = match cell.column {
        "目标完成得分" => cell.value.parse::<f64>().unwrap() < 60.0 && books.about(&cell, about),
        "工作落实评价" | "目标完成评价" => cell.value == "较差" && books.about(&cell, about),
        "作风改进评价" => cell.value == "不明显" && books.about(&cell, about),
        // This year's admonition of 4.5 stands on the grade that proposed it.
        "考核等次" if rule == "4.5" => matches!(cell.value, "基本称职" | "一般"),
        "考核等次" => Some(cell.value) == fact("考核等次") && books.about(&cell, about),
        "特别优秀" => cell.value == "是" && books.about(&cell, about),
        "线索来源" | "问题类型" | "情节" => {
            Some(cell.value) == fact(cell.column) && cell.row["线索编号"] == about
        }
        "核实结果" => Some(cell.value) == fact("核实结果") && cell.row["线索编号"] == about,
        // Verified only later, or counting because it was verified this year.
        "核实日期" => {
            let later = cell.value > as_of && fact("核实结果") == Some("核实中");
            (later || cell.value[..4] == as_of[..4]) && cell.row["线索编号"] == about
        }
        "发现作风问题" => cell.value == "是" && of_recipient && cell.row["谈话日期"] == about,
        "谈话日期" | "谈话类型" if rule == "2.6-found" => {
            cell.row["谈话类型"] == "交心谈话" && cell.row["谈话日期"] == about && of_recipient
        }
        "谈话日期" => about.contains(cell.value) && cell.row["谈话类型"] == "诫勉谈话" && of_recipient,
        // Whether and as what a lead counts.
        "收到日期" => cell.value <= as_of && cell.row["线索编号"] == about,
        "反映对象" => {
            cell.value == if rule.contains("team") { "班子" } else { "干部" } && cell.row["线索编号"] == about
        }
        "党务干部" => rule.starts_with("2.5") && cell.value == "是" && of_recipient,
        // What says for which year the talk answers.
        "所属年度" => about.contains(cell.row["谈话日期"]) && cell.value == "2014" && of_recipient,
        "班子职务" if cell.value == "主要负责人" => of_recipient,
        "班子职务" => rule == "4.8" && cell.value == "班子成员" && books.about(&cell, about),
        "相关责任领导" => {
            let names = books.labels[recipient].iter().map(String::as_str).chain([recipient]);
            names.into_iter().any(|name| cell.value.split(['、', '，', ',', ';', '；']).any(|one| one.trim() == name))
                && books.about(&cell, about)
        }
        _ => false,
    };
    assert!(decides, "{source} = {:?} ({}) does not decide {rule} for {recipient}: {ground}", cell.value, cell.column);
}

/// Columns that have to be among the sources of a rule: one of each group.
fn needed(rule: &str) -> Vec<&'static [&'static str]> {
    let weak: &[&str] = &["目标完成得分", "工作落实评价"];
    match rule {
        "1.2-team" | "1.2-cadre" | "1.3" | "1.3-cadre" => vec![weak],
        "1.5" => vec![weak, &["目标完成得分", "目标完成评价"], &["作风改进评价"]],
        "2.6-found" => vec![&["发现作风问题"]],
        "4.2" => vec![&["考核等次"], &["特别优秀"]],
        "4.5" => vec![&["谈话日期", "核实结果", "考核等次"]],
        "4.8" => vec![&["考核等次"], &["班子职务"]],
        rule if rule.starts_with("4.") => vec![&["考核等次"]],
        rule if rule.ends_with("-serious") || rule.starts_with("3.3") => vec![&["核实结果"], &["情节"]],
        _ => vec![&["核实结果", "核实日期"]],
    }
}

#[track_caller]
fn check_all(books: &Books, published: &Published, as_of: &str) -> usize {
    let mut checked = 0;
    for line in published.consequences.iter().filter(|line| line["action"] != "交心谈话") {
        for ground in line["grounds"].as_array().unwrap() {
            let sources = texts(&ground["sources"]);
            let columns: BTreeSet<&str> = sources.iter().map(|source| books.cell(source).column).collect();
            for group in needed(text(&ground["rule"])) {
                assert!(
                    group.iter().any(|column| columns.contains(column)),
                    "no {group:?} among {columns:?}: {ground}"
                );
            }
            let once: BTreeSet<&&str> = sources.iter().collect();
            assert_eq!(once.len(), sources.len(), "a cell twice: {ground}");
            for source in sources {
                check_source(books, line, ground, source, as_of);
                checked += 1;
            }
        }
    }
    for line in &published.pendings {
        let sources = texts(&line["sources"]);
        assert!(!sources.is_empty(), "no source: {line}");
        for source in sources {
            books.cell(source);
        }
    }
    checked
}

#[test]
fn sources_of_kunming_hold_what_decided() {
    let books = Books::read(&fixtures().join("kunming"));
    for (run, as_of) in [("half-year", "2015-06-30"), ("annual", "2015-12-31")] {
        let output = tempfile::tempdir().unwrap();
        let published = run_fixture("kunming", run, &[], output.path());
        assert!(check_all(&books, &published, as_of) > 100, "{run}");
    }
}

/// A cell for each hit on the way, and none that did not decide.
#[test]
fn exact_sources() {
    let city = City::new(&[
        "半年考核_班子 B1 目标完成得分=59.9 工作落实评价=较差 相关责任领导=孙三、李四",
        "+半年考核_班子 考核部门=市政府目督办 单位编号=B1 目标完成得分=60 工作落实评价=较差",
        "+问题线索 对象=B3 线索来源=省级部门 核实结果=属实 情节=较重",
    ]);
    let published = city.run("half-year");
    let sources = |action: &str, subject: &str, ground: usize| {
        let mut sources = texts(&published.line(action, subject)["grounds"][ground]["sources"]);
        sources.sort_unstable();
        sources.into_iter().map(|source| source.strip_prefix("报送.xlsx!").unwrap().to_owned()).collect::<Vec<_>>()
    };
    // 年度 A, 考核部门 B, 单位编号 C, 目标完成得分 D, 工作落实评价 E, 相关责任领导 F; the team's rows are 2 and 5.
    let weak = ["半年考核_班子!D2", "半年考核_班子!E2", "半年考核_班子!E5"];
    assert_eq!(sources("通报", "B1", 0), weak);
    assert_eq!(sources("约谈", "G11", 0), [&weak[..], &["干部名册!E2"]].concat());
    assert_eq!(sources("约谈", "G13", 0), [&weak[..], &["半年考核_班子!F2"]].concat());
    // 收到日期 B, 线索来源 C, 反映对象 D, 核实结果 G, 核实日期 H (this year, too), 情节 I.
    let found = ["干部名册!E8", "问题线索!B2", "问题线索!C2", "问题线索!D2", "问题线索!G2", "问题线索!H2"];
    assert_eq!(sources("诫勉谈话", "G31", 0), found);
    assert_eq!(sources("调整建议", "G31", 0), [&found[..], &["问题线索!I2"]].concat());
}

/// 4.8 shows the member's grade and office, and the office of the principal who answers.
#[test]
fn sources_of_joint_liability() {
    let published = City::new(&["年度考核_干部 G32 考核等次=不称职"]).run("annual");
    let mut sources = texts(&published.line("连带责任处理", "G31")["grounds"][0]["sources"]);
    sources.sort_unstable();
    assert_eq!(sources, ["报送.xlsx!干部名册!E8", "报送.xlsx!干部名册!E9", "报送.xlsx!年度考核_干部!C9"]);
}

/// A rule about rows cites what decided, shown in the ground or not; facts and 核对码 stay what its rows show.
#[test]
fn rules_about_rows_cite_what_decided() {
    let city = City::new(&[
        "+问题线索 线索编号=X1 收到日期=2014-11-01 对象=G14 线索来源=随机调研 问题类型=抓党建工作不力 核实结果=属实 核实日期=2015-02-01 情节=轻微",
        "+谈话记录 谈话日期=2015-03-01 谈话类型=交心谈话 干部编号=G13 发现作风问题=是",
    ]);
    let published = city.run("annual");
    let ground = |action: &str, subject: &str| published.line(action, subject)["grounds"][0].clone();
    let sources = |ground: &Value| {
        let mut sources: Vec<String> = texts(&ground["sources"]).into_iter().map(str::to_owned).collect();
        sources.sort_unstable();
        sources.into_iter().map(|source| source.strip_prefix("报送.xlsx!").unwrap().to_owned()).collect::<Vec<_>>()
    };
    let lead = ground("诫勉谈话", "G14");
    assert_eq!(lead["rule"], "2.5-true");
    // Received last year: it counts because it was verified this year. G14 is 党务干部 by the register.
    let columns = ["收到日期", "线索来源", "反映对象", "问题类型", "核实结果", "核实日期"];
    let found = sources(&lead);
    let books = Books::read(&city.input());
    let mut cited: Vec<&str> = found.iter().map(|source| books.cell(&format!("报送.xlsx!{source}")).column).collect();
    cited.sort_unstable();
    let mut wanted: Vec<&str> = columns.into_iter().chain(["党务干部"]).collect();
    wanted.sort_unstable();
    assert_eq!(cited, wanted, "{found:?}");
    let shown: Vec<&String> = lead["facts"].as_object().unwrap().keys().collect();
    assert_eq!(shown, ["情节", "核实结果", "线索来源", "线索编号", "问题类型"]);
    // 谈话日期 A, 谈话类型 B, 发现作风问题 D.
    assert_eq!(sources(&ground("函询", "G13")), ["谈话记录!A3", "谈话记录!B3", "谈话记录!D3"]);
}
