//! Tests in the real interpreter. They run where it is, and say so where it is not; `ANABRANCH_REQUIRE_PYTHON=1` makes that
//! a failure.

mod escapes;
mod limits;
mod snippets;

use std::sync::OnceLock;
use std::time::Duration;

use serde_json::{Value, json};

use super::*;

/// One handle for all tests: the interpreter is opened once.
fn python() -> Option<Python> {
    static PYTHON: OnceLock<Option<Python>> = OnceLock::new();
    PYTHON.get_or_init(find).clone()
}

fn find() -> Option<Python> {
    let python = Python::new(None, Supervisor::default());
    if python.is_here() {
        return Some(python);
    }
    let missing = "Python for Code nodes is not on this machine: run `anabranch python fetch`";
    assert!(std::env::var_os("ANABRANCH_REQUIRE_PYTHON").is_none_or(|wanted| wanted != "1"), "{missing}");
    eprintln!("SKIPPED, {missing}");
    None
}

#[tokio::test]
async fn who_waits_for_the_interpreter_blocks_no_thread() {
    let python = Python::new(None, Supervisor::default());
    let shared = Arc::clone(&python.shared);
    python.shared.tasks.start("make ready for ever", async move {
        let open = std::future::pending::<Result<Arc<Machine>, Error>>;
        let _never = shared.machine.get_or_try_init(open).await;
    });
    tokio::task::yield_now().await;
    // This test has one thread, so a wait that blocks would never come to its end.
    assert!(timeout(Duration::from_millis(50), python.machine()).await.is_err());
}

fn job(code: &str, inputs: Value) -> Job {
    let Value::Object(inputs) = inputs else { panic!("inputs are an object") };
    Job { name: "Tidy".to_owned(), code: code.to_owned(), inputs, limit: Duration::from_secs(10) }
}

/// What code without inputs comes to, and what it printed.
async fn told(python: &Python, job: Job) -> (Result<Value, Error>, String) {
    let log = Mutex::new(String::new());
    let result = python
        .run(job, |text| {
            log.lock().push_str(&text);
            async {}
        })
        .await;
    (result, log.into_inner())
}

async fn failed(python: &Python, code: &str) -> String {
    match told(python, job(code, json!({}))).await.0 {
        Ok(value) => panic!("{code} came to {value}"),
        Err(error) => error.to_string(),
    }
}

#[tokio::test]
async fn a_traceback_has_the_lines_of_the_node_and_none_of_ours() {
    let Some(python) = python() else { return };
    let code = "import json\n\ndef read(text):\n    return json.loads(text)\n\nread(mail)";
    let error = told(&python, job(code, json!({"mail": "{"}))).await.0.unwrap_err().to_string();
    let expected = "Line 4: json.decoder.JSONDecodeError: Expecting property name enclosed in double quotes: line 1 \
                    column 2 (char 1)\n\nTraceback (most recent call last):\n  File \"<Tidy>\", line 6, in <module>\n    \
                    read(mail)\n  File \"<Tidy>\", line 4, in read\n    return json.loads(text)\n           \
                    ^^^^^^^^^^^^^^^^\n  File \"json/__init__.py\", line 346, in loads\n  File \"json/decoder.py\", line 337, \
                    in decode\n  File \"json/decoder.py\", line 353, in raw_decode\njson.decoder.JSONDecodeError: Expecting \
                    property name enclosed in double quotes: line 1 column 2 (char 1)";
    assert_eq!(error, expected);

    let error = failed(
        &python,
        "try:\n    1 / 0\nexcept ZeroDivisionError as error:\n    raise ValueError('no') from error",
    )
    .await;
    assert!(error.starts_with("Line 4: ValueError: no\n\n"), "{error}");
    assert!(error.contains("line 2, in <module>") && error.contains("direct cause"), "{error}");
    let error = failed(&python, "x = 1\nx = (2").await;
    assert!(
        error.starts_with(
            "Line 2: SyntaxError: '(' was never closed\n\n  File \"<Tidy>\", line 2\n    x = (2\n"
        ),
        "{error}"
    );
    for error in
        [failed(&python, "raise Exception('x' * 100_000)").await, failed(&python, "def f(): f()\nf()").await]
    {
        assert!(error.len() < 10_000, "{}", error.len());
    }
    for code in ["undefined", "def f(): g()\ndef g(): undefined\nf()", "[undefined for _ in 'a']"] {
        let error = failed(&python, code).await;
        assert!(error.contains("NameError: name 'undefined' is not defined"), "{error}");
        assert!(!error.contains("exec(") && !error.contains("<string>"), "{error}");
    }
}

#[tokio::test]
async fn what_is_printed_is_told_apart_from_the_result_and_bounded() {
    let Some(python) = python() else { return };
    let code = "import sys\nprint('eins', 'zwölf')\nsys.stderr.write('err\\n')\nsys.stdout.write('no end')\n{'a': 1}";
    let (result, log) = told(&python, job(code, json!({}))).await;
    assert_eq!((result.unwrap(), log.as_str()), (json!({"a": 1}), "eins zwölf\nerr\nno end"));

    let (result, log) = told(&python, job("print('before')\nprint('half', end='')\n1 / 0", json!({}))).await;
    assert!(result.is_err());
    assert_eq!(log, "before\nhalf");

    let (result, log) = told(&python, job("for at in range(20_000): print('line', at)\n7", json!({}))).await;
    assert_eq!(result.unwrap(), json!(7));
    assert!(log.starts_with("line 0\nline 1\n") && log.len() < LONGEST_LOG + 100, "{}", log.len());
    assert!(log.ends_with(" more bytes are left out"), "{}", &log[log.len() - 60..]);

    // What is written where the result belongs changes no result.
    let (result, _) = told(&python, job("import os\nos.write(1, b'{\"value\":7}\\n')\n8", json!({}))).await;
    assert_eq!(result.unwrap(), json!(8));
}

#[tokio::test]
async fn a_result_that_json_does_not_have_is_explained() {
    let Some(python) = python() else { return };
    for (code, expected) in [
        (
            "x = 1",
            "The code has no result, since its last line is no expression. End it with what the result is.",
        ),
        ("", "The code has no result, since its last line is no expression. End it with what the result is."),
        ("{1, 2}", "a value of the type set"),
        ("import datetime\ndatetime.date(2026, 1, 1)", "a value of the type date"),
        ("(x for x in 'ab')", "a value of the type generator"),
        ("float('nan')", "Out of range float values are not JSON compliant: nan"),
        ("{(1, 2): 3}", "keys must be str, int, float, bool or None, not tuple"),
        ("a = []\na.append(a)\na", "Circular reference detected"),
        ("x = []\nfor _ in range(200): x = [x]\nx", "it is nested more than a hundred deep"),
        ("x = []\nfor _ in range(100_000): x = [x]\nx", "maximum recursion depth exceeded"),
        ("'\\ud800'", "surrogates not allowed"),
        ("'x' * (11 * 2 ** 20)", "The result has more than 10 MiB. Pass on less."),
    ] {
        let error = failed(&python, code).await;
        assert!(error.contains(expected), "{code}: {error}");
    }
    let (result, _) = told(&python, job("'x' * (10 * 2 ** 20 - 20)", json!({}))).await;
    assert_eq!(result.unwrap().as_str().map(str::len), Some(10 * 1024 * 1024 - 20));
}

#[tokio::test]
async fn code_is_read_without_being_run() {
    let Some(python) = python() else { return };
    python.prepare().await.unwrap();
    let unreadable = |message: &str, line, column| {
        Some(Finding::Unreadable { message: message.to_owned(), line: Some(line), column: Some(column) })
    };
    let codes = [
        ("1 + 1", None),
        ("while True: pass\n1", None),
        ("x = 1", Some(Finding::NoResult)),
        ("  ", Some(Finding::NoResult)),
        ("def f(:\n    pass", unreadable("invalid syntax", 1, 7)),
        ("x = 1\nreturn x", unreadable("'return' outside function", 2, 1)),
        ("x = 1\nif x:\nx", unreadable("expected an indented block after 'if' statement on line 2", 3, 1)),
        ("'abc", unreadable("unterminated string literal (detected at line 1)", 1, 1)),
        ("await x", unreadable("'await' outside function", 1, 1)),
    ];
    let found = python.check(&codes.each_ref().map(|(code, _)| *code)).await;
    for ((code, expected), found) in codes.into_iter().zip(found) {
        assert_eq!(found, expected, "{code}");
    }
    let deep = format!("{}1{}", "(".repeat(5000), ")".repeat(5000));
    let found = python.check(&[&deep, "a\0b"]).await;
    assert!(
        found.iter().all(|finding| matches!(finding, Some(Finding::Unreadable { line: None, .. }))),
        "{found:?}"
    );
    let known = python.shared.findings.lock().len();
    python.check(&["1 + 1"]).await;
    assert_eq!(python.shared.findings.lock().len(), known, "what was read is remembered");
}

#[tokio::test]
async fn without_the_interpreter_a_run_says_how_to_get_it() {
    let folder = tempfile::tempdir().unwrap();
    let python = Python::new(Some(folder.path().to_owned()), Supervisor::default());
    assert_eq!(python.check(&["1 +"]).await, [None]);
    let error = failed(&python, "1").await;
    assert_eq!(error, "Python is not on this machine yet. Fetch it: anabranch python fetch");
    std::fs::write(interpreter::module(folder.path()), b"no module").unwrap();
    assert!(matches!(told(&python, job("1", json!({}))).await.0, Err(Error::Broken(_))));
}
