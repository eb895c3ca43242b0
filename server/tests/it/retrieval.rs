//! Retrieval: by words, by meaning and by both; filters, parents, another order; and what happens while a model reads.

use std::sync::Arc;
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use sqlx::Connection as _;

use crate::harness::{Harness, database, execute};
use crate::knowledge::definition;
use crate::upstream::{Embeds, Said, Script, Upstream};

pub const BASES: &str = "/api/knowledge-bases";

pub async fn add(harness: &Harness, base: &str, title: &str, text: &str) -> String {
    let path = format!("{BASES}/{base}/documents");
    let added = harness.ok(Method::POST, &path, json!({"title": title, "text": text})).await;
    added["id"].as_str().unwrap().to_owned()
}

/// A base whose passages are read by this model.
pub async fn base(harness: &Harness, model: &str) -> String {
    let made = harness.ok(Method::POST, BASES, json!({"name": format!("Base of {model}")})).await;
    let base = made["id"].as_str().unwrap().to_owned();
    choose(harness, &base, model).await;
    base
}

pub async fn choose(harness: &Harness, base: &str, model: &str) -> Value {
    harness.ok(Method::PUT, &format!("{BASES}/{base}"), json!({"embeddingModel": model})).await
}

pub async fn embedding(harness: &Harness, base: &str) -> Value {
    harness.get(&format!("{BASES}/{base}")).await["embedding"].clone()
}

/// Waits until the vectors of a base are as this says.
pub async fn until(harness: &Harness, base: &str, holds: impl Fn(&Value) -> bool) -> Value {
    for _ in 0..600 {
        let found = embedding(harness, base).await;
        if holds(&found) {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("not seen: {}", embedding(harness, base).await);
}

pub async fn until_ready(harness: &Harness, base: &str, passages: u64) -> Value {
    until(harness, base, |found| found["state"] == "ready" && found["done"] == passages).await
}

pub async fn ask(harness: &Harness, base: &str, ask: Value) -> Value {
    harness.ok(Method::POST, &format!("{BASES}/{base}/query"), ask).await
}

/// What a stream tells.
async fn events(harness: &Harness, path: &str, body: Value) -> Vec<Value> {
    let request = harness.request(Method::POST, path).header("accept", "text/event-stream");
    let text = request.json(&body).send().await.unwrap().text().await.unwrap();
    text.lines()
        .filter_map(|line| line.strip_prefix("data: "))
        .map(|data| serde_json::from_str(data).unwrap())
        .collect()
}

pub fn titles(found: &Value) -> Vec<&str> {
    found["passages"].as_array().unwrap().iter().map(|passage| passage["title"].as_str().unwrap()).collect()
}

pub async fn pets(harness: &Harness) -> String {
    let base = base(harness, "test/model").await;
    add(harness, &base, "Pets", "A kitten sleeps all day.").await;
    add(harness, &base, "Shipping", "The courier comes at noon.").await;
    add(harness, &base, "Songs", "The melody of a cat.").await;
    base
}

#[tokio::test]
async fn words_and_meaning_are_one_order() {
    let harness = Harness::with(&Upstream::echo().await).await;
    let base = pets(&harness).await;
    until_ready(&harness, &base, 3).await;

    // No word of the question is in the document that means it.
    let found = ask(&harness, &base, json!({"text": "parcel"})).await;
    assert_eq!((titles(&found)[0], &found["ranking"]), ("Shipping", &json!("hybrid")), "{found}");
    let first = &found["passages"][0];
    assert!(
        first["scores"]["semantic"].as_f64().unwrap() > 0.9 && first["scores"]["lexical"].is_null(),
        "{first}"
    );
    assert_eq!(found["note"], Value::Null);

    let found = ask(&harness, &base, json!({"text": "cat"})).await;
    let first = &found["passages"][0];
    assert_eq!(titles(&found)[0], "Songs", "words and meaning find it: {found}");
    assert!(first["scores"]["lexical"].is_f64() && first["scores"]["semantic"].is_f64(), "{first}");
    assert!(first["score"].as_f64() > found["passages"][1]["score"].as_f64(), "{found}");

    let found = ask(&harness, &base, json!({"text": "cat", "ranking": "lexical"})).await;
    assert_eq!((titles(&found), &found["ranking"]), (vec!["Songs"], &json!("lexical")));
    let found =
        ask(&harness, &base, json!({"text": "cat", "ranking": "semantic", "numberOfResults": 1})).await;
    assert_eq!((titles(&found), &found["ranking"]), (vec!["Pets"], &json!("semantic")), "{found}");
    let found = ask(&harness, &base, json!({"text": "parcel", "minimumScore": 0.5})).await;
    assert_eq!(titles(&found), ["Shipping"], "{found}");
    for (body, field) in [
        (json!({"text": "x", "minimumScore": 1.5}), "minimumScore"),
        (json!({"text": "x", "filter": {"like": {"key": "a", "value": 1}}}), "filter"),
    ] {
        let (status, answer) = harness.send(Method::POST, &format!("{BASES}/{base}/query"), body).await;
        assert_eq!(
            (status.as_u16(), answer["fields"].get(field).is_some() || answer.to_string().contains(field)),
            (400, true)
        );
    }

    // What is deleted is not found by its meaning either, and what is added is.
    let documents = harness.get(&format!("{BASES}/{base}/documents")).await;
    let shipping = documents["documents"].as_array().unwrap().iter().find(|one| one["title"] == "Shipping");
    let path = format!("{BASES}/{base}/documents/{}", shipping.unwrap()["id"].as_str().unwrap());
    harness.ok(Method::DELETE, &path, Value::Null).await;
    let found =
        ask(&harness, &base, json!({"text": "parcel", "ranking": "semantic", "minimumScore": 0.5})).await;
    assert!(titles(&found).is_empty(), "{found}");
    add(&harness, &base, "Post", "A shipment of paint.").await;
    until_ready(&harness, &base, 3).await;
    let found =
        ask(&harness, &base, json!({"text": "parcel", "ranking": "semantic", "minimumScore": 0.5})).await;
    assert_eq!(titles(&found), ["Post"], "{found}");
}

#[tokio::test]
async fn words_answer_until_every_passage_was_read() {
    let upstream = Upstream::echo().await;
    let harness = Harness::with(&upstream).await;
    upstream.set_embeds(Embeds::Hold(0)).await;
    let base = pets(&harness).await;
    until(&harness, &base, |found| found["state"] == "working" && found["total"] == 3).await;
    let found = ask(&harness, &base, json!({"text": "cat", "ranking": "semantic"})).await;
    assert_eq!((titles(&found), &found["ranking"]), (vec!["Songs"], &json!("lexical")), "{found}");
    assert!(found["note"].as_str().unwrap().contains("still reading"), "{found}");
    upstream.set_embeds(Embeds::Answer).await;
    until_ready(&harness, &base, 3).await;

    // A question that is not read in time is answered by words, and so is one that is refused.
    for (embeds, told) in [(Embeds::Hold(0), "in time"), (Embeds::Refuse, "no memory left")] {
        upstream.set_embeds(embeds).await;
        let found = ask(&harness, &base, json!({"text": "cat"})).await;
        assert_eq!((titles(&found), &found["ranking"]), (vec!["Songs"], &json!("lexical")), "{found}");
        assert!(found["note"].as_str().unwrap().contains(told), "{found}");
    }
    // A model that refuses is told of, and asked again when the base is changed.
    choose(&harness, &base, "test/other").await;
    let found = until(&harness, &base, |found| found["state"] == "waiting").await;
    assert!(found["message"].as_str().unwrap().contains("no memory left"), "{found}");
    assert_eq!(found["untilThen"], json!("test/model"), "{found}");
    upstream.set_embeds(Embeds::Answer).await;
    choose(&harness, &base, "test/other").await;
    until_ready(&harness, &base, 3).await;
    choose(&harness, &base, "").await;
    let found = ask(&harness, &base, json!({"text": "cat"})).await;
    assert_eq!(
        (titles(&found), &found["ranking"], &found["note"]),
        (vec!["Songs"], &json!("lexical"), &Value::Null)
    );
    let path = format!("{BASES}/{base}");
    let before = harness.get(&path).await["name"].clone();
    let change = json!({"name": "Another", "embeddingModel": "nowhere/x"});
    let (status, _) = harness.send(Method::PUT, &path, change).await;
    assert_eq!(status, 400);
    assert_eq!(harness.get(&path).await["name"], before, "what is refused changes nothing");
}

#[tokio::test]
async fn bedrocks_own_models_read_passages_and_questions_each_in_its_own_way() {
    let upstream = Upstream::echo().await;
    let harness = Harness::with(&upstream).await;
    let connection = json!({"baseUrl": upstream.bedrock_url(), "key": "aws-key"});
    harness.ok(Method::PUT, "/api/connections/aws", connection).await;
    for (model, request) in [
        ("amazon.titan-embed-text-v2:0", json!({"inputText": "parcel"})),
        (
            "cohere.embed-multilingual-v3",
            json!({"texts": ["parcel"], "input_type": "search_query", "truncate": "END"}),
        ),
    ] {
        let base = base(&harness, &format!("aws/{model}")).await;
        for (title, text) in [("Shipping", "The courier comes at noon."), ("Songs", "The cat sings.")] {
            add(&harness, &base, title, text).await;
        }
        until_ready(&harness, &base, 2).await;
        let read = upstream.requests().await;
        let passages = read.iter().filter(|request| request["input_type"] == "search_document");
        let cohere = usize::from(model.starts_with("cohere"));
        assert!(passages.count() >= cohere, "{read:?}");
        let found = ask(&harness, &base, json!({"text": "parcel", "ranking": "semantic"})).await;
        assert_eq!((titles(&found)[0], &found["ranking"]), ("Shipping", &json!("semantic")), "{found}");
        assert_eq!(upstream.requests().await.last(), Some(&request));
    }
    // Whose key is wrong is told so.
    let wrong = json!({"baseUrl": upstream.bedrock_url(), "key": "other"});
    harness.ok(Method::PUT, "/api/connections/aws", wrong).await;
    let base = base(&harness, "aws/amazon.titan-embed-text-v1").await;
    add(&harness, &base, "Songs", "The cat sings.").await;
    let found = until(&harness, &base, |found| found["state"] == "waiting").await;
    assert!(found["message"].as_str().unwrap().contains("refused the key"), "{found}");
}

#[tokio::test]
async fn another_model_reads_while_the_first_answers_also_across_a_restart() {
    let upstream = Upstream::echo().await;
    let harness = Harness::with(&upstream).await;
    let base = base(&harness, "test/model").await;
    for n in 0..80 {
        add(&harness, &base, &format!("Rule {n}"), &format!("Number {n} has a colour.")).await;
    }
    add(&harness, &base, "Shipping", "The courier comes at noon.").await;
    until_ready(&harness, &base, 81).await;

    upstream.set_embeds(Embeds::Hold(32)).await;
    choose(&harness, &base, "test/wide").await;
    let found = until(&harness, &base, |found| found["done"] == 32).await;
    assert_eq!(
        (&found["state"], &found["untilThen"], &found["total"]),
        (&json!("working"), &json!("test/model"), &json!(81))
    );
    upstream.set_embeds(Embeds::Hold(1)).await;
    let found = ask(&harness, &base, json!({"text": "parcel", "ranking": "semantic"})).await;
    assert_eq!(
        (titles(&found)[0], &found["ranking"]),
        ("Shipping", &json!("semantic")),
        "the first model answers: {found}"
    );

    let data = harness.stop().await;
    upstream.set_embeds(Embeds::Answer).await;
    let again = Harness::on(data).await;
    let found = until_ready(&again, &base, 81).await;
    assert_eq!(found.get("untilThen"), None, "{found}");
    assert_eq!(upstream.embedded("wide").await, 81, "what was read is not read again");
    let found = ask(&again, &base, json!({"text": "parcel", "ranking": "semantic"})).await;
    assert_eq!(
        (titles(&found)[0], upstream.embedded("wide").await),
        ("Shipping", 82),
        "the new model answers: {found}"
    );

    // Of the first model's vectors nothing is left.
    let mut beside = database(again.data.path()).await;
    for _ in 0..200 {
        let left: i64 =
            sqlx::query_scalar("SELECT count(*) FROM passage_vectors").fetch_one(&mut beside).await.unwrap();
        if left == 81 {
            return beside.close().await.unwrap();
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("vectors of the first model are left");
}

#[tokio::test]
async fn filters_and_parents_are_heeded_by_both_rankers() {
    let harness = Harness::with(&Upstream::echo().await).await;
    let base = base(&harness, "test/model").await;
    for year in 2000..2060 {
        add(&harness, &base, &format!("Policy {year}"), &format!("The money of {year}.")).await;
    }
    until_ready(&harness, &base, 60).await;
    let mut beside = database(harness.data.path()).await;
    execute(
        &mut beside,
        r#"UPDATE knowledge_documents SET metadata = json_object('year', CAST(substr(title, 8) AS INTEGER),
           'tags', json_array('old', 'paper'))"#,
    )
    .await;
    let late = json!({"greaterThan": {"key": "year", "value": 2057}});
    for ranking in ["lexical", "semantic", "hybrid"] {
        let found = ask(&harness, &base, json!({"text": "money", "ranking": ranking, "filter": late})).await;
        let mut years = titles(&found);
        years.sort_unstable();
        assert_eq!(years, ["Policy 2058", "Policy 2059"], "{ranking}: {found}");
        assert_eq!(found["passages"][0]["metadata"]["tags"], json!(["old", "paper"]));
        let none = json!({"andAll": [late, {"listContains": {"key": "tags", "value": "new"}}]});
        let found = ask(&harness, &base, json!({"text": "money", "ranking": ranking, "filter": none})).await;
        assert!(titles(&found).is_empty(), "{found}");
    }

    // Two passages become parts of a third, which is given in their place, once.
    execute(
        &mut beside,
        "INSERT INTO passages (id, base_id, document_id, place, text, is_parent)
           SELECT 9999, base_id, document_id, 7, 'The money of all years.', 1 FROM passages ORDER BY id LIMIT 1;
         UPDATE passages SET parent = 9999 WHERE id IN (SELECT id FROM passages ORDER BY id LIMIT 2)",
    )
    .await;
    let both = json!({"lessThan": {"key": "year", "value": 2002}});
    let found = ask(&harness, &base, json!({"text": "money", "filter": both})).await;
    assert_eq!(
        (titles(&found).len(), &found["passages"][0]["text"]),
        (1, &json!("The money of all years.")),
        "{found}"
    );
    assert_eq!(found["passages"][0]["place"], 7);
    let found = ask(&harness, &base, json!({"text": "money", "filter": both, "parents": false})).await;
    assert_eq!(titles(&found).len(), 2, "{found}");
    beside.close().await.unwrap();
}

#[tokio::test]
async fn a_model_puts_what_was_found_in_order_again() {
    let upstream = Upstream::start(Script::Turns(Arc::new(|_| Said::Text("2, 1")))).await;
    let harness = Harness::with(&upstream).await;
    let base = base(&harness, "").await;
    add(&harness, &base, "Short", "Money.").await;
    add(&harness, &base, "Long", "Money, and a lot of other words that say nothing at all.").await;
    let plain = ask(&harness, &base, json!({"text": "money"})).await;
    assert_eq!(titles(&plain), ["Short", "Long"]);
    // The server has no way of its own, so its model is asked.
    let found = ask(&harness, &base, json!({"text": "money", "rerankModel": "test/model"})).await;
    assert_eq!(
        (titles(&found), &found["passages"][0]["scores"]["rerank"]),
        (vec!["Long", "Short"], &json!(1.0)),
        "{found}"
    );
    upstream.set_reranks();
    let asked = upstream.requests().await.len();
    let found =
        ask(&harness, &base, json!({"text": "money", "rerankModel": "test/ranker", "numberOfResults": 1}))
            .await;
    assert_eq!(titles(&found), ["Long"], "the best of more than are asked for: {found}");
    assert_eq!(upstream.requests().await.len(), asked);

    let (status, answer) = harness
        .send(
            Method::POST,
            &format!("{BASES}/{base}/query"),
            json!({"text": "money", "rerankModel": "gone/x"}),
        )
        .await;
    assert_eq!(status, 400, "{answer}");
}

#[tokio::test]
async fn a_session_that_begins_with_nothing_found_goes_on() {
    let upstream = Upstream::echo().await;
    let harness = Harness::with(&upstream).await;
    let made = harness.ok(Method::POST, BASES, json!({"name": "Empty"})).await;
    let base = made["id"].as_str().unwrap();
    let path = format!("{BASES}/{base}/answer");
    let body = json!({"ask": {"text": "Parcels?"}, "model": "test/model"});
    let first = harness.ok(Method::POST, &path, body).await;
    assert_eq!(first["citations"], json!([]), "{first}");
    add(&harness, base, "Shipping", "Parcels take two days.").await;
    let body = json!({"ask": {"text": "And now?"}, "model": "test/model", "session": first["session"]});
    harness.ok(Method::POST, &path, body).await;
    let asked = upstream.requests().await.pop().unwrap();
    assert_eq!(asked["messages"].as_array().unwrap().iter().rev().nth(2).unwrap()["content"], "Parcels?");
    // Another base of the same id knows nothing of it.
    assert_eq!(harness.send(Method::DELETE, &format!("{BASES}/{base}"), Value::Null).await.0, 204);
    harness.ok(Method::POST, BASES, json!({"name": "Again", "id": base})).await;
    let body = json!({"ask": {"text": "And?"}, "model": "test/model", "session": first["session"]});
    assert_eq!(harness.send(Method::POST, &path, body).await.0, 400);
}

#[tokio::test]
async fn an_answer_says_what_it_is_from_and_a_session_goes_on() {
    let answer = |request: &Value| {
        let asked =
            request["messages"].as_array().unwrap().last().unwrap()["content"].as_str().unwrap().to_owned();
        match asked.contains("songs") {
            true => vec!["The melody ".into(), "of a cat".into()],
            false => vec!["It comes at no".into(), "on [".into(), "1]. Yes [2".into(), "].".into()],
        }
    };
    let upstream = Upstream::start(Script::Pieces(Arc::new(answer))).await;
    let harness = Harness::with(&upstream).await;
    let base = pets(&harness).await;
    until_ready(&harness, &base, 3).await;
    let path = format!("{BASES}/{base}/answer");
    let body = json!({"ask": {"text": "When is the parcel here?"}, "model": "test/model"});
    let first = harness.ok(Method::POST, &path, body).await;
    assert_eq!(first["text"], "It comes at noon. Yes.");
    let cited = json!([{"from": 0, "to": 17, "passages": [0]}, {"from": 18, "to": 22, "passages": [1]}]);
    assert_eq!(first["citations"], cited, "{first}");
    assert_eq!(titles(&first["found"])[0], "Shipping");

    // The same as it comes.
    let body = json!({"ask": {"text": "When is the parcel here?"}, "model": "test/model"});
    let events = events(&harness, &path, body).await;
    let (found, parts) = events.split_first().unwrap();
    assert_eq!((&found["type"], titles(&found["found"])[0]), (&json!("found"), "Shipping"), "{found}");
    let (end, parts) = parts.split_last().unwrap();
    assert_eq!(end, &json!({"type": "ended"}));
    let text: Vec<&str> = parts.iter().filter_map(|part| part["text"].as_str()).collect();
    assert!(text.len() > 1 && text.concat() == "It comes at noon. Yes.", "{text:?}");
    let parts = parts.iter().filter(|part| part["type"] == "cited");
    let parts: Vec<Value> = parts
        .map(|part| json!({"from": part["from"], "to": part["to"], "passages": part["passages"]}))
        .collect();
    assert_eq!(json!(parts), cited);

    let asked = upstream.requests().await.pop().unwrap();
    let told = asked["messages"][0]["content"].as_str().unwrap();
    assert!(told.contains("Passage 1 (Shipping)") && told.contains("square brackets"), "{told}");

    // The model gives no numbers, so words tell; and it hears what was said before.
    let body = json!({"ask": {"text": "And songs?"}, "model": "test/model", "session": first["session"],
        "prompt": "$search_results$ $query$"});
    let second = harness.ok(Method::POST, &path, body).await;
    let place = titles(&second["found"]).iter().position(|title| *title == "Songs").unwrap();
    assert_eq!(second["citations"], json!([{"from": 0, "to": 19, "passages": [place]}]), "{second}");
    let asked = upstream.requests().await.pop().unwrap();
    assert_eq!(asked["messages"][0]["content"], "When is the parcel here?");
    assert_eq!(asked["messages"][1], json!({"role": "assistant", "content": "It comes at noon. Yes."}));

    for (body, status) in [
        (json!({"ask": {"text": "x"}, "model": "test/model", "session": "none"}), 400),
        (json!({"ask": {"text": "x"}, "model": "gone/model"}), 400),
        (json!({"ask": {"text": "x"}, "model": ""}), 200),
    ] {
        assert_eq!(harness.send(Method::POST, &path, body.clone()).await.0.as_u16(), status, "{body}");
    }
    choose(&harness, &base, "").await;
    let before = upstream.requests().await.len();
    let body = json!({"ask": {"text": "zebra"}, "model": "test/model"});
    let nothing = harness.ok(Method::POST, &path, body).await;
    assert_eq!(nothing["text"], "Sorry, I am unable to assist you with this request.");
    assert_eq!((upstream.requests().await.len(), &nothing["citations"]), (before, &json!([])));
}

#[tokio::test]
async fn the_node_finds_by_meaning_and_puts_in_order_again() {
    let upstream = Upstream::echo().await;
    let harness = Harness::with(&upstream).await;
    upstream.set_reranks();
    let base = pets(&harness).await;
    until_ready(&harness, &base, 3).await;
    let run = async |extra: Value| {
        let mut configuration = json!({"knowledgeBaseId": base, "numberOfResults": 1});
        configuration.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        let body = json!({"title": "F", "definition": definition(configuration)});
        let flow = harness.ok(Method::POST, "/api/flows", body).await;
        let path = format!("/api/flows/{}/draft/invoke", flow["id"].as_str().unwrap());
        let answer = harness.ok(Method::POST, &path, json!({"input": "parcel"})).await;
        answer["outputs"][0]["value"][0]["metadata"]["title"].as_str().unwrap().to_owned()
    };
    assert_eq!(run(json!({})).await, "Shipping");
    let reranking = json!({"rerankingConfiguration": {"type": "BEDROCK_RERANKING_MODEL",
        "bedrockRerankingConfiguration": {"modelConfiguration": {"modelArn": "test/ranker"}}}});
    assert_eq!(run(reranking).await, "Shipping", "the longest of what was found");
}

#[tokio::test]
async fn it_is_measured_how_well_a_base_finds() {
    let harness = Harness::with(&Upstream::echo().await).await;
    let base = pets(&harness).await;
    until_ready(&harness, &base, 3).await;
    let path = |part: &str| format!("{BASES}/{base}/{part}");
    let (status, _) = harness.send(Method::POST, &path("evaluations"), json!({"text": ""})).await;
    assert_eq!(status, 400, "there are no questions yet");
    let known = json!({"questions": [
        {"text": "parcel", "documents": ["Shipping"]},
        {"text": "melody", "documents": ["Songs", "Pets"]}]});
    assert_eq!(harness.ok(Method::PUT, &path("questions"), known.clone()).await, known);
    assert_eq!(harness.get(&path("questions")).await, known);
    for (text, documents) in [("", json!(["Songs"])), ("a", json!([])), ("a", json!(["Unknown"]))] {
        let one = json!({"questions": [{"text": text, "documents": documents}]});
        assert_eq!(harness.send(Method::PUT, &path("questions"), one).await.0, 400, "{text} {documents}");
    }

    let words = json!({"text": "", "ranking": "lexical", "numberOfResults": 2});
    let before = harness.ok(Method::POST, &path("evaluations"), words).await;
    // Words find nothing of the first, and one of two documents of the second, at the first place.
    assert_eq!(
        (&before["recall"], &before["mrr"], &before["ranking"]),
        (&json!(0.25), &json!(0.5), &json!("lexical")),
        "{before}"
    );
    assert_eq!(before["questions"], json!([{"text": "parcel"}, {"text": "melody", "place": 1}]));
    let after =
        harness.ok(Method::POST, &path("evaluations"), json!({"text": "", "numberOfResults": 3})).await;
    assert_eq!(
        (&after["recall"], &after["mrr"], &after["model"]),
        (&json!(1.0), &json!(1.0), &json!("test/model")),
        "{after}"
    );
    let kept = harness.get(&path("evaluations")).await;
    assert_eq!(kept["evaluations"], json!([after, before]));
}
