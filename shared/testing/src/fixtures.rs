//! Fixtures: what was once stored, committed as it was, so that it is read for ever.
//!
//! `functions/<service>/fixtures/<item>.<number>.json` holds the body of an item, and which texts in it are whose personal
//! data. A shape that changes gets a further fixture; those before stay.

use std::{collections::BTreeMap, fs, path::Path};

use app::{Item, Key, Service, StoredType};
use domain::UserId;
use serde::Deserialize;
use serde_json::Value;

/// What is kept of an item.
#[derive(Deserialize)]
struct Fixture {
    /// The item's key.
    key: (String, String),
    /// Its body.
    body: Value,
    /// Texts in it, by the person whose data they are.
    personal: BTreeMap<UserId, Vec<String>>,
}

/// Checks a service against its fixtures: each is read; the newest of each type is what would be written today; and of
/// nobody's personal data anything is left once it is redacted.
///
/// # Panics
/// Where one of this does not hold, or a type has no fixture.
pub fn keeps_its_fixtures(service: &Service, manifest_dir: &str) {
    for stored in service.stored {
        let fixtures = of_type(&Path::new(manifest_dir).join("fixtures"), stored);
        assert!(!fixtures.is_empty(), "{}: no fixture of {}", service.name, stored.item);
        for (name, fixture) in &fixtures {
            assert_redacts(stored, name, fixture);
        }
        let (name, newest) = fixtures.last().expect("there is one");
        assert_is_current(stored, name, newest);
    }
}

fn of_type(folder: &Path, stored: &StoredType) -> Vec<(String, Fixture)> {
    let mut found = Vec::new();
    for number in 1.. {
        let name = format!("{}.{number}.json", stored.item);
        let Ok(text) = fs::read_to_string(folder.join(&name)) else { return found };
        let fixture = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        found.push((name, fixture));
    }
    found
}

fn item(stored: &StoredType, fixture: &Fixture) -> Item {
    let (pk, sk) = &fixture.key;
    Item {
        key: Key::new(pk, sk),
        kind: stored.item.into(),
        version: 1,
        body: fixture.body.to_string(),
        expires_at: None,
        indexed: Vec::new(),
    }
}

fn assert_is_current(stored: &StoredType, name: &str, fixture: &Fixture) {
    let item = item(stored, fixture);
    let anew = (stored.anew)(&item).unwrap_or_else(|error| panic!("{name}: {error}")).expect("it is one");
    let body: Value = serde_json::from_str(&anew.body).expect("bodies are JSON");
    assert_eq!(body, fixture.body, "{name} (right) is not what is written today (left): add one with the next number");
}

fn assert_redacts(stored: &StoredType, name: &str, fixture: &Fixture) {
    let item = item(stored, fixture);
    let mut subjects = (stored.subjects)(&item).unwrap_or_else(|error| panic!("{name}: {error}"));
    subjects.sort_unstable();
    assert_eq!(subjects, fixture.personal.keys().copied().collect::<Vec<_>>(), "{name}: whose data it holds");
    for (person, texts) in &fixture.personal {
        let left = (stored.redacted)(&item, *person).unwrap_or_else(|error| panic!("{name}: {error}"));
        for text in texts {
            assert!(item.body.contains(text.as_str()), "{name}: {text:?} is not in it");
            assert!(left.as_ref().is_none_or(|left| !left.body.contains(text.as_str())), "{name}: {text:?} is left");
        }
        let Some(left) = left else { continue };
        assert!((stored.subjects)(&left).is_ok(), "{name}: what is left can't be read");
        let again = (stored.redacted)(&left, *person).expect("it can be read");
        assert_eq!(again.as_ref(), Some(&left), "{name}: redacted again it is another");
    }
}
