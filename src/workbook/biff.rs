//! The records of BIFF, and the texts in them: how .xls stores what it stores.

use encoding_rs::Encoding;

use super::Raw;
use super::cells::Strings;
use super::error::Refusal;
use super::package::u16_at;

const CONTINUE: u16 = 0x003C;

/// How texts are stored.
#[derive(Debug, Clone, Copy)]
pub(super) struct Coding {
    /// BIFF8: UTF-16, or its low bytes only. Else bytes of the code page.
    pub wide: bool,
    /// None where the file names a code page that nobody knows.
    pub page: Option<&'static Encoding>,
}
/// Walks records one by one.
pub(super) struct BiffRecords<'a> {
    pub stream: &'a [u8],
    pub at: usize,
}

impl<'a> BiffRecords<'a> {
    pub fn next(&mut self) -> Result<(u16, &'a [u8]), Refusal> {
        let cut = || Refusal::damaged("数据流在结束标记前中断");
        let header = self.stream.get(self.at..).and_then(|rest| rest.get(..4)).ok_or_else(cut)?;
        let from = self.at + 4;
        self.at = from + usize::from(u16_at(header, 2));
        Ok((u16_at(header, 0), self.stream.get(from..self.at).ok_or_else(cut)?))
    }

    /// That record and those that carry it on.
    pub fn whole(&mut self, first: &'a [u8]) -> Result<Segments<'a>, Refusal> {
        let mut all = vec![first];
        while self.stream.get(self.at..).is_some_and(|rest| rest.len() >= 4 && u16_at(rest, 0) == CONTINUE) {
            all.push(self.next()?.1);
        }
        Ok(Segments::new(all))
    }
}

/// A record and those that carry it on.
pub(super) struct Segments<'a> {
    rest: &'a [u8],
    more: std::vec::IntoIter<&'a [u8]>,
}

impl<'a> Segments<'a> {
    /// A record that stands alone.
    pub fn one(record: &'a [u8]) -> Segments<'a> {
        Segments { rest: record, more: Vec::new().into_iter() }
    }

    pub fn new(all: Vec<&'a [u8]>) -> Segments<'a> {
        Segments { rest: &[], more: all.into_iter() }
    }

    /// Goes on to the next segment where this one is used up; false at the end.
    fn ready(&mut self) -> bool {
        while self.rest.is_empty() {
            match self.more.next() {
                Some(next) => self.rest = next,
                None => return false,
            }
        }
        true
    }

    fn u8(&mut self) -> Result<u8, Refusal> {
        if !self.ready() {
            return Err(Refusal::damaged("文字记录不完整"));
        }
        let (&first, rest) = self.rest.split_first().unwrap_or((&0, &[]));
        self.rest = rest;
        Ok(first)
    }

    fn u16(&mut self) -> Result<u16, Refusal> {
        Ok(u16::from_le_bytes([self.u8()?, self.u8()?]))
    }

    fn u32(&mut self) -> Result<u32, Refusal> {
        Ok(u32::from(self.u16()?) | u32::from(self.u16()?) << 16)
    }

    fn skip(&mut self, mut count: usize) -> Result<(), Refusal> {
        while count > 0 {
            if !self.ready() {
                return Err(Refusal::damaged("文字记录不完整"));
            }
            let step = count.min(self.rest.len());
            self.rest = &self.rest[step..];
            count -= step;
        }
        Ok(())
    }

    /// A text of so many characters. Where it goes on in the next segment, that says anew how wide they are.
    fn text(&mut self, count: usize, mut wide: bool) -> Result<String, Refusal> {
        let mut units = Vec::with_capacity(count);
        while units.len() < count {
            if self.rest.len() < if wide { 2 } else { 1 } {
                self.rest = &[];
                wide = self.u8()? & 1 != 0;
            }
            let left = count - units.len();
            if wide {
                let step = left.min(self.rest.len() / 2);
                units.extend(self.rest[..2 * step].chunks_exact(2).map(|unit| u16_at(unit, 0)));
                self.rest = &self.rest[2 * step..];
            } else {
                let step = left.min(self.rest.len());
                units.extend(self.rest[..step].iter().map(|&unit| u16::from(unit)));
                self.rest = &self.rest[step..];
            }
        }
        Ok(String::from_utf16_lossy(&units))
    }

    /// A text of the shared table: its runs of formatting and its reading are left out.
    fn shared_text(&mut self) -> Result<String, Refusal> {
        let count = usize::from(self.u16()?);
        let flags = self.u8()?;
        let runs = if flags & 8 != 0 { usize::from(self.u16()?) } else { 0 };
        let reading = if flags & 4 != 0 { self.u32()? as usize } else { 0 };
        let text = self.text(count, flags & 1 != 0)?;
        self.skip(runs * 4)?;
        self.skip(reading)?;
        Ok(text)
    }
}

/// The shared texts. Some writers count too few, so all there are get read; a break behind the count is nobody's loss.
pub(super) fn read_strings(mut segments: Segments<'_>) -> Result<Strings, Refusal> {
    let mut strings = Strings::default();
    segments.skip(4)?;
    let promised = segments.u32()?;
    let mut read = 0;
    while segments.ready() {
        match segments.shared_text() {
            Ok(text) => strings.push(&text)?,
            Err(_) if read >= promised => break,
            Err(fault) => return Err(fault),
        }
        read += 1;
    }
    Ok(strings)
}

impl Coding {
    /// A text after its length, which takes one byte or two; it may go on in further records.
    pub fn counted(&self, mut segments: Segments<'_>, long: bool) -> Result<String, Refusal> {
        let count = if long { usize::from(segments.u16()?) } else { usize::from(segments.u8()?) };
        if self.wide {
            let wide = count > 0 && segments.u8()? & 1 != 0;
            return segments.text(count, wide);
        }
        let page = self.page.ok_or_else(|| Refusal::damaged("使用了无法识别的代码页"))?;
        let bytes: Vec<u8> = (0..count).map(|_| segments.u8()).collect::<Result<_, _>>()?;
        Ok(page.decode_without_bom_handling(&bytes).0.into_owned())
    }
}

/// The encoding of a code page; none where nobody knows it.
pub(super) fn code_page(number: u16) -> Option<&'static Encoding> {
    let label = match number {
        367 | 1252 | 0x8001 => "windows-1252",
        866 => "ibm866",
        874 => "windows-874",
        932 => "shift_jis",
        936 | 1200 => "gbk",
        949 => "euc-kr",
        950 => "big5",
        10_000 | 0x8000 => "macintosh",
        10_008 => "gbk",
        54_936 => "gb18030",
        65_001 => "utf-8",
        1250..=1258 => return Encoding::for_label(format!("windows-{number}").as_bytes()),
        _ => return None,
    };
    Encoding::for_label(label.as_bytes())
}

/// A number in 30 bits: an integer or the upper half of a float, perhaps a hundred times too big.
pub(super) fn unpack_rk(bits: u32) -> f64 {
    let value = if bits & 2 != 0 { f64::from((bits as i32) >> 2) } else { f64::from_bits(u64::from(bits & !3) << 32) };
    if bits & 1 != 0 { value / 100.0 } else { value }
}

/// An error value by its code.
pub(super) fn error(code: u8) -> Raw<'static> {
    let shown = match code {
        0x00 => "#NULL!",
        0x07 => "#DIV/0!",
        0x0F => "#VALUE!",
        0x17 => "#REF!",
        0x1D => "#NAME?",
        0x24 => "#NUM!",
        0x2A => "#N/A",
        0x2B => "#GETTING_DATA",
        0x2C => "#SPILL!",
        0x2D => "#CONNECT!",
        0x2E => "#BLOCKED!",
        0x2F => "#UNKNOWN!",
        0x30 => "#FIELD!",
        0x31 => "#CALC!",
        _ => "#错误",
    };
    Raw::Error(shown.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packed_numbers_unpack() {
        let cases =
            [(0x0000_0006, 1.0), (0x0000_000F, 0.03), (0x3FF0_0000, 1.0), (0x405E_C001, 1.23), (0xFFFF_FFFE, -1.0)];
        for (bits, expected) in cases {
            assert_eq!(unpack_rk(bits), expected, "{bits:#x}");
        }
    }

    #[test]
    fn texts_go_on_in_the_next_segment() {
        let first: &[u8] = &[4, 0, 0, b'a', b'b'];
        let second: &[u8] = &[1, 0x20, 0x5F, 0x09, 0x4E];
        let mut segments = Segments::new(vec![first, second]);
        assert_eq!(segments.shared_text().unwrap(), "ab张三");
        let mut cut = Segments::new(vec![first]);
        assert!(cut.shared_text().is_err());
    }
}
