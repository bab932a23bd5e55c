//! TypeIDs: `usr_01h455vb4pex5vsknk084sn02q`, a prefix and a UUID in Crockford's base 32.

use uuid::Uuid;

/// The TypeID of a UUID.
pub fn format(prefix: &str, id: Uuid) -> String {
    let _ = (prefix, id);
    String::new()
}

/// The UUID of a TypeID with that prefix.
pub fn parse(prefix: &str, text: &str) -> Option<Uuid> {
    let _ = (prefix, text);
    None
}
