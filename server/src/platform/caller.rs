//! The authenticated caller of a request, the roles of users, and the scopes of each role.

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

/// The authenticated caller of a request, as the access token describes it.
///
/// ```
/// use server::platform::caller::Role;
///
/// assert!(Role::User.scopes().contains(&"orders:write"));
/// assert!(!Role::User.scopes().contains(&"orders:admin"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The user id of the caller.
    pub user_id: Uuid,
    /// The e-mail address of the caller at the time when the access token was issued.
    pub email: String,
    /// The role of the caller at the time when the access token was issued.
    pub role: Role,
    /// The scopes that the role grants to the caller.
    pub scopes: &'static [&'static str],
    /// The id of the caller's login session, from the token claim `sid`.
    pub session_id: Uuid,
    /// The id of the caller's access token, from the token claim `jti` (RFC 7519 § 4.1.7).
    pub jti: Uuid,
}

/// The role of a user, which determines the scopes of the user's access tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// The role of users with access to their own data.
    User,
    /// The role of administrators with access to the data of all users.
    Admin,
}

/// The scopes that each role grants. No caller has a scope that is not in this table.
const SCOPES: &[(Role, &[&str])] = &[
    (Role::User, &["users:read", "users:write", "orders:read", "orders:write"]),
    (Role::Admin, &["users:read", "users:write", "users:admin", "orders:read", "orders:write", "orders:admin"]),
];

impl Caller {
    /// Returns true if the role of the caller grants this scope.
    pub fn may(&self, scope: &str) -> bool {
        self.scopes.contains(&scope)
    }

    /// Returns true if the caller has the role of an administrator.
    pub fn is_admin(&self) -> bool {
        self.role == Role::Admin
    }
}

impl Role {
    /// Returns the scopes that the role grants to a caller.
    pub fn scopes(self) -> &'static [&'static str] {
        SCOPES.iter().find(|(role, _)| *role == self).map_or(&[], |(_, scopes)| scopes)
    }

    /// Returns the name of the role as the contract, the database and the access token contain it.
    pub fn as_str(self) -> &'static str {
        match self {
            Role::User => "user",
            Role::Admin => "admin",
        }
    }
}

/// The error of parsing a string that is not the name of a user's role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownRole;

impl fmt::Display for UnknownRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the role is not known")
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
    fn an_administrator_has_all_scopes_of_a_user() {
        for scope in Role::User.scopes() {
            assert!(Role::Admin.scopes().contains(scope), "{scope}");
        }
        assert!(!Role::User.scopes().contains(&"users:admin"));
    }

    #[test]
    fn a_role_is_parsed_from_its_name() {
        for role in [Role::User, Role::Admin] {
            assert_eq!(role.as_str().parse(), Ok(role));
        }
        assert_eq!("root".parse::<Role>(), Err(UnknownRole));
    }
}
