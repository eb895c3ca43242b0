//! Bindings of functions: where the ARN of one leads.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Where a function is, by its ARN.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Function {
    /// As the nodes have it. Without a version or alias it answers for all that are not bound.
    pub arn: String,
    /// Where AWS's event is posted to, such as `http://127.0.0.1:9000/2015-03-31/functions/function/invocations`.
    pub url: String,
    /// How long a call may take.
    pub timeout_seconds: u32,
    /// What every call carries. The secrets themselves are never shown.
    pub headers: Vec<FunctionHeader>,
}

/// A header of a binding.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FunctionHeader {
    pub name: String,
    /// The last four characters of the secret; empty where it is short.
    pub hint: String,
}

/// The bindings of functions, by ARN.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FunctionList {
    pub functions: Vec<Function>,
}

impl FunctionList {
    /// The binding that answers for an ARN: its own, else that of the ARN without its version or alias.
    pub fn find(&self, arn: &str) -> Option<&Function> {
        let of = |arn: &str| self.functions.iter().find(|function| function.arn == arn);
        of(arn).or_else(|| of(crate::node::function::unqualified(arn)?))
    }
}

/// Binds a function, or changes its binding.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PutFunction {
    pub url: String,
    /// 1 to 900; 30 where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout_seconds: Option<u32>,
    /// All that there shall be. Absent keeps the stored ones, unless the address changes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub headers: Option<Vec<PutHeader>>,
}

/// A header that a binding shall have.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PutHeader {
    pub name: String,
    /// Absent keeps the stored one, unless the address changes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
}

/// Calls a bound function once.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TryFunction {
    /// What the node's inputs would be; none where absent.
    #[serde(default)]
    pub inputs: Vec<TryInput>,
}

/// An input of a function that is tried.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TryInput {
    pub name: String,
    pub value: Value,
}

/// What a try of a function came to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FunctionTest {
    pub ok: bool,
    /// The beginning of what it answered, or what went wrong and what to do.
    pub message: String,
}
