//! The Amazon resource names of what is here: one region and one account, which are nobody's.

const REGION: &str = "us-east-1";
const ACCOUNT: &str = "000000000000";
/// AWS's alias of a draft: of a flow as it was last prepared, of an agent too.
pub const TEST_ALIAS: &str = "TSTALIASID";

/// The name of a flow.
pub fn of_flow(id: &str) -> String {
    format!("arn:aws:bedrock:{REGION}:{ACCOUNT}:flow/{id}")
}

/// The name of an agent itself, which nobody calls.
pub fn of_agent(id: &str) -> String {
    format!("arn:aws:bedrock:{REGION}:{ACCOUNT}:agent/{id}")
}

/// The name of an agent's alias.
pub fn of_agent_alias(agent: &str, alias: &str) -> String {
    format!("arn:aws:bedrock:{REGION}:{ACCOUNT}:agent-alias/{agent}/{alias}")
}

/// The name of an alias.
pub fn of_alias(flow: &str, id: &str) -> String {
    format!("{}/alias/{id}", of_flow(flow))
}

/// The name of an execution that has one within an alias.
pub fn of_execution(flow: &str, alias: &str, name: &str) -> String {
    format!("{}/execution/{name}", of_alias(flow, alias))
}

/// The name of a stored prompt's draft, or of a version of it.
pub fn of_prompt(id: &str, version: Option<u64>) -> String {
    let version = version.map(|version| format!(":{version}")).unwrap_or_default();
    format!("arn:aws:bedrock:{REGION}:{ACCOUNT}:prompt/{id}{version}")
}

/// The name of a knowledge base.
pub fn of_knowledge_base(id: &str) -> String {
    format!("arn:aws:bedrock:{REGION}:{ACCOUNT}:knowledge-base/{id}")
}

/// The resource of a name of Bedrock's; none where it is no such name.
pub fn resource(arn: &str) -> Option<&str> {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    match parts[..] {
        ["arn", "aws", "bedrock", _, account, resource] if is_account(account) => Some(resource),
        _ => None,
    }
}

/// The id of a stored prompt and the version that its name says; no version is the draft.
pub fn prompt(arn: &str) -> Option<(&str, Option<u64>)> {
    let named = resource(arn)?.strip_prefix("prompt/")?;
    let (id, version) = match named.split_once(':') {
        None | Some((_, "DRAFT")) => (named.split(':').next()?, None),
        Some((id, version)) => (id, Some(version.parse().ok()?)),
    };
    is_id(id).then_some((id, version))
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether this is an id as AWS's: ten letters and digits.
pub fn is_id(text: &str) -> bool {
    text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// Whether AWS takes this as the name of an alias or a prompt.
pub fn is_name(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric();
    name.len() <= 100
        && name.starts_with(plain)
        && name.chars().all(|c| plain(c) || c == '-' || c == '_')
        && !name.as_bytes().windows(2).any(|pair| pair.iter().all(|c| matches!(c, b'-' | b'_')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prompts_name_is_read_as_it_was_written() {
        for version in [None, Some(12)] {
            assert_eq!(prompt(&of_prompt("ABCDEFGHIJ", version)), Some(("ABCDEFGHIJ", version)));
        }
        let elsewhere = "arn:aws:bedrock:eu-central-1:123456789012:prompt/ABCDEFGHIJ:DRAFT";
        assert_eq!(prompt(elsewhere), Some(("ABCDEFGHIJ", None)));
        for bad in [
            "",
            "ABCDEFGHIJ",
            &of_flow("ABCDEFGHIJ"),
            &of_prompt("short", None),
            &of_prompt("ABCDEFGHIJ:x", None),
        ] {
            assert_eq!(prompt(bad), None, "{bad}");
        }
    }
}
