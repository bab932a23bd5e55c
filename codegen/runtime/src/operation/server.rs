//! Where a contract says that it is served.

/// One of the contract's `servers`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Server {
    /// Its URL, in which `{name}` stands for a variable; relative to where the contract is found
    /// where it has no scheme.
    pub url: &'static str,
    /// `description`, or nothing.
    pub description: &'static str,
    /// What stands for each `{name}`.
    pub variables: &'static [ServerVariable],
}

/// A variable in the URL of a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServerVariable {
    /// Its name.
    pub name: &'static str,
    /// Its value where nobody chooses another.
    pub default: &'static str,
    /// The values that it may have; any where none is listed.
    pub values: &'static [&'static str],
    /// `description`, or nothing.
    pub description: &'static str,
}

impl Server {
    /// The URL with each variable as `choose` says, else by its default.
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
