//! The check of a parameter for the complete query string (`in: querystring`).

use crate::diagnostic::Diagnostic;
use crate::model::operation::{Parameter, ParameterLocation};

use super::builder::Builder;

impl Builder<'_, '_> {
    /// Reports parameters that cannot stand beside a parameter for the complete query string, and removes that
    /// parameter (OpenAPI 3.2.0, section 4.12.1).
    pub(super) fn check_query_string(&mut self, parameters: &mut Vec<Parameter>) {
        let whole = |parameter: &&Parameter| parameter.location == ParameterLocation::QueryString;
        let Some(first) = parameters.iter().find(whole).map(|parameter| parameter.span) else { return };
        let second = parameters.iter().filter(whole).nth(1);
        let query = parameters.iter().find(|parameter| parameter.location == ParameterLocation::Query);
        if let Some(other) = second.or(query) {
            let message = format!("the parameter `{}` shares the query string with another parameter", other.name);
            let report = Diagnostic::error("query-string-conflict", other.span, message)
                .label("not allowed beside `in: querystring`")
                .also(first, "describes the complete query string")
                .help("declare it as a property of the other parameter, or use only `in: query`");
            self.report(report);
            parameters.retain(|parameter| parameter.location != ParameterLocation::QueryString);
        }
    }
}
