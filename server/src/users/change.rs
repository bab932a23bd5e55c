//! The SQL that changes and deletes users, and ends their login sessions where a change requires it.

use generated::latest::{SessionRevocation, UserDeleted, UserId, UserPatch, UserReplacement, UserRole, operations};
use uuid::Uuid;
use writ_platform::{Principal as _, Transaction};
use writ_runtime::{IfMatch, Operation};

use super::name::full_name;
use super::refusal::{ChangeError, DeleteError};
use super::store::{ADMIN_SCOPE, Account, Row, Store, owner};
use crate::auth::caller::Caller;
use crate::auth::ending::{self, Ending};
use crate::events::not_published;

/// The new values of a user's fields. A field that is `None` keeps its value.
#[derive(Debug)]
pub struct Changes {
    email: Option<String>,
    given_name: Option<String>,
    family_name: Option<String>,
    role: Option<UserRole>,
    /// The complete name, if the caller knows no parts of it. A user who has this name keeps its parts.
    complete_name: Option<String>,
}

impl Store {
    /// Changes a user if the caller can see the user and the version of the row matches `condition`, the header
    /// `If-Match`.
    ///
    /// Ends all login sessions of the user if the role changes.
    pub async fn change(
        &self,
        id: UserId,
        caller: &Caller,
        condition: &IfMatch,
        changes: Changes,
    ) -> Result<Account, ChangeError> {
        let (versions, mut transaction) = (versions(condition), Transaction::begin(&self.pool).await?);
        // The statement locks the row and returns it in every case, changed or not. So a missing row, a missing
        // permission and a stale version can be distinguished without a second query and without a race.
        let found = sqlx::query!(
            r#"WITH target AS (
                 SELECT id, created_at, role AS old_role, version + 1 AS version,
                        COALESCE($3, email) AS email, COALESCE($6, role) AS role,
                        CASE WHEN name = $9 THEN given_name ELSE COALESCE($4, given_name) END AS given_name,
                        CASE WHEN name = $9 THEN family_name ELSE COALESCE($5, family_name) END AS family_name,
                        $7 OR role = COALESCE($6, role) AS allowed,
                        $8::text[] IS NULL OR version::text = ANY ($8) AS fresh
                 FROM active_users WHERE id = $1 AND ($2::uuid IS NULL OR id = $2)
                 FOR UPDATE
             ), changed AS (
                 UPDATE users
                 SET email = target.email, given_name = target.given_name, family_name = target.family_name,
                     role = target.role, version = target.version, updated_at = now(),
                     email_verified_at = CASE WHEN lower(users.email) = lower(target.email) THEN email_verified_at END
                 FROM target WHERE users.id = target.id AND allowed AND fresh
             )
             SELECT id AS "id!", email AS "email!", given_name AS "given_name!", family_name AS "family_name!",
                    role AS "role!", version AS "version!", created_at AS "created_at!", now() AS "updated_at!",
                    old_role AS "old_role!", allowed AS "allowed!", fresh AS "fresh!"
             FROM target"#,
            id.uuid(),
            owner(caller),
            changes.email,
            changes.given_name,
            changes.family_name,
            changes.role.map(UserRole::as_str),
            caller.may(ADMIN_SCOPE),
            versions.as_deref(),
            changes.complete_name
        );
        let found = found.fetch_optional(&mut *transaction).await?.ok_or(ChangeError::NotFound)?;
        if !found.allowed {
            return Err(ChangeError::RoleNotAllowed);
        }
        if !found.fresh {
            return Err(ChangeError::Stale);
        }
        let mut ended = Vec::new();
        if found.role != found.old_role {
            // The access tokens of the user's sessions contain the old role.
            let ending = Ending::of_all(id, SessionRevocation::RoleChanged);
            ended = ending::end_user_sessions(&mut transaction, &self.events, &ending).await?;
        }
        ending::commit(transaction, &self.revocations, ended).await?;
        let row = Row {
            id: found.id,
            email: found.email,
            given_name: found.given_name,
            family_name: found.family_name,
            role: found.role,
            version: found.version,
            created_at: found.created_at,
            updated_at: found.updated_at,
        };
        Ok(Account::try_from(row)?)
    }

    /// Deletes a user if the caller can see the user and the version of the row matches `condition`, the header
    /// `If-Match`. All login sessions of the user end.
    pub async fn delete(&self, id: UserId, caller: &Caller, condition: &IfMatch) -> Result<(), DeleteError> {
        let (versions, mut transaction) = (versions(condition), Transaction::begin(&self.pool).await?);
        let found = sqlx::query!(
            r#"WITH target AS (
                 SELECT id, $3::text[] IS NULL OR version::text = ANY ($3) AS fresh
                 FROM active_users WHERE id = $1 AND ($2::uuid IS NULL OR id = $2)
                 FOR UPDATE
             ), closed AS (
                 UPDATE users SET deleted_at = now() FROM target WHERE users.id = target.id AND fresh
             )
             SELECT fresh AS "fresh!", now() AS "deleted_at!" FROM target"#,
            id.uuid(),
            owner(caller),
            versions.as_deref()
        );
        let found = found.fetch_optional(&mut *transaction).await?.ok_or(DeleteError::NotFound)?;
        if !found.fresh {
            return Err(DeleteError::Stale);
        }
        let deleted_at = found.deleted_at;
        let ending = Ending::of_all(id, SessionRevocation::AccountDeleted);
        let ended = ending::end_user_sessions(&mut transaction, &self.events, &ending).await?;
        let data = UserDeleted { deleted_at };
        self.events.user_deleted(&mut transaction, id, &data).await.map_err(not_published)?;
        Ok(ending::commit(transaction, &self.revocations, ended).await?)
    }

    /// Sets a new password hash for a user and ends all login sessions of the user except `current_session`.
    ///
    /// The caller has verified the old password against the hash `checked`. If the stored hash is no longer
    /// `checked`, returns false and changes nothing.
    pub async fn change_password(
        &self,
        id: UserId,
        checked: &str,
        new: &str,
        current_session: Option<Uuid>,
    ) -> Result<bool, sqlx::Error> {
        let mut transaction = Transaction::begin(&self.pool).await?;
        let changed = sqlx::query!(
            "UPDATE users SET password_hash = $3, version = version + 1, updated_at = now()
             WHERE id = $1 AND password_hash = $2 AND deleted_at IS NULL",
            id.uuid(),
            checked,
            new
        );
        if changed.execute(&mut *transaction).await?.rows_affected() == 0 {
            return Ok(false);
        }
        let ending = Ending { kept: current_session, ..Ending::of_all(id, SessionRevocation::PasswordChanged) };
        let ended = ending::end_user_sessions(&mut transaction, &self.events, &ending).await?;
        ending::commit(transaction, &self.revocations, ended).await?;
        Ok(true)
    }
}

impl Changes {
    /// Returns the changes of a request to this operation, which can be one of version 1.
    pub fn of(operation: &Operation, body: UserPatch) -> Changes {
        let UserPatch { email, given_name, family_name, role } = body;
        let is_older = operation.version != operations::UPDATE_USER.version;
        let name = given_name.as_deref().zip(family_name.as_deref()).filter(|_| is_older);
        let complete_name = name.map(|(given, family)| full_name(given, family));
        Changes { email, given_name, family_name, role, complete_name }
    }

    /// Returns the changes of a request that replaces all fields.
    pub fn replacing(operation: &Operation, body: UserReplacement) -> Changes {
        let UserReplacement { email, given_name, family_name, role } = body;
        let (given_name, family_name) = (Some(given_name), Some(family_name));
        Changes::of(operation, UserPatch { email: Some(email), given_name, family_name, role: Some(role) })
    }
}

/// Returns the versions of a user that the header `If-Match` allows, or `None` if it allows any version.
///
/// A weak entity tag never matches (RFC 9110 § 13.1.1).
fn versions(condition: &IfMatch) -> Option<Vec<String>> {
    match condition {
        IfMatch::Any => None,
        IfMatch::Tags(tags) => Some(tags.iter().filter(|tag| !tag.weak).map(|tag| tag.tag.clone()).collect()),
    }
}
