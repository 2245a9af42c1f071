//! Time per stage and of the whole annual run, on synthetic cities of three sizes.
//!
//! `cargo bench`; the cities are made anew in a temporary folder, outside the measured time.

// A bench that cannot go on stops.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeSet;
use std::path::Path;

use divan::Bencher;
use kaohe::cli::InputArgs;
use kaohe::consequence::propose;
use kaohe::fact::{History, World};
use kaohe::handoff::{Figures, Handoff, RunInfo};
use kaohe::pack::{self, Pack, Run};
use kaohe::run::job::{Job, Target};
use kaohe::run::{self, Audience};
use kaohe::sample::{self, Request};
use kaohe::table::{self, AsOf, Context, Dataset};
use kaohe::workbook::{self, Parser, Raw, Sink};
use tempfile::TempDir;

const SIZES: [u32; 3] = [1_200, 12_000, 60_000];
const YEAR: i32 = 2015;

/// The program's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    divan::main();
}

struct Silent;

impl Audience for Silent {
    fn say(&self, _: &str) {}
    fn stage(&self, _: &str) {}
    fn progress(&self, _: usize, _: usize) {}
}

fn built_in() -> Pack {
    pack::built_in("kunming-2015").unwrap()
}

fn city(pack: &Pack, cadres: u32) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    let request = Request { cadres, seed: 1, year: YEAR, messy: false };
    sample::write(dir.path(), &request, pack, &|_, _| {}).unwrap();
    dir
}

fn job(pack: &Pack, input: &Path) -> Job {
    let of = InputArgs { input: input.to_owned(), year: Some(YEAR), as_of: None, sets: Vec::new() };
    Job::new(Run::Annual, of, pack).unwrap()
}

fn read(pack: &Pack, job: &Job) -> Dataset {
    let literals = |year, as_of| job.literals(pack, year, as_of);
    let known = BTreeSet::new();
    let context = Context { literals: &literals, known_lines: &known, progress: None, parser: Parser::Scanner };
    table::read(&job.input, pack, job.year, AsOf::Default(12, 31), &context).unwrap()
}

/// Workbooks → tables.
#[divan::bench(args = SIZES, sample_count = 5)]
fn tables(bencher: Bencher<'_, '_>, cadres: u32) {
    let pack = built_in();
    let input = city(&pack, cadres);
    let job = job(&pack, input.path());
    bencher.bench(|| read(&pack, &job));
}

/// The cells of all sheets and nothing else, by the scanner and token by token, on one thread.
#[divan::bench(args = [Parser::Scanner, Parser::General], sample_count = 5)]
fn cells(bencher: Bencher<'_, '_>, parser: Parser) {
    struct Count(u64);
    impl Sink for Count {
        fn cell(&mut self, _: u32, _: u32, _: Raw<'_>) {
            self.0 += 1;
        }
        fn restart(&mut self) {
            self.0 = 0;
        }
    }
    let pack = built_in();
    let input = city(&pack, SIZES[2]);
    let found = workbook::walk(input.path()).unwrap().books;
    bencher.bench(|| {
        let mut count = Count(0);
        for found in &found {
            let book = workbook::open_with(&found.file, &found.path, parser).unwrap();
            for sheet in 0..book.sheets().len() {
                book.read(sheet, &mut count).unwrap();
            }
        }
        count.0
    });
}

/// Tables → facts → rules → consequences.
#[divan::bench(args = SIZES, sample_count = 5)]
fn decisions(bencher: Bencher<'_, '_>, cadres: u32) {
    let pack = built_in();
    let input = city(&pack, cadres);
    let job = job(&pack, input.path());
    let data = read(&pack, &job);
    let history = History::default();
    bencher.bench(|| {
        let literals = job.literals(&pack, data.year, data.as_of);
        let mut world = World::new(&pack, &data, literals, &history).unwrap();
        propose(&mut world, &history, Run::Annual, data.year).unwrap().conclude(&world).unwrap().0
    });
}

/// Consequences → lists as texts → workbooks.
#[divan::bench(args = SIZES, sample_count = 5)]
fn lists(bencher: Bencher<'_, '_>, cadres: u32) {
    let pack = built_in();
    let input = city(&pack, cadres);
    let job = job(&pack, input.path());
    let data = read(&pack, &job);
    let history = History::default();
    let literals = job.literals(&pack, data.year, data.as_of);
    let mut world = World::new(&pack, &data, literals, &history).unwrap();
    let (outcome, _) = propose(&mut world, &history, Run::Annual, data.year).unwrap().conclude(&world).unwrap();
    let info = RunInfo {
        year: data.year,
        run: Run::Annual,
        as_of: data.as_of,
        set_values: Vec::new(),
        chain_head: String::new(),
        half_year: None,
        to_input: None,
    };
    bencher.with_inputs(|| tempfile::tempdir().unwrap()).bench_refs(|output| {
        let handoff = Handoff::new(&pack, &data, &outcome, &info);
        handoff.publish(output.path(), &Figures::default(), false, None).unwrap();
    });
}

/// Everything, lists and letters and archive included.
#[divan::bench(args = SIZES, sample_count = 5)]
fn whole(bencher: Bencher<'_, '_>, cadres: u32) {
    let pack = built_in();
    let input = city(&pack, cadres);
    bencher.with_inputs(|| tempfile::tempdir().unwrap()).bench_refs(|output| {
        let job = job(&pack, input.path());
        let target = Target::new(output.path().to_owned(), &job.input).unwrap();
        run::run(&job, &target, &pack, &Silent).unwrap();
    });
}
