//! Webhooks: requests that the service sends to its subscribers.

use std::marker::PhantomData;

use crate::json::{Unwritable, Write, Writer};
use crate::operation::Method;

/// A webhook of the contract: its name and method, with `T` as the type of its payload.
///
/// ```
/// use writ_runtime::{Method, Webhook};
///
/// // Generated from the contract.
/// const NOTE_ADDED: Webhook<String> = Webhook::new("noteAdded", Method::POST);
///
/// assert_eq!(NOTE_ADDED.encode(&"hello".to_owned())?, br#""hello""#);
/// # Ok::<(), writ_runtime::Unwritable>(())
/// ```
#[derive(Debug)]
pub struct Webhook<T> {
    /// The key of the webhook under `webhooks` in the contract.
    pub name: &'static str,
    /// The HTTP method of the requests that deliver the webhook to subscribers.
    pub method: Method,
    payload: PhantomData<fn(T)>,
}

impl<T: Write> Webhook<T> {
    /// Creates the description of a webhook of the contract. Generated code calls it.
    pub const fn new(name: &'static str, method: Method) -> Webhook<T> {
        Webhook { name, method, payload: PhantomData }
    }

    /// Returns the JSON body of the request that delivers this webhook payload to a subscriber.
    ///
    /// # Errors
    ///
    /// Returns an error if JSON or its format cannot represent a value of the payload.
    pub fn encode(&self, payload: &T) -> Result<Vec<u8>, Unwritable> {
        let mut writer = Writer::new();
        payload.write(&mut writer);
        writer.finish()
    }
}
