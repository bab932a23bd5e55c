//! The service of a contract of Swagger 2.0.

use swagger_2::*;
use writ_runtime::{ApiKey, BasicCredentials, BearerToken, Bytes, Context, Denied, OpenGate, Operation, Scheme};

use crate::secured::{Doorkeeper, Shown, admit};

struct Service;

/// Returns the animal with the given number.
fn animal(id: i64) -> Animal {
    Animal { id: Some(id), ..Animal::new("dog".to_owned(), "Rex".to_owned()) }
}

/// Implements the operations that respond with their request body, or without a body.
macro_rules! operations {
    (echo { $($echo:ident $echo_request:ident $echo_response:ident $echo_error:ident,)* }
     silent { $($silent:ident $silent_request:ident $silent_response:ident $silent_error:ident,)* }) => {
        $(async fn $echo(&self, _: &Context<()>, request: $echo_request) -> Result<$echo_response, $echo_error> {
            crate::record(&request);
            Ok($echo_response::from(animal(7)))
        })*
        $(async fn $silent(
            &self,
            _: &Context<()>,
            request: $silent_request,
        ) -> Result<$silent_response, $silent_error> {
            crate::record(&request);
            Ok($silent_response)
        })*
    };
}

impl DefaultApi for Service {
    type Principal = Shown;

    operations! {
        echo {
            add_animal AddAnimalRequest AddAnimalResponse AddAnimalError,
            replace_animal ReplaceAnimalRequest ReplaceAnimalResponse ReplaceAnimalError,
        }
        silent {
            set_remark SetRemarkRequest SetRemarkResponse SetRemarkError,
            lists ListsRequest ListsResponse ListsError,
            matrix MatrixRequest MatrixResponse MatrixError,
        }
    }

    async fn list_animals(
        &self,
        _: &Context<()>,
        request: ListAnimalsRequest,
    ) -> Result<ListAnimalsResponse, ListAnimalsError> {
        crate::record(&request);
        let marks = vec!["a".to_owned(), "b".to_owned()];
        let bars = Some(vec![1, 2]);
        Ok(ListAnimalsResponse { x_total: Some(1), x_marks: Some(marks), x_bars: bars, body: vec![animal(1)] })
    }

    async fn get_animal(
        &self,
        _: &Context<()>,
        request: GetAnimalRequest,
    ) -> Result<GetAnimalResponse, GetAnimalError> {
        match request.id {
            0 => Err(NotFound::new("unknown").into()),
            id => Ok(animal(id).into()),
        }
    }

    async fn get_photo(&self, _: &Context<()>, request: GetPhotoRequest) -> Result<GetPhotoResponse, GetPhotoError> {
        crate::record(&request);
        Ok(Bytes::from_static(b"\x89PNG").into())
    }

    async fn add_photo(&self, _: &Context<()>, request: AddPhotoRequest) -> Result<AddPhotoResponse, AddPhotoError> {
        let form: AddPhotoForm = request.body.collect().await?;
        let photo = form.photo.bytes.len();
        crate::record(&(photo, form.photo.file_name, form.sizes, form.marks, form.bars, form.tabs, form.remark));
        Ok(AddPhotoResponse)
    }

    async fn kennels(&self, cx: &Context<Shown>) -> Result<KennelsResponse, KennelsError> {
        crate::record(cx.principal());
        Ok(KennelsResponse)
    }

    async fn inline(&self, _: &Context<()>, request: InlineRequest) -> Result<InlineResponse, InlineError> {
        crate::record(&request);
        Ok(request.body.unwrap_or(InlineBody { count: 0 }).into())
    }

    async fn shared(&self, _: &Context<()>, request: SharedRequest) -> Result<SharedResponse, SharedError> {
        crate::record(&request);
        Ok(request.body.into())
    }
}

impl Authenticator for Doorkeeper {
    type Principal = Shown;

    async fn staff(&self, credentials: BasicCredentials, _: &'static Operation) -> Result<Shown, Denied> {
        admit("staff", &format!("{}:{}", credentials.user, credentials.password))
    }

    async fn key(&self, key: ApiKey<'_>, _: &'static Operation) -> Result<Shown, Denied> {
        admit("key", key.as_str())
    }

    async fn login(&self, token: BearerToken<'_>, _: &'static Operation) -> Result<Shown, Denied> {
        admit("login", token.as_str())
    }

    fn holds_scope(&self, principal: &Shown, scheme: &'static Scheme, scope: &str) -> bool {
        security::Authenticator::holds_scope(self, principal, scheme, scope)
    }
}

pub fn router() -> writ_runtime::Router {
    Api { authenticator: Doorkeeper, gate: OpenGate, default: Service }.router()
}
