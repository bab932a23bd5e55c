//! The checks of a document's code blocks, as comments in the document select them.

/// The check of a document's code block, as a comment above the block selects it.
#[derive(Debug, PartialEq, Eq)]
pub enum Check {
    /// The check `file PATH`: the code block becomes the content of the file at PATH.
    File(String),
    /// The check `insert PATH after "LINE"`: the code block is inserted into the file at PATH, below that line.
    Insert {
        /// The path of the file into which the check `insert` inserts its code block.
        path: String,
        /// The line of the file below which the check `insert` inserts its code block, or a piece of the line
        /// that no other line contains.
        after: String,
    },
    /// The check `replace PATH "OLD" with "NEW"`: the file at PATH is changed before the code block runs.
    Replace {
        /// The path of the file that the check `replace` changes.
        path: String,
        /// The text of the file that the check `replace` replaces; the file contains it exactly once.
        old: String,
        /// The text that the check `replace` writes in place of the old text.
        new: String,
    },
    /// The check `prints TEXT`: the output of the commands contains TEXT. Quotes around TEXT are optional.
    Prints(String),
    /// The check `fails`: the last command of the code block must fail.
    Fails,
    /// The check `dev`: the commands of the code block run while `cargo xtask dev` runs.
    Dev,
    /// The check `excerpt PATH`: the file at PATH contains the lines of the code block in their order.
    Excerpt(String),
    /// The check `elsewhere`: the code block is not run, since another check covers it or it cannot run in a clone.
    Elsewhere,
}

/// Parses the comment text after `check:` into the checks of a code block.
///
/// Returns `None` for any form that [`Check`] does not describe. `dev`, `fails` and `prints` can be combined, as
/// in `dev, prints TEXT`.
pub fn parse(text: &str) -> Option<Vec<Check>> {
    if let Some(path) = text.strip_prefix("file ") {
        return Some(vec![Check::File(path.to_owned())]);
    }
    if let Some(path) = text.strip_prefix("excerpt ") {
        return Some(vec![Check::Excerpt(path.to_owned())]);
    }
    if let Some(rest) = text.strip_prefix("insert ") {
        let (path, line) = rest.split_once(" after ")?;
        let line = quoted(line)?;
        return Some(vec![Check::Insert { path: path.to_owned(), after: line.to_owned() }]);
    }
    if let Some(rest) = text.strip_prefix("replace ") {
        let (path, texts) = rest.split_once(' ')?;
        let (old, new) = quoted(texts)?.split_once("\" with \"")?;
        return Some(vec![Check::Replace { path: path.to_owned(), old: old.to_owned(), new: new.to_owned() }]);
    }
    outcome(text)
}

fn outcome(mut text: &str) -> Option<Vec<Check>> {
    let mut checks = Vec::new();
    loop {
        // `prints` is the last check of a comment, since its text may contain commas.
        if let Some(printed) = text.strip_prefix("prints ") {
            checks.push(Check::Prints(quoted(printed).unwrap_or(printed).to_owned()));
            return Some(checks);
        }
        let (word, rest) = text.split_once(", ").unwrap_or((text, ""));
        checks.push(match word {
            "dev" => Check::Dev,
            "fails" => Check::Fails,
            "elsewhere" => Check::Elsewhere,
            _ => return None,
        });
        if rest.is_empty() {
            return Some(checks);
        }
        text = rest;
    }
}

/// Returns the text between the first and the last quote of a check. The text may contain quotes itself.
fn quoted(text: &str) -> Option<&str> {
    text.strip_prefix('"')?.strip_suffix('"').filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::{Check, parse};

    fn owned(text: &str) -> String {
        text.to_owned()
    }

    #[test]
    fn each_form_of_a_check_is_parsed() {
        for (text, expected) in [
            ("file spec/a.yaml", vec![Check::File(owned("spec/a.yaml"))]),
            ("excerpt spec/a.yaml", vec![Check::Excerpt(owned("spec/a.yaml"))]),
            (
                r#"insert a.yaml after "  /v1: { $ref: x after y }""#,
                vec![Check::Insert { path: owned("a.yaml"), after: owned("  /v1: { $ref: x after y }") }],
            ),
            (
                r#"replace a.yaml "operationId:" with "operationID:""#,
                vec![Check::Replace { path: owned("a.yaml"), old: owned("operationId:"), new: owned("operationID:") }],
            ),
            ("dev", vec![Check::Dev]),
            ("elsewhere", vec![Check::Elsewhere]),
            (r#"prints "`f` in your `impl`""#, vec![Check::Prints(owned("`f` in your `impl`"))]),
            (r#"fails, prints "a, b: `c`""#, vec![Check::Fails, Check::Prints(owned("a, b: `c`"))]),
            (r#"dev, prints {"a":"b","c":1}"#, vec![Check::Dev, Check::Prints(owned(r#"{"a":"b","c":1}"#))]),
        ] {
            assert_eq!(parse(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn a_text_of_another_form_is_not_a_check() {
        for text in [
            "",
            "print x",
            "dev prints x",
            "dev, print x",
            "insert a.yaml after line",
            r#"insert a.yaml before "line""#,
            r#"replace a.yaml "old" by "new""#,
            r#"replace a.yaml "old""#,
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
