//! The versions of OpenAPI.

/// The OpenAPI version that a contract is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Version {
    /// 3.0.x
    V30,
    /// 3.1.x
    V31,
    /// 3.2.x, read as 3.1.
    V32,
}
