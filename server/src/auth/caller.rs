//! The authenticated caller of a request, the roles of users, and the scopes of each role.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;
use writ_platform::credentials::{Registered, ServiceCaller};
use writ_platform::{FromClaims, Principal, Roles};
use writ_runtime::type_id;

/// The prefix of the user id in the claim `sub` of access tokens, which has the form that the API uses.
const ID_PREFIX: &str = "usr";

/// The authenticated caller of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Caller {
    /// The caller is a user with an access token.
    User(SignedIn),
    /// The caller is another service.
    Service(ServiceCaller),
}

/// A user who is signed in, as the access token describes the user.
///
/// ```
/// use server::auth::caller::Role;
///
/// assert!(Role::User.scopes().contains(&"orders:write"));
/// assert!(!Role::User.scopes().contains(&"orders:admin"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// The id of the user.
    pub user_id: Uuid,
    /// The e-mail address of the user at the time when the access token was issued.
    pub email: String,
    /// The role of the user at the time when the access token was issued.
    pub role: Role,
    /// The scopes that the role grants to the user.
    pub scopes: &'static [&'static str],
    /// The id of the user's login session, from the token claim `sid`.
    pub session_id: Uuid,
}

/// The claims of an access token that are not registered: the user's e-mail address and roles.
#[derive(Debug, Serialize, Deserialize)]
pub struct Claims {
    email: String,
    roles: Vec<String>,
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
const ROLES: Roles = Roles(&[
    ("user", &["users:read", "users:write", "orders:read", "orders:write"]),
    (
        "admin",
        &["users:read", "users:write", "users:admin", "orders:read", "orders:write", "orders:admin", "webhooks:admin"],
    ),
]);

impl Caller {
    /// Returns the id of the user. For a service it is the nil UUID, which no user has.
    pub fn user_id(&self) -> Uuid {
        match self {
            Caller::User(user) => user.user_id,
            Caller::Service(_) => Uuid::nil(),
        }
    }
}

impl Principal for Caller {
    fn id(&self) -> Cow<'_, str> {
        match self {
            Caller::User(user) => Cow::Owned(user.user_id.to_string()),
            Caller::Service(service) => service.id(),
        }
    }

    // The role decides which data the caller can see.
    fn audience(&self) -> Cow<'_, str> {
        match self {
            Caller::User(user) => Cow::Owned(format!("{}:{}", user.user_id, user.role.as_str())),
            Caller::Service(service) => service.audience(),
        }
    }

    fn may(&self, scope: &str) -> bool {
        match self {
            Caller::User(user) => user.scopes.contains(&scope),
            Caller::Service(service) => service.may(scope),
        }
    }

    fn is_service(&self) -> bool {
        matches!(self, Caller::Service(_))
    }

    fn session(&self) -> Option<Uuid> {
        match self {
            Caller::User(user) => Some(user.session_id),
            Caller::Service(_) => None,
        }
    }
}

impl FromClaims for Caller {
    type Claims = Claims;

    fn from_claims(token: &Registered, claims: Claims) -> Option<Caller> {
        let role: Role =
            claims.roles.iter().filter_map(|role| role.parse().ok()).max_by_key(|role| *role == Role::Admin)?;
        Some(Caller::User(SignedIn {
            user_id: type_id::parse(ID_PREFIX, &token.subject)?,
            email: claims.email,
            role,
            scopes: role.scopes(),
            session_id: token.session?,
        }))
    }
}

/// Returns the claim `sub` of the access tokens of a user.
pub fn subject(user: Uuid) -> String {
    type_id::format(ID_PREFIX, user)
}

impl Claims {
    /// Returns the claims of the access tokens of a user.
    pub fn new(email: &str, role: Role) -> Claims {
        Claims { email: email.to_owned(), roles: vec![role.as_str().to_owned()] }
    }
}

impl Role {
    /// Returns the scopes that the role grants to a caller.
    pub fn scopes(self) -> &'static [&'static str] {
        ROLES.scopes(self.as_str())
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
    fn a_caller_needs_a_user_id_a_known_role_and_a_session() {
        let (user, session) = (Uuid::now_v7(), Uuid::now_v7());
        let token = |subject: String, session| Registered {
            issuer: "writ".to_owned(),
            subject,
            session,
            id: None,
            expires: i64::MAX,
        };
        let claims = |role: &str| Claims { email: "user@example.com".to_owned(), roles: vec![role.to_owned()] };
        let caller = Caller::from_claims(&token(subject(user), Some(session)), claims("admin")).unwrap();
        assert_eq!((caller.user_id(), caller.session()), (user, Some(session)));
        assert!(caller.may("users:admin"));
        assert!(caller.audience().ends_with(":admin"));
        for (token, role) in [
            (token("ord_01kf0fv2e0fabr24pa3eywnyp2".to_owned(), Some(session)), "user"),
            (token(subject(user), None), "user"),
            (token(subject(user), Some(session)), "root"),
        ] {
            assert_eq!(Caller::from_claims(&token, claims(role)), None);
        }
    }

    #[test]
    fn a_service_is_no_user_and_has_the_scopes_of_its_token() {
        let caller =
            Caller::Service(ServiceCaller { name: "orders".to_owned(), scopes: vec!["users:read".to_owned()] });
        assert_eq!((&*caller.id(), caller.user_id(), caller.session()), ("service:orders", Uuid::nil(), None));
        assert!(caller.may("users:read") && !caller.may("users:admin"));
    }

    #[test]
    fn a_role_is_parsed_from_its_name() {
        for role in [Role::User, Role::Admin] {
            assert_eq!(role.as_str().parse(), Ok(role));
        }
        assert_eq!("root".parse::<Role>(), Err(UnknownRole));
    }
}
