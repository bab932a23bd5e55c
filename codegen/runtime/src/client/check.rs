//! The check of a request of a generated client against the contract, before it is sent.

use super::connection::Connection;
use super::outgoing::Outgoing;
use crate::json::{Checker, Conform};
use crate::response::check::ViolationList;

impl Connection {
    /// Sets whether requests are checked against the contract before they are sent. By default they are in a build with
    /// debug assertions, and are not otherwise.
    ///
    /// A request that breaks the contract is not sent: its call returns [`Failure::Unsent`](super::Failure::Unsent) with
    /// all violations. A test of the refusals of a service turns the check off.
    pub fn check_requests(self, check: bool) -> Connection {
        self.with(|inner| inner.check_requests = check)
    }
}

impl Outgoing {
    /// Checks a parameter, by its index in the operation, if requests are checked.
    pub fn check_parameter<R, T: Conform<R>>(&mut self, index: usize, value: &T, rule: &R) {
        if let Some(parameter) = self.operation.parameters.get(index) {
            self.check(|checker| checker.place(parameter.location.into(), parameter.name, value, rule));
        }
    }

    /// Checks an optional parameter, by its index in the operation, if requests are checked and there is a value.
    pub fn check_optional<R, T: Conform<R>>(&mut self, index: usize, value: &Option<T>, rule: &R) {
        if let Some(value) = value {
            self.check_parameter(index, value, rule);
        }
    }

    /// Checks the body of the request if requests are checked.
    pub fn check_body<R, T: Conform<R>>(&mut self, value: &T, rule: &R) {
        self.check(|checker| checker.check(value, rule));
    }

    fn check(&mut self, check: impl FnOnce(&mut Checker<'_>)) {
        if !self.connection.check_requests {
            return;
        }
        let mut checker = Checker::new();
        check(&mut checker);
        let violations = checker.into_violations().list;
        if !violations.is_empty() {
            self.fail(format!("the request breaks the contract: {}", ViolationList(&violations)));
        }
    }
}
