//! The serialization of the values of parameters and form fields.

/// The serialization of a parameter's value: a `style` of OpenAPI, or the media type of its `content`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// The style `simple`: comma-separated values, in paths and headers.
    Simple,
    /// The style `label`: values after a dot, in paths.
    Label,
    /// The style `matrix`: `;name=value`, in paths.
    Matrix,
    /// The style `form`: `name=value`, in queries and cookies.
    Form,
    /// The style `spaceDelimited`: values separated by spaces, in queries.
    SpaceDelimited,
    /// The style `pipeDelimited`: values separated by `|`, in queries.
    PipeDelimited,
    /// Values separated by tabs: the collection format `tsv` of Swagger 2.0.
    TabDelimited,
    /// The style `deepObject`: `name[property]=value`, in queries.
    DeepObject,
    /// The style `cookie`: `name=value` without percent-encoding, in cookies.
    Cookie,
    /// The value is JSON: the parameter has `content` with a JSON media type.
    Json,
    /// The value is plain text: the parameter has `content` with another media type.
    Text,
}
