//! The supported versions of OpenAPI.

/// The version of OpenAPI that a contract is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Version {
    /// OpenAPI 3.0.x.
    V30,
    /// OpenAPI 3.1.x.
    V31,
    /// OpenAPI 3.2.x.
    V32,
}

impl Version {
    /// Returns the number of the version without its patch number, such as `3.1`.
    pub fn number(self) -> &'static str {
        match self {
            Version::V30 => "3.0",
            Version::V31 => "3.1",
            Version::V32 => "3.2",
        }
    }
}
