//! Bombs: what uses up time, memory or output is ended within its limit, and nothing else is the worse for it.

use std::time::Instant;

use super::*;

/// Runs code with a limit of a second; how it ended, and whether that was in time.
async fn bombed(python: &Python, code: &str) -> (Result<Value, Error>, bool) {
    let began = Instant::now();
    let job = Job { limit: Duration::from_secs(1), ..job(code, json!({})) };
    // Waiting for a turn is not the code's time.
    let turn = Arc::clone(&python.shared.turns);
    let waited = {
        let _turn = turn.acquire().await.unwrap();
        began.elapsed()
    };
    let (result, log) = told(python, job).await;
    assert!(log.len() < LONGEST_LOG + 100, "{code}: {}", log.len());
    // This machine may be busy; what never ends is not ended by that.
    (result, began.elapsed() - waited < Duration::from_secs(20))
}

#[tokio::test]
async fn what_never_ends_is_ended() {
    let Some(python) = python() else { return };
    python.prepare().await.unwrap();
    for code in [
        "while True: pass",
        "while True:\n    try:\n        while True: pass\n    except BaseException: pass",
        "import time\ntime.sleep(3600)",
        "import time\nwhile True: time.sleep(0.001)",
        "import select\nselect.select([0], [], [], 3600)\nimport time\ntime.sleep(3600)",
        "import re\nre.match(r'(a+)+$', 'a' * 40 + 'b')",
        "import itertools\nsum(itertools.count())",
        "3 ** 10 ** 8",
        "sorted(range(10 ** 6), key=lambda x: [y for y in range(1000)])",
        "import sys\nsys.setrecursionlimit(10 ** 9)\ndef f():\n    while True: pass\nf()",
        "import atexit\natexit.register(lambda: open('/x'))\nwhile True: print('x' * 1000)",
        "class A:\n    def __del__(self):\n        while True: pass\na = A()\ndel a\n1",
        "class A:\n    def __repr__(self):\n        while True: pass\nraise Exception(A())",
    ] {
        let (result, in_time) = bombed(&python, code).await;
        assert!(in_time, "{code} took too long");
        match result {
            Err(Error::Late(limit)) => assert_eq!(limit, Duration::from_secs(1)),
            other => panic!("{code}: {other:?}"),
        }
    }
    let (result, _) = told(&python, job("'as before'", json!({}))).await;
    assert_eq!(result.unwrap(), json!("as before"));
}

#[tokio::test]
async fn memory_depth_and_output_have_their_bounds() {
    let Some(python) = python() else { return };
    let cases = [
        ("bytearray(10 * 2 ** 30)", &["MemoryError", "OverflowError"][..]),
        ("bytearray(300 * 2 ** 20)", &["MemoryError"]),
        ("kept = []\nwhile True: kept.append(bytearray(2 ** 22))", &["Line 2: MemoryError"]),
        ("'a' * 10 ** 9", &["MemoryError"]),
        ("text = 'x'\nwhile True: text += text", &["MemoryError"]),
        ("a = [0] * 10 ** 9", &["MemoryError"]),
        ("def f(): return f()\nf()", &["RecursionError"]),
        ("import json\njson.loads('[' * 100_000)", &["RecursionError"]),
        ("eval('(' * 100_000)", &["SyntaxError", "MemoryError"]),
        ("a = []\nfor _ in range(100_000): a = [a]\nrepr(a)", &["RecursionError"]),
        (
            "import sys\nsys.setrecursionlimit(10 ** 8)\ndef f(n): return [f(n + 1) for _ in 'a']\nf(0)",
            // It depends on which of its bounds it meets first.
            &["MemoryError", "ended", "took longer", "RecursionError", "SystemError"],
        ),
        (
            "import zlib\nbomb = zlib.compress(bytes(2 ** 22), 1)\na = [zlib.decompress(bomb) for _ in range(99)]",
            &["MemoryError"],
        ),
        ("print('x' * 2 ** 30)", &["MemoryError"]),
    ];
    for (code, words) in cases {
        let error = failed(&python, code).await;
        assert!(words.iter().any(|word| error.contains(word)), "{code}: {error}");
    }
    let (result, log) = told(&python, job("for _ in range(10_000): print('x' * 10_000)\n1", json!({}))).await;
    assert_eq!(result.unwrap(), json!(1), "what is printed past the bound does no harm");
    assert!(log.len() < LONGEST_LOG + 100, "{}", log.len());
    let (result, _) = told(&python, job("a = bytearray(200 * 2 ** 20)\nlen(a)", json!({}))).await;
    assert_eq!(result.unwrap(), json!(200 * 1024 * 1024), "as much as is promised");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_nobody_waits_for_ends_at_once_and_gives_its_turn_back() {
    let Some(python) = find() else { return };
    python.prepare().await.unwrap();
    let turns = python.shared.turns.available_permits();
    for code in ["while True: pass", "import time\ntime.sleep(3600)"] {
        let job = Job { limit: Duration::from_secs(600), ..job(code, json!({})) };
        let waited = timeout(Duration::from_millis(500), told(&python, job)).await;
        assert!(waited.is_err(), "{code}");
        let began = Instant::now();
        while python.shared.turns.available_permits() < turns {
            assert!(began.elapsed() < Duration::from_secs(10), "{code} goes on");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn as_many_go_together_as_there_are_cores_and_waiting_is_not_their_time() {
    let Some(python) = find() else { return };
    python.prepare().await.unwrap();
    let cores = python.shared.turns.available_permits();
    let code = "import time\nbegan = time.time()\ntime.sleep(0.6)\n[began, time.time()]";
    let runs = (0..3 * cores).map(|_| {
        let python = python.clone();
        async move {
            let job = Job { limit: Duration::from_secs(60), ..job(code, json!({})) };
            let value = told(&python, job).await.0.unwrap();
            (value[0].as_f64().unwrap(), value[1].as_f64().unwrap())
        }
    });
    let spans = futures_util::future::join_all(runs).await;
    let together = |at: f64| spans.iter().filter(|(from, to)| *from <= at && at < *to).count();
    let most = spans.iter().map(|(from, _)| together(*from)).max().unwrap();
    assert!(most <= cores, "{most} at once on {cores} cores");
    let first = spans.iter().map(|(from, _)| *from).fold(f64::MAX, f64::min);
    let last = spans.iter().map(|(_, to)| *to).fold(0.0, f64::max);
    assert!(last - first >= 1.8, "three rounds of 0.6 s each");
}
