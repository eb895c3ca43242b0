"""A server with a scripted model behind it, and the environment that points AWS's clients at it."""

import contextlib
import json
import os
import re
import subprocess
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BINARY = os.environ.get("ANABRANCH_BIN", str(ROOT / "target/debug/anabranch"))
ROLE = "arn:aws:iam::123456789012:role/flows"


class Model(BaseHTTPRequestHandler):
    """An OpenAI-compatible model that repeats the last message, and refuses one that says `fail`."""

    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        if self.path.endswith("/embeddings"):
            vectors = [{"index": index, "embedding": [len(text), 1]} for index, text in enumerate(body["input"])]
            return self.answer(200, "application/json", json.dumps({"data": vectors, "usage": {"prompt_tokens": 5}}))
        if not self.path.endswith("/chat/completions"):
            return self.answer(404, "application/json", json.dumps({"error": {"message": "no such route"}}))
        said = body["messages"][-1]["content"]
        if "fail" in said:
            return self.answer(400, "application/json", json.dumps({"error": {"message": "refused"}}))
        text = f"You said: {said}"
        usage = {"prompt_tokens": 3, "completion_tokens": 4, "total_tokens": 7}
        if not body.get("stream"):
            choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
            return self.answer(200, "application/json", json.dumps({"choices": [choice], "usage": usage}))
        pieces = [
            {"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": None}]},
            {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]},
            {"choices": [], "usage": usage},
        ]
        events = "".join(f"data: {json.dumps(piece)}\n\n" for piece in pieces) + "data: [DONE]\n\n"
        return self.answer(200, "text/event-stream", events)

    def answer(self, status, kind, text):
        payload = text.encode()
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def running():
    """A server while the block runs, set up by what `anabranch env` prints, and by nothing else."""
    model = ThreadingHTTPServer(("127.0.0.1", 0), Model)
    threading.Thread(target=model.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory(prefix="anabranch-boto3-") as data_folder:
        server = started(data_folder, model)
        try:
            take_environment(data_folder)
            yield
        finally:
            server.terminate()
            server.wait(timeout=30)
            model.shutdown()


def started(data_folder, model):
    """The server, once it has said where it is."""
    environment = {
        **os.environ,
        "ANABRANCH_CONNECTION_TEST": f"http://127.0.0.1:{model.server_port}/v1",
        "ANABRANCH_DEFAULT_MODEL": "test/model",
    }
    command = [BINARY, "serve", "--listen", "127.0.0.1:0", "--data", data_folder, "--no-open"]
    server = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    for line in server.stdout:
        if "Anabranch is running at" in line:
            return server
    raise SystemExit(f"{BINARY} did not start")


def take_environment(data_folder):
    """What `eval "$(anabranch env)"` does."""
    printed = subprocess.run([BINARY, "env", "--data", data_folder], check=True, capture_output=True, text=True).stdout
    for name, value in re.findall(r"^export (\w+)='(.*)'$", printed, re.MULTILINE):
        os.environ[name] = value
    for name in ("AWS_SESSION_TOKEN", "AWS_PROFILE"):
        os.environ.pop(name, None)
