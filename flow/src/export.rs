//! Flows for other places: a body of AWS's CreateFlow, and a CloudFormation template.
//!
//! Absent on purpose: our extensions, for which AWS has no place. What AWS would refuse or do otherwise is the
//! portability of [`check`](crate::check::check).

use serde_json::{Map, Value, json};

use crate::definition::Definition;
use crate::import::shape::{DEFINITION, in_pascal_case};

/// What an export tells of a flow.
#[derive(Clone, Copy, Debug)]
pub struct Named<'a> {
    /// The name that AWS takes.
    pub name: &'a str,
    pub description: &'a str,
    pub definition: &'a Definition,
}

/// A body of CreateFlow, for `aws bedrock-agent create-flow --cli-input-json`, which takes the role beside it.
pub fn api(flow: Named) -> Value {
    let mut body = Map::from_iter([("name".to_owned(), Value::from(flow.name))]);
    if !flow.description.is_empty() {
        body.insert("description".to_owned(), flow.description.into());
    }
    body.insert("definition".to_owned(), document(flow.definition));
    body.into()
}

/// A template with the flow; the role that runs it is a parameter.
pub fn cloudformation(flow: Named) -> Value {
    let mut properties = Map::from_iter([("Name".to_owned(), Value::from(flow.name))]);
    if !flow.description.is_empty() {
        properties.insert("Description".to_owned(), flow.description.into());
    }
    properties.insert("ExecutionRoleArn".to_owned(), json!({"Ref": "ExecutionRoleArn"}));
    properties.insert("Definition".to_owned(), in_pascal_case(&document(flow.definition), DEFINITION));
    json!({
        "AWSTemplateFormatVersion": "2010-09-09",
        "Parameters": {"ExecutionRoleArn": {
            "Type": "String",
            "Description": "The ARN of the role that Amazon Bedrock takes on to run the flow",
        }},
        "Resources": {"Flow": {"Type": "AWS::Bedrock::Flow", "Properties": properties}},
        "Outputs": {
            "FlowId": {"Value": {"Fn::GetAtt": ["Flow", "Id"]}},
            "FlowArn": {"Value": {"Fn::GetAtt": ["Flow", "Arn"]}},
        },
    })
}

fn document(definition: &Definition) -> Value {
    serde_json::to_value(definition).unwrap_or_default()
}
