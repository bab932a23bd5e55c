//! The service of error schemas of many shapes, with a conversion for the schema that no problem can fill.

use ::errors::*;
use writ_runtime::{Context, Problem};

struct Service;

struct Conversions;

impl Errors for Conversions {
    fn incident(problem: &Problem, request_id: &str) -> Incident {
        let severity = if problem.status.is_server_error() { IncidentSeverity::Major } else { IncidentSeverity::Minor };
        Incident { severity, summary: format!("{} in {request_id}", problem.message) }
    }
}

macro_rules! silent {
    ($($method:ident $request:ident $response:ident $error:ident,)*) => {
        impl DefaultApi for Service {
            $(async fn $method(&self, _: &Context<()>, request: $request) -> Result<$response, $error> {
                crate::record(&request);
                Ok($response)
            })*
        }
    };
}

silent! {
    nested NestedRequest NestedResponse NestedError,
    undeclared UndeclaredRequest UndeclaredResponse UndeclaredError,
    list ListRequest ListResponse ListError,
    json_api JsonApiRequest JsonApiResponse JsonApiError,
    text TextRequest TextResponse TextError,
    codes CodesRequest CodesResponse CodesError,
    patterns PatternsRequest PatternsResponse PatternsError,
    problem ProblemRequest ProblemResponse ProblemError,
    fields FieldsRequest FieldsResponse FieldsError,
    branches BranchesRequest BranchesResponse BranchesError,
    pointed PointedRequest PointedResponse PointedError,
    several SeveralRequest SeveralResponse SeveralError,
    asked AskedRequest AskedResponse AskedError,
}

pub fn router() -> writ_runtime::Router {
    let api = Api {
        authenticator: writ_runtime::NoAuthentication,
        gate: writ_runtime::OpenGate,
        errors: Conversions,
        default: Service,
    };
    api.router()
}
