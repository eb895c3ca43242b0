"""Every operation that is answered gets every violation of AWS's model, one at a time, and has to name it.

What is sent is made of the service models that botocore carries: of each input one that is valid, and from it, for
each member, one that is missing, of the wrong type, too long, too short, too large, too small, of the wrong pattern,
or of no known text. Valid values of each member are sent too, and none may be called a violation. So is what the AWS CLI
prints as an operation's skeleton, which is not valid and must be told so.
"""

import copy
import http.client
import json
import os
import re
import re._parser as patterns
import sys
from collections import Counter
from urllib.parse import quote, urlencode, urlsplit

import botocore.session
from botocore.utils import ArgumentGenerator

from model import ANSWERED, SERVICES
from world import ROOT, running

README = ROOT / "README.md"

# Members whose lengths and patterns are not AWS's here. The README says why.
WIDER = {
    ("FlowDefinition", "nodes"),
    ("FlowDefinition", "connections"),
    ("FlowNode", "inputs"),
    ("FlowNode", "outputs"),
    ("ConditionFlowNodeConfiguration", "conditions"),
    ("FlowCondition", "expression"),
    ("TextPromptTemplateConfiguration", "inputVariables"),
    ("ChatPromptTemplateConfiguration", "inputVariables"),
    ("PromptModelInferenceConfiguration", "temperature"),
    ("PromptFlowNodeInlineConfiguration", "modelId"),
    ("KnowledgeBaseFlowNodeConfiguration", "modelId"),
    ("PromptVariant", "modelId"),
    ("TagResourceRequest", "resourceArn"),
    ("UntagResourceRequest", "resourceArn"),
    ("ListTagsForResourceRequest", "resourceArn"),
    ("CreateAgentRequest", "foundationModel"),
    ("UpdateAgentRequest", "foundationModel"),
    ("ConverseRequest", "modelId"),
    ("ConverseStreamRequest", "modelId"),
    ("InvokeModelRequest", "modelId"),
    ("InvokeModelWithResponseStreamRequest", "modelId"),
    ("CountTokensRequest", "modelId"),
    ("VectorSearchBedrockRerankingModelConfiguration", "modelArn"),
    ("ManagedSearchBedrockRerankingModelConfiguration", "modelArn"),
    ("BedrockRerankingModelConfiguration", "modelArn"),
    ("KnowledgeBaseRetrieveAndGenerateConfiguration", "modelArn"),
}

VIOLATION = re.compile(r"has to match|exactly|at most|at least|is required|This is one of|This is an? ")


def text_of(pattern, least):
    """A text of at least this length that the pattern matches."""
    for grow in range(0, 400):
        text = made(patterns.parse(pattern), grow)
        if len(text) >= least and re.fullmatch(pattern, text):
            return text
    raise AssertionError(f"no text for {pattern}")


def made(parsed, grow):
    """A text of a parsed pattern, each repeat as often as `grow` where it may be."""
    return "".join(piece(*part, grow) for part in parsed)


def piece(kind, what, grow):
    name = str(kind)
    if name == "LITERAL":
        return chr(what)
    if name == "ANY":
        return "a"
    if name == "IN":
        return member_of(what)
    if name == "BRANCH":
        return made(max(what[1], key=lambda branch: len(made(branch, grow))), grow)
    if name == "SUBPATTERN":
        return made(what[3], grow)
    if name == "MAX_REPEAT":
        least, most, inner = what
        return "".join(made(inner, 0) for _ in range(min(int(most), max(least, grow))))
    if name in ("AT", "ASSERT_NOT"):
        return ""
    raise AssertionError(f"unknown part of a pattern: {name}")


def member_of(choices):
    kind, what = choices[-1] if str(choices[0][0]) == "NEGATE" else choices[0]
    name = str(kind)
    if str(choices[0][0]) == "NEGATE":
        return "a"
    if name == "RANGE":
        return chr(what[0])
    if name == "LITERAL":
        return chr(what)
    return {"CATEGORY_DIGIT": "0", "CATEGORY_SPACE": " ", "CATEGORY_NOT_SPACE": "a"}[str(what)]


def limits(shape, wider=False):
    known = shape.metadata
    return (0, None) if wider else (known.get("min", 0), known.get("max"))


def usable(pattern):
    """Whether Python's expressions have what the pattern uses."""
    try:
        re.compile(pattern)
        return True
    except re.error:
        return False


def sample(shape, within=()):
    """A valid value with what is required alone."""
    kind = shape.type_name
    if getattr(shape, "is_document_type", False):
        return {"any": 1}
    if kind == "string":
        return sample_text(shape)
    if kind in ("integer", "long"):
        return int(limits(shape)[0]) or 1
    if kind in ("float", "double"):
        return limits(shape)[0]
    if kind == "boolean":
        return True
    if kind == "blob":
        return "e30="
    if kind == "list":
        return [sample(shape.member, within) for _ in range(int(limits(shape)[0]))]
    if kind == "map":
        return {sample(shape.key, within): sample(shape.value, within) for _ in range(min(1, int(limits(shape)[0])))}
    within = (*within, shape.name)
    if getattr(shape, "is_tagged_union", False):
        arm = shallow(shape, within)[0]
        return {arm: sample(shape.members[arm], within)}
    return {name: sample(shape.members[name], within) for name in shape.required_members}


def shallow(shape, within):
    """The members that do not lead back to what they are in."""
    inner = lambda member: member.member if member.type_name == "list" else member
    return [name for name, member in shape.members.items() if inner(member).name not in within]


def sample_text(shape):
    known = shape.metadata
    if "enum" in known:
        return known["enum"][0]
    least = int(limits(shape)[0])
    pattern = known.get("pattern")
    if pattern and usable(pattern):
        return text_of(pattern, max(least, 1))
    return "a" * max(least, 1)


def invalid(shape, wider=False, textual=False, within=()):
    """Values with one violation each: `(value, path of it, what it is)`."""
    kind = shape.type_name
    if getattr(shape, "is_document_type", False) or kind == "blob":
        return
    if not textual or kind in ("integer", "long", "boolean"):
        yield "x" if textual else wrong_type(kind), "", "type"
    least, most = limits(shape, wider)
    if kind == "string":
        yield from invalid_texts(shape, least, most, wider, textual)
    elif kind in ("integer", "long", "float", "double"):
        if most is not None and most < 2**31 - 1:
            yield most + 1, "", "max"
        if "min" in shape.metadata and not wider:
            yield least - 1, "", "min"
    elif kind == "list":
        yield from invalid_lists(shape, least, most, textual, within)
    elif kind == "map":
        yield from invalid_maps(shape, most, within)
    elif kind == "structure" and shape.name not in within:
        yield from invalid_members(shape, (*within, shape.name))


def wrong_type(kind):
    return {"string": 5, "boolean": "x", "list": {}, "map": [], "structure": []}.get(kind, "x")


def invalid_texts(shape, least, most, wider, textual):
    known = shape.metadata
    if "enum" in known:
        yield "NoSuchText", "", "enum"
    if most is not None and most <= 200_000 and not (textual and most > 8000):
        yield "a" * (int(most) + 1), "", "max"
    if least > 0 and not (textual and least == 1):
        yield "a" * (int(least) - 1), "", "min"
    pattern = known.get("pattern")
    if pattern and usable(pattern) and not wider:
        for text in ("!", "-", "é", "a b", "\t", "_"):
            if not re.fullmatch(pattern, text):
                yield text, "", "pattern"
                break


def invalid_lists(shape, least, most, textual, within):
    item = sample(shape.member, within)
    if most is not None:
        yield [copy.deepcopy(item) for _ in range(int(most) + 1)], "", "max"
    if least > 0:
        yield [item] * (int(least) - 1), "", "min"
    rest = [item] * max(0, int(least) - 1)
    for value, path, what in invalid(shape.member, textual=textual, within=within):
        yield [value, *rest], f"[0]{dotted(path)}", what


def invalid_maps(shape, most, within):
    key, item = sample(shape.key, within), sample(shape.value, within)
    if most is not None:
        yield {f"{key}{at}": item for at in range(int(most) + 1)}, "", "max"
    for value, path, what in invalid(shape.key, within=within):
        if isinstance(value, str) and value:
            yield {value: item}, value + dotted(path), what
    for value, path, what in invalid(shape.value, within=within):
        yield {key: value}, key + dotted(path), what


def invalid_members(shape, within):
    if getattr(shape, "is_tagged_union", False):
        yield {}, "", "union"
        names = shallow(shape, within)[:2]
        if len(names) > 1:
            yield {name: sample(shape.members[name], within) for name in names}, "", "union"
    base = {} if getattr(shape, "is_tagged_union", False) else sample(shape, within[:-1])
    for name in shape.required_members:
        if located(shape.members[name]) is None:
            yield {known: value for known, value in base.items() if known != name}, name, "required"
    for name in shallow(shape, within):
        member = shape.members[name]
        textual = located(member) is not None
        for value, path, what in invalid(member, (shape.name, name) in WIDER, textual, within):
            yield {**base, name: value}, name + dotted(path), what


def valid(shape, within=()):
    """Valid values in which each member is there once."""
    yield sample(shape, within)
    kind = shape.type_name
    if kind == "list":
        for value in valid(shape.member, within):
            yield [value, *[sample(shape.member, within)] * max(0, int(limits(shape)[0]) - 1)]
    elif kind == "map":
        for value in valid(shape.value, within):
            yield {sample(shape.key, within): value}
    elif kind == "structure" and not getattr(shape, "is_document_type", False) and shape.name not in within:
        union = getattr(shape, "is_tagged_union", False)
        base = {} if union else sample(shape, within)
        for name in shallow(shape, (*within, shape.name)):
            for value in valid(shape.members[name], (*within, shape.name)):
                yield {**base, name: value}


def located(shape):
    """Where a member is in a request; none in the body."""
    place = shape.serialization.get("location")
    return "query" if place == "querystring" else place


def dotted(path):
    return f".{path}" if path and not path.startswith("[") else path


class Caller:
    """Sends inputs as they are, however invalid: AWS's own clients would not."""

    def __init__(self):
        place = urlsplit(os.environ["AWS_ENDPOINT_URL_BEDROCK_AGENT"])
        self.prefix = place.path.rstrip("/")
        self.connection = http.client.HTTPConnection(place.netloc)
        self.key = os.environ["ANABRANCH_API_KEY"]

    def call(self, operation, value):
        """The status, the error's kind and the answer's JSON."""
        path, query, headers, body = wire(operation, value)
        headers["authorization"] = f"Bearer {self.key}"
        target = self.prefix + path + ("?" + urlencode(query, quote_via=quote) if query else "")
        self.connection.request(operation.http["method"], target, body, headers)
        response = self.connection.getresponse()
        answer = response.read()
        kind = response.headers.get("x-amzn-errortype", "")
        parsed = json.loads(answer) if response.headers.get("content-type", "").endswith("json") and answer else {}
        return response.status, kind, parsed


def wire(operation, value):
    """Path, query, headers and body of an input."""
    shape = operation.input_shape
    path, query, headers, body = operation.http["requestUri"].split("?")[0], [], {}, {}
    payload = shape.serialization.get("payload")
    for name, member in shape.members.items():
        if name not in value:
            continue
        given, wire_name = value[name], member.serialization.get("name", name)
        place = located(member)
        if place == "uri":
            path = path.replace(f"{{{wire_name}}}", quote(str(given), safe=""))
        elif place == "query":
            items = given if isinstance(given, list) else [given]
            query += [(wire_name, str(item).lower() if isinstance(item, bool) else item) for item in items]
        elif place == "header":
            headers[wire_name] = str(given)
        elif name != payload:
            body[name] = given
    if payload and located(shape.members[payload]) is None:
        body = value.get(payload, {}) if shape.members[payload].type_name != "blob" else "{}"
    text = body if isinstance(body, str) else json.dumps(body)
    if operation.http["method"] in ("GET", "DELETE") and text == "{}":
        return path, query, headers, None
    return path, query, {"content-type": "application/json", **headers}, text.encode()


def fits(operation, value):
    """Whether HTTP can carry it: headers are of ASCII, parts of a path are not empty, a query has no empty list."""
    for name, member in operation.input_shape.members.items():
        place, given = located(member), value.get(name, "a")
        if place == "header" and not str(given).isascii() or place in ("uri", "query") and given in ("", []):
            return False
    return True


def main():
    failed, sent, known = [], Counter(), set()
    with running():
        caller = Caller()
        for service in SERVICES:
            model = botocore.session.get_session().get_service_model(service)
            for name in model.operation_names:
                if name in ANSWERED and name not in known:
                    known.add(name)
                    sent[name] = swept(caller, service, model.operation_model(name), failed)
    for line in failed[:60]:
        print(line)
    told = f"{sum(sent.values()):,} inputs of {len(sent)} operations"
    print(f"{told}, {len(failed)} not told right")
    if told not in README.read_text(encoding="utf-8"):
        failed.append("README")
        print(f"The README does not say {told}.")
    return 1 if failed else 0


def swept(caller, service, operation, failed):
    """Sends what is invalid and what is valid to an operation; how many inputs that were."""
    name, count = operation.name, 0
    for value, path, what in invalid(operation.input_shape):
        if not path or not isinstance(value, dict) or not fits(operation, value):
            continue
        count += 1
        status, kind, answer = caller.call(operation, value)
        told = [field["name"] for field in answer.get("fieldList", [])]
        named = path in told if service == "bedrock-agent" else f"{path}: " in answer.get("message", "")
        if (status, kind) != (400, "ValidationException") or not named:
            failed.append(f"{name} {path} ({what}): {status} {kind} {json.dumps(answer)[:300]}")
    for value in valid(operation.input_shape):
        if not fits(operation, value):
            continue
        count += 1
        status, kind, answer = caller.call(operation, value)
        if status >= 500 and kind != "DependencyFailedException" or VIOLATION.search(answer.get("message", "")):
            failed.append(f"{name} of {json.dumps(value)[:300]}: {status} {kind} {json.dumps(answer)[:300]}")
    count += 1
    status, kind, answer = caller.call(operation, skeleton(operation))
    if status >= 500 or kind and kind not in SKELETONS:
        failed.append(f"{name}'s skeleton: {status} {kind} {json.dumps(answer)[:300]}")
    return count


SKELETONS = ("ValidationException", "ResourceNotFoundException")


def skeleton(operation):
    """What `aws ... --generate-cli-skeleton` prints, with names in the path, which cannot be empty."""
    shape = operation.input_shape
    names = {name: sample(member) for name, member in shape.members.items() if located(member) == "uri"}
    return {**ArgumentGenerator().generate_skeleton(shape), **names}


if __name__ == "__main__":
    sys.exit(main())
