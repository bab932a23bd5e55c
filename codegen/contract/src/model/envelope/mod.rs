//! The errors of a contract: the bodies of its error responses, and the way to fill them from a problem.
//!
//! A problem is the internal description of an error. Each error schema of the contract becomes a template with slots
//! (`fill.rs`): the roles of its properties are inferred from their names (`roles.rs`) or given by `x-error-envelope`.
//! A schema that no problem can fill asks the implementer for a conversion.

mod choice;
mod containers;
mod details;
mod errors;
mod fill;
mod find;
mod names;
mod refusals;
mod roles;
mod scalar;
mod status;
mod template;
mod unions;
mod usage;

pub use details::{problem_details, problem_violations};
pub use errors::{ErrorBody, ErrorContent, Errors};
pub(super) use find::find_errors;
pub use status::{AUTOMATIC, is_error};
pub use template::{ErrorChoice, ErrorList, ErrorMember, ErrorText, ErrorValue};
