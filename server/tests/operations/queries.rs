//! The metrics and labels that a query, or a line of the text format, names.

use std::collections::BTreeSet;

/// The beginnings of the names of metrics.
pub const BEGINNINGS: [&str; 4] = ["http_server_", "http_client_", "db_client_", "writ_"];

/// The words before a list of labels in parentheses.
const BEFORE_LABELS: [&str; 6] = ["by", "on", "without", "ignoring", "group_left", "group_right"];

/// A query: the metrics that it reads, and the labels by which it groups and joins them.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Query {
    pub series: Vec<Series>,
    pub groupings: BTreeSet<String>,
}

/// A metric with conditions of its labels.
#[derive(Debug, PartialEq, Eq)]
pub struct Series {
    pub metric: String,
    pub conditions: Vec<Condition>,
}

/// A condition of a label, such as `result!="ok"`.
#[derive(Debug, PartialEq, Eq)]
pub struct Condition {
    pub label: String,
    pub operator: String,
    pub value: String,
}

impl Query {
    /// Reads a query, or a line of the text format.
    pub fn read(text: &str) -> Query {
        let mut query = Query::default();
        let mut rest = text;
        while let Some(letter) = rest.chars().next() {
            if !is_name(letter) {
                rest = &rest[letter.len_utf8()..];
                continue;
            }
            let (name, after) = name(rest);
            rest = after;
            if BEFORE_LABELS.contains(&name) {
                let Some((labels, after)) = after.trim_start().strip_prefix('(').and_then(|list| list.split_once(')'))
                else {
                    continue;
                };
                query.groupings.extend(labels.split(',').map(|label| label.trim().to_owned()));
                rest = after;
            } else if BEGINNINGS.iter().any(|start| name.starts_with(start)) {
                let (conditions, after) = match after.strip_prefix('{') {
                    Some(inside) => conditions(inside),
                    None => (Vec::new(), after),
                };
                query.series.push(Series { metric: name.to_owned(), conditions });
                rest = after;
            }
        }
        query.groupings.remove("");
        query
    }
}

/// Reads conditions up to the closing brace, and returns them with the text after it.
fn conditions(mut inside: &str) -> (Vec<Condition>, &str) {
    let mut conditions = Vec::new();
    loop {
        inside = inside.trim_start_matches([' ', ',', '\n']);
        if let Some(after) = inside.strip_prefix('}') {
            return (conditions, after);
        }
        let (label, after) = name(inside);
        let (operator, after) = after.split_once('"').unwrap_or_else(|| panic!("`{inside}` has no value"));
        let (value, after) = after.split_once('"').unwrap_or_else(|| panic!("`{inside}` has an open value"));
        conditions.push(Condition {
            label: label.to_owned(),
            operator: operator.trim().to_owned(),
            value: value.to_owned(),
        });
        inside = after;
    }
}

/// Splits a text after the name at its beginning.
fn name(text: &str) -> (&str, &str) {
    text.split_at(text.find(|letter| !is_name(letter)).unwrap_or(text.len()))
}

fn is_name(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || letter == '_'
}
