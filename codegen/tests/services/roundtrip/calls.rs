//! The calls of one contract with random requests, and the service that records what arrives.

/// Defines a module with the calls of a contract: for each operation the names of its method, of its types and of
/// its fields, each with the function that makes the field's value.
macro_rules! calls {
    ($module:ident $contract:ident {
        $($method:ident $request:ident $response:ident $error:ident { $($field:ident: $make:expr,)* })*
    }) => {
        pub mod $module {
            use std::sync::{Arc, Mutex};

            use $contract::client::Client;
            use $contract::*;
            use writ_runtime::client::{Connection, Failure};
            use writ_runtime::{Context, NoAuthentication, OpenGate, Patch};

            use crate::Outcome;
            use crate::random::Random;

            /// The service: it stores each request that it receives, in `Debug` format.
            struct Service(Arc<Mutex<String>>);

            impl DefaultApi for Service {
                $(async fn $method(&self, _: &Context<()>, request: $request) -> Result<$response, $error> {
                    *self.0.lock().unwrap() = format!("{request:?}");
                    Ok($response)
                })*
            }

            /// A client of the service in this process.
            pub struct Calls {
                client: Client,
                received: Arc<Mutex<String>>,
            }

            impl Calls {
                /// The operations of the contract.
                pub const OPERATIONS: &[&str] = &[$(stringify!($method)),*];

                pub fn new() -> Calls {
                    let received = Arc::<Mutex<String>>::default();
                    let api = Api {
                        authenticator: NoAuthentication,
                        gate: OpenGate,
                        default: Service(Arc::clone(&received)),
                    };
                    Calls { client: Client::new(Connection::in_process(api.router())), received }
                }

                /// Calls an operation with a random request, and compares it with the one that the handler receives.
                pub async fn call(&self, operation: &str, random: &mut Random) -> Outcome {
                    match operation {
                        $(stringify!($method) => {
                            let mut wild = false;
                            let request = $request { $($field: {
                                wild |= random.choose_wild();
                                ($make)(random)
                            },)* };
                            self.received.lock().unwrap().clear();
                            let sent = self.client.default.$method(&request).await;
                            let received = self.received.lock().unwrap().clone();
                            match sent {
                                Ok(_) if received == format!("{request:?}") => Outcome::Equal,
                                Err(Failure::Unsent(_)) if wild && received.is_empty() => Outcome::Refused,
                                Ok(_) => Outcome::Different(format!("{request:?}\narrived as {received}")),
                                Err(failure) => Outcome::Different(format!("{request:?}\nfailed: {failure}")),
                            }
                        })*
                        _ => Outcome::Different(format!("there is no operation `{operation}`")),
                    }
                }
            }

            fn word(random: &mut Random) -> Word {
                const WORDS: &[Word] = &[
                    Word::Plain,
                    Word::WithComma,
                    Word::WithOrPipe,
                    Word::WithSpace,
                    Word::WithSign,
                    Word::WithDot,
                    Word::Percent2c,
                    Word::Empty,
                ];
                WORDS[if random.is_wild() { random.below(WORDS.len()) } else { 0 }]
            }

            fn object(random: &mut Random) -> Object {
                let first = if random.is_wild() { random.maybe(Random::text) } else { Some(random.text()) };
                Object { first, count: random.maybe(|random| random.next() as i64), additional: random.map() }
            }

            fn nested(random: &mut Random) -> Nested {
                nested_to(3, random)
            }

            fn nested_to(depth: usize, random: &mut Random) -> Nested {
                let first = if random.is_wild() { random.maybe(Random::text) } else { Some(random.text()) };
                let inner = if depth == 0 { None } else { random.maybe(|random| Box::new(nested_to(depth - 1, random))) };
                Nested {
                    first,
                    note: patch(random, Random::text),
                    count: patch(random, |random| random.next() as i64),
                    texts: random.maybe(|random| random.list(Random::text)),
                    words: random.maybe(|random| random.list(word)),
                    lists: random.maybe(|random| random.list(|random| random.list(Random::text))),
                    objects: random.maybe(|random| random.list(object)),
                    map: random.maybe(Random::map),
                    inner,
                }
            }

            fn fields(random: &mut Random) -> Fields {
                Fields {
                    text: random.maybe(Random::text),
                    texts: random.maybe(|random| random.list(Random::text)),
                    numbers: random.maybe(|random| random.list(Random::number)),
                    words: random.maybe(|random| random.list(word)),
                    object: random.maybe(object),
                    tags: random.maybe(|random| random.list(Random::text)),
                    note: patch(random, Random::text),
                    additional: random.map(),
                }
            }

            fn patch<T>(random: &mut Random, make: impl FnOnce(&mut Random) -> T) -> Patch<T> {
                match random.below(4) {
                    0 => Patch::Absent,
                    1 if random.is_wild() => Patch::Null,
                    _ => Patch::Value(make(random)),
                }
            }

            fn texts(random: &mut Random) -> Texts {
                random.list(Random::text)
            }

            fn numbers(random: &mut Random) -> Numbers {
                random.list(Random::number)
            }

            fn words(random: &mut Random) -> Words {
                random.list(word)
            }
        }
    };
}

/// Defines the calls of a contract that has the operations of the golden contract `roundtrip`.
macro_rules! roundtrip {
    ($module:ident $contract:ident) => {
        calls! { $module $contract {
            path_simple PathSimpleRequest PathSimpleResponse PathSimpleError {
                text: Random::text, texts: texts, numbers: numbers, words: words, object: object,
            }
            path_simple_explode PathSimpleExplodeRequest PathSimpleExplodeResponse PathSimpleExplodeError {
                text: Random::text, texts: texts, numbers: numbers, words: words, object: object,
            }
            path_label PathLabelRequest PathLabelResponse PathLabelError {
                text: Random::text, texts: texts, numbers: numbers, words: words, object: object,
            }
            path_label_explode PathLabelExplodeRequest PathLabelExplodeResponse PathLabelExplodeError {
                text: Random::text, texts: texts, numbers: |_: &mut Random| vec![1e21], words: words,
                object: object,
            }
            path_matrix PathMatrixRequest PathMatrixResponse PathMatrixError {
                text: Random::text, texts: texts, numbers: numbers, words: words, object: object,
            }
            path_matrix_explode PathMatrixExplodeRequest PathMatrixExplodeResponse PathMatrixExplodeError {
                text: Random::text, texts: texts, numbers: numbers, words: words, object: object,
            }
            path_mixed PathMixedRequest PathMixedResponse PathMixedError {
                name: Random::text, extension: Random::text, text: Random::text,
            }
            query_form QueryFormRequest QueryFormResponse QueryFormError {
                text: |random: &mut Random| random.maybe(Random::text), texts: |random: &mut Random| random.maybe(texts),
                numbers: |random: &mut Random| random.maybe(numbers), words: |random: &mut Random| random.maybe(words),
                object: |random: &mut Random| random.maybe(object),
            }
            query_form_explode QueryFormExplodeRequest QueryFormExplodeResponse QueryFormExplodeError {
                text: |random: &mut Random| random.maybe(Random::text), texts: |random: &mut Random| random.maybe(texts),
                numbers: |random: &mut Random| random.maybe(numbers), words: |random: &mut Random| random.maybe(words),
                object: |random: &mut Random| random.maybe(object),
            }
            query_space QuerySpaceRequest QuerySpaceResponse QuerySpaceError {
                texts: |random: &mut Random| random.maybe(texts), numbers: |random: &mut Random| random.maybe(numbers),
                words: |random: &mut Random| random.maybe(words), object: |random: &mut Random| random.maybe(object),
                each: |random: &mut Random| random.maybe(texts), assigned: |random: &mut Random| random.maybe(object),
            }
            query_pipe QueryPipeRequest QueryPipeResponse QueryPipeError {
                texts: |random: &mut Random| random.maybe(texts), numbers: |random: &mut Random| random.maybe(numbers),
                words: |random: &mut Random| random.maybe(words), object: |random: &mut Random| random.maybe(object),
                each: |random: &mut Random| random.maybe(texts), assigned: |random: &mut Random| random.maybe(object),
            }
            query_deep QueryDeepRequest QueryDeepResponse QueryDeepError {
                object: |random: &mut Random| random.maybe(object), nested: |random: &mut Random| random.maybe(nested),
            }
            query_json QueryJsonRequest QueryJsonResponse QueryJsonError {
                nested: |random: &mut Random| random.maybe(nested), plain: |random: &mut Random| random.maybe(Random::text),
            }
            header_simple HeaderSimpleRequest HeaderSimpleResponse HeaderSimpleError {
                x_text: |random: &mut Random| random.maybe(Random::text), x_texts: |random: &mut Random| random.maybe(texts),
                x_numbers: |random: &mut Random| random.maybe(numbers), x_words: |random: &mut Random| random.maybe(words),
                x_object: |random: &mut Random| random.maybe(object),
            }
            header_simple_explode HeaderSimpleExplodeRequest HeaderSimpleExplodeResponse HeaderSimpleExplodeError {
                x_text: |random: &mut Random| random.maybe(Random::text), x_texts: |random: &mut Random| random.maybe(texts),
                x_numbers: |random: &mut Random| random.maybe(numbers), x_words: |random: &mut Random| random.maybe(words),
                x_object: |random: &mut Random| random.maybe(object), x_json: |random: &mut Random| random.maybe(nested),
            }
            cookie_form CookieFormRequest CookieFormResponse CookieFormError {
                text: |random: &mut Random| random.maybe(Random::text), texts: |random: &mut Random| random.maybe(texts),
                numbers: |random: &mut Random| random.maybe(numbers), words: |random: &mut Random| random.maybe(words),
                object: |random: &mut Random| random.maybe(object),
            }
            cookie_form_explode CookieFormExplodeRequest CookieFormExplodeResponse CookieFormExplodeError {
                text: |random: &mut Random| random.maybe(Random::text), texts: |random: &mut Random| random.maybe(texts),
                numbers: |random: &mut Random| random.maybe(numbers), words: |random: &mut Random| random.maybe(words),
                object: |random: &mut Random| random.maybe(object), json: |random: &mut Random| random.maybe(nested),
            }
            form_plain FormPlainRequest FormPlainResponse FormPlainError {
                body: |random: &mut Random| random.maybe(fields),
            }
            form_encoded FormEncodedRequest FormEncodedResponse FormEncodedError {
                body: |random: &mut Random| random.maybe(fields),
            }
            form_nested FormNestedRequest FormNestedResponse FormNestedError {
                body: |random: &mut Random| random.maybe(nested),
            }
        } }
    };
}

roundtrip! { in_3_0 version_3_0 }
roundtrip! { in_3_1 version_3_1 }
