//! A synthetic city as workbooks: to try, to train and to measure with.
//!
//! `weights` is a pack's `sample.toml`, `city` every row of every table, `draw` a cell by its column's kind. `plain`
//! writes them as the program likes them best, `messy` the same truth as offices send it. The same seed gives the same
//! bytes, whatever the number of threads.

mod city;
mod draw;
mod dress;
mod grid;
mod messy;
mod ods;
mod plain;
mod weights;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use rayon::prelude::*;
use rust_xlsxwriter::XlsxError;

use crate::pack::Pack;
use city::{SampleCity, Stretch};
use weights::Sampler;

/// The largest city.
pub const MOST: u32 = 2_000_000;

/// What kind of city, in bounds that the command line keeps to.
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
    let sampler = Sampler::read(pack)?;
    let in_folder = |source| Error::Folder { path: folder.to_owned(), source };
    fs::create_dir_all(folder).map_err(in_folder)?;
    if fs::read_dir(folder).map_err(in_folder)?.next().is_some() {
        return Err(Error::NotEmpty { path: folder.to_owned() });
    }

    let city = SampleCity::new(pack, sampler, request.cadres, request.seed, request.year);
    let books = if request.messy { messy::books(&city) } else { plain::books(&city) };
    let total = books.iter().map(OfficeBook::rows).sum::<u64>();
    let (drawn, written) = (AtomicU64::new(0), AtomicU64::new(0));
    let told = |rows: u64| {
        let done = written.fetch_add(rows, Ordering::Relaxed) + rows;
        progress(done, total.max(done));
    };
    let write = |book: &OfficeBook| {
        let path = folder.join(&book.path);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(in_folder)?;
        }
        let grids = if request.messy {
            messy::grids(&city, book)
        } else {
            book.parts.iter().map(|part| plain::grid(&city, part)).collect()
        };
        drawn.fetch_add(grids.iter().map(|grid| grid.drawn).sum(), Ordering::Relaxed);
        grid::save(&path, &grids, &told).map_err(|source| Error::Write { path: path.clone(), source })?;
        Ok(path)
    };
    // The biggest first, so that no thread is left alone with it at the end.
    let mut order: Vec<&OfficeBook> = books.iter().collect();
    order.sort_by_key(|book| std::cmp::Reverse(book.rows()));
    let mut paths = order.par_iter().with_max_len(1).map(|book| write(book)).collect::<Result<Vec<_>, Error>>()?;
    paths.sort();
    let rows = drawn.into_inner();
    progress(rows, rows);
    Ok(Sampled { units: city.units(), members: city.members(), rows, books: paths })
}

/// A workbook to be written.
struct OfficeBook {
    /// Relative to the folder.
    path: String,
    parts: Vec<Stretch>,
}

impl OfficeBook {
    /// About how many rows it has.
    fn rows(&self) -> u64 {
        self.parts.iter().map(|part| part.rows).sum()
    }
}
