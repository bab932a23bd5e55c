//! The path templates of a contract: parsing, and matching a path segment of a request against a template.

use std::ops::Range;

use crate::http::path::Captured;
use crate::http::percent;

/// The maximum number of parameters in an axum route. A path template with more uses a catch-all route, since
/// the router of axum panics if a path has more than 26.
const MOST_SHAPE_PARAMETERS: usize = 20;

/// A path template of the contract, for example `/v1/files/{name}.{extension}`.
#[derive(Debug)]
pub(crate) struct Template {
    /// The segments of the path template, between its slashes.
    pub(crate) segments: Vec<Segment>,
    /// The names of the template's parameters, in the order of the path.
    pub(crate) names: Vec<&'static str>,
}

/// A segment of a path template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Segment {
    /// A fixed string as a complete segment, percent-decoded.
    Literal(String),
    /// A single parameter as a complete segment.
    Parameter,
    /// A segment with literal text beside parameters, or with several parameters, for example
    /// `{name}.{extension}`.
    Mixed(Vec<Piece>),
}

/// A piece of a mixed path segment such as `{name}.{extension}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Piece {
    /// Literal text in a mixed path segment, in the normal form of a path.
    Literal(String),
    /// A parameter in a mixed path segment. It matches at least one character.
    Parameter,
}

impl Template {
    /// Parses a path template. Everything that is not `{name}` is literal text, so every string is valid.
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

    /// Returns the axum route of the path template below a base path.
    ///
    /// The parameters of the route are named by position, so that templates that differ only in names share a
    /// route. Segments with characters that axum treats specially become parameters.
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

/// Returns the number of literal bytes in a mixed path segment. If several templates match a path, the one with
/// more literal bytes is chosen.
pub(crate) fn weight(pieces: &[Piece]) -> usize {
    pieces
        .iter()
        .map(|piece| match piece {
            Piece::Literal(text) => text.len(),
            Piece::Parameter => 0,
        })
        .sum()
}

/// Matches a segment of a request's path in normal form, at the byte range `at` of `path`, against a mixed segment. Appends
/// the ranges that the parameters matched, still without names.
///
/// Parameters are greedy like `(.+)` in a regular expression: the leftmost ones take as much as they can.
pub(crate) fn match_mixed(pieces: &[Piece], path: &str, at: Range<usize>, captures: &mut Vec<Captured>) -> bool {
    let before = captures.len();
    let (start, mut end) = (at.start, at.end);
    let mut index = pieces.len();
    while index > 0 {
        index -= 1;
        match &pieces[index] {
            Piece::Literal(text) => {
                // To the right of this literal is the end of the segment, another literal, or a parameter that
                // begins after this one.
                match path[start..end].strip_suffix(text.as_str()) {
                    Some(rest) => end = start + rest.len(),
                    None => break,
                }
            }
            Piece::Parameter => {
                let begin = match index.checked_sub(1).map(|left| &pieces[left]) {
                    None => Some(start),
                    Some(Piece::Parameter) => {
                        path[start..end].char_indices().next_back().map(|(offset, _)| start + offset)
                    }
                    Some(Piece::Literal(text)) => match path[start..end].char_indices().next_back() {
                        // The search excludes the last character, since this parameter needs at least one.
                        Some((last, _)) if index > 1 => {
                            path[start..start + last].rfind(text.as_str()).map(|found| start + found + text.len())
                        }
                        // A literal at the beginning of the segment has a fixed location.
                        Some(_) if path[start..end].starts_with(text.as_str()) => Some(start + text.len()),
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
            // `{}` and `{a{b}` are not parameters: the text up to the next brace is literal.
            let end = if name.is_empty() { open + length + 1 } else { open + 1 };
            add_literal(&mut pieces, &rest[..end]);
            rest = &rest[end..];
            continue;
        }
        add_literal(&mut pieces, &rest[..open]);
        names.push(name);
        pieces.push(Piece::Parameter);
        rest = &rest[open + length + 1..];
    }
    add_literal(&mut pieces, rest);
    pieces
}

/// Adds literal text of a path template to its pieces. Adjacent texts become one piece, because a parameter ends before
/// all of them. A request's path has the normal form when it is compared.
fn add_literal(pieces: &mut Vec<Piece>, text: &str) {
    match pieces.last_mut() {
        _ if text.is_empty() => {}
        Some(Piece::Literal(before)) => before.push_str(&percent::normal(text)),
        _ => pieces.push(Piece::Literal(percent::normal(text).into_owned())),
    }
}

/// Returns true if this path segment is valid as it is, both in an axum route and in a URI (RFC 3986 § 3.3).
///
/// axum refuses a segment with a leading `:` or `*`, which had a special meaning in an older release.
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
    fn a_parameter_matches_the_string_between_its_literals() {
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
    fn text_that_is_not_a_parameter_is_literal() {
        for odd in ["/{}", "/{a", "/a}", "/{{a}}", "/", "/{a{b}", ""] {
            let _ = Template::parse(odd).shape_below("");
        }
        assert_eq!(Template::parse("/{a").segments, [Segment::Literal("{a".into())]);
        assert_eq!(Template::parse("/{}/{b}").names, ["b"]);
    }

    #[test]
    fn a_shape_contains_no_special_characters_of_axum() {
        assert_eq!(Template::parse("/a/{x}/b/{y}").shape_below(""), "/a/{p0}/b/{p1}");
        assert_eq!(Template::parse("/{id}.json").shape_below(""), "/{p0}");
        assert_eq!(Template::parse("/:all/*star/a:b").shape_below(""), "/{p0}/{p1}/a:b");
        assert_eq!(Template::parse("/café").shape_below(""), "/{p0}");
        assert_eq!(Template::parse("/").shape_below(""), "/");
        assert_eq!(Template::parse("/a/").shape_below(""), "/a/");
    }

    #[test]
    fn a_segment_matches_as_a_regular_expression_with_greedy_groups_does() {
        let letters = ["a", "b", "é"];
        let mut segments = vec![String::new()];
        for length in 0..6 {
            let longest: Vec<_> = segments.iter().filter(|text| text.chars().count() == length).cloned().collect();
            segments.extend(longest.iter().flat_map(|text| letters.map(|letter| format!("{text}{letter}"))));
        }
        for (template, pattern) in [
            ("/{x}a", "(.+)a"),
            ("/a{x}", "a(.+)"),
            ("/a{x}a", "a(.+)a"),
            ("/{x}a{y}", "(.+)a(.+)"),
            ("/{x}ab{y}", "(.+)ab(.+)"),
            ("/a{x}a{y}a", "a(.+)a(.+)a"),
            ("/{x}{y}", "(.+)(.+)"),
            ("/{x}{y}a", "(.+)(.+)a"),
            ("/a{x}{y}b", "a(.+)(.+)b"),
            ("/a{x}b{y}{z}", "a(.+)b(.+)(.+)"),
            ("/{x}a{y}b{z}", "(.+)a(.+)b(.+)"),
            ("/aa{x}b{y}aa", "aa(.+)b(.+)aa"),
        ] {
            let regex = regex::Regex::new(&format!("^{pattern}$")).unwrap();
            for segment in &segments {
                let expected = regex.captures(segment);
                let expected = expected.map(|groups| groups.iter().skip(1).map(|one| one.unwrap().as_str()).collect());
                assert_eq!(caught(template, segment), expected, "{template}: {segment}");
            }
        }
    }

    #[test]
    fn a_parameter_behind_braces_without_a_name_keeps_the_text_before_it() {
        // Segments of a request are compared in their normal form, in which braces are encoded.
        assert_eq!(caught("/{}x{a}", "%7B%7Dxyxz"), Some(vec!["yxz"]));
        assert_eq!(caught("/{}x{a}", "%7B%7Dyxz"), None);
        assert_eq!(caught("/{a}{}x", "y%7B%7Dx"), Some(vec!["y"]));
    }

    #[test]
    fn the_weight_of_a_segment_is_the_length_of_its_literals() {
        let weight_of = |template: &'static str| match &Template::parse(template).segments[..] {
            [Segment::Mixed(pieces)] => weight(pieces),
            other => panic!("{other:?}"),
        };
        assert_eq!(["/{a}-{b}", "/v{a}.json", "/{a}é"].map(weight_of), [1, 6, "%C3%A9".len()]);
    }
}
