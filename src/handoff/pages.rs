//! How a sheet's rows fall on pages: none is left over alone.
//!
//! A page that holds a last row, or the place for a signature under a repeated header, is sent back. A little smaller all
//! of it stands on one page; where it does not, the signature takes the last row along.

use super::layout;
use super::model::Sheet;

/// The heights of a sheet's rows, as they are written.
#[derive(Default)]
pub struct RowHeights {
    heights: Vec<f64>,
    /// Points of the header that each page repeats.
    repeated: f64,
    /// Where the closing lines begin.
    tail: Option<usize>,
}

/// How a sheet lies on its pages.
pub enum Lie {
    /// As wide as the page, on as many as it takes.
    Free,
    One,
    /// A page ends before this row; printed in so many hundredths.
    Broken {
        before: u32,
        scale: u16,
    },
}

impl RowHeights {
    pub fn add(&mut self, height: f64) {
        self.heights.push(height);
    }

    pub fn repeat(&mut self, height: f64) {
        self.repeated = height;
    }

    /// What follows closes the sheet.
    pub fn close(&mut self) {
        self.tail = Some(self.heights.len());
    }

    /// How a sheet of these rows and this width in pixels lies.
    pub fn lie(&self, sheet: &Sheet<'_>, width: f64) -> Lie {
        let (page, room, _) = layout::page(sheet.paper);
        let height: f64 = self.heights.iter().sum();
        let scale = (page / width * 100.0).floor().min(100.0);
        let least = layout::least_scale(sheet.paper) * 100.0;
        let fits = |scale: f64| height * scale / 100.0 <= room;
        if sheet.fitted || !fits(scale) && fits(least) && scale > least {
            return Lie::One;
        }
        match self.tail {
            Some(tail) if tail > 1 && self.page_of(tail + 1, scale, room) > self.page_of(tail - 1, scale, room) => {
                // Nothing fits such a page to its width, and LibreOffice rounds widths up.
                Lie::Broken { before: tail as u32 - 1, scale: scale as u16 - 1 }
            }
            _ => Lie::Free,
        }
    }

    /// The page on which a row stands.
    fn page_of(&self, row: usize, scale: f64, room: f64) -> usize {
        let room = room * 100.0 / scale;
        let (mut page, mut used) = (0, 0.0);
        for height in self.heights.iter().take(row + 1) {
            used += height;
            if used > room {
                page += 1;
                used = self.repeated + height;
            }
        }
        page
    }
}
