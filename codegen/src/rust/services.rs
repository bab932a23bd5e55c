//! The services of a contract (`x-service`): a struct for each, with the tags that the service owns and those that every service
//! has.

use writ_contract::diagnostic::Diagnostics;
use writ_contract::model::Contract;

use crate::rust::code::{Code, literal};
use crate::rust::names::distinct::distinct;
use crate::rust::names::ident::type_name;
use crate::rust::view::{ServiceView, TagSummary};

/// The names in the module of the services that no struct of a service can have: type parameters, and a type of the standard
/// library.
const TAKEN: [&str; 4] = ["A", "G", "E", "Vec"];

/// Returns the name of the module of the services. The module of a tag keeps its name, so that a first service changes none.
pub fn services_module(tags: &[String]) -> Code {
    let candidates = ["services".to_owned(), "contract_services".to_owned()].into_iter();
    let numbered = (2..).map(|number| format!("contract_services_{number}"));
    Code::of(candidates.chain(numbered).find(|name| !tags.contains(name)).unwrap_or_default())
}

/// Returns the views of the services that own operations of a contract. `tags` are all of its tags.
pub fn service_views(contract: &Contract, tags: &[TagSummary], diagnostics: &mut Diagnostics) -> Vec<ServiceView> {
    let services = contract.services();
    let is_free = |name: &String| !TAKEN.contains(&name.as_str()) && tags.iter().all(|tag| tag.parameter.0 != *name);
    let (names, collision) = distinct(services.iter().map(|service| {
        let name = type_name(service);
        [name.clone(), format!("{name}Service"), format!("{name}Operations")].into_iter().filter(is_free)
    }));
    if let Some(collision) = collision {
        let second = services[collision.indices[1]];
        let mut owners = contract.operations.iter().chain(&contract.unselected).filter_map(|it| it.service.as_ref());
        if let Some(at) = owners.find(|service| service.value == second) {
            diagnostics.push(collision.report(at.span, |index| format!("the service `{}`", services[index])));
        }
    }
    let view = |(service, name): (&&str, String)| ServiceView {
        name: Code::of(name),
        id: (*service).to_owned(),
        docs: format!(
            "The service `{service}`: the handlers of the operations that it owns, and of those that every service has."
        ),
        tags: tags.iter().filter(|tag| has_tag(service, tag.service.as_deref())).cloned().collect(),
        operations: operations_of("super::operations::ALL", service),
        versions: None,
    };
    services.iter().zip(names).map(view).collect()
}

/// Returns true if a service has the operations of a tag with this owner.
pub fn has_tag(service: &str, owner: Option<&str>) -> bool {
    owner.is_none_or(|owner| owner == service)
}

/// Returns the expression of those of some operations that a service has.
pub fn operations_of(operations: &str, service: &str) -> Code {
    Code::of(format!("&writ_runtime::operations_of({operations}, {})", literal(service)))
}
