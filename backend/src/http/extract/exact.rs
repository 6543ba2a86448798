//! Reads a type from a JSON value as the description of the API has it: an object is an object.
//!
//! Types that serde derives also take a list of their fields in order, with defaults for those that are missing, so that `[]` would
//! be an object in which nothing is said. And a number without a fraction is an integer, however it is written (JSON Schema Core, section
//! 4.2.3): serde takes 1.0 for a fraction.

use serde::de::value::{MapDeserializer, SeqDeserializer};
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, Error as _, IntoDeserializer, Unexpected,
    VariantAccess, Visitor,
};
use serde::{Deserialize, forward_to_deserialize_any};
use serde_json::{Error, Value};

/// Reads a type.
///
/// # Errors
///
/// What does not fit, and where.
pub(super) fn from_value<T: DeserializeOwned>(value: Value) -> Result<T, serde_path_to_error::Error<Error>> {
    serde_path_to_error::deserialize(Exact(value))
}

struct Exact(Value);

/// Integers of every width.
macro_rules! integers {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            self.whole().deserialize_any(visitor)
        }
    )*};
}

impl Exact {
    /// With an integer in the place of a number that has no fraction.
    fn whole(self) -> Self {
        /// From here on a number of 64 bits says nothing about its last digits.
        const EXACT_MAX: f64 = 9_007_199_254_740_992.0;
        match self.0.as_f64() {
            #[expect(clippy::cast_possible_truncation, reason = "it has no fraction and fits")]
            Some(number) if self.0.is_f64() && number.fract() == 0.0 && number.abs() <= EXACT_MAX => {
                Self((number as i64).into())
            }
            _ => self,
        }
    }
}

impl IntoDeserializer<'_, Error> for Exact {
    type Deserializer = Self;
    fn into_deserializer(self) -> Self {
        self
    }
}

/// Takes everything that is in a list, or says how much of it was not expected.
fn list<'de, V: Visitor<'de>>(list: Vec<Value>, visitor: V) -> Result<V::Value, Error> {
    let mut list = SeqDeserializer::new(list.into_iter().map(Exact));
    let value = visitor.visit_seq(&mut list)?;
    list.end()?;
    Ok(value)
}

impl<'de> Deserializer<'de> for Exact {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Value::Array(values) => list(values, visitor),
            Value::Object(fields) => {
                let fields = fields.into_iter().map(|(name, value)| (Exact(Value::String(name)), Exact(value)));
                let mut fields = MapDeserializer::new(fields);
                let value = visitor.visit_map(&mut fields)?;
                fields.end()?;
                Ok(value)
            }
            other => other.deserialize_any(visitor),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match self.0 {
            Value::Array(_) => Err(Error::invalid_type(Unexpected::Seq, &"an object")),
            _ => self.deserialize_any(visitor),
        }
    }

    integers! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.0.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _name: &'static str, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    /// Types that serde derives also take the number of a variant where its name is expected.
    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Value::String(name) => visitor.visit_string(name),
            other => {
                let what = other.as_u64().map_or(Unexpected::Other("no name"), Unexpected::Unsigned);
                Err(Error::invalid_type(what, &"a name"))
            }
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match self.0 {
            Value::Object(mut fields) if fields.len() == 1 => {
                let name = fields.keys().next().cloned().unwrap_or_default();
                let content = fields.remove(&name).unwrap_or_default();
                visitor.visit_enum(Variant { name, content: Exact(content) })
            }
            other => other.deserialize_enum(name, variants, visitor),
        }
    }

    forward_to_deserialize_any! {
        bool i128 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map ignored_any
    }
}

/// A variant with something in it.
struct Variant {
    name: String,
    content: Exact,
}

impl<'de> EnumAccess<'de> for Variant {
    type Error = Error;
    type Variant = Exact;
    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Exact), Error> {
        Ok((seed.deserialize(self.name.into_deserializer())?, self.content))
    }
}

impl<'de> VariantAccess<'de> for Exact {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        Deserialize::deserialize(self)
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Error> {
        seed.deserialize(self)
    }

    fn tuple_variant<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_tuple(length, visitor)
    }

    fn struct_variant<V: Visitor<'de>>(self, fields: &'static [&'static str], visitor: V) -> Result<V::Value, Error> {
        self.deserialize_struct("", fields, visitor)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::*;

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(default, deny_unknown_fields)]
    struct Inner {
        number: Option<u8>,
        list: Vec<i64>,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Kind {
        Plain,
        Named { inner: Inner },
        Of(Inner),
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(tag = "what", rename_all = "snake_case")]
    enum Tagged {
        One,
        Two { number: u8 },
    }

    #[test]
    fn numbers_without_a_fraction_are_integers() {
        let whole: Inner = from_value(json!({"number": 7.0, "list": [-2.0, 1e3]})).expect("it fits");
        assert_eq!(whole, Inner { number: Some(7), list: vec![-2, 1000] });
        for wrong in
            [json!({"number": 0.5}), json!({"number": 256.0}), json!({"number": -1.0}), json!({"list": [1e300]})]
        {
            assert!(from_value::<Inner>(wrong.clone()).is_err(), "{wrong}");
        }
    }

    #[test]
    fn variants_are_named() {
        assert_eq!(from_value::<Tagged>(json!({"what": "one"})).expect("it fits"), Tagged::One);
        assert_eq!(
            from_value::<Tagged>(json!({"number": 1, "what": "two"})).expect("it fits"),
            Tagged::Two { number: 1 }
        );
        for wrong in [json!({"what": 0}), json!({"what": null}), json!({"what": "three"}), json!({"what": ["one"]})] {
            assert!(from_value::<Tagged>(wrong.clone()).is_err(), "{wrong}");
        }
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct Outer {
        kinds: Vec<Kind>,
        more: BTreeMap<String, Inner>,
    }

    #[test]
    fn objects_are_objects() {
        let inner = Inner { number: Some(1), list: vec![-2] };
        let text = json!({"number": 1, "list": [-2]});
        let kinds = json!(["plain", {"named": {"inner": text}}, {"of": text}]);
        let outer: Outer = from_value(json!({"kinds": kinds, "more": {"a": {}}})).expect("it fits");
        assert_eq!(outer.more["a"], Inner::default());
        let same = || Inner { number: inner.number, list: inner.list.clone() };
        assert_eq!(outer.kinds, [Kind::Plain, Kind::Named { inner: same() }, Kind::Of(same())]);
        for (wrong, place) in [
            (json!([]), "."),
            (json!([[], {}]), "."),
            (json!({"kinds": [], "more": {"a": []}}), "more.a"),
            (json!({"kinds": [{"of": []}], "more": {}}), "kinds[0].of"),
            (json!({"kinds": [{"named": {"inner": [1]}}], "more": {}}), "kinds[0].named.inner"),
            (json!({"kinds": ["plain"], "more": {"a": {"number": 256}}}), "more.a.number"),
            (json!({"kinds": ["plain"], "more": {"a": {"b": 1}}}), "more.a.b"),
            (json!({"kinds": [{"plain": 1}], "more": {}}), "kinds[0].plain"),
            (json!({"kinds": ["other"], "more": {}}), "kinds[0]"),
        ] {
            let error = from_value::<Outer>(wrong.clone()).expect_err("it does not fit");
            assert_eq!(error.path().to_string(), place, "{wrong}: {error}");
        }
    }
}
