//! The conversions that generated code needs for every operation and identifier, written once.

/// Defines a type for each range of statuses, in the crate that calls it: what a `4XX` or `default`
/// response of the contract is refused with.
///
/// ```
/// writ_runtime::status_ranges! { ClientError = 400, 499; }
///
/// let problem = writ_runtime::Problem::from(ClientError::of::<404>("no such page"));
/// assert_eq!(problem.status.as_u16(), 404);
/// assert!(ClientError::new(500, "out of range").is_err());
/// ```
#[macro_export]
macro_rules! status_ranges {
    ($($name:ident = $low:literal, $high:literal;)*) => { $(
        #[doc = ::core::concat!("A refusal with a status from ", $low, " to ", $high, ".")]
        #[derive(Debug)]
        pub struct $name(::std::boxed::Box<$crate::Problem>);

        impl $name {
            /// A status that is known when the code is compiled; one out of range does not compile.
            pub fn of<const STATUS: u16>(message: impl ::core::convert::Into<::std::borrow::Cow<'static, str>>) -> $name {
                $name(::std::boxed::Box::new($crate::AnyStatus::<$low, $high>::of::<STATUS>().problem(message)))
            }

            /// A status that is known only when the code runs.
            pub fn new(
                status: u16,
                message: impl ::core::convert::Into<::std::borrow::Cow<'static, str>>,
            ) -> ::core::result::Result<$name, $crate::StatusOutOfRange> {
                let status = $crate::AnyStatus::<$low, $high>::new(status)?;
                ::core::result::Result::Ok($name(::std::boxed::Box::new(status.problem(message))))
            }

            /// The same with another code.
            pub fn code(mut self, code: impl ::core::convert::Into<::std::borrow::Cow<'static, str>>) -> $name {
                self.0.code = code.into();
                self
            }

            /// The same with one more thing that is wrong in the body.
            pub fn detail(
                mut self,
                field: impl ::core::convert::Into<::std::string::String>,
                message: impl ::core::convert::Into<::std::borrow::Cow<'static, str>>,
            ) -> $name {
                $crate::status::add_detail(&mut self.0, field.into(), message.into());
                self
            }

            /// What it says.
            pub fn problem(&self) -> &$crate::Problem {
                &self.0
            }

            /// One that was received; called by generated clients only.
            #[doc(hidden)]
            pub fn received(mut problem: $crate::Problem) -> ::core::option::Option<$name> {
                problem.status = $crate::AnyStatus::<$low, $high>::new(problem.status.as_u16()).ok()?.get();
                ::core::option::Option::Some($name(::std::boxed::Box::new(problem)))
            }
        }

        impl $crate::Respond for $name {
            fn respond(self, _: &$crate::Responder) -> $crate::Reply {
                $crate::Reply::from(*self.0)
            }
        }

        impl ::core::convert::From<$name> for $crate::Problem {
            fn from(refusal: $name) -> $crate::Problem {
                *refusal.0
            }
        }
    )* };
}

/// A TypeID: an identifier that is stored as a UUID and carries its type on the wire.
#[macro_export]
macro_rules! id {
    ($name:ident, $prefix:literal) => {
        impl $name {
            #[doc = ::core::concat!("What stands before the underscore: `", $prefix, "`.")]
            pub const PREFIX: &'static str = $prefix;

            /// A new identifier; later ones sort after earlier ones (UUIDv7).
            pub fn generate() -> Self {
                Self($crate::Uuid::now_v7())
            }

            /// The UUID that is stored.
            pub fn uuid(self) -> $crate::Uuid {
                self.0
            }
        }

        impl ::core::convert::From<$crate::Uuid> for $name {
            fn from(uuid: $crate::Uuid) -> Self {
                Self(uuid)
            }
        }

        impl ::core::convert::From<$name> for $crate::Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl ::core::fmt::Display for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.write_str(&$crate::typeid::format($prefix, self.0))
            }
        }

        impl ::core::str::FromStr for $name {
            type Err = $crate::typeid::NotAnId;

            fn from_str(text: &str) -> ::core::result::Result<Self, Self::Err> {
                $crate::typeid::parse($prefix, text).map(Self).ok_or($crate::typeid::NotAnId { prefix: $prefix })
            }
        }

        impl ::core::convert::TryFrom<&str> for $name {
            type Error = $crate::typeid::NotAnId;

            fn try_from(text: &str) -> ::core::result::Result<Self, Self::Error> {
                text.parse()
            }
        }

        impl $crate::Read for $name {
            fn read(r: &mut $crate::Reader<'_>) -> ::core::option::Option<Self> {
                r.id($prefix).map(Self)
            }
        }

        impl $crate::Write for $name {
            fn write(&self, w: &mut $crate::Writer) {
                w.string(&$crate::typeid::format($prefix, self.0));
            }
        }
    };
}

/// The text of an enum whose values the contract names.
#[macro_export]
macro_rules! named {
    ($name:ident) => {
        impl $name {
            /// Its name as the contract spells it.
            pub fn as_str(self) -> &'static str {
                <Self as $crate::Named>::name(self)
            }
        }

        impl ::core::fmt::Display for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl ::core::str::FromStr for $name {
            type Err = $crate::named::UnknownName;

            // Not `Self::Err`: the contract may name a value `Err`.
            fn from_str(text: &str) -> ::core::result::Result<Self, $crate::named::UnknownName> {
                $crate::named::parse(text)
            }
        }
    };
}

/// The text of an enum that also holds values that the contract does not name: any text is one of it.
#[macro_export]
macro_rules! open_named {
    ($name:ident) => {
        impl ::core::fmt::Display for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl ::core::convert::From<&str> for $name {
            fn from(text: &str) -> Self {
                Self::from(::std::string::String::from(text))
            }
        }

        impl ::core::str::FromStr for $name {
            type Err = ::core::convert::Infallible;

            // Not `Self::Err`: the contract may name a value `Err`.
            fn from_str(text: &str) -> ::core::result::Result<Self, ::core::convert::Infallible> {
                ::core::result::Result::Ok(Self::from(text))
            }
        }

        impl ::core::convert::AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }
    };
}
