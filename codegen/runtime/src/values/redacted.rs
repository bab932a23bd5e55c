//! The text of secrets in the `Debug` output of generated types.

use std::fmt;

/// The text `[redacted]`, which stands for a secret in `Debug` output.
#[derive(Clone, Copy)]
pub struct Redacted;

impl fmt::Debug for Redacted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// Implements `Debug` for a type with secrets: fields that the contract declares as `writeOnly` or with the format
/// `password`.
///
/// Generated code calls it instead of `derive(Debug)`. Each field is `shown` or `secret`.
///
/// # Examples
///
/// ```
/// struct Login {
///     email: String,
///     password: String,
/// }
///
/// writ_runtime::redacted! { Login { email: shown, password: secret } }
///
/// enum Credential {
///     Login(Login),
///     Token(String),
/// }
///
/// writ_runtime::redacted! { enum Credential { Login(value: shown), Token(value: secret) } }
///
/// let login = Login { email: "user@example.com".to_owned(), password: "correct horse".to_owned() };
/// assert_eq!(format!("{login:?}"), r#"Login { email: "user@example.com", password: [redacted] }"#);
/// assert_eq!(format!("{:?}", Credential::Token("secret".to_owned())), "Token([redacted])");
/// # let _ = format!("{:?}", Credential::Login(login));
/// ```
#[macro_export]
macro_rules! redacted {
    (@shown $value:expr) => { $value };
    (@secret $value:expr) => {{
        let _ = $value;
        &$crate::Redacted
    }};
    (@name $name:ident) => { ::core::stringify!($name).trim_start_matches("r#") };
    (enum $type:ident {
        $($variant:ident $(($($value:ident: $mode:ident),+))? $({ $($field:ident: $look:ident),* $(,)? })?),* $(,)?
    }) => {
        impl ::core::fmt::Debug for $type {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                match self {
                    $(
                        $(Self::$variant($($value),+) => f
                            .debug_tuple($crate::redacted!(@name $variant))
                            $(.field($crate::redacted!(@$mode $value)))+
                            .finish(),)?
                        $(Self::$variant { $($field),* } => f
                            .debug_struct($crate::redacted!(@name $variant))
                            $(.field($crate::redacted!(@name $field), $crate::redacted!(@$look $field)))*
                            .finish(),)?
                    )*
                }
            }
        }
    };
    ($type:ident { $($field:ident: $mode:ident),* $(,)? }) => {
        impl ::core::fmt::Debug for $type {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.debug_struct($crate::redacted!(@name $type))
                    $(.field($crate::redacted!(@name $field), $crate::redacted!(@$mode &self.$field)))*
                    .finish()
            }
        }
    };
    ($type:ident) => {
        impl ::core::fmt::Debug for $type {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.debug_tuple($crate::redacted!(@name $type)).field(&$crate::Redacted).finish()
            }
        }
    };
}

#[cfg(test)]
mod tests {
    #[allow(dead_code, reason = "the fields are only printed")]
    enum Response {
        Created { location: String, body: String },
        Empty {},
        Named(String, String),
    }

    crate::redacted! {
        enum Response {
            Created { location: shown, body: secret },
            Empty {},
            Named(name: shown, value: secret),
        }
    }

    #[allow(dead_code, reason = "the field is only printed")]
    struct Keys(Vec<String>);

    crate::redacted! { Keys }

    struct Reserved {
        r#type: u8,
    }

    crate::redacted! { Reserved { r#type: shown } }

    #[test]
    fn only_the_secrets_of_each_form_are_redacted() {
        let text = || "text".to_owned();
        let created = Response::Created { location: text(), body: text() };
        assert_eq!(format!("{created:?}"), r#"Created { location: "text", body: [redacted] }"#);
        assert_eq!(format!("{:?}", Response::Empty {}), "Empty");
        assert_eq!(format!("{:?}", Response::Named(text(), text())), r#"Named("text", [redacted])"#);
        assert_eq!(format!("{:?}", Keys(vec![text()])), "Keys([redacted])");
        assert_eq!(format!("{:#?}", Reserved { r#type: 1 }), "Reserved {\n    type: 1,\n}");
    }
}
