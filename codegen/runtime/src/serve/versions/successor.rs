//! The link to the resource of a request in the following version.

use http::HeaderValue;

use super::api::VersionedApi;
use crate::http::template::Template;
use crate::operation::Operation;
use crate::serve::table::Found;

impl VersionedApi {
    /// Returns the value of `Link` to the resource of a request in the version that follows the version with this index, if
    /// that has the operation.
    pub(super) fn successor_link(&self, version: usize, found: &Found<'_>, path: &str) -> Option<HeaderValue> {
        let operation = found.endpoint.operation();
        let successor = self.served[version].successors.get(operation.id)?;
        let mut target = format!("<{}", self.table.base);
        successor_path(successor, found, path, &mut target)?;
        target.push_str(">; rel=\"successor-version\"");
        HeaderValue::try_from(target).ok()
    }
}

/// Appends the path of an operation of the following version, with the path parameters of a request.
///
/// Parameters correspond by name. If the templates differ only in the names of parameters, they correspond by position.
/// Returns `None` if a parameter has no value.
fn successor_path(successor: &Operation, found: &Found<'_>, path: &str, target: &mut String) -> Option<()> {
    let names = Template::parse(successor.path).names;
    let by_position = names.len() == found.captures.len();
    let mut rest = successor.path;
    for (index, name) in names.iter().enumerate() {
        let named = found.captures.iter().find(|captured| captured.name == *name);
        let captured = named.or_else(|| found.captures.get(index).filter(|_| by_position))?;
        let (before, after) = rest.split_once(&format!("{{{name}}}"))?;
        target.push_str(before);
        target.push_str(&path[captured.at.clone()]);
        rest = after;
    }
    target.push_str(rest);
    Some(())
}
