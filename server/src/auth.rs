//! Who calls: a browser session, the owner's local key, or a signed AWS request.
//!
//! Always holds: nothing is answered without one of these but the allow-list of the gate; secrets are compared in
//! constant time; what is stored of a session is a digest.

pub mod local;
pub mod seal;
pub mod session;
pub mod sigv4;

use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

/// Someone who may call. There is one owner yet, whichever way it shows itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caller {
    /// The owner in a browser.
    Session,
    /// A program with the owner's key.
    Key,
    /// A program that signs as AWS's do.
    Signature,
}

/// SHA-256 in hexadecimal.
pub fn digest(text: &str) -> String {
    hex::encode(Sha256::digest(text.as_bytes()))
}

/// Compares without telling by its time where texts differ.
pub fn same(left: &str, right: &str) -> bool {
    left.as_bytes().ct_eq(right.as_bytes()).into()
}
