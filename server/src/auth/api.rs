//! The handlers of the operations that open, refresh and end sessions.

use generated::latest::{
    Auth, LoginCall, LoginError, LoginRequest, LoginResponse, LogoutCall, LogoutError, LogoutResponse, RefreshCall,
    RefreshError, RefreshResponse,
};
use writ_platform::credentials::{RefreshToken, Verdict};
use writ_runtime::Context;

use super::AuthService;
use super::refusal::Refusal;

impl Auth for AuthService {
    async fn login(&self, cx: &Context<()>, request: LoginCall) -> Result<LoginResponse, LoginError> {
        let LoginRequest { email, password } = request.body;
        self.limiter.take_account(cx.operation(), &email).await?;
        let found = self.store.account(&email).await?;
        let verdict = self.verify_password(&password, found.as_ref()).await?;
        let account = found.filter(|_| verdict.is_match()).ok_or(Refusal::WrongCredentials)?;
        let session = self.lifetimes.begin();
        let refresh = self.refresh_token(account.id, session)?;
        let holder = self.store.open(&account, session, &refresh).await?.ok_or(Refusal::WrongCredentials)?;
        if verdict == Verdict::MatchWithWeakHash
            && let Err(error) = self.strengthen_hash(&account, &password).await
        {
            // The next sign-in tries again.
            tracing::warn!(requestId = %cx.request_id(), %error, "a weak password hash was not replaced");
        }
        Ok(self.tokens(&holder, session, refresh)?.ok_or(Refusal::EndedSession)?.into())
    }

    async fn refresh(&self, _: &Context<()>, request: RefreshCall) -> Result<RefreshResponse, RefreshError> {
        let spent = RefreshToken::hash_of(&request.body.refresh_token);
        if let Some((user, session)) = self.store.session(&spent).await? {
            let next = self.refresh_token(user, session)?;
            if let Some(holder) = self.store.rotate(&spent, &next).await? {
                return Ok(self.tokens(&holder, session, next)?.ok_or(Refusal::EndedSession)?.into());
            }
        }
        self.store.end_reused(&spent).await?;
        Err(Refusal::EndedSession.into())
    }

    async fn logout(&self, _: &Context<()>, request: LogoutCall) -> Result<LogoutResponse, LogoutError> {
        self.store.end(&request.body.refresh_token).await?;
        Ok(LogoutResponse)
    }
}
