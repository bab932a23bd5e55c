//! Generated code says which runtime it was made for; another one does not compile.

/// Fails, while generated code is compiled, if it was made for another version of the runtime.
///
/// Versions below 1.0 go together where their first two numbers are equal.
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
