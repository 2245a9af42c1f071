//! A small city as workbooks, and what a run published about it.
//!
//! The sound city has three teams, all 良好 and never weak, and eight cadres, all 称职; one of them was
//! admonished last autumn, so that there is history. No proposal follows from it.
//!
//! | team | principals | members |
//! |---|---|---|
//! | B1 甲局 | G11, G12 | G13, G14 (党务干部) |
//! | B2 乙区 | G21 | G22 |
//! | B3 丙开发区 | G31 | G32 (admonished 2014-10-10) |
//!
//! An edit is one of
//! - `table key 列=值 …`: sets cells in the rows of that key (the first 编号 of the row), in the language of [`reading`],
//! - `+table 列=值 …`: adds a row, with what a test seldom cares about filled in,
//! - `-table key` or `-table`: removes rows, or the whole table.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use calamine::{Reader, Xlsx, open_workbook};
use serde_json::Value;
use tempfile::TempDir;

use crate::archive::meeting::record;
use crate::reading;

const TABLES: [(&str, &str); 9] = [
    ("班子名册", "单位编号 单位名称 单位类别 简称"),
    ("干部名册", "干部编号 姓名 单位编号 单位名称 职务 班子职务 党务干部 干部管理权限 任现职时间"),
    ("半年考核_班子", "年度 考核部门 单位编号 单位名称 目标完成得分 工作落实评价 相关责任领导"),
    ("半年考核_干部", "年度 考核部门 干部编号 姓名 单位编号 单位名称 目标完成得分 工作落实评价"),
    ("年度目标考核", "年度 考核部门 单位编号 单位名称 目标完成得分 目标完成评价 作风改进评价"),
    ("年度考核_班子", "年度 单位编号 单位名称 考核等次"),
    ("年度考核_干部", "年度 干部编号 姓名 单位编号 单位名称 考核等次 特别优秀"),
    (
        "问题线索",
        "线索编号 收到日期 线索来源 举报渠道 反映对象 单位编号 单位名称 干部编号 姓名 问题类型 核实结果 核实日期 情节",
    ),
    ("谈话记录", "谈话日期 谈话类型 干部编号 姓名 单位编号 单位名称 发现作风问题 所属年度 处理编号"),
];

const TEAMS: [(&str, &str, &str); 3] =
    [("B1", "甲局", "市级部门"), ("B2", "乙区", "县区"), ("B3", "丙开发区", "开发（度假）园区")];

const CADRES: [(&str, &str, &str, &str, &str); 8] = [
    ("G11", "赵一", "B1", "党组书记", "主要负责人"),
    ("G12", "钱二", "B1", "局长", "主要负责人"),
    ("G13", "孙三", "B1", "副局长", "班子成员"),
    ("G14", "李四", "B1", "机关党委书记", "班子成员"),
    ("G21", "周五", "B2", "区委书记", "主要负责人"),
    ("G22", "吴六", "B2", "副区长", "班子成员"),
    ("G31", "郑七", "B3", "管委会主任", "主要负责人"),
    ("G32", "王八", "B3", "管委会副主任", "班子成员"),
];

type Row = BTreeMap<String, String>;

/// Input and output of runs.
pub struct City {
    tables: BTreeMap<String, Vec<Row>>,
    dir: TempDir,
}

impl City {
    /// The sound city, edited.
    #[track_caller]
    pub fn new(edits: &[&str]) -> City {
        let mut city = City::empty();
        for (id, name, class) in TEAMS {
            city.edit(&format!("+班子名册 单位编号={id} 单位名称={name} 单位类别={class}"));
            city.edit(&format!("+半年考核_班子 单位编号={id}"));
            city.edit(&format!("+年度目标考核 单位编号={id}"));
            city.edit(&format!("+年度考核_班子 单位编号={id} 考核等次=良好"));
        }
        for (id, name, team, post, role) in CADRES {
            city.edit(&format!("+干部名册 干部编号={id} 姓名={name} 单位编号={team} 职务={post} 班子职务={role}"));
            city.edit(&format!("+年度考核_干部 干部编号={id} 考核等次=称职"));
        }
        city.edit("干部名册 G14 党务干部=是");
        city.edit("+谈话记录 谈话日期=2014-10-10 干部编号=G32");
        for edit in edits {
            city.edit(edit);
        }
        city
    }

    /// A city without a row.
    pub fn empty() -> City {
        City { tables: BTreeMap::new(), dir: tempfile::tempdir().unwrap() }
    }

    /// See the head of this module.
    #[track_caller]
    pub fn edit(&mut self, edit: &str) {
        let mut words = edit.split_ascii_whitespace();
        let head = words.next().unwrap();
        let words: Vec<&str> = words.collect();
        let (keys, cells): (Vec<&str>, Vec<&str>) = words.iter().partition(|word| !word.contains('='));
        let cells: Row = cells.iter().map(|cell| cell.split_once('=').unwrap()).map(owned).collect();
        let table = head.trim_start_matches(['+', '-']);
        let columns = columns(table);
        for column in cells.keys() {
            assert!(columns.contains(&column.as_str()) || column == "对象", "{edit}: no column {column}");
        }
        let of_key = |row: &Row| keys.first().is_some_and(|key| id_of(row) == *key);
        match head.chars().next().unwrap() {
            '+' => self.tables.entry(table.to_owned()).or_default().push(filled_in(table, cells)),
            '-' if keys.is_empty() => assert!(self.tables.remove(table).is_some(), "{edit}: no table"),
            '-' => {
                let rows = self.tables.get_mut(table).unwrap();
                let before = rows.len();
                rows.retain(|row| !of_key(row));
                assert!(rows.len() < before, "{edit}: no such row");
            }
            _ => {
                let mut rows = self.tables.get_mut(table).unwrap().iter_mut().filter(|row| of_key(row)).peekable();
                assert!(rows.peek().is_some(), "{edit}: no such row");
                rows.for_each(|row| row.extend(cells.clone()));
            }
        }
    }

    pub fn input(&self) -> PathBuf {
        self.dir.path().join("报送")
    }

    pub fn output(&self) -> PathBuf {
        self.dir.path().join("结果")
    }

    /// Runs `command` (a run's name and options), which must end with 0 and say nothing.
    #[track_caller]
    pub fn run(&self, command: &str) -> Published {
        let output = self.try_run(command);
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(0), "{command}: {told}");
        assert_eq!(told, "", "--quiet, and nothing is wrong");
        self.published(command)
    }

    /// Runs `command`, which may fail.
    pub fn try_run(&self, command: &str) -> Output {
        self.write();
        let mut words = command.split_whitespace();
        let mut run = kaohe();
        run.arg(words.next().unwrap()).arg(self.input()).arg("--output").arg(self.output()).arg("--quiet");
        run.args(words).output().unwrap()
    }

    /// What the run of 2015 (or of the `--year` given) published.
    pub fn published(&self, command: &str) -> Published {
        let mut words = command.split_whitespace();
        let run = words.next().unwrap();
        let year = words.skip_while(|word| *word != "--year").nth(1).unwrap_or("2015");
        Published::read(&self.output().join(format!("{year}-{run}")))
    }

    /// Takes in a committee's answers to lines of a published list, each by its 处理编号: (意见, 决定方式).
    #[track_caller]
    pub fn decide(&self, run: &str, list: &str, answers: &[(&str, &str, &str)]) {
        let cells = answers.iter().flat_map(|(line, said, how)| {
            [("委员会意见", *said), ("决定方式", *how)].map(|(column, text)| ([*line, *line], column, text))
        });
        record(self, run, list, &cells.collect::<Vec<_>>());
    }

    /// One book with a sheet for each table.
    pub fn write(&self) {
        let sheets = TABLES.iter().filter_map(|(table, _)| {
            let rows = self.tables.get(*table)?;
            let used: BTreeSet<&str> = rows.iter().flat_map(|row| row.keys().map(String::as_str)).collect();
            let columns: Vec<&str> = columns(table).into_iter().filter(|column| used.contains(column)).collect();
            let row = |row: &Row| {
                let cells = columns.iter().map(|column| cell(column, row.get(*column).map_or("", String::as_str)));
                cells.collect::<Vec<_>>().join("|")
            };
            let lines = std::iter::once(columns.join("|")).chain(rows.iter().map(row));
            Some((format!("报送.xlsx!{table}"), lines.collect::<Vec<_>>().join("\n")))
        });
        let sheets: Vec<(String, String)> = sheets.collect();
        let sheets: Vec<(&str, &str)> = sheets.iter().map(|(name, rows)| (name.as_str(), rows.as_str())).collect();
        reading::write(&self.input(), &sheets);
    }
}

/// A cell as the cases of reading write it: figures are numbers, days are dates.
fn cell(column: &str, text: &str) -> String {
    if text.parse::<f64>().is_ok() {
        format!("={text}")
    } else if column.ends_with("日期") && text.parse::<chrono::NaiveDate>().is_ok() {
        format!("@{text}")
    } else {
        text.to_owned()
    }
}

/// The cells of a workbook's first sheet, as shown.
pub fn rows_of(path: &Path) -> Vec<Vec<String>> {
    let mut book: Xlsx<_> = open_workbook(path).unwrap();
    let range = book.worksheet_range_at(0).unwrap().unwrap();
    let (rows, columns) = range.end().unwrap();
    let cell = |r, c| range.get_value((r, c)).map_or(String::new(), ToString::to_string);
    (0..=rows).map(|r| (0..=columns).map(|c| cell(r, c)).collect()).collect()
}

pub fn kaohe() -> Command {
    Command::new(env!("CARGO_BIN_EXE_kaohe"))
}

fn owned((column, value): (&str, &str)) -> (String, String) {
    (column.to_owned(), value.to_owned())
}

#[track_caller]
fn columns(table: &str) -> Vec<&'static str> {
    let found = TABLES.iter().find(|(name, _)| *name == table);
    found.unwrap_or_else(|| panic!("no table {table}")).1.split_whitespace().collect()
}

/// What a row is called in edits.
fn id_of(row: &Row) -> &str {
    let ids = ["线索编号", "干部编号", "单位编号"];
    ids.iter().find_map(|column| row.get(*column)).map_or("", String::as_str)
}

/// A row with the cells that a test seldom cares about.
fn filled_in(table: &str, mut cells: Row) -> Row {
    let mut given = |column: &str, value: &str| {
        cells.entry(column.to_owned()).or_insert_with(|| value.to_owned());
    };
    match table {
        "半年考核_班子" | "半年考核_干部" => {
            [("年度", "2015"), ("考核部门", "市委目督办"), ("目标完成得分", "80"), ("工作落实评价", "好")]
                .iter()
                .for_each(|(column, value)| given(column, value));
        }
        "年度目标考核" => {
            [("年度", "2015"), ("考核部门", "市委目督办"), ("目标完成得分", "80"), ("目标完成评价", "好")]
                .iter()
                .for_each(|(column, value)| given(column, value));
            given("作风改进评价", "明显");
        }
        "年度考核_班子" | "年度考核_干部" => given("年度", "2015"),
        "谈话记录" => given("谈话类型", "诫勉谈话"),
        "问题线索" => {
            for (column, value) in [
                ("线索编号", "X1"),
                ("收到日期", "2015-03-10"),
                ("线索来源", "干部群众"),
                ("问题类型", "不作为"),
                ("核实结果", "未核实"),
            ] {
                given(column, value);
            }
            if cells["核实结果"].ends_with("属实") {
                cells.entry("核实日期".into()).or_insert_with(|| "2015-05-20".into());
            }
            if cells["线索来源"] == "12380举报" {
                cells.entry("举报渠道".into()).or_insert_with(|| "电话".into());
            }
            if let Some(subject) = cells.remove("对象") {
                let (kind, column) =
                    if subject.starts_with('B') { ("班子", "单位编号") } else { ("干部", "干部编号") };
                cells.insert("反映对象".into(), kind.into());
                cells.insert(column.into(), subject);
            }
        }
        _ => {}
    }
    cells
}

/// `data/*.jsonl` and `run.json` of a published run.
pub struct Published {
    pub consequences: Vec<Value>,
    pub pendings: Vec<Value>,
    pub issues: Vec<Value>,
    pub run: Value,
}

impl Published {
    #[track_caller]
    pub fn read(folder: &Path) -> Published {
        let lines = |name: &str| -> Vec<Value> {
            let path = folder.join("data").join(name);
            let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
        };
        Published {
            consequences: lines("consequences.jsonl"),
            pendings: lines("pending.jsonl"),
            issues: lines("issues.jsonl"),
            run: serde_json::from_str(&fs::read_to_string(folder.join("run.json")).unwrap()).unwrap(),
        }
    }

    /// Proposals as short lines, without the talk plan.
    pub fn lines(&self) -> Vec<String> {
        let proposed = self.consequences.iter().filter(|line| line["action"] != "交心谈话");
        let shown = proposed.map(|line| {
            let mut text = format!("{} {} {}", text(&line["action"]), subject(line), joined(&line["rules"], "+"));
            if line["options"] != Value::Array(Vec::new()) {
                text.push_str(&format!(" [{}]", joined(&line["options"], "/")));
            }
            for flag in texts(&line["flags"]) {
                text.push_str(&format!(" !{flag}"));
            }
            text
        });
        shown.collect()
    }

    pub fn pending(&self) -> Vec<String> {
        let shown = self.pendings.iter().map(|line| {
            let mut missing = texts(&line["missing"]);
            missing.sort_unstable();
            format!("{} {} {}", text(&line["rule"]), subject(line), missing.join("+")).trim_end().to_owned()
        });
        shown.collect()
    }

    /// The ids of those whom the talk plan picks.
    pub fn talks(&self) -> Vec<&str> {
        let planned = self.consequences.iter().filter(|line| line["action"] == "交心谈话");
        planned.map(|line| text(&line["subject_id"])).collect()
    }

    /// The proposal of `action` for `subject`.
    #[track_caller]
    pub fn line(&self, action: &str, subject: &str) -> &Value {
        let found = self.consequences.iter().find(|line| line["action"] == action && line["subject_id"] == subject);
        found.unwrap_or_else(|| panic!("no {action} for {subject} in {:#?}", self.lines()))
    }
}

pub fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("not a string: {value}"))
}

pub fn texts(value: &Value) -> Vec<&str> {
    value.as_array().unwrap().iter().map(text).collect()
}

fn joined(value: &Value, by: &str) -> String {
    texts(value).join(by)
}

/// `T:B1` or `C:G11`.
fn subject(line: &Value) -> String {
    let kind = match text(&line["subject_kind"]) {
        "team" => "T",
        "cadre" => "C",
        other => panic!("{other} is no kind"),
    };
    format!("{kind}:{}", text(&line["subject_id"]))
}
