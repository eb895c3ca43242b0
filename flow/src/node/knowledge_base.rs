//! Knowledge base: finds passages in documents, and where it names a model, answers from them.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Number, Value, json};

use super::{Group, Kind, Port, Ports, prompt, text};
use crate::definition::{Configuration, KnowledgeBaseConfiguration, Node, NodeInput, NodeOutput, NodeType};
use crate::message::{Chat, Message, Role};
use crate::value::Type;

/// The question.
pub const QUERY: &str = "retrievalQuery";
/// The answer, of a node that names a model.
pub const TEXT: &str = "outputText";
/// The passages, of a node that names none.
pub const RESULTS: &str = "retrievalResults";
/// How many passages are found where the node does not say.
pub const USUAL_RESULTS: usize = 5;
/// The most passages, as AWS has it.
pub const MOST_RESULTS: usize = 100;
/// What the passages take the place of in a prompt.
pub const PASSAGES_SIGN: &str = "$search_results$";
/// What the question takes the place of in a prompt.
pub const QUERY_SIGN: &str = "$query$";
/// What the form of citations takes the place of in a prompt; nothing does where none are wanted, as in a node.
const FORMAT_SIGN: &str = "$output_format_instructions$";
/// What a node asks its model where it has no prompt of its own.
pub const USUAL_PROMPT: &str = "Answer the question in one or two sentences, from these passages alone. If they do not \
                                hold the answer, say that the documents do not say.\n\n$search_results$\n\nQuestion: \
                                $query$\nAnswer:";
/// What a model is asked whose answer is to say what it is from.
pub const CITING_PROMPT: &str = "Answer the question in one or two sentences, from these passages alone. If they do \
                                 not hold the answer, say that the documents do not say. \
                                 $output_format_instructions$\n\n$search_results$\n\nQuestion: $query$\nAnswer:";
/// The form of citations.
const FORMAT: &str = "After each statement, put the numbers of the passages that it is from in square brackets, such as [1] \
                      or [1][3].";
/// The answer where nothing was found, as AWS gives it. No model is asked then.
pub const NOTHING_FOUND: &str = "Sorry, I am unable to assist you with this request.";

pub(super) const KIND: Kind = Kind {
    label: "Knowledge base",
    group: Group::Ai,
    about: "Finds passages in documents of yours. With a model it answers from them, without one it gives them as \
            they are.",
    inputs: Ports::Fixed(&[Port::required(QUERY, Some(Type::String))]),
    outputs: Ports::Fixed(&[
        Port::optional(TEXT, Some(Type::String)),
        Port::optional(RESULTS, Some(Type::Array)),
    ]),
};

/// A question to a knowledge base.
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    pub text: String,
    /// Which base, how many passages, and what makes an answer of them.
    pub configuration: KnowledgeBaseConfiguration,
}

/// A passage that was found.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Passage {
    pub text: String,
    /// The document's title and id, and which of its passages this is, from 0.
    pub title: String,
    pub document_id: String,
    pub place: u64,
    /// From 0 to 1, best first; how well it fits among the base's passages.
    pub score: f64,
    /// What each ranker says of it.
    #[serde(default)]
    pub scores: Scores,
    /// What is known of the document: texts, numbers, booleans and lists of texts.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub metadata: Map<String, Value>,
    /// Where the document came from; absent where it was added by hand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
}

/// What the rankers say of a passage; nothing of one that did not find it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Scores {
    /// By its words, from 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lexical: Option<f64>,
    /// By its meaning: the cosine of its vector and the question's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub semantic: Option<f64>,
    /// What a model said that put the passages in order again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rerank: Option<f64>,
}

/// What the names of attributes begin with that AWS sets itself.
pub const OWN_ATTRIBUTES: &str = "x-amz-bedrock-kb-";

/// Where a document came from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Origin {
    /// What AWS calls the kind of place: `S3`, `WEB` or `CUSTOM`.
    #[serde(rename = "type")]
    pub kind: String,
    pub uri: String,
    /// The id of the data source that has it.
    #[serde(default)]
    pub data_source: String,
}

impl Origin {
    /// The attributes that AWS gives every document beside its own.
    pub fn attributes(&self) -> [(String, Value); 2] {
        let attribute = |name: &str, value: &str| (format!("{OWN_ATTRIBUTES}{name}"), json!(value));
        [attribute("source-uri", &self.uri), attribute("data-source-id", &self.data_source)]
    }
}

pub(super) fn fresh(name: &str) -> Node {
    Node {
        name: name.to_owned(),
        kind: NodeType::KnowledgeBase,
        configuration: Some(Configuration::KnowledgeBase(Box::new(configuration("")))),
        inputs: vec![NodeInput::whole(QUERY, Type::String)].into(),
        outputs: vec![NodeOutput { name: RESULTS.to_owned(), kind: Type::Array }].into(),
    }
}

/// What a node says that names a base alone.
pub fn configuration(base: &str) -> KnowledgeBaseConfiguration {
    KnowledgeBaseConfiguration {
        knowledge_base_id: base.to_owned(),
        model_id: None,
        guardrail_configuration: None,
        number_of_results: None,
        prompt_template: None,
        inference_configuration: None,
        reranking_configuration: None,
        orchestration_configuration: None,
    }
}

/// The output of a node with this configuration: the answer, where it names a model, else the passages.
pub fn outputs(configuration: &KnowledgeBaseConfiguration) -> &'static [Port] {
    match configuration.model_id {
        None => const { &[Port::required(RESULTS, Some(Type::Array))] },
        Some(_) => const { &[Port::required(TEXT, Some(Type::String))] },
    }
}

/// What a node asks with these values.
pub(crate) fn query(configuration: &KnowledgeBaseConfiguration, values: Vec<(String, Value)>) -> Query {
    Query { text: text(values, QUERY), configuration: configuration.clone() }
}

/// How many passages a node asks for; none where its number is no count from 1 to 100.
pub fn count(configuration: &KnowledgeBaseConfiguration) -> Option<usize> {
    let asked = match &configuration.number_of_results {
        None => USUAL_RESULTS,
        Some(number) => whole(number).filter(|count| (1..=MOST_RESULTS).contains(count))?,
    };
    Some(asked.min(reranked_count(configuration).unwrap_or(asked)))
}

/// A whole number, also where it is written as `5.0`.
fn whole(number: &Number) -> Option<usize> {
    prompt::tokens(number).and_then(|count| usize::try_from(count).ok())
}

/// The passages as AWS's Retrieve gives them.
pub fn results(passages: &[Passage]) -> Value {
    let result = |passage: &Passage| {
        let mut result = reference(passage);
        result["score"] = json!(passage.score);
        result
    };
    passages.iter().map(result).collect()
}

/// A passage as AWS refers to it.
pub fn reference(passage: &Passage) -> Value {
    let mut metadata = Map::new();
    metadata.insert("title".to_owned(), json!(passage.title));
    metadata.insert("passage".to_owned(), json!(passage.place));
    metadata.extend(passage.metadata.clone());
    metadata.extend(passage.origin.iter().flat_map(Origin::attributes));
    json!({
        "content": {"text": passage.text, "type": "TEXT"},
        "location": location(passage),
        "metadata": metadata,
    })
}

fn location(passage: &Passage) -> Value {
    let by_id = |id: &str| json!({"type": "CUSTOM", "customDocumentLocation": {"id": id}});
    match &passage.origin {
        None => by_id(&passage.document_id),
        Some(Origin { kind, uri, .. }) => match kind.as_str() {
            "S3" => json!({"type": "S3", "s3Location": {"uri": uri}}),
            "WEB" => json!({"type": "WEB", "webLocation": {"url": uri}}),
            _ => by_id(uri),
        },
    }
}

/// What a node's model is asked.
pub fn chat(query: &Query, passages: &[Passage]) -> Chat {
    asked(query, passages, USUAL_PROMPT, "")
}

/// What a model is asked that is to say which passages its answer is from.
pub fn citing_chat(query: &Query, passages: &[Passage]) -> Chat {
    asked(query, passages, CITING_PROMPT, FORMAT)
}

fn asked(query: &Query, passages: &[Passage], usual: &str, format: &str) -> Chat {
    let configuration = &query.configuration;
    let mut chat = Chat { model: configuration.model_id.clone().unwrap_or_default(), ..Chat::default() };
    let written =
        configuration.prompt_template.as_ref().and_then(|prompt| prompt.text_prompt_template.as_deref());
    let template = written.filter(|text| !text.trim().is_empty()).unwrap_or(usual);
    let text = fill(template, &query.text, passages, format);
    let user = |text: String| Message { role: Role::User, text };
    chat.messages = match template.contains(QUERY_SIGN) {
        true => vec![user(text)],
        // AWS gives the model such a prompt as instructions, and the question by itself.
        false => vec![Message { role: Role::System, text }, user(query.text.clone())],
    };
    prompt::sample(&mut chat, configuration.inference_configuration.as_ref());
    chat
}

/// The model that a node has put what it finds in order again.
pub fn rerank_model(configuration: &KnowledgeBaseConfiguration) -> Option<&str> {
    let reranking =
        configuration.reranking_configuration.as_ref()?.bedrock_reranking_configuration.as_ref()?;
    Some(reranking.model_configuration.model_arn.as_str()).filter(|model| !model.is_empty())
}

/// How many passages are left of those that were put in order again, where that is said.
fn reranked_count(configuration: &KnowledgeBaseConfiguration) -> Option<usize> {
    let reranking =
        configuration.reranking_configuration.as_ref()?.bedrock_reranking_configuration.as_ref()?;
    whole(reranking.number_of_reranked_results.as_ref()?).filter(|count| *count > 0)
}

/// Puts values in the place of signs, once: a sign within a passage or the question stays as it is.
fn fill(template: &str, question: &str, passages: &[Passage], format: &str) -> String {
    let mut filled = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(at) = rest.find('$') {
        filled.push_str(&rest[..at]);
        rest = &rest[at..];
        let sign = [PASSAGES_SIGN, QUERY_SIGN, FORMAT_SIGN].into_iter().find(|sign| rest.starts_with(sign));
        match sign {
            Some(PASSAGES_SIGN) => filled.push_str(&listed(passages)),
            Some(QUERY_SIGN) => filled.push_str(question),
            Some(_) => filled.push_str(format),
            None => {}
        }
        let taken = sign.map_or(1, str::len);
        if sign.is_none() {
            filled.push('$');
        }
        rest = &rest[taken..];
    }
    filled + rest
}

/// Passages as a model reads them.
pub fn listed(passages: &[Passage]) -> String {
    let one = |(at, passage): (usize, &Passage)| {
        format!("Passage {} ({}):\n{}", at + 1, passage.title, passage.text)
    };
    passages.iter().enumerate().map(one).collect::<Vec<_>>().join("\n\n")
}

/// The titles of passages, each once, for the trace: `Refunds, Delivery`.
pub fn titles(passages: &[Passage]) -> String {
    let mut titles: Vec<&str> = Vec::new();
    for passage in passages {
        if !titles.contains(&passage.title.as_str()) {
            titles.push(&passage.title);
        }
    }
    titles.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definition::KnowledgeBasePrompt;

    fn passages() -> Vec<Passage> {
        let passage = |title: &str, text: &str, place| Passage {
            text: text.to_owned(),
            title: title.to_owned(),
            document_id: "D".to_owned(),
            place,
            score: 0.5,
            ..Passage::default()
        };
        vec![
            passage("Refunds", "Within $30 or $query$.", 0),
            passage("Post", "Two days.", 0),
            passage("Refunds", "To your card.", 1),
        ]
    }

    fn asked(template: Option<&str>) -> Chat {
        let Some(Configuration::KnowledgeBase(mut configuration)) = fresh("Base").configuration else {
            panic!("a knowledge base")
        };
        configuration.model_id = Some("a/b".to_owned());
        configuration.prompt_template =
            template.map(|text| KnowledgeBasePrompt { text_prompt_template: Some(text.to_owned()) });
        let query = Query { text: "How $search_results$?".to_owned(), configuration: *configuration };
        chat(&query, &passages())
    }

    #[test]
    fn signs_are_filled_once() {
        let chat = asked(Some("$search_results$\n$output_format_instructions$Q: $query$ costs $5"));
        assert_eq!(chat.messages.len(), 1);
        assert_eq!(
            chat.messages[0].text,
            "Passage 1 (Refunds):\nWithin $30 or $query$.\n\nPassage 2 (Post):\nTwo days.\n\nPassage 3 \
             (Refunds):\nTo your card.\nQ: How $search_results$? costs $5"
        );
        assert_eq!(asked(None).messages.len(), 1);
        assert_eq!(asked(Some(" ")), asked(None));
    }

    #[test]
    fn a_prompt_without_the_question_instructs() {
        let chat = asked(Some("Use $search_results$"));
        let roles: Vec<Role> = chat.messages.iter().map(|message| message.role).collect();
        assert_eq!(roles, [Role::System, Role::User]);
        assert_eq!(chat.messages[1].text, "How $search_results$?");
        assert_eq!(titles(&passages()), "Refunds, Post");
    }

    #[test]
    fn what_does_not_fit_is_said() {
        let said = |configuration: Value| {
            let definition = json!({"nodes": [
                {"name": "Start", "type": "Input", "outputs": [{"name": "document", "type": "String"}]},
                {"name": "Ask", "type": "KnowledgeBase", "configuration": {"knowledgeBase": configuration},
                    "inputs": [{"name": "retrievalQuery", "type": "String", "expression": "$.data"}],
                    "outputs": [{"name": "outputText", "type": "String"}]}], "connections": []});
            let definition = serde_json::from_value(definition).unwrap();
            let report = crate::check::check(&definition, &crate::extensions::Extensions::default());
            let of_node = report.problems.into_iter().filter(|problem| {
                problem.node.as_deref() == Some("Ask") && problem.message.contains(['.', '$'])
            });
            of_node.map(|problem| problem.message).collect::<Vec<_>>().join("\n")
        };
        for (member, value, told) in [
            ("numberOfResults", json!(0), "from 1 to 100"),
            ("numberOfResults", json!(101), "from 1 to 100"),
            ("numberOfResults", json!(2.5), "from 1 to 100"),
            ("modelId", json!(""), "Choose a model"),
            ("knowledgeBaseId", json!(""), "Choose a knowledge base"),
            ("promptTemplate", json!({"textPromptTemplate": "Answer $query$"}), "no $search_results$"),
            ("inferenceConfiguration", json!({"text": {"temperature": 9}}), "from 0 to 2"),
            ("guardrailConfiguration", json!({}), "Guardrails are not applied"),
            ("orchestrationConfiguration", json!({}), "orchestration prompt is not applied"),
        ] {
            let mut configuration = json!({"knowledgeBaseId": "A", "modelId": "a/b", "numberOfResults": 100});
            assert!(!said(configuration.clone()).contains(told), "{told}");
            configuration[member] = value;
            assert!(said(configuration.clone()).contains(told), "{told}: {}", said(configuration));
        }
    }

    #[test]
    fn results_are_those_of_aws() {
        assert_eq!(
            results(&passages()[1..2]),
            json!([{"content": {"text": "Two days.", "type": "TEXT"},
                "location": {"type": "CUSTOM", "customDocumentLocation": {"id": "D"}},
                "score": 0.5, "metadata": {"title": "Post", "passage": 0}}])
        );
    }
}
