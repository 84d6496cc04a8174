//! What every text-shaped value has in common: how it is refused, written as JSON and described.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

/// Why a value was refused: a stable machine code and a sentence that follows the field's name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
pub struct Invalid {
    code: &'static str,
    message: Cow<'static, str>,
}

impl Invalid {
    /// A refusal with its code and text.
    pub fn new(code: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Invalid {
            code,
            message: message.into(),
        }
    }

    /// The stable machine code, e.g. `too_many_decimals`.
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// The sentence for people.
    pub fn message(&self) -> &str {
        &self.message
    }
}

/// A value that travels as a JSON string and is valid once it exists.
pub trait Scalar: FromStr<Err = Invalid> + fmt::Display {
    /// One line for the API description.
    const DESCRIPTION: &'static str;
    /// A valid example.
    const EXAMPLE: &'static str;
    /// The regular expression it satisfies, when one says it all.
    const PATTERN: Option<&'static str> = None;
    /// OpenAPI `format`.
    const FORMAT: Option<&'static str> = None;
    /// Least length in characters.
    const MIN_LENGTH: Option<usize> = None;
    /// Greatest length in characters.
    const MAX_LENGTH: Option<usize> = None;
    /// The closed list of values, if it is one.
    const VALUES: &'static [&'static str] = &[];
}

/// Reads a scalar out of a serde string, keeping its refusal.
pub fn deserialize<'de, T: Scalar, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    struct Visitor<T>(std::marker::PhantomData<T>);
    impl<T: Scalar> serde::de::Visitor<'_> for Visitor<T> {
        type Value = T;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "a string ({})", T::DESCRIPTION)
        }
        fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<T, E> {
            text.parse().map_err(E::custom)
        }
    }
    deserializer.deserialize_str(Visitor(std::marker::PhantomData))
}

/// serde and (with `wire`) deserr and OpenAPI for a [`Scalar`]; `[const N: usize] Text<N>` for a generic one.
macro_rules! scalar_traits {
    ([$($generics:tt)*] $type:ty) => {
        impl<$($generics)*> serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
        impl<'de, $($generics)*> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::scalar::deserialize(deserializer)
            }
        }
        $crate::wire::wire_scalar!([$($generics)*] $type);
    };
    ($type:ty) => { $crate::scalar::scalar_traits!([] $type); };
}
pub(crate) use scalar_traits;

/// A closed list of names: `enum` with `as_str`, `ALL`, parsing, serde and the wire traits.
macro_rules! string_enum {
    ($(#[$meta:meta])* $vis:vis enum $name:ident { $($(#[$vmeta:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        $vis enum $name { $($(#[$vmeta])* $variant),+ }

        impl $name {
            /// Every value, in order.
            pub const ALL: &'static [$name] = &[$($name::$variant),+];

            /// The name used in JSON and SQL.
            pub const fn as_str(self) -> &'static str {
                match self { $($name::$variant => $text),+ }
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::scalar::Invalid;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    $($text => Ok($name::$variant),)+
                    _ => Err($crate::scalar::Invalid::new(
                        "unknown_value",
                        concat!("is none of:" $(, " ", $text)+),
                    )),
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl $crate::scalar::Scalar for $name {
            const DESCRIPTION: &'static str = concat!("one of:" $(, " ", $text)+);
            const EXAMPLE: &'static str = [$($text),+][0];
            const VALUES: &'static [&'static str] = &[$($text),+];
        }
        $crate::scalar::scalar_traits!($name);
    };
}
pub(crate) use string_enum;
