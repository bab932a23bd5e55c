//! The wrapping of long lines in generated doc comments.

use super::MAX;

/// The column at which the lines of a wrapped paragraph in a doc comment end.
const PROSE: usize = 100;

/// Adds `line` and a line break to a doc comment whose lines begin with `prefix`. Wraps the line if it is
/// longer than [`MAX`] columns.
///
/// `fence` is the character of the fence if previous lines have opened a code block. Code, tables, headings and
/// definitions of links are not wrapped, and no word is broken.
pub fn wrap(line: &str, prefix: &str, fence: &mut Option<char>, out: &mut String) {
    let text = line.trim_start();
    let opener = if text.starts_with("```") { Some('`') } else { text.starts_with("~~~").then_some('~') };
    let in_code = fence.is_some();
    match (*fence, opener) {
        (None, Some(mark)) => *fence = Some(mark),
        (Some(open), Some(mark)) if open == mark => *fence = None,
        _ => {}
    }
    let fits = prefix.len() + line.len() <= MAX || prefix.len() + line.chars().count() <= MAX;
    if fits || in_code || opener.is_some() || !is_prose(line) {
        out.extend([prefix, line, "\n"]);
        return;
    }
    let (marker, text) = text.split_at(marker(text));
    let margin = &line[..line.len() - text.len() - marker.len()];
    let quote = marker.starts_with('>');
    let hang = if quote { marker.to_owned() } else { " ".repeat(marker.len()) };
    let mut lead = marker;
    let width = PROSE.saturating_sub(prefix.len() + margin.len() + marker.len());
    let mut rest = text;
    while !rest.is_empty() {
        let (first, other) = rest.split_at(cut(rest, width));
        out.extend([prefix, margin, lead, first.trim_end(), "\n"]);
        lead = &hang;
        rest = other.trim_start();
    }
}

/// Returns true if a line of Markdown can be wrapped without changing its meaning.
fn is_prose(line: &str) -> bool {
    let text = line.trim_start();
    let indented = line.len() - text.len() >= 4 && marker(text) == 0;
    let is_table = text.starts_with('|') || text.contains(" | ");
    let is_definition = text.starts_with('[') && text.contains("]:");
    !(indented || is_table || is_definition || text.starts_with('#') || text.contains("<pre"))
}

/// Returns the length of a Markdown list or quotation marker at the start of a line, including the space after it.
fn marker(text: &str) -> usize {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    match text.as_bytes() {
        [b'-' | b'*' | b'+' | b'>', b' ', ..] => 2,
        _ if digits > 0 && (text[digits..].starts_with(". ") || text[digits..].starts_with(") ")) => digits + 2,
        _ => 0,
    }
}

/// Returns the number of bytes of `text` that the first wrapped line contains: up to the last space within `width`
/// columns, or up to the first space if no space is within `width`. Breaks neither within a code span nor before text
/// that would begin a Markdown block.
fn cut(text: &str, width: usize) -> usize {
    let mut ticks = 0;
    let mut last = None;
    for (column, (place, letter)) in text.char_indices().enumerate() {
        match letter {
            '`' => ticks += 1,
            ' ' if ticks % 2 == 0 && continues(&text[place + 1..]) => {
                if column > width {
                    return last.unwrap_or(place);
                }
                last = Some(place);
            }
            _ if column > width && last.is_some() => return last.unwrap_or(place),
            _ => {}
        }
    }
    match last {
        Some(place) if text.chars().count() > width => place,
        _ => text.len(),
    }
}

/// Returns true if a line of Markdown that begins with this text continues the previous paragraph.
fn continues(text: &str) -> bool {
    let Some(first) = text.chars().next() else { return false };
    let opens = matches!(first, '(' | '"' | '\'' | '$' | '{' | '/' | '\u{201c}' | '\u{2018}')
        || (first == '`' && !text.starts_with("```"));
    let is_link = first == '[' && !text.contains("]:");
    (opens || is_link || first.is_alphanumeric()) && marker(text) == 0
}
