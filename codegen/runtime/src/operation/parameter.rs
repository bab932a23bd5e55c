//! Parameters of an operation: location, name, style and kind of value.

/// One parameter (OpenAPI 3.0.3 § 4.7.12): where it stands and how its text is taken apart.
#[derive(Debug)]
pub struct Parameter {
    /// The name as the contract spells it. Header names compare without case.
    pub name: &'static str,
    /// The part of the request that carries it.
    pub location: ParameterLocation,
    /// How arrays and objects are written.
    pub style: Style,
    /// Whether each element is written on its own.
    pub explode: bool,
    /// The kind of value that the schema makes of the text.
    pub kind: ValueKind,
    /// Whether its absence is a violation.
    pub required: bool,
    /// Whether an empty value that the schema does not allow is as good as none.
    pub may_be_empty: bool,
    /// The names that belong to an object whose properties stand beside the other parameters;
    /// `None` where it takes all that no other parameter claims.
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

    /// A required path parameter in simple style.
    pub const fn path(name: &'static str) -> Parameter {
        Parameter::new(name, ParameterLocation::Path, Style::Simple)
    }

    /// An optional query parameter in form style.
    pub const fn query(name: &'static str) -> Parameter {
        Parameter::new(name, ParameterLocation::Query, Style::Form)
    }

    /// An optional header in simple style.
    pub const fn header(name: &'static str) -> Parameter {
        Parameter::new(name, ParameterLocation::Header, Style::Simple)
    }

    /// An optional cookie in form style.
    pub const fn cookie(name: &'static str) -> Parameter {
        Parameter::new(name, ParameterLocation::Cookie, Style::Form)
    }

    /// The same, required.
    pub const fn required(mut self) -> Parameter {
        self.required = true;
        self
    }

    /// The same, with another style and explode.
    pub const fn style(mut self, style: Style, explode: bool) -> Parameter {
        self.style = style;
        self.explode = explode;
        self
    }

    /// The same, where an empty value may stand for none (`allowEmptyValue`).
    pub const fn may_be_empty(mut self) -> Parameter {
        self.may_be_empty = true;
        self
    }

    /// The same, an object of these properties and no others.
    pub const fn fields(mut self, fields: &'static [&'static str]) -> Parameter {
        self.fields = Some(fields);
        self
    }

    /// Returns the parameter with another kind of value.
    pub const fn kind(mut self, kind: ValueKind) -> Parameter {
        self.kind = kind;
        self
    }
}

/// The part of a request that carries a parameter (`in` in a contract).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParameterLocation {
    /// A segment of the path.
    Path,
    /// The query string.
    Query,
    /// A header field.
    Header,
    /// A cookie.
    Cookie,
}

/// How arrays and objects are written in a parameter (OpenAPI 3.0.3 § 4.7.12.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// `a,b`
    Simple,
    /// `.a.b`
    Label,
    /// `;name=a,b`
    Matrix,
    /// `name=a&name=b` or `name=a,b`
    Form,
    /// `name=a%20b`
    SpaceDelimited,
    /// `name=a|b`
    PipeDelimited,
    /// `name[key]=value`
    DeepObject,
    /// `content` with a JSON media type: the text is one JSON value.
    Json,
    /// `content` with another media type: the text is one value as it stands.
    Text,
}

/// The kind of value that the text of a parameter makes: RFC 6570 writes each kind differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueKind {
    /// One value.
    Scalar,
    /// A list of values.
    Array,
    /// Names and values.
    Object,
}
