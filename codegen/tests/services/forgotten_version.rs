//! A service that lacks a conversion between two versions.

use contract::{v1, v2};
use writ_runtime::{Sort, Violation};

struct V1;

impl v1::Conversions for V1 {
    fn list_users_name_to_v2(_: Option<String>, _: &mut v2::ListUsersRequest) -> Result<(), Violation> {
        Ok(())
    }

    fn list_users_sort_to_v2(_: v1::ListUsersSort) -> Vec<Sort<v2::ListUsersSort>> {
        Vec::new()
    }

    fn user_field_to_v2(_: v1::UserField) -> Vec<v2::UserField> {
        Vec::new()
    }

    fn user_from_v2(new: v2::User) -> v1::User {
        v1::User { id: new.id, name: new.family_name, created_at: new.created_at }
    }

    fn new_user_from_v2(new: v2::NewUser) -> v1::NewUser {
        v1::NewUser { name: new.family_name, role: new.role }
    }

    fn taken_from_v2(new: v2::Taken) -> v1::Taken {
        v1::Taken { taken_name: new.value }
    }
}

fn main() {
    let _ = V1;
}
