//! The table of parameter styles: the layout of a value in a single string.

use crate::operation::{Style, ValueKind};

/// The layout of a parameter's value in a single string: a prefix, then elements with a delimiter between them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Layout {
    /// The first character of the parameter's string, if the style prescribes one.
    pub(super) prefix: Option<char>,
    /// True if the name of the parameter and `=` follow the prefix (`;name=`).
    pub(super) named: bool,
    /// The character between two elements of the parameter's value.
    pub(super) delimiter: char,
    /// The form of the elements of the parameter's value.
    pub(super) elements: Elements,
}

/// The form of the elements of a parameter's value in a single string.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Elements {
    /// The parameter's string is one scalar: `a`.
    Single,
    /// The parameter's string lists the elements of a list: `a,b`.
    Values,
    /// The layout of an exploded array parameter in which the parameter's name precedes each element: `name=a;name=b`.
    NamedValues,
    /// The parameter's string lists the keys and values of an object in turn: `k,v`.
    Alternating,
    /// The parameter's string lists the keys of an object with their values: `k=v`.
    Assignments,
}

/// Returns the layout of a parameter's value by its style, its kind of value and `explode`.
///
/// | style | scalar | list | exploded list | object | exploded object |
/// |---|---|---|---|---|---|
/// | simple, form, cookie | `a` | `a,b` | `a,b` | `k,v` | `k=v,k=v`; form, cookie: `k,v` |
/// | label | `.a` | `.a,b` | `.a.b` | `.k,v` | `.k=v.k=v` |
/// | matrix | `;name=a` | `;name=a,b` | `;name=a;name=b` | `;name=k,v` | `;k=v;k=v` |
/// | spaceDelimited | `a` | `a b` | `a b` | `k v` | `k=v k=v` |
/// | pipeDelimited | `a` | `a\|b` | `a\|b` | `k\|v` | `k=v\|k=v` |
/// | tsv of Swagger 2.0 | `a` | `a<tab>b` | `a<tab>b` | none | none |
///
/// Exploded lists and objects in a query are separate `name=value` pairs, so they do not use this table.
#[inline]
pub(super) fn layout(style: Style, kind: ValueKind, explode: bool) -> Layout {
    let (prefix, delimiter) = match style {
        Style::Label => (Some('.'), if explode { '.' } else { ',' }),
        Style::Matrix => (Some(';'), if explode { ';' } else { ',' }),
        Style::SpaceDelimited => (None, ' '),
        Style::PipeDelimited => (None, '|'),
        Style::TabDelimited => (None, '\t'),
        Style::Simple | Style::Form | Style::Cookie | Style::DeepObject | Style::Json | Style::Text => (None, ','),
    };
    let elements = match kind {
        ValueKind::Scalar => Elements::Single,
        ValueKind::Array if explode && style == Style::Matrix => Elements::NamedValues,
        ValueKind::Array => Elements::Values,
        ValueKind::Object if explode && !matches!(style, Style::Form | Style::Cookie) => Elements::Assignments,
        ValueKind::Object => Elements::Alternating,
    };
    let named = style == Style::Matrix && !matches!(elements, Elements::NamedValues | Elements::Assignments);
    Layout { prefix, named, delimiter, elements }
}
