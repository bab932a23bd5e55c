//! Whether commands printed what the README says they print.

use anyhow::bail;

/// Stands in an answer for what differs from run to run.
const ANYTHING: char = '…';

/// What an output must be.
#[derive(Debug, PartialEq, Eq)]
pub enum Expectation {
    /// This stands somewhere in it.
    Contains(String),
    /// These lines stand in it in this order, maybe with others between them and with more on
    /// each; spaces at their ends do not count.
    Lines(String),
    /// This is all of it, where `…` is any part of a string.
    Json(String),
}

/// Fails with what is missing in `output`.
pub fn check(expectation: &Expectation, output: &str) -> anyhow::Result<()> {
    match expectation {
        Expectation::Contains(text) if !output.contains(text) => bail!("this is not printed: {text}"),
        Expectation::Lines(lines) => {
            let mut printed = output.lines();
            for line in lines.lines().map(str::trim_end).filter(|line| !line.is_empty()) {
                if !printed.any(|printed| printed.contains(line)) {
                    bail!("this line is not printed, or not in this order: {line}");
                }
            }
        }
        Expectation::Json(json) if !fits(json.trim(), output.trim()) => {
            bail!("this is not what is printed: {}", json.trim())
        }
        _ => {}
    }
    Ok(())
}

fn fits(pattern: &str, text: &str) -> bool {
    let Some((head, tail)) = pattern.split_once(ANYTHING) else {
        return pattern == text;
    };
    text.strip_prefix(head).is_some_and(|rest| {
        // Within a string: a wildcard hides no field.
        let end = rest.find('"').unwrap_or(rest.len());
        (0..=end).filter(|place| rest.is_char_boundary(*place)).any(|place| fits(tail, &rest[place..]))
    })
}

#[cfg(test)]
mod tests {
    use super::{Expectation, check};

    fn passes(expectation: &Expectation, output: &str) -> bool {
        check(expectation, output).is_ok()
    }

    #[test]
    fn lines_are_looked_for_in_their_order() {
        let lines = Expectation::Lines("  |\nsecond  \n".to_owned());
        assert!(passes(&lines, "first\n   |\nthe second line\n"));
        assert!(!passes(&lines, "second\n  |\n"));
        assert!(!passes(&lines, "  |\n"));
    }

    #[test]
    fn an_answer_is_the_one_that_is_shown_but_for_wildcards() {
        let json = Expectation::Json("{\"id\":\"usr_…\",\"at\":\"…\",\"n\":1}\n".to_owned());
        assert!(passes(&json, "{\"id\":\"usr_1é\",\"at\":\"\",\"n\":1}"));
        assert!(!passes(&json, "{\"id\":\"ord_1\",\"at\":\"\",\"n\":1}"));
        assert!(!passes(&json, "{\"id\":\"usr_1\",\"more\":\"\",\"at\":\"\",\"n\":1}"));
        assert!(!passes(&json, "{\"id\":\"usr_1\",\"at\":\"\",\"n\":1} and more"));
    }

    #[test]
    fn a_text_is_looked_for_as_it_is() {
        let text = Expectation::Contains("{\"a\":1}".to_owned());
        assert!(passes(&text, "x {\"a\":1} y"));
        assert!(!passes(&text, "{\"a\": 1}"));
    }
}
