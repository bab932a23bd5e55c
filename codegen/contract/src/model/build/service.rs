//! The services that own the operations of a contract (`x-service` of a tag).

use std::collections::HashMap;

use crate::diagnostic::Diagnostic;
use crate::document::Node;
use crate::model::operation::Operation;
use crate::source::Spanned;

use super::builder::Builder;
use super::node_fields::{elements, spanned_string, string};

/// The greatest length of the name of a service, which is that of a DNS label (RFC 1035 § 2.3.4).
const LONGEST_NAME: usize = 63;

impl<'d> Builder<'d, '_> {
    /// Assigns to each operation the service that its tag names, and reports mistakes in these names.
    ///
    /// The first tag of an operation decides, as it does for the trait of the operation's handler.
    pub(super) fn assign_services(&mut self, root: &'d Node, operations: &mut [Operation]) {
        let mut services: HashMap<String, Spanned<String>> = HashMap::new();
        for tag in elements(root.get("tags")) {
            let (Some(name), Some(service)) = (string(tag, "name"), spanned_string(tag, "x-service")) else { continue };
            self.check_service(&name, &service, operations);
            match services.get(&name) {
                Some(first) if first.value != service.value => self.second_service(&name, &service, first),
                Some(_) => {}
                None => drop(services.insert(name, service)),
            }
        }
        for operation in operations {
            operation.service = services.get(&operation.tag).cloned();
        }
    }

    /// Reports a service whose name is not valid, and one that owns nothing because no operation has the tag.
    fn check_service(&mut self, tag: &str, service: &Spanned<String>, operations: &[Operation]) {
        if !is_service(&service.value) {
            let message = format!("`{}` is not the name of a service", service.value.replace('`', "'"));
            let report = Diagnostic::error("bad-service", service.span, message).label("not a name of a service");
            let form = "the name is at most 63 lower-case letters, digits and `-`, begins with a letter and does not end \
                        with `-`, for example `orders`";
            self.report(report.help(form));
        }
        if !operations.iter().any(|operation| operation.tag == tag) {
            let message = format!("no operation has the tag `{tag}`, so `x-service` has no effect");
            let report = Diagnostic::warning("bad-service", service.span, message).label("owns no operation");
            self.report(report.help("the service of an operation is that of its first tag"));
        }
    }

    /// Reports a tag that is listed twice with different services.
    fn second_service(&mut self, tag: &str, service: &Spanned<String>, first: &Spanned<String>) {
        let message = format!("the tag `{tag}` belongs to the services `{}` and `{}`", first.value, service.value);
        let report = Diagnostic::error("bad-service", service.span, message).label("second service");
        self.report(report.also(first.span, "first service").help("list the tag once, with one service"));
    }
}

/// Returns true if a text can be the name of a service: a DNS label in lower case (RFC 1035 § 2.3.1).
fn is_service(name: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let begins = name.starts_with(|first: char| first.is_ascii_lowercase());
    begins && !name.ends_with('-') && name.len() <= LONGEST_NAME && name.bytes().all(is_part)
}
