//! Knowledge bases: documents, questions, and the node that answers from them.

use std::sync::Arc;
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use sqlx::Connection as _;

use crate::harness::{Harness, database, execute};
use crate::upstream::{Script, Upstream, prompt};

const BASES: &str = "/api/knowledge-bases";
const REFUNDS: &str =
    "# Refunds\n\nReturns are taken within 30 days. The money is on your card five days later.";
const DELIVERY: &str = "Parcels take two working days. Delivery is free from 40 euros.";

async fn base(harness: &Harness, name: &str) -> String {
    let made = harness.ok(Method::POST, BASES, json!({"name": name})).await;
    made["id"].as_str().unwrap().to_owned()
}

async fn add(harness: &Harness, base: &str, title: &str, text: &str) -> Value {
    let path = format!("{BASES}/{base}/documents");
    harness.ok(Method::POST, &path, json!({"title": title, "text": text})).await
}

async fn shop(harness: &Harness) -> String {
    let base = base(harness, "Shop").await;
    add(harness, &base, "Refunds", REFUNDS).await;
    add(harness, &base, "Delivery", DELIVERY).await;
    base
}

async fn ask(harness: &Harness, base: &str, text: &str) -> Vec<Value> {
    let answer = harness.ok(Method::POST, &format!("{BASES}/{base}/query"), json!({"text": text})).await;
    answer["passages"].as_array().unwrap().clone()
}

fn titles(passages: &[Value]) -> Vec<&str> {
    passages.iter().map(|passage| passage["title"].as_str().unwrap()).collect()
}

/// Input, KnowledgeBase with this configuration, Output.
pub fn definition(configuration: Value) -> Value {
    let (output, kind) = match configuration["modelId"].is_string() {
        true => ("outputText", "String"),
        false => ("retrievalResults", "Array"),
    };
    json!({"nodes": [
        {"name": "Start", "type": "Input", "outputs": [{"name": "document", "type": "String"}]},
        {"name": "Ask", "type": "KnowledgeBase", "configuration": {"knowledgeBase": configuration},
            "inputs": [{"name": "retrievalQuery", "type": "String", "expression": "$.data"}],
            "outputs": [{"name": output, "type": kind}]},
        {"name": "Out", "type": "Output", "inputs": [{"name": "document", "type": kind, "expression": "$.data"}]}],
      "connections": [
        {"name": "c1", "type": "Data", "source": "Start", "target": "Ask",
            "configuration": {"data": {"sourceOutput": "document", "targetInput": "retrievalQuery"}}},
        {"name": "c2", "type": "Data", "source": "Ask", "target": "Out",
            "configuration": {"data": {"sourceOutput": output, "targetInput": "document"}}}]})
}

async fn run(harness: &Harness, configuration: Value, question: &str) -> (u16, Value) {
    let body = json!({"title": "F", "definition": definition(configuration)});
    let flow = harness.ok(Method::POST, "/api/flows", body).await;
    let path = format!("/api/flows/{}/draft/invoke", flow["id"].as_str().unwrap());
    let (status, answer) = harness.send(Method::POST, &path, json!({"input": question})).await;
    (status.as_u16(), answer)
}

#[tokio::test]
async fn a_question_finds_the_passages_that_have_its_words() {
    let harness = Harness::start().await;
    let shop = shop(&harness).await;
    let found = ask(&harness, &shop, "How do I get my money back?").await;
    assert_eq!(titles(&found), ["Refunds"]);
    assert!(found[0]["score"].as_f64().unwrap() > 0.05, "{found:?}");
    assert!(found[0]["text"].as_str().unwrap().contains("five days later"));
    // Words are found by their stems, and by titles.
    assert_eq!(titles(&ask(&harness, &shop, "return").await), ["Refunds"]);
    assert_eq!(titles(&ask(&harness, &shop, "DELIVERIES?").await), ["Delivery"]);
    // A word that is everywhere still finds, and the rarer one decides.
    assert_eq!(titles(&ask(&harness, &shop, "working days").await), ["Delivery", "Refunds"]);
    assert!(ask(&harness, &shop, "zebra").await.is_empty());

    let other = base(&harness, "Other").await;
    add(&harness, &other, "Money", "Money money money.").await;
    assert_eq!(titles(&ask(&harness, &shop, "money").await), ["Refunds"], "another base is not looked into");
    let again = Harness::on(harness.stop().await).await;
    assert_eq!(titles(&ask(&again, &shop, "money").await), ["Refunds"]);
}

#[tokio::test]
async fn any_text_is_a_question() {
    let harness = Harness::start().await;
    let shop = shop(&harness).await;
    for text in [
        "",
        "?",
        "\"",
        "\"\"\"",
        "money\" OR \"",
        "money AND",
        "NOT money",
        "money*",
        "^money",
        "text:money",
        "NEAR(money card, 2)",
        "base : \"X\" money",
        "{title} : money",
        "(((",
        "money\0card",
        "-- ; DROP TABLE passages",
        "' OR 1=1 --",
        "漢字 😀 ü",
        "+money -card",
    ] {
        let found = ask(&harness, &shop, text).await;
        let expected = usize::from(text.to_lowercase().contains("money"));
        assert_eq!(found.len(), expected, "{text:?}: {found:?}");
    }
    let long = "money ".repeat(50_000);
    assert_eq!(ask(&harness, &shop, &long).await.len(), 1);
    for (count, status) in [(0, 400), (1, 200), (100, 200), (101, 400)] {
        let body = json!({"text": "days", "numberOfResults": count});
        let (found, _) = harness.send(Method::POST, &format!("{BASES}/{shop}/query"), body).await;
        assert_eq!(found.as_u16(), status, "{count}");
    }
}

#[tokio::test]
async fn documents_come_and_go_with_their_passages() {
    let harness = Harness::start().await;
    let shop = shop(&harness).await;
    let long: String = (0..80).map(|n| format!("Rule number {n} is about the colour c{n}. ")).collect();
    let rules = add(&harness, &shop, "Rules", &long).await;
    assert!(rules["passages"].as_u64().unwrap() > 2, "{rules}");
    let path = format!("{BASES}/{shop}/documents");
    let document = format!("{path}/{}", rules["id"].as_str().unwrap());
    let text = harness.get(&document).await;
    assert_eq!(text["text"], long);
    assert_eq!(text["passages"].as_array().unwrap().len() as u64, rules["passages"].as_u64().unwrap());
    let found = ask(&harness, &shop, "What about c77?").await;
    assert!(found[0]["text"].as_str().unwrap().contains("c77.") && found[0]["place"].as_u64() > Some(0));

    for (body, status, code) in [
        (json!({"title": "Refunds", "text": "New."}), 409, "title_taken"),
        (json!({"title": "Again", "text": REFUNDS}), 409, "text_known"),
        (json!({"title": "", "text": "x"}), 400, "invalid"),
        (json!({"title": "a\nb", "text": "x"}), 400, "invalid"),
        (json!({"title": "x".repeat(201), "text": "x"}), 400, "invalid"),
        (json!({"title": "Empty", "text": " \n\n "}), 400, "invalid"),
        (json!({"title": "Large", "text": "x".repeat(4 * 1024 * 1024 + 1)}), 400, "invalid"),
    ] {
        let (found, answer) = harness.send(Method::POST, &path, body).await;
        assert_eq!((found.as_u16(), answer["code"].as_str()), (status, Some(code)), "{answer}");
    }
    harness.ok(Method::DELETE, &document, Value::Null).await;
    assert!(ask(&harness, &shop, "c77 colour").await.is_empty());
    assert_eq!(harness.send(Method::DELETE, &document, Value::Null).await.0, 404);
    let listed = harness.get(BASES).await["knowledgeBases"][0].clone();
    assert_eq!((&listed["documents"], &listed["passages"]), (&json!(2), &json!(2)));

    harness.ok(Method::DELETE, &format!("{BASES}/{shop}"), Value::Null).await;
    assert_eq!(harness.send(Method::GET, &path, Value::Null).await.0, 404);
    // Nothing of it is left that a new base of that id would find.
    harness.ok(Method::POST, BASES, json!({"name": "Shop", "id": shop})).await;
    assert!(ask(&harness, &shop, "money").await.is_empty());
}

#[tokio::test]
async fn the_node_gives_the_results_of_aws() {
    let harness = Harness::start().await;
    let shop = shop(&harness).await;
    let (status, answer) = run(&harness, json!({"knowledgeBaseId": shop}), "money").await;
    assert_eq!(status, 200, "{answer}");
    let result = &answer["outputs"][0]["value"][0];
    assert_eq!(result["content"], json!({"text": REFUNDS.replace("\n\n", "\n"), "type": "TEXT"}));
    let id = &result["location"]["customDocumentLocation"]["id"];
    assert!(id.is_string() && result["score"].is_f64(), "{result}");
    assert_eq!(result["location"]["type"], "CUSTOM");
    let told = |name: &str| result["metadata"][name].clone();
    assert_eq!((told("title"), told("passage")), (json!("Refunds"), json!(0)));
    assert_eq!(told("x-amz-bedrock-kb-source-uri"), *id);
    let one = json!({"knowledgeBaseId": shop, "numberOfResults": 1});
    let (_, answer) = run(&harness, one, "days").await;
    assert_eq!(answer["outputs"][0]["value"].as_array().unwrap().len(), 1);
    let (_, answer) = run(&harness, json!({"knowledgeBaseId": shop}), "zebra").await;
    assert_eq!(answer["outputs"][0]["value"], json!([]));
}

#[tokio::test]
async fn a_model_answers_from_the_passages() {
    let upstream =
        Upstream::start(Script::Pieces(Arc::new(|_| vec!["Within ".into(), "30 days.".into()]))).await;
    let harness = Harness::with(&upstream).await;
    let shop = shop(&harness).await;
    let configuration = json!({"knowledgeBaseId": shop, "modelId": "test/model", "numberOfResults": 1,
        "promptTemplate": {"textPromptTemplate": "From $search_results$ answer $query$"},
        "inferenceConfiguration": {"text": {"temperature": 0.25, "maxTokens": 40}}});
    let (status, answer) = run(&harness, configuration.clone(), "Refunds when?").await;
    assert_eq!((status, &answer["outputs"][0]["value"]), (200, &json!("Within 30 days.")), "{answer}");
    let asked = upstream.requests().await.pop().unwrap();
    let text = REFUNDS.replace("\n\n", "\n");
    assert_eq!(prompt(&asked), format!("From Passage 1 (Refunds):\n{text} answer Refunds when?"));
    assert_eq!((&asked["temperature"], &asked["max_tokens"]), (&json!(0.25), &json!(40)));
    let events = harness.get(&format!("/api/executions/{}", answer["executionId"].as_str().unwrap())).await;
    let events = events.to_string();
    assert!(events.contains("from Refunds"), "the trace names the documents: {events}");
    assert!(events.contains("\"Within \""), "pieces are streamed: {events}");

    let (_, answer) = run(&harness, configuration, "zebra").await;
    assert_eq!(answer["outputs"][0]["value"], "Sorry, I am unable to assist you with this request.");
    assert_eq!(upstream.requests().await.len(), 1, "nothing was found, so no model is asked");
}

#[tokio::test]
async fn an_imported_id_is_answered_by_a_base_of_ours() {
    let harness = Harness::start().await;
    let shop = shop(&harness).await;
    for id in ["ABCD123456", "${genai_kb_id}", "$$KNOWLEDGEBASE_ID"] {
        let (status, answer) = run(&harness, json!({"knowledgeBaseId": id}), "money").await;
        assert_eq!((status, answer["code"].as_str()), (400, Some("validation")), "{answer}");
        let told = format!("There is no knowledge base {id}.");
        assert!(answer["detail"].as_str().unwrap().contains(&told), "{answer}");
    }
    let ids = json!({"answersTo": ["${genai_kb_id}", "$$KNOWLEDGEBASE_ID"]});
    let base = harness.ok(Method::PUT, &format!("{BASES}/{shop}"), ids).await;
    assert_eq!(base["name"], "Shop", "what is absent stays");
    for id in ["${genai_kb_id}", "$$KNOWLEDGEBASE_ID"] {
        let (status, answer) = run(&harness, json!({"knowledgeBaseId": id}), "money").await;
        assert_eq!((status, answer["outputs"][0]["value"].as_array().unwrap().len()), (200, 1), "{answer}");
    }
    let made = harness.ok(Method::POST, BASES, json!({"name": "Imported", "id": "ABCD123456"})).await;
    assert_eq!(made["id"], "ABCD123456");
    for (body, status) in [
        (json!({"name": "Shop"}), 409),
        (json!({"name": "X", "id": "ABCD123456"}), 409),
        (json!({"name": "X", "id": "short"}), 400),
        (json!({"name": "X", "id": "abcd123456"}), 400),
        (json!({"name": ""}), 400),
    ] {
        assert_eq!(harness.send(Method::POST, BASES, body.clone()).await.0.as_u16(), status, "{body}");
    }
    for ids in [json!(["$$KNOWLEDGEBASE_ID"]), json!([shop]), json!(["a b"]), json!([""])] {
        let (status, answer) =
            harness.send(Method::PUT, &format!("{BASES}/ABCD123456"), json!({"answersTo": ids})).await;
        assert!(status == 409 || status == 400, "{status} {answer}");
    }
    assert_eq!(
        harness.get(&format!("{BASES}/ABCD123456")).await["answersTo"],
        json!([]),
        "nothing was half done"
    );
}

#[tokio::test]
async fn the_template_brings_its_documents() {
    let harness = Harness::start().await;
    for _ in 0..2 {
        harness.ok(Method::POST, "/api/flows", json!({"template": "answer-from-documents"})).await;
    }
    let listed = harness.get(BASES).await;
    assert_eq!(listed["knowledgeBases"].as_array().unwrap().len(), 1, "{listed}");
    assert_eq!(listed["knowledgeBases"][0]["documents"], 4);
    for (question, title) in [
        ("How long does a refund take?", "Refunds"),
        ("What does delivery cost?", "Delivery"),
        ("Is my kettle still under warranty?", "Warranty and repairs"),
        ("When is the shop open on Saturday?", "Shop and opening hours"),
        ("Can I collect an order?", "Shop and opening hours"),
        ("My parcel does not move", "Delivery"),
    ] {
        assert_eq!(titles(&ask(&harness, "SAMPLEDOCS", question).await)[0], title, "{question}");
    }
}

#[tokio::test]
async fn a_template_on_a_broken_store_is_refused_and_comes_when_it_is_whole() {
    let harness = Harness::start().await;
    let mut beside = database(harness.data.path()).await;
    // Of the first, an id cannot be read and is taken all the same.
    for (template, away, back) in [
        (
            "answer-from-documents",
            "ALTER TABLE knowledge_ids RENAME TO away;
             CREATE VIEW knowledge_ids AS SELECT 'SAMPLEDOCS' AS id, x'ff' AS base_id",
            "DROP VIEW knowledge_ids; ALTER TABLE away RENAME TO knowledge_ids",
        ),
        (
            "answer-from-documents",
            "ALTER TABLE passages RENAME TO away",
            "ALTER TABLE away RENAME TO passages",
        ),
        (
            "front-desk",
            "ALTER TABLE agent_bindings RENAME TO away",
            "ALTER TABLE away RENAME TO agent_bindings",
        ),
        ("route-by-intent", "ALTER TABLE bots RENAME TO away", "ALTER TABLE away RENAME TO bots"),
    ] {
        let make = || harness.send(Method::POST, "/api/flows", json!({"template": template}));
        execute(&mut beside, away).await;
        let answered = tokio::time::timeout(Duration::from_secs(10), make()).await;
        let (status, answer) = answered.unwrap_or_else(|_| panic!("{away}: it is tried for ever"));
        assert_eq!((status.as_u16(), &answer["code"]), (500, &json!("internal")), "{away}: {answer}");
        execute(&mut beside, back).await;
        let (status, answer) = make().await;
        assert_eq!(status.as_u16(), 201, "{back}: {answer}");
    }
    let bases = harness.get(BASES).await;
    assert_eq!(bases["knowledgeBases"].as_array().unwrap().len(), 1);
    assert_eq!(bases["knowledgeBases"][0]["documents"], 4);
}

#[tokio::test]
async fn what_a_stop_left_of_a_deleted_base_goes_at_the_next_start() {
    let harness = Harness::start().await;
    let shop = shop(&harness).await;
    let other = base(&harness, "Other").await;
    add(&harness, &other, "Refunds", REFUNDS).await;
    let data = harness.stop().await;
    let mut beside = database(data.path()).await;
    let deleted = "UPDATE knowledge_bases SET deleted_at = 1, name = char(10) || id WHERE name = 'Shop'";
    assert_eq!(execute(&mut beside, deleted).await, 1);
    beside.close().await.unwrap();

    let harness = Harness::on(data).await;
    let listed = harness.get(BASES).await;
    assert_eq!(
        (&listed["knowledgeBases"][0]["name"], &listed["knowledgeBases"][1]),
        (&json!("Other"), &Value::Null)
    );
    let (status, _) = harness.send(Method::GET, &format!("{BASES}/{shop}"), Value::Null).await;
    assert_eq!(status.as_u16(), 404);
    let mut beside = database(harness.data.path()).await;
    let mut left = Vec::new();
    for _ in 0..400 {
        left = sqlx::query_scalar::<_, String>(
            "SELECT DISTINCT base_id FROM passages UNION SELECT id FROM knowledge_bases",
        )
        .fetch_all(&mut beside)
        .await
        .unwrap();
        if left == [other.as_str()] {
            break;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    assert_eq!(left, [other]);
}
