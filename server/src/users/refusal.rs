//! The reasons for refusing a change of a user, and their conversion into the error responses of the contract.

use generated::latest::{
    ChangePasswordError, Conflict, CreateUserError, DeleteUserError, Forbidden, NotFound, ReplaceUserError,
    UnprocessableEntity, UpdateUserError,
};
use writ_runtime::StaleVersion;

/// The refusal of a change of a user whose `If-Match` does not name the current version.
const STALE: StaleVersion = StaleVersion { resource: "user" };

/// The reason why a request to change a user is refused or fails.
#[derive(Debug)]
pub enum ChangeError {
    /// The user to change does not exist, or the caller cannot see the user.
    NotFound,
    /// The caller lacks the scope for changing the role of a user.
    RoleNotAllowed,
    /// The version of the user to change does not match the header `If-Match`.
    Stale,
    /// The new e-mail address of the user belongs to another account.
    EmailTaken,
    /// The complete name of the user would be too long.
    NameTooLong,
    /// The database returned an error while the user was being changed.
    Database(sqlx::Error),
}

/// The reason why a request to delete a user is refused or fails.
#[derive(Debug)]
pub enum DeleteError {
    /// The user to delete does not exist, or the caller cannot see the user.
    NotFound,
    /// The version of the user to delete does not match the header `If-Match`.
    Stale,
    /// The database returned an error while the user was being deleted.
    Database(sqlx::Error),
}

/// The reason why a request to create a user is refused or fails.
#[derive(Debug)]
pub enum CreateError {
    /// The e-mail address of the new user belongs to another account.
    EmailTaken,
    /// The complete name of the new user is too long.
    NameTooLong,
    /// The database returned an error while the user was being created.
    Database(sqlx::Error),
}

/// The refusal of a password change because the current password in the request is wrong.
#[derive(Debug)]
pub struct WrongPassword;

/// The name of the unique index on the e-mail addresses of users, as database errors contain it.
const EMAIL_INDEX: &str = "users_email";

/// The name of the constraint on the length of the complete name of a user, as database errors contain it.
const NAME_CONSTRAINT: &str = "users_name_check";

impl From<sqlx::Error> for ChangeError {
    fn from(error: sqlx::Error) -> ChangeError {
        match constraint(&error) {
            Some(EMAIL_INDEX) => ChangeError::EmailTaken,
            Some(NAME_CONSTRAINT) => ChangeError::NameTooLong,
            _ => ChangeError::Database(error),
        }
    }
}

impl From<sqlx::Error> for CreateError {
    fn from(error: sqlx::Error) -> CreateError {
        match constraint(&error) {
            Some(NAME_CONSTRAINT) => CreateError::NameTooLong,
            _ => CreateError::Database(error),
        }
    }
}

/// Returns the name of the constraint that a statement violates.
fn constraint(error: &sqlx::Error) -> Option<&str> {
    error.as_database_error()?.constraint()
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
            DeleteError::Stale => STALE.into(),
            DeleteError::Database(error) => error.into(),
        }
    }
}

impl From<CreateError> for CreateUserError {
    fn from(error: CreateError) -> CreateUserError {
        match error {
            CreateError::EmailTaken => taken().into(),
            CreateError::NameTooLong => too_long().into(),
            CreateError::Database(error) => error.into(),
        }
    }
}

impl From<WrongPassword> for ChangePasswordError {
    fn from(WrongPassword: WrongPassword) -> ChangePasswordError {
        UnprocessableEntity::new("the body is not valid").detail("current", "is not the current password").into()
    }
}

/// Converts the reason why a user was not changed into the error type of the operation that replaces or updates
/// the user.
fn refuse<E>(error: ChangeError) -> E
where
    E: From<NotFound>
        + From<Forbidden>
        + From<StaleVersion>
        + From<Conflict>
        + From<UnprocessableEntity>
        + From<sqlx::Error>,
{
    match error {
        ChangeError::NotFound => NotFound::new("user").into(),
        ChangeError::RoleNotAllowed => Forbidden::new("changing a role requires the scope users:admin").into(),
        ChangeError::Stale => STALE.into(),
        ChangeError::EmailTaken => taken().into(),
        ChangeError::NameTooLong => too_long().into(),
        ChangeError::Database(error) => error.into(),
    }
}

fn taken() -> Conflict {
    Conflict::new("the e-mail address is already in use").detail("email", "is already in use")
}

/// Returns the refusal of a name that version 1 of the contract could not return.
fn too_long() -> UnprocessableEntity {
    let message = "must have at most 99 characters together with the given name";
    UnprocessableEntity::new("the body is not valid").detail("familyName", message)
}
