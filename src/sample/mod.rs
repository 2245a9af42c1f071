//! A synthetic city as workbooks: to try, to train and to measure with.
//!
//! `weights` is a pack's `sample.toml`, `random` the chance, `city` every row of every table, `draw` a cell by its
//! column's kind. `plain` writes them as the program likes them best, `messy` the same
//! truth as offices send it. The same seed gives the same bytes, whatever the number of threads.

mod city;
mod draw;
mod dress;
mod grid;
mod messy;
mod ods;
mod plain;
mod random;
mod weights;

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use rayon::prelude::*;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, XlsxError};

use crate::pack::Pack;
use city::{CityRow, Event, SampleCity};
use weights::{Per, Sampler};

/// The pack's file that the city is drawn from.
const FILE: &str = crate::pack::SAMPLE;
/// The largest city.
pub const MOST: u32 = 2_000_000;

/// What kind of city.
#[derive(Debug, Clone, Copy)]
pub struct Request {
    pub cadres: u32,
    pub seed: u64,
    pub year: i32,
    /// As offices send it, instead of canonical headers in the first row.
    pub messy: bool,
}

/// What was written.
#[derive(Debug, Clone, Default)]
pub struct Sampled {
    pub units: u32,
    pub members: u32,
    pub rows: u64,
    pub books: Vec<PathBuf>,
}

/// Why no city could be written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Spec(#[from] weights::Error),
    #[error("人数应在 1 至 {MOST} 之间，给的是 {0}")]
    Size(u32),
    #[error("年度应在 1950 至 2099 之间，给的是 {0}")]
    Year(i32),
    #[error("文件夹「{}」里已有文件，为免与示例数据混在一起没有写入；请换一个空文件夹", .path.display())]
    NotEmpty { path: PathBuf },
    #[error("不能使用文件夹「{}」，请检查路径和权限", .path.display())]
    Folder { path: PathBuf, source: std::io::Error },
    #[error("不能写入「{}」，请检查磁盘是否已满", .path.display())]
    Write { path: PathBuf, source: XlsxError },
}

/// Writes a city into `folder`, which must be empty or not there. `progress` is told, from several
/// threads, how many rows are written of about how many.
pub fn write(
    folder: &Path,
    request: &Request,
    pack: &Pack,
    progress: &(dyn Fn(u64, u64) + Sync),
) -> Result<Sampled, Error> {
    if request.cadres == 0 || request.cadres > MOST {
        return Err(Error::Size(request.cadres));
    }
    if !(1950..=2099).contains(&request.year) {
        return Err(Error::Year(request.year));
    }
    let sampler = Sampler::new(pack)?;
    let in_folder = |source| Error::Folder { path: folder.to_owned(), source };
    fs::create_dir_all(folder).map_err(in_folder)?;
    if fs::read_dir(folder).map_err(in_folder)?.next().is_some() {
        return Err(Error::NotEmpty { path: folder.to_owned() });
    }

    let city = SampleCity::new(&sampler, request.cadres, request.seed, request.year);
    let source = CityRows::new(&city);
    let books = if request.messy { messy::books(&source) } else { plain::books(&source) };
    let total = books.iter().map(|book| book.rows()).sum();
    let meter = Meter { done: AtomicU64::new(0), total, progress };
    let write = |book: &OfficeBook| {
        let path = folder.join(&book.path);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(in_folder)?;
        }
        save(&path, &source, book, &meter)?;
        Ok(path)
    };
    // The biggest first, so that no thread is left alone with it at the end.
    let mut order: Vec<&OfficeBook> = books.iter().collect();
    order.sort_by_key(|book| std::cmp::Reverse(book.rows()));
    let mut paths = order.par_iter().with_max_len(1).map(|book| write(book)).collect::<Result<Vec<_>, Error>>()?;
    paths.sort();
    let rows = meter.done.into_inner();
    progress(rows, rows);
    Ok(Sampled { units: city.units(), members: city.members(), rows, books: paths })
}

fn save(path: &Path, source: &CityRows, book: &OfficeBook, meter: &Meter) -> Result<(), Error> {
    let failed = |source| Error::Write { path: path.to_owned(), source };
    let mut workbook = new_workbook().map_err(failed)?;
    match &book.layout {
        None => plain::fill(&mut workbook, source, book, meter).map_err(failed)?,
        Some(layout) => {
            let grids = messy::grids(source, book, layout, meter);
            if path.extension().is_some_and(|ending| ending == "ods") {
                let written = ods::bytes(&grids).and_then(|bytes| fs::write(path, bytes));
                return written.map_err(|source| failed(XlsxError::from(source)));
            }
            grids.iter().try_for_each(|grid| grid.add_to(&mut workbook)).map_err(failed)?;
        }
    }
    workbook.save(path).map_err(failed)
}

/// A workbook to be written.
struct OfficeBook {
    /// Relative to the folder.
    path: String,
    parts: Vec<Stretch>,
    /// What an office made of it; none: as it should be.
    layout: Option<messy::OfficeLayout>,
}

impl OfficeBook {
    /// About how many rows it has.
    fn rows(&self) -> u64 {
        self.parts.iter().map(|part| part.rows).sum()
    }
}

/// Some of a table's rows: those of a range of units, or of the table's plan where it is ordered.
#[derive(Debug, Clone)]
struct Stretch {
    table: usize,
    /// Which part it is, from 0.
    number: usize,
    range: Range<u32>,
    rows: u64,
}

/// Where rows come from.
struct CityRows<'c> {
    city: &'c SampleCity<'c>,
    /// Of tables whose rows stand in the order of their date, not in that of the registers.
    plans: Vec<Option<Vec<Event>>>,
}

impl<'c> CityRows<'c> {
    fn new(city: &'c SampleCity<'c>) -> CityRows<'c> {
        let tables = city.sampler.pack.tables.iter().enumerate();
        let plans = tables.map(|(at, table)| table.date.map(|by| city.plan(at, by))).collect();
        CityRows { city, plans }
    }

    /// Cuts a table into parts of about `most` rows.
    fn parts(&self, table: usize, most: u64) -> Vec<Stretch> {
        let (length, rows) = match &self.plans[table] {
            Some(plan) => (plan.len() as u32, plan.len() as u64),
            None => (self.city.units(), self.expected(table)),
        };
        let of = rows.div_ceil(most).clamp(1, u64::from(length.max(1))) as usize;
        let cut = |at: usize| (u64::from(length) * at as u64 / of as u64) as u32;
        let part = |number| Stretch { table, number, range: cut(number)..cut(number + 1), rows: rows / of as u64 + 1 };
        (0..of).map(part).collect()
    }

    /// About how many rows a table has that is not ordered, rather too many.
    fn expected(&self, table: usize) -> u64 {
        let city = self.city;
        let blocks = city.sampler.blocks.iter().filter(|block| block.table == table);
        let rows = blocks.map(|block| {
            let subjects = f64::from(if block.per == Per::Unit { city.units() } else { city.members() });
            let rounds = block.each.as_ref().map_or(1, |(_, values)| values.len());
            subjects * block.most() * (block.years.len() * rounds) as f64
        });
        rows.sum::<f64>().ceil() as u64
    }

    /// Sends a part's rows, with the unit each belongs to.
    fn rows<E>(&self, part: &Stretch, mut take: impl FnMut(CityRow, u32) -> Result<(), E>) -> Result<(), E> {
        match &self.plans[part.table] {
            None => self.city.rows(part.table, part.range.clone(), take),
            Some(plan) => part.range.clone().try_for_each(|at| {
                let (row, unit) = self.city.planned_row(plan[at as usize], u64::from(at) + 1);
                take(row, unit)
            }),
        }
    }
}

/// Counts written rows and tells about every thousandth.
struct Meter<'p> {
    done: AtomicU64,
    total: u64,
    progress: &'p (dyn Fn(u64, u64) + Sync),
}

impl Meter<'_> {
    fn row(&self) {
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        if done.is_multiple_of(1024) {
            (self.progress)(done, self.total.max(done));
        }
    }
}

/// An empty workbook with a fixed date: the same seed gives the same bytes.
fn new_workbook() -> Result<Workbook, XlsxError> {
    let mut workbook = Workbook::new();
    let created = ExcelDateTime::from_ymd(2015, 1, 1)?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&created));
    workbook.set_zip_compression_level(3);
    Ok(workbook)
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::{CityRow, CityRows, SampleCity, Sampler};

    #[test]
    fn parts_hold_every_row_once_in_the_same_order() {
        let pack = crate::pack::built_in("kunming-2015").unwrap();
        let sampler = Sampler::new(&pack).unwrap();
        let city = SampleCity::new(&sampler, 120, 1, 2015);
        let source = CityRows::new(&city);
        let rows = |table, most| {
            let mut rows: Vec<CityRow> = Vec::new();
            let parts = source.parts(table, most);
            for part in &parts {
                let Ok(()) = source.rows::<Infallible>(part, |row, _| {
                    rows.push(row);
                    Ok(())
                });
            }
            (parts.len(), rows)
        };
        for (table, shape) in pack.tables.iter().enumerate() {
            let (one, whole) = rows(table, u64::MAX);
            assert!(one == 1 && !whole.is_empty(), "{}", shape.name);
            for most in [40, 3] {
                let (many, cut) = rows(table, most);
                assert!(cut == whole, "{} cut into {many} parts", shape.name);
                assert!(many > 1 || whole.len() <= 40, "{} is not cut", shape.name);
            }
        }
    }
}
