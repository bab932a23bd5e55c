//! Why nothing was done to a user, in the statuses of the contract.

use generated::v1::{
    ChangePasswordError, Conflict, CreateUserError, DeleteUserError, Forbidden, NotFound, PreconditionFailed,
    ReplaceUserError, UnprocessableEntity, UpdateUserError,
};

/// Why a user was not changed.
#[derive(Debug)]
pub enum ChangeError {
    /// There is no such user, or none that the caller may see.
    NotFound,
    /// The caller may not give out roles.
    RoleNotAllowed,
    /// The user has changed since the caller looked.
    Stale,
    /// Somebody else has the address.
    EmailTaken,
    /// The database failed.
    Database(sqlx::Error),
}

/// Why an account was not closed.
#[derive(Debug)]
pub enum DeleteError {
    /// There is no such user, or none that the caller may see.
    NotFound,
    /// The user has changed since the caller looked.
    Stale,
    /// The database failed.
    Database(sqlx::Error),
}

/// An account with this address exists.
#[derive(Debug)]
pub struct EmailTaken;

/// The password is not what the caller says it is.
#[derive(Debug)]
pub struct WrongPassword;

/// The index that keeps addresses apart.
const EMAIL_INDEX: &str = "users_email";

impl From<sqlx::Error> for ChangeError {
    fn from(error: sqlx::Error) -> ChangeError {
        let constraint = error.as_database_error().and_then(|error| error.constraint());
        if constraint == Some(EMAIL_INDEX) { ChangeError::EmailTaken } else { ChangeError::Database(error) }
    }
}

impl From<sqlx::Error> for DeleteError {
    fn from(error: sqlx::Error) -> DeleteError {
        DeleteError::Database(error)
    }
}

impl From<ChangeError> for ReplaceUserError {
    fn from(error: ChangeError) -> ReplaceUserError {
        refuse(error)
    }
}

impl From<ChangeError> for UpdateUserError {
    fn from(error: ChangeError) -> UpdateUserError {
        refuse(error)
    }
}

impl From<DeleteError> for DeleteUserError {
    fn from(error: DeleteError) -> DeleteUserError {
        match error {
            DeleteError::NotFound => NotFound::new("user").into(),
            DeleteError::Stale => stale().into(),
            DeleteError::Database(error) => error.into(),
        }
    }
}

impl From<EmailTaken> for CreateUserError {
    fn from(EmailTaken: EmailTaken) -> CreateUserError {
        taken().into()
    }
}

impl From<WrongPassword> for ChangePasswordError {
    fn from(WrongPassword: WrongPassword) -> ChangePasswordError {
        UnprocessableEntity::new("the body is not valid").detail("current", "is not the password").into()
    }
}

/// The one translation for both ways of changing a user.
fn refuse<E>(error: ChangeError) -> E
where
    E: From<NotFound> + From<Forbidden> + From<PreconditionFailed> + From<Conflict> + From<sqlx::Error>,
{
    match error {
        ChangeError::NotFound => NotFound::new("user").into(),
        ChangeError::RoleNotAllowed => Forbidden::new("changing a role takes the scope users:admin").into(),
        ChangeError::Stale => stale().into(),
        ChangeError::EmailTaken => taken().into(),
        ChangeError::Database(error) => error.into(),
    }
}

fn stale() -> PreconditionFailed {
    PreconditionFailed::new("the user has changed; read it again")
}

fn taken() -> Conflict {
    Conflict::new("the e-mail address is taken").detail("email", "is taken")
}
