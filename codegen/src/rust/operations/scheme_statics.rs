//! The names of the generated statics of security schemes.

use std::collections::HashMap;

use writ_contract::model::Contract;

use crate::rust::names::ident::static_name;
use crate::rust::names::namespace::distinct;

/// The names of the generated statics of a contract's security schemes, by the name of the scheme. They are distinct,
/// also for schemes such as `apiKey` and `api_key`.
#[derive(Debug, Default)]
pub struct SchemeStatics(HashMap<String, String>);

impl SchemeStatics {
    /// Names the statics of all security schemes of a contract.
    pub fn of(contract: &Contract) -> SchemeStatics {
        let schemes = || contract.schemes.iter().map(|scheme| &scheme.name);
        let (names, _) = distinct(schemes().map(|name| format!("SCHEME_{}", static_name(name))));
        SchemeStatics(schemes().cloned().zip(names).collect())
    }

    /// Returns the name of the static of a security scheme, which the contract declares.
    pub fn name(&self, scheme: &str) -> &str {
        self.0.get(scheme).map_or("", String::as_str)
    }

    /// Iterates over the names of all statics, in no particular order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.values().map(String::as_str)
    }
}
