//! Who is let in, and from where.

use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};

use crate::harness::Harness;

/// What is answered without a session or a key: nothing else.
const OPEN: [(&str, &str); 1] = [("post", "/api/session")];

#[tokio::test]
async fn every_described_route_needs_a_session_or_a_key() {
    let harness = Harness::start().await;
    let api: Value = harness.get("/api/openapi.json").await;
    let mut seen = 0;
    for (path, methods) in api["paths"].as_object().unwrap() {
        for method in methods.as_object().unwrap().keys() {
            if OPEN.contains(&(method.as_str(), path.as_str())) {
                continue;
            }
            let path = path.replace("{flow}", "f").replace("{alias}", "a").replace("{version}", "1");
            let path = path.replace("{execution}", "e").replace("{name}", "n").replace("{arn}", "n");
            let verb: Method = method.to_uppercase().parse().unwrap();
            for key in [None, Some("abk_wrong"), Some("")] {
                let mut request = harness.client.request(verb.clone(), format!("{}{path}", harness.url));
                if let Some(key) = key {
                    request = request.bearer_auth(key);
                }
                // The body breaks off: it must not be looked at before the refusal.
                let answer =
                    request.header("content-type", "application/json").body("{").send().await.unwrap();
                assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{method} {path} with {key:?}");
            }
            seen += 1;
        }
    }
    assert!(seen > 30, "{seen} routes");
}

#[tokio::test]
async fn a_shape_of_path_opens_nothing() {
    let harness = Harness::start().await;
    for path in [
        "/api/flows/",
        "//api/flows",
        "/api//flows",
        "/API/flows",
        "/api/flows;x=/healthz",
        "/api/flows/healthz",
        "/api/flows?x=/healthz",
        "/api/session/../flows",
        "/healthz/../api/flows",
        "/api/flows%2f",
    ] {
        let answer = harness.client.get(format!("{}{path}", harness.url)).send().await.unwrap();
        let text = answer.text().await.unwrap();
        assert!(!text.contains("\"flows\""), "{path}: {text}");
    }
}

#[tokio::test]
async fn another_hosts_name_is_misdirected() {
    let harness = Harness::start().await;
    for host in ["evil.test", "127.0.0.1.nip.io", "localhost:1", "127.0.0.1", ""] {
        let request = harness.request(Method::GET, "/api/flows").header("host", host);
        assert_eq!(request.send().await.unwrap().status(), StatusCode::MISDIRECTED_REQUEST, "{host}");
    }
    let port = harness.url.rsplit(':').next().unwrap();
    let request = harness.request(Method::GET, "/api/flows").header("host", format!("localhost:{port}"));
    assert_eq!(request.send().await.unwrap().status(), StatusCode::OK);
}

#[tokio::test]
async fn another_origins_page_is_forbidden() {
    let harness = Harness::start().await;
    let evil =
        ["https://evil.test", "null", "http://localhost.evil.test", "http://127.0.0.1:9999", "file://"];
    for origin in evil {
        let answer =
            harness.request(Method::GET, "/api/flows").header("origin", origin).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{origin}");
        assert!(answer.headers().get("access-control-allow-origin").is_none());
    }
    for site in ["cross-site", "same-site"] {
        let request = harness.request(Method::GET, "/api/flows").header("sec-fetch-site", site);
        assert_eq!(request.send().await.unwrap().status(), StatusCode::FORBIDDEN, "{site}");
    }
    let own = harness.request(Method::GET, "/api/flows").header("origin", &harness.url);
    assert_eq!(own.send().await.unwrap().status(), StatusCode::OK);
}

#[tokio::test]
async fn a_link_signs_in_once_and_a_cookie_alone_does_not() {
    let harness = Harness::start().await;
    let client = Client::builder().no_proxy().build().unwrap();
    let token = harness.link.split("#login=").nth(1).unwrap();
    let sign_in =
        || client.post(format!("{}/api/session", harness.url)).json(&json!({"token": token})).send();
    let answer = sign_in().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    let cookie = answer.headers()["set-cookie"].to_str().unwrap().to_owned();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
    let cookie = cookie.split(';').next().unwrap().to_owned();
    let proof = answer.json::<Value>().await.unwrap()["proof"].as_str().unwrap().to_owned();
    assert_eq!(sign_in().await.unwrap().status(), StatusCode::UNAUTHORIZED, "the link works once");

    let flows = |cookie: &str, proof: Option<&str>| {
        let mut request =
            client.get(format!("{}/api/flows", harness.url)).header("cookie", cookie.to_owned());
        if let Some(proof) = proof {
            request = request.header("x-anabranch-proof", proof);
        }
        request.send()
    };
    assert_eq!(flows(&cookie, Some(&proof)).await.unwrap().status(), StatusCode::OK);
    assert_eq!(flows(&cookie, None).await.unwrap().status(), StatusCode::UNAUTHORIZED);
    assert_eq!(flows(&cookie, Some("wrong")).await.unwrap().status(), StatusCode::UNAUTHORIZED);
    assert_eq!(flows("other=1", Some(&proof)).await.unwrap().status(), StatusCode::UNAUTHORIZED);

    let out = client
        .delete(format!("{}/api/session", harness.url))
        .header("cookie", &cookie)
        .header("x-anabranch-proof", &proof);
    assert_eq!(out.send().await.unwrap().status(), StatusCode::NO_CONTENT);
    assert_eq!(flows(&cookie, Some(&proof)).await.unwrap().status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn pages_carry_the_policy_and_nothing_is_kept_of_the_api() {
    let harness = Harness::start().await;
    let page = harness.client.get(format!("{}/flows/anything", harness.url)).send().await.unwrap();
    assert_eq!(page.status(), StatusCode::OK, "a client route gets the page");
    let policy = page.headers()["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe-inline"), "{policy}");
    assert_eq!(page.headers()["x-content-type-options"], "nosniff");
    let flows = harness.request(Method::GET, "/api/flows").send().await.unwrap();
    assert_eq!(flows.headers()["cache-control"], "no-store");
    for missing in ["/assets/none.js", "/../Cargo.toml", "/assets/..%2f..%2fCargo.toml", "/none.png"] {
        let answer = harness.client.get(format!("{}{missing}", harness.url)).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{missing}");
    }
    for open in ["/healthz", "/readyz", "/api/docs", "/api/openapi.json"] {
        let answer = harness.client.get(format!("{}{open}", harness.url)).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK, "{open}");
    }
}

#[tokio::test]
async fn the_aws_api_wants_a_key_and_names_what_it_does_not_answer() {
    let harness = Harness::start().await;
    let url = format!("{}/aws/sessions", harness.url);
    let unsigned = harness.client.put(&url).body("{}").send().await.unwrap();
    assert_eq!(unsigned.status(), StatusCode::FORBIDDEN);
    assert_eq!(unsigned.headers()["x-amzn-errortype"], "MissingAuthenticationTokenException");
    let answer = harness.client.put(&url).bearer_auth(&harness.key).body("{}").send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
    assert_eq!(answer.headers()["x-amzn-errortype"], "ValidationException");
    let said = answer.text().await.unwrap();
    assert!(said.contains("does not answer CreateSession yet"), "{said}");
}
