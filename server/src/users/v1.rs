//! The conversions between version 1 of the contract, which has the name of a user in one field, and version 2.

use generated::v1::{self, Conversions};
use generated::v2::{self, UserField, UserSort};
use writ_runtime::{Sort, Violation};

use super::name::{full_name, name_parts};

/// Version 1 of the contract, served by the handlers of version 2.
#[derive(Debug)]
pub struct V1;

impl Conversions for V1 {
    fn new_user_to_v2(old: v1::NewUser) -> Result<v2::NewUser, Violation> {
        let v1::NewUser { email, name, password } = old;
        let (given_name, family_name) = name_parts(name);
        Ok(v2::NewUser { email, given_name, family_name, password })
    }

    fn user_replacement_to_v2(old: v1::UserReplacement) -> Result<v2::UserReplacement, Violation> {
        let v1::UserReplacement { email, name, role } = old;
        let (given_name, family_name) = name_parts(name);
        Ok(v2::UserReplacement { email, given_name, family_name, role })
    }

    fn user_patch_to_v2(old: v1::UserPatch) -> Result<v2::UserPatch, Violation> {
        let v1::UserPatch { email, name, role } = old;
        let (given_name, family_name) = name.map(name_parts).unzip();
        Ok(v2::UserPatch { email, given_name, family_name, role })
    }

    fn user_from_v2(new: v2::User) -> v1::User {
        let v2::User { id, email, given_name, family_name, role, created_at, updated_at } = new;
        v1::User { id, email, name: full_name(&given_name, &family_name), role, created_at, updated_at }
    }

    fn user_field_to_v2(old: v1::UserField) -> Vec<UserField> {
        match old {
            v1::UserField::Id => vec![UserField::Id],
            v1::UserField::Email => vec![UserField::Email],
            v1::UserField::Name => vec![UserField::GivenName, UserField::FamilyName],
            v1::UserField::Role => vec![UserField::Role],
            v1::UserField::CreatedAt => vec![UserField::CreatedAt],
            v1::UserField::UpdatedAt => vec![UserField::UpdatedAt],
        }
    }

    fn user_sort_to_v2(old: v1::UserSort) -> Vec<Sort<UserSort>> {
        let by = match old {
            v1::UserSort::CreatedAt => UserSort::CreatedAt,
            v1::UserSort::Name => UserSort::FullName,
            v1::UserSort::Email => UserSort::Email,
        };
        vec![Sort { by, descending: false }]
    }
}
