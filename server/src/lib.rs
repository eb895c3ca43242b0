//! Everything of Anabranch that has an effect.

/// Model providers.
pub mod provider {
    #[cfg(feature = "local-models")]
    pub mod local;
}
