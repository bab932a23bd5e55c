//! Services whose responses differ from their requests.

/// Defines a function that builds the router of the module's service.
macro_rules! router {
    ($contract:ident) => {
        pub fn router() -> writ_runtime::Router {
            crate::open!($contract, Service).router()
        }
    };
}

pub mod directions {
    use directions::*;
    use writ_runtime::Context;

    pub struct Service;

    fn account(email: String) -> Account {
        Account { id: AccountId(writ_runtime::Uuid::nil()), email, profile: None, created_at: None }
    }

    impl DefaultApi for Service {
        async fn create_account(
            &self,
            _: &Context<()>,
            request: CreateAccountRequest,
        ) -> Result<CreateAccountResponse, CreateAccountError> {
            crate::record(&request);
            Ok(Account { profile: request.body.profile, ..account(request.body.email) }.into())
        }

        async fn list_accounts(&self, _: &Context<()>) -> Result<ListAccountsResponse, ListAccountsError> {
            let lead = TeamLead::Guest(Guest { badge: 7 });
            Ok(vec![Team { members: vec![account("user@example.com".to_owned())], lead: Some(lead) }].into())
        }

        async fn put_team(&self, _: &Context<()>, request: PutTeamRequest) -> Result<PutTeamResponse, PutTeamError> {
            crate::record(&request);
            Ok(PutTeamResponse)
        }

        async fn put_parcel(
            &self,
            _: &Context<()>,
            request: PutParcelRequest,
        ) -> Result<PutParcelResponse, PutParcelError> {
            crate::record(&request);
            Ok(Parcel { id: 7, to: request.body.to, state: State::Sent }.into())
        }

        async fn send_parcel(
            &self,
            _: &Context<()>,
            request: SendParcelRequest,
        ) -> Result<SendParcelResponse, SendParcelError> {
            let form: SendParcelForm = request.body.collect().await?;
            crate::record(&form);
            Ok(SendParcelResponse)
        }

        async fn put_label(
            &self,
            _: &Context<()>,
            request: PutLabelRequest,
        ) -> Result<PutLabelResponse, PutLabelError> {
            crate::record(&request);
            let LabelInput { text, additional } = request.body;
            Ok(Label { id: "label".to_owned(), text, additional }.into())
        }
    }

    router!(directions);
}

pub mod files {
    use files::*;
    use writ_runtime::Context;

    pub struct Service;

    impl DefaultApi for Service {
        async fn put_thing(&self, _: &Context<()>, request: PutThingRequest) -> Result<PutThingResponse, PutThingError> {
            crate::record(&request);
            match request.id {
                404 => Err(NotFound::new("thing"))?,
                version => Ok(PutThingResponse { x_version: version, body: request.body }),
            }
        }

        async fn get_again(&self, _: &Context<()>, request: GetAgainRequest) -> Result<GetAgainResponse, GetAgainError> {
            crate::record(&request);
            let body = Thing { name: "again".to_owned(), parts: Some(Vec::new()), id: Some(request.id) };
            Ok(GetAgainResponse { x_version: 1, body })
        }
    }

    router!(files);
}

pub mod merges {
    use merges::*;
    use writ_runtime::{Context, Patch};

    pub struct Service;

    impl DefaultApi for Service {
        async fn add_dog(&self, _: &Context<()>, request: AddDogRequest) -> Result<AddDogResponse, AddDogError> {
            crate::record(&request);
            let breed = if request.body.breed == DogBreed::Mutt { StoredDogBreed::Mutt } else { StoredDogBreed::Husky };
            let id = StoredId(writ_runtime::Uuid::nil());
            Ok(StoredDog { name: request.body.name, age: request.body.age, breed, id, created_at: None }.into())
        }

        async fn list_things(&self, _: &Context<()>) -> Result<ListThingsResponse, ListThingsError> {
            let owner = Animal { name: "Ada".to_owned(), age: None };
            let either = TaggedEither::B(TaggedEitherB { b: "b".to_owned(), name: "Bo".to_owned(), age: Some(1) });
            let items = vec![
                Tagged { owner: Patch::Value(owner), label: Label::Some, either: None },
                Tagged { owner: Patch::Null, label: Label::None, either: Some(either) },
                Tagged { owner: Patch::Absent, label: Label::None, either: None },
            ];
            Ok(ListThingsResult { total: 3, items }.into())
        }
    }

    router!(merges);
}

pub mod objects {
    use objects::*;
    use writ_runtime::{Context, Patch};

    pub struct Service;

    impl DefaultApi for Service {
        async fn update_profile(
            &self,
            _: &Context<()>,
            request: UpdateProfileRequest,
        ) -> Result<UpdateProfileResponse, UpdateProfileError> {
            crate::record(&request);
            let nickname = match request.body.nickname {
                Patch::Absent => Some("as it was".to_owned()),
                Patch::Null => None,
                Patch::Value(nickname) => Some(nickname),
            };
            let settings = request.body.settings.ok_or_else(|| std::io::Error::other("send settings"))?;
            Ok(Profile {
                id: request.id,
                name: request.body.name.unwrap_or_else(|| "as it was".to_owned()),
                nickname,
                born: None,
                website: Patch::Null,
                settings,
                labels: None,
                address: None,
            }
            .into())
        }

        async fn put_samples(
            &self,
            _: &Context<()>,
            request: PutSamplesRequest,
        ) -> Result<PutSamplesResponse, PutSamplesError> {
            crate::record(&request);
            Ok(PutSamplesResponse)
        }
    }

    router!(objects);
}

pub mod recursion {
    use recursion::*;
    use writ_runtime::Context;

    pub struct Service;

    fn literal(value: f64) -> Box<Expression> {
        Box::new(Expression::Literal(Literal { value }))
    }

    impl DefaultApi for Service {
        async fn plant(&self, _: &Context<()>, request: PlantRequest) -> Result<PlantResponse, PlantError> {
            crate::record(&request);
            let left = Box::new(Expression::Sum(Box::new(Sum { left: literal(1.0), right: literal(2.5) })));
            Ok(Expression::Sum(Box::new(Sum { left, right: literal(3.0) })).into())
        }

        async fn link(&self, _: &Context<()>, request: LinkRequest) -> Result<LinkResponse, LinkError> {
            crate::record(&request);
            Ok(Nested(vec![Nested(Vec::new()), Nested(vec![Nested(Vec::new())])]).into())
        }
    }

    router!(recursion);
}

pub mod unions {
    use unions::*;
    use writ_runtime::Context;

    pub struct Service;

    impl DefaultApi for Service {
        async fn pay(&self, _: &Context<()>, request: PayRequest) -> Result<PayResponse, PayError> {
            crate::record(&request);
            Ok(Event::Closed(Closed { event: ClosedEvent::Closed, reason: "paid".to_owned() }).into())
        }

        async fn draw(&self, _: &Context<()>, request: DrawRequest) -> Result<DrawResponse, DrawError> {
            crate::record(&request);
            Ok(DrawResponse::from(None))
        }

        async fn search(&self, _: &Context<()>, request: SearchRequest) -> Result<SearchResponse, SearchError> {
            crate::record(&request);
            let shape = Shape::Circle(ShapeCircle { radius: 0.5 });
            Ok(SearchResult::List(vec![shape]).into())
        }
    }

    router!(unions);
}

#[allow(deprecated, reason = "the contract declares deprecated operations and fields")]
pub mod fields {
    use fields::*;
    use writ_runtime::Context;

    pub struct Service;

    impl DefaultApi for Service {
        async fn put_thing(&self, _: &Context<()>, request: PutThingRequest) -> Result<PutThingResponse, PutThingError> {
            crate::record(&request);
            Ok(PutThingResponse { x_count: 1 })
        }
    }

    router!(fields);
}
