//! The parameters, headers and responses of an operation that the server handles instead of the handler.

use super::envelope::is_error;
use super::operation::{Header, Operation, Parameter, ParameterLocation, Response, Status};

impl Operation {
    /// Returns true if the server, instead of the handler, evaluates conditional requests (RFC 9110) to the operation.
    ///
    /// The contract must declare the headers `ETag` and `If-None-Match` and the status code 304. The server
    /// then replaces the handler's response by a 304 if the client has the current version.
    pub fn is_conditional(&self) -> bool {
        let header = self.parameters.iter().any(|parameter| {
            parameter.location == ParameterLocation::Header && parameter.name.eq_ignore_ascii_case("If-None-Match")
        });
        let unchanged = self.responses.iter().any(|response| response.status == Status::Code(304));
        let tagged = self.responses.iter().any(|response| {
            matches!(response.status, Status::Code(200..=299))
                && response.headers.iter().any(|header| header.name.eq_ignore_ascii_case("ETag"))
        });
        header && unchanged && tagged
    }

    /// Returns true if the server, instead of the handler, processes a parameter.
    ///
    /// Such a parameter is decoded and validated, but the handler does not receive it as a field of the request.
    pub fn is_consumed(&self, parameter: &Parameter) -> bool {
        parameter.location == ParameterLocation::Header
            && ((parameter.name.eq_ignore_ascii_case("If-None-Match") && self.is_conditional())
                || (parameter.name.eq_ignore_ascii_case("Idempotency-Key") && self.policies.idempotency.is_some()))
    }

    /// Iterates over the responses of the operation that a handler returns as successes.
    ///
    /// The response 304 is not included if the server sends it itself.
    pub fn successes(&self) -> impl Iterator<Item = &Response> {
        let conditional = self.is_conditional();
        self.responses
            .iter()
            .filter(move |response| !(is_error(response, self) || conditional && response.status == Status::Code(304)))
    }

    /// Iterates over the headers of successful responses that a handler sets as typed values.
    pub fn response_headers(&self) -> impl Iterator<Item = &Header> {
        let successes = self.responses.iter().filter(|response| !is_error(response, self));
        let typed = |header: &&Header| !header.is_platform() && !header.name.eq_ignore_ascii_case("set-cookie");
        successes.flat_map(|response| &response.headers).filter(typed)
    }
}

impl Header {
    /// Returns true if the server sets this response header for every operation.
    pub fn is_platform(&self) -> bool {
        let name = self.name.to_ascii_lowercase();
        name == "x-request-id" || name.starts_with("x-ratelimit-")
    }
}

impl Status {
    /// Returns true if a response with this status has no body (RFC 9110, sections 15.3.5, 15.3.6 and
    /// 15.4.5).
    pub fn has_no_body(self) -> bool {
        matches!(self, Status::Code(204 | 205 | 304))
    }
}
