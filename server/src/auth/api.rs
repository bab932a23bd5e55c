//! The handlers of the operations that open, refresh and end sessions.

use generated::v1::{
    Auth, LoginCall, LoginError, LoginRequest, LoginResponse, LogoutCall, LogoutError, LogoutResponse, RefreshCall,
    RefreshError, RefreshResponse,
};
use writ_platform::credentials::Verdict;
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
        let session = self.store.open(&account).await?.ok_or(Refusal::WrongCredentials)?;
        if verdict == Verdict::MatchWithWeakHash {
            self.store.strengthen(&account, &self.passwords.hash(&password).await?).await?;
        }
        Ok(self.tokens(session)?.into())
    }

    async fn refresh(&self, _: &Context<()>, request: RefreshCall) -> Result<RefreshResponse, RefreshError> {
        let session = self.store.rotate(&request.body.refresh_token).await?.ok_or(Refusal::EndedSession)?;
        Ok(self.tokens(session)?.into())
    }

    async fn logout(&self, _: &Context<()>, request: LogoutCall) -> Result<LogoutResponse, LogoutError> {
        self.store.end(&request.body.refresh_token).await?;
        Ok(LogoutResponse)
    }
}
