//! Bots: what a Lex node asks the model of its binding, and what comes of everything else.

use std::sync::Arc;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::harness::Harness;
use crate::upstream::{Script, Upstream, prompt};

const ARN: &str = "arn:aws:lex:us-east-1:123456789012:bot-alias/ABCDEFGHIJ/TSTALIASID";

/// Input, Lex, Output.
fn definition(locale: &str) -> Value {
    let data = |name: &str, source: &str, from: &str, target: &str, to: &str| {
        json!({"name": name, "type": "Data", "source": source, "target": target,
            "configuration": {"data": {"sourceOutput": from, "targetInput": to}}})
    };
    json!({"nodes": [
        {"name": "Start", "type": "Input", "outputs": [{"name": "document", "type": "String"}]},
        {"name": "Intent", "type": "Lex", "configuration": {"lex": {"botAliasArn": ARN, "localeId": locale}},
            "inputs": [{"name": "inputText", "type": "String", "expression": "$.data"}],
            "outputs": [{"name": "predictedIntent", "type": "String"}]},
        {"name": "Out", "type": "Output", "inputs": [{"name": "document", "type": "String", "expression": "$.data"}]}],
      "connections": [
        data("c1", "Start", "document", "Intent", "inputText"),
        data("c2", "Intent", "predictedIntent", "Out", "document")]})
}

async fn flow(harness: &Harness, locale: &str) -> String {
    let body = json!({"title": "Bot", "definition": definition(locale)});
    let flow = harness.ok(Method::POST, "/api/flows", body).await;
    flow["id"].as_str().unwrap().to_owned()
}

async fn invoke(harness: &Harness, flow: &str, input: &str) -> (StatusCode, Value) {
    let path = format!("/api/flows/{flow}/draft/invoke");
    harness.send(Method::POST, &path, json!({"input": input})).await
}

fn at(more: &str) -> String {
    format!("/api/bots/{}{more}", ARN.replace(':', "%3A").replace('/', "%2F"))
}

fn intents() -> Value {
    json!([
        {"name": "Order", "utterances": ["Where is my parcel?", " Where is my parcel? ", ""]},
        {"name": "Refund", "utterances": ["I want my money back"]},
    ])
}

/// A model that answers the second of the names that it may answer, or the last for a message that says nothing; and
/// any other prompt with a sentence.
async fn upstream() -> Upstream {
    Upstream::start(Script::Pieces(Arc::new(|request| {
        let names = &request["response_format"]["json_schema"]["schema"]["properties"]["answer"]["enum"];
        let Some(names) = names.as_array() else { return vec!["Send it back.".to_owned()] };
        let name = if prompt(request) == "hm" { names.last() } else { names.get(1) };
        vec![json!({"answer": name}).to_string()]
    })))
    .await
}

#[tokio::test]
async fn a_bound_bot_names_an_intent_by_a_model_that_can_say_nothing_else() {
    let upstream = upstream().await;
    let harness = Harness::with(&upstream).await;
    let flow = flow(&harness, "en_US").await;
    let (status, answer) = invoke(&harness, &flow, "give it back").await;
    assert_eq!((status.as_u16(), answer["node"].as_str()), (400, Some("Intent")), "{answer}");
    let told = format!("There are no intents for {ARN} in en_US. Bind them on the Connections page.");
    assert!(answer["detail"].as_str().unwrap().ends_with(&told), "{answer}");

    let put = json!({"model": "test/model", "intents": intents(), "fallback": "FallbackIntent"});
    let bot = harness.ok(Method::PUT, &at(""), put).await;
    assert_eq!(bot["intents"][0]["utterances"], json!(["Where is my parcel?"]), "tidied");
    assert_eq!((&bot["arn"], &bot["locale"]), (&json!(ARN), &json!("")));
    for (input, intent) in [("give it back", "Refund"), ("hm", "FallbackIntent")] {
        let (status, answer) = invoke(&harness, &flow, input).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        assert_eq!(answer["outputs"], json!([{"node": "Out", "value": intent}]));
        let asked = upstream.requests().await.pop().unwrap();
        assert_eq!((&asked["model"], &asked["temperature"]), (&json!("model"), &json!(0.0)));
        assert_eq!(prompt(&asked), input);
        let system = asked["messages"][0]["content"].as_str().unwrap();
        assert!(system.contains("Refund:\n- I want my money back"), "{system}");
    }
    let execution = invoke(&harness, &flow, "give it back").await.1["executionId"].clone();
    let found = harness.get(&format!("/api/executions/{}", execution.as_str().unwrap())).await;
    let model = found["events"].as_array().unwrap().iter().find_map(|event| event["model"].as_object());
    assert_eq!(model.unwrap()["model"], "test/model", "the trace says who named it");
}

#[tokio::test]
async fn a_locale_has_a_binding_of_its_own_or_that_of_all() {
    let upstream = upstream().await;
    let harness = Harness::with(&upstream).await;
    let german = json!({"intents": [{"name": "Bestellung", "utterances": ["Wo ist mein Paket?"]},
        {"name": "Geld", "utterances": ["Geld zurück"]}]});
    harness.ok(Method::PUT, &at(""), json!({"intents": intents()})).await;
    harness.ok(Method::PUT, &at("?locale=de_DE"), german).await;
    let list = harness.get("/api/bots").await;
    let locales: Vec<&str> =
        list["bots"].as_array().unwrap().iter().map(|bot| bot["locale"].as_str().unwrap()).collect();
    assert_eq!(locales, ["", "de_DE"]);
    for (locale, intent) in [("de_DE", "Geld"), ("en_US", "Refund")] {
        let flow = flow(&harness, locale).await;
        assert_eq!(invoke(&harness, &flow, "x").await.1["outputs"][0]["value"], intent);
        let path = at(&format!("/test?locale={locale}"));
        let test = harness.ok(Method::POST, &path, json!({"text": "x"})).await;
        assert_eq!((&test["ok"], &test["intent"]), (&json!(true), &json!(intent)), "{test}");
        assert_eq!(
            test["message"],
            format!("{intent} (test/model)"),
            "an empty model is that of new prompts"
        );
    }
    harness.ok(Method::DELETE, &at("?locale=de_DE"), Value::Null).await;
    let gone = harness.send(Method::DELETE, &at("?locale=de_DE"), Value::Null).await;
    assert_eq!(gone.0, StatusCode::NOT_FOUND);
    let flow = flow(&harness, "de_DE").await;
    assert_eq!(invoke(&harness, &flow, "x").await.1["outputs"][0]["value"], "Refund");
}

#[tokio::test]
async fn what_cannot_be_a_binding_is_refused_and_says_why() {
    let upstream = upstream().await;
    let harness = Harness::with(&upstream).await;
    let one = |name: &str, utterances: Value| json!([{"name": name, "utterances": utterances}]);
    let long: Vec<String> = (0..700).map(|at| format!("{at} {}", "x".repeat(100))).collect();
    for (put, field, words) in [
        (json!({"intents": one("A", json!(["a"]))}), "intents", "one and a fallback"),
        (
            json!({"intents": one("A", json!([" "])), "fallback": "F"}),
            "intents",
            "Give A at least one message",
        ),
        (json!({"intents": one("no name", json!(["a"])), "fallback": "F"}), "intents", "letters, digits"),
        (json!({"intents": one("F", json!(["a"])), "fallback": "F"}), "intents", "F is there twice"),
        (json!({"intents": one("A", json!(["a"])), "fallback": "?"}), "fallback", "letters, digits"),
        (json!({"intents": one("A", json!(long)), "fallback": "F"}), "intents", "64 KiB"),
        (json!({"intents": intents(), "model": "gone/model"}), "model", "There is no connection gone"),
        (
            json!({"intents": [{"name": "A", "utterances": ["Same"]}, {"name": "B", "utterances": ["same"]}]}),
            "intents",
            "cannot mean both A and B",
        ),
    ] {
        let (status, answer) = harness.send(Method::PUT, &at(""), put).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{answer}");
        assert_eq!(answer["field"], field, "{answer}");
        assert!(answer["detail"].as_str().unwrap().contains(words), "{answer}");
    }
    let (status, answer) = harness.send(Method::PUT, "/api/bots/a%20b", json!({"intents": intents()})).await;
    assert_eq!((status, &answer["field"]), (StatusCode::BAD_REQUEST, &json!("arn")));
    let missing = harness.send(Method::POST, &at("/test"), json!({"text": "x"})).await;
    assert_eq!(missing.0, StatusCode::NOT_FOUND);
    assert_eq!(harness.get("/api/bots").await["bots"], json!([]));
}

#[tokio::test]
async fn a_template_brings_its_binding_and_leaves_one_that_is_there() {
    let upstream = upstream().await;
    let harness = Harness::with(&upstream).await;
    let create = json!({"template": "route-by-intent"});
    let flow = harness.ok(Method::POST, "/api/flows", create.clone()).await;
    let brought = harness.get("/api/bots").await["bots"][0].clone();
    let arn = brought["arn"].as_str().unwrap();
    let (status, answer) = invoke(&harness, flow["id"].as_str().unwrap(), "I want it refunded").await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    assert_eq!(answer["outputs"], json!([{"node": "FlowOutputNode_1", "value": "Send it back."}]));
    let mine = json!({"intents": intents(), "fallback": "FallbackIntent"});
    let path = format!("/api/bots/{}", arn.replace(':', "%3A").replace('/', "%2F"));
    harness.ok(Method::PUT, &path, mine).await;
    harness.ok(Method::POST, "/api/flows", create).await;
    let bots = harness.get("/api/bots").await;
    assert_eq!(bots["bots"].as_array().unwrap().len(), 1);
    assert_eq!(bots["bots"][0]["intents"][0]["name"], "Order");
}

#[tokio::test]
async fn bindings_are_there_again_after_a_restart() {
    let upstream = upstream().await;
    let harness = Harness::with(&upstream).await;
    harness.ok(Method::PUT, &at(""), json!({"model": "test/model", "intents": intents()})).await;
    let flow = flow(&harness, "en_US").await;
    let harness = Harness::on(harness.stop().await).await;
    let (status, answer) = invoke(&harness, &flow, "give it back").await;
    assert_eq!((status, &answer["outputs"][0]["value"]), (StatusCode::OK, &json!("Refund")), "{answer}");
}
