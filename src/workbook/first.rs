//! A first plain reader on calamine, to be replaced format by format.

use std::io::Cursor;
use std::sync::Arc;

use calamine::{Data, DataRef, Dimensions, Ods, Range, Reader, SheetType, SheetVisible, Xls, Xlsb, Xlsx};
use chrono::Datelike;

use super::{Format, Merge, Raw, SheetName, Sink, dates};

fn open<'a, R: Reader<Cursor<&'a [u8]>>>(bytes: &'a [u8]) -> Result<R, String>
where
    R::Error: std::fmt::Display,
{
    R::new(Cursor::new(bytes)).map_err(|e| e.to_string())
}

pub fn sheets(bytes: &[u8], format: Format) -> Result<Vec<SheetName>, String> {
    let listed = match format {
        Format::Xlsx => open::<Xlsx<_>>(bytes)?.sheets_metadata().to_vec(),
        Format::Xlsb => open::<Xlsb<_>>(bytes)?.sheets_metadata().to_vec(),
        Format::Ods => open::<Ods<_>>(bytes)?.sheets_metadata().to_vec(),
        Format::Xls => open::<Xls<_>>(bytes)?.sheets_metadata().to_vec(),
    };
    Ok(listed
        .into_iter()
        .filter(|sheet| sheet.typ == SheetType::WorkSheet)
        .map(|sheet| SheetName { name: sheet.name, hidden: sheet.visible != SheetVisible::Visible })
        .collect())
}

pub fn read(bytes: &[u8], format: Format, sheet: &str, sink: &mut dyn Sink) -> Result<Vec<Merge>, String> {
    let text = |e: &dyn std::fmt::Display| e.to_string();
    match format {
        Format::Xlsx => {
            let mut book = open::<Xlsx<_>>(bytes)?;
            {
                let mut cells = book.worksheet_cells_reader(sheet).map_err(|e| text(&e))?;
                while let Some(cell) = cells.next_cell_with_formula_metadata().map_err(|e| text(&e))? {
                    send(sink, cell.pos, cell.value.into(), cell.formula.is_some());
                }
            }
            let merges = book.merge_cells_by_sheet_name(sheet).map_err(|e| text(&e))?;
            Ok(merges.into_iter().map(merge).collect())
        }
        Format::Xlsb => {
            let mut book = open::<Xlsb<_>>(bytes)?;
            let mut cells = book.worksheet_cells_reader(sheet).map_err(|e| text(&e))?;
            while let Some(cell) = cells.next_cell().map_err(|e| text(&e))? {
                let value: DataRef = cell.get_value().clone();
                send(sink, cell.get_position(), value.into(), false);
            }
            Ok(Vec::new())
        }
        Format::Ods => {
            let mut book = open::<Ods<_>>(bytes)?;
            let range = book.worksheet_range(sheet).map_err(|e| text(&e))?;
            let formulas = book.worksheet_formula(sheet).map_err(|e| text(&e))?;
            send_range(sink, &range, &formulas);
            Ok(Vec::new())
        }
        Format::Xls => {
            let mut book = open::<Xls<_>>(bytes)?;
            let range = book.worksheet_range(sheet).map_err(|e| text(&e))?;
            let formulas = book.worksheet_formula(sheet).map_err(|e| text(&e))?;
            send_range(sink, &range, &formulas);
            let merges = book.merge_cells_by_sheet_name(sheet).map_err(|e| text(&e))?;
            Ok(merges.into_iter().map(merge).collect())
        }
    }
}

fn send_range(sink: &mut dyn Sink, range: &Range<Data>, formulas: &Range<String>) {
    let (Some((top, left)), Some(_)) = (range.start(), range.end()) else { return };
    for (row, cells) in range.rows().enumerate() {
        for (column, value) in cells.iter().enumerate() {
            let at = (top + row as u32, left + column as u32);
            let formula = formulas.get_value(at).is_some_and(|f| !f.is_empty());
            send(sink, at, value.clone(), formula);
        }
    }
}

fn merge(d: Dimensions) -> Merge {
    (d.start.0, d.start.1, d.end.0, d.end.1)
}

fn send(sink: &mut dyn Sink, (row, column): (u32, u32), value: Data, formula: bool) {
    let raw = match value {
        Data::Empty if formula => Raw::NoResult,
        Data::Empty => return,
        Data::String(s) if s.is_empty() => return,
        Data::String(s) => Raw::Text(Arc::from(s)),
        Data::Float(f) => Raw::Number(f),
        Data::Int(i) => Raw::Number(i as f64),
        Data::Bool(b) => Raw::Bool(b),
        Data::Error(e) => Raw::Error(e.to_string()),
        Data::DateTime(d) => {
            let (year, ..) = d.to_ymd_hms_milli();
            let is_1904 =
                year >= 1904 && dates::from_serial(d.as_f64(), false).is_none_or(|at| at.year() != i32::from(year));
            dates::number(d.as_f64(), !d.is_duration(), is_1904)
        }
        Data::DateTimeIso(s) => dates::from_iso(&s).map_or_else(|| Raw::Text(Arc::from(s.as_str())), Raw::DateTime),
        Data::DurationIso(s) => Raw::Text(Arc::from(s)),
    };
    sink.cell(row, column, raw);
}
