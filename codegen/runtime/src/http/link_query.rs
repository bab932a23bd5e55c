//! The query of a link to another page of a list, which repeats the query of the request without its credentials.

use crate::http::percent;
use crate::operation::{Operation, SchemeKind};

/// Returns the pairs of a query string, without those that contain a credential of the operation.
pub(crate) fn without_credentials<'q>(operation: &'static Operation, query: &'q str) -> impl Iterator<Item = &'q str> {
    let is_credential = |name: &str| {
        let mut schemes = operation.security.iter().flat_map(|all| all.iter()).map(|required| &required.scheme.kind);
        schemes.any(|kind| matches!(kind, SchemeKind::Query(known) if *known == name))
    };
    query.split('&').filter(move |pair| {
        let name = pair.split('=').next().and_then(percent::decode_form);
        !pair.is_empty() && !name.is_some_and(|name| is_credential(&name))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::{Requirement, Scheme};

    static KEY: Scheme = Scheme { name: "key", kind: SchemeKind::Query("api_key") };
    static LIST: Operation = Operation { security: &[&[Requirement { scheme: &KEY, scopes: &[] }]], ..Operation::NONE };

    #[test]
    fn a_link_does_not_repeat_an_api_key() {
        let pairs: Vec<&str> = without_credentials(&LIST, "a=1&api_key=s&api%5Fkey=s&&b=2").collect();
        assert_eq!(pairs, ["a=1", "b=2"]);
    }
}
