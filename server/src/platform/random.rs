//! Random bytes of the operating system.

/// As many bytes as are asked for.
pub fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    if let Err(error) = getrandom::fill(&mut bytes) {
        // Without random numbers nothing that follows would be safe, and no caller could do better.
        tracing::error!(%error, "the operating system gives no random numbers");
        std::process::abort();
    }
    bytes
}
