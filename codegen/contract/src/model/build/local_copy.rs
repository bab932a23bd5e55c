//! The local copies from which operations may respond (`x-local-copy`).

use crate::diagnostic::{Diagnostic, closest};
use crate::document::Node;
use crate::model::operation::{LocalCopy, Operation, Response, Status};
use crate::source::Spanned;

use super::builder::Builder;
use super::call_policy::is_safe;
use super::policy::{A_DURATION, some_time};
use super::quantity::intended_duration;
use super::service::is_service;

const KEYWORD: &str = "x-local-copy";

/// The response header with the age of the copy.
const AGE: &str = "X-Copy-Age";

const EXAMPLE: &str = "example: `x-local-copy: { users: 10m }`";

impl<'d> Builder<'d, '_> {
    /// Returns the services from a copy of whose data an operation may respond, and reports mistakes in them.
    pub(super) fn local_copies(&mut self, operation: &'d Node) -> Vec<LocalCopy> {
        let Some(policy) = operation.get(KEYWORD) else { return Vec::new() };
        let object = policy.as_object();
        let Some(services) = object.filter(|services| !services.is_empty()) else {
            let found = if object.is_some() { "an empty object" } else { policy.kind_name() };
            let message = format!("`{KEYWORD}` must be an object with services and ages, not {found}");
            let report = Diagnostic::error("bad-policy", policy.span, message).label("names no service");
            self.report(report.help(EXAMPLE));
            return Vec::new();
        };
        let mut copies = Vec::new();
        for (key, node) in services.iter().filter(|(key, _)| !key.name.starts_with("x-")) {
            if !is_service(&key.name) {
                let message = format!("`{}` is not the name of a service", key.name.replace('`', "'"));
                let report = Diagnostic::error("bad-policy", key.span, message).label("not a name of a service");
                self.report(report.help(EXAMPLE));
                continue;
            }
            match some_time(node) {
                Some(max_age) => {
                    let service = Spanned { value: key.name.clone(), span: key.span };
                    copies.push(LocalCopy { service, max_age });
                }
                None => {
                    let intended = intended_duration(self.document.sources.slice(node.span));
                    self.bad_policy(node, &format!("`{}` of `{KEYWORD}`", key.name), A_DURATION, intended);
                }
            }
        }
        copies
    }

    /// Reports operations that cannot have the copy that they declare, and those whose responses cannot have its age.
    pub(super) fn check_local_copies(&mut self, operations: &[Operation]) {
        for operation in operations {
            for copy in &operation.policies.local_copies {
                self.check_owner(operation, copy, operations);
            }
            if let Some(copy) = operation.policies.local_copies.first() {
                self.check_age(operation, copy);
            }
        }
    }

    /// Reports a copy of the data that the service of the operation itself owns, and a misspelt service. The service may belong
    /// to another contract.
    fn check_owner(&mut self, operation: &Operation, copy: &LocalCopy, operations: &[Operation]) {
        let Spanned { value: service, span } = &copy.service;
        let owners = || operations.iter().filter_map(|other| Some(other.service.as_ref()?.value.as_str()));
        if operation.service.as_ref().is_some_and(|own| own.value == *service) {
            let message = format!("{} needs no copy: its own service `{service}` has the data", operation.title());
            let report = Diagnostic::error("bad-local-copy", *span, message).label("the service of the operation");
            self.report(report.help("name the service that owns the data"));
        } else if !owners().any(|owner| owner == service)
            && let Some(intended) = closest(service, owners())
        {
            let message = format!("no tag belongs to a service `{service}`");
            let report = Diagnostic::error("bad-local-copy", *span, message).label("unknown service");
            self.report(report.suggest(self.document.sources.inside_quotes(*span), intended));
        }
    }

    /// Reports successful responses without the header for the age, an operation that changes data, and a cache, whose
    /// responses would be older than the header says.
    fn check_age(&mut self, operation: &Operation, copy: &LocalCopy) {
        let title = operation.title();
        if let Some(without) = operation.successes().find(|response| !has_age(response)) {
            let message = format!("{title} may respond from a copy, but a response has no header for its age");
            let report =
                Diagnostic::error("bad-local-copy", without.span, message).label(format!("declares no `{AGE}`"));
            let example = "{ schema: { type: integer, minimum: 0 } }";
            self.report(report.help(format!("declare under `headers`: `{AGE}: {example}`, in seconds")));
        }
        if !is_safe(&operation.method) {
            let message = format!("{title} cannot respond from a copy, because it changes data");
            let report = Diagnostic::error("bad-local-copy", copy.service.span, message).label("not a safe method");
            self.report(report.help("remove it: a change asks the service that owns the data"));
        }
        if operation.policies.cache.is_some() {
            let message = format!("{title} cannot have `{KEYWORD}` and `x-cache`");
            let report = Diagnostic::error("bad-local-copy", copy.service.span, message);
            let report = report.label("a stored response is older than its age says");
            self.report(report.help("remove one of them"));
        }
    }
}

/// Returns true if a response has the header for the age of a copy, or needs none because it redirects.
fn has_age(response: &Response) -> bool {
    let redirects = matches!(response.status, Status::Code(300..=399) | Status::Range(3));
    redirects || response.headers.iter().any(|header| header.name.eq_ignore_ascii_case(AGE))
}
