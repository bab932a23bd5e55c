//! The views of the templates for multipart bodies.

use serde::Serialize;

use crate::rust::code::Code;

/// The types of a multipart body whose parts the contract describes.
#[derive(Debug, Serialize)]
pub struct PartsView {
    /// The name of the enum of the parts.
    pub part: Code,
    /// The struct of all parts, or `None` if the service only sends the body.
    pub form: Option<Code>,
    /// The rule that a received body is validated against.
    pub rule: FormRuleView,
    /// The variants of the enum of the parts.
    pub variants: Vec<PartVariantView>,
    /// The fields of the struct of all parts.
    pub fields: Vec<PartFieldView>,
    /// The name of the parameter that holds a part's name in the function that reads values: `_` if no
    /// variant needs it. `None` if no part is a value.
    pub value_name: Option<Code>,
    /// The name of the parameter that holds a part's name in the function that takes files: `_` if no variant
    /// needs it. `None` if no part is a file.
    pub file_name: Option<Code>,
}

/// The expression of the runtime's `FormRule`.
#[derive(Debug, Clone, Default, Serialize)]
pub struct FormRuleView {
    /// The `PartRule` of each part that the contract names.
    pub parts: Vec<Code>,
    /// The `PartRule` of all other parts, or `None` if they are not kept.
    pub rest: Option<Code>,
    /// All other fields of the rule, as `name: value`.
    pub more: Vec<Code>,
}

/// A variant of the enum of the parts.
#[derive(Debug, Clone, Serialize)]
pub struct PartVariantView {
    /// The name of a variant in the enum of parts.
    pub name: Code,
    /// The documentation of a variant in the enum of parts.
    pub docs: String,
    /// The types that the variant of a part holds.
    pub shown: Code,
    /// The index of the part in the rule.
    pub index: usize,
    /// The expression that reads the value, or `None` for a file.
    pub read: Option<Code>,
    /// True if the variant holds the parts that the contract does not name.
    pub rest: bool,
}

/// A field of the struct of all parts.
#[derive(Debug, Serialize)]
pub struct PartFieldView {
    /// The name of a field in the struct of all parts.
    pub name: Code,
    /// The documentation of the field.
    pub docs: String,
    /// The type of a field in the struct of all parts.
    pub ty: Code,
    /// The variable that collects the received parts.
    pub variable: Code,
    /// The initial value of the variable that collects received parts.
    pub start: Code,
    /// The pattern of the received parts that belong to the field.
    pub pattern: Code,
    /// The expression that stores a received part in the variable.
    pub store: Code,
    /// The expression that moves the variable into the struct.
    pub take: Code,
}
