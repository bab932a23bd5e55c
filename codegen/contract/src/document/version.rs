//! The supported versions of OpenAPI.

/// The version of OpenAPI that a contract is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Version {
    /// OpenAPI 3.0.x.
    V30,
    /// OpenAPI 3.1.x.
    V31,
    /// OpenAPI 3.2.x, which is read as 3.1; new fields of 3.2 are reported.
    V32,
}
