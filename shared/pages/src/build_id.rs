//! The id of a build, for the build script.

use sha2::{Digest as _, Sha256};

use crate::hash::hexadecimal;

/// Bytes of a build's id.
const BYTES: usize = 8;

/// The id of a build: another as soon as the name or the bytes of any file are others.
pub fn of<'a>(files: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> String {
    let mut hash = Sha256::new();
    for (path, bytes) in files {
        for part in [path.as_bytes(), bytes] {
            // With its length before it, no part can pass for the end of another.
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
    }
    hexadecimal(&hash.finalize()[..BYTES])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_build_is_another_as_soon_as_a_name_or_a_byte_is() {
        let build = of([("js/a.js", &b"1"[..]), ("js/b.js", b"2")]);
        assert_eq!(build.len(), 16);
        assert_eq!(build, of([("js/a.js", &b"1"[..]), ("js/b.js", b"2")]));
        for other in [
            of([("js/a.js", &b"1"[..]), ("js/c.js", b"2")]),
            of([("js/a.js", &b"2"[..]), ("js/b.js", b"2")]),
            of([("js/a.js", &b"1js/b.js2"[..])]),
            of([("js/a.js", &b"1"[..])]),
        ] {
            assert_ne!(build, other);
        }
    }
}
