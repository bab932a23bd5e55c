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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::{Body, Media, MediaKind, Method, Operation, Parameter};
    use crate::validate::rules::{IntegerRule, StringRule};

    static ORDER: Operation = Operation {
        id: "order",
        method: Method::POST,
        path: "/order",
        parameters: &[Parameter::query("limit"), Parameter::header("x-rate")],
        body: Some(Body {
            required: true,
            limit: 1024,
            media: &[Media { essence: "application/json", kind: MediaKind::Json }],
        }),
        ..Operation::NONE
    };

    const NAME: StringRule = StringRule { max: Some(2), ..StringRule::NONE };

    fn outgoing(check: bool) -> Outgoing {
        let connection = Connection::over("http://localhost", axum::Router::new()).unwrap().check_requests(check);
        connection.begin(&ORDER)
    }

    #[test]
    fn a_request_that_breaks_the_contract_is_not_sent() {
        let mut out = outgoing(true);
        out.check_optional(0, &Some(11_i64), &IntegerRule { max: Some(10), ..IntegerRule::NONE });
        assert_eq!(out.finish().unwrap_err(), "the request breaks the contract: query limit must be at most 10");
        let mut out = outgoing(true);
        out.check_body(&"abc".to_owned(), &NAME);
        assert_eq!(out.finish().unwrap_err(), "the request breaks the contract: body must have at most 2 characters");
    }

    #[test]
    fn a_request_is_not_checked_if_the_connection_turns_the_check_off() {
        let mut out = outgoing(false);
        out.check_body(&"abc".to_owned(), &NAME);
        assert!(out.finish().is_ok());
    }

    #[test]
    fn a_value_that_cannot_be_written_is_not_sent() {
        for send in [|out: &mut Outgoing| out.required(0, &f64::NAN), |out: &mut Outgoing| out.required(1, &f64::NAN)] {
            let mut out = outgoing(false);
            send(&mut out);
            assert!(out.finish().unwrap_err().contains("NaN is not a finite number"));
        }
        let mut out = outgoing(false);
        out.body(0, &vec![1.0, f64::INFINITY]);
        assert_eq!(
            out.finish().unwrap_err(),
            "the body cannot be written: [1]: inf is not a finite number, which JSON cannot represent"
        );
        for text in ["a\nb", " a", "a\t"] {
            let mut out = outgoing(false);
            out.required(1, &text.to_owned());
            let message = out.finish().unwrap_err();
            assert!(message.starts_with("the parameter `x-rate` cannot be written: `"), "{message}");
        }
    }
}
