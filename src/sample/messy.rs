//! The same city as offices send it.
use super::*;
pub struct Layout;
pub fn books(source: &Source) -> Vec<Book> {
    plain::books(source)
}
pub fn fill(workbook: &mut Workbook, source: &Source, book: &Book, _: &Layout, meter: &Meter) -> Result<(), XlsxError> {
    plain::fill(workbook, source, book, meter)
}
