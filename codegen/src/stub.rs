//! Stubs: the text of methods for operations without an implementation, to be pasted into the `impl` of a
//! generated trait.

use crate::generate::GeneratedOperation;
use crate::render::lay_out;

/// Returns the text of a trait method for an operation without an implementation, indented as in an `impl` block.
///
/// The method compiles, and responds with status 501 until its body is replaced. `path` is the path of the
/// contract's module in the implementer's crate, such as `generated::v1` or `my_api`.
///
/// ```
/// use writ_codegen::generate::GeneratedOperation;
///
/// let operation = GeneratedOperation {
///     tag: "Users".to_owned(),
///     method: "get_user".to_owned(),
///     id: "getUser".to_owned(),
///     route: "GET /users/{userId}".to_owned(),
///     context: "Self::Principal".to_owned(),
///     request: Some("GetUserRequest".to_owned()),
///     response: "GetUserResponse".to_owned(),
///     error: "GetUserError".to_owned(),
///     idempotent: false,
///     security: Vec::new(),
/// };
/// assert_eq!(
///     writ_codegen::stub::stub(&operation, "my_api"),
///     "    async fn get_user(
///         &self,
///         _cx: &writ_runtime::Context<Self::Principal>,
///         _request: my_api::GetUserRequest,
///     ) -> Result<my_api::GetUserResponse, my_api::GetUserError> {
///         Err(writ_runtime::NotWritten.into())
///     }
/// "
/// );
/// ```
pub fn stub(operation: &GeneratedOperation, path: &str) -> String {
    let GeneratedOperation { method, context, request, response, error, .. } = operation;
    let request = request.as_ref().map(|request| format!("        _request: {path}::{request},\n")).unwrap_or_default();
    let response = match operation.idempotent {
        true => format!("writ_runtime::Idempotent<{path}::{response}>"),
        false => format!("{path}::{response}"),
    };
    let text = format!(
        "    async fn {method}(\n        &self,\n        _cx: &writ_runtime::Context<{context}>,\n{request}    \
         ) -> Result<{response}, {path}::{error}> {{\n        Err(writ_runtime::NotWritten.into())\n    }}\n"
    );
    let mut laid_out = String::with_capacity(text.len());
    lay_out(&text, &mut laid_out);
    laid_out
}
