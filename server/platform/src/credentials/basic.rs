//! HTTP Basic authentication (RFC 7617) of the accounts of a setting.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use hmac::{Hmac, KeyInit as _, Mac as _};
use moka::sync::Cache;
use sha2::Sha256;
use writ_runtime::{BasicCredentials, Denied};

use super::granted::{FromKey, Granted};
use super::password::Passwords;
use crate::random;

/// The maximum number of verified credentials that are kept in memory.
const MAX_CACHED: u64 = 10_000;

/// The time for which verified credentials are kept in memory, so that not every request costs a password hash.
const CACHED: Duration = Duration::from_secs(60);

/// The maximum length of a password in bytes. A longer one is rejected.
const MAX_LENGTH: usize = 512;

/// The verifier of HTTP Basic credentials. Clones share the accounts and the verified credentials.
pub struct BasicAccounts<P> {
    inner: Arc<Inner>,
    principal: PhantomData<fn() -> P>,
}

struct Inner {
    passwords: Passwords,
    accounts: Vec<(String, Granted)>,
    /// The accounts of verified credentials, by a hash with a random key.
    verified: Cache<[u8; 32], Granted>,
    key: [u8; 32],
}

impl<P> Clone for BasicAccounts<P> {
    fn clone(&self) -> BasicAccounts<P> {
        BasicAccounts { inner: self.inner.clone(), principal: PhantomData }
    }
}

impl<P> fmt::Debug for BasicAccounts<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BasicAccounts").field("accounts", &self.inner.accounts.len()).finish_non_exhaustive()
    }
}

impl<P: FromKey> BasicAccounts<P> {
    /// Creates the verifier of these accounts, each with the hash of a password.
    pub(crate) fn new(passwords: Passwords, accounts: Vec<(String, Granted)>) -> BasicAccounts<P> {
        let verified = Cache::builder().max_capacity(MAX_CACHED).time_to_live(CACHED).build();
        let inner = Inner { passwords, accounts, verified, key: random::bytes() };
        BasicAccounts { inner: Arc::new(inner), principal: PhantomData }
    }

    /// Returns the caller to whom a user name and password belong.
    ///
    /// # Errors
    /// Returns [`Denied::Unauthenticated`] if the user is not known or the password is wrong.
    pub async fn caller(&self, credentials: &BasicCredentials) -> Result<P, Denied> {
        let denied = || Denied::Unauthenticated(Cow::Borrowed("the user name or the password is wrong"));
        if credentials.password.len() > MAX_LENGTH {
            return Err(denied());
        }
        let granted = self.inner.verify(credentials).await.map_err(|error| Denied::Unavailable(Box::new(error)))?;
        granted.and_then(|granted| P::from_key(&granted)).ok_or_else(denied)
    }
}

impl Inner {
    async fn verify(&self, credentials: &BasicCredentials) -> Result<Option<Granted>, super::PasswordError> {
        let key = self.cache_key(credentials);
        if let Some(granted) = self.verified.get(&key) {
            return Ok(Some(granted));
        }
        let user = self.accounts.iter().find(|(_, granted)| granted.name == credentials.user);
        let hash = user.map(|(hash, _)| hash.as_str());
        if !self.passwords.verify(&credentials.password, hash).await?.is_match() {
            return Ok(None);
        }
        let granted = user.map(|(_, granted)| granted.clone());
        granted.iter().for_each(|granted| self.verified.insert(key, granted.clone()));
        Ok(granted)
    }

    fn cache_key(&self, credentials: &BasicCredentials) -> [u8; 32] {
        #[expect(clippy::expect_used, reason = "HMAC takes keys of every length (RFC 2104 § 3)")]
        let hash = Hmac::<Sha256>::new_from_slice(&self.key).expect("a key of any length");
        let hash = hash.chain_update((credentials.user.len() as u64).to_be_bytes()).chain_update(&credentials.user);
        hash.chain_update(&credentials.password).finalize().into_bytes().into()
    }
}

/// Parses the setting of accounts: `name hash scope …`, separated by `;`.
pub(crate) fn basic_accounts(text: &str) -> Result<Vec<(String, Granted)>, String> {
    let accounts = text.split(';').map(str::trim).filter(|account| !account.is_empty());
    let account = |account: &str| {
        let (hash, granted) = Granted::parse(account)?;
        let is_hash = argon2::password_hash::phc::PasswordHash::new(hash).is_ok();
        is_hash.then(|| (hash.to_owned(), granted))
    };
    let wrong = || "must be `name hash scope …`, accounts separated by `;`, with a PHC string of Argon2id".to_owned();
    accounts.map(|text| account(text).ok_or_else(wrong)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::principal::Principal;

    #[derive(Debug, Clone)]
    struct Operator(Granted);

    impl Principal for Operator {
        fn id(&self) -> Cow<'_, str> {
            Cow::Borrowed(&self.0.name)
        }
    }

    impl FromKey for Operator {
        fn from_key(granted: &Granted) -> Option<Operator> {
            Some(Operator(granted.clone()))
        }
    }

    #[tokio::test]
    async fn a_user_is_identified_by_name_and_password() {
        let passwords = Passwords::new();
        let hash = passwords.hash("correct horse").await.unwrap();
        let accounts = basic_accounts(&format!("ada {hash} metrics:read;bob {hash}")).unwrap();
        let accounts = BasicAccounts::<Operator>::new(passwords, accounts);
        let caller = async |user: &str, password: &str| {
            let credentials = BasicCredentials { user: user.to_owned(), password: password.to_owned() };
            accounts.caller(&credentials).await
        };
        for _ in 0..2 {
            assert_eq!(caller("ada", "correct horse").await.unwrap().0.scopes, ["metrics:read"]);
            assert!(caller("bob", "correct horse").await.is_ok());
            for (user, password) in [("ada", "wrong"), ("adab", "correct horse"), ("", ""), ("ada", &"x".repeat(1000))]
            {
                assert!(matches!(caller(user, password).await, Err(Denied::Unauthenticated(_))), "{user}");
            }
        }
    }

    #[test]
    fn an_invalid_setting_is_a_fault() {
        for wrong in ["ada", "ada secret", "ada $argon2id$"] {
            assert!(basic_accounts(wrong).is_err(), "{wrong}");
        }
    }
}
