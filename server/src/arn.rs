//! The Amazon resource names of what is here: one region and one account, which are nobody's.

const REGION: &str = "us-east-1";
const ACCOUNT: &str = "000000000000";
/// AWS's alias of a draft: of a flow as it was last prepared, of an agent as it is.
pub const TEST_ALIAS: &str = "TSTALIASID";

/// The name of a flow.
pub fn of_flow(id: &str) -> String {
    format!("arn:aws:bedrock:{REGION}:{ACCOUNT}:flow/{id}")
}

/// The name of an agent's one alias, which is AWS's test alias: it follows the agent as it is.
pub fn of_agent(id: &str) -> String {
    format!("arn:aws:bedrock:{REGION}:{ACCOUNT}:agent-alias/{id}/{TEST_ALIAS}")
}

/// The name of an alias.
pub fn of_alias(flow: &str, id: &str) -> String {
    format!("{}/alias/{id}", of_flow(flow))
}

/// The name of an execution that has one within an alias.
pub fn of_execution(flow: &str, alias: &str, name: &str) -> String {
    format!("{}/execution/{name}", of_alias(flow, alias))
}
