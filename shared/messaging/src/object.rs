//! Reading JSON objects, and nothing else, into derived types.

use serde::de::{DeserializeOwned, Error as _};

/// Reads a JSON object. A derived reader by itself takes an array as well, its members as the fields in their order, and
/// quotes a text in its error; what comes from outside must not get into a log that way.
pub(crate) fn object<T: DeserializeOwned>(json: &[u8]) -> Result<T, serde_json::Error> {
    if json.trim_ascii_start().first() == Some(&b'{') {
        serde_json::from_slice(json)
    } else {
        Err(serde_json::Error::custom("a JSON object is expected"))
    }
}
