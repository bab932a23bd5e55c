//! The version check of generated code: code for another version of the runtime does not compile.

/// Checks at compile time that generated code and this crate have compatible versions.
///
/// Two versions below 1.0 are compatible if their first two numbers are equal.
///
/// # Panics
///
/// Panics if the versions are not compatible. In a constant, this is a compile error.
///
/// # Examples
///
/// ```
/// const _: () = writ_runtime::made_for("0.1");
/// ```
pub const fn made_for(version: &str) {
    let (wanted, own) =
        (version.as_bytes(), concat!(env!("CARGO_PKG_VERSION_MAJOR"), ".", env!("CARGO_PKG_VERSION_MINOR")).as_bytes());
    let mut equal = wanted.len() == own.len();
    let mut at = 0;
    while equal && at < own.len() {
        equal = wanted[at] == own[at];
        at += 1;
    }
    assert!(equal, "this code was generated for another version of writ-runtime: generate it again");
}
