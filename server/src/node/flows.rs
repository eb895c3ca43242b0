//! Other flows, as a node calls them: a narrow handle, since a node knows neither the service nor the runs.

use std::fmt;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use serde_json::Value;

/// What a called flow put out, or why it did not, for a model to read.
pub type Called = Result<Value, String>;

/// A flow to call.
#[derive(Clone, Debug)]
pub struct Call {
    /// Id or name.
    pub flow: String,
    /// Id or name.
    pub alias: String,
    pub input: Value,
}

/// Calls flows. Dropping the future of a call stops the flow.
#[derive(Clone)]
pub struct Flows(Arc<dyn Fn(Call) -> BoxFuture<'static, Called> + Send + Sync>);

impl Flows {
    /// That calls them so.
    pub fn new(call: impl Fn(Call) -> BoxFuture<'static, Called> + Send + Sync + 'static) -> Self {
        Self(Arc::new(call))
    }

    /// That calls none, for why it says.
    pub fn none(why: &'static str) -> Self {
        Self::new(move |_| Box::pin(async move { Err(why.to_owned()) }))
    }

    pub async fn call(&self, call: Call) -> Called {
        (self.0)(call).await
    }
}

impl fmt::Debug for Flows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Flows")
    }
}
