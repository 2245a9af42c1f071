//! Two years in a row through the binary: half-year, answers, annual, answers, and the next year on top.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use kaohe::workbook::{self, Raw, Sink};

use super::sheets::{Cell, Grid, write};

/// A city in a folder: what the offices hand in, and DIR.
struct City {
    root: tempfile::TempDir,
}

/// What a command said and how it ended.
struct Said {
    code: i32,
    text: String,
}

impl City {
    fn new() -> City {
        let city = City { root: tempfile::tempdir().unwrap() };
        std::fs::create_dir_all(city.input()).unwrap();
        city.hand_in(
            "班子名册",
            &[&["单位编号", "单位名称", "单位类别"], &["U1", "盘龙区", "县区"], &["U2", "官渡区", "县区"]],
        );
        city.hand_in(
            "干部名册",
            &[
                &["干部编号", "姓名", "单位编号", "职务", "班子职务"],
                &["K1", "张三", "U1", "区长", "主要负责人"],
                &["K2", "李四", "U1", "副区长", "班子成员"],
                &["K3", "王五", "U2", "区长", "主要负责人"],
                &["K4", "赵六", "U2", "副区长", "班子成员"],
            ],
        );
        city
    }

    fn input(&self) -> PathBuf {
        self.root.path().join("报送")
    }

    fn dir(&self) -> PathBuf {
        self.root.path().join("结果")
    }

    fn archive(&self) -> PathBuf {
        self.dir().join("档案.db")
    }

    /// Hands in a table as a workbook of its own, replacing what was there.
    fn hand_in(&self, table: &str, rows: &[&[&str]]) {
        let rows = rows.iter().map(|row| row.iter().map(|&text| Cell::from(text)).collect()).collect();
        write(&self.input().join(format!("{table}.xlsx")), &[(table, &Grid(rows))]);
    }

    fn kaohe(&self, arguments: &[&std::ffi::OsStr]) -> Said {
        let done = Command::new(env!("CARGO_BIN_EXE_kaohe")).args(arguments).output().unwrap();
        let text = String::from_utf8_lossy(&done.stdout).into_owned() + &String::from_utf8_lossy(&done.stderr);
        Said { code: done.status.code().unwrap_or(-1), text }
    }

    fn run(&self, run: &str, year: &str) -> Said {
        let (input, dir) = (self.input(), self.dir());
        self.kaohe(&[run.as_ref(), input.as_ref(), "--output".as_ref(), dir.as_ref(), "--year".as_ref(), year.as_ref()])
    }

    #[track_caller]
    fn publish(&self, run: &str, year: &str) -> String {
        let said = self.run(run, year);
        assert_eq!(said.code, 0, "{}", said.text);
        said.text
    }

    fn record(&self, workbooks: &[PathBuf], amend: bool) -> Said {
        let archive = self.archive();
        let mut arguments: Vec<&std::ffi::OsStr> = vec!["record".as_ref()];
        arguments.extend(workbooks.iter().map(|path| path.as_os_str()));
        arguments.extend(["--archive".as_ref(), archive.as_os_str()]);
        if amend {
            arguments.push("--amend".as_ref());
        }
        self.kaohe(&arguments)
    }

    fn show(&self) -> String {
        let archive = self.archive();
        let said = self.kaohe(&["archive".as_ref(), "show".as_ref(), "--archive".as_ref(), archive.as_ref()]);
        assert_eq!(said.code, 0, "{}", said.text);
        said.text
    }

    /// A published list with answers filled in by line id, saved beside DIR as people do.
    fn answered(&self, run: &str, list: &str, answers: &[(&str, &[(&str, &str)])]) -> PathBuf {
        let mut grid = Read::book(&self.dir().join(run).join(format!("{list}.xlsx")));
        for (id, filled) in answers {
            for (column, text) in *filled {
                grid.set(id, column, text);
            }
        }
        let path = self.root.path().join(format!("{run}-{list}-收回.xlsx"));
        grid.write(&path);
        path
    }

    fn consequences(&self, run: &str) -> BTreeMap<String, serde_json::Value> {
        let text = std::fs::read_to_string(self.dir().join(run).join("data/consequences.jsonl")).unwrap();
        let lines = text.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
        lines.map(|line| (line["id"].as_str().unwrap().to_owned(), line)).collect()
    }
}

/// A list as read back.
struct Read {
    grid: Grid,
    header: usize,
}

impl Read {
    fn book(path: &Path) -> Read {
        struct All(Vec<Vec<Cell>>);
        impl Sink for All {
            fn cell(&mut self, row: u32, column: u32, value: Raw<'_>) {
                let (row, column) = (row as usize, column as usize);
                let rows = &mut self.0;
                rows.resize_with(rows.len().max(row + 1), Vec::new);
                let cells = &mut rows[row];
                cells.resize_with(cells.len().max(column + 1), || Cell::Blank);
                cells[column] = match value.into_owned() {
                    Raw::Text(text) => Cell::Text(text.to_string()),
                    Raw::Number(number, _) => Cell::Number(number),
                    Raw::DateTime(time, _) => Cell::Text(time.date().to_string()),
                    other => panic!("{other:?} in a list"),
                };
            }

            fn restart(&mut self) {
                self.0.clear();
            }
        }
        let mut all = All(Vec::new());
        workbook::open(path, "名单").unwrap().read(0, &mut all).unwrap();
        let header = all.0.iter().position(|row| row.contains(&Cell::from("处理编号"))).unwrap();
        Read { grid: Grid(all.0), header }
    }

    fn column(&self, name: &str) -> usize {
        self.grid.0[self.header].iter().position(|cell| *cell == Cell::from(name)).unwrap()
    }

    fn row(&self, id: &str) -> Option<usize> {
        let at = self.column("处理编号");
        self.grid.0.iter().position(|row| row.get(at) == Some(&Cell::from(id)))
    }

    fn get(&self, id: &str, column: &str) -> String {
        let row = self.row(id).unwrap_or_else(|| panic!("no line {id}"));
        match self.grid.0[row].get(self.column(column)) {
            Some(Cell::Text(text)) => text.clone(),
            _ => String::new(),
        }
    }

    fn set(&mut self, id: &str, column: &str, text: &str) {
        let (row, column) = (self.row(id).unwrap_or_else(|| panic!("no line {id}")), self.column(column));
        let cells = &mut self.grid.0[row];
        cells.resize_with(cells.len().max(column + 1), || Cell::Blank);
        cells[column] = Cell::from(text);
    }

    fn write(&self, path: &Path) {
        self.grid.write(path);
    }
}

const LEADS: [&str; 9] =
    ["线索编号", "收到日期", "线索来源", "反映对象", "干部编号", "问题类型", "核实结果", "核实日期", "情节"];

#[test]
fn two_years_with_answers_amended_and_lifted() {
    let city = City::new();
    let talks = ["谈话日期", "谈话类型", "干部编号"];
    // A talk of the year before gives every year a history to look back on.
    city.hand_in("谈话记录", &[&talks, &["2014-09-01", "诫勉谈话", "K1"]]);
    city.hand_in(
        "半年考核_班子",
        &[
            &["年度", "考核部门", "单位编号", "目标完成得分", "工作落实评价"],
            &["2015", "市委目督办", "U1", "50", "较差"],
            &["2015", "市委目督办", "U2", "90", "好"],
        ],
    );
    let lead = |id: &'static str, cadre: &'static str| {
        [id, "2015-03-01", "市级领导", "干部", cadre, "不作为", "属实", "2015-04-01", "轻微"]
    };
    city.hand_in("问题线索", &[&LEADS, &lead("X1", "K4"), &lead("X2", "K3")]);
    city.publish("half-year", "2015");

    // The half-year answers: K4's admonition agreed, K3's deferred, the talk with K1 agreed.
    let list = city.answered(
        "2015-half-year",
        "诫勉谈话名单",
        &[
            ("2015-H-诫勉谈话-C-K4", &[("委员会意见", "同意"), ("决定日期", "2015-07-10")]),
            ("2015-H-诫勉谈话-C-K3", &[("委员会意见", "缓议")]),
        ],
    );
    let talk = city.answered("2015-half-year", "约谈名单", &[("2015-H-约谈-C-K1", &[("委员会意见", "同意")])]);
    let said = city.record(&[list.clone(), talk], false);
    assert_eq!(said.code, 0, "{}", said.text);

    // The annual run: K2 and K3 基本称职.
    let grades = |year: &'static str, third: &'static str| {
        ["K1", "K2", "K3", "K4"].map(|id| [year, id, if id == "K2" || id == third { "基本称职" } else { "称职" }])
    };
    let annual = |rows: &[[&str; 3]]| {
        let mut all: Vec<&[&str]> = vec![&["年度", "干部编号", "考核等次"]];
        all.extend(rows.iter().map(|row| row.as_slice()));
        city.hand_in("年度考核_干部", &all);
    };
    annual(&grades("2015", "K3"));
    city.hand_in(
        "年度考核_班子",
        &[&["年度", "单位编号", "考核等次"], &["2015", "U1", "良好"], &["2015", "U2", "良好"]],
    );
    city.hand_in(
        "年度目标考核",
        &[
            &["年度", "考核部门", "单位编号", "目标完成得分", "目标完成评价", "作风改进评价"],
            &["2015", "市委目督办", "U1", "90", "好", "明显"],
            &["2015", "市委目督办", "U2", "90", "好", "明显"],
        ],
    );
    city.publish("annual", "2015");
    let lines = city.consequences("2015-annual");
    assert_eq!(lines["2015-A-诫勉谈话-C-K4"]["flags"], serde_json::json!(["半年已决定"]));
    assert_eq!(lines["2015-A-诫勉谈话-C-K3"]["flags"], serde_json::json!([]));
    let list = Read::book(&city.dir().join("2015-annual/诫勉谈话名单.xlsx"));
    assert_eq!(list.get("2015-A-诫勉谈话-C-K4", "委员会意见"), "同意", "the half-year's decision is its own");
    assert_eq!(list.get("2015-A-诫勉谈话-C-K3", "委员会意见"), "");

    // What nobody has recorded yet is not overwritten.
    let published = city.dir().join("2015-annual/诫勉谈话名单.xlsx");
    let answers: &[(&str, &[(&str, &str)])] =
        &[("2015-A-诫勉谈话-C-K2", &[("委员会意见", "同意")]), ("2015-A-诫勉谈话-C-K3", &[("委员会意见", "同意")])];
    std::fs::copy(city.answered("2015-annual", "诫勉谈话名单", answers), &published).unwrap();
    let said = city.run("annual", "2015");
    assert_eq!(said.code, 1, "{}", said.text);
    assert!(said.text.contains("诫勉谈话名单.xlsx") && said.text.contains("kaohe record"), "{}", said.text);
    let said = city.record(std::slice::from_ref(&published), false);
    assert_eq!(said.code, 0, "{}", said.text);
    city.publish("annual", "2015");
    let list = Read::book(&published);
    assert_eq!(list.get("2015-A-诫勉谈话-C-K2", "委员会意见"), "同意", "filled in again");

    // The next year.
    city.hand_in(
        "半年考核_班子",
        &[
            &["年度", "考核部门", "单位编号", "目标完成得分", "工作落实评价"],
            &["2015", "市委目督办", "U1", "50", "较差"],
            &["2016", "市委目督办", "U1", "90", "好"],
            &["2016", "市委目督办", "U2", "90", "好"],
        ],
    );
    city.publish("half-year", "2016");
    let mut rows = grades("2015", "K3").to_vec();
    rows.extend(grades("2016", "K4"));
    annual(&rows);
    city.hand_in(
        "年度考核_班子",
        &[&["年度", "单位编号", "考核等次"], &["2016", "U1", "良好"], &["2016", "U2", "良好"]],
    );
    city.hand_in(
        "年度目标考核",
        &[
            &["年度", "考核部门", "单位编号", "目标完成得分", "目标完成评价", "作风改进评价"],
            &["2016", "市委目督办", "U1", "90", "好", "明显"],
            &["2016", "市委目督办", "U2", "90", "好", "明显"],
        ],
    );
    city.publish("annual", "2016");
    let lines = city.consequences("2016-annual");
    for id in ["2016-A-调整建议-C-K2", "2016-A-调整建议-C-K4"] {
        assert_eq!(lines[id]["rules"], serde_json::json!(["4.5"]), "{id}");
    }
    assert!(!lines.contains_key("2016-A-调整建议-C-K3"), "称职 this year");
    let sources = lines["2016-A-调整建议-C-K2"]["grounds"][0]["sources"].to_string();
    assert!(sources.contains("档案!2015-A-诫勉谈话-C-K2"), "{sources}");

    // The adjustment is agreed; then last year's admonition is lifted, and this year's run follows.
    let list = city.answered(
        "2016-annual",
        "调整建议名单",
        &[("2016-A-调整建议-C-K2", &[("委员会意见", "同意"), ("决定方式", "岗位调整")])],
    );
    let said = city.record(&[list], false);
    assert_eq!(said.code, 0, "{}", said.text);
    let lifted = city.answered("2015-annual", "诫勉谈话名单", &[("2015-A-诫勉谈话-C-K2", &[("委员会意见", "不同意")])]);
    let said = city.record(std::slice::from_ref(&lifted), false);
    assert_eq!(said.code, 1, "{}", said.text);
    assert!(said.text.contains("--amend"), "{}", said.text);
    let said = city.record(&[lifted], true);
    assert_eq!(said.code, 0, "{}", said.text);
    let said = city.publish("annual", "2016");
    assert!(said.contains("2016-A-调整建议-C-K2"), "the withdrawn line is named: {said}");
    let lines = city.consequences("2016-annual");
    assert!(!lines.contains_key("2016-A-调整建议-C-K2"));
    assert!(lines.contains_key("2016-A-调整建议-C-K4"), "the half-year's decision stands");
    let shown = city.show();
    assert!(shown.contains("不再提出\n    2016-A-调整建议-C-K2 李四：同意，决定方式：岗位调整"), "{shown}");

    // The same run again gives the same bytes.
    let bytes = |name: &str| std::fs::read(city.dir().join("2016-annual").join(name)).unwrap();
    let names =
        ["run.json", "data/consequences.jsonl", "data/registration.json", "诫勉谈话名单.xlsx", "调整建议名单.xlsx"];
    let before: Vec<Vec<u8>> = names.iter().map(|name| bytes(name)).collect();
    city.publish("annual", "2016");
    for (name, before) in names.iter().zip(before) {
        assert!(bytes(name) == before, "{name} differs");
    }
    let archive = city.archive();
    let said = city.kaohe(&["archive".as_ref(), "verify".as_ref(), "--archive".as_ref(), archive.as_ref()]);
    assert_eq!(said.code, 0, "{}", said.text);
}

#[test]
fn exit_codes_of_everything_that_touches_the_archive() {
    let city = City::new();
    city.hand_in(
        "半年考核_班子",
        &[
            &["年度", "考核部门", "单位编号", "目标完成得分", "工作落实评价"],
            &["2015", "市委目督办", "U1", "50", "较差"],
            &["2015", "市委目督办", "U2", "90", "好"],
        ],
    );
    let archive = city.archive();
    let asked = |words: &[&str]| {
        let mut arguments: Vec<&std::ffi::OsStr> = words.iter().map(|word| word.as_ref()).collect();
        arguments.extend(["--archive".as_ref(), archive.as_os_str()]);
        city.kaohe(&arguments)
    };
    // There is no archive yet.
    for words in [&["archive", "show"][..], &["archive", "verify"], &["record", "没有.xlsx"]] {
        let said = asked(words);
        assert_eq!(said.code, 1, "{words:?}: {}", said.text);
        assert!(said.text.contains("找不到档案"), "{words:?}: {}", said.text);
        assert!(!archive.exists(), "{words:?}");
    }
    let nowhere = city.root.path().join("没有这个文件夹/档案.db");
    let (input, dir) = (city.input(), city.dir());
    let run: [&std::ffi::OsStr; 7] = [
        "half-year".as_ref(),
        input.as_ref(),
        "--output".as_ref(),
        dir.as_ref(),
        "--archive".as_ref(),
        nowhere.as_ref(),
        "--quiet".as_ref(),
    ];
    let said = city.kaohe(&run);
    assert_eq!(said.code, 1, "{}", said.text);
    assert!(!dir.join("2015-half-year").exists());

    city.publish("half-year", "2015");
    assert_eq!(asked(&["archive", "verify"]).code, 0);
    let ledger = city.root.path().join("台账.xlsx");
    assert_eq!(asked(&["archive", "export", ledger.to_str().unwrap()]).code, 0);
    assert!(ledger.exists());
    // A list that is open in Excel.
    let lock = dir.join("2015-half-year/~$约谈名单.xlsx");
    std::fs::write(&lock, "").unwrap();
    let said = city.run("half-year", "2015");
    assert_eq!(said.code, 1, "{}", said.text);
    assert!(said.text.contains("约谈名单.xlsx"), "{}", said.text);
    std::fs::remove_file(lock).unwrap();
    // DIR holds runs and the archive, nothing else.
    let mut names: Vec<String> = std::fs::read_dir(&dir)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    assert_eq!(names, ["2015-half-year", "档案.db"]);
    // A broken archive.
    let list = city.answered("2015-half-year", "约谈名单", &[("2015-H-约谈-C-K1", &[("委员会意见", "同意")])]);
    let db = rusqlite::Connection::open(&archive).unwrap();
    db.execute("UPDATE 事项 SET 对象 = '李四' WHERE 处理编号 = '2015-H-约谈-C-K1'", []).unwrap();
    drop(db);
    let before = std::fs::read(&archive).unwrap();
    for said in [city.run("half-year", "2015"), city.record(&[list], false), asked(&["archive", "verify"])] {
        assert_eq!(said.code, 1, "{}", said.text);
        assert!(said.text.contains("与内容值不符"), "{}", said.text);
    }
    assert_eq!(std::fs::read(&archive).unwrap(), before, "a broken archive is left alone");
}
