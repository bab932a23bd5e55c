//! The call on a reply that sends the body of a response.

/// A call on the runtime's `Reply`.
#[derive(Debug, Clone)]
pub struct SendCall {
    /// The method of the reply.
    pub method: &'static str,
    /// The expression of the media type, or `None` if the body contains it.
    pub media: Option<String>,
    /// The way in which the body is passed.
    pub argument: Argument,
    /// True if the method takes the responder.
    pub takes_responder: bool,
    /// True if an argument uses the responder.
    pub uses_responder: bool,
}

/// The way in which a body is passed to the call that sends it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Argument {
    /// The body is passed by value.
    Owned,
    /// The body is passed by reference.
    Borrowed,
    /// The body is passed as the string that it displays.
    Text,
}

impl SendCall {
    /// The call for a body with several media types, whose enum selects one.
    pub const CONTENT: SendCall = SendCall {
        method: "content",
        media: None,
        argument: Argument::Owned,
        takes_responder: true,
        uses_responder: true,
    };

    /// Returns the call with a value as its body.
    pub fn with(&self, value: &str) -> String {
        let mut arguments: Vec<String> = self.media.iter().cloned().collect();
        arguments.push(match self.argument {
            Argument::Owned => value.to_owned(),
            Argument::Borrowed => format!("&{value}"),
            Argument::Text => format!("{value}.to_string()"),
        });
        arguments.extend(self.takes_responder.then(|| "responder".to_owned()));
        format!("{}({})", self.method, arguments.join(", "))
    }
}
