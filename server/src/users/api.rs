//! The handlers of the operations on users.

use generated::latest::{
    ChangePasswordError, ChangePasswordRequest, ChangePasswordResponse, CreateUserError, CreateUserRequest,
    CreateUserResponse, DeleteUserError, DeleteUserRequest, DeleteUserResponse, GetUserError, GetUserRequest,
    GetUserResponse, ListUsersError, ListUsersRequest, ListUsersResponse, NotFound, PasswordChange, ReplaceUserError,
    ReplaceUserRequest, ReplaceUserResponse, UpdateUserError, UpdateUserRequest, UpdateUserResponse, Users, operations,
};
use writ_platform::Principal as _;
use writ_platform::keyset::Paging;
use writ_runtime::Context;

use super::UserService;
use super::change::Changes;
use super::list::{Filter, order};
use super::refusal::WrongPassword;
use crate::auth::caller::Caller;

impl Users for UserService {
    type Principal = Caller;

    async fn list_users(
        &self,
        _: &Context<Caller>,
        request: ListUsersRequest,
    ) -> Result<ListUsersResponse, ListUsersError> {
        let filter = Filter::of(&request);
        let paging = Paging::open(&self.cursors, order(&request.sort), filter.hash(), &request.page)?;
        let rows = self.store.list(&filter, &paging).await?;
        Ok(rows.page(|account| account.user).into())
    }

    async fn create_user(
        &self,
        _: &Context<()>,
        request: CreateUserRequest,
    ) -> Result<CreateUserResponse, CreateUserError> {
        let password_hash = self.passwords.hash(&request.body.password).await?;
        let account = self.store.insert(&request.body, &password_hash).await?;
        let location = operations::GET_USER.path_with(&[&account.user.id]);
        Ok(CreateUserResponse { location, etag: account.etag(), body: account.user })
    }

    async fn get_user(&self, cx: &Context<Caller>, request: GetUserRequest) -> Result<GetUserResponse, GetUserError> {
        let found = self.store.find(request.user_id, cx.principal()).await?;
        let account = found.ok_or_else(|| NotFound::new("user"))?;
        Ok(GetUserResponse { etag: account.etag(), body: account.user })
    }

    async fn replace_user(
        &self,
        cx: &Context<Caller>,
        request: ReplaceUserRequest,
    ) -> Result<ReplaceUserResponse, ReplaceUserError> {
        let changes = Changes::replacing(cx.operation(), request.body);
        let account = self.store.change(request.user_id, cx.principal(), &request.if_match, changes).await?;
        Ok(ReplaceUserResponse { etag: account.etag(), body: account.user })
    }

    async fn update_user(
        &self,
        cx: &Context<Caller>,
        request: UpdateUserRequest,
    ) -> Result<UpdateUserResponse, UpdateUserError> {
        let changes = Changes::of(cx.operation(), request.body);
        let account = self.store.change(request.user_id, cx.principal(), &request.if_match, changes).await?;
        Ok(UpdateUserResponse { etag: account.etag(), body: account.user })
    }

    async fn delete_user(
        &self,
        cx: &Context<Caller>,
        request: DeleteUserRequest,
    ) -> Result<DeleteUserResponse, DeleteUserError> {
        self.store.delete(request.user_id, cx.principal(), &request.if_match).await?;
        Ok(DeleteUserResponse)
    }

    async fn change_password(
        &self,
        cx: &Context<Caller>,
        request: ChangePasswordRequest,
    ) -> Result<ChangePasswordResponse, ChangePasswordError> {
        let PasswordChange { current, new } = request.body;
        let stored = self.store.password_hash(request.user_id, cx.principal()).await?;
        let stored = stored.ok_or_else(|| NotFound::new("user"))?;
        if !self.passwords.verify(&current, Some(&stored)).await?.is_match() {
            return Err(WrongPassword.into());
        }
        let new = self.passwords.hash(&new).await?;
        let current_session = cx.principal().session();
        let changed = self.store.change_password(request.user_id, &stored, &new, current_session).await?;
        changed.then_some(ChangePasswordResponse).ok_or(WrongPassword.into())
    }
}
