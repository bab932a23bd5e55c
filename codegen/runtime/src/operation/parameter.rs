//! The parameters of an operation in the operation table: location, name, style and kind of value.

/// The description of an operation's parameter (OpenAPI 3.0.3 § 4.7.12): its location and the style of its
/// value.
///
/// The type has a constructor for each location; the other methods change one property each:
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
    /// The name of the parameter, as the contract spells it. Names of headers are compared without regard to
    /// case.
    pub name: &'static str,
    /// The part of the request that contains the parameter (`in`).
    pub location: ParameterLocation,
    /// The notation of an array or object in the parameter's string (`style`).
    pub style: Style,
    /// True if each element of an array or object in the parameter is written separately (`explode`).
    pub explode: bool,
    /// The kind of value that the schema of the parameter describes.
    pub kind: ValueKind,
    /// True if the schema of an array parameter also allows a single value. One element is then read as that value.
    pub or_scalar: bool,
    /// True if a request must contain the parameter (`required`).
    pub required: bool,
    /// True if an empty value of the parameter that the schema does not allow counts as absent
    /// (`allowEmptyValue`).
    pub may_be_empty: bool,
    /// The property names of an object parameter whose properties are sent under their own names. `None` if the
    /// object takes every name that no other parameter takes.
    pub fields: Option<&'static [&'static str]>,
    /// The fields of a parameter for the complete query string that need another notation than `name=value`, if the
    /// query string is a form.
    pub form: &'static [Parameter],
    /// The names that an object parameter, or a form in the query string, never takes, because they are those of
    /// credentials.
    pub reserved: &'static [&'static str],
    /// True if no element of the array or object can contain the delimiter of the style. An encoded delimiter then
    /// separates elements too, as many clients send it.
    pub encoded_delimiters: bool,
}

impl Parameter {
    const fn new(name: &'static str, location: ParameterLocation, style: Style) -> Parameter {
        Parameter {
            name,
            location,
            style,
            explode: matches!(style, Style::Form | Style::Cookie),
            kind: ValueKind::Scalar,
            or_scalar: false,
            required: matches!(location, ParameterLocation::Path),
            may_be_empty: false,
            fields: None,
            form: &[],
            reserved: &[],
            encoded_delimiters: false,
        }
    }

    /// Returns the description of a required path parameter in the style `simple`.
    pub const fn path(name: &'static str) -> Parameter {
        Parameter::new(name, ParameterLocation::Path, Style::Simple)
    }

    /// Returns the description of an optional query parameter in the style `form`.
    pub const fn query(name: &'static str) -> Parameter {
        Parameter::new(name, ParameterLocation::Query, Style::Form)
    }

    /// Returns the description of an optional parameter for the complete query string, which is a form.
    pub const fn querystring(name: &'static str) -> Parameter {
        Parameter::new(name, ParameterLocation::QueryString, Style::Form)
    }

    /// Returns the description of an optional header parameter in the style `simple`.
    pub const fn header(name: &'static str) -> Parameter {
        Parameter::new(name, ParameterLocation::Header, Style::Simple)
    }

    /// Returns the description of an optional cookie parameter in the style `form`.
    pub const fn cookie(name: &'static str) -> Parameter {
        Parameter::new(name, ParameterLocation::Cookie, Style::Form)
    }

    /// Returns this parameter with `required` set: a request must contain it.
    pub const fn required(mut self) -> Parameter {
        self.required = true;
        self
    }

    /// Returns this parameter with another notation of arrays and objects: `style` and `explode`.
    pub const fn style(mut self, style: Style, explode: bool) -> Parameter {
        self.style = style;
        self.explode = explode;
        self
    }

    /// Returns this parameter with `allowEmptyValue` set: an empty value that the schema does not allow counts
    /// as absent.
    pub const fn may_be_empty(mut self) -> Parameter {
        self.may_be_empty = true;
        self
    }

    /// Returns this parameter as an object whose property names are `fields` and no others.
    pub const fn fields(mut self, fields: &'static [&'static str]) -> Parameter {
        self.fields = Some(fields);
        self
    }

    /// Returns this parameter for the complete query string with other notations of the form's fields.
    pub const fn form(mut self, form: &'static [Parameter]) -> Parameter {
        self.form = form;
        self
    }

    /// Returns this parameter as an object or form that does not take the names `names`, which are those of
    /// credentials.
    pub const fn reserved(mut self, names: &'static [&'static str]) -> Parameter {
        self.reserved = names;
        self
    }

    /// Returns this parameter with `encoded_delimiters` set: an encoded delimiter separates elements too.
    pub const fn encoded_delimiters(mut self) -> Parameter {
        self.encoded_delimiters = true;
        self
    }

    /// Returns this array parameter with `or_scalar` set: its schema also allows a single value.
    pub const fn or_scalar(mut self) -> Parameter {
        self.or_scalar = true;
        self
    }

    /// Returns this parameter with another kind of value: a scalar, an array or an object.
    pub const fn kind(mut self, kind: ValueKind) -> Parameter {
        self.kind = kind;
        self
    }
}

/// The part of a request that contains a parameter (`in` in a contract).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParameterLocation {
    /// The parameter is in a segment of the path.
    Path,
    /// The parameter is in the query string.
    Query,
    /// The parameter is the complete query string.
    QueryString,
    /// The parameter is a header.
    Header,
    /// The parameter is a cookie.
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
    /// The collection format `tsv` of Swagger 2.0: `name=a%09b`.
    TabDelimited,
    /// The parameter style `deepObject`: `name[key]=value`.
    DeepObject,
    /// The parameter style `cookie`: the style `form` in a cookie, without percent-encoding.
    Cookie,
    /// The notation of a parameter with `content` and a JSON media type: its string is a JSON text.
    Json,
    /// The notation of a parameter with `content` and any other media type: its string is the value.
    Text,
}

/// The kind of value of a parameter. RFC 6570 defines a notation for each kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueKind {
    /// A single value of a parameter, which is neither an array nor an object.
    Scalar,
    /// A list of values of a parameter, for a schema of type `array`.
    Array,
    /// A set of names with values in a parameter, for a schema of type `object`.
    Object,
}
