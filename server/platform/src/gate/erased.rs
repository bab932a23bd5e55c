//! Policies behind a pointer, so that a gate can hold different ones.

use futures_util::future::BoxFuture;
use http::HeaderMap;
use writ_runtime::{Entry, Problem, Reply};

use super::exchange::{Commands, Responses};
use super::policy::{Policy, Stage, Visit};

/// A [`Policy`] of any type.
pub(super) trait AnyPolicy<P>: Send + Sync {
    fn stage(&self) -> Stage;
    fn visit(&self, entry: &Entry<'_, P>, commands: &mut Commands) -> Option<Box<dyn AnyVisit<P>>>;
    fn approach(&self, entry: &Entry<'_, P>) -> Result<(), Problem>;
    fn deny(&self, entry: &Entry<'_, P>, refusal: &Problem, commands: &mut Commands) -> Option<Box<dyn AnyVisit<P>>>;
}

/// A [`Visit`] of any type.
pub(super) trait AnyVisit<P>: Send {
    fn read(&mut self, responses: Responses) -> BoxFuture<'_, ()>;
    fn enter<'a>(&'a mut self, entry: &'a Entry<'a, P>) -> BoxFuture<'a, Result<Option<Reply>, Problem>>;
    fn begin(&mut self, entry: &Entry<'_, P>) -> Result<(), Problem>;
    fn admitted(&mut self, entry: &Entry<'_, P>);
    fn write_headers(&self, headers: &mut HeaderMap);
    fn leave<'a>(&'a mut self, entry: &'a Entry<'a, P>, reply: &'a mut Reply) -> BoxFuture<'a, ()>;
}

impl<P: 'static, T: Policy<P>> AnyPolicy<P> for T {
    fn stage(&self) -> Stage {
        T::STAGE
    }

    fn visit(&self, entry: &Entry<'_, P>, commands: &mut Commands) -> Option<Box<dyn AnyVisit<P>>> {
        Policy::visit(self, entry, commands).map(|visit| Box::new(visit) as Box<dyn AnyVisit<P>>)
    }

    fn approach(&self, entry: &Entry<'_, P>) -> Result<(), Problem> {
        Policy::approach(self, entry)
    }

    fn deny(&self, entry: &Entry<'_, P>, refusal: &Problem, commands: &mut Commands) -> Option<Box<dyn AnyVisit<P>>> {
        Policy::deny(self, entry, refusal, commands).map(|visit| Box::new(visit) as Box<dyn AnyVisit<P>>)
    }
}

impl<P: 'static, V: Visit<P>> AnyVisit<P> for V {
    fn read(&mut self, responses: Responses) -> BoxFuture<'_, ()> {
        Box::pin(Visit::read(self, responses))
    }

    fn enter<'a>(&'a mut self, entry: &'a Entry<'a, P>) -> BoxFuture<'a, Result<Option<Reply>, Problem>> {
        Box::pin(Visit::enter(self, entry))
    }

    fn begin(&mut self, entry: &Entry<'_, P>) -> Result<(), Problem> {
        Visit::begin(self, entry)
    }

    fn admitted(&mut self, entry: &Entry<'_, P>) {
        Visit::admitted(self, entry);
    }

    fn write_headers(&self, headers: &mut HeaderMap) {
        Visit::write_headers(self, headers);
    }

    fn leave<'a>(&'a mut self, entry: &'a Entry<'a, P>, reply: &'a mut Reply) -> BoxFuture<'a, ()> {
        Box::pin(Visit::leave(self, entry, reply))
    }
}
