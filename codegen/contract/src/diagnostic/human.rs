//! The rendering of diagnostics for a terminal, with excerpts of the source.

use std::collections::HashSet;
use std::ops::Range;

use annotate_snippets::{Annotation, AnnotationKind, Element, Group, Level, Origin, Patch, Renderer, Snippet};

use super::fold::{self, fold, unfolded};
use super::table::table;
use super::{Diagnostic, Diagnostics, Help, Label, Severity, plural};
use crate::source::{FileId, Sources, Span};

/// The number of locations listed when repeated diagnostics are shown as one.
const MOST_LOCATIONS: usize = 12;

/// The longest source line that is shown as a diff, in bytes. For longer lines (minified JSON), the help is
/// shown without a diff.
const LONGEST_DIFF_LINE: usize = 400;

/// The longest source line that is shown completely, in bytes. Longer lines are cut around each label.
const LONGEST_LINE: usize = 4_000;

/// The greatest distance of labels that share a source excerpt, in bytes. Labels farther apart get separate excerpts.
const LONGEST_WINDOW: u32 = 4 << 20;

/// The length of a source excerpt on each side of a label in a line that is too long to show, in bytes.
const CUT: usize = 200;

/// A range of complete lines of a source file, from which the excerpt of a diagnostic is made.
///
/// The renderer (crate `annotate-snippets`) indexes all the text that it receives, so it gets this range instead
/// of the file.
struct Window<'s> {
    text: &'s str,
    start: usize,
    first_line: usize,
}

/// Renders all diagnostics in the style of rustc, separated by empty lines.
///
/// The diagnostics are ordered by location. `color` adds ANSI escape sequences.
///
/// Repeated diagnostics are shown once, with the lines of the repeats. If there are more than twenty different
/// diagnostics of one severity, only the first three of each code are shown, and a table at the end counts all of
/// them. The table is also shown for more than twenty errors. More than twenty warnings are only counted if there
/// are also errors. [`render_all`] shows every diagnostic.
///
/// ```
/// use std::path::PathBuf;
/// use writ_contract::diagnostic::{Diagnostic, Diagnostics, render};
/// use writ_contract::source::{Sources, Span};
///
/// let mut sources = Sources::default();
/// let text = "operationID: getPet\n".to_owned();
/// let file = sources.add("spec/pets.yaml".to_owned(), PathBuf::from("spec/pets.yaml"), text);
///
/// let span = Span::new(file, 0, 11);
/// let mut diagnostics = Diagnostics::new();
/// diagnostics.push(
///     Diagnostic::error("unknown-field", span, "unknown field `operationID` in an operation")
///         .label("not a field of an operation")
///         .suggest(span, "operationId"),
/// );
/// let expected = "\
/// error[unknown-field]: unknown field `operationID` in an operation
///   --> spec/pets.yaml:1:1
///    |
///  1 | operationID: getPet
///    | ^^^^^^^^^^^ not a field of an operation
///    |
/// help: did you mean `operationId`?
///    |
///  1 - operationID: getPet
///  1 + operationId: getPet
///    |
/// ";
/// assert_eq!(render(&diagnostics, &sources, false), expected);
/// ```
pub fn render(diagnostics: &Diagnostics, sources: &Sources, color: bool) -> String {
    let sorted = diagnostics.sorted();
    let folded = fold(sorted.clone());
    let mut text = render_groups(&folded.shown, sources, color);
    if folded.hides_warnings {
        let warnings: Vec<&Diagnostic> =
            sorted.iter().copied().filter(|found| found.severity == Severity::Warning).collect();
        let kinds: HashSet<&str> = warnings.iter().map(|found| found.code).collect();
        let (count, kinds) = (plural(warnings.len(), "warning"), plural(kinds.len(), "kind"));
        text.push_str(&format!("\n{count} of {kinds} are not shown while there are errors\n"));
    }
    for severity in folded.summed {
        text.push('\n');
        text.push_str(&table(&sorted, severity, sources, color));
    }
    text
}

/// Returns true if [`render`] leaves out some diagnostics and only counts them.
pub fn is_folded(diagnostics: &Diagnostics) -> bool {
    !fold(diagnostics.sorted()).cut.is_empty()
}

/// Renders every diagnostic in full in the style of rustc, however many there are.
pub fn render_all(diagnostics: &Diagnostics, sources: &Sources, color: bool) -> String {
    render_groups(&unfolded(diagnostics.sorted()).shown, sources, color)
}

fn render_groups(shown: &[fold::Group<'_>], sources: &Sources, color: bool) -> String {
    let renderer = if color { Renderer::styled().hyperlink(false) } else { Renderer::plain() };
    let shown = shown.iter().filter_map(|same| {
        let first = same.first()?;
        let repeats = repeats(first, same.repeats(), sources);
        Some(widen(&renderer.render(&groups(first, repeats.as_deref(), sources))))
    });
    shown.collect::<Vec<String>>().join("\n")
}

/// Returns the note that lists the lines of a diagnostic's repeats; `None` if the diagnostic is not repeated.
fn repeats(first: &Diagnostic, others: &[&Diagnostic], sources: &Sources) -> Option<String> {
    if others.is_empty() {
        return None;
    }
    let mut lines: Vec<String> = Vec::new();
    let mut file = first.primary.span.file;
    for other in others.iter().take(MOST_LOCATIONS) {
        let span = other.primary.span;
        let line = sources.location(span).0;
        match span.file == file {
            true => lines.push(line.to_string()),
            false => lines.push(format!("{}:{line}", sources.display_path(span.file))),
        }
        file = span.file;
    }
    let more = others.len().saturating_sub(MOST_LOCATIONS);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    Some(format!("repeated {} more times, on lines {}{more}", others.len(), lines.join(", ")))
}

/// Indents the excerpts of a rendered diagnostic if its line numbers have one digit, so that all diagnostics align.
fn widen(shown: &str) -> String {
    let narrow = shown.lines().any(|line| visible(line).starts_with(" --> "));
    // A cut excerpt follows the line with its path, so the renderer's bare `:::` line is dropped.
    let lines = shown.lines().filter(|line| !line.contains(":::") || !is_bare(line));
    let widened = lines.map(|line| {
        let body = visible(line).starts_with(|first: char| first == ' ' || first.is_ascii_digit());
        format!("{}{line}\n", if narrow && body { " " } else { "" })
    });
    widened.collect()
}

/// Returns true if a line of a rendered diagnostic consists only of `:::`, which announces a further excerpt.
fn is_bare(line: &str) -> bool {
    let mut rest = line;
    let mut plain = String::new();
    while let Some((before, after)) = rest.split_once("\u{1b}[") {
        plain.push_str(before);
        rest = after.split_once('m').map_or("", |(_, after)| after);
    }
    plain.push_str(rest);
    plain.trim() == ":::"
}

/// Returns a line of a rendered diagnostic without the ANSI escape sequences at its start.
fn visible(mut line: &str) -> &str {
    while let Some((_, rest)) = line.strip_prefix("\u{1b}[").and_then(|rest| rest.split_once('m')) {
        line = rest;
    }
    line
}

fn groups<'s>(diagnostic: &'s Diagnostic, repeats: Option<&'s str>, sources: &'s Sources) -> Vec<Group<'s>> {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let title = level.primary_title(diagnostic.message.as_str()).id(diagnostic.code);
    let mut group = Group::with_title(title).elements(excerpts(diagnostic, sources));
    for note in &diagnostic.notes {
        group = group.element(Level::NOTE.message(note.as_str()));
    }
    if let Some(origin) = sources.origin(diagnostic.primary.span) {
        group = group.element(Level::NOTE.message(origin));
    }
    if let Some(repeats) = repeats {
        group = group.element(Level::NOTE.message(repeats));
    }
    match &diagnostic.help {
        None => vec![group],
        Some(help) => match change(help, sources) {
            Some(snippet) => {
                // The help may quote the contract, and the renderer keeps escape sequences in a title, so they
                // are removed here.
                let message: String = help.message.chars().filter(|letter| !letter.is_control()).collect();
                vec![group, Level::HELP.secondary_title(message).element(snippet)]
            }
            None => vec![group.element(Level::HELP.message(help.message.as_str()))],
        },
    }
}

/// Returns the source excerpts of a diagnostic, one for each file with a label; the file of the primary label
/// is first.
fn excerpts<'s>(diagnostic: &'s Diagnostic, sources: &'s Sources) -> Vec<Element<'s>> {
    let mut files: Vec<FileId> = vec![diagnostic.primary.span.file];
    for label in &diagnostic.secondary {
        if !files.contains(&label.span.file) {
            files.push(label.span.file);
        }
    }
    files.into_iter().flat_map(|file| excerpt(file, diagnostic, sources)).collect()
}

fn excerpt<'s>(file: FileId, diagnostic: &'s Diagnostic, sources: &'s Sources) -> Vec<Element<'s>> {
    let path = sources.display_path(file);
    if sources.text(file).is_empty() {
        return vec![Origin::path(path).into()];
    }
    let mut labels: Vec<(AnnotationKind, &Label)> = Vec::new();
    if diagnostic.primary.span.file == file {
        labels.push((AnnotationKind::Primary, &diagnostic.primary));
    }
    let secondary = diagnostic.secondary.iter().filter(|label| label.span.file == file);
    labels.extend(secondary.map(|label| (AnnotationKind::Context, label)));

    let labels: Vec<(AnnotationKind, &Label, Span)> =
        labels.into_iter().map(|(kind, label)| (kind, label, first_line(label.span, sources))).collect();
    // The line index gives the length: scanning a line of several megabytes for each diagnostic would take minutes.
    let long = labels.iter().any(|(.., span)| sources.line(*span).len() > LONGEST_LINE);
    let (first, last) =
        (labels.iter().map(|(.., span)| span.start).min(), labels.iter().map(|(.., span)| span.end).max());
    let far = last.unwrap_or(0).saturating_sub(first.unwrap_or(0)) > LONGEST_WINDOW;
    if long || far {
        return labels.into_iter().flat_map(|(kind, label, span)| cutting(kind, label, span, sources)).collect();
    }
    let Some(window) = window(file, labels.iter().map(|(.., span)| *span), sources) else {
        return vec![Origin::path(path).into()];
    };
    let annotations = labels.into_iter().map(|(kind, label, span)| {
        let annotation: Annotation<'_> = kind.span(window.within(span));
        if label.text.is_empty() { annotation } else { annotation.label(label.text.as_str()) }
    });
    let snippet = Snippet::source(window.text).path(path).line_start(window.first_line);
    vec![snippet.annotations(annotations).into()]
}

/// Returns the source excerpt around one label in a very long line, such as minified JSON.
///
/// Without the cut, the renderer would process the complete line for every diagnostic.
fn cutting<'s>(kind: AnnotationKind, label: &'s Label, span: Span, sources: &'s Sources) -> [Element<'s>; 2] {
    let text = sources.text(span.file);
    let (line, column) = sources.location(span);
    let (at, end) = (span.start as usize, span.end as usize);
    let near = |mut at: usize| {
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let at = near(at.min(text.len()));
    let before = near(at.saturating_sub(CUT));
    let before = text[before..at].rfind('\n').map_or(before, |line_break| before + line_break + 1);
    let after = near(at.saturating_add(CUT).min(text.len()));
    let after = text[at..after].find('\n').map_or(after, |line_break| at + line_break);
    let shown = at - before..near(end.clamp(at, after)) - before;
    let annotation: Annotation<'_> = kind.span(shown);
    let annotation = if label.text.is_empty() { annotation } else { annotation.label(label.text.as_str()) };
    let snippet: Snippet<'s, Annotation<'s>> = Snippet::source(&text[before..after]).line_start(line);
    let origin = Origin::path(sources.display_path(span.file)).line(line).char_column(column);
    [origin.into(), snippet.annotation(annotation).into()]
}

/// Returns the span of a diagnostic's label, cut at the end of its first line; further lines do not help the reader.
fn first_line(span: Span, sources: &Sources) -> Span {
    let end = sources.line(span).end.max(span.start as usize);
    Span { end: span.end.min(u32::try_from(end).unwrap_or(u32::MAX)), ..span }
}

fn change<'s>(help: &'s Help, sources: &'s Sources) -> Option<Snippet<'s, Patch<'s>>> {
    let (span, replacement) = help.replacement.as_ref()?;
    if sources.line(*span).len() > LONGEST_LINE {
        return None;
    }
    let window = window(span.file, std::iter::once(*span), sources)?;
    if window.text.lines().any(|line| line.len() > LONGEST_DIFF_LINE) {
        return None;
    }
    let patch = Patch::new(window.within(*span), replacement.as_str());
    Some(Snippet::source(window.text).line_start(window.first_line).patch(patch))
}

/// Returns the smallest range of complete source lines that contains all the given spans.
fn window<'s>(file: FileId, spans: impl Iterator<Item = Span>, sources: &'s Sources) -> Option<Window<'s>> {
    let text = sources.text(file);
    let (start, end) = spans.fold((text.len(), 0), |(start, end), span| {
        (start.min(span.start as usize), end.max(span.end as usize).max(span.start as usize))
    });
    let start = text.as_bytes().get(..start.min(text.len()))?.iter().rposition(|byte| *byte == b'\n');
    let start = start.map_or(0, |at| at + 1);
    let end = end.min(text.len());
    let rest = text.as_bytes().get(end..)?.iter().position(|byte| *byte == b'\n');
    let end = rest.map_or(text.len(), |at| end + at);
    let (first_line, _) = sources.location(Span::new(file, start, start));
    Some(Window { text: text.get(start..end)?, start, first_line })
}

impl Window<'_> {
    /// Returns a source span as a byte range in this range of lines, with its ends moved down to character boundaries.
    fn within(&self, span: Span) -> Range<usize> {
        let floor = |offset: u32| {
            let mut at = (offset as usize).saturating_sub(self.start).min(self.text.len());
            while !self.text.is_char_boundary(at) {
                at -= 1;
            }
            at
        };
        let start = floor(span.start);
        start..floor(span.end).max(start)
    }
}
