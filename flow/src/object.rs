//! Documents are JSON objects: serde's derived readers also take an array of a structure's members in their order,
//! which AWS does not, and which would not come back as it was.

use serde::de::{Deserializer, Visitor};
use serde::forward_to_deserialize_any;

/// A reader that finds a structure in an object only.
pub struct Object<D>(pub D);

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Object<D> {
    type Error = D::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_map(visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit
        unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

/// Reads these structures from objects only. Each has `#[serde(remote = "Self")]` beside its derived reader and
/// writer, which makes functions of them that this calls.
macro_rules! objects {
    ($($name:ident),* $(,)?) => { $(
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Self::deserialize($crate::object::Object(deserializer))
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                Self::serialize(self, serializer)
            }
        }
    )* };
}
pub(crate) use objects;
