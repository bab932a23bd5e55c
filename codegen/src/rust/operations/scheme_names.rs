//! The names of the generated statics of security schemes.

use std::collections::HashMap;

use writ_contract::model::Contract;

use crate::rust::names::distinct::distinct;
use crate::rust::names::ident::static_name;
use crate::rust::names::spelling::spelling;

/// The names of the generated statics of a contract's security schemes, such as `SCHEME_BEARER_AUTH`.
#[derive(Debug, Default)]
pub struct SchemeNames(HashMap<String, String>);

impl SchemeNames {
    /// Names the security schemes of a contract.
    pub fn of(contract: &Contract) -> SchemeNames {
        let schemes = &contract.schemes;
        let (names, _) = distinct(schemes.iter().map(|scheme| {
            let name = format!("SCHEME_{}", static_name(&scheme.name));
            let spelled = spelling(&scheme.name).map(|word| format!("{name}_{}", static_name(word)));
            [name.clone()].into_iter().chain(spelled).collect::<Vec<_>>()
        }));
        SchemeNames(schemes.iter().map(|scheme| scheme.name.clone()).zip(names).collect())
    }

    /// Returns the name of the static of the security scheme `scheme`.
    pub fn get(&self, scheme: &str) -> &str {
        self.0.get(scheme).map_or("", String::as_str)
    }

    /// Returns the names of all statics.
    pub fn all(&self) -> impl Iterator<Item = &str> {
        self.0.values().map(String::as_str)
    }
}
