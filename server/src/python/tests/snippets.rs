//! What people write in flows, each with the value that was worked out by hand.

use super::*;

async fn check(python: &Python, name: &str, inputs: Value, code: &str, expected: Value) {
    match told(python, job(code, inputs)).await.0 {
        Ok(found) => assert_eq!(found, expected, "{name}"),
        Err(error) => panic!("{name}: {error}"),
    }
}

#[tokio::test]
async fn python_as_it_is_written_in_flows() {
    let Some(python) = python() else { return };
    let cases = [
        ("a sum", json!({}), "1 + 1", json!(2)),
        ("an input", json!({"text": "  Hello \n"}), "text.strip()", json!("Hello")),
        (
            "every type",
            json!({"s": "ä😀", "n": 1.5, "i": 7, "b": true, "o": {"k": [null]}, "a": [1, "x"]}),
            "[s, n, i, b, o, a, [type(x).__name__ for x in (s, n, i, b, o, a)]]",
            json!(["ä😀", 1.5, 7, true, {"k": [null]}, [1, "x"], ["str", "float", "int", "bool", "dict", "list"]]),
        ),
        (
            "json of a model's answer",
            json!({"answer": "Sure! ```json\n{\"score\": 7}\n```"}),
            "import json, re\nfound = re.search(r\"```json\\s*(.*?)```\", answer, re.S)\njson.loads(found.group(1))[\"score\"] / 10",
            json!(0.7),
        ),
        (
            "json dumps",
            json!({"d": {"b": 1, "a": [2]}}),
            "import json\njson.dumps(d, sort_keys=True, separators=(',', ':'))",
            json!("{\"a\":[2],\"b\":1}"),
        ),
        (
            "re.sub with a function",
            json!({"t": "a1b22"}),
            "import re\nre.sub(r'\\d+', lambda m: str(int(m[0]) * 2), t)",
            json!("a2b44"),
        ),
        (
            "re.findall",
            json!({"t": "x@a.de, y@b.com"}),
            "import re\nre.findall(r'[\\w.]+@[\\w.]+', t)",
            json!(["x@a.de", "y@b.com"]),
        ),
        (
            "datetime",
            json!({"day": "2024-02-28"}),
            "from datetime import date, timedelta\n(date.fromisoformat(day) + timedelta(days=2)).strftime('%d.%m.%Y')",
            json!("01.03.2024"),
        ),
        (
            "datetime with a zone",
            json!({}),
            "from datetime import datetime, timezone\ndatetime.fromtimestamp(86400.5, tz=timezone.utc).isoformat()",
            json!("1970-01-02T00:00:00.500000+00:00"),
        ),
        (
            "a class",
            json!({}),
            "class Shape:\n    def area(self): return 0\n\nclass Square(Shape):\n    def __init__(self, a): self.a = a\n    def area(self): return super().area() + self.a ** 2\n\nSquare(3).area()",
            json!(9),
        ),
        (
            "a dataclass",
            json!({}),
            "from __future__ import annotations\nfrom dataclasses import dataclass, field, asdict\n\n@dataclass(order=True)\nclass Item:\n    price: float\n    name: str = field(compare=False, default='x')\n\nasdict(max(Item(2.5, 'a'), Item(1.0, 'b')))",
            json!({"price": 2.5, "name": "a"}),
        ),
        (
            "an enum",
            json!({}),
            "from enum import Enum\nclass Tone(Enum):\n    ANGRY = 'angry'\n    CALM = 'calm'\n\nTone('calm').name",
            json!("CALM"),
        ),
        (
            "a generator",
            json!({}),
            "def fib():\n    a, b = 0, 1\n    while True:\n        yield a\n        a, b = b, a + b\n\nfrom itertools import islice\nlist(islice(fib(), 10))",
            json!([0, 1, 1, 2, 3, 5, 8, 13, 21, 34]),
        ),
        (
            "comprehensions",
            json!({"a": [3, 1, 2]}),
            "{str(x): x ** 2 for x in sorted(a) if x > 1}",
            json!({"2": 4, "3": 9}),
        ),
        (
            "f-strings",
            json!({"name": "Ada", "n": 1234.5}),
            "f\"{name!r:>7}|{n:,.2f}|{n:08.1f}|{'x' * 3}|{f'{name}'}\"",
            json!("  'Ada'|1,234.50|001234.5|xxx|Ada"),
        ),
        (
            "% and format",
            json!({}),
            "'%05.1f %s' % (3.14159, 'pi') + ' {:>4}|{k}'.format(7, k='v')",
            json!("003.1 pi    7|v"),
        ),
        (
            "exceptions",
            json!({"t": "x"}),
            "class Odd(ValueError): pass\n\ndef read(t):\n    try:\n        return int(t)\n    except ValueError as error:\n        raise Odd(str(error)) from None\n    finally:\n        global done\n        done = True\n\ntry:\n    read(t)\nexcept Odd as odd:\n    told = str(odd)\n\n[told, done]",
            json!(["invalid literal for int() with base 10: 'x'", true]),
        ),
        (
            "match",
            json!({"event": {"type": "refund", "amount": 12}}),
            "def say(event):\n    match event:\n        case {'type': 'refund', 'amount': amount} if amount > 10: return f'big {amount}'\n        case {'type': kind}: return kind\n        case _: return None\n\nsay(event)",
            json!("big 12"),
        ),
        (
            "a conditional expression at the end",
            json!({"n": 3}),
            "parity = n % 2\n'odd' if parity else 'even'",
            json!("odd"),
        ),
        (
            "a walrus and any",
            json!({"a": ["", "b"]}),
            "first if any((first := x) for x in a) else None",
            json!("b"),
        ),
        (
            "a decorator and functools",
            json!({}),
            "from functools import lru_cache, reduce\n@lru_cache(maxsize=None)\ndef f(n): return 1 if n < 2 else n * f(n - 1)\n\nreduce(lambda a, b: a + b, map(f, range(6)))",
            json!(154),
        ),
        (
            "collections",
            json!({"t": "the cat the dog"}),
            "from collections import Counter, defaultdict, namedtuple, OrderedDict\nCounter(t.split()).most_common(1)[0]",
            json!(["the", 2]),
        ),
        (
            "decimal",
            json!({}),
            "from decimal import Decimal, ROUND_HALF_UP\nstr((Decimal('0.1') + Decimal('0.2')).quantize(Decimal('0.01'), ROUND_HALF_UP))",
            json!("0.30"),
        ),
        (
            "statistics and math",
            json!({"a": [1, 2, 3, 4]}),
            "import math, statistics\n[statistics.median(a), round(math.sqrt(2), 3), math.gcd(12, 18)]",
            json!([2.5, 1.414, 6]),
        ),
        (
            "hashes and base64",
            json!({"t": "hello"}),
            "import base64, hashlib\n[hashlib.sha256(t.encode()).hexdigest()[:8], base64.b64encode(t.encode()).decode()]",
            json!(["2cf24dba", "aGVsbG8="]),
        ),
        (
            "a uuid of a name",
            json!({}),
            "import uuid\n[str(uuid.uuid5(uuid.NAMESPACE_DNS, 'python.org')), len(str(uuid.uuid4()))]",
            json!(["886313e1-3b8a-5372-9b90-0c9aee199e5d", 36]),
        ),
        (
            "csv",
            json!({"t": "a,b\n1,\"x,y\"\n"}),
            "import csv, io\nlist(csv.DictReader(io.StringIO(t)))",
            json!([{"a": "1", "b": "x,y"}]),
        ),
        (
            "xml",
            json!({}),
            "import xml.etree.ElementTree as ET\n[e.get('id') for e in ET.fromstring('<a><b id=\"1\"/><b id=\"2\"/></a>')]",
            json!(["1", "2"]),
        ),
        (
            "html and urls",
            json!({}),
            "import html\nfrom urllib.parse import quote, urlparse, parse_qs\n[html.escape('<&>'), quote('a b/ä'), parse_qs(urlparse('https://x.y/z?a=1&a=2').query)]",
            json!(["&lt;&amp;&gt;", "a%20b/%C3%A4", {"a": ["1", "2"]}]),
        ),
        (
            "text wrapping and difference",
            json!({}),
            "import textwrap, difflib\n[textwrap.shorten('one two three', 9, placeholder='…'), difflib.get_close_matches('appel', ['ape', 'apple'])]",
            json!(["one two…", ["apple", "ape"]]),
        ),
        (
            "random with a seed",
            json!({}),
            "import random\nrandom.seed(7)\na = random.sample(range(100), 3)\nrandom.seed(7)\na == random.sample(range(100), 3) and len(set(a)) == 3",
            json!(true),
        ),
        (
            "sqlite in memory",
            json!({}),
            "import sqlite3\ndb = sqlite3.connect(':memory:')\ndb.execute('create table t(a)')\ndb.executemany('insert into t values (?)', [(1,), (2,)])\ndb.execute('select sum(a) from t').fetchone()[0]",
            json!(3),
        ),
        (
            "time and a clock",
            json!({}),
            "import time\nbegan = time.monotonic()\ntime.sleep(0.02)\ntime.monotonic() - began >= 0.02 and time.time() > 1.7e9",
            json!(true),
        ),
        (
            "pickle and copy of a class of the node",
            json!({}),
            "import copy, pickle\nclass A:\n    x = 1\n    def __eq__(self, other): return self.__dict__ == other.__dict__\na = A()\na.y = [1]\npickle.loads(pickle.dumps(a)) == copy.deepcopy(a)",
            json!(true),
        ),
        (
            "the usual guard",
            json!({}),
            "def main(): return 'ran'\n\nif __name__ == '__main__':\n    result = main()\nresult",
            json!("ran"),
        ),
        (
            "a context manager",
            json!({}),
            "from contextlib import contextmanager, redirect_stdout\nimport io\nout = io.StringIO()\nwith redirect_stdout(out):\n    print('hi')\nout.getvalue()",
            json!("hi\n"),
        ),
        (
            "numbers as they are",
            json!({"n": 9007199254740993_i64, "f": 0.1}),
            "[n, f, 1e300, -0.0, 2 ** 53]",
            json!([9007199254740993_i64, 0.1, 1e300, -0.0, 9007199254740992_i64]),
        ),
        ("tuples and int keys", json!({}), "{1: (True, None)}", json!({"1": [true, null]})),
        ("none", json!({}), "None", json!(null)),
    ];
    assert!(cases.len() >= 30);
    for (name, inputs, code, expected) in cases {
        check(&python, name, inputs, code, expected).await;
    }
}
