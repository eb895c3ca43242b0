//! Amazon resource names. Wherever AWS takes an id it takes the name that holds it.

use super::error::Error;
use crate::arn::{TEST_ALIAS, is_id, prompt as prompt_of, resource};
pub(super) use crate::arn::{
    of_agent, of_agent_alias, of_alias, of_execution, of_flow, of_knowledge_base, of_prompt,
};

/// The role of flows that were not made through AWS's API, which requires one.
const ROLE: &str = "arn:aws:iam::000000000000:role/anabranch";

/// The role that a flow is said to have.
pub(super) fn of_role(role: &str) -> &str {
    if role.is_empty() { ROLE } else { role }
}

/// A flow's id, of an id or name.
pub(super) fn flow(identifier: &str) -> Result<String, Error> {
    let id = resource(identifier).map_or(Some(identifier), |resource| resource.strip_prefix("flow/"));
    match id {
        Some(id) if is_id(id) => Ok(id.to_owned()),
        _ => {
            Err(Error::field("flowIdentifier", "This is a flow's id of ten letters and digits, or its ARN."))
        }
    }
}

/// An alias's id, of an id or name; `flow` is the flow that it has to belong to.
pub(super) fn alias(member: &'static str, identifier: &str, flow: &str) -> Result<String, Error> {
    let id = match resource(identifier) {
        None => Some(identifier),
        Some(resource) => {
            let parts: Vec<&str> = resource.split('/').collect();
            match parts[..] {
                ["flow", of, "alias", id] if of == flow => Some(id),
                ["flow", _, "alias", _] => {
                    return Err(Error::field(member, "This alias is another flow's."));
                }
                _ => None,
            }
        }
    };
    match id {
        Some(id) if id == TEST_ALIAS || is_word(id) => Ok(id.to_owned()),
        _ => Err(Error::field(member, "This is an alias's id of letters and digits, or its ARN.")),
    }
}

/// A knowledge base's id, of an id or name.
pub(super) fn knowledge_base(identifier: &str) -> Result<String, Error> {
    let id =
        resource(identifier).map_or(Some(identifier), |resource| resource.strip_prefix("knowledge-base/"));
    let wrong = "This is a knowledge base's id of ten letters and digits, or its ARN.";
    id.map(str::to_owned).ok_or_else(|| Error::field("knowledgeBaseId", wrong))
}

/// A stored prompt's id, of an id or name, and the version that the name says.
pub(super) fn prompt(member: &'static str, identifier: &str) -> Result<(String, Option<u64>), Error> {
    let named = if is_id(identifier) { Some((identifier, None)) } else { prompt_of(identifier) };
    let wrong = || Error::field(member, "This is a prompt's id of ten letters and digits, or its ARN.");
    named.map(|(id, version)| (id.to_owned(), version)).ok_or_else(wrong)
}

/// An execution's name, of that name or its ARN; `flow` and `alias` are the ids of what it has to belong to.
pub(super) fn execution(identifier: &str, flow: &str, alias: &str) -> Result<String, Error> {
    const MEMBER: &str = "executionIdentifier";
    let name = match resource(identifier).map(|resource| resource.split('/').collect::<Vec<_>>()) {
        None => Some(identifier),
        Some(parts) => match parts[..] {
            ["flow", of, "alias", by, "execution", name] if of == flow && by == alias => Some(name),
            ["flow", _, "alias", _, "execution", _] => {
                return Err(Error::field(MEMBER, "This execution is another alias's."));
            }
            _ => None,
        },
    };
    name.map(str::to_owned).ok_or_else(|| {
        Error::field(MEMBER, "This is an execution's name of letters, digits and -, or its ARN.")
    })
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_and_names_mean_the_same() {
        assert_eq!(flow("ABCDEFGHIJ").unwrap(), "ABCDEFGHIJ");
        assert_eq!(flow(&of_flow("ABCDEFGHIJ")).unwrap(), "ABCDEFGHIJ");
        let of = "ABCDEFGHIJ";
        assert_eq!(alias("aliasIdentifier", "KLMNOPQRST", of).unwrap(), "KLMNOPQRST");
        assert_eq!(alias("aliasIdentifier", &of_alias(of, "KLMNOPQRST"), of).unwrap(), "KLMNOPQRST");
        assert_eq!(alias("aliasIdentifier", &of_alias(of, TEST_ALIAS), of).unwrap(), TEST_ALIAS);
        assert!(alias("aliasIdentifier", &of_alias("ZZZZZZZZZZ", "KLMNOPQRST"), of).is_err());
        let named = of_execution(of, "KLMNOPQRST", "nightly-1");
        assert_eq!(execution("nightly-1", of, "KLMNOPQRST").unwrap(), "nightly-1");
        assert_eq!(execution(&named, of, "KLMNOPQRST").unwrap(), "nightly-1");
        assert!(
            execution(&named, of, TEST_ALIAS).is_err() && execution(&of_flow(of), of, TEST_ALIAS).is_err()
        );
        for bad in
            ["", "short", "ABCDEFGHI!", "arn:aws:s3:::x", "arn:aws:bedrock:us-east-1:1:flow/ABCDEFGHIJ"]
        {
            assert!(flow(bad).is_err(), "{bad}");
        }
    }
}
