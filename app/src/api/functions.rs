//! Bindings of functions' ARNs to addresses.

use flow::wire::{Function, FunctionList, FunctionTest, PutFunction, TryFunction};

use super::path::encode;
use super::{Answer, request};

pub async fn list() -> Answer<FunctionList> {
    request::get("/api/functions").await
}

pub async fn put(arn: &str, function: &PutFunction) -> Answer<Function> {
    request::put(&at(arn), function).await
}

pub async fn delete(arn: &str) -> Answer<()> {
    request::delete(&at(arn)).await
}

/// Calls the function once, with these inputs.
pub async fn test(arn: &str, with: &TryFunction) -> Answer<FunctionTest> {
    request::post(&format!("{}/test", at(arn)), with).await
}

fn at(arn: &str) -> String {
    format!("/api/functions/{}", encode(arn))
}
