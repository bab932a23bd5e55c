//! The breaking of one long line of generated code into several lines.

use super::places::{Line, Part, width};
use super::token::Kind;

/// The number of columns of one indentation level in generated code.
const STEP: usize = 4;

/// The greatest width of array elements that share a line, as in `rustfmt`.
const SHORT: usize = 10;

/// Writes a line of generated code, and breaks it if it is longer than `max` columns.
pub fn write(line: &Line<'_>, max: usize, out: &mut String) {
    let Some(first) = line.tokens.first() else { return };
    let mut page = Page { line, max, out, column: 0 };
    let indent = first.column;
    let mut end = line.tokens.len();
    if line.tokens[end - 1].kind == Kind::Remark && end > 1 {
        // A trailing comment moves to the line above.
        end -= 1;
        page.start(indent);
        page.put(&line.text[line.tokens[end].start..]);
        page.out.push('\n');
    }
    page.start(indent);
    let mut start = 0;
    while matches!(line.tokens[start].kind, Kind::Lone(b')' | b']' | b'}')) && start + 1 < end {
        start += 1;
    }
    let mut stop = end;
    let ends = matches!(line.tokens[end - 1].kind, Kind::Lone(b'(' | b'[' | b'{') | Kind::Mark(b',' | b';'));
    if ends && end - 1 > start {
        stop -= 1;
    }
    page.put(line.gap(0, start));
    let tail = line.gap_after(stop, end);
    let is_import = line.word(start) == "use" || (line.word(start) == "pub" && line.word(start + 1) == "use");
    match is_import {
        true => page.imports(start..stop, indent, tail),
        false => page.lay(start..stop, indent, tail),
    }
}

/// The writer that breaks one long line of generated code.
struct Page<'l> {
    /// The long line of generated code that is broken.
    line: &'l Line<'l>,
    /// The greatest number of columns in an output line of generated code.
    max: usize,
    out: &'l mut String,
    /// The column of the output line at which the next code is written.
    column: usize,
}

impl Page<'_> {
    /// Writes a part of a long line of code on as many lines as it needs, followed by `tail`. Begins at the current
    /// column.
    fn lay(&mut self, part: Part, indent: usize, tail: &str) {
        if part.is_empty() || self.fits(&part, tail) {
            self.put(self.line.text_of(&part));
            return self.put(tail);
        }
        if self.signature(&part, indent, tail) || self.arm(&part, indent, tail) || self.value(&part, indent, tail) {
            return;
        }
        if let Some(body) = self.line.closure(&part) {
            return self.lay_closure(&part, body, indent, tail);
        }
        let calls = self.line.chain(&part);
        if calls.len() > 1 {
            return self.lay_chain(&part, &calls, indent, tail);
        }
        if self.alternatives(&part, indent, tail) {
            return;
        }
        match self.line.last_group(&part) {
            Some(open) => self.lay_group(&part, open, indent, tail),
            None => {
                self.put(self.line.text_of(&part));
                self.put(tail);
            }
        }
    }

    /// Writes a function signature or `impl` header with one parameter on each line. Returns false if the given part
    /// of the long line is neither.
    fn signature(&mut self, part: &Part, indent: usize, tail: &str) -> bool {
        if self.line.word(part.start) == "impl" && self.line.tokens[part.start + 1].kind == Kind::Open(b'<') {
            let rest = self.line.tokens[part.start + 1].partner + 1..part.end;
            let head = part.start..rest.start;
            if self.fits(&head, "") && indent + STEP + self.line.width(&rest) + width(tail) <= self.max {
                self.put(self.line.text_of(&head));
                self.next_line(indent + STEP);
                self.put(self.line.text_of(&rest));
                self.put(tail);
            } else {
                self.lay_group(part, part.start + 1, indent, tail);
            }
            return true;
        }
        if !self.line.level(part).take(8).any(|index| self.line.word(index) == "fn") {
            return false;
        }
        let after =
            |index: &usize| self.line.tokens[*index].kind == Kind::Open(b'(') && self.line.word(index - 1) != "pub";
        match self.line.level(part).find(after) {
            Some(open) if self.line.tokens[open].partner > open + 1 => {
                self.lay_group(part, open, indent, tail);
                true
            }
            _ => false,
        }
    }

    /// Writes a match arm. The body moves to a separate line if it fits there. Returns false if the given part of the
    /// long line is not a match arm.
    fn arm(&mut self, part: &Part, indent: usize, tail: &str) -> bool {
        let is_arrow = |index: &usize| {
            self.line.mark(*index) == b'='
                && self.line.mark(index + 1) == b'>'
                && self.line.tokens[*index].end == self.line.tokens[index + 1].start
        };
        let Some(arrow) = self.line.level(part).find(is_arrow) else { return false };
        let (pattern, body) = (part.start..arrow, arrow + 2..part.end);
        if body.is_empty() {
            self.lay(pattern, indent, &format!(" =>{tail}"));
        } else if tail == "," && indent + STEP + self.line.width(&body) <= self.max && !self.line.is_block(&body) {
            self.lay(pattern, indent, " => {");
            self.next_line(indent + STEP);
            self.put(self.line.text_of(&body));
            self.next_line(indent);
            self.put("}");
        } else {
            let value = self.line.assignment(&body).map_or(body.start, |sign| sign + 1);
            let head = body.start..self.line.last_group(&(value..body.end)).map_or(body.end, |open| open + 1);
            if tail == "," && value > body.start && !self.fits(&(pattern.start..head.end), "") {
                // The first line of the value does not fit after the pattern.
                self.lay(pattern, indent, " => {");
                self.next_line(indent + STEP);
                self.lay(body, indent + STEP, "");
                self.next_line(indent);
                self.put("}");
                return true;
            }
            self.lay(pattern, indent, " => ");
            self.put(self.line.text_with_space_after(&(body.start..value)));
            self.lay(value..body.end, indent, tail);
        }
        true
    }

    /// Writes an assignment. The value moves to a separate line if it fits there. Returns false if the given part of
    /// the long line is not an assignment.
    fn value(&mut self, part: &Part, indent: usize, tail: &str) -> bool {
        let Some(sign) = self.line.assignment(part) else { return false };
        let (target, value) = (part.start..sign, sign + 1..part.end);
        if indent + STEP + self.line.width(&value) + width(tail) <= self.max {
            self.lay(target, indent, " =");
            self.next_line(indent + STEP);
            self.put(self.line.text_of(&value));
            self.put(tail);
        } else {
            self.lay(target, indent, " = ");
            self.lay(value, indent, tail);
        }
        true
    }

    /// Writes a generated closure with its body in braces on separate lines.
    fn lay_closure(&mut self, part: &Part, body: usize, indent: usize, tail: &str) {
        let body = body..part.end;
        self.put(self.line.text_of(&(part.start..body.start)));
        if self.line.is_block(&body) {
            self.put(" ");
            return self.lay(body, indent, tail);
        }
        self.put(" {");
        self.next_line(indent + STEP);
        self.lay(body, indent + STEP, "");
        self.next_line(indent);
        self.put("}");
        self.put(tail);
    }

    /// Writes a chain of method calls in generated code with one call on each line.
    fn lay_chain(&mut self, part: &Part, calls: &[usize], indent: usize, tail: &str) {
        self.lay(part.start..calls[0], indent, "");
        for (number, start) in calls.iter().enumerate() {
            let end = calls.get(number + 1).copied().unwrap_or(part.end);
            self.next_line(indent + STEP);
            self.lay(*start..end, indent + STEP, if end == part.end { tail } else { "" });
        }
    }

    /// Writes the alternatives of a pattern with as many on each line as fit. Returns false if the given part of the
    /// long line has no alternatives.
    fn alternatives(&mut self, part: &Part, indent: usize, tail: &str) -> bool {
        let is_bar = |index: &usize| {
            let spaced = self.line.is_spaced(*index) && self.line.is_spaced(index + 1);
            self.line.mark(*index) == b'|' && spaced && *index > part.start
        };
        let bars: Vec<usize> = self.line.level(part).filter(is_bar).collect();
        let mut start = part.start;
        for end in bars.iter().copied().chain([part.end]).filter(|_| !bars.is_empty()) {
            let one = start..end;
            let tail = if end == part.end { tail } else { "" };
            if start > part.start && self.column + 1 + self.line.width(&one) + width(tail) > self.max {
                self.next_line(indent);
            } else if start > part.start {
                self.put(" ");
            }
            self.put(self.line.text_of(&one));
            self.put(tail);
            start = end;
        }
        !bars.is_empty()
    }

    /// Writes a part of the long line that has a bracket at `open`. Each element in the bracket gets a separate line.
    fn lay_group(&mut self, part: &Part, open: usize, indent: usize, tail: &str) {
        let close = self.line.tokens[open].partner;
        let head = part.start..open + 1;
        let rest = close + 1..part.end;
        let inner = open + 1..close;
        self.put(self.line.text_of(&head));
        let elements = self.line.elements(&inner, self.line.separator(open, &inner));
        let after = format!("{}{}{tail}", self.line.text_of(&(close..close + 1)), self.line.text_with_gap(&rest));
        if let [only] = &elements[..]
            && self.line.is_single_group(only)
            && self.line.tokens[open].kind != Kind::Open(b'{')
        {
            return self.lay(inner, indent, &after);
        }
        if let Some(last) = elements.last().filter(|_| self.line.tokens[open].kind == Kind::Open(b'('))
            && let Some(body) = self.line.closure(last)
            && self.column + self.line.width(&(inner.start..body)) + 2 <= self.max
        {
            let before = inner.start..last.start;
            self.put(self.line.text_of(&before));
            if !before.is_empty() {
                self.put(" ");
            }
            return self.lay_closure(last, body, indent, &after);
        }
        let is_short = |element: &Part| self.line.width(element) <= SHORT;
        if self.line.tokens[open].kind == Kind::Open(b'[') && elements.len() > 1 && elements.iter().all(is_short) {
            self.fill(&elements, indent);
            self.put(&after);
            return;
        }
        let separator = self.line.separator(open, &inner);
        for (number, element) in elements.iter().enumerate() {
            self.next_line(indent + STEP);
            let last = number + 1 == elements.len();
            let end = match separator {
                Some(b';') if last => "",
                Some(b';') => ";",
                _ if last && !self.line.takes_trailing_comma(open, element, elements.len()) => "",
                _ => ",",
            };
            self.lay(element.clone(), indent + STEP, end);
        }
        self.next_line(indent);
        self.put(self.line.text_of(&(close..close + 1)));
        self.put(self.line.space_before(&rest));
        self.lay(rest, indent, tail);
    }

    /// Writes a `use` line of generated code with as many names on each line as fit.
    fn imports(&mut self, part: Part, indent: usize, tail: &str) {
        let Some(open) = self.line.level(&part).find(|index| self.line.tokens[*index].kind == Kind::Open(b'{')) else {
            self.put(self.line.text_of(&part));
            return self.put(tail);
        };
        let close = self.line.tokens[open].partner;
        self.put(self.line.text_of(&(part.start..open + 1)));
        let inner = open + 1..close;
        let names = self.line.elements(&inner, Some(b','));
        self.fill(&names, indent);
        self.put(self.line.text_of(&(close..part.end)));
        self.put(tail);
    }

    /// Writes the elements of a list in generated code with as many on each line as fit, then begins a new line.
    fn fill(&mut self, elements: &[Part], indent: usize) {
        self.next_line(indent + STEP);
        for (number, element) in elements.iter().enumerate() {
            if number > 0 && self.column + 2 + self.line.width(element) > self.max {
                self.next_line(indent + STEP);
            } else if number > 0 {
                self.put(" ");
            }
            self.put(self.line.text_of(element));
            self.put(",");
        }
        self.next_line(indent);
    }

    /// Returns true if a part of the long line and `tail` fit on the current output line.
    fn fits(&self, part: &Part, tail: &str) -> bool {
        self.column + self.line.width(part) + width(tail) <= self.max
    }

    /// Writes generated code at the current column of the output line and advances the column.
    fn put(&mut self, text: &str) {
        self.out.push_str(text);
        self.column += width(text);
    }

    /// Writes the indentation of an output line of generated code.
    fn start(&mut self, indent: usize) {
        self.out.extend(std::iter::repeat_n(' ', indent));
        self.column = indent;
    }

    /// Ends the current output line of generated code and begins the next one with an indentation.
    fn next_line(&mut self, indent: usize) {
        self.out.push('\n');
        self.start(indent);
    }
}
