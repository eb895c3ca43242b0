//! The programs of languages that are compiled: each is written to a file of its own and run from there.

use serde_json::Value;

use super::{Call, text};

pub fn java(call: &Call) -> String {
    format!(
        r#"cat > InvokeFlow.java <<'EOF'
import java.util.*;
import software.amazon.awssdk.core.document.Document;
import software.amazon.awssdk.services.bedrockagentruntime.BedrockAgentRuntimeAsyncClient;
import software.amazon.awssdk.services.bedrockagentruntime.model.*;

public class InvokeFlow {{
  public static void main(String[] args) {{
    Document input = {input};
    var visitor = InvokeFlowResponseHandler.Visitor.builder()
        .onFlowOutputEvent(event -> System.out.println(event.content().document()))
        .build();
    try (var client = BedrockAgentRuntimeAsyncClient.create()) {{
      client.invokeFlow(
          InvokeFlowRequest.builder()
              .flowIdentifier({flow})
              .flowAliasIdentifier({alias})
              .inputs(FlowInput.builder()
                  .content(FlowInputContent.fromDocument(input))
                  .nodeName({node})
                  .nodeOutputName({output})
                  .build())
              .build(),
          InvokeFlowResponseHandler.builder().subscriber(visitor).build()).join();
    }}
  }}
}}
EOF
java -cp "target/dependency/*" InvokeFlow.java"#,
        flow = text(&call.flow_id),
        alias = text(&call.alias_id),
        input = java_document(&call.input),
        node = text(&call.input_node),
        output = text(&call.input_output),
    )
}

fn java_document(value: &Value) -> String {
    match value {
        Value::Null => "Document.fromNull()".to_owned(),
        Value::Bool(flag) => format!("Document.fromBoolean({flag})"),
        Value::Number(number) => format!("Document.fromNumber(\"{number}\")"),
        Value::String(string) => format!("Document.fromString({})", text(string)),
        Value::Array(items) => {
            format!("Document.fromList(List.of({}))", all(items.iter().map(java_document)))
        }
        Value::Object(members) => {
            let entry = |(name, value): (&String, &Value)| {
                format!("Map.entry({}, {})", text(name), java_document(value))
            };
            format!("Document.fromMap(Map.ofEntries({}))", all(members.iter().map(entry)))
        }
    }
}

pub fn go(call: &Call) -> String {
    format!(
        r#"cat > invoke_flow.go <<'EOF'
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/bedrockagentruntime"
	"github.com/aws/aws-sdk-go-v2/service/bedrockagentruntime/document"
	"github.com/aws/aws-sdk-go-v2/service/bedrockagentruntime/types"
)

func check(err error) {{
	if err != nil {{
		log.Fatal(err)
	}}
}}

func main() {{
	ctx := context.Background()
	cfg, err := config.LoadDefaultConfig(ctx)
	check(err)
	var input any
	check(json.Unmarshal([]byte({input}), &input))
	response, err := bedrockagentruntime.NewFromConfig(cfg).InvokeFlow(ctx, &bedrockagentruntime.InvokeFlowInput{{
		FlowIdentifier:      aws.String({flow}),
		FlowAliasIdentifier: aws.String({alias}),
		Inputs: []types.FlowInput{{{{
			Content:        &types.FlowInputContentMemberDocument{{Value: document.NewLazyDocument(input)}},
			NodeName:       aws.String({node}),
			NodeOutputName: aws.String({output}),
		}}}},
	}})
	check(err)
	stream := response.GetStream()
	defer stream.Close()
	for event := range stream.Events() {{
		if output, ok := event.(*types.FlowResponseStreamMemberFlowOutputEvent); ok {{
			var value any
			content := output.Value.Content.(*types.FlowOutputContentMemberDocument)
			check(content.Value.UnmarshalSmithyDocument(&value))
			fmt.Println(value)
		}}
	}}
	check(stream.Err())
}}
EOF
go run invoke_flow.go"#,
        flow = text(&call.flow_id),
        alias = text(&call.alias_id),
        input = text(&call.input.to_string()),
        node = text(&call.input_node),
        output = text(&call.input_output),
    )
}

pub fn dotnet(call: &Call) -> String {
    format!(
        r#"cat > invoke_flow.cs <<'EOF'
#:package AWSSDK.BedrockAgentRuntime@4.*
using Amazon.BedrockAgentRuntime;
using Amazon.BedrockAgentRuntime.Model;
using Amazon.Runtime.Documents;

using var client = new AmazonBedrockAgentRuntimeClient();
var response = await client.InvokeFlowAsync(new InvokeFlowRequest
{{
    FlowIdentifier = {flow},
    FlowAliasIdentifier = {alias},
    Inputs =
    [
        new FlowInput
        {{
            Content = new FlowInputContent {{ Document = {input} }},
            NodeName = {node},
            NodeOutputName = {output},
        }},
    ],
}});
foreach (var item in response.ResponseStream)
{{
    if (item is FlowOutputEvent output) Console.WriteLine(output.Content.Document);
}}
EOF
dotnet run invoke_flow.cs"#,
        flow = text(&call.flow_id),
        alias = text(&call.alias_id),
        input = dotnet_document(&call.input),
        node = text(&call.input_node),
        output = text(&call.input_output),
    )
}

fn dotnet_document(value: &Value) -> String {
    match value {
        Value::Null => "new Document()".to_owned(),
        Value::Bool(_) | Value::Number(_) => format!("new Document({value})"),
        Value::String(string) => format!("new Document({})", text(string)),
        Value::Array(items) => {
            format!("new Document(new List<Document> {{ {} }})", all(items.iter().map(dotnet_document)))
        }
        Value::Object(members) => {
            let entry =
                |(name, value): (&String, &Value)| format!("[{}] = {}", text(name), dotnet_document(value));
            format!("new Document(new Dictionary<string, Document> {{ {} }})", all(members.iter().map(entry)))
        }
    }
}

pub fn rust(call: &Call) -> String {
    format!(
        r#"mkdir -p examples
cat > examples/invoke_flow.rs <<'EOF'
use aws_sdk_bedrockagentruntime::types::{{FlowInput, FlowInputContent, FlowResponseStream}};
use aws_smithy_types::Document;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {{
    let config = aws_config::load_defaults(aws_config::BehaviorVersion::latest()).await;
    let client = aws_sdk_bedrockagentruntime::Client::new(&config);
    let input = FlowInput::builder()
        .content(FlowInputContent::Document({input}))
        .node_name({node:?})
        .node_output_name({output:?})
        .build()?;
    let call = client.invoke_flow().flow_identifier({flow:?}).flow_alias_identifier({alias:?});
    let mut response = call.inputs(input).send().await?;
    while let Some(event) = response.response_stream.recv().await? {{
        if let FlowResponseStream::FlowOutputEvent(event) = event {{
            println!("{{:?}}", event.content());
        }}
    }}
    Ok(())
}}
EOF
cargo run --example invoke_flow"#,
        flow = call.flow_id,
        alias = call.alias_id,
        input = rust_document(&call.input),
        node = call.input_node,
        output = call.input_output,
    )
}

fn rust_document(value: &Value) -> String {
    match value {
        Value::Null => "Document::Null".to_owned(),
        Value::Bool(flag) => format!("Document::Bool({flag})"),
        Value::Number(number) => {
            let kind = match (number.is_u64(), number.is_i64()) {
                (true, _) => "PosInt",
                (false, true) => "NegInt",
                (false, false) => "Float",
            };
            format!("Document::Number(aws_smithy_types::Number::{kind}({number}))")
        }
        Value::String(string) => format!("Document::String({string:?}.into())"),
        Value::Array(items) => {
            format!("Document::Array(vec![{}])", all(items.iter().map(rust_document)))
        }
        Value::Object(members) => {
            let entry =
                |(name, value): (&String, &Value)| format!("({name:?}.into(), {})", rust_document(value));
            format!("Document::Object([{}].into())", all(members.iter().map(entry)))
        }
    }
}

fn all(items: impl Iterator<Item = String>) -> String {
    items.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_value_is_written_as_its_language_has_it() {
        let value = json!({"a": [1, -2, 1.5, true, null], "b \"c\"": "d"});
        assert_eq!(
            java_document(&value),
            r#"Document.fromMap(Map.ofEntries(Map.entry("a", Document.fromList(List.of(Document.fromNumber("1"), Document.fromNumber("-2"), Document.fromNumber("1.5"), Document.fromBoolean(true), Document.fromNull()))), Map.entry("b \"c\"", Document.fromString("d"))))"#
        );
        assert_eq!(
            dotnet_document(&value),
            r#"new Document(new Dictionary<string, Document> { ["a"] = new Document(new List<Document> { new Document(1), new Document(-2), new Document(1.5), new Document(true), new Document() }), ["b \"c\""] = new Document("d") })"#
        );
        assert_eq!(
            rust_document(&value),
            r#"Document::Object([("a".into(), Document::Array(vec![Document::Number(aws_smithy_types::Number::PosInt(1)), Document::Number(aws_smithy_types::Number::NegInt(-2)), Document::Number(aws_smithy_types::Number::Float(1.5)), Document::Bool(true), Document::Null])), ("b \"c\"".into(), Document::String("d".into()))].into())"#
        );
    }
}
