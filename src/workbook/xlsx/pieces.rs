//! The rows of a big sheet, scanned in pieces by several threads.
//!
//! One thread inflates the part and cuts it behind rows; any thread scans a piece, with a fork of the sink; at the end the
//! forks are joined in the pieces' order. In a big folder the biggest sheet would else keep one thread busy long after the
//! others have run out of work.
//!
//! Nothing is decided here. Whatever is odd about a piece (what the scanner stops at, a first row that does not say where it
//! stands, cells that go back, too many of them) makes the sheet be scanned again in one go, and what is wrong is found there.
//! Memory is a few pieces, not the part.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::super::Sink;
use super::super::cells::Bounds;
use super::super::plain::{Cursor, Stop, Window};
use super::Xlsx;
use super::cell::Manner;
use super::scan::SheetScan;

/// Rows that go to the sink itself, which has to know what the sheet is before it can be forked.
pub(super) const FIRST_ROWS: u32 = 64;

const PIECE: usize = 512 << 10;
/// A part smaller than this is scanned before the threads have shared it out.
const WORTH: u64 = 8 * PIECE as u64;

/// Whether a part of that size is to be cut at all.
pub(super) fn are_worth_it(size: u64) -> bool {
    size >= WORTH && rayon::current_num_threads() > 1
}

/// Sends the rows that come next, but for the last few; false where the sheet has to be sent again in one go. A sink that
/// cannot be forked gets nothing, and the rows are still to come.
pub(super) fn send<S: Sink + Send>(window: &mut Window<'_>, sheet: &mut SheetScan<'_, S>) -> Result<bool, Stop> {
    let threads = rayon::current_num_threads();
    // What a formula stands for may reach into any piece.
    if !sheet.manner.unseen.is_empty() {
        return Ok(true);
    }
    let Some(forks) = (0..threads).map(|_| sheet.sink.fork()).collect::<Option<Vec<S>>>() else { return Ok(true) };
    let forks = forks.into_iter().enumerate().map(|(of, sink)| SinkFork { of, pieces: 0, sink }).collect();
    let work = PieceWork {
        book: sheet.book,
        manner: sheet.manner.clone(),
        forks: Mutex::new(forks),
        buffers: Mutex::new(Vec::new()),
        done: Mutex::new(Vec::new()),
        total: Mutex::new(Bounds::default()),
        is_odd: AtomicBool::new(false),
    };
    let under_way = AtomicUsize::new(0);
    rayon::scope(|scope| {
        let mut number = 0;
        while !work.is_odd.load(Ordering::Relaxed) {
            let buffer = lock(&work.buffers).pop().unwrap_or_else(|| vec![0; PIECE]);
            let piece = match window.take(buffer, b"</row>") {
                Ok(Some((bytes, length))) => SheetPiece { number, bytes, length },
                Ok(None) => break,
                Err(_) => {
                    work.is_odd.store(true, Ordering::Relaxed);
                    break;
                }
            };
            number += 1;
            if under_way.load(Ordering::Relaxed) < 2 * threads {
                under_way.fetch_add(1, Ordering::Relaxed);
                scope.spawn(|_| {
                    work.scan(piece);
                    under_way.fetch_sub(1, Ordering::Relaxed);
                });
            } else {
                // The others have enough to do.
                work.scan(piece);
            }
        }
    });
    work.join(sheet)
}

/// What the threads share.
struct PieceWork<'a, S> {
    book: &'a Xlsx,
    manner: Manner,
    forks: Mutex<Vec<SinkFork<S>>>,
    /// Memory of pieces that are through.
    buffers: Mutex<Vec<Vec<u8>>>,
    done: Mutex<Vec<Done>>,
    /// What all pieces hold so far, in whatever order they came.
    total: Mutex<Bounds>,
    is_odd: AtomicBool,
}

struct SinkFork<S> {
    of: usize,
    /// How many pieces it has taken.
    pieces: usize,
    sink: S,
}

struct SheetPiece {
    number: usize,
    bytes: Vec<u8>,
    length: usize,
}

/// A piece that has been scanned: which it was, which fork took it as its how manieth, and what it held.
struct Done {
    number: usize,
    of: usize,
    piece: usize,
    bounds: Bounds,
    /// The row that would come next.
    row: u32,
}

impl<S: Sink> PieceWork<'_, S> {
    fn scan(&self, piece: SheetPiece) {
        // There are as many forks as threads.
        let fork = lock(&self.forks).pop();
        let done = fork.and_then(|mut fork| {
            let done = self.scanned(&piece, &mut fork);
            lock(&self.forks).push(fork);
            done
        });
        match done {
            Some(done) if lock(&self.total).add(&done.bounds).is_ok() => lock(&self.done).push(done),
            _ => self.is_odd.store(true, Ordering::Relaxed),
        }
        lock(&self.buffers).push(piece.bytes);
    }

    /// None if something is odd.
    fn scanned(&self, piece: &SheetPiece, fork: &mut SinkFork<S>) -> Option<Done> {
        let mut sheet = SheetScan::new(self.book, &mut fork.sink);
        (sheet.in_data, sheet.is_piece) = (true, true);
        sheet.manner = self.manner.clone();
        let mut cursor = Cursor::new(&piece.bytes[..piece.length]);
        while !cursor.rest().is_empty() {
            sheet.inside(&mut cursor).ok()?;
            if !sheet.in_data || !sheet.manner.unseen.is_empty() {
                return None;
            }
        }
        let (in_row, bounds, row) = (sheet.in_row, sheet.bounds, sheet.row);
        fork.sink.cut();
        fork.pieces += 1;
        (!in_row).then_some(Done { number: piece.number, of: fork.of, piece: fork.pieces - 1, bounds, row })
    }

    fn join(self, sheet: &mut SheetScan<'_, S>) -> Result<bool, Stop> {
        let mut done = inner(self.done);
        done.sort_unstable_by_key(|done| done.number);
        let mut in_order = !self.is_odd.into_inner();
        for done in &done {
            in_order = in_order && sheet.bounds.follow(&done.bounds).unwrap_or(false);
            sheet.row = done.row;
        }
        if in_order {
            let mut forks = inner(self.forks);
            forks.sort_unstable_by_key(|fork| fork.of);
            let order: Vec<(usize, usize)> = done.iter().map(|done| (done.of, done.piece)).collect();
            sheet.sink.join(forks.into_iter().map(|fork| fork.sink).collect(), &order);
        }
        Ok(in_order)
    }
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

fn inner<T>(shared: Mutex<T>) -> T {
    shared.into_inner().unwrap_or_else(PoisonError::into_inner)
}
