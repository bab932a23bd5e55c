//! Random values. A seed determines them, so that a failure can be repeated.

use std::collections::BTreeMap;

/// Strings that parameters, forms or paths give a meaning, and some that encodings treat specially.
const PIECES: &[&str] = &[
    ",", ";", ".", "..", "=", "&", "|", " ", "  ", "+", "%", "%2C", "%2c", "%20", "%7C", "%", "%zz", "/", "\\", "[", "]", "[]",
    "[0]", "{", "}", "\"", "'", "(", ")", "<", ">", "#", "?", ":", "@", "!", "$", "*", "~", "-", "_", "^", "`", "é",
    "ß", "日本", "😀", "\u{a0}", "\u{2028}", "\u{202e}", "\u{feff}", "\t", "\n", "\r\n", "\0", "\u{1}", "\u{7f}",
    "null", "true", "0", "1", "a", "b", "text", "texts", "first", "v", "json",
];

/// A source of random values.
pub struct Random {
    state: u64,
    /// True if values may contain anything. Otherwise every style can express them.
    wild: bool,
}

impl Random {
    pub fn new(seed: u64) -> Random {
        Random { state: seed, wild: false }
    }

    /// Returns the next number (SplitMix64).
    pub fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut number = self.state;
        number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        number ^ (number >> 31)
    }

    pub fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit as u64).unwrap_or_default()
    }

    /// Decides whether the next values may contain anything. Returns the decision.
    pub fn choose_wild(&mut self) -> bool {
        self.wild = self.below(4) == 0;
        self.wild
    }

    pub fn is_wild(&self) -> bool {
        self.wild
    }

    pub fn text(&mut self) -> String {
        if self.wild {
            return (0..self.below(4)).map(|_| PIECES[self.below(PIECES.len())]).collect();
        }
        (0..=self.below(6)).map(|_| char::from(b'a' + self.below(26) as u8)).collect()
    }

    /// Returns a key of a map that is not a property of an object in the contract.
    pub fn key(&mut self) -> String {
        const PROPERTIES: &[&str] = &["first", "count", "text", "texts", "numbers", "words", "object", "tags[]", "note"];
        match self.text() {
            text if self.wild && PROPERTIES.contains(&&*text) => "key".to_owned(),
            text if self.wild => text,
            text => format!("k{text}"),
        }
    }

    pub fn number(&mut self) -> f64 {
        match self.below(4) {
            0 => 0.0,
            1 => -1.5,
            2 => self.below(1_000_000) as f64 / 64.0,
            _ => Some(f64::from_bits(self.next())).filter(|number| number.is_finite()).unwrap_or(1e300),
        }
    }

    pub fn list<T>(&mut self, make: impl Fn(&mut Random) -> T) -> Vec<T> {
        let least = usize::from(!self.wild);
        (0..least + self.below(4)).map(|_| make(self)).collect()
    }

    pub fn map(&mut self) -> BTreeMap<String, String> {
        self.list(|random| (random.key(), random.text())).into_iter().collect()
    }

    /// Returns no value for a third of the calls.
    pub fn maybe<T>(&mut self, make: impl FnOnce(&mut Random) -> T) -> Option<T> {
        if self.below(3) == 0 { None } else { Some(make(self)) }
    }
}
