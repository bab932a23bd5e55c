//! A service of three versions of an API: handlers of the latest, and conversions for the others. It runs until its
//! standard input ends.

use std::sync::Mutex;

use contract::v3::notes::Notes;
use contract::v3::users::Users;
use contract::{v1, v2, v3};
use writ_runtime::exports::{axum, chrono};
use writ_runtime::{
    ApiKey, Context, Denied, ETag, Endpoint, OpenGate, Operation, Page, Pagination, Sort, Violation,
};

struct Caller;

struct Keys;

impl v3::Authenticator for Keys {
    type Principal = Caller;

    async fn key(&self, _: ApiKey<'_>, _: &'static Operation) -> Result<Caller, Denied> {
        Ok(Caller)
    }
}

/// The users, each with the version of its entity tag. A user is found by its id, which is its index.
struct Service(Mutex<Vec<(v3::User, u64)>>);

impl Service {
    fn find(&self, id: i64) -> Option<(v3::User, u64)> {
        self.0.lock().unwrap().get(usize::try_from(id).ok()?).cloned()
    }
}

impl Users for Service {
    type Principal = Caller;

    async fn list_users(
        &self,
        _: &Context<Caller>,
        request: v3::ListUsersRequest,
    ) -> Result<v3::ListUsersResponse, v3::ListUsersError> {
        eprintln!("{request:?}");
        let mut users: Vec<v3::User> = self.0.lock().unwrap().iter().map(|(user, _)| user.clone()).collect();
        users.retain(|user| request.family_name.as_ref().is_none_or(|name| user.family_name.contains(name)));
        if let [first, _] = request.sort.as_slice() {
            users.sort_by(|one, other| one.family_name.cmp(&other.family_name));
            if first.descending {
                users.reverse();
            }
        }
        users.truncate(request.at_most.try_into().unwrap_or_default());
        let pagination = Pagination { limit: 20, ..Pagination::default() };
        Ok(v3::ListUsersResponse { body: Page { data: users, pagination } })
    }

    async fn create_user(
        &self,
        _: &Context<()>,
        request: v3::CreateUserRequest,
    ) -> Result<v3::CreateUserResponse, v3::CreateUserError> {
        let mut users = self.0.lock().unwrap();
        let v3::NewUser { given_name, family_name, .. } = request.body;
        if users.iter().any(|(user, _)| user.family_name == family_name) {
            let taken = v3::Taken { field: "familyName".to_owned(), value: family_name };
            return Err(v3::CreateUserError::Conflict(taken));
        }
        let id = users.len() as i64;
        let user = v3::User { id, given_name, family_name, created_at: chrono::DateTime::UNIX_EPOCH };
        users.push((user.clone(), 1));
        Ok(v3::CreateUserResponse { location: format!("/users/{id}"), etag: ETag::strong(1), body: user })
    }

    async fn get_user(
        &self,
        _: &Context<Caller>,
        request: v3::GetUserRequest,
    ) -> Result<v3::GetUserResponse, v3::GetUserError> {
        let (body, version) = self.find(request.user_id).ok_or_else(|| v3::NotFound::new("there is no such user"))?;
        Ok(v3::GetUserResponse { etag: ETag::strong(version), body })
    }

    async fn update_user(
        &self,
        _: &Context<Caller>,
        request: v3::UpdateUserRequest,
    ) -> Result<v3::UpdateUserResponse, v3::UpdateUserError> {
        let mut users = self.0.lock().unwrap();
        let (user, version) = users
            .get_mut(request.user_id as usize)
            .ok_or_else(|| v3::NotFound::new("there is no such user"))?;
        if !request.if_match.matches_strong(&ETag::strong(*version)) {
            return Err(v3::PreconditionFailed::new("the user has changed").into());
        }
        *version += 1;
        user.given_name = request.body.given_name.unwrap_or_else(|| user.given_name.clone());
        user.family_name = request.body.family_name.unwrap_or_else(|| user.family_name.clone());
        Ok(v3::UpdateUserResponse { etag: ETag::strong(*version), body: user.clone() })
    }

    async fn delete_user(
        &self,
        _: &Context<Caller>,
        request: v3::DeleteUserRequest,
    ) -> Result<v3::DeleteUserResponse, v3::DeleteUserError> {
        let (_, version) = self.find(request.user_id).unwrap();
        match request.if_match.matches_strong(&ETag::strong(version)) {
            true => Ok(v3::DeleteUserResponse),
            false => Err(v3::PreconditionFailed::new("the user has changed").into()),
        }
    }

    async fn get_initials(
        &self,
        _: &Context<Caller>,
        request: v3::GetInitialsRequest,
    ) -> Result<v3::GetInitialsResponse, v3::GetInitialsError> {
        let (user, _) = self.find(request.user_id).ok_or_else(|| v3::NotFound::new("there is no such user"))?;
        let body = [user.given_name, user.family_name].iter().filter_map(|name| name.chars().next()).collect();
        Ok(v3::GetInitialsResponse { body })
    }
}

impl Notes for Service {
    async fn add_note(
        &self,
        _: &Context<()>,
        request: v3::AddNoteRequest,
    ) -> Result<v3::AddNoteResponse, v3::AddNoteError> {
        Ok(v3::AddNoteResponse { body: request.body })
    }

    async fn list_tags(&self, _: &Context<()>) -> Result<v3::ListTagsResponse, v3::ListTagsError> {
        let tag = v3::Tag { label: "new".to_owned(), colour: v3::TagColour::Green };
        Ok(v3::ListTagsResponse { body: vec![tag] })
    }

    async fn echo_tree(
        &self,
        _: &Context<()>,
        request: v3::EchoTreeRequest,
    ) -> Result<v3::EchoTreeResponse, v3::EchoTreeError> {
        Ok(v3::EchoTreeResponse { body: request.body })
    }

    async fn ping(&self, _: &Context<()>) -> Result<v3::PingResponse, v3::PingError> {
        Ok(v3::PingResponse)
    }
}

struct V1;

/// Splits the one name of version 1.
fn parts(name: &str) -> Result<(String, String), Violation> {
    let (given, family) =
        name.split_once(' ').ok_or_else(|| Violation::body("name", "must contain a given name and a family name"))?;
    Ok((given.to_owned(), family.to_owned()))
}

impl v1::Conversions for V1 {
    fn list_users_name_to_v2(old: Option<String>, request: &mut v2::ListUsersRequest) -> Result<(), Violation> {
        if old.as_deref() == Some("*") {
            return Err(Violation::body("", "must be a part of a name"));
        }
        request.family_name = old;
        Ok(())
    }

    fn list_users_sort_to_v2(old: v1::ListUsersSort) -> Vec<Sort<v2::ListUsersSort>> {
        let ascending = |by| Sort { by, descending: false };
        match old {
            v1::ListUsersSort::Name => {
                vec![ascending(v2::ListUsersSort::FamilyName), ascending(v2::ListUsersSort::GivenName)]
            }
            v1::ListUsersSort::CreatedAt => vec![ascending(v2::ListUsersSort::CreatedAt)],
        }
    }

    fn user_field_to_v2(old: v1::UserField) -> Vec<v2::UserField> {
        match old {
            v1::UserField::Id => vec![v2::UserField::Id],
            v1::UserField::Name => vec![v2::UserField::GivenName, v2::UserField::FamilyName],
            v1::UserField::CreatedAt => vec![v2::UserField::CreatedAt],
        }
    }

    fn user_from_v2(new: v2::User) -> v1::User {
        let name = format!("{} {}", new.given_name, new.family_name);
        v1::User { id: new.id, name, created_at: new.created_at }
    }

    fn new_user_to_v2(old: v1::NewUser) -> Result<v2::NewUser, Violation> {
        let (given_name, family_name) = parts(&old.name)?;
        Ok(v2::NewUser { given_name, family_name, role: old.role })
    }

    fn new_user_from_v2(new: v2::NewUser) -> v1::NewUser {
        v1::NewUser { name: format!("{} {}", new.given_name, new.family_name), role: new.role }
    }

    fn user_patch_to_v2(old: v1::UserPatch) -> Result<v2::UserPatch, Violation> {
        let Some(name) = old.name else { return Ok(v2::UserPatch::default()) };
        let (given_name, family_name) = parts(&name)?;
        Ok(v2::UserPatch { given_name: Some(given_name), family_name: Some(family_name) })
    }

    fn taken_from_v2(new: v2::Taken) -> v1::Taken {
        v1::Taken { taken_name: new.value }
    }
}

impl v1::users::Users for V1 {
    type Principal = Caller;

    async fn rename_user(
        &self,
        _: &Context<Caller>,
        request: v1::RenameUserRequest,
    ) -> Result<v1::RenameUserResponse, v1::RenameUserError> {
        let (id, name) = (request.user_id, request.body.name);
        Ok(v1::User { id, name, created_at: chrono::DateTime::UNIX_EPOCH }.into())
    }
}

struct V2;

impl v2::Conversions for V2 {
    fn tag_from_v3(new: v3::Tag) -> v2::Tag {
        v2::Tag { label: new.label }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    let user = |id, given_name: &str, family_name: &str| v3::User {
        id,
        given_name: given_name.to_owned(),
        family_name: family_name.to_owned(),
        created_at: chrono::DateTime::UNIX_EPOCH,
    };
    let users = || Service(Mutex::new(vec![(user(0, "Sample", "Alpha"), 1), (user(1, "Other", "Beta"), 1)]));
    let api = v3::Api { authenticator: Keys, gate: OpenGate, users: users(), notes: users() };
    let [first, second, latest] = api.versions(V1, V2, writ_runtime::ServeOptions::default());
    // The path of one operation has no version.
    let versioned = |endpoint: &Endpoint| endpoint.operation().path != "/ping";
    let older = first.endpoints.into_iter().chain(second.endpoints).filter(versioned);
    let router = writ_runtime::router(latest.envelope, older.chain(latest.endpoints).collect::<Vec<_>>());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?);
    std::thread::spawn(|| {
        let _ = std::io::stdin().read_line(&mut String::new());
        std::process::exit(0);
    });
    axum::serve(listener, router).await
}
