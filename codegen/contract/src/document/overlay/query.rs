//! JSONPath queries (RFC 9535) of overlays, with a bound on the work that a query can cause.

use serde_json::Value as Json;
use serde_json_path::JsonPath;

use super::step::{Path, path};

/// The longest text of a query, in bytes.
const LONGEST: usize = 2_000;

/// The deepest nesting of brackets and parentheses in a query. The parser of queries is recursive.
const DEEPEST: usize = 12;

/// The factor by which a regular expression makes the visit of a node more expensive.
const PATTERN_COST: u64 = 20;

/// A parsed JSONPath query.
#[derive(Debug)]
pub(super) struct Query {
    path: JsonPath,
    cost: Cost,
}

/// The reason why a text is not a usable query, with the offset of the problem in the text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Unusable {
    pub offset: usize,
    pub reason: String,
}

/// The size of a tree, by which the cost of a query is estimated.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Size {
    /// The number of nodes of the tree, or more.
    pub nodes: u64,
    /// The depth of the tree, or more.
    pub depth: u64,
}

/// An upper bound of the visits of a query, as a product of powers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Cost {
    /// True if the query can select several nodes in one step; otherwise it visits one node for each step.
    wide: bool,
    /// The number of times that the result can be repeated: by descendants of descendants.
    repeats: u32,
    /// The number of selectors that can select a node again, multiplied over all steps.
    choices: u64,
    /// The number of nested searches within a filter, each of which visits a part of the tree again.
    inner: u32,
    /// The number of searches from the root within a filter, each of which visits the complete tree again.
    roots: u32,
    /// The cost of the regular expressions of the query.
    patterns: u64,
}

impl Query {
    /// Parses a JSONPath query.
    ///
    /// # Errors
    ///
    /// Returns the reason if the text is not a query, or is longer or deeper than a query may be.
    pub(super) fn parse(text: &str) -> Result<Query, Unusable> {
        if text.len() > LONGEST {
            return Err(Unusable { offset: 0, reason: format!("longer than {LONGEST} bytes") });
        }
        let scan = scan(text);
        if let Some(offset) = scan.too_deep {
            return Err(Unusable { offset, reason: format!("nested deeper than {DEEPEST} brackets") });
        }
        match JsonPath::parse(text) {
            Ok(path) => Ok(Query { path, cost: scan.cost }),
            Err(error) => {
                let reason = error.message().rsplit(", ").next().unwrap_or_default();
                let reason = if reason == "parser error" { "unexpected" } else { reason };
                Err(Unusable { offset: error.position().min(text.len()), reason: reason.to_owned() })
            }
        }
    }

    /// Returns the paths of the nodes that the query selects, in the order of their paths and without repetitions.
    pub(super) fn locate(&self, tree: &Json) -> Vec<Path> {
        let mut paths: Vec<Path> = self.path.query_located(tree).iter().map(|node| path(node.location())).collect();
        paths.sort_unstable();
        paths.dedup();
        paths
    }

    /// Returns an upper bound of the results of the query in a tree of the given size.
    pub(super) fn results(&self, size: Size) -> u64 {
        match self.cost.wide {
            true => size
                .nodes
                .saturating_mul(size.depth.saturating_pow(self.cost.repeats))
                .saturating_mul(self.cost.choices),
            false => self.cost.choices,
        }
    }

    /// Returns an upper bound of the visits of nodes while the query runs in a tree of the given size.
    pub(super) fn visits(&self, size: Size) -> u64 {
        let inner = size.depth.saturating_pow(self.cost.inner);
        let roots = size.nodes.saturating_pow(self.cost.roots);
        self.results(size).saturating_mul(inner).saturating_mul(roots).saturating_mul(self.cost.patterns)
    }
}

/// The parts of a query's text that matter for its cost and for advice.
pub(super) struct Scan {
    cost: Cost,
    /// The offset of a bracket that is nested too deep.
    too_deep: Option<usize>,
    /// The offsets at which the segments of the query start.
    pub segments: Vec<usize>,
}

/// An open bracket of a query.
struct Bracket {
    /// True for a bracket that contains a filter.
    filter: bool,
    /// The number of selectors in the bracket.
    selectors: u64,
}

/// Reads the text of a query once. Text that is not a query has any result.
pub(super) fn scan(text: &str) -> Scan {
    let cost = Cost { choices: 1, patterns: 1, ..Cost::default() };
    let mut scan = Scan { cost, too_deep: None, segments: Vec::new() };
    let mut open: Vec<Bracket> = Vec::new();
    let mut descents = 0;
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let filters = open.iter().filter(|bracket| bracket.filter).count();
        let first_segment_byte = open.is_empty() && matches!(byte, b'.' | b'[');
        let after_dots = at > 0 && bytes[at - 1] == b'.';
        if first_segment_byte && !after_dots {
            scan.segments.push(at);
        }
        match byte {
            b'\'' | b'"' => at = closing_quote(bytes, at),
            b'[' | b'(' => {
                open.push(Bracket { filter: false, selectors: 1 });
                if open.len() > DEEPEST {
                    scan.too_deep = scan.too_deep.or(Some(at));
                }
            }
            b']' | b')' => {
                let bracket = open.pop();
                let selectors = bracket.filter(|_| *byte == b']').map_or(1, |bracket| bracket.selectors);
                scan.cost.choices = scan.cost.choices.saturating_mul(selectors);
            }
            b',' => {
                if let Some(bracket) = open.last_mut() {
                    bracket.selectors += 1;
                }
            }
            b'?' => {
                scan.cost.wide = true;
                scan.cost.inner += u32::from(filters > 0);
                if let Some(bracket) = open.last_mut() {
                    bracket.filter = true;
                }
            }
            b'*' | b':' => scan.cost.wide = true,
            b'.' if after_dots => {
                scan.cost.wide = true;
                match filters {
                    0 if descents == 0 => descents = 1,
                    0 => scan.cost.repeats += 1,
                    _ => scan.cost.inner += 1,
                }
            }
            b'$' if filters > 0 => scan.cost.roots += u32::from(is_wide(&text[at..])),
            b'm' | b's' if filters > 0 && ["match", "search"].iter().any(|name| text[at..].starts_with(name)) => {
                scan.cost.patterns = scan.cost.patterns.saturating_mul(PATTERN_COST.saturating_mul(repetitions(text)));
            }
            _ => {}
        }
        at += 1;
    }
    scan
}

/// Returns the offset of the quote that ends the string literal which starts at an offset.
fn closing_quote(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 1,
            byte if *byte == bytes[start] => return at,
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}

/// Returns true if a query can select several nodes in one step.
fn is_wide(text: &str) -> bool {
    text.contains("..") || text.contains(['*', '?', ':'])
}

/// Returns the product of the counted repetitions in the regular expressions of a query, such as 30 for `[a-z]{30}`.
fn repetitions(text: &str) -> u64 {
    let counts = text.split('{').skip(1).map(|rest| {
        let inside = rest.split('}').next().unwrap_or_default();
        inside.split(',').filter_map(|count| count.trim().parse::<u64>().ok()).max().unwrap_or(1).max(1)
    });
    counts.fold(1, u64::saturating_mul)
}
