//! A published run in miniature: its registration, and its lists as workbooks that tests may spoil.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::Path;

use crate::workbook::build::computed;
use chrono::NaiveDate;
use kaohe::archive::{RegisteredLine, RegisteredList, RegisteredRow, Registration, RowOf, Vocabulary};
use kaohe::fact::Decision;
use kaohe::fact::history::{Pairs, PastGround};
use kaohe::pack::{AnswerColumn, Answers, Run};
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook};

pub const COLUMNS: [&str; 18] = [
    "序号",
    "处理编号",
    "对象",
    "编号",
    "单位",
    "职务",
    "管理权限",
    "处理",
    "可选方式",
    "依据",
    "事实",
    "来源",
    "提示",
    "委员会意见",
    "决定方式",
    "决定日期",
    "备注",
    "核对码",
];
pub const BOOK_COLUMNS: [&str; 10] =
    ["序号", "档案", "对象", "编号", "单位", "处理编号", "状态", "谈话日期", "谈话人", "谈话情况"];

pub fn words() -> Vocabulary {
    let text = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect();
    Vocabulary {
        answers: Answers {
            agree: "同意".into(), refuse: "不同意".into(), defer: "缓议".into(), change: "变更".into()
        },
        followup: None,
        methods: text(&["通报", "约谈", "诫勉谈话", "批评教育", "函询", "限期整改", "调整建议", "调整", "免职"]),
        authority: "市委".into(),
    }
}

/// A line about a cadre; `check` stands for what its grounds hash to.
pub fn line(
    year: i32,
    run: Run,
    action: &str,
    subject: &str,
    name: &str,
    options: &[&str],
    check: &str,
) -> RegisteredRow<'static> {
    let id = format!("{year}-{}-{action}-C-{subject}", run.code());
    let cells = [
        "1",
        &id,
        name,
        subject,
        "盘龙区",
        "区 长",
        "市委",
        action,
        &options.join("、"),
        "《办法》第四部分（4.4）",
        "考核等次：基本称职",
        "年度.xlsx!Sheet1!C3",
        "",
        "",
        "",
        "",
        "",
        check,
    ];
    let mut facts = BTreeMap::new();
    facts.insert("考核等次".into(), "基本称职".into());
    let cells = cells.map(|cell| cell.to_owned().into()).to_vec();
    let line = RegisteredLine {
        check: check.to_owned().into(),
        action: action.to_owned().into(),
        subject_name: name.to_owned().into(),
        options: options.iter().map(|&option| option.to_owned()).collect(),
        rules: vec!["4.4".into()],
        grounds: vec![PastGround { rule: "4.4".into(), about: subject.into(), facts }],
        adopted: None,
        id: id.into(),
    };
    row(subject, RowOf::Line(line), cells)
}

fn row(subject: &str, of: RowOf<'static>, cells: Vec<Cow<'static, str>>) -> RegisteredRow<'static> {
    let (subject_kind, subject_id) = ("cadre".into(), subject.to_owned().into());
    RegisteredRow { subject_kind, subject_id, of, filled: Pairs::new(), cells }
}

/// The line that a row of a list tells about.
pub fn line_of<'r>(row: &'r mut RegisteredRow<'static>) -> &'r mut RegisteredLine<'static> {
    match &mut row.of {
        RowOf::Line(line) => line,
        RowOf::Entry { .. } => panic!("a row of the register"),
    }
}

pub fn list(
    year: i32,
    run: Run,
    name: &str,
    extra: &[(&str, bool)],
    mut rows: Vec<RegisteredRow<'static>>,
) -> RegisteredList {
    let mut columns: Vec<String> = COLUMNS.iter().map(|&column| column.to_owned()).collect();
    for (at, (column, _)) in extra.iter().enumerate() {
        columns.insert(17 + at, (*column).to_owned());
        for row in &mut rows {
            row.cells.insert(17 + at, "".into());
        }
    }
    RegisteredList {
        name: name.into(),
        title: format!("昆明市{year}年{}{name}", run.title()),
        columns,
        extra: extra.iter().map(|(name, is_date)| AnswerColumn { name: (*name).into(), is_date: *is_date }).collect(),
        is_register: false,
        rows,
    }
}

/// Three admonitions, an adjustment with two options and one with a single one, an inquiry, an empty list, and a register.
pub fn registration(year: i32, run: Run) -> Registration {
    let admonition = |id: &str, name: &str| line(year, run, "诫勉谈话", id, name, &[], "aaaa");
    let talk = format!("{year}-{}-约谈-C-K1", run.code());
    Registration {
        year,
        run,
        as_of: NaiveDate::from_ymd_opt(year, 12, 31).unwrap(),
        pack_name: "kunming-2015".into(),
        pack_version: "1.0.0".into(),
        pack_hash: "00".into(),
        vocabulary: words(),
        talks: Vec::new(),
        lists: vec![
            list(year, run, "通报名单", &[], vec![]),
            list(year, run, "约谈名单", &[], vec![line(year, run, "约谈", "K1", "张三", &[], "eeee")]),
            list(
                year,
                run,
                "诫勉谈话名单",
                &[],
                vec![admonition("K1", "张三"), admonition("K2", "李四"), admonition("K3", "王五")],
            ),
            list(
                year,
                run,
                "函询核实名单",
                &[("回复期限", true), ("回复日期", true)],
                vec![line(year, run, "函询", "K1", "张三", &[], "bbbb")],
            ),
            list(
                year,
                run,
                "调整建议名单",
                &[],
                vec![
                    line(year, run, "调整建议", "K1", "张三", &["调整", "免职"], "cccc"),
                    line(year, run, "调整建议", "K2", "李四", &["免职"], "dddd"),
                ],
            ),
            RegisteredList {
                name: "档案登记".into(),
                title: format!("昆明市{year}年{}档案登记", run.title()),
                columns: BOOK_COLUMNS.iter().map(|&column| column.to_owned()).collect(),
                extra: [("谈话日期", true), ("谈话人", false), ("谈话情况", false)]
                    .map(|(name, is_date)| AnswerColumn { name: name.into(), is_date })
                    .to_vec(),
                is_register: true,
                rows: ["年度考核管理档案", "特别监督档案"]
                    .map(|file| {
                        let cells = ["1", file, "张三", "K1", "盘龙区", &talk, "待定", "", "", ""];
                        let of = RowOf::Entry { file: file.into(), lines: vec![talk.clone()].into() };
                        row("K1", of, cells.map(|cell| cell.to_owned().into()).to_vec())
                    })
                    .to_vec(),
            },
        ],
    }
}

/// The same as it is registered.
pub fn filled(opinion: &str, method: &str) -> Pairs {
    decision(opinion, method).0
}

pub fn decision(opinion: &str, method: &str) -> Decision {
    let given = [("委员会意见", opinion), ("决定方式", method)].into_iter().filter(|(_, text)| !text.is_empty());
    Decision(given.map(|(column, text)| (column.to_owned(), text.to_owned())).collect())
}

/// A cell of a workbook in the making.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    Blank,
    Text(String),
    Number(f64),
    Date(i32, u32, u32),
    /// A number that is shown by a format.
    Shown(f64, &'static str),
    /// A text that is shown by a format.
    Veiled(&'static str, &'static str),
    /// A formula with the result that the sheet stores.
    Formula(&'static str, &'static str),
}

impl From<&str> for Cell {
    fn from(text: &str) -> Cell {
        if text.is_empty() { Cell::Blank } else { Cell::Text(text.to_owned()) }
    }
}

/// A sheet in the making: row 1 the title, row 3 the header, rows from 4 on the lines.
#[derive(Debug, Clone)]
pub struct Grid(pub Vec<Vec<Cell>>);

impl Grid {
    pub fn of_list(list: &RegisteredList) -> Grid {
        let mut grid = vec![vec![Cell::from(list.title.as_str())], vec![Cell::from("只填写答复各列")]];
        grid.push(list.columns.iter().map(|column| Cell::from(column.as_str())).collect());
        grid.extend(list.rows.iter().map(|row| row.cells.iter().map(|text| Cell::from(text.as_ref())).collect()));
        if list.rows.is_empty() {
            grid.push(vec![Cell::from("本次没有。")]);
        }
        Grid(grid)
    }

    /// Zero-based column of a header.
    pub fn column(&self, name: &str) -> usize {
        self.0[2].iter().position(|cell| *cell == Cell::from(name)).unwrap_or_else(|| panic!("no column {name}"))
    }

    /// Sets a cell of the n-th line (from 0).
    pub fn set(&mut self, line: usize, column: &str, cell: impl Into<Cell>) -> &mut Grid {
        let column = self.column(column);
        self.0[3 + line][column] = cell.into();
        self
    }

    /// Its texts; every other cell is blank.
    pub fn texts(&self) -> Vec<Vec<String>> {
        let text = |cell: &Cell| match cell {
            Cell::Text(text) => text.clone(),
            _ => String::new(),
        };
        self.0.iter().map(|row| row.iter().map(text).collect()).collect()
    }

    pub fn write(&self, path: &Path) {
        write(path, &[("Sheet1", self)]);
    }
}

/// Writes sheets into a workbook.
pub fn write(path: &Path, sheets: &[(&str, &Grid)]) {
    let mut book = Workbook::new();
    let date = Format::new().set_num_format("yyyy-mm-dd");
    for (name, grid) in sheets {
        let sheet = book.add_worksheet();
        sheet.set_name(*name).unwrap();
        for (row, cells) in grid.0.iter().enumerate() {
            for (column, cell) in cells.iter().enumerate() {
                let (row, column) = (row as u32, column as u16);
                match cell {
                    Cell::Blank => continue,
                    Cell::Text(text) => sheet.write_string(row, column, text).unwrap(),
                    Cell::Number(number) => sheet.write_number(row, column, *number).unwrap(),
                    Cell::Date(year, month, day) => {
                        let day = ExcelDateTime::from_ymd(*year as u16, *month as u8, *day as u8).unwrap();
                        sheet.write_datetime_with_format(row, column, &day, &date).unwrap()
                    }
                    Cell::Shown(number, format) => {
                        let format = Format::new().set_num_format(*format);
                        sheet.write_number_with_format(row, column, *number, &format).unwrap()
                    }
                    Cell::Veiled(text, format) => {
                        let format = Format::new().set_num_format(*format);
                        sheet.write_string_with_format(row, column, *text, &format).unwrap()
                    }
                    Cell::Formula(formula, result) => {
                        sheet.write_formula(row, column, Formula::new(*formula).set_result(*result)).unwrap()
                    }
                };
            }
        }
    }
    std::fs::write(path, computed(&book.save_to_buffer().unwrap())).unwrap();
}

/// All lists of a registration as a published folder's workbooks.
pub fn write_all(registration: &Registration, folder: &Path) {
    std::fs::create_dir_all(folder).unwrap();
    for list in &registration.lists {
        Grid::of_list(list).write(&folder.join(format!("{}.xlsx", list.name)));
    }
}

/// The named list of a registration.
pub fn grid(registration: &Registration, name: &str) -> Grid {
    Grid::of_list(registration.lists.iter().find(|list| list.name == name).unwrap())
}
