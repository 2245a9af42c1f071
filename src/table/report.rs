//! Findings in reading order, from faults that know their place.

use std::collections::BTreeMap;

use crate::finding::{Code, Finding, Flaw, Severity};
use crate::pack::Pack;
use crate::place::{A1, Place, SheetId};

use super::again::Again;
use super::recognise::{NearTable, Spot, Unread, Unrecognised, WhyUnread};
use super::refer::ColumnFlaw;
use super::rowset::TableRows;
use super::scan::ScannedKind;
use super::{Dataset, InputSheet, SheetKind, text};

/// Collects what there is to tell.
pub struct Notes<'a> {
    pack: &'a Pack,
    /// What makes the run fail; told before all else.
    fatal: Vec<Finding>,
    /// Findings about files.
    files: Vec<Finding>,
    noted: Vec<Note>,
}

/// A flaw with its place, still in numbers.
#[derive(Debug)]
pub struct Note {
    place: Place,
    table: Option<usize>,
    column: Option<usize>,
    value: String,
    flaw: Flaw,
}

impl Note {
    /// About a sheet as a whole.
    pub fn of_sheet(sheet: SheetId, table: Option<usize>, flaw: Flaw) -> Self {
        Self { place: Place { sheet, row: None, column: None }, table, column: None, value: String::new(), flaw }
    }

    /// The same at a cell of the header.
    pub fn at(self, spot: &Spot) -> Self {
        let place = Place { row: Some(spot.row), column: Some(spot.column), ..self.place };
        Self { place, value: spot.shown.clone(), ..self }
    }
}

impl<'a> Notes<'a> {
    pub fn new(pack: &'a Pack) -> Self {
        Self { pack, fatal: Vec::new(), files: Vec::new(), noted: Vec::new() }
    }

    /// Files of one kind: open elsewhere, or not read.
    pub fn files(&mut self, paths: &[String], code: Code) {
        self.files.extend(paths.iter().map(|path| file_finding(path, code)));
    }

    /// What makes the run fail, in a workbook or (with no path) in the folder.
    pub fn fatal(&mut self, path: &str, code: Code, reason: &str, remedy: &str) {
        let in_one_line =
            |text: &str| text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("；");
        let finding = file_finding(path, code);
        let (reason, remedy) = (in_one_line(reason), in_one_line(remedy));
        self.fatal.push(Finding { reason, remedy, severity: Severity::Rejected, ..finding });
    }

    /// What a sheet turned out to be.
    pub fn sheet(&mut self, sheet: SheetId, kind: &ScannedKind) {
        let name = |table: usize| &self.pack.tables[table].name;
        match kind {
            ScannedKind::Prose => {}
            ScannedKind::Hidden(tables) => {
                let names: Vec<String> = tables.iter().map(|table| format!("《{}》", name(*table))).collect();
                let reason = format!("本工作表是隐藏的，没有采用；它的表头是{}的", names.join("、"));
                let remedy = "如是要报送的数据，请取消隐藏；不需要的，请删去本工作表".to_owned();
                self.noted.push(Note::of_sheet(sheet, None, Flaw::warning(Code::HiddenSheet, reason, remedy)));
            }
            ScannedKind::Unrecognised(unrecognised) => {
                let (reason, remedy) = unrecognised_text(self.pack, unrecognised);
                self.noted.push(Note::of_sheet(sheet, None, Flaw::warning(Code::UnrecognisedSheet, reason, remedy)));
            }
            ScannedKind::Table(part) => {
                let found = &part.found;
                let note = |flaw| Note::of_sheet(sheet, Some(found.table), flaw);
                if let Some((other, row)) = found.doubled {
                    let (read, other, row) = (name(found.table), name(other), u64::from(row) + 1);
                    let reason = format!(
                        "本表按《{read}》读取，但第{row}行的表头还含有《{other}》的全部必填列，那些列的内容没有读取"
                    );
                    let remedy = format!("请把《{read}》和《{other}》分成两个工作表");
                    self.noted.push(note(Flaw::warning(Code::DoubledTable, reason, remedy)));
                }
                for again in &part.again {
                    self.noted.push(note(other_block(name(found.table), again)).at(&again.spot));
                }
                for Unread { at, spot, why } in &found.unread {
                    let flaw = unread(&self.pack.tables[found.table].columns[*at].name, spot, why);
                    self.noted.push(Note { column: Some(*at), ..note(flaw).at(spot) });
                }
            }
        }
    }

    /// What was noted elsewhere.
    pub fn extend(&mut self, notes: Vec<Note>) {
        self.noted.extend(notes);
    }

    /// What is wrong with a table's rows.
    pub fn rows(&mut self, table: usize, rows: &TableRows, flaws: &[(usize, ColumnFlaw)], sheets: &[InputSheet]) {
        self.noted.extend(flaws.iter().map(|(row, (at, flaw))| {
            let (sheet, line) = rows.origin[*row];
            let column = sheets[sheet.0 as usize].columns.get(*at).copied().flatten();
            Note {
                place: Place { sheet, row: Some(line), column },
                table: Some(table),
                column: Some(*at),
                value: rows.cells[*at].entry(*row).shown.to_owned(),
                flaw: flaw.clone(),
            }
        }));
    }

    /// All findings in reading order.
    pub fn finish(mut self, dataset: &Dataset) -> Vec<Finding> {
        self.noted.sort_by_key(|note| note.place);
        let mut by_file: BTreeMap<&str, Vec<Note>> = BTreeMap::new();
        for note in self.noted {
            let book = dataset.sheets[note.place.sheet.0 as usize].book as usize;
            let notes = by_file.entry(dataset.books[book].path.as_str()).or_default();
            // Two checks may stumble over one cell, and a cell may name somebody twice: one line says it.
            let mut here = notes.iter().rev().take_while(|told| told.place == note.place);
            if !here.any(|told| told.flaw.code == note.flaw.code && told.flaw.reason == note.flaw.reason) {
                notes.push(note);
            }
        }
        for finding in &self.files {
            by_file.entry(finding.file.as_str()).or_default();
        }
        let mut findings = self.fatal;
        for (path, notes) in by_file {
            findings.extend(self.files.iter().filter(|finding| finding.file == path).cloned());
            for note in notes {
                let sheet = &dataset.sheets[note.place.sheet.0 as usize];
                let cell = sheet.cell_of(note.place);
                let table = note.table.map(|table| &self.pack.tables[table]);
                findings.push(Finding {
                    file: path.to_owned(),
                    sheet: sheet.name.clone(),
                    cell: cell.map(|cell| A1(cell.row, cell.column).to_string()).unwrap_or_default(),
                    table: table.map(|table| table.name.clone()).unwrap_or_default(),
                    column: table
                        .zip(note.column)
                        .map(|(table, column)| table.columns[column].name.clone())
                        .unwrap_or_default(),
                    value: note.value,
                    place: Some(note.place),
                    ..note.flaw.into()
                });
            }
        }
        findings
    }
}

/// A header that could be taken for that of `column`.
fn unread(column: &str, spot: &Spot, why: &WhyUnread) -> Flaw {
    let cell = |spot: &Spot| A1(spot.row, spot.column);
    let shown = &spot.shown;
    let renamed = || format!("如确为「{column}」，请把列名改为「{column}」；不是的，无需改动");
    let (code, reason, remedy) = match why {
        WhyUnread::Grouped => (
            Code::UnaskedColumn,
            format!("这一列上方的分组词使它不是本表的「{column}」，该列的内容没有读取，也不保留"),
            format!("如确为「{column}」，请去掉上方的分组词；不是的，无需改动"),
        ),
        WhyUnread::Remarked => (
            Code::UnaskedColumn,
            format!("列名中另有说明，不能认定为「{column}」，该列的内容没有读取，也不保留"),
            renamed(),
        ),
        WhyUnread::Misspelt => (
            Code::MisspeltHeader,
            format!("列名「{shown}」没有识别，与「{column}」相近；该列的内容没有读取"),
            renamed(),
        ),
        WhyUnread::Second(read) => (
            Code::DoubledColumn,
            format!(
                "{column}有两列：按{}「{}」读取，{}「{shown}」也是它的名称，该列的内容没有读取，也不保留",
                cell(read),
                read.shown,
                cell(spot)
            ),
            "请核对采用的是哪一列，删去另一列或改换其列名".to_owned(),
        ),
    };
    Flaw::warning(code, reason, remedy)
}

/// What makes such a header of a table another's, said behind its cell; and what a slip may have meant.
fn nearly<'p>(pack: &'p Pack, near: &NearTable) -> (Vec<(String, &'p str)>, Vec<String>) {
    let (mut others, mut slips) = (Vec::new(), Vec::new());
    for Unread { at, spot, why } in &near.unread {
        let (cell, column) = (A1(spot.row, spot.column), pack.tables[near.table].columns[*at].name.as_str());
        match why {
            WhyUnread::Misspelt => slips.push(format!("{cell}的「{}」可能应为「{column}」", spot.shown)),
            WhyUnread::Grouped => others.push((format!("{cell}上方有分组词"), column)),
            WhyUnread::Remarked | WhyUnread::Second(_) => others.push((format!("{cell}列名中另有说明"), column)),
        }
    }
    (others, slips)
}

/// A header below the first one.
fn other_block(name: &str, again: &Again) -> Flaw {
    let (reason, remedy) = if let Some(year) = again.year {
        (
            format!(
                "《{name}》的各行中间另写有{year}年，标题写的不是这一年；它以下各行属于哪一年不能确定，没有采用，按退回计"
            ),
            "请按年度分成不同的工作表，或增加写明年度的列",
        )
    } else if again.beside.is_some() {
        (
            format!("《{name}》的旁边又有一个表头，是另一块表；它的各列没有读取，没有《{name}》内容的行按退回计"),
            "请把另一块表移到单独的工作表，或按本表的列接在本表下面",
        )
    } else {
        (
            format!("《{name}》在这里又有一个表头，与上面的不同；它以下的各行不能按上面的表头读取，没有采用，按退回计"),
            "请把两块表分成两个工作表，或按上面的列名和次序合成一块",
        )
    };
    Flaw::rejected(Code::OtherBlock, reason, remedy)
}

fn file_finding(path: &str, code: Code) -> Finding {
    let (reason, remedy) = match code {
        Code::OpenInOffice => (
            "该文件表明同名工作簿正在表格软件中打开，读到的可能不是最新内容",
            "请保存并关闭该工作簿后重新运行；若并未打开，请删去这个残留文件",
        ),
        Code::OwnWorkbook => (
            "该工作簿是本程序写出的（清单、退回单之类），不是报送的数据，没有读取",
            "请移出该文件夹；要登记委员会意见的，请用 kaohe record；要报送数据的，请填在报送的工作簿或模板里",
        ),
        Code::OtherFile => {
            ("该文件不是电子表格工作簿，没有读取", "如含有要报送的数据，请填入 .xlsx 后放入；否则无需处理")
        }
        _ => (
            "该文件可能含有表格，但不是电子表格工作簿，没有读取",
            "如含有要报送的数据，请另存为 .xlsx 后放入；否则请移出该文件夹",
        ),
    };
    Finding { file: path.to_owned(), ..Flaw::warning(code, reason, remedy).into() }
}

fn unrecognised_text(pack: &Pack, unrecognised: &Unrecognised) -> (String, String) {
    let name = |table: usize| format!("《{}》", pack.tables[table].name);
    if unrecognised.tie.len() > 1 {
        let names: Vec<String> = unrecognised.tie.iter().map(|table| name(*table)).collect();
        return (
            format!("没有识别出是哪一张表：与{}同样符合，无法确定", names.join("、")),
            "请把几张表分开，每个工作表只放一张表".to_owned(),
        );
    }
    let Some(near) = &unrecognised.nearest else {
        return (
            "没有识别出是哪一张表：前20行中没有任何一张表的表头".to_owned(),
            "请检查表头，列名应与模板一致；不需要的工作表请删去".to_owned(),
        );
    };
    let mut reason = format!("没有识别出是哪一张表：最接近{}", name(near.table));
    if let Some((column, first, second)) = &near.clash {
        reason = format!("{reason}，但列「{column}」有两列（{first}、{second}），无法确定采用哪一列");
        return (reason, format!("请只保留一列「{column}」，其他列请改用别的列名或删去"));
    }
    if !near.missing.is_empty() {
        reason = format!("{reason}，缺少必填列{}", text::quoted(&near.missing));
    }
    let (others, slips) = nearly(pack, near);
    let mut remedy = "请补上缺少的列，列名应与模板一致；不需要的工作表请删去".to_owned();
    if !others.is_empty() {
        remedy = format!("如确为本表的列，请去掉它上方的分组词或列名中的说明；否则{remedy}");
    }
    for (why, column) in others {
        reason = format!("{reason}；{why}，不是本表的「{column}」");
    }
    if !slips.is_empty() {
        remedy = format!("请改正列名：{}", slips.join("，"));
    }
    (reason, remedy)
}

/// The message about a register that no sheet holds, with the sheets that come nearest.
pub fn missing_table(
    pack: &Pack,
    table: usize,
    dataset: &Dataset,
    nears: &[Vec<NearTable>],
    hidden: &[SheetId],
) -> (String, String) {
    let name = &pack.tables[table].name;
    if !hidden.is_empty() {
        let sheets = hidden.iter().map(|sheet| {
            let sheet = &dataset.sheets[sheet.0 as usize];
            format!("{} 的工作表「{}」", dataset.books[sheet.book as usize].path, sheet.name)
        });
        let sheets = sheets.collect::<Vec<_>>().join("、");
        return (
            format!("缺少《{name}》：它只在隐藏的工作表上，没有采用：{sheets}"),
            format!("请取消该工作表的隐藏，或把《{name}》另行放入输入文件夹"),
        );
    }
    let mut nearest: Vec<(bool, usize, usize, &NearTable)> = Vec::new();
    for (at, all) in nears.iter().enumerate() {
        if let Some(near) = all.iter().find(|near| near.table == table && near.named > 1) {
            let taken = matches!(dataset.sheets[at].kind, SheetKind::Table(_));
            nearest.push((taken, near.missing.len(), at, near));
        }
    }
    nearest.sort_by_key(|(taken, missing, at, near)| (*taken, *missing, std::cmp::Reverse(near.matched), *at));
    let mut message = format!("缺少《{name}》：没有一个工作表含有它的全部必填列");
    for (_, _, at, near) in nearest.iter().take(3) {
        let sheet = &dataset.sheets[*at];
        message =
            format!("{message}\n  较接近的有 {} 的工作表「{}」", dataset.books[sheet.book as usize].path, sheet.name);
        if let SheetKind::Table(other) = sheet.kind {
            message = format!("{message}（已按《{}》读取）", pack.tables[other].name);
        }
        if !near.missing.is_empty() {
            message = format!("{message}，缺少{}", text::quoted(&near.missing));
        }
        if let Some((column, first, second)) = &near.clash {
            message = format!("{message}，列「{column}」有两列（{first}、{second}）");
        }
        let (others, slips) = nearly(pack, near);
        let others = others.into_iter().map(|(why, column)| format!("{why}，不是「{column}」"));
        message = others.chain(slips).fold(message, |message, told| format!("{message}，{told}"));
    }
    (message, format!("请把《{name}》放入输入文件夹，列名可参照 kaohe template 生成的模板"))
}
