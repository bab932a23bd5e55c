//! Password hashes of Argon2id (RFC 9106).

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{Error, PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};

use super::{PasswordError, Verdict};

/// The Argon2id parameters of new password hashes, as OWASP recommends them: 19 MiB of memory, two passes, one
/// lane.
const PARAMS: Params = match Params::new(19_456, 2, 1, None) {
    Ok(params) => params,
    Err(_) => Params::DEFAULT,
};

/// The hash of a random password that nobody knows. A password is verified against it if the user is unknown.
pub(super) const DUMMY_HASH: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$iAEz/SsQcZE3y2QIj8NNTQ$lQ3egkwJTdhZhFY3+59UDNXtBsQbrQiXYcZJLD39KAY";

/// Returns the hash of a password with a random salt, as a PHC string.
pub(super) fn hash(password: &[u8]) -> Result<String, PasswordError> {
    let hash: PasswordHash = argon2().hash_password(password).map_err(|error| failed(&error))?;
    Ok(hash.to_string())
}

/// Verifies a password against a PHC string.
pub(super) fn verify(password: &[u8], hash: &str) -> Result<Verdict, PasswordError> {
    let hash = PasswordHash::new(hash).map_err(|error| failed(&error))?;
    match argon2().verify_password(password, &hash) {
        Ok(()) if is_weak(&hash) => Ok(Verdict::MatchWithWeakHash),
        Ok(()) => Ok(Verdict::Match),
        Err(Error::PasswordInvalid) => Ok(Verdict::Mismatch),
        Err(error) => Err(failed(&error)),
    }
}

fn argon2() -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, PARAMS)
}

fn failed(error: &dyn std::fmt::Display) -> PasswordError {
    PasswordError::Failed(error.to_string())
}

/// Returns true if the parameters of a stored password hash are weaker than the parameters of new hashes.
fn is_weak(hash: &PasswordHash) -> bool {
    let is_current = |params: Params| {
        params.m_cost() >= PARAMS.m_cost() && params.t_cost() >= PARAMS.t_cost() && params.p_cost() >= PARAMS.p_cost()
    };
    hash.algorithm != Algorithm::Argon2id.ident() || !Params::try_from(hash).is_ok_and(is_current)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_matches_only_its_password() {
        let stored = hash(b"correct horse battery staple").unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
        assert_eq!(verify(b"correct horse battery staple", &stored).unwrap(), Verdict::Match);
        assert_eq!(verify(b"correct horse", &stored).unwrap(), Verdict::Mismatch);
        assert_ne!(stored, hash(b"correct horse battery staple").unwrap());
        assert!(matches!(verify(b"sesame", "no hash"), Err(PasswordError::Failed(_))));
    }

    #[test]
    fn a_hash_with_weaker_parameters_is_reported() {
        let weak = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(8192, 1, 1, None).unwrap());
        let weak: PasswordHash = weak.hash_password(b"sesame").unwrap();
        assert_eq!(verify(b"sesame", &weak.to_string()).unwrap(), Verdict::MatchWithWeakHash);
    }

    #[test]
    fn the_hash_for_unknown_accounts_has_the_parameters_of_new_hashes() {
        let hash = PasswordHash::new(DUMMY_HASH).unwrap();
        let params = Params::try_from(&hash).unwrap();
        assert_eq!((params.m_cost(), params.t_cost(), params.p_cost()), (19_456, 2, 1));
        assert!(!is_weak(&hash));
    }
}
