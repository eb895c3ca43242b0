//! Connections to places that serve models.

use flow::wire::{Connection, ConnectionList, ConnectionTest, PutConnection};

use super::path::encode;
use super::{Answer, request};

pub async fn list() -> Answer<ConnectionList> {
    request::get("/api/connections").await
}

pub async fn put(name: &str, connection: &PutConnection) -> Answer<Connection> {
    request::put(&at(name), connection).await
}

pub async fn delete(name: &str) -> Answer<()> {
    request::delete(&at(name)).await
}

/// Asks the connection for its models.
pub async fn test(name: &str) -> Answer<ConnectionTest> {
    request::act(&format!("{}/test", at(name))).await
}

fn at(name: &str) -> String {
    format!("/api/connections/{}", encode(name))
}
