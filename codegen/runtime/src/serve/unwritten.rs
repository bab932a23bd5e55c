//! Operations without an implementation: they respond with 501 and are logged when the service starts.

use std::collections::{BTreeMap, HashSet};

use crate::operation::Operation;
use crate::serve::authenticate::Authenticate;
use crate::serve::endpoint::Endpoint;
use crate::serve::gate::Gate;
use crate::serve::pipeline::Pipeline;

/// Adds an endpoint that responds with 501 for each of `operations` that has no endpoint yet.
///
/// # Examples
///
/// ```
/// use writ_runtime::{
///     Endpoint, NoAuthentication, OpenGate, Operation, PROBLEM_JSON, Pipeline, Timeouts, fill_unwritten,
///     log_unwritten,
/// };
///
/// static DELETE_USER: Operation = Operation { id: "deleteUser", path: "/users/{userId}", ..Operation::NONE };
///
/// let pipeline = Pipeline::new(&PROBLEM_JSON, NoAuthentication, OpenGate, Timeouts::default());
/// let mut endpoints: Vec<Endpoint> = Vec::new();
/// fill_unwritten(&pipeline, &[&DELETE_USER], &mut endpoints);
/// log_unwritten(&endpoints);
///
/// assert!(!endpoints[0].is_written());
/// ```
pub fn fill_unwritten<A, G>(pipeline: &Pipeline<A, G>, operations: &[&'static Operation], endpoints: &mut Vec<Endpoint>)
where
    A: Authenticate,
    G: Gate<A::Principal>,
{
    let bound: HashSet<&str> = endpoints.iter().map(|endpoint| endpoint.operation.id).collect();
    let missing: Vec<Endpoint> = operations
        .iter()
        .filter(|operation| !bound.contains(operation.id))
        .map(|operation| pipeline.unwritten(operation))
        .collect();
    endpoints.extend(missing);
}

/// Logs the number of operations without an implementation, then their operation ids by tag.
pub fn log_unwritten(endpoints: &[Endpoint]) {
    let mut by_tag: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut count = 0;
    for operation in endpoints.iter().filter(|endpoint| !endpoint.is_written()).map(Endpoint::operation) {
        by_tag.entry(operation.tag).or_default().push(operation.id);
        count += 1;
    }
    if count == 0 {
        return;
    }
    tracing::warn!(count, total = endpoints.len(), "operations without an implementation respond with 501");
    for (tag, ids) in by_tag {
        tracing::info!(tag, operations = ids.join(", "), "operations without an implementation");
    }
}
