//! The API's description: OpenAPI for programs, and a page for people made from it.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::http::header;
use axum::response::{Html, IntoResponse as _, Response};
use serde_json::Value;

/// The description, made once.
#[derive(Clone)]
pub(super) struct Described {
    json: Arc<str>,
    page: Arc<str>,
}

impl Described {
    pub(super) fn new(description: &utoipa::openapi::OpenApi) -> Self {
        let json = serde_json::to_string(description).unwrap_or_default();
        let page = page(&serde_json::from_str(&json).unwrap_or_default());
        Self { json: json.into(), page: page.into() }
    }

    pub(super) fn json(&self) -> Response {
        ([(header::CONTENT_TYPE, "application/json")], self.json.to_string()).into_response()
    }

    pub(super) fn page(&self) -> Response {
        Html(self.page.to_string()).into_response()
    }
}

fn page(api: &Value) -> String {
    let mut page = String::from(
        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>\
         <meta name=color-scheme content='light dark'><title>Anabranch API</title><h1>Anabranch API</h1>",
    );
    let _ = write!(
        page,
        "<p>{}</p><p>As <a href=/api/openapi.json>OpenAPI</a>.</p>",
        text(&api["info"]["description"])
    );
    let mut last = String::new();
    let operations = api["paths"].as_object().into_iter().flatten().flat_map(|(path, methods)| {
        methods.as_object().into_iter().flatten().map(move |(method, operation)| (path, method, operation))
    });
    let mut operations: Vec<_> = operations.collect();
    operations.sort_by_key(|(path, _, operation)| (text(&operation["tags"][0]), (*path).clone()));
    for (path, method, operation) in operations {
        let tag = text(&operation["tags"][0]);
        if tag != last {
            let _ = write!(page, "<h2>{tag}</h2>");
            last = tag;
        }
        let (summary, about) = (text(&operation["summary"]), text(&operation["description"]));
        let _ =
            write!(page, "<h3>{summary}</h3><p><code>{} {}</code></p>", method.to_uppercase(), escape(path));
        if !about.is_empty() && about != summary {
            let _ = write!(page, "<p>{about}</p>");
        }
        if let Some(body) = schema(&operation["requestBody"]["content"]) {
            let _ = write!(page, "<p>Body: {body}</p>");
        }
        page.push_str("<ul>");
        for (status, answer) in operation["responses"].as_object().into_iter().flatten() {
            let body = schema(&answer["content"]).unwrap_or_default();
            let _ = write!(page, "<li>{status} {body}</li>");
        }
        page.push_str("</ul>");
    }
    page.push_str("<h2>Bodies</h2>");
    for (name, shape) in api["components"]["schemas"].as_object().into_iter().flatten() {
        let _ = write!(page, "<h3 id='{name}'>{name}</h3><p>{}</p><ul>", text(&shape["description"]));
        let required: Vec<&str> =
            shape["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        for (member, of) in shape["properties"].as_object().into_iter().flatten() {
            let must = if required.contains(&member.as_str()) { "" } else { " (optional)" };
            let _ =
                write!(page, "<li><code>{}</code>{must} {}</li>", escape(member), text(&of["description"]));
        }
        page.push_str("</ul>");
    }
    page
}

fn schema(content: &Value) -> Option<String> {
    let (kind, content) = content.as_object()?.iter().next()?;
    let target = &content["schema"];
    let name =
        target["$ref"].as_str().or(target["items"]["$ref"].as_str()).and_then(|path| path.rsplit('/').next());
    Some(match name {
        Some(name) => format!("<a href='#{name}'>{name}</a>"),
        None => escape(kind),
    })
}

fn text(value: &Value) -> String {
    escape(value.as_str().unwrap_or_default())
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('\'', "&#39;")
        .replace('"', "&quot;")
}
