//! Parameters of an operation: location, name, style and kind of value.

/// A parameter of an operation (OpenAPI 3.0.3 § 4.7.12): its location and the style of its value.
///
/// A constructor exists for each location; the other methods change one property each:
///
/// ```
/// use writ_runtime::{Parameter, Style, ValueKind};
///
/// const SORT: Parameter = Parameter::query("sort").style(Style::Form, false).kind(ValueKind::Array);
/// assert!(!SORT.required && !SORT.explode);
/// assert!(Parameter::path("userId").required);
/// ```
#[derive(Debug)]
pub struct Parameter {
    /// The name, as the contract spells it. Names of headers are compared without regard to case.
    pub name: &'static str,
    /// The part of the request that contains the parameter (`in`).
    pub location: ParameterLocation,
    /// The notation of an array or object in the parameter (`style`).
    pub style: Style,
    /// True if each element of an array or object is written separately (`explode`).
    pub explode: bool,
    /// The kind of value that the schema of the parameter describes.
    pub kind: ValueKind,
    /// True if a request without the parameter is a violation.
    pub required: bool,
    /// True if an empty value that the schema does not allow counts as absent (`allowEmptyValue`).
    pub may_be_empty: bool,
    /// The property names of an object whose properties are sent as parameters of their own. `None` if
    /// the object takes every name that no other parameter takes.
    pub fields: Option<&'static [&'static str]>,
}

impl Parameter {
    const fn new(name: &'static str, location: ParameterLocation, style: Style) -> Parameter {
        Parameter {
            name,
            location,
            style,
            explode: matches!(style, Style::Form),
            kind: ValueKind::Scalar,
            required: matches!(location, ParameterLocation::Path),
            may_be_empty: false,
            fields: None,
        }
    }

    /// Returns a required path parameter in simple style.
    pub const fn path(name: &'static str) -> Parameter {
        Parameter::new(name, ParameterLocation::Path, Style::Simple)
    }

    /// Returns an optional query parameter in form style.
    pub const fn query(name: &'static str) -> Parameter {
        Parameter::new(name, ParameterLocation::Query, Style::Form)
    }

    /// Returns an optional header parameter in simple style.
    pub const fn header(name: &'static str) -> Parameter {
        Parameter::new(name, ParameterLocation::Header, Style::Simple)
    }

    /// Returns an optional cookie parameter in form style.
    pub const fn cookie(name: &'static str) -> Parameter {
        Parameter::new(name, ParameterLocation::Cookie, Style::Form)
    }

    /// Returns this parameter as a required one.
    pub const fn required(mut self) -> Parameter {
        self.required = true;
        self
    }

    /// Returns this parameter with another `style` and `explode`.
    pub const fn style(mut self, style: Style, explode: bool) -> Parameter {
        self.style = style;
        self.explode = explode;
        self
    }

    /// Returns the parameter with `allowEmptyValue`: an invalid empty value counts as absent.
    pub const fn may_be_empty(mut self) -> Parameter {
        self.may_be_empty = true;
        self
    }

    /// Returns the parameter as an object that has these properties and no others.
    pub const fn fields(mut self, fields: &'static [&'static str]) -> Parameter {
        self.fields = Some(fields);
        self
    }

    /// Returns this parameter with another kind of value.
    pub const fn kind(mut self, kind: ValueKind) -> Parameter {
        self.kind = kind;
        self
    }
}

/// The part of a request that contains a parameter (`in` in a contract).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParameterLocation {
    /// A parameter in a segment of the path.
    Path,
    /// A parameter in the query string.
    Query,
    /// A parameter in a header.
    Header,
    /// A parameter in a cookie.
    Cookie,
}

/// The notation of arrays and objects in a parameter (OpenAPI 3.0.3 § 4.7.12.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// The parameter style `simple`: `a,b`.
    Simple,
    /// The parameter style `label`: `.a.b`.
    Label,
    /// The parameter style `matrix`: `;name=a,b`.
    Matrix,
    /// The parameter style `form`: `name=a&name=b`, or `name=a,b` without `explode`.
    Form,
    /// The parameter style `spaceDelimited`: `name=a%20b`.
    SpaceDelimited,
    /// The parameter style `pipeDelimited`: `name=a|b`.
    PipeDelimited,
    /// The parameter style `deepObject`: `name[key]=value`.
    DeepObject,
    /// A parameter with `content` and a JSON media type: its string is a JSON text.
    Json,
    /// A parameter with `content` and any other media type: its string is the value.
    Text,
}

/// The kind of value that a parameter has. RFC 6570 defines a notation for each kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueKind {
    /// A single value, which is neither an array nor an object.
    Scalar,
    /// A list of values, for a schema of type `array`.
    Array,
    /// A set of names with values, for a schema of type `object`.
    Object,
}
