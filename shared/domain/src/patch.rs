//! Merge patches (RFC 7396): `patched!` makes what can be changed by one, and [`Patch`] is what changes.

use std::{borrow::Cow, fmt, marker::PhantomData};

use schemars::{JsonSchema, Schema, SchemaGenerator, generate::SchemaSettings};
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{DeserializeOwned, DeserializeSeed, Error, MapAccess, Visitor},
};
use serde_json::{Map, Value};

/// Makes two types of one list of fields: what is kept and shown, and what is sent to make one, which a
/// [`Patch`](crate::Patch) changes.
///
/// ```text
/// patched! {
///     /// A café.
///     pub struct Cafe {
///         name: Name,
///         phone: Option<Phone>,
///         seats: u32 as Seats => Seats::get,
///     }
///     /// A café that is to be opened.
///     pub struct NewCafe like r#"{"name": "Nero", "seats": 4}"#;
/// }
/// ```
///
/// Where what is sent is narrower than what is kept, its type stands after `as`, and after `=>` what is kept of it. After
/// `like` stands [`Patched::EXAMPLE`]. The derives need `serde` and `schemars` in the crate that uses it.
#[macro_export]
macro_rules! patched {
    (@sent $kept:ty) => { $kept };
    (@sent $kept:ty, $sent:ty) => { $sent };
    (@keep $value:expr, $kept:ty) => { $value };
    (@keep $value:expr, $kept:ty, $sent:ty, $keep:expr) => {{
        let keep: fn($sent) -> $kept = $keep;
        keep($value)
    }};
    (
        $(#[$meta:meta])*
        $visibility:vis struct $whole:ident {
            $($(#[$field_meta:meta])* $field:ident: $kept:ty $(as $sent:ty => $keep:expr)?,)+
        }
        $(#[$new_meta:meta])*
        $new_visibility:vis struct $new:ident like $example:expr;
    ) => {
        #[derive(
            Clone,
            Debug,
            PartialEq,
            $crate::__private::serde::Serialize,
            $crate::__private::serde::Deserialize,
            $crate::__private::schemars::JsonSchema,
        )]
        $(#[$meta])*
        $visibility struct $whole {
            $($(#[$field_meta])* pub $field: $kept,)+
        }

        #[derive(Clone, Debug, $crate::__private::serde::Deserialize, $crate::__private::schemars::JsonSchema)]
        $(#[$new_meta])*
        #[serde(deny_unknown_fields)]
        $new_visibility struct $new {
            $($(#[$field_meta])* $field: $crate::patched!(@sent $kept $(, $sent)?),)+
        }

        impl From<$new> for $whole {
            fn from(new: $new) -> Self {
                Self { $($field: $crate::patched!(@keep new.$field, $kept $(, $sent, $keep)?),)+ }
            }
        }

        impl $crate::Patched for $new {
            type Whole = $whole;
            const EXAMPLE: &'static str = $example;
        }
    };
}

/// What can be changed by a [`Patch`]: [`patched!`](crate::patched) implements it. Each of its members is right or wrong by
/// itself; rules over several are for the whole that a patch makes.
pub trait Patched: DeserializeOwned + JsonSchema + 'static {
    /// What is changed, as it is kept. Its JSON has the same members.
    type Whole: Serialize + DeserializeOwned + JsonSchema;
    /// One as JSON, with everything that has members of its own: a patch, which is no whole, is tried on it.
    const EXAMPLE: &'static str;
}

/// A merge patch: members that are there are set, within objects too; null clears what need not be there; the rest is kept.
pub struct Patch<T> {
    members: Value,
    of: PhantomData<fn() -> T>,
}

impl<T: Patched> Patch<T> {
    /// The whole once it is changed; refused where that makes an object that lacks a member.
    ///
    /// # Panics
    /// If the whole does not serialise, which a type of ours always does.
    pub fn apply(&self, whole: &T::Whole) -> Result<T::Whole, Incomplete> {
        let mut changed = serde_json::to_value(whole).expect("our own types serialise");
        merge(&mut changed, self.members.clone());
        T::Whole::deserialize(&changed).map_err(|_| {
            let settings = SchemaSettings::draft2020_12().with(|settings| settings.inline_subschemas = true);
            let schema = settings.into_generator().into_root_schema_for::<T>();
            Incomplete { missing: missing(schema.as_value(), &changed, "") }
        })
    }
}

/// A patch that would leave something incomplete.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it would lack {missing:?}")]
pub struct Incomplete {
    /// JSON pointers to what would be missing.
    pub missing: Vec<String>,
}

/// Sets what a patch has. What it clears becomes null, which is read as what is not there is.
fn merge(value: &mut Value, patch: Value) {
    match (value, patch) {
        (Value::Object(members), Value::Object(patch)) => {
            patch.into_iter().for_each(|(name, patch)| merge(members.entry(name).or_insert(Value::Null), patch));
        }
        (value, patch) => *value = patch,
    }
}

/// Pointers to what a schema requires and a value, or an object in it, lacks.
fn missing(schema: &Value, value: &Value, at: &str) -> Vec<String> {
    let Some(members) = value.as_object() else { return Vec::new() };
    let required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let lacking = required.filter(|name| !members.contains_key(*name)).map(|name| format!("{at}/{name}"));
    let within =
        members.iter().flat_map(|(name, it)| missing(&schema["properties"][name], it, &format!("{at}/{name}")));
    lacking.chain(within).collect()
}

impl<'de, T: Patched> Deserialize<'de> for Patch<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let example: Value = serde_json::from_str(T::EXAMPLE).map_err(D::Error::custom)?;
        debug_assert!(T::deserialize(&example).is_ok(), "the example of {} is no whole", T::schema_name());
        let check = |patch| {
            let mut tried = example.clone();
            merge(&mut tried, patch);
            T::deserialize(tried).map(drop)
        };
        let members = Member { example: &example, check: &check }.deserialize(from)?;
        Ok(Self { members, of: PhantomData })
    }
}

/// Reads a member of a patch and checks it by itself, so that an error says which is wrong.
struct Member<'a> {
    /// What the example has there.
    example: &'a Value,
    /// Tries a patch that has this member alone on the example.
    check: &'a dyn Fn(Value) -> serde_json::Result<()>,
}

impl Member<'_> {
    fn checked<E: Error>(&self, member: Value) -> Result<Value, E> {
        (self.check)(member.clone()).map_err(E::custom)?;
        Ok(member)
    }
}

impl<'de> DeserializeSeed<'de> for Member<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Value, D::Error> {
        if self.example.is_object() { from.deserialize_any(self) } else { self.checked(Value::deserialize(from)?) }
    }
}

impl<'de> Visitor<'de> for Member<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        self.checked(Value::Null)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut members = Map::new();
        while let Some(name) = map.next_key::<String>()? {
            let check = |member| (self.check)(Value::from_iter([(name.clone(), member)]));
            let example = self.example.get(&name).unwrap_or(&Value::Null);
            let member = map.next_value_seed(Member { example, check: &check })?;
            members.insert(name, member);
        }
        Ok(Value::Object(members))
    }
}

impl<T: Patched> JsonSchema for Patch<T> {
    fn schema_name() -> Cow<'static, str> {
        format!("{}Patch", T::Whole::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = T::json_schema(generator).to_value();
        loosen(&mut schema, generator);
        schema["description"] = DESCRIPTION.into();
        schema.try_into().unwrap_or_default()
    }
}

const DESCRIPTION: &str = "What changes (RFC 7396): what is left out stays as it is, null clears.";

/// Makes the schema of an object that of its patch: no member is required, nor of objects in it. Those that have a name have
/// another one as patches.
fn loosen(schema: &mut Value, generator: &mut SchemaGenerator) {
    if let Some(Value::String(reference)) = schema.get_mut("$ref") {
        let name = reference.rsplit('/').next().unwrap_or_default();
        let named = generator.definitions().get(name).filter(|named| named.get("properties").is_some()).cloned();
        if let Some(mut named) = named {
            loosen(&mut named, generator);
            generator.definitions_mut().insert(format!("{name}Patch"), named);
            reference.push_str("Patch");
        }
        return;
    }
    let Some(members) = schema.as_object_mut() else { return };
    members.remove("required");
    for (keyword, parts) in members {
        match (keyword.as_str(), parts) {
            ("properties", Value::Object(members)) => members.values_mut().for_each(|member| loosen(member, generator)),
            ("anyOf", Value::Array(forms)) => forms.iter_mut().for_each(|form| loosen(form, generator)),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{Address, Currency, Name, Phone, PrepMinutes};

    patched! {
        /// A café.
        pub struct Cafe {
            name: Name,
            phone: Option<Phone>,
            address: Address,
            /// What it takes.
            currency: Currency,
            minutes: u32 as PrepMinutes => PrepMinutes::get,
            branch: Option<Address>,
        }
        /// A café that is to be opened.
        pub struct NewCafe like r#"{
            "name": "Nero", "currency": "EUR", "minutes": 5,
            "address": {"street": "Via Roma 1", "city": "Roma", "country": "IT"},
            "branch": {"street": "Via Milano 2", "city": "Milano", "country": "IT"}
        }"#;
    }

    fn cafe() -> Cafe {
        let mut new: Value = serde_json::from_str(NewCafe::EXAMPLE).unwrap();
        new["phone"] = json!("+39 06 123456");
        new["address"]["postcode"] = json!("00184");
        serde_json::from_value::<NewCafe>(new).unwrap().into()
    }

    fn changed(patch: Value) -> Result<Cafe, Incomplete> {
        serde_json::from_value::<Patch<NewCafe>>(patch).unwrap().apply(&cafe())
    }

    #[test]
    fn what_is_there_is_set_null_clears_and_the_rest_is_kept() {
        assert_eq!(changed(json!({})).unwrap(), cafe());
        let set = changed(json!({"name": " Bianco ", "minutes": 7, "address": {"street": "Via Appia 3"}})).unwrap();
        let address = Address { street: "Via Appia 3".parse().unwrap(), ..cafe().address };
        assert_eq!(set, Cafe { name: "Bianco".parse().unwrap(), minutes: 7, address, ..cafe() });
        let cleared = changed(json!({"phone": null, "branch": null, "address": {"postcode": null}})).unwrap();
        let address = Address { postcode: None, ..cafe().address };
        assert_eq!(cleared, Cafe { phone: None, branch: None, address, ..cafe() });
    }

    #[test]
    fn what_would_be_incomplete_is_refused_with_all_that_is_missing() {
        let patch = json!({"branch": {"city": "Torino"}});
        assert_eq!(changed(patch.clone()).unwrap().branch.unwrap().street.as_str(), "Via Milano 2");
        let patch: Patch<NewCafe> = serde_json::from_value(patch).unwrap();
        let missing = ["/branch/street", "/branch/country"].map(str::to_owned).into();
        assert_eq!(patch.apply(&Cafe { branch: None, ..cafe() }), Err(Incomplete { missing }));
    }

    #[test]
    fn a_member_that_can_not_be_is_refused_whatever_is_changed() {
        for wrong in [
            json!({"name": null}),
            json!({"name": 1}),
            json!({"currency": "XXX"}),
            json!({"minutes": 241}),
            json!({"address": null}),
            json!({"address": "Via Roma 1"}),
            json!({"address": {"country": "it"}}),
            json!({"address": {"county": null}}),
            json!({"hours": null}),
            json!(null),
            json!([]),
        ] {
            assert!(serde_json::from_value::<Patch<NewCafe>>(wrong.clone()).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_schema_requires_nothing_and_keeps_the_names_of_what_is_no_object() {
        let mut generator = SchemaGenerator::default();
        let schema = generator.subschema_for::<Patch<NewCafe>>();
        assert_eq!(schema.get("$ref"), Some(&json!("#/$defs/CafePatch")));
        let patch = &generator.definitions()["CafePatch"];
        let address = json!({"$ref": "#/$defs/AddressPatch"});
        assert_eq!(patch["required"], Value::Null);
        assert_eq!(patch["additionalProperties"], false);
        assert_eq!(patch["properties"]["name"], json!({"$ref": "#/$defs/Name"}));
        assert_eq!(patch["properties"]["currency"]["description"], "What it takes.");
        assert_eq!(patch["properties"]["minutes"]["maximum"], 240);
        assert_eq!(patch["properties"]["address"], address);
        assert_eq!(patch["properties"]["branch"], json!({"anyOf": [address, {"type": "null"}]}));
        assert_eq!(generator.definitions()["AddressPatch"]["required"], Value::Null);
        assert_eq!(generator.definitions()["Address"]["required"], json!(["street", "city", "country"]));
    }
}
