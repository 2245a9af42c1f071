//! kaohe beside its floor: the same reading and writing with the libraries alone, and no rules.
//!
//! `cargo bench --bench floor` makes a city, runs `kaohe annual --no-notices` on it, then reads all its sheets
//! with calamine into columns and writes the very workbooks of that run (会审一览, 报审 and 研判 among them) with
//! rust_xlsxwriter, and prints all side by side, each measure beside its goal. The bare floor has one format by column, no
//! blank cells and no heights; a second one writes what the workbooks really hold: a format for each cell, blank ones too,
//! widths and heights. The same work, reading and writing alone, is also done by the program's own reader and writer. All
//! take turns, and of each the middle turn counts. `-- --sizes 1200,200000,2000000` takes other sizes (above a million the
//! run alone is measured), `-- --repeat 5` so many turns, `-- --python PATH` an interpreter that has fastexcel, polars,
//! rustpy-xlsxwriter and xlsxwriter (then `benches/python_stack.py` does the floor's work too, and Part 4 of the Measures),
//! `-- --in DIR` keeps cities and outputs there.

// A bench that cannot go on stops, and says on stdout what it found.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, clippy::print_stderr)]

use std::fs;
use std::io::{Cursor, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use calamine::{DataRef, Reader, Xlsx};
use kaohe::handoff::model::{self, Value};
use kaohe::workbook::{OpenBook, Raw, Sink};
use rayon::prelude::*;
use rust_xlsxwriter::{Format, FormatAlign, FormatBorder, Workbook};

/// The floor's allocator is the program's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Between cells and between rows of a list's texts; a number is marked by the third.
const CELL: char = '\u{1F}';
const ROW: char = '\u{1E}';
const NUMBER: char = '\u{2}';
/// In lists as published, between a cell's format and its text, and between a row's height and its cells.
const FORMAT: char = '\u{3}';
/// Longer sheets are streamed.
const STREAMED: usize = 5_000;
/// Of cities with more cadres the run alone is measured.
const LARGE: u32 = 1_000_000;
/// How a list is written: the bare floor stays as it was, so that its figures can be compared over the years; lists as
/// published are written as the program does it.
struct Way {
    /// Of compression.
    level: u8,
    /// A streamed sheet keeps each text in its cell, and not in a table of all texts.
    in_cells: bool,
}

const BARE: Way = Way { level: 3, in_cells: false };
const PUBLISHED: Way = Way { level: 1, in_cells: true };

/// What takes a turn: its name, and how it is started.
type Turn<'a> = (&'a str, Box<dyn Fn() -> Command + 'a>);

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    if let [word, input, texts, output] = &arguments[..]
        && let Some((_, read, write)) =
            [("--floor", read as Read, bare as Write), ("--published", read, published), ("--own", own_read, own_write)]
                .iter()
                .find(|(name, _, _)| name == word)
    {
        return floor(Path::new(input), Path::new(texts), Path::new(output), *read, *write);
    }
    let after = |name: &str| {
        let at = arguments.iter().position(|argument| argument == name)?;
        arguments.get(at + 1).cloned()
    };
    let sizes = after("--sizes").unwrap_or_else(|| "1200,12000,200000".to_owned());
    let sizes: Vec<u32> = sizes.split(',').map(|size| size.parse().expect("--sizes takes numbers")).collect();
    let repeat: u32 = after("--repeat").map_or(3, |text| text.parse().expect("--repeat takes a number"));
    let python = after("--python");
    let temporary = tempfile::tempdir().unwrap();
    let root = after("--in").map_or_else(|| temporary.path().to_owned(), PathBuf::from);
    let mut runs: Vec<(u32, Cost)> = Vec::new();
    for cadres in sizes {
        let run = if cadres > LARGE { alone(&root, cadres) } else { compare(&root, cadres, repeat, python.as_deref()) };
        if let Some((fewer, small)) = runs.last().filter(|_| cadres > LARGE) {
            let most = f64::from(cadres) / f64::from(*fewer) * 1.1;
            goal(&format!("time of {cadres} : time of {fewer}"), run.ratio(small), most);
        }
        runs.push((cadres, run));
    }
    let _ = fs::remove_dir_all(root.join(ASIDE));
}

/// What a process took.
#[derive(Clone, Copy)]
struct Cost {
    wall: Duration,
    /// None where part of it went into what is not measured.
    cpu: Option<Duration>,
    /// Peak, in MB; none where the system does not tell.
    memory: Option<u64>,
}

impl Cost {
    fn ratio(&self, other: &Cost) -> f64 {
        self.wall.as_secs_f64() / other.wall.as_secs_f64()
    }

    fn print(&self, what: &str) {
        let memory = self.memory.map_or_else(|| "–".to_owned(), |memory| format!("{memory} MB"));
        let cpu = self.cpu.map_or_else(|| "–".to_owned(), |cpu| format!("{:.2} s", cpu.as_secs_f64()));
        println!("  {what:<46} {:>6.2} s {cpu:>8} {memory:>8}", self.wall.as_secs_f64());
    }
}

/// A measure beside what it is to be at most.
fn goal(what: &str, is: f64, most: f64) {
    println!("  {what:<56} {is:>7.2}   goal {most:>6.2}   {}", if is <= most { "met" } else { "missed" });
}

/// Makes the city where it is not there yet.
fn city(root: &Path, cadres: u32) -> PathBuf {
    let city = root.join(format!("city-{cadres}"));
    if !city.exists() {
        once(Command::new(KAOHE).arg("sample").arg(&city).args(["--cadres", &cadres.to_string()]));
    }
    city
}

const KAOHE: &str = env!("CARGO_BIN_EXE_kaohe");
/// Where a run lies in its output.
const RUN: &str = "2015-annual";

/// Where earlier outputs wait for the end. Were thousands of letters deleted between turns, ext4, which keeps the numbers of
/// files deleted lately aside, would take as much time to find others as the letters take to write.
const ASIDE: &str = "aside";

fn lay_aside(output: &Path) {
    let aside = output.with_file_name(ASIDE);
    fs::create_dir_all(&aside).unwrap();
    let _ = fs::rename(output, aside.join(fs::read_dir(&aside).unwrap().count().to_string()));
}

/// A run into an empty folder.
fn run(city: &Path, output: &Path, threads: &str, more: &[&str]) -> Command {
    lay_aside(output);
    let mut command = Command::new(KAOHE);
    command.arg("annual").arg(city).arg("--output").arg(output).args(["--quiet", "--threads", threads]);
    command.args(more);
    command
}

/// The run alone.
fn alone(root: &Path, cadres: u32) -> Cost {
    let (city, output) = (city(root, cadres), root.join(format!("out-{cadres}")));
    let cost = once(&mut run(&city, &output, "2", &["--no-notices"]));
    println!("\n{cadres} cadres, once");
    cost.print("kaohe annual --no-notices, 2 threads");
    goal("peak memory, GB", cost.memory.unwrap_or_default() as f64 / 1024.0, 4.0);
    cost
}

fn compare(root: &Path, cadres: u32, repeat: u32, python: Option<&str>) -> Cost {
    let (city, output) = (city(root, cadres), root.join(format!("out-{cadres}")));
    let [texts, looks, written] = ["texts", "looks", "floor"].map(|name| root.join(format!("{name}-{cadres}")));
    for folder in [&texts, &looks] {
        let _ = fs::remove_dir_all(folder);
        fs::create_dir_all(folder).unwrap();
    }
    // What all others write; it also makes the city's files warm.
    once(&mut run(&city, &output, "2", &["--no-notices"]));
    dump(&output.join(RUN), &texts, &looks);
    let data = files(&output.join(RUN).join("data")).iter().map(|path| fs::metadata(path).unwrap().len()).sum::<u64>();
    let floor = |word: &'static str, texts: &Path, threads: &'static str| {
        let (city, texts, written) = (city.clone(), texts.to_owned(), written.clone());
        move || {
            lay_aside(&written);
            fs::create_dir_all(&written).unwrap();
            let mut command = Command::new(std::env::current_exe().unwrap());
            command.arg(word).arg(&city).arg(&texts).arg(&written).env("RAYON_NUM_THREADS", threads);
            command
        }
    };
    let stack = |mode: &'static str| {
        let (city, texts, written) = (city.clone(), texts.clone(), written.clone());
        move || {
            lay_aside(&written);
            fs::create_dir_all(&written).unwrap();
            let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/python_stack.py");
            let mut command = Command::new(python.unwrap_or_default());
            command.arg(script).arg(mode).args([&city, &texts, &written]).env("POLARS_MAX_THREADS", "2");
            command
        }
    };
    let whole = |threads: &'static str, more: &'static [&'static str]| {
        let (city, output) = (&city, &output);
        move || run(city, output, threads, more)
    };
    let mut told: Vec<Turn<'_>> = vec![
        ("kaohe annual --no-notices, 2 threads", Box::new(whole("2", &["--no-notices"]))),
        ("kaohe's reading and writing alone, 2 threads", Box::new(floor("--own", &texts, "2"))),
        ("floor, lists as published, 2 threads", Box::new(floor("--published", &looks, "2"))),
        ("kaohe annual --no-notices, 1 thread", Box::new(whole("1", &["--no-notices"]))),
        ("kaohe annual, letters too, 2 threads", Box::new(whole("2", &[]))),
        ("floor, 2 threads", Box::new(floor("--floor", &texts, "2"))),
        ("floor, 1 thread", Box::new(floor("--floor", &texts, "1"))),
        ("floor, lists as published, 1 thread", Box::new(floor("--published", &looks, "1"))),
    ];
    if python.is_some() {
        told.push(("Python stack, reading and writing alone", Box::new(stack("stack"))));
        told.push(("Python script, Part 4 alone", Box::new(stack("part4"))));
    }
    let mut turns: Vec<Vec<Cost>> = vec![Vec::new(); told.len()];
    let mut letters = 0;
    for _ in 0..repeat.max(1) {
        for ((_, command), costs) in told.iter().zip(&mut turns) {
            costs.push(once(&mut command()));
            letters = letters.max(files(&output.join(RUN).join("单位通知")).len());
        }
    }
    let middle: Vec<Cost> = turns.into_iter().map(middle).collect();
    println!("\n{cadres} cadres, middle of {repeat} turns{:>26} {:>8} {:>8}", "wall", "cpu", "memory");
    told.iter().zip(&middle).for_each(|((what, _), cost)| cost.print(what));
    let [two, own, published, one, all, bare, ..] = middle[..] else { return middle[0] };
    goal("run : own reading and writing", two.ratio(&own), 1.7);
    goal("run : floor as published", two.ratio(&published), 1.0);
    println!("  {:<56} {:>7.2}", "run : bare floor", two.ratio(&bare));
    if let [.., stack, script] = middle[..]
        && python.is_some()
    {
        goal("run : Python stack, reading and writing alone", two.ratio(&stack), 1.0);
        goal("run : Python script, Part 4 alone", two.ratio(&script), 0.25);
    }
    if cadres <= 1_200 {
        goal("run with letters, seconds", all.wall.as_secs_f64(), 0.25);
    }
    goal("two threads : one", two.ratio(&one), 0.58);
    goal("peak memory, MB", two.memory.unwrap_or_default() as f64, 550.0);
    goal("data/, MB", data as f64 / 1e6, 50.0);
    if let (Some(all), Some(two)) = (all.cpu, two.cpu) {
        let each = all.saturating_sub(two).as_secs_f64() * 1e3 / letters.max(1) as f64;
        goal(&format!("milliseconds of a core for each of {letters} letters"), each, 0.35);
    }
    two
}

/// The middle of several turns, by time.
fn middle(mut turns: Vec<Cost>) -> Cost {
    turns.sort_by_key(|cost| cost.wall);
    turns[(turns.len() - 1) / 2]
}

/// All files below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

fn once(command: &mut Command) -> Cost {
    // What earlier turns wrote is not to go to the disk in the time of this one.
    #[cfg(target_os = "linux")]
    rustix::fs::sync();
    let before = children();
    let start = Instant::now();
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let status = PathBuf::from(format!("/proc/{}/status", child.id()));
    let mut memory = None;
    // The mark is a high-water one: what matters is the last look.
    while child.try_wait().unwrap().is_none() {
        memory = peak(&status).max(memory);
        std::thread::sleep(Duration::from_millis(2));
    }
    let wall = start.elapsed();
    let told = child.wait_with_output().unwrap();
    assert!(told.status.success(), "{command:?}");
    // A process that prepares what it measures tells itself how long the work took.
    let told = String::from_utf8_lossy(&told.stdout).into_owned();
    let told = told.lines().find_map(|line| line.strip_prefix("seconds ")?.parse::<f64>().ok());
    match told {
        Some(seconds) => Cost { wall: Duration::from_secs_f64(seconds), cpu: None, memory },
        None => Cost { wall, cpu: Some(children() - before), memory },
    }
}

fn peak(status: &Path) -> Option<u64> {
    let text = fs::read_to_string(status).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()? / 1024)
}

/// Time that finished children have taken of all processors.
fn children() -> Duration {
    let text = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = text.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|field| field.parse::<u64>().ok()).unwrap_or_default();
    Duration::from_millis((ticks(13) + ticks(14)) * 10)
}

/// A run's lists, one file per sheet: what the floor writes, row by row. Their texts alone, and as published.
fn dump(run: &Path, texts: &Path, looks: &Path) {
    for path in files(run).into_iter().filter(|path| path.extension().is_some_and(|ending| ending == "xlsx")) {
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(fs::read(&path).unwrap())).unwrap();
        for (index, name) in book.sheet_names().into_iter().enumerate() {
            let mut rows: Vec<Vec<String>> = Vec::new();
            let mut cells = book.worksheet_cells_reader(&name).unwrap();
            while let Some(cell) = cells.next_cell().unwrap() {
                let (row, column) = (cell.get_position().0 as usize, cell.get_position().1 as usize);
                rows.resize_with(rows.len().max(row + 1), Vec::new);
                let row = &mut rows[row];
                row.resize_with(row.len().max(column + 1), String::new);
                row[column] = match cell.get_value() {
                    DataRef::SharedString(text) => (*text).to_owned(),
                    DataRef::String(text) => text.clone(),
                    DataRef::Float(number) => format!("{NUMBER}{number}"),
                    DataRef::Int(number) => format!("{NUMBER}{number}"),
                    DataRef::DateTime(date) => format!("{NUMBER}{}", date.as_f64()),
                    _ => String::new(),
                };
            }
            let inside = path.strip_prefix(run).unwrap().with_extension("");
            let name = format!("{}-{index}", inside.to_string_lossy().replace('/', "_"));
            fs::write(looks.join(&name), look(&part(&path, index), &rows)).unwrap();
            let rows: Vec<String> = rows.into_iter().map(|row| row.join(&CELL.to_string())).collect();
            fs::write(texts.join(&name), rows.join(&ROW.to_string())).unwrap();
        }
    }
}

/// The XML of a workbook's sheet.
fn part(path: &Path, index: usize) -> String {
    let mut archive = zip::ZipArchive::new(fs::File::open(path).unwrap()).unwrap();
    let mut text = String::new();
    archive.by_name(&format!("xl/worksheets/sheet{}.xml", index + 1)).unwrap().read_to_string(&mut text).unwrap();
    text
}

/// The sheet as published: the widths of its columns in the first row, then per row its height and per cell its format
/// and text.
fn look(xml: &str, texts: &[Vec<String>]) -> String {
    let attribute = |tag: &str, name: &str| {
        let (_, rest) = tag.split_once('>').map_or(tag, |(tag, _)| tag).split_once(&format!(" {name}=\""))?;
        Some(rest.split_once('"')?.0.to_owned())
    };
    let number = |tag: &str, name: &str| attribute(tag, name).map_or(0, |text| text.parse::<usize>().unwrap());
    let mut widths = Vec::new();
    for column in xml.split("<col").skip(1).filter(|column| column.starts_with(' ')) {
        widths.resize(number(column, "max"), attribute(column, "width").unwrap());
    }
    let mut rows = vec![widths.join(&CELL.to_string())];
    for row in xml.split("<row").skip(1) {
        let at = number(row, "r");
        rows.resize(at + 1, String::new());
        let mut cells = vec![attribute(row, "ht").unwrap_or_default()];
        for (column, cell) in row.split("<c ").skip(1).enumerate() {
            let text = texts.get(at - 1).and_then(|row| row.get(column)).map_or("", String::as_str);
            cells.push(format!("{}{FORMAT}{text}", number(&format!(" {cell}"), "s")));
        }
        rows[at] = cells.join(&CELL.to_string());
    }
    rows.join(&ROW.to_string())
}

/// Reads all sheets of a folder into columns.
type Read = fn(&Path) -> Vec<Column>;
/// Writes one list to a file.
type Write = fn(&str, &Path);

/// The floor itself, in a process of its own.
fn floor(input: &Path, texts: &Path, output: &Path, read: Read, write: Write) {
    let mut books: Vec<(String, String)> = fs::read_dir(texts)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read_to_string(&path).unwrap()))
        .collect();
    books.sort_by_key(|(name, text)| (std::cmp::Reverse(text.len()), name.clone()));
    let columns = read(input);
    books.iter().par_bridge().for_each(|(name, text)| write(text, &output.join(format!("{name}.xlsx"))));
    // What was read is held to the end, as somebody who decides something would hold it.
    println!("{} cells, {} sheets", columns.iter().map(Column::len).sum::<usize>(), books.len());
}

/// A column of a sheet: texts on end, and numbers.
#[derive(Default)]
struct Column {
    texts: String,
    ends: Vec<u32>,
    numbers: Vec<f64>,
}

impl Column {
    fn len(&self) -> usize {
        self.ends.len()
    }

    /// The next cell, wherever it stands.
    fn put(&mut self, text: &str, number: f64) {
        self.texts.push_str(text);
        self.ends.push(self.texts.len() as u32);
        self.numbers.push(number);
    }

    fn push(&mut self, row: usize, value: &DataRef<'_>) {
        // Blank cells are not told; their rows are filled up.
        while self.ends.len() < row {
            self.ends.push(self.texts.len() as u32);
            self.numbers.push(f64::NAN);
        }
        let number = match value {
            DataRef::SharedString(text) => {
                self.texts.push_str(text);
                f64::NAN
            }
            DataRef::String(text) => {
                self.texts.push_str(text);
                f64::NAN
            }
            DataRef::Float(number) => *number,
            DataRef::Int(number) => *number as f64,
            DataRef::DateTime(date) => date.as_f64(),
            _ => f64::NAN,
        };
        self.ends.push(self.texts.len() as u32);
        self.numbers.push(number);
    }
}

/// All sheets of all workbooks, side by side, those of the biggest workbook first.
fn read(input: &Path) -> Vec<Column> {
    let mut files: Vec<Arc<[u8]>> = fs::read_dir(input)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "xlsx"))
        .map(|path| Arc::from(fs::read(path).unwrap()))
        .collect();
    files.sort_by_key(|bytes| std::cmp::Reverse(bytes.len()));
    let open = |bytes: &Arc<[u8]>| Xlsx::new(Cursor::new(Arc::clone(bytes))).unwrap();
    let sheets: Vec<(Arc<[u8]>, String)> = files
        .par_iter()
        .flat_map_iter(|bytes| open(bytes).sheet_names().into_iter().map(move |name| (Arc::clone(bytes), name)))
        .collect();
    let columns = sheets.iter().par_bridge().flat_map_iter(|(bytes, name)| {
        let mut columns: Vec<Column> = Vec::new();
        let mut book = open(bytes);
        let mut cells = book.worksheet_cells_reader(name).unwrap();
        while let Some(cell) = cells.next_cell().unwrap() {
            let (row, column) = cell.get_position();
            columns.resize_with(columns.len().max(column as usize + 1), Column::default);
            columns[column as usize].push(row as usize, cell.get_value());
        }
        columns
    });
    columns.collect()
}

/// Columns of a sheet as the program's reader sends it.
#[derive(Default)]
struct Columns(Vec<Column>);

impl Columns {
    fn at(&mut self, column: u32) -> &mut Column {
        let column = column as usize;
        self.0.resize_with(self.0.len().max(column + 1), Column::default);
        &mut self.0[column]
    }
}

impl Sink for Columns {
    fn cell(&mut self, _: u32, column: u32, value: Raw<'_>) {
        match value {
            Raw::Text(text) => self.at(column).put(&text, f64::NAN),
            Raw::Shared(_, text) => self.at(column).put(text, f64::NAN),
            Raw::Number(number, _) => self.at(column).put("", number),
            Raw::DateTime(day, _) => self.at(column).put("", day.and_utc().timestamp() as f64),
            Raw::Bool(_) | Raw::Error(_) | Raw::NoResult | Raw::Veiled(_) => self.at(column).put("", f64::NAN),
        }
    }

    fn restart(&mut self) {
        *self = Columns::default();
    }
}

/// As [`read`], by the program's reader.
fn own_read(input: &Path) -> Vec<Column> {
    let mut files: Vec<PathBuf> = fs::read_dir(input).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|ending| ending == "xlsx"));
    files.sort_by_key(|path| std::cmp::Reverse(fs::metadata(path).unwrap().len()));
    let books: Vec<OpenBook> = files.par_iter().map(|path| kaohe::workbook::open(path, "").unwrap()).collect();
    let sheets = books.iter().flat_map(|book| (0..book.sheets().len()).map(move |sheet| (book, sheet)));
    let sheets: Vec<(&OpenBook, usize)> = sheets.collect();
    let columns = sheets.into_iter().par_bridge().flat_map_iter(|(book, sheet)| {
        let mut columns = Columns::default();
        book.read(sheet, &mut columns).unwrap();
        columns.0
    });
    columns.collect()
}

/// One list by the program's writer: a format for each cell, blank ones too, widths and heights by its texts.
fn own_write(text: &str, path: &Path) {
    let value = |cell| match str::strip_prefix(cell, NUMBER) {
        Some(number) => Value::Count(number.parse::<f64>().unwrap() as u64),
        None if cell.is_empty() => Value::Blank,
        None => Value::Text(cell.into()),
    };
    let rows: Vec<Vec<Value<'_>>> = text.split(ROW).map(|row| row.split(CELL).map(value).collect()).collect();
    let width = rows.iter().map(Vec::len).max().unwrap_or_default();
    let columns = (1..=width).map(|at| model::Column::text(format!("列{at}"), 6.0, 30.0)).collect();
    let rows = rows.into_iter().map(|mut row| {
        row.resize(width, Value::Blank);
        row
    });
    let sheet = model::Sheet {
        name: "名单".to_owned(),
        paper: model::Paper::Large,
        blocks: vec![model::Block::new(columns, rows.collect(), "")],
        protected: true,
        frozen: Some(0),
        ..model::Sheet::default()
    };
    let book = model::Workbook { title: "名单".to_owned(), as_of: chrono::NaiveDate::default(), sheets: vec![sheet] };
    kaohe::handoff::write::save(book, path).unwrap();
}

/// An empty list, streamed where it is long.
fn book(text: &str, path: &Path, way: &Way) -> Workbook {
    let mut book = Workbook::new();
    book.set_tempdir(path.parent().unwrap()).unwrap();
    book.set_zip_compression_level(way.level);
    match (text.split(ROW).count() > STREAMED, way.in_cells) {
        (true, true) => drop(book.add_worksheet_with_constant_memory().unwrap()),
        (true, false) => drop(book.add_worksheet_with_low_memory().unwrap()),
        (false, _) => drop(book.add_worksheet()),
    }
    book
}

fn format(size: f64) -> Format {
    Format::new()
        .set_font_name("仿宋")
        .set_font_size(size)
        .set_border(FormatBorder::Thin)
        .set_text_wrap()
        .set_align(FormatAlign::VerticalCenter)
}

/// One list with formats by column.
fn bare(text: &str, path: &Path) {
    let mut book = book(text, path, &BARE);
    let sheet = book.worksheet_from_index(0).unwrap();
    let rows = text.split(ROW);
    let format = format(10.0);
    for column in 0..20 {
        sheet.set_column_format(column, &format).unwrap();
    }
    for (row, cells) in (0u32..).zip(rows) {
        for (column, cell) in (0u16..).zip(cells.split(CELL)).filter(|(_, cell)| !cell.is_empty()) {
            match cell.strip_prefix(NUMBER) {
                Some(number) => sheet.write_number(row, column, number.parse::<f64>().unwrap()).unwrap(),
                None => sheet.write_string(row, column, cell).unwrap(),
            };
        }
    }
    book.save(path).unwrap();
}

/// One list with as many formats as it was published with, of the same make, its widths and heights.
fn published(text: &str, path: &Path) {
    let mut book = book(text, path, &PUBLISHED);
    let sheet = book.worksheet_from_index(0).unwrap();
    let mut rows = text.split(ROW);
    for (column, width) in (0u16..).zip(rows.next().unwrap_or_default().split(CELL).filter(|width| !width.is_empty())) {
        sheet.set_column_width(column, width.parse::<f64>().unwrap()).unwrap();
    }
    let mut formats: Vec<Format> = Vec::new();
    for (row, cells) in (0u32..).zip(rows) {
        let mut cells = cells.split(CELL);
        if let Some(height) = cells.next().filter(|height| !height.is_empty()) {
            sheet.set_row_height(row, height.parse::<f64>().unwrap()).unwrap();
        }
        for (column, cell) in (0u16..).zip(cells) {
            let (format_index, text) = cell.split_once(FORMAT).unwrap();
            let index: usize = format_index.parse().unwrap();
            while formats.len() <= index {
                formats.push(format(8.0 + formats.len() as f64 / 4.0));
            }
            let format = &formats[index];
            match text.strip_prefix(NUMBER) {
                _ if text.is_empty() => sheet.write_blank(row, column, format).unwrap(),
                Some(number) => {
                    sheet.write_number_with_format(row, column, number.parse::<f64>().unwrap(), format).unwrap()
                }
                None => sheet.write_string_with_format(row, column, text, format).unwrap(),
            };
        }
    }
    book.save(path).unwrap();
}
