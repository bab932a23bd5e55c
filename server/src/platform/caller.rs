//! Who calls, and what each role may do.

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

/// Somebody with a valid access token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The user.
    pub user_id: Uuid,
    /// Their address when the token was issued.
    pub email: String,
    /// Their role when the token was issued.
    pub role: Role,
    /// What they may do.
    pub scopes: &'static [&'static str],
    /// The session, the `sid` of the token.
    pub session_id: Uuid,
    /// The token.
    pub jti: Uuid,
}

/// What a user is to this product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Has their own data.
    User,
    /// Has everybody's.
    Admin,
}

/// The one table of what each role may do. A scope that is not here is held by nobody.
const SCOPES: &[(Role, &[&str])] = &[
    (Role::User, &["users:read", "users:write", "orders:read", "orders:write"]),
    (Role::Admin, &["users:read", "users:write", "users:admin", "orders:read", "orders:write", "orders:admin"]),
];

impl Caller {
    /// Whether the caller may do what `scope` names.
    pub fn may(&self, scope: &str) -> bool {
        self.scopes.contains(&scope)
    }

    /// Whether the caller has everybody's data.
    pub fn is_admin(&self) -> bool {
        self.role == Role::Admin
    }
}

impl Role {
    /// What the role may do.
    pub fn scopes(self) -> &'static [&'static str] {
        SCOPES.iter().find(|(role, _)| *role == self).map_or(&[], |(_, scopes)| scopes)
    }

    /// The word for it in the contract, the database and the token.
    pub fn as_str(self) -> &'static str {
        match self {
            Role::User => "user",
            Role::Admin => "admin",
        }
    }
}

/// Text that names no role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownRole;

impl fmt::Display for UnknownRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no role has this name")
    }
}

impl std::error::Error for UnknownRole {}

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(text: &str) -> Result<Role, UnknownRole> {
        match text {
            "user" => Ok(Role::User),
            "admin" => Ok(Role::Admin),
            _ => Err(UnknownRole),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_administrator_may_all_that_a_user_may() {
        for scope in Role::User.scopes() {
            assert!(Role::Admin.scopes().contains(scope), "{scope}");
        }
        assert!(!Role::User.scopes().contains(&"users:admin"));
    }

    #[test]
    fn a_role_is_the_same_in_words() {
        for role in [Role::User, Role::Admin] {
            assert_eq!(role.as_str().parse(), Ok(role));
        }
        assert_eq!("root".parse::<Role>(), Err(UnknownRole));
    }
}
