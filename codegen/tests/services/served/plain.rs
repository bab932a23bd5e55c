//! Services without logic of their own, which return their request body or nothing.

use crate::serves;

serves! {
    choices:
    echo {
        mapped MappedRequest MappedResponse MappedError,
        implied ImpliedRequest ImpliedResponse ImpliedError,
        inherited InheritedRequest InheritedResponse InheritedError,
        base BaseRequest BaseResponse BaseError,
        typed TypedRequest TypedResponse TypedError,
        fields FieldsRequest FieldsResponse FieldsError,
        tried TriedRequest TriedResponse TriedError,
        first FirstRequest FirstResponse FirstError,
        nested NestedRequest NestedResponse NestedError,
        beside BesideRequest BesideResponse BesideError,
        denied DeniedRequest DeniedResponse DeniedError,
    }
    silent {}
    bare {}
}

serves! {
    imperfect:
    echo {
        values ValuesRequest ValuesResponse ValuesError,
    }
    silent {
        undeclared UndeclaredRequest UndeclaredResponse UndeclaredError,
        misspelt MisspeltRequest MisspeltResponse MisspeltError,
        location LocationRequest LocationResponse LocationError,
        label LabelRequest LabelResponse LabelError,
        matrix MatrixRequest MatrixResponse MatrixError,
        exploded ExplodedRequest ExplodedResponse ExplodedError,
        segments SegmentsRequest SegmentsResponse SegmentsError,
        pairs PairsRequest PairsResponse PairsError,
        files FilesRequest FilesResponse FilesError,
        limited LimitedRequest LimitedResponse LimitedError,
        search SearchRequest SearchResponse SearchError,
        literal LiteralRequest LiteralResponse LiteralError,
        parameters ParametersRequest ParametersResponse ParametersError,
        get_beside GetBesideRequest GetBesideResponse GetBesideError,
        post_beside_by_id PostBesideByIdRequest PostBesideByIdResponse PostBesideByIdError,
    }
    bare {
        unused UnusedResponse UnusedError,
        slashless SlashlessResponse SlashlessError,
        nothing NothingResponse NothingError,
        add_shared AddSharedResponse AddSharedError,
    }
}

serves! {
    families:
    echo {
        shape ShapeRequest ShapeResponse ShapeError,
        circle CircleRequest CircleResponse CircleError,
        drawing DrawingRequest DrawingResponse DrawingError,
        event EventRequest EventResponse EventError,
        animal AnimalRequest AnimalResponse AnimalError,
        cat CatRequest CatResponse CatError,
        zoo ZooRequest ZooResponse ZooError,
        vehicle VehicleRequest VehicleResponse VehicleError,
        message MessageRequest MessageResponse MessageError,
        contact ContactRequest ContactResponse ContactError,
        ticket TicketRequest TicketResponse TicketError,
    }
    silent {}
    bare {}
}

serves! {
    keywords:
    echo {
        types TypesRequest TypesResponse TypesError,
        objects ObjectsRequest ObjectsResponse ObjectsError,
        arrays ArraysRequest ArraysResponse ArraysError,
        conditions ConditionsRequest ConditionsResponse ConditionsError,
        dependents DependentsRequest DependentsResponse DependentsError,
        unevaluated UnevaluatedRequest UnevaluatedResponse UnevaluatedError,
        references ReferencesRequest ReferencesResponse ReferencesError,
        nulls NullsRequest NullsResponse NullsError,
        contents ContentsRequest ContentsResponse ContentsError,
    }
    silent {}
    bare {
        get_shared GetSharedResponse GetSharedError,
    }
}

serves! {
    overlaid:
    echo {}
    silent {
        list_things ListThingsRequest ListThingsResponse ListThingsError,
        add_thing AddThingRequest AddThingResponse AddThingError,
        add_copy AddCopyRequest AddCopyResponse AddCopyError,
    }
    bare {}
}

serves! {
    parameters:
    echo {}
    silent {
        in_path InPathRequest InPathResponse InPathError,
        in_query InQueryRequest InQueryResponse InQueryError,
        sorted SortedRequest SortedResponse SortedError,
        elsewhere ElsewhereRequest ElsewhereResponse ElsewhereError,
    }
    bare {}
}

serves! {
    rare:
    echo {}
    silent {
        add_rule AddRuleRequest AddRuleResponse AddRuleError,
    }
    bare {}
}

serves! {
    styles:
    echo {}
    silent {
        path_simple PathSimpleRequest PathSimpleResponse PathSimpleError,
        path_simple_explode PathSimpleExplodeRequest PathSimpleExplodeResponse PathSimpleExplodeError,
        path_label PathLabelRequest PathLabelResponse PathLabelError,
        path_label_explode PathLabelExplodeRequest PathLabelExplodeResponse PathLabelExplodeError,
        path_matrix PathMatrixRequest PathMatrixResponse PathMatrixError,
        path_matrix_explode PathMatrixExplodeRequest PathMatrixExplodeResponse PathMatrixExplodeError,
        path_content PathContentRequest PathContentResponse PathContentError,
        query_form QueryFormRequest QueryFormResponse QueryFormError,
        query_form_explode QueryFormExplodeRequest QueryFormExplodeResponse QueryFormExplodeError,
        query_space QuerySpaceRequest QuerySpaceResponse QuerySpaceError,
        query_pipe QueryPipeRequest QueryPipeResponse QueryPipeError,
        query_deep QueryDeepRequest QueryDeepResponse QueryDeepError,
        query_content QueryContentRequest QueryContentResponse QueryContentError,
        query_reserved QueryReservedRequest QueryReservedResponse QueryReservedError,
        query_presence QueryPresenceRequest QueryPresenceResponse QueryPresenceError,
        query_types QueryTypesRequest QueryTypesResponse QueryTypesError,
        query_spread QuerySpreadRequest QuerySpreadResponse QuerySpreadError,
        query_either QueryEitherRequest QueryEitherResponse QueryEitherError,
        header_simple HeaderSimpleRequest HeaderSimpleResponse HeaderSimpleError,
        header_simple_explode HeaderSimpleExplodeRequest HeaderSimpleExplodeResponse HeaderSimpleExplodeError,
        header_content HeaderContentRequest HeaderContentResponse HeaderContentError,
        cookie_form CookieFormRequest CookieFormResponse CookieFormError,
        cookie_form_explode CookieFormExplodeRequest CookieFormExplodeResponse CookieFormExplodeError,
        cookie_content CookieContentRequest CookieContentResponse CookieContentError,
    }
    bare {}
}

serves! {
    untyped:
    echo {
        keywords KeywordsRequest KeywordsResponse KeywordsError,
        formats FormatsRequest FormatsResponse FormatsError,
        implied ImpliedRequest ImpliedResponse ImpliedError,
        composed ComposedRequest ComposedResponse ComposedError,
    }
    silent {
        profile ProfileRequest ProfileResponse ProfileError,
        order OrderRequest OrderResponse OrderError,
        note NoteRequest NoteResponse NoteError,
        search SearchRequest SearchResponse SearchError,
    }
    bare {}
}

serves! {
    values:
    echo {
        integers IntegersRequest IntegersResponse IntegersError,
        numbers NumbersRequest NumbersResponse NumbersError,
        texts TextsRequest TextsResponse TextsError,
        formats FormatsRequest FormatsResponse FormatsError,
        enums EnumsRequest EnumsResponse EnumsError,
        nulls NullsRequest NullsResponse NullsError,
        lists ListsRequest ListsResponse ListsError,
        maps MapsRequest MapsResponse MapsError,
        defaults DefaultsRequest DefaultsResponse DefaultsError,
        patch PatchRequest PatchResponse PatchError,
    }
    silent {}
    bare {}
}

serves! {
    version_3_1:
    echo {
        add_reading AddReadingRequest AddReadingResponse AddReadingError,
    }
    silent {}
    bare {}
}

serves! {
    paths:
    echo {}
    silent {
        file_json FileJsonRequest FileJsonResponse FileJsonError,
        file FileRequest FileResponse FileError,
        pair PairRequest PairResponse PairError,
        get_same GetSameRequest GetSameResponse GetSameError,
        post_same PostSameRequest PostSameResponse PostSameError,
        empty EmptyRequest EmptyResponse EmptyError,
        odd OddRequest OddResponse OddError,
        odata OdataRequest OdataResponse OdataError,
        deep_static DeepStaticRequest DeepStaticResponse DeepStaticError,
        deep_fixed DeepFixedRequest DeepFixedResponse DeepFixedError,
    }
    bare {
        root RootResponse RootError,
        latest LatestResponse LatestError,
        no_slash NoSlashResponse NoSlashError,
        slash SlashResponse SlashError,
        strict StrictResponse StrictError,
        soap SoapResponse SoapError,
        colon ColonResponse ColonError,
        me MeResponse MeError,
        put_it PutItResponse PutItError,
        patch_it PatchItResponse PatchItError,
        delete_it DeleteItResponse DeleteItError,
        trace_it TraceItResponse TraceItError,
    }
    also {
        async fn get_it(&self, _: &writ_runtime::Context<()>) -> Result<GetItResponse, GetItError> {
            Ok("got it".to_owned().into())
        }

        async fn own_options(&self, _: &writ_runtime::Context<()>) -> Result<OwnOptionsResponse, OwnOptionsError> {
            Ok(OwnOptionsResponse { x_own: "options".to_owned() })
        }

        async fn own_head(&self, _: &writ_runtime::Context<()>) -> Result<OwnHeadResponse, OwnHeadError> {
            Ok(OwnHeadResponse { x_own: "head".to_owned() })
        }
    }
}

serves! {
    settings:
    echo {}
    silent {
        create_person CreatePersonRequest CreatePersonResponse CreatePersonError,
        put_note PutNoteRequest PutNoteResponse PutNoteError,
        send_photo SendPhotoRequest SendPhotoResponse SendPhotoError,
    }
    bare {}
}
