//! The shape of a definition as a table: which members an object has, and what each is. With it one walk reads the three
//! spellings that people keep flows in, `sourceOutput`, `SourceOutput` and `source_output`, and leaves documents of
//! others, such as a tool's schema, as they are.
//!
//! Always holds: what [`Definition`](crate::definition::Definition) has, stands here; a test compares the two.

use serde_json::{Map, Value};

/// What a member is.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    Text,
    Number,
    Flag,
    /// A document of somebody else's.
    Free,
    List(&'static Shape),
    Object(&'static [Member]),
}

/// A member of an object, with the name that Terraform gives its block where it is another.
#[derive(Clone, Copy, Debug)]
pub struct Member {
    pub name: &'static str,
    pub block: &'static str,
    pub shape: Shape,
}

const fn of(name: &'static str, shape: Shape) -> Member {
    Member { name, block: name, shape }
}

const fn blocks(name: &'static str, block: &'static str, shape: Shape) -> Member {
    Member { name, block, shape }
}

const fn text(name: &'static str) -> Member {
    of(name, Shape::Text)
}

const fn object(name: &'static str, members: &'static [Member]) -> Member {
    of(name, Shape::Object(members))
}

/// `FlowDefinition`.
pub static DEFINITION: Shape = Shape::Object(&[
    blocks("nodes", "node", Shape::List(&NODE)),
    blocks("connections", "connection", Shape::List(&CONNECTION)),
]);

static NODE: Shape = Shape::Object(&[
    text("name"),
    text("type"),
    object("configuration", &CONFIGURATION),
    blocks(
        "inputs",
        "input",
        Shape::List(&Shape::Object(&[text("name"), text("type"), text("expression"), text("category")])),
    ),
    blocks("outputs", "output", Shape::List(&Shape::Object(&[text("name"), text("type")]))),
]);

static CONNECTION: Shape = Shape::Object(&[
    text("name"),
    text("type"),
    text("source"),
    text("target"),
    object(
        "configuration",
        &[
            object("data", &[text("sourceOutput"), text("targetInput")]),
            object("conditional", &[text("condition")]),
        ],
    ),
]);

static CONFIGURATION: [Member; 16] = [
    object("input", &[]),
    object("output", &[]),
    object("iterator", &[]),
    object("collector", &[]),
    object("loopInput", &[]),
    object("knowledgeBase", &KNOWLEDGE_BASE),
    object("condition", &[blocks("conditions", "condition", Shape::List(&CONDITION))]),
    object("lex", &[text("botAliasArn"), text("localeId")]),
    object(
        "prompt",
        &[object("sourceConfiguration", &PROMPT_SOURCE), object("guardrailConfiguration", &GUARDRAIL)],
    ),
    object("lambdaFunction", &[text("lambdaArn")]),
    object("storage", &[object("serviceConfiguration", &OBJECT_SERVICE)]),
    object("retrieval", &[object("serviceConfiguration", &OBJECT_SERVICE)]),
    object("agent", &[text("agentAliasArn")]),
    object("inlineCode", &[text("code"), text("language")]),
    object("loop", &[of("definition", DEFINITION)]),
    object("loopController", &[of("continueCondition", CONDITION), of("maxIterations", Shape::Number)]),
];

static CONDITION: Shape = Shape::Object(&[text("name"), text("expression")]);

static GUARDRAIL: [Member; 2] = [text("guardrailIdentifier"), text("guardrailVersion")];

static OBJECT_SERVICE: [Member; 1] = [object("s3", &[text("bucketName")])];

static PROMPT_SOURCE: [Member; 2] = [
    object("resource", &[text("promptArn")]),
    object(
        "inline",
        &[
            text("modelId"),
            text("templateType"),
            object("templateConfiguration", &TEMPLATE),
            object("inferenceConfiguration", &INFERENCE),
            of("additionalModelRequestFields", Shape::Free),
        ],
    ),
];

static TEMPLATE: [Member; 2] = [
    object("text", &[text("text"), object("cachePoint", &CACHE_POINT), VARIABLES]),
    object(
        "chat",
        &[
            blocks(
                "messages",
                "message",
                Shape::List(&Shape::Object(&[text("role"), of("content", Shape::List(&CONTENT))])),
            ),
            of("system", Shape::List(&CONTENT)),
            VARIABLES,
            object("toolConfiguration", &TOOLS),
        ],
    ),
];

const VARIABLES: Member =
    blocks("inputVariables", "inputVariable", Shape::List(&Shape::Object(&[text("name")])));

static CONTENT: Shape = Shape::Object(&[text("text"), object("cachePoint", &CACHE_POINT)]);

static CACHE_POINT: [Member; 1] = [text("type")];

static TOOLS: [Member; 2] = [
    blocks("tools", "tool", Shape::List(&TOOL)),
    object("toolChoice", &[object("auto", &[]), object("any", &[]), object("tool", &[text("name")])]),
];

static TOOL: Shape = Shape::Object(&[
    object(
        "toolSpec",
        &[
            text("name"),
            text("description"),
            object("inputSchema", &[of("json", Shape::Free)]),
            of("strict", Shape::Flag),
        ],
    ),
    object("cachePoint", &CACHE_POINT),
]);

static INFERENCE: [Member; 1] = [object(
    "text",
    &[
        of("temperature", Shape::Number),
        of("topP", Shape::Number),
        of("maxTokens", Shape::Number),
        of("stopSequences", Shape::List(&Shape::Text)),
    ],
)];

static KNOWLEDGE_BASE: [Member; 8] = [
    text("knowledgeBaseId"),
    text("modelId"),
    object("guardrailConfiguration", &GUARDRAIL),
    of("numberOfResults", Shape::Number),
    object("promptTemplate", &KNOWLEDGE_PROMPT),
    object("inferenceConfiguration", &INFERENCE),
    object("rerankingConfiguration", &RERANKING),
    object(
        "orchestrationConfiguration",
        &[
            object("promptTemplate", &KNOWLEDGE_PROMPT),
            object("inferenceConfig", &INFERENCE),
            of("additionalModelRequestFields", Shape::Free),
            object("performanceConfig", &[text("latency")]),
        ],
    ),
];

static KNOWLEDGE_PROMPT: [Member; 1] = [text("textPromptTemplate")];

static RERANKING: [Member; 2] = [
    text("type"),
    object(
        "bedrockRerankingConfiguration",
        &[
            object(
                "modelConfiguration",
                &[text("modelArn"), of("additionalModelRequestFields", Shape::Free)],
            ),
            of("numberOfRerankedResults", Shape::Number),
            object(
                "metadataConfiguration",
                &[
                    text("selectionMode"),
                    object(
                        "selectiveModeConfiguration",
                        &[
                            of("fieldsToInclude", Shape::List(&RERANKING_FIELD)),
                            of("fieldsToExclude", Shape::List(&RERANKING_FIELD)),
                        ],
                    ),
                ],
            ),
        ],
    ),
];

static RERANKING_FIELD: Shape = Shape::Object(&[text("fieldName")]);

/// The member that this key names, in whatever spelling. Of two that it may mean, the one that is spelled so wins:
/// `Text` is a text, and `input` in Terraform the block of an input.
pub fn member<'a>(members: &'a [Member], key: &str) -> Option<&'a Member> {
    let plain = plain(key);
    let named = |name: fn(&Member) -> &'static str| members.iter().find(|it| self::plain(name(it)) == plain);
    named(|member| member.name).or_else(|| named(|member| member.block))
}

/// A key without its spelling.
fn plain(key: &str) -> String {
    key.chars().filter(|c| *c != '_').map(|c| c.to_ascii_lowercase()).collect()
}

/// The same document with the members in CloudFormation's spelling.
pub fn in_pascal_case(value: &Value, shape: Shape) -> Value {
    match (shape, value) {
        (Shape::Object(members), Value::Object(object)) => {
            let spelled = |(key, value): (&String, &Value)| {
                let shape = member(members, key).map_or(Shape::Free, |member| member.shape);
                (pascal(key), in_pascal_case(value, shape))
            };
            Value::Object(object.iter().map(spelled).collect::<Map<_, _>>())
        }
        (Shape::List(item), Value::Array(items)) => {
            items.iter().map(|value| in_pascal_case(value, *item)).collect()
        }
        _ => value.clone(),
    }
}

fn pascal(key: &str) -> String {
    let mut characters = key.chars();
    characters
        .next()
        .map_or_else(String::new, |first| first.to_ascii_uppercase().to_string() + characters.as_str())
}
