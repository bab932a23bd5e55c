//! The servers that a contract declares, as constant data with the variables in their URLs.

/// A server of the API that the contract declares (`servers`, OpenAPI 3.0.3 § 4.7.5). [`Server::url_with`] has an
/// example.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Server {
    /// The URL of the server, in which `{name}` is the placeholder of a variable. A URL without a scheme is
    /// relative to the location of the contract.
    pub url: &'static str,
    /// The `description` of the server in the contract, or an empty string.
    pub description: &'static str,
    /// The variables in the URL of the server.
    pub variables: &'static [ServerVariable],
}

/// A variable in the URL of a server (OpenAPI 3.0.3 § 4.7.6). [`Server::url_with`] has an example.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServerVariable {
    /// The name of the variable in the URL of a server.
    pub name: &'static str,
    /// The value of the server variable if no other value is chosen.
    pub default: &'static str,
    /// The allowed values of the server variable. If the list is empty, every value is allowed.
    pub values: &'static [&'static str],
    /// The `description` of the server variable in the contract, or an empty string.
    pub description: &'static str,
}

impl Server {
    /// Returns the URL of the server with a value for each variable: the value that `choose` returns for the
    /// variable's name, or the variable's default.
    ///
    /// ```
    /// use writ_runtime::{Server, ServerVariable};
    ///
    /// const STAGE: ServerVariable =
    ///     ServerVariable { name: "stage", default: "www", values: &["www", "test"], description: "" };
    /// let server = Server { url: "https://{stage}.example.com/v1", description: "", variables: &[STAGE] };
    /// assert_eq!(server.url_with(|_| None), "https://www.example.com/v1");
    /// assert_eq!(server.url_with(|name| (name == "stage").then_some("test")), "https://test.example.com/v1");
    /// ```
    pub fn url_with<'a>(&self, choose: impl Fn(&str) -> Option<&'a str>) -> String {
        let mut url = self.url.to_owned();
        for variable in self.variables {
            let value = choose(variable.name).unwrap_or(variable.default);
            url = url.replace(&format!("{{{}}}", variable.name), value);
        }
        url
    }
}
