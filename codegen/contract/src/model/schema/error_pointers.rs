//! The vendor field `x-error-envelope`: JSON pointers into an error schema.

use crate::source::{Span, Spanned};

/// The JSON pointers of `x-error-envelope`, each with the part of a problem that belongs there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErrorPointers {
    /// The span of the value of `x-error-envelope`.
    pub span: Span,
    /// The JSON pointers of `x-error-envelope`, in the order of the contract.
    pub pointers: Vec<ErrorPointer>,
}

/// A JSON pointer of `x-error-envelope` to a value in the error schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErrorPointer {
    /// The part of a problem that the value receives.
    pub role: ErrorRole,
    /// The JSON pointer, such as `/errors/0/message`. An index stands for every element of an array.
    pub pointer: Spanned<String>,
}

impl ErrorPointer {
    /// Iterates over the steps of the JSON pointer, without the escapes of RFC 6901.
    pub fn steps(&self) -> impl Iterator<Item = String> + '_ {
        self.pointer.value.split('/').skip(1).map(|step| step.replace("~1", "/").replace("~0", "~"))
    }
}

/// The part of a problem, the internal description of an error, that a value in an error schema receives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ErrorRole {
    /// The error code of the problem, which programs evaluate.
    Code,
    /// The error code in lower case, as OAuth 2.0 spells it (RFC 6749 § 5.2).
    LowerCode,
    /// The status code of the error response.
    Status,
    /// The message of the problem, which people read.
    Message,
    /// The reason phrase of the status code.
    Title,
    /// The type of the problem, a URI (RFC 9457 § 3.1.1).
    Type,
    /// A URI that identifies the occurrence of the problem (RFC 9457 § 3.1.5).
    Instance,
    /// The list of violations that were found in the request.
    Details,
    /// The id of the request that failed.
    RequestId,
    /// The time of the error.
    Timestamp,
    /// The invalid field.
    Field,
    /// The invalid parameter, beside a JSON pointer for the body.
    Parameter,
    /// The JSON pointer to the invalid value.
    Pointer,
    /// The part of the request that contains the invalid value, such as `query`.
    Location,
    /// The invalid value, which is never repeated because it may be secret.
    Rejected,
}
