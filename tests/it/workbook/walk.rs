//! Which files of an input folder are workbooks.

use std::fs;
use std::path::Path;

use kaohe::workbook::{self, Raw, Walk};

use super::biff::{compound, xls};
use super::build::{Parts, ods, xlsx};

/// A folder of these files and what the walk finds there: books, open in office, passed over, others.
fn walked(files: &[(&str, &[u8])]) -> [Vec<String>; 4] {
    let folder = tempfile::tempdir().unwrap();
    for (path, content) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    let Walk { books, open_in_office, passed_over, others } = workbook::walk(folder.path()).unwrap();
    for book in &books {
        assert_eq!(book.bytes, fs::metadata(&book.file).unwrap().len());
    }
    [books.into_iter().map(|book| book.path).collect(), open_in_office, passed_over, others]
}

fn docx() -> Vec<u8> {
    Parts(Vec::new()).with("[Content_Types].xml", "<Types/>").with("word/document.xml", "<document/>").zip()
}

#[test]
fn workbooks_are_told_by_content() {
    let (new, old, open) = (xlsx("").zip(), xls(&[]), ods("").zip());
    let [books, _, passed_over, others] = walked(&[
        ("a.xlsx", &new),
        ("b.XLS", &new),
        ("c.et", &old),
        ("d.dat", &new),
        ("e", &old),
        ("f.bin", &open),
        ("f2", b"\x09\x08\x08\x00\x00\x05\x10\x00\x00\x00\x00\x00"),
        ("h.docm", &old),
        ("i.xlsx", &old),
        ("j.txt", b"text"),
        ("l.pptx", &compound(&[("PowerPoint Document", b"x")])),
    ]);
    assert_eq!(books, ["a.xlsx", "b.XLS", "c.et", "d.dat", "e", "f.bin", "f2", "h.docm", "i.xlsx"]);
    assert_eq!(passed_over, [""; 0]);
    assert_eq!(others, ["j.txt", "l.pptx"]);
}

#[test]
fn what_is_meant_as_a_workbook_is_never_left_out() {
    let cases: &[(&str, &[u8], &str)] = &[
        ("a.xls", b"<html><table><tr><td>1</td></tr></table></html>", "网页（HTML）"),
        ("a.xlsx", b"", "空文件"),
        ("a.xls", "姓名,考核等次\n张三,优秀\n".as_bytes(), "纯文本"),
        ("a.xls", b"<?xml version=\"1.0\"?><Workbook/>", "XML 文件"),
        ("a.xls", EXCEL_2003, "XML Spreadsheet 2003"),
        ("a.fods", FLAT, ".fods"),
        (
            "a.xls",
            b"\xEF\xBB\xBF<?xml version='1.0'?><!DOCTYPE html><html xmlns='http://www.w3.org/1999/xhtml'/>",
            "网页（HTML）",
        ),
        ("a.xls", b"MIME-Version: 1.0\r\n\r\n<html>", "MHT"),
        ("a.xls", b"ID;PWXL;N;E\r\nC;Y1;X1;K1\r\n", "SYLK"),
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

/// As Excel writes it: its `<Table>` makes it no web page.
const EXCEL_2003: &[u8] = b"<?xml version=\"1.0\"?>\r\n<?mso-application progid=\"Excel.Sheet\"?>\r\n<!-- > -->\r\n<ss:Workbook\n xmlns:ss=\"urn:schemas-microsoft-com:office:spreadsheet\"\n xmlns:html=\"http://www.w3.org/TR/REC-html40\"><ss:Worksheet><Table/></ss:Worksheet></ss:Workbook>";
const FLAT: &[u8] = b"<?xml version=\"1.0\"?>\n<office:document xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" office:mimetype=\"application/vnd.oasis.opendocument.spreadsheet\"><table:table/></office:document>";

#[test]
fn spreadsheets_in_one_xml_are_named_by_what_they_are() {
    let wide: Vec<u8> = [0xFF, 0xFE].into_iter().chain(EXCEL_2003.iter().flat_map(|byte| [*byte, 0])).collect();
    for content in [EXCEL_2003, &wide, FLAT] {
        for name in ["a.xls", "a.xlsx", "a.xml", "a"] {
            assert_eq!(walked(&[(name, content)])[0], [name]);
            let folder = tempfile::tempdir().unwrap();
            let file = folder.path().join(name);
            fs::write(&file, content).unwrap();
            let message = workbook::open(&file, name).unwrap_err().to_string();
            let called = if content == FLAT { ".fods" } else { "XML Spreadsheet 2003" };
            assert!(message.contains(called) && !message.contains("网页") && !message.contains("HTML"), "{message}");
        }
    }
    assert_eq!(walked(&[("a.xml", b"<?xml version='1.0'?><Workbook/>")])[3], ["a.xml"]);
}

#[test]
fn what_may_hold_a_table_but_is_not_read_is_told() {
    let sealed = compound(&[("EncryptedPackage", b"x")]);
    let [books, _, passed_over, others] = walked(&[
        ("b.doc", &compound(&[("WordDocument", b"x")])),
        ("c.DOCX", &docx()),
        ("e/f.zip", &Parts(Vec::new()).with("x.txt", "x").zip()),
        ("i.docx", &sealed),
        ("j.pptx", &sealed),
        ("k.dat", &sealed),
    ]);
    // Encrypted, a file of no known ending may be a workbook: that is told by failing.
    assert_eq!(books, ["k.dat"]);
    assert_eq!(passed_over, ["b.doc", "c.DOCX", "e/f.zip", "i.docx"]);
    assert_eq!(others, ["j.pptx"]);
}

#[test]
fn some_endings_are_passed_over_whatever_they_hold() {
    let endings = "csv tsv doc docx wps rtf ofd pdf htm html mht numbers ksheet gsheet eml msg lnk icloud zip rar 7z gz tar xlk \
        bak tmp crdownload jpg jpeg png gif bmp tif tiff webp heic";
    let book = xlsx("").zip();
    for ending in endings.split_whitespace() {
        for name in [format!("a.{ending}"), format!("a.xlsx.{}", ending.to_uppercase())] {
            for content in [&book[..], b"", EXCEL_2003, b"text"] {
                let [books, _, passed_over, others] = walked(&[(&name, content)]);
                assert_eq!((books.len(), others.len()), (0, 0), "{name}");
                assert_eq!(passed_over, [name.as_str()]);
            }
        }
    }
    assert_eq!(walked(&[("a.tar.gz", b"x"), ("a.et.bak", &xls(&[]))])[2], ["a.et.bak", "a.tar.gz"]);
}

#[test]
fn hidden_files_are_skipped_and_open_ones_told() {
    let [books, open, passed_over, others] = walked(&[
        ("~$名册.xlsx", b"x"),
        ("报送/~$x.docx", b"x"),
        (".~lock.名册.ods#", b"x"),
        (".名册.xlsx", b"x"),
        (".x.csv", b"x"),
        (".icloud", b"x"),
        // Its file lies in a cloud; nobody hid it.
        (".线索.xlsx.icloud", b"x"),
    ]);
    assert_eq!((books.len(), others.len()), (0, 0));
    assert_eq!(passed_over, [".线索.xlsx.icloud"]);
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
    let found = workbook::walk(folder.path()).unwrap();
    assert_eq!(found.books.iter().map(|book| book.path.as_str()).collect::<Vec<_>>(), ["内/a.xlsx"]);
    assert_eq!(found.others, ["x.txt"]);
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
                let mut cells = Vec::new();
                book.read(0, &mut cells).unwrap();
                assert_eq!(cells, [(0, 0, Raw::Text("张三".into()))]);
            });
        }
    });
}
