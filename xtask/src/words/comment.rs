//! The comments of a source file, and the texts that are checked like comments: descriptions of a contract and
//! names of tests.

/// The language of a source file, which determines the form of its comments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// Rust, and templates of Rust code. Doc comments and plain comments are checked.
    Rust,
    /// YAML. Descriptions and summaries of a contract are checked like comments.
    Yaml,
    /// A language with `#` before a comment: TOML, shell scripts.
    Hash,
    /// A language with `--` before a comment: SQL, Lua.
    Dashes,
}

impl Language {
    /// Returns the language of a source file by its path, or `None` for files whose comments are not checked.
    pub fn of(path: &str) -> Option<Language> {
        let extension = path.rsplit_once('.').map(|(_, extension)| extension);
        match extension {
            Some("rs" | "j2") => Some(Language::Rust),
            // Only the contracts in spec/ are read, since contracts of tests contain mistakes on purpose.
            Some("yaml") if path.starts_with("spec/") => Some(Language::Yaml),
            Some("toml" | "sh") => Some(Language::Hash),
            Some("sql" | "lua") => Some(Language::Dashes),
            _ => (path == ".ci/run").then_some(Language::Hash),
        }
    }

    /// Returns the comment mark of a line and the text after it; `None` if the line is not a comment.
    fn comment(self, line: &str) -> Option<(&'static str, &str)> {
        let marks: &[&str] = match self {
            Language::Rust => &["///", "//!", "//"],
            Language::Yaml | Language::Hash => &["#"],
            Language::Dashes => &["--"],
        };
        let line = line.trim_start();
        marks.iter().find_map(|mark| Some((*mark, line.strip_prefix(mark)?)))
    }
}

/// The kind of a text that is checked for a missing subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A doc comment, which tools show without the code below it.
    Doc,
    /// A comment that people read beside the code, or a description of a contract.
    Plain,
    /// The name of a test function, with spaces in place of underscores.
    Test,
}

/// A comment of a source file: consecutive lines with one comment mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// The path of the comment's file, below the root of the repository.
    pub path: String,
    /// The number of the comment's first line in its file, counted from 1.
    pub line: usize,
    /// The kind of the comment: doc comment, plain comment or name of a test.
    pub kind: Kind,
    /// The text of the comment without comment marks; lines end with a line feed.
    pub text: String,
    /// The line of code after the comment. For a doc comment it is the documented item.
    pub item: String,
}

/// Reads the comments, test names and descriptions of a source file in their order.
pub fn read(path: &str, text: &str, language: Language) -> Vec<Comment> {
    let mut comments: Vec<Comment> = Vec::new();
    // The mark of the current comment if the next line can continue it.
    let mut open: Option<&str> = None;
    // The indentation of the key of a description whose block of lines has not ended.
    let mut block: Option<usize> = None;
    let mut attributes = String::new();
    for (line, content) in (1..).zip(text.lines()) {
        if let Some((mark, rest)) = language.comment(content) {
            let rest = rest.strip_prefix(' ').unwrap_or(rest);
            match comments.last_mut() {
                Some(comment) if open == Some(mark) => comment.text.extend([rest, "\n"]),
                _ => {
                    let kind = if mark.len() == 3 { Kind::Doc } else { Kind::Plain };
                    comments.push(comment(path, line, kind, format!("{rest}\n")));
                }
            }
            open = Some(mark);
            continue;
        }
        let code = content.trim();
        if code.starts_with("#[") {
            attributes.push_str(code);
            continue;
        }
        if let (true, Some(comment)) = (open.take().is_some(), comments.last_mut()) {
            code.clone_into(&mut comment.item);
        }
        if language == Language::Rust && attributes.contains("test") {
            comments.extend(test_name(code).map(|name| comment(path, line, Kind::Test, name)));
        }
        if language == Language::Yaml {
            match (block.take(), comments.last_mut()) {
                // The lines of a block are indented deeper than its key; empty lines separate its paragraphs.
                (Some(key), Some(comment)) if code.is_empty() || indentation(content) > key => {
                    comment.text.extend([code, "\n"]);
                    block = Some(key);
                }
                _ => {
                    if let Some(text) = description(code) {
                        let is_block = text.starts_with(['|', '>']);
                        block = is_block.then(|| indentation(content));
                        let text = if is_block { String::new() } else { text };
                        comments.push(comment(path, line, Kind::Plain, text));
                    }
                }
            }
        }
        attributes.clear();
    }
    comments
}

fn indentation(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

fn comment(path: &str, line: usize, kind: Kind, text: String) -> Comment {
    Comment { path: path.to_owned(), line, kind, text, item: String::new() }
}

/// Returns the name of the test function that a line declares, with spaces in place of underscores.
fn test_name(code: &str) -> Option<String> {
    let (_, declared) = code.split_once("fn ")?;
    let (name, _) = declared.split_once(['(', '<'])?;
    Some(name.replace('_', " "))
}

/// Returns the first line of a `description` or `summary` in a YAML contract.
fn description(code: &str) -> Option<String> {
    let (_, text) = code.split_once("description: ").or_else(|| code.split_once("summary: "))?;
    Some(text.trim_start_matches(['"', '\'']).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str, language: Language) -> Vec<(usize, Kind, String)> {
        read("file", text, language).into_iter().map(|found| (found.line, found.kind, found.text)).collect()
    }

    #[test]
    fn lines_of_one_mark_are_one_comment() {
        let text = "//! The file.\n\n/// A type\n/// of two lines.\nstruct A;\n    // A reason.\n";
        let found = texts(text, Language::Rust);
        assert_eq!(
            found,
            [
                (1, Kind::Doc, "The file.\n".to_owned()),
                (3, Kind::Doc, "A type\nof two lines.\n".to_owned()),
                (6, Kind::Plain, "A reason.\n".to_owned())
            ]
        );
    }

    #[test]
    fn the_item_of_a_doc_comment_stands_behind_its_attributes() {
        let found = read("file", "/// A type.\n#[derive(Debug)]\nstruct A;\n", Language::Rust);
        assert_eq!(found[0].item, "struct A;");
    }

    #[test]
    fn names_of_tests_are_read_and_names_of_functions_are_not() {
        let found = texts("#[test]\nfn who_asks() {}\nfn what_is_left() {}\n", Language::Rust);
        assert_eq!(found, [(2, Kind::Test, "who asks".to_owned())]);
    }

    #[test]
    fn descriptions_of_a_contract_are_read() {
        let found = texts("a: { description: The name. }\nb: c\n", Language::Yaml);
        assert_eq!(found, [(1, Kind::Plain, "The name. }".to_owned())]);
    }

    #[test]
    fn a_description_of_several_lines_is_read_to_its_end() {
        let found = texts("a:\n  description: |\n    One line.\n\n    What follows.\n  b: c\n", Language::Yaml);
        assert_eq!(found, [(2, Kind::Plain, "One line.\n\nWhat follows.\n".to_owned())]);
    }
}
