//! Reads and writes values as JSON, and keeps the spelling of every number: `18446744073709551617` and `1.10` have no
//! exact form in the number types of a program.

use std::fmt;

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error as _, MapAccess, Visitor},
    ser::{Error as _, SerializeMap as _},
};
use serde_json::value::RawValue;

use super::value::YamlValue;

/// The maximum depth of nested lists and maps, as in `serde_json`.
const MAX_DEPTH: usize = 128;

/// A map of names and values, in the order of the file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FieldMap(pub Vec<(String, YamlValue)>);

impl FieldMap {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds a value, or replaces the value of the same name.
    pub(crate) fn set(&mut self, name: &str, value: YamlValue) {
        match self.0.iter_mut().find(|(known, _)| known == name) {
            Some((_, known)) => *known = value,
            None => self.0.push((name.to_owned(), value)),
        }
    }
}

impl Serialize for FieldMap {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        write_map(&self.0, serializer)
    }
}

impl<'de> Deserialize<'de> for FieldMap {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        match parse(raw.get(), MAX_DEPTH).map_err(D::Error::custom)? {
            YamlValue::Map(entries) => Ok(Self(entries)),
            YamlValue::Null => Ok(Self::default()),
            _ => Err(D::Error::custom("`fields` and `set` must be objects")),
        }
    }
}

/// Reads a text, or a number with all its digits.
pub(super) fn text_or_number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let raw = Box::<RawValue>::deserialize(deserializer)?;
    match parse(raw.get(), 1).map_err(D::Error::custom)? {
        YamlValue::Text(text) | YamlValue::Number(text) => Ok(text),
        _ => Err(D::Error::custom("`id` must be text or a number")),
    }
}

/// Reads a text, a number or a truth value as a text; `null` is no text.
pub(super) fn optional_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let raw = Box::<RawValue>::deserialize(deserializer)?;
    match parse(raw.get(), MAX_DEPTH).map_err(D::Error::custom)? {
        YamlValue::Null => Ok(None),
        value => value.as_text().map(Some).ok_or_else(|| D::Error::custom("expected a text or a number")),
    }
}

/// Reads a list of texts and numbers, or one of them. A `null` is no text.
pub(super) fn texts<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let raw = Box::<RawValue>::deserialize(deserializer)?;
    let items = match parse(raw.get(), MAX_DEPTH).map_err(D::Error::custom)? {
        YamlValue::List(items) => items,
        value => vec![value],
    };
    let items = items.into_iter().filter(|item| *item != YamlValue::Null);
    let text = |item: YamlValue| {
        item.as_text().ok_or_else(|| D::Error::custom("expected a list of texts and numbers"))
    };
    items.map(text).collect()
}

/// A value that is written as JSON.
struct JsonValue<'a>(&'a YamlValue);

impl Serialize for JsonValue<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            YamlValue::Null => serializer.serialize_unit(),
            YamlValue::Bool(value) => serializer.serialize_bool(*value),
            YamlValue::Number(text) => {
                RawValue::from_string(text.clone()).map_err(S::Error::custom)?.serialize(serializer)
            }
            YamlValue::Text(text) => serializer.serialize_str(text),
            YamlValue::List(items) => serializer.collect_seq(items.iter().map(JsonValue)),
            YamlValue::Map(entries) => write_map(entries, serializer),
        }
    }
}

fn write_map<S: Serializer>(entries: &[(String, YamlValue)], serializer: S) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(entries.len()))?;
    for (name, value) in entries {
        map.serialize_entry(name, &JsonValue(value))?;
    }
    map.end()
}

/// Parses JSON. A number is its text.
fn parse(json: &str, depth: usize) -> Result<YamlValue, String> {
    let broken = |error: serde_json::Error| error.to_string();
    let below = || depth.checked_sub(1).ok_or_else(|| format!("nested deeper than {MAX_DEPTH} levels"));
    Ok(match json.bytes().next() {
        Some(b'{') => {
            let below = below()?;
            let Members(members) = serde_json::from_str(json).map_err(broken)?;
            let mut map = FieldMap::default();
            let has_twins = {
                let mut names: Vec<&str> = members.iter().map(|(name, _)| name.as_str()).collect();
                names.sort_unstable();
                names.windows(2).any(|pair| pair[0] == pair[1])
            };
            for (name, raw) in &members {
                let value = parse(raw.get(), below)?;
                // Like most readers of JSON, the last of two equal names counts.
                if has_twins { map.set(name, value) } else { map.0.push((name.clone(), value)) }
            }
            YamlValue::Map(map.0)
        }
        Some(b'[') => {
            let below = below()?;
            let Elements(items) = serde_json::from_str(json).map_err(broken)?;
            let items = items.into_iter().map(|raw| parse(raw.get(), below));
            YamlValue::List(items.collect::<Result<_, _>>()?)
        }
        Some(b'"') => YamlValue::Text(serde_json::from_str(json).map_err(broken)?),
        Some(b't') => YamlValue::Bool(true),
        Some(b'f') => YamlValue::Bool(false),
        Some(b'n') => YamlValue::Null,
        _ => YamlValue::Number(json.to_owned()),
    })
}

/// The members of an object, in order.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct MembersVisitor;

        impl<'de> Visitor<'de> for MembersVisitor {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(MembersVisitor)
    }
}

/// The elements of an array.
struct Elements<'a>(Vec<&'a RawValue>);

impl<'de> Deserialize<'de> for Elements<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Vec::deserialize(deserializer).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(json: &str) -> Result<FieldMap, String> {
        serde_json::from_str(json).map_err(|error| error.to_string())
    }

    #[test]
    fn numbers_keep_every_digit() {
        let json = r#"{"a":18446744073709551617,"b":[1.10,-0,1e400,{"c":0.1000}],"d":"x","e":null,"f":true}"#;
        let map = fields(json).unwrap();
        assert_eq!(map.0[0].1, YamlValue::Number("18446744073709551617".to_owned()));
        assert_eq!(serde_json::to_string(&map).unwrap(), json);
    }

    #[test]
    fn the_last_of_two_equal_names_counts() {
        assert_eq!(
            serde_json::to_string(&fields(r#"{"a":1,"b":2,"a":3}"#).unwrap()).unwrap(),
            r#"{"a":3,"b":2}"#
        );
    }

    #[test]
    fn deep_nesting_is_an_error_and_not_a_crash() {
        let deep = |depth: usize| format!("{{\"a\":{}{}}}", "[".repeat(depth), "]".repeat(depth));
        assert!(fields(&deep(127)).is_ok());
        assert!(fields(&deep(200_000)).unwrap_err().contains("nested deeper than 128 levels"));
        assert_eq!(fields("null"), Ok(FieldMap::default()));
        assert!(fields("[1]").is_err());
    }
}
