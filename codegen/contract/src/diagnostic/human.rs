//! Problems as a terminal shows them, each with the lines it is about.

use std::collections::HashSet;
use std::ops::Range;

use super::fold::{self, fold, unfolded};
use super::table::table;
use super::{Diagnostic, Diagnostics, Help, Label, Severity, plural};
use crate::source::{FileId, Sources, Span};
use annotate_snippets::{Annotation, AnnotationKind, Element, Group, Level, Origin, Patch, Renderer, Snippet};

/// The number of locations listed when repeats are collapsed.
const MOST_LOCATIONS: usize = 12;

/// A longer line (of minified JSON) is no use as a diff: the advice then stands in words alone.
const LONGEST_DIFF_LINE: usize = 400;

/// A longer line is not shown as a whole, but cut around each label.
const LONGEST_LINE: usize = 4_000;

/// Places farther apart are shown each by itself, in bytes.
const LONGEST_WINDOW: u32 = 4 << 20;

/// How much of such a line is shown on either side of a label, in bytes.
const CUT: usize = 200;

/// Part of a file, whole lines, that an excerpt is cut from: the renderer indexes all it is given.
struct Window<'s> {
    text: &'s str,
    start: usize,
    first_line: usize,
}

/// Renders the diagnostics in the look of rustc, with an empty line between two; `color` adds ANSI escapes.
///
/// Repeated diagnostics are shown once, with the lines of the others. If there are more than twenty different
/// ones of a severity, the first three of each code are shown. A table at the end then counts all of them, and
/// also if there are more than twenty errors. That many warnings are only counted while there are errors.
/// [`render_all`] shows each.
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

/// Returns true if [`render`] only counts some diagnostics, in the table at its end.
pub fn is_folded(diagnostics: &Diagnostics) -> bool {
    !fold(diagnostics.sorted()).cut.is_empty()
}

/// Renders every diagnostic in full, however many there are.
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

/// Returns the lines of the diagnostics that repeat the one shown; `None` if there are none.
fn repeats(first: &Diagnostic, others: &[&Diagnostic], sources: &Sources) -> Option<String> {
    if others.is_empty() {
        return None;
    }
    let mut places: Vec<String> = Vec::new();
    let mut file = first.primary.span.file;
    for other in others.iter().take(MOST_LOCATIONS) {
        let span = other.primary.span;
        let line = sources.location(span).0;
        match span.file == file {
            true => places.push(line.to_string()),
            false => places.push(format!("{}:{line}", sources.display_path(span.file))),
        }
        file = span.file;
    }
    let more = others.len().saturating_sub(MOST_LOCATIONS);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    Some(format!("repeated {} more times, on lines {}{more}", others.len(), places.join(", ")))
}

/// Line numbers take two columns at least, so that excerpts of one file stand in one line.
fn widen(shown: &str) -> String {
    let narrow = shown.lines().any(|line| visible(line).starts_with(" --> "));
    // A cutting stands under its place without a path of its own.
    let lines = shown.lines().filter(|line| !line.contains(":::") || !is_bare(line));
    let widened = lines.map(|line| {
        let body = visible(line).starts_with(|first: char| first == ' ' || first.is_ascii_digit());
        format!("{}{line}\n", if narrow && body { " " } else { "" })
    });
    widened.collect()
}

/// Whether a line says nothing but that another excerpt begins.
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

/// A line without the colours that it begins with.
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
    if let Some(repeats) = repeats {
        group = group.element(Level::NOTE.message(repeats));
    }
    match &diagnostic.help {
        None => vec![group],
        Some(help) => match change(help, sources) {
            Some(snippet) => {
                // The text may quote the contract, whose escape sequences the title would let pass.
                let message: String = help.message.chars().filter(|letter| !letter.is_control()).collect();
                vec![group, Level::HELP.secondary_title(message).element(snippet)]
            }
            None => vec![group.element(Level::HELP.message(help.message.as_str()))],
        },
    }
}

/// One excerpt a file, that of the primary label first.
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
    // Asked of the table of lines: reading a line of megabytes for each problem would take minutes.
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

/// The surroundings of one label in a line of megabytes, as minified JSON has them: the renderer
/// would look at all of it for every problem.
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

/// The first line of a span: the rest of an object tells nobody where to look.
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

/// The lines from the first to the last of the spans.
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
    /// A span within the window, moved inwards to whole characters.
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
