//! Big sheets, which are read in pieces by several threads: wherever the borders fall, what is read is the same.

use kaohe::workbook::{self, Look, Merge, Parser, Raw, Sink};

use super::build::{Parts, sheet, strings, workbook as workbook_of, xlsx};

/// More than the least size of a part that is read in pieces, and enough for a dozen of them.
const SIZE: usize = 6 << 20;

/// Takes cells as they come, or a piece of them.
#[derive(Debug, Default, PartialEq)]
struct Cells {
    all: Vec<(u32, u32, Raw)>,
    pieces: Vec<usize>,
    /// How often the sheet was begun again, and in how many pieces it came in the end.
    begun_again: usize,
    joined: usize,
}

impl Sink for Cells {
    fn cell(&mut self, row: u32, column: u32, value: Raw) {
        self.all.push((row, column, value));
    }

    fn restart(&mut self) {
        self.all.clear();
        (self.begun_again, self.joined) = (self.begun_again + 1, 0);
    }

    fn fork(&self) -> Option<Self> {
        Some(Cells::default())
    }

    fn cut(&mut self) {
        self.pieces.push(self.all.len());
    }

    fn join(&mut self, forks: Vec<Self>, order: &[(usize, usize)]) {
        self.joined = order.len();
        for &(of, piece) in order {
            let fork = &forks[of];
            let start = if piece == 0 { 0 } else { fork.pieces[piece - 1] };
            self.all.extend_from_slice(&fork.all[start..fork.pieces[piece]]);
        }
    }
}

/// Takes all cells itself.
#[derive(Default)]
struct Alone(Cells);

impl Sink for Alone {
    fn cell(&mut self, row: u32, column: u32, value: Raw) {
        self.0.cell(row, column, value);
    }

    fn restart(&mut self) {
        self.0.restart();
    }
}

/// What is read by one thread alone, and in pieces by three.
fn both(book: &Parts) -> [Result<(Cells, Vec<Merge>), String>; 2] {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("x");
    std::fs::write(&file, book.zip()).unwrap();
    let book = workbook::open_with(&file, "表.xlsx", Parser::Scanner).unwrap();
    let mut alone = Alone::default();
    let expected = book.read(0, &mut alone).map(|merges| (alone.0, merges)).map_err(|error| error.to_string());
    let threads = rayon::ThreadPoolBuilder::new().num_threads(3).build().unwrap();
    let mut cells = Cells::default();
    let read = threads.install(|| book.read(0, &mut cells).map(|merges| (cells, merges)));
    [expected, read.map_err(|error| error.to_string())]
}

/// The sheet is read in pieces, at once, and the same comes as in one go.
#[track_caller]
fn in_pieces(book: &Parts) -> Cells {
    let [expected, read] = both(book);
    let ((expected, merges), (read, others)) = (expected.unwrap(), read.unwrap());
    assert!(read.joined > 5, "in {} pieces", read.joined);
    assert_eq!(read.begun_again, 0);
    assert!(read.all == expected.all, "other cells");
    assert_eq!(merges, others);
    read
}

/// The sheet is given up in pieces, and read or refused as in one go.
#[track_caller]
fn in_one_go(book: &Parts) -> Result<Cells, String> {
    let [expected, read] = both(book);
    let Ok((read, _)) = read else {
        assert_eq!(read.unwrap_err(), expected.unwrap_err());
        return Err("refused".to_owned());
    };
    assert_eq!(read.joined, 0);
    assert!(read.all == expected.unwrap().0.all, "other cells");
    Ok(read)
}

/// Rows from `first` on until there are `size` bytes.
fn rows(first: u32, size: usize) -> String {
    let mut rows = String::with_capacity(size + 400);
    for row in first.. {
        if rows.len() > size {
            break;
        }
        rows += &format!(
            r#"<row r="{row}" spans="1:6"><c r="A{row}"><v>{}.5</v></c><c r="B{row}" t="s"><v>{}</v></c>"#,
            row % 97,
            row % 2
        );
        rows += &format!(r#"<c r="D{row}" s="1"><v>{}</v></c><c r="E{row}"/>"#, 40_000 + row % 3_000);
        rows += &format!(r#"<c r="F{row}" t="inlineStr"><is><t>张{row}</t></is></c></row>"#);
    }
    rows
}

/// Half of the sheet, something else, the other half.
fn around(odd: impl Fn(u32) -> String) -> Parts {
    let first = rows(1, SIZE / 2);
    let next = first.matches("<row").count() as u32 + 1;
    xlsx(&format!("{first}{}{}", odd(next), rows(next + 10, SIZE / 2)))
}

#[test]
fn a_big_sheet_is_read_in_pieces() {
    let last = sheet(&format!(
        r#"<dimension ref="A1:F9"/><sheetData>{}</sheetData><mergeCells><mergeCell ref="A1:A3"/></mergeCells>"#,
        rows(1, SIZE)
    ));
    let read = in_pieces(&xlsx("").with("xl/worksheets/sheet1.xml", last));
    assert_eq!(read.all.len() % 4, 0);
    assert_eq!(read.all[4], (1, 0, Raw::Number(2.5, Look::PLAIN)));
    assert_eq!(read.all[read.all.len() - 1].2, Raw::Text(format!("张{}", read.all.len() / 4).into()));
}

#[test]
fn zeros_that_are_switched_off_are_veiled_in_every_piece() {
    let view = r#"<sheetViews><sheetView showZeros="0" workbookViewId="0"/></sheetViews>"#;
    let data = format!("{view}<sheetData>{}</sheetData>", rows(1, SIZE).replace(".5</v>", ".0</v>"));
    let read = in_pieces(&xlsx("").with("xl/worksheets/sheet1.xml", sheet(&data)));
    let (mut veiled, mut zeros) = (0, 0);
    for (_, _, value) in &read.all {
        veiled += usize::from(matches!(value, Raw::Veiled(_)));
        zeros += usize::from(matches!(value, Raw::Number(0.0, _)));
    }
    assert_eq!((veiled, zeros), (read.all.len() / 4 / 97, 0));
}

#[test]
fn a_formula_over_many_rows_reaches_into_the_next_pieces() {
    let list = r#"<sheets><sheet name="表" sheetId="1" r:id="rId1"/></sheets><calcPr fullCalcOnLoad="1"/>"#;
    for at in [3, 20_000] {
        let cell = format!(r#"<c r="A{at}"><v>"#);
        let formula = format!(r#"<c r="A{at}"><f t="array" ref="A{at}:A{}">B1</f><v>"#, at + 20_000);
        let data = rows(1, SIZE);
        assert!(data.contains(&cell));
        let book = xlsx(&data.replace(&cell, &formula)).with("xl/workbook.xml", workbook_of(list));
        let [alone, read] = both(&book).map(Result::unwrap);
        assert!(read.0.all == alone.0.all, "other cells");
        let unseen = read.0.all.iter().filter(|(_, _, value)| *value == Raw::NoResult).count();
        let last = read.0.all.last().unwrap().0 + 1;
        assert_eq!(unseen as u32, (at + 20_000).min(last) + 1 - at);
    }
}

#[test]
fn what_is_odd_within_a_row_keeps_its_place() {
    let odd = [
        // Not as most programs write it, but of the form that the scanner knows.
        r#"<row r="N"><c t="str" r="AN"><v>甲</v></c><c><v>2</v></c><c r='CN' t='b'><v>1</v></c></row>"#,
        "<row r=\"N\">\n  <c r=\"AN\"> <v>12</v> </c>\n</row>\n",
        r#"<row r="N" spans="1:1"/>"#,
        r#"<row r="N"><c r="AN" t="inlineStr"><is><t xml:space="preserve"> 甲 </t></is></c></row>"#,
        r#"<row r="N"><c r="AN" t="inlineStr"><is><t>甲 &lt;/row&gt; 乙</t></is></c></row>"#,
        r#"<row r="N"><c r="AN" t="e"><v>#REF!</v></c><c r="BN"><f>A1</f></c><c r="CN" t="inlineStr"><is><t> </t></is></c></row>"#,
        r#"<row r="N"><c r="AN"><v>1</v><extLst><ext/></extLst></c><c r="bN"><v>1e2</v></c></row>"#,
        // A cell that stands below its row.
        r#"<row r="N"><c r="AN"><v>1</v></c><c r="AM"><v>2</v></c><c><v>3</v></c></row>"#,
        // The next row is counted from it.
        r#"<row r="N"><c r="AN"><v>1</v></c></row><row><c><v>2</v></c></row>"#,
    ];
    for odd in odd {
        let fill = |next: u32| odd.replace('N', &next.to_string()).replace('M', &(next + 1).to_string());
        in_pieces(&around(fill));
    }
}

#[test]
fn what_the_scanner_does_not_know_is_read_in_one_go() {
    let odd = [
        r#"<!-- </row> --><row r="N"><c r="AN"><v>1</v></c></row>"#,
        r#"<row r="N"><c r="AN" t="str"><v><![CDATA[</row>]]></v></c></row>"#,
        r#"<row r="N"><c r="AN" t="inlineStr"><is><r><t>甲</t></r><r><t>乙</t></r></is></c></row>"#,
        // Out of order, within a row and across rows.
        r#"<row r="N"><c r="BN"><v>1</v></c><c r="AN"><v>1</v></c></row>"#,
    ];
    for odd in odd {
        in_one_go(&around(|next| odd.replace('N', &next.to_string()))).unwrap();
    }
    // A later row in an earlier piece.
    in_one_go(&xlsx(&(rows(30_000, SIZE / 2) + &rows(1, SIZE / 4)))).unwrap();
    // Behind the cells, what looks like a row.
    let extended = sheet(&format!("<sheetData>{}</sheetData><extLst><ext><row></row></ext></extLst>", rows(1, SIZE)));
    in_one_go(&xlsx("").with("xl/worksheets/sheet1.xml", extended)).unwrap();
}

#[test]
fn a_piece_that_goes_back_behind_the_one_before_is_read_in_one_go() {
    // Each row is a piece of its own: two of them never fit.
    let text = "甲乙丙丁戊己庚辛壬癸".repeat(10);
    let row = |number: u32| {
        let cell = format!(r#"<c t="inlineStr"><is><t>{number}{text}</t></is></c>"#);
        format!(r#"<row r="{number}">{}</row>"#, cell.repeat((300 << 10) / cell.len()))
    };
    let rows = |numbers: &mut dyn Iterator<Item = u32>| xlsx(&numbers.map(row).collect::<String>());
    let read = in_pieces(&rows(&mut (100..120)));
    assert!(read.joined > 15, "{}", read.joined);
    in_one_go(&rows(&mut (100..110).chain(120..130).chain(110..120))).unwrap();
    // Twice the same row is no order either.
    in_one_go(&rows(&mut (100..110).chain(109..120))).unwrap();
}

#[test]
fn rows_that_do_not_say_where_they_stand_are_counted_in_one_go() {
    let row = "<row><c><v>1</v></c><c><v>2</v></c></row>";
    let read = in_one_go(&xlsx(&row.repeat(SIZE / row.len()))).unwrap();
    assert_eq!(read.all[read.all.len() - 1].0 as usize, SIZE / row.len() - 1);
}

#[test]
fn what_is_wrong_is_told_as_in_one_go() {
    let odd = [
        r#"<row r="N"><c r="AN" t="s"><v>9</v></c></row><row r="N"><c r="A0"><v>9</v></c></row>"#,
        r#"<row r="N"><c r="A0"><v>9</v></c></row>"#,
        r#"<row r="0"><c><v>9</v></c></row>"#,
        r#"<row r="N"><c r="AN" t="str"><v>&nothing;</v></c></row>"#,
        r#"<row r="N"><c r="AN"><v>1</v></row>"#,
        r#"<row r="N"></c></row>"#,
        "</sheetData></worksheet>",
    ];
    for odd in odd {
        assert!(in_one_go(&around(|next| odd.replace('N', &next.to_string()))).is_err(), "{odd}");
    }
    let cut = sheet(&format!("<sheetData>{}", rows(1, SIZE)));
    let unclosed = cut.trim_end_matches("</worksheet>").to_owned();
    let parts = xlsx("").with("xl/sharedStrings.xml", strings(&["<t>甲</t>", "<t>乙</t>"]));
    assert!(both(&parts.clone().with("xl/worksheets/sheet1.xml", cut)).iter().all(Result::is_err));
    assert!(both(&parts.with("xl/worksheets/sheet1.xml", unclosed)).iter().all(Result::is_err));
}

#[test]
fn one_row_longer_than_a_piece_is_read_all_the_same() {
    let long = |row: u32| {
        let cells: String =
            (0..12_000).map(|_| r#"<c t="inlineStr"><is><t>甲乙丙丁戊己庚辛壬癸子丑寅卯辰</t></is></c>"#).collect();
        format!(r#"<row r="{row}">{cells}</row>"#)
    };
    let [expected, read] = both(&around(long));
    let (expected, read) = (expected.unwrap().0, read.unwrap().0);
    assert!(read.joined > 0 && read.all == expected.all);
}
