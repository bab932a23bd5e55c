//! Requests that the service sends to whoever subscribed: name, method and the type of the payload.

use std::marker::PhantomData;

use crate::json::{Write, Writer};
use crate::operation::Method;

/// One webhook of the contract; `T` is its payload.
#[derive(Debug)]
pub struct Webhook<T> {
    /// Its key under `webhooks`.
    pub name: &'static str,
    /// The method that it is sent with.
    pub method: Method,
    payload: PhantomData<fn(T)>,
}

impl<T: Write> Webhook<T> {
    /// A webhook of the contract.
    pub const fn new(name: &'static str, method: Method) -> Webhook<T> {
        Webhook { name, method, payload: PhantomData }
    }

    /// The JSON body of one call.
    pub fn encode(&self, payload: &T) -> Vec<u8> {
        let mut writer = Writer::new();
        payload.write(&mut writer);
        writer.finish()
    }
}
