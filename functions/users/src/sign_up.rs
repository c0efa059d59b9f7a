//! What signing up takes: an account's fields, a guest's, or an invited administrator's.

use app::Problem;
use domain::{Email, Locale, Name, Password, Phone, Role};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::wrong::Wrong;

/// Who signs up.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("anyOf" = forms()))]
pub struct SignUp {
    /// Left out by guests alone, together with the password.
    pub(crate) email: Option<Email>,
    pub(crate) password: Option<Password>,
    pub(crate) name: Name,
    pub(crate) role: Role,
    /// Required of guests.
    pub(crate) phone: Option<Phone>,
    pub(crate) locale: Option<Locale>,
    /// What lets an administrator sign up, and nobody else.
    pub(crate) invitation: Option<String>,
}

impl SignUp {
    /// What must hold of several fields together: the schema has the same as forms.
    pub(crate) fn check(&self) -> Result<(), Problem> {
        let mut wrong = Wrong::default();
        if self.role != Role::Admin && self.invitation.is_some() {
            wrong.field("/invitation", "is for administrators");
        }
        match (&self.email, &self.password) {
            (Some(_), Some(_)) => {}
            (Some(_), None) => wrong.missing("/password"),
            (None, Some(_)) => wrong.missing("/email"),
            (None, None) if self.role == Role::Customer => {
                if self.phone.is_none() {
                    wrong.missing("/phone");
                }
            }
            (None, None) => {
                wrong.missing("/email");
                wrong.missing("/password");
            }
        }
        wrong.refuse()
    }
}

/// The forms that signing up has: an administrator's, that of others with an account, a guest's.
fn forms() -> serde_json::Value {
    let text = json!({ "type": "string", "pattern": r"\S" });
    let none = json!({ "enum": [null] });
    let no_text = json!({ "anyOf": [{ "type": "string", "pattern": r"^\s*$" }, { "enum": [null] }] });
    json!([
        {
            "required": ["email", "password"],
            "properties": { "email": text, "password": text, "role": { "enum": ["admin"] } },
        },
        {
            "required": ["email", "password"],
            "properties": {
                "email": text, "password": text, "invitation": none,
                "role": { "enum": ["customer", "merchant", "courier"] },
            },
        },
        {
            "required": ["phone"],
            "properties": {
                "email": no_text, "password": no_text, "invitation": none, "phone": text,
                "role": { "enum": ["customer"] },
            },
        },
    ])
}

#[cfg(test)]
mod tests {
    use host::{input_schema, wrong_fields};
    use serde_json::{Map, Value};

    use super::*;

    const WORD: &str = "correct horse";

    /// Every body of fields that are there, left out or null, by every role.
    #[test]
    fn the_schema_says_what_must_hold_of_several_fields() {
        let declared = crate::SERVICE.function("register-user").unwrap();
        let schema = input_schema(declared.as_endpoint().unwrap());
        let fields =
            [("email", "ana@example.com"), ("password", WORD), ("phone", "+40 700 000 000"), ("invitation", "one")];
        let mut taken = 0;
        for role in Role::ALL {
            for form in 0..3_usize.pow(4) {
                let mut body = Map::from_iter([("name".into(), "Ana".into()), ("role".into(), role.word().into())]);
                for (place, (name, value)) in (0..).zip(fields) {
                    match form / 3_usize.pow(place) % 3 {
                        0 => {}
                        1 => drop(body.insert(name.into(), Value::Null)),
                        _ => drop(body.insert(name.into(), value.into())),
                    }
                }
                let body = Value::Object(body);
                let is_taken = testing::input::<SignUp>(&body.to_string()).check().is_ok();
                assert_eq!(wrong_fields(&schema, &body).is_empty(), is_taken, "{body}");
                taken += usize::from(is_taken);
            }
        }
        assert_eq!(
            taken,
            3 * 3 * 2 + 3 * 3 + 2 * 2 * 2,
            "three roles and an administrator with an account, and guests"
        );
    }
}
