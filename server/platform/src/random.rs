//! Cryptographically secure random bytes from the operating system, for keys and tokens.

/// Returns `N` cryptographically secure random bytes.
///
/// Aborts the process if the operating system cannot provide random bytes.
pub fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    if let Err(error) = getrandom::fill(&mut bytes) {
        // Keys and tokens would be predictable without random numbers, so the process must not continue.
        tracing::error!(%error, "the operating system provides no random numbers: aborting");
        std::process::abort();
    }
    bytes
}
