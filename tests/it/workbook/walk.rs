//! Which files of an input folder are workbooks.

use std::fs;
use std::path::Path;

use kaohe::workbook::{self, Walk};

use super::biff::{compound, xls};
use super::build::{Parts, ods, xlsx};

/// A folder of these files and what the walk finds there: books, open in office, passed over.
fn walked(files: &[(&str, &[u8])]) -> [Vec<String>; 3] {
    let folder = tempfile::tempdir().unwrap();
    for (path, content) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    let Walk { books, open_in_office, passed_over } = workbook::walk(folder.path()).unwrap();
    for book in &books {
        assert_eq!(book.bytes, fs::metadata(&book.file).unwrap().len());
    }
    [books.into_iter().map(|book| book.path).collect(), open_in_office, passed_over]
}

fn docx() -> Vec<u8> {
    Parts(Vec::new()).with("[Content_Types].xml", "<Types/>").with("word/document.xml", "<document/>").zip()
}

#[test]
fn workbooks_are_told_by_content() {
    let (new, old, open) = (xlsx("").zip(), xls(&[]), ods("").zip());
    let [books, _, passed_over] = walked(&[
        ("a.xlsx", &new),
        ("b.XLS", &new),
        ("c.et", &old),
        ("d.dat", &new),
        ("e", &old),
        ("f.bin", &open),
        ("f2", b"\x09\x08\x08\x00\x00\x05\x10\x00\x00\x00\x00\x00"),
        ("g.csv", &new),
        ("h.docx", &old),
        ("i.xlsx", &old),
        ("j.txt", b"text"),
        ("k.png", b"\x89PNG"),
        ("l.pptx", &compound(&[("PowerPoint Document", b"x")])),
    ]);
    assert_eq!(books, ["a.xlsx", "b.XLS", "c.et", "d.dat", "e", "f.bin", "f2", "g.csv", "h.docx", "i.xlsx"]);
    assert_eq!(passed_over, [""; 0]);
}

#[test]
fn what_is_meant_as_a_workbook_is_never_left_out() {
    let cases: &[(&str, &[u8], &str)] = &[
        ("a.xls", b"<html><table><tr><td>1</td></tr></table></html>", "网页（HTML）"),
        ("a.xlsx", b"", "空文件"),
        ("a.xls", "姓名,考核等次\n张三,优秀\n".as_bytes(), "纯文本"),
        ("a.xls", b"<?xml version=\"1.0\"?><Workbook/>", "XML 文件"),
        ("a.ods", b"PK\x03\x04cut off", "找不到压缩包目录"),
        ("a.et", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1cut off", "复合文档"),
        ("a.xlsb", b"%PDF-1.4", "PDF 文件"),
        ("a.xls", b"\x09\x04\x06\x00\x00\x00\x10\x00", "Excel 4.0"),
        ("a.xlsm", &docx(), "Word 文档"),
    ];
    for (name, content, why) in cases {
        assert_eq!(walked(&[(name, content)])[0], [*name]);
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(name);
        fs::write(&file, content).unwrap();
        let message = workbook::open(&file, name).unwrap_err().to_string();
        assert!(message.contains(&format!("「{name}」")) && message.contains(why), "{message}");
        assert!(message.contains("重新报送"), "{message}");
    }
}

#[test]
fn what_may_hold_a_table_but_is_not_read_is_told() {
    let sealed = compound(&[("EncryptedPackage", b"x")]);
    let [books, _, passed_over] = walked(&[
        ("a.csv", b"1,2"),
        ("b.doc", &compound(&[("WordDocument", b"x")])),
        ("c.DOCX", &docx()),
        ("d.pdf", b"%PDF"),
        ("e/f.zip", &Parts(Vec::new()).with("x.txt", "x").zip()),
        ("g.rar", b"Rar!"),
        ("h.7z", b"7z"),
        ("i.docx", &sealed),
        ("j.pptx", &sealed),
        ("k.dat", &sealed),
    ]);
    // Encrypted, a file of no known ending may be a workbook: that is told by failing.
    assert_eq!(books, ["k.dat"]);
    assert_eq!(passed_over, ["a.csv", "b.doc", "c.DOCX", "d.pdf", "e/f.zip", "g.rar", "h.7z", "i.docx"]);
}

#[test]
fn hidden_files_are_skipped_and_open_ones_told() {
    let [books, open, passed_over] = walked(&[
        ("~$名册.xlsx", b"x"),
        ("报送/~$x.docx", b"x"),
        (".~lock.名册.ods#", b"x"),
        (".名册.xlsx", b"x"),
        (".x.csv", b"x"),
    ]);
    assert_eq!((books.len(), passed_over.len()), (0, 0));
    assert_eq!(open, ["~$名册.xlsx", "报送/~$x.docx"]);
}

#[test]
fn files_come_in_byte_order_of_their_paths() {
    let book = xlsx("").zip();
    let [books, ..] = walked(&[
        ("b/a.xlsx", &book),
        ("b.xlsx", &book),
        ("b-1.xlsx", &book),
        ("B.xlsx", &book),
        ("甲/x.xlsx", &book),
        ("é.xlsx", &book),
    ]);
    assert_eq!(books, ["B.xlsx", "b-1.xlsx", "b.xlsx", "b/a.xlsx", "é.xlsx", "甲/x.xlsx"]);
}

#[test]
fn a_folder_that_is_none_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let message = workbook::walk(&folder.path().join("没有")).unwrap_err().to_string();
    assert!(message.contains("没有」") && message.contains("找不到"), "{message}");
    let file = folder.path().join("x.xlsx");
    fs::write(&file, "x").unwrap();
    let message = workbook::walk(&file).unwrap_err().to_string();
    assert!(message.contains("不是文件夹"), "{message}");
    let message = workbook::open(Path::new("/没有.xlsx"), "没有.xlsx").unwrap_err().to_string();
    assert!(message.contains("「没有.xlsx」"), "{message}");
}

#[cfg(unix)]
#[test]
fn links_in_a_circle_end_and_dangling_workbooks_fail() {
    use std::os::unix::fs::symlink;
    let folder = tempfile::tempdir().unwrap();
    let inner = folder.path().join("内");
    fs::create_dir(&inner).unwrap();
    fs::write(inner.join("a.xlsx"), xlsx("").zip()).unwrap();
    symlink(folder.path(), inner.join("上")).unwrap();
    symlink("nowhere", folder.path().join("x.txt")).unwrap();
    let found = workbook::walk(folder.path()).unwrap().books;
    assert_eq!(found.iter().map(|book| book.path.as_str()).collect::<Vec<_>>(), ["内/a.xlsx"]);
    symlink("nowhere", folder.path().join("b.xlsx")).unwrap();
    assert!(workbook::walk(folder.path()).unwrap_err().to_string().contains("b.xlsx"));
}

#[cfg(target_os = "linux")]
#[test]
fn a_name_that_is_no_unicode_is_still_read() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let folder = tempfile::tempdir().unwrap();
    // 名册 in GBK, as unpacking a Windows archive leaves it.
    fs::write(folder.path().join(OsStr::from_bytes(b"\xC3\xFB\xB2\xE1.xlsx")), xlsx("").zip()).unwrap();
    let found = &workbook::walk(folder.path()).unwrap().books[0];
    assert_eq!(workbook::open(&found.file, &found.path).unwrap().sheets().len(), 1);
}

#[test]
fn the_checksum_is_that_of_the_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("x.xlsx");
    let bytes = xlsx("").zip();
    fs::write(&file, &bytes).unwrap();
    let book = workbook::open(&file, "x.xlsx").unwrap();
    use sha2::{Digest, Sha256};
    let expected: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(book.sha256(), expected);
}

#[test]
fn sheets_of_one_book_are_read_from_several_threads() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("x.xlsx");
    fs::write(&file, xlsx(r#"<row r="1"><c r="A1" t="s"><v>1</v></c></row>"#).zip()).unwrap();
    let book = workbook::open(&file, "x.xlsx").unwrap();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let mut lines = super::Lines::default();
                book.read(0, &mut lines).unwrap();
                assert_eq!(lines.0, ["A1 \"张三\""]);
            });
        }
    });
}
