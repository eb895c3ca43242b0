//! Programs that call an alias, ready to paste into a shell.
//!
//! Always holds: every snippet is one bash script that begins by reading the owner's key from `anabranch env`, so that
//! no secret is on the page; whatever names and inputs hold, quoting keeps them data.

mod compiled;

use serde_json::Value;

use flow::definition::{Definition, NodeType};
use flow::value::Type;
use flow::wire::{Alias, Flow};

/// What to call, and with what.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    pub flow_id: String,
    pub flow_name: String,
    pub alias_id: String,
    pub alias_name: String,
    /// The Input node of the version that the alias points at, and its output.
    pub input_node: String,
    pub input_output: String,
    pub input: Value,
}

impl Call {
    /// A call of this alias, which points at `version`; with `sample` where it is of the input's type.
    pub fn new(flow: &Flow, alias: &Alias, version: &Definition, sample: Option<Value>) -> Self {
        let (input_node, input_output, kind) = entrance(version);
        let sample = sample.filter(|sample| kind.accepts(sample));
        Self {
            flow_id: flow.id.clone(),
            flow_name: flow.name.clone(),
            alias_id: alias.id.clone(),
            alias_name: alias.name.clone(),
            input_node,
            input_output,
            input: sample.unwrap_or_else(|| example(kind)),
        }
    }
}

/// The ways to call an alias.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    Curl,
    CurlStream,
    Cli,
    Boto3,
    JavaScript,
    Java,
    Go,
    DotNet,
    Rust,
}

impl Language {
    pub const ALL: [Self; 9] = [
        Self::Curl,
        Self::CurlStream,
        Self::Cli,
        Self::Boto3,
        Self::JavaScript,
        Self::Java,
        Self::Go,
        Self::DotNet,
        Self::Rust,
    ];

    pub fn label(self) -> &'static str {
        match self {
            Self::Curl => "curl (JSON)",
            Self::CurlStream => "curl (stream)",
            Self::Boto3 => "boto3",
            Self::Cli => "AWS CLI",
            Self::JavaScript => "JavaScript",
            Self::Java => "Java",
            Self::Go => "Go",
            Self::DotNet => ".NET",
            Self::Rust => "Rust",
        }
    }

    /// What it needs and what comes back.
    pub fn about(self) -> &'static str {
        match self {
            Self::Curl => "Waits for the end and prints the outputs as JSON.",
            Self::CurlStream => "Prints each event as it happens: nodes, pieces of answers, outputs.",
            Self::Cli => {
                "It manages flows here as it does at AWS. It reads no streams of events, so it cannot call one: curl can."
            }
            Self::Boto3 => {
                "The program that calls Amazon Bedrock, unchanged. It needs boto3: pip install boto3."
            }
            Self::JavaScript => {
                "The program that calls Amazon Bedrock, unchanged. It needs Node.js and, in this folder, npm install @aws-sdk/client-bedrock-agent-runtime."
            }
            Self::Java => {
                "The program that calls Amazon Bedrock, unchanged. It needs version 2 of the AWS SDK for Java: bedrockagentruntime and netty-nio-client, copied by mvn dependency:copy-dependencies."
            }
            Self::Go => {
                "The program that calls Amazon Bedrock, unchanged. It needs, in a Go module, go get github.com/aws/aws-sdk-go-v2/config github.com/aws/aws-sdk-go-v2/service/bedrockagentruntime."
            }
            Self::DotNet => {
                "The program that calls Amazon Bedrock, unchanged. It needs .NET 10, which fetches the SDK."
            }
            Self::Rust => {
                "The program that calls Amazon Bedrock, unchanged. It needs, in a Cargo package, cargo add aws-config aws-sdk-bedrockagentruntime aws-smithy-types and cargo add tokio -F full."
            }
        }
    }
}

/// Tells a shell the owner's key and this server's addresses.
pub const SETTINGS: &str = "eval \"$(anabranch env)\"";

/// The script in this language.
pub fn snippet(language: Language, call: &Call) -> String {
    let program = match language {
        Language::Curl => curl(call, false),
        Language::CurlStream => curl(call, true),
        Language::Boto3 => boto3(call),
        Language::Cli => cli(call),
        Language::JavaScript => javascript(call),
        Language::Java => compiled::java(call),
        Language::Go => compiled::go(call),
        Language::DotNet => compiled::dotnet(call),
        Language::Rust => compiled::rust(call),
    };
    format!("{SETTINGS}\n{program}")
}

fn curl(call: &Call, stream: bool) -> String {
    let (flow, alias) = (path_segment(&call.flow_name), path_segment(&call.alias_name));
    let body = shell(&serde_json::json!({ "input": call.input }).to_string());
    let accept = if stream { "  -H \"Accept: text/event-stream\" \\\n" } else { "" };
    let buffer = if stream { " -N" } else { "" };
    format!(
        "curl -sS{buffer} \"$ANABRANCH_URL/api/flows/{flow}/aliases/{alias}/invoke\" \\\n  \
         -H \"Authorization: Bearer $ANABRANCH_API_KEY\" \\\n  \
         -H \"Content-Type: application/json\" \\\n{accept}  \
         -d {body}"
    )
}

fn cli(call: &Call) -> String {
    format!(
        "aws bedrock-agent list-flows\naws bedrock-agent get-flow --flow-identifier {flow}\n\
         aws bedrock-agent list-flow-aliases --flow-identifier {flow}",
        flow = shell(&call.flow_id),
    )
}

fn boto3(call: &Call) -> String {
    format!(
        r#"python3 - <<'EOF'
import boto3

client = boto3.client("bedrock-agent-runtime")
response = client.invoke_flow(
    flowIdentifier={flow},
    flowAliasIdentifier={alias},
    inputs=[{{
        "content": {{"document": {input}}},
        "nodeName": {node},
        "nodeOutputName": {output},
    }}],
)
for event in response["responseStream"]:
    if "flowOutputEvent" in event:
        print(event["flowOutputEvent"]["content"]["document"])
EOF"#,
        flow = text(&call.flow_id),
        alias = text(&call.alias_id),
        input = python(&call.input),
        node = text(&call.input_node),
        output = text(&call.input_output),
    )
}

fn javascript(call: &Call) -> String {
    format!(
        r#"node --input-type=module - <<'EOF'
import {{ BedrockAgentRuntimeClient, InvokeFlowCommand }} from "@aws-sdk/client-bedrock-agent-runtime";

const client = new BedrockAgentRuntimeClient({{}});
const response = await client.send(new InvokeFlowCommand({{
  flowIdentifier: {flow},
  flowAliasIdentifier: {alias},
  inputs: [{{
    content: {{ document: {input} }},
    nodeName: {node},
    nodeOutputName: {output},
  }}],
}}));
for await (const event of response.responseStream) {{
  if (event.flowOutputEvent) console.log(event.flowOutputEvent.content.document);
}}
EOF"#,
        flow = text(&call.flow_id),
        alias = text(&call.alias_id),
        input = call.input,
        node = text(&call.input_node),
        output = text(&call.input_output),
    )
}

/// The Input node, its output and that output's type.
fn entrance(definition: &Definition) -> (String, String, Type) {
    let node = definition.first(NodeType::Input);
    let output = node.and_then(|node| node.outputs.first());
    (
        node.map_or_else(|| NodeType::Input.name_stem().to_owned(), |node| node.name.clone()),
        output.map_or_else(|| "document".to_owned(), |output| output.name.clone()),
        output.map_or(Type::String, |output| output.kind),
    )
}

fn example(kind: Type) -> Value {
    match kind {
        Type::String => "Hello".into(),
        Type::Number => 1.into(),
        Type::Boolean => true.into(),
        Type::Object => serde_json::json!({ "text": "Hello" }),
        Type::Array => serde_json::json!(["Hello"]),
    }
}

/// One word of a shell, whatever is in it.
fn shell(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// A text literal that Python and JavaScript read alike.
fn text(text: &str) -> String {
    Value::from(text).to_string()
}

/// A value as Python writes it.
fn python(value: &Value) -> String {
    match value {
        Value::Null => "None".to_owned(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::Number(_) | Value::String(_) => value.to_string(),
        Value::Array(items) => format!("[{}]", items.iter().map(python).collect::<Vec<_>>().join(", ")),
        Value::Object(members) => {
            let members = members.iter().map(|(name, value)| format!("{}: {}", text(name), python(value)));
            format!("{{{}}}", members.collect::<Vec<_>>().join(", "))
        }
    }
}

/// Safe in a URL and between double quotes of a shell.
fn path_segment(name: &str) -> String {
    crate::api::encode(name)
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use serde_json::json;

    use super::*;

    fn call(input: Value) -> Call {
        Call {
            flow_id: "FLOWID1234".into(),
            flow_name: "support-triage".into(),
            alias_id: "ALIASID123".into(),
            alias_name: "live".into(),
            input_node: "FlowInputNode".into(),
            input_output: "document".into(),
            input,
        }
    }

    /// What a real shell gives each program, with stand-ins for all of them on the path.
    #[track_caller]
    fn pasted(language: Language, input: Value) -> String {
        let stand_ins = r#"
            anabranch() { echo 'export ANABRANCH_URL=http://host ANABRANCH_API_KEY=key'; }
            curl() { printf '%s\n' "$@"; }
            python3() { cat; }
            node() { cat; }
            aws() { printf '%s\n' "$@"; }
            # What is compiled is written to a file first, which is shown here.
            cd "$(mktemp -d)" && trap 'rm -r "$PWD"' EXIT
            java() { cat InvokeFlow.java; }
            go() { cat invoke_flow.go; }
            dotnet() { cat invoke_flow.cs; }
            cargo() { cat examples/invoke_flow.rs; }
        "#;
        let script = format!("{stand_ins}\n{}\n", snippet(language, &call(input)));
        let run = Command::new("bash").args(["-c", &script]).output().unwrap();
        assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
        String::from_utf8(run.stdout).unwrap()
    }

    const HOSTILE: &str = "It's \"late\" $(id) `id` \\n\nEOF\n'; rm -rf /; ' ü 🌊";

    #[test]
    fn a_shell_hands_curl_the_input_unharmed() {
        for language in [Language::Curl, Language::CurlStream] {
            let given = pasted(language, json!(HOSTILE));
            let body = given.lines().last().unwrap();
            assert_eq!(serde_json::from_str::<Value>(body).unwrap(), json!({ "input": HOSTILE }));
            assert!(given.contains("http://host/api/flows/support-triage/aliases/live/invoke\n"), "{given}");
            assert!(given.contains("Authorization: Bearer key\n"), "{given}");
        }
    }

    #[test]
    fn an_input_cannot_end_the_program() {
        let written = json!(HOSTILE).to_string();
        for (language, written) in [
            (Language::Boto3, written.clone()),
            (Language::JavaScript, written.clone()),
            (Language::Java, written.clone()),
            (Language::DotNet, written.clone()),
            // A text of JSON in a text of Go.
            (Language::Go, json!(written).to_string()),
            (Language::Rust, format!("{HOSTILE:?}")),
        ] {
            let program = pasted(language, json!(HOSTILE));
            assert!(program.contains(&written), "{program}");
            assert!(program.contains("FLOWID1234") && program.contains("ALIASID123"));
        }
        assert!(pasted(Language::Cli, json!(HOSTILE)).contains("get-flow\n--flow-identifier\nFLOWID1234"));
    }

    #[test]
    fn python_has_words_of_its_own() {
        let value = json!({"a": [true, false, null, 1.5], "b \"c\"": "d"});
        assert_eq!(python(&value), r#"{"a": [True, False, None, 1.5], "b \"c\"": "d"}"#);
    }

    #[test]
    fn python_reads_back_what_was_written() {
        let value = json!({"text": HOSTILE, "list": [1, true, null]});
        let script = format!("import json,sys; sys.stdout.write(json.dumps({}))", python(&value));
        // Where there is no Python, there is nothing to compare with.
        if let Ok(run) = Command::new("python3").args(["-c", &script]).output() {
            assert_eq!(serde_json::from_slice::<Value>(&run.stdout).unwrap(), value);
        }
    }

    #[test]
    fn the_input_fits_the_flow() {
        let definition: Definition =
            serde_json::from_value(json!({"nodes": [{"name": "Start", "type": "Input",
            "outputs": [{"name": "order", "type": "Object"}]}]}))
            .unwrap();
        assert_eq!(entrance(&definition), ("Start".into(), "order".into(), Type::Object));
        assert_eq!(entrance(&Definition::default()).0, "FlowInputNode");
    }
}
