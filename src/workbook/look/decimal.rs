//! A number as spreadsheet programs show it: its fifteen decimal digits, to be shifted and rounded as decimals are.

/// A decimal number: `0.digits × 10^point`, the first and the last digit not nought; no digits for nought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Decimal {
    pub negative: bool,
    digits: Vec<u8>,
    point: i32,
}

impl Decimal {
    /// The fifteen significant digits of a number that is not infinite.
    pub fn new(value: f64) -> Decimal {
        let written = format!("{:.14e}", value.abs());
        let (digits, exponent) = written.split_once('e').unwrap_or((&written, "0"));
        let digits = digits.bytes().filter(u8::is_ascii_digit).map(|digit| digit - b'0').collect();
        let point = exponent.parse::<i32>().unwrap_or_default() + 1;
        Decimal { negative: value < 0.0, digits, point }.trimmed()
    }

    fn trimmed(mut self) -> Decimal {
        while self.digits.last() == Some(&0) {
            self.digits.pop();
        }
        if self.digits.is_empty() {
            self.point = 0;
        }
        self
    }

    /// With that sign; nought has none.
    pub fn signed(mut self, negative: bool) -> Decimal {
        self.negative = negative && !self.is_zero();
        self
    }

    pub fn is_zero(&self) -> bool {
        self.digits.is_empty()
    }

    /// The nearest number that programs compute with.
    pub fn value(&self) -> f64 {
        let digits: String = self.digits.iter().map(|digit| char::from(b'0' + digit)).collect();
        let sign = if self.negative { "-" } else { "" };
        format!("{sign}0.{digits}0e{}", self.point).parse().unwrap_or_default()
    }

    /// How many digits stand before the point; nought or less for a number below one.
    pub fn whole_digits(&self) -> i32 {
        self.point
    }

    /// How many significant digits there are.
    pub fn length(&self) -> i32 {
        self.digits.len() as i32
    }

    /// Times ten to the power of `places`.
    pub fn shifted(mut self, places: i32) -> Decimal {
        if !self.is_zero() {
            self.point += places;
        }
        self
    }

    /// With at most so many decimals, a half rounded away from nought.
    pub fn rounded(mut self, decimals: i32) -> Decimal {
        let keep = self.point + decimals;
        if keep >= self.length() {
            return self;
        }
        let up = usize::try_from(keep).is_ok_and(|keep| self.digits[keep] >= 5);
        self.digits.truncate(keep.max(0) as usize);
        if up {
            while self.digits.last() == Some(&9) {
                self.digits.pop();
            }
            match self.digits.last_mut() {
                Some(last) => *last += 1,
                None => {
                    self.digits.push(1);
                    self.point += 1;
                }
            }
        }
        self.trimmed()
    }

    /// The digits before the point, none for a number below one.
    pub fn whole(&self) -> String {
        (0..self.point.max(0)).map(|at| self.digit(at)).collect()
    }

    /// The digits behind the point, without noughts at their end.
    pub fn fraction(&self) -> String {
        (self.point.min(0)..self.length() - self.point.max(0)).map(|at| self.digit(at + self.point.max(0))).collect()
    }

    fn digit(&self, at: i32) -> char {
        let digit = usize::try_from(at).ok().and_then(|at| self.digits.get(at)).copied().unwrap_or_default();
        char::from(b'0' + digit)
    }

    /// As the format General shows it in a cell that is wide enough: eleven characters, an exponent where more are needed.
    pub fn general(&self) -> String {
        let most = 10;
        let whole = self.point;
        if self.is_zero() {
            return "0".to_owned();
        }
        if whole > most + 1 || whole < -3 && self.length() - whole > most {
            let shown = self.clone().shifted(1 - whole).rounded(5);
            let carried = shown.point - 1;
            let shown = shown.shifted(-carried);
            let exponent = whole - 1 + carried;
            let point = if shown.length() > 1 { "." } else { "" };
            let sign = if exponent < 0 { '-' } else { '+' };
            return format!("{}{point}{}E{sign}{:02}", shown.whole(), shown.fraction(), exponent.abs());
        }
        let shown = self.clone().rounded((most - whole.max(1)).max(0));
        let (whole, fraction) = (shown.whole(), shown.fraction());
        let whole = if whole.is_empty() { "0" } else { &whole };
        if fraction.is_empty() { whole.to_owned() } else { format!("{whole}.{fraction}") }
    }
}
