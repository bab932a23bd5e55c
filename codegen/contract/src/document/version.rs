//! The supported versions of OpenAPI, the first of which is called Swagger.

/// The version of OpenAPI that a contract is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Version {
    /// Swagger 2.0, which is checked as it is written and then upgraded to OpenAPI 3.0.
    V20,
    /// OpenAPI 3.0.x.
    V30,
    /// OpenAPI 3.1.x.
    V31,
    /// OpenAPI 3.2.x.
    V32,
}

impl Version {
    /// Returns the number of the version, for messages: `3.0`.
    pub fn number(self) -> &'static str {
        match self {
            Version::V20 => "2.0",
            Version::V30 => "3.0",
            Version::V31 => "3.1",
            Version::V32 => "3.2",
        }
    }

    /// Returns the name and number of the version, for messages: `OpenAPI 3.0`.
    pub fn name(self) -> &'static str {
        match self {
            Version::V20 => "Swagger 2.0",
            Version::V30 => "OpenAPI 3.0",
            Version::V31 => "OpenAPI 3.1",
            Version::V32 => "OpenAPI 3.2",
        }
    }
}
