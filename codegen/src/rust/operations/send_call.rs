//! The generated call on the runtime's `Reply` that sends the body of a response.

/// A generated call on the runtime's `Reply` that sends the body of a response.
#[derive(Debug, Clone)]
pub struct SendCall {
    /// The method of `Reply` that sends the body.
    pub method: &'static str,
    /// The expression of the response's media type, or `None` if the body value contains its media type.
    pub media: Option<String>,
    /// The form in which the call passes the body to the method.
    pub argument: Argument,
    /// True if the method that sends the body takes the runtime's responder as an argument.
    pub takes_responder: bool,
    /// True if any argument of the call uses the runtime's responder.
    pub uses_responder: bool,
}

/// The form in which a response body is passed to the method that sends it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Argument {
    /// The response body is passed by value.
    Owned,
    /// The response body is passed by reference.
    Borrowed,
    /// The response body is passed as the string of its `Display` implementation.
    Text,
    /// The response body is a stream that is passed by value, with a check of each item. Holds the rule of an item.
    Checked(String),
}

impl SendCall {
    /// The call that sends a response body with several media types. The enum of the body selects the media type.
    pub const CONTENT: SendCall = SendCall {
        method: "content",
        media: None,
        argument: Argument::Owned,
        takes_responder: true,
        uses_responder: true,
    };

    /// Returns the code of the call with the expression `value` as the response body.
    pub fn with(&self, value: &str) -> String {
        let mut arguments: Vec<String> = self.media.iter().cloned().collect();
        arguments.push(match &self.argument {
            Argument::Owned => value.to_owned(),
            Argument::Borrowed => format!("&{value}"),
            Argument::Text => format!("{value}.to_string()"),
            Argument::Checked(rule) => format!("{value}.checked(&responder.check, {rule})"),
        });
        arguments.extend(self.takes_responder.then(|| "responder".to_owned()));
        format!("{}({})", self.method, arguments.join(", "))
    }
}
