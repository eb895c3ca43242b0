//! Anabranch, the server: everything with an effect.

pub mod store;
