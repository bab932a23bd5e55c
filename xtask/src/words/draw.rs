//! The random sample of comments and diagnostics that is shown to a reader without any code.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;

use anyhow::Context;

use super::comment::{Comment, Kind};

/// A comment or diagnostic in the sample for a reader.
#[derive(Debug, Clone)]
pub struct Drawn {
    /// The text of the comment or diagnostic, which the reader sees.
    pub text: String,
    /// The origin of the text: the file, the line and the item. The reader does not see it.
    pub key: String,
}

/// Draws a sample of doc comments of handwritten code. Tests and generated code are excluded.
pub fn comments(all: &[Comment], seed: u64, count: usize) -> Vec<Drawn> {
    let drawn = all.iter().filter(|comment| comment.kind == Kind::Doc && is_product(&comment.path));
    let drawn = drawn.map(|comment| Drawn {
        text: comment.text.clone(),
        key: format!("{}:{}: {}", comment.path, comment.line, comment.item),
    });
    sample(drawn.collect(), seed, count)
}

/// Draws a sample of `count` texts. The sample depends only on the seed and the set of texts, not on their order.
pub fn sample(mut texts: Vec<Drawn>, seed: u64, count: usize) -> Vec<Drawn> {
    texts.sort_by_cached_key(|drawn| {
        let mut hasher = DefaultHasher::new();
        (seed, &drawn.key, &drawn.text).hash(&mut hasher);
        hasher.finish()
    });
    texts.truncate(count);
    texts
}

/// Reads the diagnostics of the golden files in a folder, to draw a sample from them.
pub fn diagnostics(folder: &Path) -> anyhow::Result<Vec<Drawn>> {
    let mut drawn = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "txt") {
            let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            drawn.extend(split(&text).into_iter().map(|text| Drawn { text, key: name.clone() }));
        }
    }
    Ok(drawn)
}

/// Splits the terminal output of the generator into single diagnostics.
fn split(text: &str) -> Vec<String> {
    let mut diagnostics: Vec<String> = Vec::new();
    for line in text.lines() {
        let opens = ["error[", "warning[", "note["].iter().any(|level| line.starts_with(level));
        if opens {
            diagnostics.push(String::new());
        }
        if let Some(last) = diagnostics.last_mut() {
            last.extend([line, "\n"]);
        }
    }
    diagnostics
}

fn is_product(path: &str) -> bool {
    path.ends_with(".rs") && !path.starts_with("generated/") && !path.split('/').any(|part| part.starts_with("test"))
}

/// Prints the texts of a sample, numbered from 1, and their origins if `key` is true.
pub fn print(drawn: &[Drawn], key: bool) {
    for (number, text) in (1..).zip(drawn) {
        println!("--- {number}");
        if key {
            println!("[{}]", text.key);
        }
        print!("{}", text.text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(count: usize) -> Vec<Drawn> {
        (0..count).map(|at| Drawn { text: format!("text {at}"), key: String::new() }).collect()
    }

    #[test]
    fn a_seed_draws_the_same_texts_in_whatever_order_they_come() {
        let names = |drawn: Vec<Drawn>| drawn.into_iter().map(|drawn| drawn.text).collect::<Vec<_>>();
        let mut turned = texts(100);
        turned.reverse();
        let drawn = names(sample(texts(100), 7, 10));
        assert_eq!(drawn, names(sample(turned, 7, 10)));
        assert_ne!(drawn, names(sample(texts(100), 8, 10)));
        assert_eq!(drawn.len(), 10);
    }

    #[test]
    fn each_diagnostic_is_a_text() {
        let found = split("error[a]: one\n  --> x\n\nwarning[b]: two\n");
        assert_eq!(found, ["error[a]: one\n  --> x\n\n", "warning[b]: two\n"]);
    }
}
