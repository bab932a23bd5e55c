//! The views of requests, the data from which request types and their decoders are rendered.

use serde::Serialize;
use writ_contract::model::operation::ParameterLocation;

use crate::rust::code::Code;

/// The view of the request type of an operation, which holds its parameters and its body.
#[derive(Debug, Clone, Serialize)]
pub struct RequestView {
    /// The name of the operation's request type.
    pub name: Code,
    /// A sentence that explains why the request type has a name that is not the first choice; empty if it has
    /// the first choice.
    pub fallback: String,
    /// The fields of the request type.
    pub fields: Vec<RequestFieldView>,
    /// True if the request type implements `Default`, because every field is optional.
    pub default: bool,
    /// The enum of request bodies, if the media type of the request decides the type of the body.
    pub forms: Option<FormsView>,
    /// The access to the page that the request selects, or `None` if the operation returns no page.
    pub page: Option<PageRequestView>,
    /// True if the request holds a body that is still arriving. The request type then implements neither
    /// `Clone` nor `PartialEq`.
    pub streamed: bool,
    /// True if the request can have a multipart body, which the runtime reads with its feature `multipart`.
    pub multipart: bool,
}

/// The view of the access to the page that a request selects.
#[derive(Debug, Clone, Serialize)]
pub struct PageRequestView {
    /// The parameters that select the page, as a list in prose.
    pub docs: String,
    /// The fields of the runtime's `PageParameters` that differ from its constant `NONE`.
    pub names: Vec<Code>,
    /// The arguments of the runtime's `PageParameters::request`.
    pub arguments: Vec<Code>,
    /// True if the response has links to other pages.
    pub links: bool,
}

/// The view of the enum of sort keys, the keys by which a request can sort a list.
#[derive(Debug, Clone, Serialize)]
pub struct SortView {
    /// The name of the enum of sort keys.
    pub name: Code,
    /// The sort keys, one for each variant of the enum.
    pub keys: Vec<SortKeyView>,
    /// The sort orders that a request can choose from, as expressions, or none if every order is allowed.
    pub orders: Vec<Code>,
}

/// The view of a variant in the enum of sort keys.
#[derive(Debug, Clone, Serialize)]
pub struct SortKeyView {
    /// The variant of the sort key in its enum.
    pub name: Code,
    /// The name of the sort key in a request.
    pub wire: String,
}

/// The part of a request from which a field of the request type is decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldSource {
    /// The field holds the parameter at this index of the operation's parameters.
    Parameter(usize),
    /// The field holds all parameters that select a page of a list.
    Page {
        /// The index of the parameter for the length of a page.
        limit: usize,
        /// The index of the parameter for the page number, or `None` if the operation has no such parameter.
        number: Option<usize>,
        /// The index of the parameter for the cursor, or `None` if the operation has no such parameter.
        cursor: Option<usize>,
    },
    /// The field holds the body of the request.
    Body,
}

/// The parameter that a field of a request type holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldParameter {
    /// The name of the parameter in the request.
    pub name: String,
    /// The part of the request that contains the parameter.
    pub location: ParameterLocation,
    /// True if the parameter lists the fields of a sparse fieldset.
    pub sparse: bool,
}

/// The view of a field in a request type, which holds a parameter or the body.
#[derive(Debug, Clone, Serialize)]
pub struct RequestFieldView {
    /// The part of the request that the field is decoded from.
    #[serde(skip)]
    pub source: FieldSource,
    /// The parameter that the field holds, or `None` if it holds the body or the requested page.
    #[serde(skip)]
    pub parameter: Option<FieldParameter>,
    /// The Rust name of the field in a request type.
    pub name: Code,
    /// The documentation of the field in a request type.
    pub docs: String,
    /// The Rust type of the field in a request type.
    pub ty: Code,
    /// True if the value of the field is a secret, which `Debug` output omits.
    pub secret: bool,
    /// The treatment of an absent parameter or body.
    #[serde(skip)]
    pub presence: Presence,
    /// The variable that holds the decoded value of the field.
    pub variable: Code,
    /// The expression that decodes the value of the request field.
    pub decode: DecodeView,
    /// The expression that moves the decoded value from its variable into the request type.
    pub take: Code,
}

/// The treatment of an absent parameter or body in a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// An absent value is reported as a violation of the contract. An absent body of text or bytes is the empty
    /// value.
    Required,
    /// An absent value is decoded as `None`.
    Optional,
    /// An absent value is replaced by the default that the contract declares.
    Defaulted,
    /// An absent value is decoded as the empty list.
    List,
}

/// The code that decodes a field of a request type.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum DecodeView {
    /// An expression that decodes the request field from one parameter or from the body.
    Call(Code),
    /// The fields of the runtime's `PageRule`, by which the runtime decodes the parameters that select a page.
    Page(Vec<Code>),
}

/// The view of the enum of an operation's request bodies. The media type of a request selects the variant.
#[derive(Debug, Clone, Serialize)]
pub struct FormsView {
    /// The name of the enum of request bodies.
    pub name: Code,
    /// The variants of the enum of request bodies.
    pub forms: Vec<FormView>,
}

/// The view of a variant in the enum of request bodies.
#[derive(Debug, Clone, Serialize)]
pub struct FormView {
    /// The name of the variant in the enum of request bodies.
    pub variant: Code,
    /// The type of the request body that the variant holds.
    pub ty: Code,
    /// True if the request body is a secret, which `Debug` output omits.
    pub secret: bool,
    /// The media types of the request body that the variant holds, as a list in prose.
    pub docs: String,
    /// The pattern that matches the indices of the variant's media types.
    pub media: Code,
    /// The index of the variant's first media type in the operation's request body.
    pub index: usize,
    /// The expression that reads a request body of the variant.
    pub read: Code,
}
