//! The hash of a file, which its tag is made from. The build script uses it as well.

use sha2::{Digest as _, Sha256};

/// Bytes of a file's hash.
const FILE_BYTES: usize = 12;

/// The hash of a file, in hexadecimal digits.
pub fn of_file(bytes: &[u8]) -> String {
    hexadecimal(&Sha256::digest(bytes)[..FILE_BYTES])
}

/// Bytes in hexadecimal digits.
pub fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
