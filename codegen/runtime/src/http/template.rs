//! Path templates of a contract: taking them apart, and matching one segment of a request against one.

use std::ops::Range;

use crate::http::path::Captured;
use crate::http::percent;

/// How many parameters of a template axum is shown; its router panics beyond 26.
const MOST_SHAPE_PARAMETERS: usize = 20;

/// A path template, for example `/v1/files/{name}.{extension}`.
#[derive(Debug)]
pub(crate) struct Template {
    /// What stands between the slashes.
    pub(crate) segments: Vec<Segment>,
    /// The names of the parameters, in order.
    pub(crate) names: Vec<&'static str>,
}

/// What a template says of one segment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Segment {
    /// This text, percent-decoded.
    Literal(String),
    /// A parameter and nothing beside it.
    Parameter,
    /// Parameters with text around them.
    Mixed(Vec<Piece>),
}

/// A part of a mixed segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Piece {
    /// This text as it stands.
    Literal(&'static str),
    /// A parameter of at least one character.
    Parameter,
}

impl Template {
    /// Reads a template. Whatever is not a `{name}` is text, so that every contract has a meaning.
    pub(crate) fn parse(path: &'static str) -> Template {
        let mut template = Template { segments: Vec::new(), names: Vec::new() };
        for segment in path.strip_prefix('/').unwrap_or(path).split('/') {
            let pieces = pieces(segment, &mut template.names);
            template.segments.push(match pieces.as_slice() {
                [Piece::Parameter] => Segment::Parameter,
                pieces if pieces.contains(&Piece::Parameter) => Segment::Mixed(pieces.to_vec()),
                _ => Segment::Literal(percent::decode(segment).unwrap_or(segment.into()).into_owned()),
            });
        }
        template
    }

    /// The route under which axum is to hand requests over, below a base path: parameters by position,
    /// so that templates that differ in names only share it, and no character that axum gives a meaning.
    pub(crate) fn shape_below(&self, base: &str) -> String {
        if !base.split('/').all(is_plain) {
            return "/{*rest}".to_owned();
        }
        let mut shape = base.to_owned();
        let mut parameters = 0;
        for segment in &self.segments {
            shape.push('/');
            match segment {
                Segment::Literal(text) if is_plain(text) => shape.push_str(text),
                _ if parameters == MOST_SHAPE_PARAMETERS => {
                    shape.push_str("{*rest}");
                    return shape;
                }
                _ => {
                    shape.push_str(&format!("{{p{parameters}}}"));
                    parameters += 1;
                }
            }
        }
        shape
    }
}

/// How much text a mixed segment fixes; more of it wins.
pub(crate) fn weight(pieces: &[Piece]) -> usize {
    pieces
        .iter()
        .map(|piece| match piece {
            Piece::Literal(text) => text.len(),
            Piece::Parameter => 0,
        })
        .sum()
}

/// Matches one raw segment of a request, which stands at `at` in `path`, and adds what each
/// parameter caught, still without its name. Parameters are greedy from the left, as `(.+)` would be.
pub(crate) fn match_mixed(pieces: &[Piece], path: &str, at: Range<usize>, captures: &mut Vec<Captured>) -> bool {
    let before = captures.len();
    let (start, mut end) = (at.start, at.end);
    let mut index = pieces.len();
    while index > 0 {
        index -= 1;
        match pieces[index] {
            Piece::Literal(text) => {
                // Only reached where no parameter stands to the right: the literal ends the segment.
                match path[start..end].strip_suffix(text) {
                    Some(rest) => end = start + rest.len(),
                    None => break,
                }
            }
            Piece::Parameter => {
                let begin = match index.checked_sub(1).map(|left| pieces[left]) {
                    None => Some(start),
                    Some(Piece::Parameter) => {
                        path[start..end].char_indices().next_back().map(|(offset, _)| start + offset)
                    }
                    Some(Piece::Literal(text)) => match path[start..end].char_indices().next_back() {
                        // The search leaves the last character to this parameter.
                        Some((last, _)) if index > 1 => {
                            path[start..start + last].rfind(text).map(|found| start + found + text.len())
                        }
                        // A literal that begins the segment is where it is.
                        Some(_) if path[start..end].starts_with(text) => Some(start + text.len()),
                        _ => None,
                    },
                };
                match begin {
                    Some(begin) if begin < end => {
                        captures.push(Captured { name: "", at: begin..end });
                        end = begin;
                    }
                    _ => break,
                }
            }
        }
        if index == 0 && end == start {
            captures[before..].reverse();
            return true;
        }
    }
    captures.truncate(before);
    false
}

fn pieces(segment: &'static str, names: &mut Vec<&'static str>) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = segment;
    while let Some(open) = rest.find('{') {
        let Some(length) = rest[open..].find('}') else {
            break;
        };
        let name = &rest[open + 1..open + length];
        if name.is_empty() || name.contains('{') {
            // `{}` and `{a{b}` name nothing: the text up to the next brace stays text.
            let end = if name.is_empty() { open + length + 1 } else { open + 1 };
            pieces.push(Piece::Literal(&rest[..end]));
            rest = &rest[end..];
            continue;
        }
        if open > 0 {
            pieces.push(Piece::Literal(&rest[..open]));
        }
        names.push(name);
        pieces.push(Piece::Parameter);
        rest = &rest[open + length + 1..];
    }
    if !rest.is_empty() {
        pieces.push(Piece::Literal(rest));
    }
    pieces
}

/// Whether axum and a URI can both hold this text as it is (RFC 3986 § 3.3). A leading `:` or `*`
/// is refused by axum, since it meant something in an older release.
fn is_plain(text: &str) -> bool {
    !text.starts_with([':', '*'])
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caught<'a>(template: &'static str, segment: &'a str) -> Option<Vec<&'a str>> {
        let template = Template::parse(template);
        let [Segment::Mixed(pieces)] = template.segments.as_slice() else {
            return None;
        };
        let mut captures = Vec::new();
        match_mixed(pieces, segment, 0..segment.len(), &mut captures)
            .then(|| captures.into_iter().map(|captured| &segment[captured.at]).collect())
    }

    #[test]
    fn a_parameter_with_text_around_it_matches_what_stands_between() {
        assert_eq!(caught("/{id}.json", "a.json"), Some(vec!["a"]));
        assert_eq!(caught("/{id}.json", ".json"), None);
        assert_eq!(caught("/{id}.json", "a.xml"), None);
        assert_eq!(caught("/v{major}", "v2"), Some(vec!["2"]));
        assert_eq!(caught("/v{major}", "v"), None);
        assert_eq!(caught("/v{major}", "xv2"), None);
        assert_eq!(caught("/x{a}y", "xy"), None);
    }

    #[test]
    fn several_parameters_of_a_segment_are_greedy_from_the_left() {
        assert_eq!(caught("/{a}:{b}", "x:y"), Some(vec!["x", "y"]));
        assert_eq!(caught("/{name}.{extension}", "a.b.c"), Some(vec!["a.b", "c"]));
        assert_eq!(caught("/{a}:{b}", ":y"), None);
        assert_eq!(caught("/{a}:{b}", "x:"), None);
        assert_eq!(caught("/{a}{b}", "xyz"), Some(vec!["xy", "z"]));
        assert_eq!(caught("/{a}{b}", "x"), None);
        assert_eq!(caught("/({a},{b})", "(1,2)"), Some(vec!["1", "2"]));
        assert_eq!(caught("/{a}--{b}", "é--ü"), Some(vec!["é", "ü"]));
        assert_eq!(caught("/{a}:{b}", "xé"), None);
    }

    #[test]
    fn text_that_is_no_parameter_stays_text() {
        for odd in ["/{}", "/{a", "/a}", "/{{a}}", "/", "/{a{b}", ""] {
            let _ = Template::parse(odd).shape_below("");
        }
        assert_eq!(Template::parse("/{a").segments, [Segment::Literal("{a".into())]);
        assert_eq!(Template::parse("/{}/{b}").names, ["b"]);
    }

    #[test]
    fn a_shape_holds_nothing_that_axum_gives_a_meaning() {
        assert_eq!(Template::parse("/a/{x}/b/{y}").shape_below(""), "/a/{p0}/b/{p1}");
        assert_eq!(Template::parse("/{id}.json").shape_below(""), "/{p0}");
        assert_eq!(Template::parse("/:all/*star/a:b").shape_below(""), "/{p0}/{p1}/a:b");
        assert_eq!(Template::parse("/café").shape_below(""), "/{p0}");
        assert_eq!(Template::parse("/").shape_below(""), "/");
        assert_eq!(Template::parse("/a/").shape_below(""), "/a/");
    }
}
