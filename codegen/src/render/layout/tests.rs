//! The layout of long lines, and the invariant that no token changes.

use std::fs;
use std::path::Path;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use super::{MAX, lay_out_within, wrap};

fn laid_out(line: &str) -> String {
    within(&format!("{line}\n"), MAX)
}

fn within(text: &str, max: usize) -> String {
    let mut out = String::new();
    lay_out_within(text, max, &mut out);
    out
}

/// Asserts the layout of a line. Each `_` represents a long name.
#[track_caller]
fn assert_becomes(line: &str, expected: &str) {
    let long = "a_name_that_is_long_because_the_contract_has_it";
    let (line, expected) = (line.replace('_', long), expected.replace('_', long));
    let laid_out = laid_out(&line);
    assert_eq!(laid_out.trim_end(), expected);
    assert_eq!(normal(&laid_out), normal(&line), "no token changes");
}

/// Returns the tokens of a text without those that a line break may add: a comma before a closing bracket,
/// and the braces around the body of a closure or match arm.
fn normal(text: &str) -> Vec<String> {
    let tokens: TokenStream = text.parse().unwrap_or_else(|error| panic!("{error}: {text}"));
    let mut out = Vec::new();
    flatten(tokens, &mut out);
    if out.last().is_some_and(|last| last == ",") {
        out.pop();
    }
    out
}

fn flatten(tokens: TokenStream, out: &mut Vec<String>) {
    let mut after_brace = false;
    for token in tokens {
        let is_comma = token.to_string() == ",";
        if is_comma && std::mem::take(&mut after_brace) {
            continue;
        }
        if std::mem::take(&mut after_brace) {
            out.push(",".to_owned());
        }
        match token {
            TokenTree::Group(group) => {
                let arm = out.ends_with(&["=".to_owned(), ">".to_owned()]);
                let closure = out.last().is_some_and(|last| last == "|");
                let braces = group.delimiter() == Delimiter::Brace && (arm || closure);
                if !braces {
                    out.push(format!("{:?}", group.delimiter()));
                }
                flatten(group.stream(), out);
                if out.last().is_some_and(|last| last == ",") {
                    out.pop();
                }
                match braces {
                    true => after_brace = arm,
                    false => out.push("end".to_owned()),
                }
            }
            other => {
                let other = other.to_string();
                if other == ">" && out.last().is_some_and(|last| last == ",") {
                    out.pop();
                }
                out.push(other);
            }
        }
    }
}

#[test]
fn lines_that_fit_are_left_alone() {
    let text = "fn f( a :u8 ) {\n    let x=1 ;\n}\n";
    assert_eq!(within(text, MAX), text);
}

#[test]
fn parameters_are_written_one_on_each_line() {
    assert_becomes(
        "    pub fn _(&self, request: &_) -> client::Call<_, B> {}",
        "    pub fn _(\n        &self,\n        request: &_,\n    ) -> client::Call<_, B> {}",
    );
}

#[test]
fn an_assigned_value_moves_to_the_next_line_if_it_fits_there() {
    assert_becomes("let _ = a::_(1, 2, |r| r._());", "let _ =\n    a::_(1, 2, |r| r._());");
}

#[test]
fn the_body_of_a_match_arm_moves_to_the_next_line_if_it_fits_there() {
    assert_becomes("1 => x = r.f(_, _),", "1 => x = r.f(_, _),");
    assert_becomes("10000 => x = r.f(_, _, 123456789),", "10000 => {\n    x = r.f(_, _, 123456789)\n}");
    assert_becomes("10 => x = r.f(_, _, _),", "10 => x = r.f(\n    _,\n    _,\n    _,\n),");
}

#[test]
fn the_body_of_a_closure_moves_to_a_separate_line_in_braces() {
    assert_becomes(
        "input._(6, |r| r._(&Rule { minimum: 1 }, f));",
        "input._(6, |r| {\n    r._(&Rule { minimum: 1 }, f)\n});",
    );
}

#[test]
fn chained_calls_are_written_one_on_each_line() {
    assert_becomes(
        "Reply::status(201).header(\"_\", self._).json(_)",
        "Reply::status(201)\n    .header(\"_\", self._)\n    .json(_)",
    );
}

#[test]
fn a_struct_that_is_the_only_argument_opens_on_the_line_of_the_call() {
    assert_becomes(
        "r.string(&Rule { a: _, b: Some(_), pattern: Some(&_), ..Rule::NONE })",
        "r.string(&Rule {\n    a: _,\n    b: Some(_),\n    pattern: Some(&_),\n    ..Rule::NONE\n})",
    );
}

#[test]
fn generics_are_broken_if_nothing_else_can_be() {
    assert_becomes("pub struct Api<A, _, _, _>;", "pub struct Api<\n    A,\n    _,\n    _,\n    _,\n>;");
    assert_becomes(
        "impl<A, _> Api<A, _>\nwhere A: _ {}",
        "impl<A, _>\n    Api<A, _>\nwhere A: _ {}".replace("<A, _>\n    ", "<A, _> ").as_str(),
    );
}

#[test]
fn a_comma_is_not_added_if_it_changes_the_meaning() {
    assert_becomes("let x = (_ + _ + _);", "let x = (\n    _ + _ + _\n);");
    assert_becomes("name!(_, _, _)", "name!(\n    _,\n    _,\n    _\n)");
    assert_becomes("const X: [u8; _] = [f(_); _];", "const X: [u8; _] =\n    [f(_); _];");
}

#[test]
fn strings_and_comments_are_not_broken() {
    let long = "(a, b) ".repeat(30);
    for line in [
        format!("x = \"{long}\";"),
        format!("// {long}"),
        format!("/// {long}"),
        format!("x = r#\"{long}\"#;"),
        format!("x = r##\"{long}\"#\n{long}\n\"##;"),
    ] {
        let kept = laid_out(&line);
        assert_eq!(kept.split_whitespace().collect::<Vec<_>>(), line.split_whitespace().collect::<Vec<_>>());
    }
}

#[test]
fn code_after_a_raw_string_is_laid_out() {
    let call = format!("f({});\n", vec!["name"; 30].join(", "));
    let text = format!("x = r#\"\n{call}\"#, r##\"\n\"#\n{call}\"##;\n{call}");
    let laid_out = within(&text, MAX);
    assert_eq!(laid_out.matches(&call).count(), 2, "{laid_out}");
    assert!(laid_out.ends_with("    name,\n);\n"), "{laid_out}");
}

#[test]
fn characters_and_lifetimes_are_distinguished() {
    assert_becomes(
        "f(_, '(', b'\"', '\\'', _, &'a _)",
        "f(\n    _,\n    '(',\n    b'\"',\n    '\\'',\n    _,\n    &'a _,\n)",
    );
}

fn wrapped(lines: &[&str]) -> String {
    let (mut out, mut fence) = (String::new(), None);
    lines.iter().for_each(|line| wrap(line, "/// ", &mut fence, &mut out));
    out
}

#[test]
fn prose_is_wrapped_between_words_and_keeps_its_list_markers() {
    let words = "word ".repeat(40);
    let text = wrapped(&[words.trim(), &format!("- {}", words.trim())]);
    assert!(text.lines().all(|line| line.len() <= 100), "{text}");
    assert!(text.contains("\n/// - word") && text.contains("\n///   word"), "{text}");
    assert_eq!(text.matches("word").count(), 80);
}

#[test]
fn code_tables_and_links_are_not_wrapped() {
    let words = "word ".repeat(40);
    let words = words.trim();
    for lines in [
        vec!["```", words, "```"],
        vec![&*format!("# {words}")],
        vec![&*format!("| {words} | {words} |")],
        vec![&*format!("`{words}`")],
        vec![&*format!("https://{}", words.replace(' ', "/"))],
    ] {
        assert_eq!(wrapped(&lines).lines().count(), lines.len(), "{lines:?}");
    }
    let list = format!("{}- no list", "word ".repeat(20));
    assert!(!wrapped(&[&list, &list.repeat(2)]).contains("/// - no"));
}

/// Collects every Rust file below a folder.
fn sources(folder: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).expect("the folder is read").flatten() {
        let path = entry.path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(fs::read_to_string(path).expect("a source is read"));
        }
    }
}

#[test]
fn tokens_do_not_change_at_any_line_width() {
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden"), &mut files);
    assert!(files.len() > 100, "the golden files are there");
    for text in files {
        let before = normal(&text);
        for max in [20, 40, 60, 80] {
            let narrow = within(&text, max);
            let after = normal(&narrow);
            let place = after.iter().zip(&before).position(|(after, before)| after != before);
            assert!(
                after == before,
                "{:?}\n{:?}",
                place.map(|place| &after[place..]),
                place.map(|place| &before[place..])
            );
        }
        assert!(within(&text, MAX) == text, "a file that is laid out changes: {text}");
    }
}

#[test]
fn a_line_that_can_be_broken_stays_within_the_limit() {
    let name = "x".repeat(30);
    let text = format!("let a = f({});", vec![name; 30].join(", "));
    assert!(laid_out(&text).lines().all(|line| line.len() <= MAX));
}
