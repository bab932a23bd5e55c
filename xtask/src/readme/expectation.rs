//! The comparison of the output of commands with the output that a document shows.

use anyhow::bail;

/// The wildcard in the JSON of a document for a piece of a string that differs between runs.
const ANYTHING: char = '…';

/// The output that a document expects from its commands.
#[derive(Debug, PartialEq, Eq)]
pub enum Expectation {
    /// The output of a document's commands must contain this text.
    Contains(String),
    /// The output of a document's commands must contain these lines in this order. Other lines may be between
    /// them, and each line of the output may be longer. Spaces at the end of a line are ignored.
    Lines(String),
    /// The output of a document's commands must equal this text, in which `…` matches any piece of a string.
    Json(String),
}

/// Compares the output of commands with the expectation of a document. The error describes the difference.
pub fn check(expectation: &Expectation, output: &str) -> anyhow::Result<()> {
    match expectation {
        Expectation::Contains(text) if !output.contains(text) => bail!("the output does not contain: {text}"),
        Expectation::Lines(lines) => {
            let mut printed = output.lines();
            for line in lines.lines().map(str::trim_end).filter(|line| !line.is_empty()) {
                if !printed.any(|printed| printed.contains(line)) {
                    bail!("the output does not contain this line, or not in this order: {line}");
                }
            }
        }
        Expectation::Json(json) if !matches(json.trim(), output.trim()) => {
            bail!("the output is not: {}", json.trim())
        }
        _ => {}
    }
    Ok(())
}

fn matches(pattern: &str, text: &str) -> bool {
    let Some((head, tail)) = pattern.split_once(ANYTHING) else {
        return pattern == text;
    };
    text.strip_prefix(head).is_some_and(|rest| {
        // The wildcard ends at the next quote, so that it cannot match text of another JSON field.
        let end = rest.find('"').unwrap_or(rest.len());
        (0..=end).filter(|index| rest.is_char_boundary(*index)).any(|index| matches(tail, &rest[index..]))
    })
}

#[cfg(test)]
mod tests {
    use super::{Expectation, check};

    fn passes(expectation: &Expectation, output: &str) -> bool {
        check(expectation, output).is_ok()
    }

    #[test]
    fn lines_must_be_printed_in_order() {
        let lines = Expectation::Lines("  |\nsecond  \n".to_owned());
        assert!(passes(&lines, "first\n   |\nthe second line\n"));
        assert!(!passes(&lines, "second\n  |\n"));
        assert!(!passes(&lines, "  |\n"));
    }

    #[test]
    fn json_must_be_equal_except_for_wildcards() {
        let json = Expectation::Json("{\"id\":\"usr_…\",\"at\":\"…\",\"n\":1}\n".to_owned());
        assert!(passes(&json, "{\"id\":\"usr_1é\",\"at\":\"\",\"n\":1}"));
        assert!(!passes(&json, "{\"id\":\"ord_1\",\"at\":\"\",\"n\":1}"));
        assert!(!passes(&json, "{\"id\":\"usr_1\",\"more\":\"\",\"at\":\"\",\"n\":1}"));
        assert!(!passes(&json, "{\"id\":\"usr_1\",\"at\":\"\",\"n\":1} and more"));
    }

    #[test]
    fn a_text_must_be_printed_exactly() {
        let text = Expectation::Contains("{\"a\":1}".to_owned());
        assert!(passes(&text, "x {\"a\":1} y"));
        assert!(!passes(&text, "{\"a\": 1}"));
    }
}
