//! The positions at which a line of generated Rust can be broken.

use std::ops::Range;

use super::token::{Kind, Token};

/// A part of a line of generated Rust, as a range of its token indices.
pub type Part = Range<usize>;

/// A line of generated Rust with its tokens.
pub struct Line<'t> {
    /// The source text of the line of generated code.
    pub text: &'t str,
    /// The tokens of the line of generated code, at least one.
    pub tokens: Vec<Token>,
}

impl<'t> Line<'t> {
    /// Returns the token index of the `=` of an assignment, or of the initial value of a `let` or `static`.
    pub fn assignment(&self, part: &Part) -> Option<usize> {
        let is_sign = |index: &usize| {
            self.mark(*index) == b'=' && self.is_spaced(*index) && self.is_spaced(index + 1) && *index + 1 < part.end
        };
        self.level(part).find(is_sign)
    }

    /// Returns the token index at which a closure's body begins, or `None` if the part of the line is not a closure.
    pub fn closure(&self, part: &Part) -> Option<usize> {
        let first = if self.word(part.start) == "move" { part.start + 1 } else { part.start };
        if first >= part.end || self.mark(first) != b'|' {
            return None;
        }
        self.level(&(first + 1..part.end)).find(|index| self.mark(*index) == b'|').map(|end| end + 1)
    }

    /// Returns true if an expression ends in braces, such as a block or `match`, so that a closure needs no
    /// braces around it.
    pub fn is_block(&self, body: &Part) -> bool {
        self.tokens[body.start].kind == Kind::Open(b'{')
            || matches!(self.word(body.start), "match" | "if" | "loop" | "for" | "while" | "unsafe")
    }

    /// Returns the token indices of the dots before method calls, if the part of the line is a single chain of calls.
    pub fn chain(&self, part: &Part) -> Vec<usize> {
        let is_loose =
            |index: usize| index > part.start && self.is_spaced(index) && self.tokens[index].kind != Kind::Open(b'{');
        if self.level(part).any(is_loose) {
            return Vec::new();
        }
        let is_call = |dot: &usize| {
            let mut next = dot + 2;
            if self.mark(next) == b':' && self.mark(next + 1) == b':' {
                next = self.tokens.get(next + 2).map_or(part.end, |generics| generics.partner + 1);
            }
            self.mark(*dot) == b'.'
                && *dot > part.start
                && next < part.end
                && self.tokens[dot + 1].kind == Kind::Word
                && self.tokens[next].kind == Kind::Open(b'(')
        };
        self.level(part).filter(is_call).collect()
    }

    /// Returns the token index of the last bracket at which a part of the line can be broken. Generics are used
    /// only if there is no other bracket.
    pub fn last_group(&self, part: &Part) -> Option<usize> {
        let is_breakable = |index: &usize| {
            let token = &self.tokens[*index];
            matches!(token.kind, Kind::Open(_))
                && token.partner > index + 1
                && self.word(index.saturating_sub(1)) != "pub"
        };
        let groups: Vec<usize> = self.level(part).filter(is_breakable).collect();
        let is_generic = |index: &usize| self.tokens[*index].kind == Kind::Open(b'<');
        let qualifies =
            |index: &usize| self.level(&(index + 1..self.tokens[*index].partner)).any(|inner| self.word(inner) == "as");
        let other = groups.iter().rev().find(|index| !is_generic(index));
        other.or_else(|| groups.iter().rev().find(|index| !qualifies(index))).copied()
    }

    /// Returns the character that separates the elements in a bracket, or `None` if the bracket holds a single
    /// element.
    pub fn separator(&self, open: usize, inner: &Part) -> Option<u8> {
        let has = |mark: u8| self.level(inner).any(|index| self.mark(index) == mark);
        match self.tokens[open].kind {
            Kind::Open(b'{') if has(b';') => Some(b';'),
            // The type and the length of an array form one element.
            Kind::Open(b'[') if has(b';') => None,
            _ if has(b',') => Some(b','),
            _ => None,
        }
    }

    /// Returns true if a comma may follow the last element of a bracket.
    pub fn takes_trailing_comma(&self, open: usize, element: &Part, count: usize) -> bool {
        let has = |mark: u8| self.level(element).any(|index| self.mark(index) == mark);
        if self.mark(element.start) == b'.' && self.mark(element.start + 1) == b'.' {
            return false;
        }
        if self.mark(0) == b'#' {
            // `rustfmt` adds no comma in an attribute.
            return false;
        }
        let before = open.checked_sub(1);
        let follows = |kinds: &[u8]| before.is_some_and(|index| kinds.contains(&self.mark(index)));
        match self.tokens[open].kind {
            // A macro may not accept a trailing comma.
            _ if follows(b"!") => false,
            Kind::Open(b'(') => count > 1 || before.is_some_and(|index| self.is_callable(index)),
            Kind::Open(b'[') => !has(b';'),
            Kind::Open(b'{') => count > 1 || has(b':') || has(b'>'),
            _ => true,
        }
    }

    /// Returns true if a parenthesis after the token at this index contains the arguments of a call.
    pub fn is_callable(&self, index: usize) -> bool {
        match self.tokens[index].kind {
            Kind::Word => !matches!(
                self.word(index),
                "match" | "if" | "while" | "return" | "in" | "for" | "let" | "as" | "mut" | "ref" | "else"
            ),
            Kind::Close(_) => true,
            _ => false,
        }
    }

    /// Returns true if a part of the line is a path and one bracket, such as `&StringRule { .. }` or `Some(..)`.
    pub fn is_single_group(&self, part: &Part) -> bool {
        let Some(last) = part.end.checked_sub(1).filter(|last| *last > part.start) else { return false };
        let is_loose =
            |index: usize| index > part.start && self.is_spaced(index) && self.tokens[index].kind != Kind::Open(b'{');
        let groups = |index: &usize| matches!(self.tokens[*index].kind, Kind::Open(b'(' | b'[' | b'{'));
        matches!(self.tokens[last].kind, Kind::Close(b')' | b']' | b'}'))
            && !self.level(part).any(is_loose)
            && self.level(part).filter(groups).count() == 1
            && self.tokens[last].partner + 1 < last
    }

    /// Returns the elements of a list in generated code: the parts of the line between the separators.
    pub fn elements(&self, inner: &Part, separator: Option<u8>) -> Vec<Part> {
        let mut parts = Vec::new();
        let mut start = inner.start;
        let cuts: Vec<usize> =
            self.level(inner).filter(|index| separator.is_some_and(|mark| self.mark(*index) == mark)).collect();
        for end in cuts.into_iter().chain([inner.end]) {
            if start < end {
                parts.push(start..end);
            }
            start = end + 1;
        }
        parts
    }

    /// Iterates over the indices of the tokens that are directly in a part of the line. A nested bracket is
    /// represented by its opening token only.
    pub fn level(&self, part: &Part) -> impl Iterator<Item = usize> {
        let (mut at, end) = (part.start, part.end);
        std::iter::from_fn(move || {
            let index = at;
            if index >= end {
                return None;
            }
            at = match self.tokens[index].kind {
                Kind::Open(_) => self.tokens[index].partner + 1,
                _ => index + 1,
            };
            Some(index)
        })
    }

    /// Returns the punctuation character of the token at an index, or 0 if the token is of another kind.
    pub fn mark(&self, index: usize) -> u8 {
        match self.tokens.get(index).map(|token| token.kind) {
            Some(Kind::Mark(mark)) => mark,
            _ => 0,
        }
    }

    /// Returns the identifier, keyword or number that the token at an index is, or an empty string for any other
    /// token.
    pub fn word(&self, index: usize) -> &'t str {
        match self.tokens.get(index) {
            Some(token) if token.kind == Kind::Word => &self.text[token.start..token.end],
            _ => "",
        }
    }

    /// Returns true if a space precedes the token at an index.
    pub fn is_spaced(&self, index: usize) -> bool {
        index > 0 && self.tokens.get(index).is_some_and(|token| token.start > self.tokens[index - 1].end)
    }

    /// Returns the source text of a part of the line of generated code.
    pub fn text_of(&self, part: &Part) -> &'t str {
        match part.is_empty() {
            true => "",
            false => &self.text[self.tokens[part.start].start..self.tokens[part.end - 1].end],
        }
    }

    /// Returns the source text of a part of the line of generated code, including the space before the part.
    pub fn text_with_gap(&self, part: &Part) -> &'t str {
        match part.is_empty() {
            true => "",
            false => &self.text[self.tokens[part.start - 1].end..self.tokens[part.end - 1].end],
        }
    }

    /// Returns the source text of a part of the line of generated code, including the space after the part. Returns
    /// an empty string for an empty part.
    pub fn text_with_space_after(&self, part: &Part) -> &'t str {
        match part.is_empty() {
            true => "",
            false => self.gap(part.start, part.end),
        }
    }

    /// Returns the white space before a part of the line of generated code.
    pub fn space_before(&self, part: &Part) -> &'t str {
        match part.is_empty() {
            true => "",
            false => &self.text[self.tokens[part.start - 1].end..self.tokens[part.start].start],
        }
    }

    /// Returns the source text from the start of the token `start` to the start of the token `end`.
    pub fn gap(&self, start: usize, end: usize) -> &'t str {
        &self.text[self.tokens[start].start..self.tokens[end].start]
    }

    /// Returns the source text of the tokens from `start` up to but not including `end`, with the space before them.
    pub fn gap_after(&self, start: usize, end: usize) -> &'t str {
        match start < end {
            true => &self.text[self.tokens[start - 1].end..self.tokens[end - 1].end],
            false => "",
        }
    }

    /// Returns the number of columns that a part of the line of generated code occupies.
    pub fn width(&self, part: &Part) -> usize {
        match part.is_empty() {
            true => 0,
            false => {
                let last = &self.tokens[part.end - 1];
                last.column + width(&self.text[last.start..last.end]) - self.tokens[part.start].column
            }
        }
    }
}

/// Returns the number of columns that a text occupies, one for each character.
pub fn width(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.chars().count() }
}
