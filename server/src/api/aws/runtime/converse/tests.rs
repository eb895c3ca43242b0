use flow::message::Image;
use serde_json::json;

use super::*;

fn read(body: Value) -> Result<Chat, String> {
    let body: Converse = serde_json::from_value(body).map_err(|error| error.to_string())?;
    body.chat("test/model").map_err(|error| error.told().1.to_owned())
}

/// A chat with one block.
fn block(block: Value) -> Result<Chat, String> {
    read(json!({"messages": [{"role": "user", "content": [{"text": "Look:"}, block]}]}))
}

#[test]
fn a_body_becomes_a_chat() {
    let chat = read(json!({
        "system": [{"text": "Be brief."}, {"cachePoint": {"type": "default"}}],
        "messages": [
            {"role": "user", "content": [{"text": "Where is A-1?"}]},
            {"role": "assistant", "content": [{"reasoningContent": {"reasoningText": {"text": "hm"}}},
                {"toolUse": {"toolUseId": "c1", "name": "find", "input": {"id": "A-1"}}}]},
            {"role": "user", "content": [{"toolResult": {"toolUseId": "c1", "status": "error",
                "content": [{"json": {"late": true}}, {"text": "sorry"}]}}]},
        ],
        "toolConfig": {"tools": [{"toolSpec": {"name": "find", "inputSchema": {"json": {"type": "object"}}}}],
            "toolChoice": {"tool": {"name": "find"}}},
        "inferenceConfig": {"maxTokens": 9, "temperature": 0.5, "topP": 0.9, "stopSequences": ["END"]},
        "additionalModelRequestFields": {"seed": 7},
        "additionalModelResponseFieldPaths": ["/stop_sequence"],
        "outputConfig": {"textFormat": {"type": "json_schema", "structure": {"jsonSchema": {"schema": "{\"type\":\"object\"}"}}}},
        "performanceConfig": {"latency": "optimized"}, "serviceTier": {"type": "default"},
    }))
    .unwrap();
    assert_eq!(
        (chat.messages[0].text.as_str(), chat.messages[1].text.as_str()),
        ("Be brief.", "Where is A-1?")
    );
    assert_eq!(chat.exchanges[0].calls[0].arguments, r#"{"id":"A-1"}"#);
    assert_eq!(chat.exchanges[0].results, ["The tool failed: {\"late\":true}\nsorry"]);
    assert_eq!(
        (chat.tools[0].name.as_str(), chat.tool_choice),
        ("find", Some(ToolChoice::Named("find".into())))
    );
    assert_eq!((chat.max_tokens, chat.temperature, chat.top_p), (Some(9), Some(0.5), Some(0.9)));
    assert_eq!((chat.stop, chat.additional), (vec!["END".to_owned()], Some(json!({"seed": 7}))));
    assert_eq!(chat.schema, Some(json!({"type": "object"})));
}

#[test]
fn images_are_shown_by_their_bytes() {
    let chat = block(json!({"image": {"format": "jpeg", "source": {"bytes": "AA=="}}})).unwrap();
    let Image { message, media_type, data } = &chat.images[0];
    assert_eq!((*message, media_type.as_str(), data.as_str()), (0, "image/jpeg", "AA=="));
}

#[test]
fn what_is_text_is_read_as_text() {
    for (given, text) in [
        (json!({"document": {"name": "n", "format": "md", "source": {"bytes": "IyBIaQ=="}}}), "n:\n# Hi"),
        (json!({"document": {"name": "n", "source": {"text": "Hi"}}}), "n:\nHi"),
        (
            json!({"document": {"name": "n", "source": {"content": [{"text": "a"}, {"text": "b"}]}}}),
            "n:\na\nb",
        ),
        (json!({"guardContent": {"text": {"text": "Hi"}}}), "Hi"),
        (json!({"citationsContent": {"content": [{"text": "Hi"}], "citations": []}}), "Hi"),
        (json!({"searchResult": {"source": "s", "title": "t", "content": [{"text": "a"}]}}), "t (s)\na"),
    ] {
        assert_eq!(block(given).unwrap().messages[0].text, format!("Look:\n{text}"));
    }
}

#[test]
fn what_a_model_cannot_be_given_is_refused_by_its_place() {
    let bytes = json!({"bytes": "AAAA"});
    for (given, place) in [
        (
            json!({"image": {"format": "png", "source": {"s3Location": {"uri": "s3://b/k"}}}}),
            "messages[0].content[1].image.source: ",
        ),
        (json!({"video": {"format": "mp4", "source": bytes}}), "messages[0].content[1].video: "),
        (
            json!({"document": {"name": "n", "format": "pdf", "source": bytes}}),
            "messages[0].content[1].document: ",
        ),
        (json!({"guardContent": {"image": {}}}), "messages[0].content[1].guardContent.image: "),
        (json!({"text": "a", "image": {}}), "messages[0].content[1]: "),
        (json!({}), "messages[0].content[1]: "),
    ] {
        let error = block(given).unwrap_err();
        assert!(error.starts_with(place), "{error}");
    }
    let messages = json!([{"role": "user", "content": [{"text": "Hi"}]}]);
    for (member, value, place) in [
        (
            "guardrailConfig",
            json!({"guardrailIdentifier": "g", "guardrailVersion": "1"}),
            "guardrailConfig: ",
        ),
        ("toolConfig", json!({"tools": [{"systemTool": {"name": "x"}}]}), "toolConfig.tools[0].systemTool: "),
        ("additionalModelResponseFieldPaths", json!(["x"]), "additionalModelResponseFieldPaths[0]: "),
        (
            "toolConfig",
            json!({"tools": [], "toolChoice": {"tool": {"name": "x"}}}),
            "toolConfig.toolChoice.tool.name: ",
        ),
    ] {
        let error = read(json!({"messages": messages, member: value})).unwrap_err();
        assert!(error.starts_with(place), "{error}");
    }
}

#[test]
fn an_answer_has_its_text_before_its_calls() {
    let call = ToolCall { id: "c1".into(), name: "find".into(), arguments: "{\"id\":1}".into() };
    let answer = ModelAnswer { text: "Wait.".into(), calls: vec![call], ..ModelAnswer::default() };
    let content =
        json!([{"text": "Wait."}, {"toolUse": {"toolUseId": "c1", "name": "find", "input": {"id": 1}}}]);
    assert_eq!(
        whole(&answer),
        json!({"output": {"message": {"role": "assistant", "content": content}}, "stopReason": "tool_use",
            "usage": {"inputTokens": 0, "outputTokens": 0, "totalTokens": 0}})
    );
}
