"""boto3, unmodified, against the server: set up by what `anabranch env` prints, and by nothing else."""

import json
import os
import re
import sys
import time
import traceback
import urllib.request

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError, EventStreamError

from world import ROLE, ROOT, running


def prompt_flow(text="Say hello to {{name}}"):
    inline = {
        "modelId": "test/model",
        "templateType": "TEXT",
        "templateConfiguration": {"text": {"text": text, "inputVariables": [{"name": "name"}]}},
        "inferenceConfiguration": {"text": {"temperature": 0.5, "maxTokens": 100}},
    }
    return {
        "nodes": [
            {
                "name": "FlowInputNode",
                "type": "Input",
                "configuration": {"input": {}},
                "outputs": [{"name": "document", "type": "String"}],
            },
            {
                "name": "Answer",
                "type": "Prompt",
                "configuration": {"prompt": {"sourceConfiguration": {"inline": inline}}},
                "inputs": [{"name": "name", "type": "String", "expression": "$.data"}],
                "outputs": [{"name": "modelCompletion", "type": "String"}],
            },
            {
                "name": "FlowOutputNode",
                "type": "Output",
                "configuration": {"output": {}},
                "inputs": [{"name": "document", "type": "String", "expression": "$.data"}],
            },
        ],
        "connections": [
            data("InputToAnswer", "FlowInputNode", "document", "Answer", "name"),
            data("AnswerToOutput", "Answer", "modelCompletion", "FlowOutputNode", "document"),
        ],
    }


def echo_flow(kind="Object"):
    """Input to Output, for documents of any type."""
    return {
        "nodes": [
            {"name": "FlowInputNode", "type": "Input", "outputs": [{"name": "document", "type": kind}]},
            {
                "name": "FlowOutputNode",
                "type": "Output",
                "inputs": [{"name": "document", "type": kind, "expression": "$.data"}],
            },
        ],
        "connections": [data("Through", "FlowInputNode", "document", "FlowOutputNode", "document")],
    }


def data(name, source, source_output, target, target_input):
    ports = {"sourceOutput": source_output, "targetInput": target_input}
    return {"name": name, "type": "Data", "source": source, "target": target, "configuration": {"data": ports}}


def inputs(document, node="FlowInputNode"):
    return [{"content": {"document": document}, "nodeName": node, "nodeOutputName": "document"}]


class Place:
    """The clients, and short words for what tests do with them."""

    def __init__(self):
        once = Config(retries={"total_max_attempts": 1})
        self.agent = boto3.client("bedrock-agent", config=once)
        self.runtime = boto3.client("bedrock-agent-runtime", config=once)
        self.models = boto3.client("bedrock-runtime", config=once)

    def native(self, method, path, body):
        """What there is no operation of AWS's for."""
        address, key = os.environ["ANABRANCH_URL"], os.environ["ANABRANCH_API_KEY"]
        headers = {"authorization": f"Bearer {key}", "content-type": "application/json"}
        request = urllib.request.Request(address + path, json.dumps(body).encode(), headers, method=method)
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)

    def create(self, name, definition=None, **more):
        return self.agent.create_flow(
            name=name, executionRoleArn=ROLE, definition=definition or prompt_flow(), **more
        )

    def prepared(self, name, definition=None):
        flow = self.create(name, definition)
        assert self.agent.prepare_flow(flowIdentifier=flow["id"])["status"] == "Prepared"
        return flow["id"]

    def invoke(self, flow, alias="TSTALIASID", document="Ada", **more):
        more.setdefault("inputs", inputs(document))
        return self.runtime.invoke_flow(flowIdentifier=flow, flowAliasIdentifier=alias, **more)

    def ended(self, which):
        """An execution, once it has ended."""
        for _ in range(400):
            execution = self.runtime.get_flow_execution(**which)
            if execution["status"] != "Running":
                return execution
            time.sleep(0.025)
        raise AssertionError("the execution does not end")

    def said(self, *arguments, **more):
        """The only output's document."""
        events = list(self.invoke(*arguments, **more)["responseStream"])
        assert events[-1] == {"flowCompletionEvent": {"completionReason": "SUCCESS"}}, events
        [output] = [event["flowOutputEvent"] for event in events if "flowOutputEvent" in event]
        assert (output["nodeName"], output["nodeType"]) == ("FlowOutputNode", "FlowOutputNode")
        return output["content"]["document"]


def fails(code, status, call, **arguments):
    """Calls, and answers the error, which has to be this one."""
    try:
        call(**arguments)
    except ClientError as error:
        assert error.response["Error"]["Code"] == code, error
        assert error.response["ResponseMetadata"]["HTTPStatusCode"] == status, error
        return error
    raise AssertionError(f"{code} was expected")


def the_program_of_the_readme_works(place):
    flow = place.prepared("readme")
    runtime = boto3.client("bedrock-agent-runtime")
    response = runtime.invoke_flow(
        flowIdentifier=flow,
        flowAliasIdentifier="TSTALIASID",
        inputs=[
            {
                "content": {"document": "I want my money back"},
                "nodeName": "FlowInputNode",
                "nodeOutputName": "document",
            }
        ],
    )
    for event in response["responseStream"]:
        if "flowOutputEvent" in event:
            text = event["flowOutputEvent"]["content"]["document"]
    assert text == "You said: Say hello to I want my money back", text


def a_flow_lives(place):
    flow = place.create("greeting", description="Greets")
    assert re.fullmatch("[0-9A-Z]{10}", flow["id"])
    assert flow["arn"] == f"arn:aws:bedrock:us-east-1:000000000000:flow/{flow['id']}"
    assert (flow["status"], flow["version"]) == ("NotPrepared", "DRAFT")
    assert flow["definition"] == prompt_flow()
    fails("ValidationException", 400, place.invoke, flow=flow["id"])
    prepared = place.agent.prepare_flow(flowIdentifier=flow["arn"])
    assert prepared["status"] == "Prepared"
    assert prepared["ResponseMetadata"]["HTTPStatusCode"] == 202
    got = place.agent.get_flow(flowIdentifier=flow["arn"])
    assert (got["status"], got["validations"], got["description"]) == ("Prepared", [], "Greets")

    version = place.agent.create_flow_version(flowIdentifier=flow["id"], description="first")
    assert version["version"] == "1"
    assert version["ResponseMetadata"]["HTTPStatusCode"] == 201
    read = place.agent.get_flow_version(flowIdentifier=flow["arn"], flowVersion="1")
    assert (read["definition"], read["description"]) == (prompt_flow(), "first")
    route = [{"flowVersion": "1"}]
    alias = place.agent.create_flow_alias(flowIdentifier=flow["id"], name="live", routingConfiguration=route)
    assert alias["arn"] == f"{flow['arn']}/alias/{alias['id']}"
    for flow_identifier in (flow["id"], flow["arn"]):
        for alias_identifier in ("TSTALIASID", alias["id"], alias["arn"]):
            said = place.said(flow_identifier, alias_identifier)
            assert said == "You said: Say hello to Ada", said

    place.agent.update_flow(
        flowIdentifier=flow["id"],
        name="greeting",
        executionRoleArn=ROLE,
        definition=prompt_flow("Say goodbye to {{name}}"),
    )
    assert "description" not in place.agent.get_flow(flowIdentifier=flow["id"])
    assert place.agent.create_flow_version(flowIdentifier=flow["id"])["version"] == "2"
    place.agent.update_flow_alias(
        flowIdentifier=flow["id"],
        aliasIdentifier=alias["id"],
        name="live",
        routingConfiguration=[{"flowVersion": "2"}],
    )
    got = place.agent.get_flow_alias(flowIdentifier=flow["arn"], aliasIdentifier=alias["arn"])
    assert got["routingConfiguration"] == [{"flowVersion": "2"}]
    assert place.said(flow["id"], alias["id"]) == "You said: Say goodbye to Ada"

    in_use = {"flowIdentifier": flow["id"], "flowVersion": "2"}
    fails("ConflictException", 409, place.agent.delete_flow, flowIdentifier=flow["id"])
    fails("ConflictException", 409, place.agent.delete_flow_version, **in_use)
    place.agent.delete_flow_alias(flowIdentifier=flow["id"], aliasIdentifier=alias["id"])
    place.agent.delete_flow_version(**in_use)
    assert place.agent.delete_flow(flowIdentifier=flow["id"])["id"] == flow["id"]
    fails("ResourceNotFoundException", 404, place.agent.get_flow, flowIdentifier=flow["id"])


def traces_are_told(place):
    flow = place.prepared("traced")
    events = list(place.invoke(flow, enableTrace=True)["responseStream"])
    traces = [event["flowTraceEvent"]["trace"] for event in events if "flowTraceEvent" in event]
    kinds = [(kind, trace["nodeName"]) for each in traces for kind, trace in each.items()]
    assert kinds == [
        ("nodeOutputTrace", "FlowInputNode"),
        ("nodeInputTrace", "Answer"),
        ("nodeActionTrace", "Answer"),
        ("nodeOutputTrace", "Answer"),
        ("nodeInputTrace", "FlowOutputNode"),
    ], kinds
    field = traces[1]["nodeInputTrace"]["fields"][0]
    source = {"nodeName": "FlowInputNode", "outputFieldName": "document", "expression": "$.data"}
    assert (field["nodeInputName"], field["content"], field["source"]) == ("name", {"document": "Ada"}, source)
    assert traces[2]["nodeActionTrace"]["operationResponse"]["usage"]["outputTokens"] == 4


def documents_keep_their_type(place):
    for kind, document in [
        ("Object", {"a": [1, 2.5, "é", None, {"b": True}]}),
        ("Array", [1, "two", [3]]),
        ("Number", 42),
        ("Boolean", False),
        ("String", "5"),
    ]:
        flow = place.prepared(f"echo-{kind}", echo_flow(kind))
        assert place.said(flow, document=document) == document


def a_failure_is_an_exception_in_the_stream(place):
    flow = place.prepared("failing")
    try:
        list(place.invoke(flow, document="please fail")["responseStream"])
    except EventStreamError as error:
        assert error.response["Error"]["Code"] == "dependencyFailedException", error
        assert error.response["Error"]["Message"].startswith("Answer: "), error
    else:
        raise AssertionError("the stream did not fail")


def what_keeps_a_run_from_beginning_is_said(place):
    flow = place.prepared("refusing")
    error = fails("ValidationException", 400, place.invoke, flow=flow, inputs=inputs("x", "Start"))
    assert "is named FlowInputNode, not Start" in str(error), error
    fails("ValidationException", 400, place.invoke, flow=flow, document=5)
    fails("ResourceNotFoundException", 404, place.invoke, flow=flow, alias="AAAAAAAAAA")
    fails("ResourceNotFoundException", 404, place.invoke, flow="AAAAAAAAAA")
    fails("ValidationException", 400, place.invoke, flow="nothing")


def an_execution_is_started_and_followed(place):
    flow = place.prepared("executed")
    begin = {"flowIdentifier": flow, "flowAliasIdentifier": "TSTALIASID", "inputs": inputs("Ada")}
    arn = place.runtime.start_flow_execution(**begin, flowExecutionName="nightly-1")["executionArn"]
    assert arn == f"arn:aws:bedrock:us-east-1:000000000000:flow/{flow}/alias/TSTALIASID/execution/nightly-1"
    which = {"flowIdentifier": flow, "flowAliasIdentifier": "TSTALIASID", "executionIdentifier": arn}
    done = place.ended(which)
    assert (done["status"], done["flowVersion"], "errors" in done) == ("Succeeded", "DRAFT", False), done
    assert done["endedAt"] >= done["startedAt"]

    def told(kind, size):
        pages = place.runtime.get_paginator("list_flow_execution_events").paginate(
            **which, eventType=kind, PaginationConfig={"PageSize": size}
        )
        return [event for page in pages for event in page["flowExecutionEvents"]]

    put_in, put_out = told("Flow", 10)
    assert put_in["flowInputEvent"]["fields"] == [{"name": "document", "content": {"document": "Ada"}}]
    said = put_out["flowOutputEvent"]["fields"][0]["content"]["document"]
    assert said == "You said: Say hello to Ada", said
    nodes = told("Node", 2)
    assert [next(iter(event)) for event in nodes] == [
        "nodeOutputEvent",
        "nodeInputEvent",
        "nodeActionEvent",
        "nodeOutputEvent",
        "nodeInputEvent",
    ], nodes
    snapshot = place.runtime.get_execution_flow_snapshot(**which)
    assert json.loads(snapshot["definition"]) == prompt_flow()
    assert snapshot["executionRoleArn"] == ROLE

    failed = place.runtime.start_flow_execution(**{**begin, "inputs": inputs("please fail")})["executionArn"]
    of_failed = {**which, "executionIdentifier": failed}
    assert place.ended(of_failed)["errors"][0]["nodeName"] == "Answer"
    pages = place.runtime.get_paginator("list_flow_executions").paginate(flowIdentifier=flow)
    assert [each["executionArn"] for each in pages.search("flowExecutionSummaries[]")] == [failed, arn]
    again = {**begin, "flowExecutionName": "nightly-1"}
    fails("ConflictException", 409, place.runtime.start_flow_execution, **again)
    fails("ConflictException", 409, place.runtime.stop_flow_execution, **which)
    nothing = {**which, "executionIdentifier": "nothing"}
    fails("ResourceNotFoundException", 404, place.runtime.get_flow_execution, **nothing)
    fails("ResourceNotFoundException", 404, place.runtime.list_flow_executions, flowIdentifier="AAAAAAAAAA")


def lists_come_in_pages(place):
    made = {place.create(f"page-{number}")["id"] for number in range(12)}
    pages = list(place.agent.get_paginator("list_flows").paginate())
    assert all(len(page["flowSummaries"]) <= 10 for page in pages) and len(pages) > 1
    seen = [flow["id"] for page in pages for flow in page["flowSummaries"]]
    assert len(set(seen)) == len(seen) and made <= set(seen)
    assert len(place.agent.list_flows(maxResults=3)["flowSummaries"]) == 3

    flow = made.pop()
    for _ in range(11):
        place.agent.create_flow_version(flowIdentifier=flow)
    for number in range(11):
        route = [{"flowVersion": str(number + 1)}]
        place.agent.create_flow_alias(flowIdentifier=flow, name=f"alias-{number}", routingConfiguration=route)
    versions = place.agent.get_paginator("list_flow_versions").paginate(flowIdentifier=flow).search(
        "flowVersionSummaries[].version"
    )
    assert list(versions) == [str(number) for number in range(11, 0, -1)]
    aliases = place.agent.get_paginator("list_flow_aliases").paginate(flowIdentifier=flow).search(
        "flowAliasSummaries[].name"
    )
    assert sorted(aliases) == sorted(f"alias-{number}" for number in range(11))


def a_token_makes_a_thing_once(place):
    token = "a" * 40
    first = place.create("once", clientToken=token)
    assert place.create("once", clientToken=token)["id"] == first["id"]
    fails("ConflictException", 409, place.create, name="once")
    versions = [
        place.agent.create_flow_version(flowIdentifier=first["id"], clientToken=token)["version"] for _ in "ab"
    ]
    assert versions == ["1", "1"]


def what_is_wrong_with_a_definition_is_said(place):
    broken = prompt_flow()
    broken["connections"].pop()
    flow = place.create("broken", broken)["id"]
    assert place.agent.prepare_flow(flowIdentifier=flow)["status"] == "Failed"
    got = place.agent.get_flow(flowIdentifier=flow)
    assert got["status"] == "Failed"
    assert any(found["severity"] == "Error" for found in got["validations"])
    validated = place.agent.validate_flow_definition(definition=broken)["validations"]
    assert validated == got["validations"]
    fails("ValidationException", 400, place.agent.create_flow_version, flowIdentifier=flow)
    typo = prompt_flow()
    typo["nodes"][1]["type"] = "Promt"
    error = fails("ValidationException", 400, place.create, name="typo", definition=typo)
    assert "definition.nodes[1].type" in str(error), error
    assert "definition" not in place.agent.get_flow(flowIdentifier=flow, includedData="METADATA_ONLY")


def a_stored_prompt_is_run_as_it_was(place):
    def variant(text):
        template = {"text": {"text": text, "inputVariables": [{"name": "name"}]}}
        return {"name": "plain", "templateType": "TEXT", "templateConfiguration": template, "modelId": "test/model"}

    text = "Welcome {{name}}"
    prompt = place.agent.create_prompt(
        name="welcome", variants=[variant(text)], defaultVariant="plain", tags={"team": "desk"}
    )
    assert re.fullmatch("[0-9A-Z]{10}", prompt["id"]) and prompt["version"] == "DRAFT"
    assert prompt["variants"] == [variant(text)]
    assert place.agent.create_prompt_version(promptIdentifier=prompt["id"])["arn"] == f"{prompt['arn']}:1"
    definition = prompt_flow()
    definition["nodes"][1]["configuration"]["prompt"]["sourceConfiguration"] = {
        "resource": {"promptArn": prompt["arn"]}
    }
    flow = place.prepared("welcoming", definition)
    assert place.said(flow) == "You said: Welcome Ada"
    changed = [variant("Farewell {{name}}")]
    place.agent.update_prompt(promptIdentifier=prompt["arn"], name="welcome", variants=changed)
    assert place.said(flow) == "You said: Welcome Ada"
    place.agent.prepare_flow(flowIdentifier=flow)
    assert place.said(flow) == "You said: Farewell Ada"
    first = place.agent.get_prompt(promptIdentifier=prompt["id"], promptVersion="1")
    assert first["variants"] == [variant(text)]
    versions = place.agent.get_paginator("list_prompts").paginate(promptIdentifier=prompt["id"])
    assert list(versions.search("promptSummaries[].version")) == ["DRAFT", "1"]
    fails("ConflictException", 409, place.agent.delete_prompt, promptIdentifier=prompt["id"])
    place.agent.delete_prompt(promptIdentifier=prompt["id"], promptVersion="1")
    place.agent.delete_flow(flowIdentifier=flow)
    assert place.agent.delete_prompt(promptIdentifier=prompt["id"])["id"] == prompt["id"]
    fails("ResourceNotFoundException", 404, place.agent.get_prompt, promptIdentifier=prompt["id"])


def tags_are_kept(place):
    arn = place.create("tagged", tags={"team": "desk"})["arn"]
    place.agent.tag_resource(resourceArn=arn, tags={"stage": "test", "empty": ""})
    assert place.agent.list_tags_for_resource(resourceArn=arn)["tags"] == {"team": "desk", "stage": "test", "empty": ""}
    place.agent.untag_resource(resourceArn=arn, tagKeys=["team", "empty"])
    assert place.agent.list_tags_for_resource(resourceArn=arn)["tags"] == {"stage": "test"}
    many = {f"key{number}": "x" for number in range(50)}
    fails("ServiceQuotaExceededException", 402, place.agent.tag_resource, resourceArn=arn, tags=many)


def what_is_not_answered_yet_says_so(place):
    error = fails("ValidationException", 400, place.runtime.list_sessions)
    assert "Anabranch does not answer" in str(error), error


# What stands in public definitions where a person writes the name of a thing of theirs, and such a name.
OWN_NAMES = {
    "knowledgeBaseId": "KBASE00001",
    "agentAliasArn": "arn:aws:bedrock:us-east-1:123456789012:agent-alias/AGENT00001/ALIAS00001",
    "guardrailIdentifier": "guardrail1",
    "promptArn": "arn:aws:bedrock:us-east-1:123456789012:prompt/PROMPT0001",
    "lambdaArn": "arn:aws:lambda:us-east-1:123456789012:function:look-up",
    "bucketName": "documents-of-mine",
}


def public_definitions_are_taken_once_their_names_are_filled_in(place):
    for number, file in enumerate(sorted((ROOT.parent / "shared/bedrock/corpus").glob("*.json"))):
        definition = json.loads(file.read_text(encoding="utf-8"))
        for _ in range(2):
            try:
                flow = place.create(f"public-{number}", definition)
                break
            except ClientError as error:
                for field in error.response["fieldList"]:
                    fill_in(definition, field["name"])
        else:
            raise AssertionError(f"{file.name} is not taken")
        assert place.agent.get_flow(flowIdentifier=flow["id"])["definition"] == definition, file.name
        place.agent.validate_flow_definition(definition=definition)


def fill_in(definition, path):
    """Replaces what an error names, which has to be the name of something of one's own."""
    *way, last = re.findall(r"\w+", path.removeprefix("definition"))
    for step in way:
        definition = definition[int(step) if step.isdigit() else step]
    definition[last] = OWN_NAMES[last]


def an_agent_lives(place):
    instruction = "You are the front desk of a bicycle workshop. Be brief."
    content = {"instruction": instruction, "foundationModel": "test/model", "agentResourceRoleArn": ROLE}
    made = place.agent.create_agent(agentName="desk", clientToken="a" * 40, **content)["agent"]
    which = {"agentId": made["agentId"]}
    assert (made["agentStatus"], made["agentVersion"]) == ("NOT_PREPARED", "DRAFT"), made
    assert place.agent.create_agent(agentName="desk", clientToken="a" * 40, **content)["agent"] == made
    fails("ConflictException", 409, place.agent.create_agent, agentName="desk")
    fails("ValidationException", 400, place.agent.create_agent_alias, agentAliasName="live", **which)
    assert place.agent.prepare_agent(**which)["agentStatus"] == "PREPARED"
    alias = place.agent.create_agent_alias(agentAliasName="live", **which)["agentAlias"]
    assert alias["routingConfiguration"] == [{"agentVersion": "1"}], alias

    def said(text, alias="TSTALIASID", **more):
        answer = place.runtime.invoke_agent(
            **which, agentAliasId=alias, sessionId="talk-1", inputText=text, enableTrace=True, **more
        )
        assert (answer["sessionId"], answer["contentType"]) == ("talk-1", "application/json")
        events = list(answer["completion"])
        assert any("trace" in event for event in events) or "endSession" in more, events
        return b"".join(event["chunk"]["bytes"] for event in events if "chunk" in event).decode()

    assert said("Hello") == "You said: Hello"
    assert said("Hello again", alias["agentAliasId"]) == "You said: Hello again"
    try:
        said("please fail")
        raise AssertionError("an error was expected")
    except EventStreamError as error:
        assert error.response["Error"]["Code"] == "dependencyFailedException", error
    assert said("", endSession=True) == "The session has ended."
    nobody = {"agentId": "AAAAAAAAAA", "agentAliasId": "TSTALIASID", "sessionId": "talk-1", "inputText": "Hi"}
    fails("ResourceNotFoundException", 404, place.runtime.invoke_agent, **nobody)

    names = place.agent.get_paginator("list_agent_aliases").paginate(**which).search(
        "agentAliasSummaries[].agentAliasName"
    )
    assert set(names) == {"live", "AgentTestAlias"}
    versions = place.agent.list_agent_versions(**which)["agentVersionSummaries"]
    assert [version["agentVersion"] for version in versions] == ["DRAFT", "1"]
    fails("ConflictException", 409, place.agent.delete_agent, **which)
    assert place.agent.delete_agent(**which, skipResourceInUseCheck=True)["agentStatus"] == "DELETING"
    fails("ResourceNotFoundException", 404, place.agent.get_agent, **which)


def models_converse(place):
    messages = [{"role": "user", "content": [{"text": "Hi"}]}]
    asked = {"modelId": "anthropic.claude-3-haiku-20240307-v1:0", "messages": messages}
    answer = place.models.converse(**asked, inferenceConfig={"maxTokens": 20, "temperature": 0.5})
    assert answer["output"]["message"] == {"role": "assistant", "content": [{"text": "You said: Hi"}]}
    assert (answer["stopReason"], answer["usage"]["totalTokens"]) == ("end_turn", 7)
    assert answer["metrics"]["latencyMs"] >= 0

    events = list(place.models.converse_stream(**asked)["stream"])
    assert [next(iter(event)) for event in events] == [
        "messageStart",
        "contentBlockDelta",
        "contentBlockStop",
        "messageStop",
        "metadata",
    ], events
    assert events[1]["contentBlockDelta"]["delta"] == {"text": "You said: Hi"}
    counted = place.models.count_tokens(modelId=asked["modelId"], input={"converse": {"messages": messages}})
    assert counted["inputTokens"] == 3

    messages[0]["content"][0]["text"] = "please fail"
    fails("ValidationException", 400, place.models.converse, **asked)
    fails("ValidationException", 400, place.models.converse_stream, **asked)
    fails("ResourceNotFoundException", 404, place.models.converse, **{**asked, "modelId": "gone/model"})
    video = {"video": {"format": "mp4", "source": {"bytes": b"mp4"}}}
    shown = [{"role": "user", "content": [video]}]
    error = fails("ValidationException", 400, place.models.converse, **{**asked, "messages": shown})
    assert "messages[0].content[0].video" in str(error), error


def a_knowledge_base_is_asked(place):
    base = place.native("POST", "/api/knowledge-bases", {"name": "Shop", "id": "BOTO3BASE1"})["id"]
    for title, text in [("Refunds", "The money is back in five days."), ("Post", "Parcels take two days.")]:
        place.native("POST", f"/api/knowledge-bases/{base}/documents", {"title": title, "text": text})
    found = place.runtime.retrieve(
        knowledgeBaseId=base,
        retrievalQuery={"text": "When is my money back?"},
        retrievalConfiguration={"vectorSearchConfiguration": {"numberOfResults": 1, "overrideSearchType": "HYBRID"}},
    )["retrievalResults"]
    assert [result["metadata"]["title"] for result in found] == ["Refunds"], found
    configuration = {
        "type": "KNOWLEDGE_BASE",
        "knowledgeBaseConfiguration": {"knowledgeBaseId": base, "modelArn": "test/model"},
    }
    asked = {"input": {"text": "When is my money back?"}, "retrieveAndGenerateConfiguration": configuration}
    answer = place.runtime.retrieve_and_generate(**asked)
    assert answer["output"]["text"].startswith("You said: "), answer
    events = list(place.runtime.retrieve_and_generate_stream(**asked, sessionId=answer["sessionId"])["stream"])
    assert "".join(event["output"]["text"] for event in events if "output" in event).startswith("You said: "), events
    fails("ValidationException", 400, place.runtime.retrieve_and_generate, **asked, sessionId="unknown")
    by_model = {"modelConfiguration": {"modelArn": "test/model"}}
    rerank = {"type": "BEDROCK_RERANKING_MODEL", "bedrockRerankingConfiguration": by_model}
    documents = [{"type": "TEXT", "textDocument": {"text": text}} for text in "ab"]
    texts = [{"type": "INLINE", "inlineDocumentSource": document} for document in documents]
    query = [{"type": "TEXT", "textQuery": {"text": "money"}}]
    results = place.runtime.rerank(queries=query, sources=texts, rerankingConfiguration=rerank)["results"]
    assert {result["index"] for result in results} == {0, 1}, results


def models_are_invoked(place):
    def invoke(model, **body):
        answer = place.models.invoke_model(modelId=model, body=json.dumps(body))
        return json.loads(answer["body"].read())

    claude = "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-3-5-sonnet-20241022-v2:0"
    body = {
        "anthropic_version": "bedrock-2023-05-31",
        "max_tokens": 20,
        "messages": [{"role": "user", "content": "Hi"}],
    }
    assert invoke(claude, **body)["content"] == [{"type": "text", "text": "You said: Hi"}]
    stream = place.models.invoke_model_with_response_stream(modelId=claude, body=json.dumps(body))["body"]
    pieces = [json.loads(event["chunk"]["bytes"]) for event in stream]
    assert (pieces[0]["type"], pieces[-1]["type"]) == ("message_start", "message_stop")
    assert pieces[-1]["amazon-bedrock-invocationMetrics"]["outputTokenCount"] == 4
    assert invoke("amazon.titan-text-express-v1", inputText="Hi")["results"][0]["outputText"] == "You said: Hi"
    assert invoke("meta.llama3-8b-instruct-v1:0", prompt="Hi")["generation"] == "You said: Hi"
    vector = invoke("amazon.titan-embed-text-v1", inputText="four")
    assert vector == {"embedding": [4, 1], "inputTextTokenCount": 5}, vector
    cohere = invoke("cohere.embed-english-v3", texts=["a", "bc"], input_type="search_document")
    assert cohere["embeddings"] == [[1, 1], [2, 1]]
    fails("ValidationException", 400, place.models.invoke_model, modelId=claude, body="{}")


def only_the_owners_key_is_let_in(place):
    def as_(**credentials):
        return boto3.client("bedrock-agent", **credentials).list_flows

    key = os.environ["AWS_ACCESS_KEY_ID"]
    fails(
        "InvalidSignatureException", 403, as_(aws_access_key_id=key, aws_secret_access_key="wrong"),
    )
    fails(
        "UnrecognizedClientException", 403, as_(aws_access_key_id="AKIAWRONG", aws_secret_access_key="wrong"),
    )


def a_knowledge_base_lives(place):
    """Made, filled by hand, looked at and deleted."""
    configuration = {
        "type": "VECTOR",
        "vectorKnowledgeBaseConfiguration": {
            "embeddingModelArn": "arn:aws:bedrock:us-east-1::foundation-model/amazon.titan-embed-text-v2:0"
        },
    }
    made = place.agent.create_knowledge_base(
        name="boto-base", roleArn=ROLE, knowledgeBaseConfiguration=configuration, tags={"made": "here"}
    )
    base = made["knowledgeBase"]["knowledgeBaseId"]
    source = place.agent.create_data_source(
        knowledgeBaseId=base, name="given", dataSourceConfiguration={"type": "CUSTOM"}
    )["dataSource"]["dataSourceId"]
    which = {"knowledgeBaseId": base, "dataSourceId": source}
    content = {"type": "BYTE", "byteContent": {"mimeType": "text/html", "data": b"<p>Bridges are high.</p>"}}
    custom = {"customDocumentIdentifier": {"id": "bridge"}, "sourceType": "IN_LINE", "inlineContent": content}
    document = {"content": {"dataSourceType": "CUSTOM", "custom": custom}}
    place.agent.ingest_knowledge_base_documents(documents=[document], **which)
    named = [{"dataSourceType": "CUSTOM", "custom": {"id": "bridge"}}]
    for _ in range(400):
        got = place.agent.get_knowledge_base_documents(documentIdentifiers=named, **which)
        if got["documentDetails"][0]["status"] == "INDEXED":
            break
        time.sleep(0.025)
    assert got["documentDetails"][0]["status"] == "INDEXED", got
    [listed] = place.agent.get_paginator("list_knowledge_bases").paginate().search("knowledgeBaseSummaries[]")
    assert (listed["knowledgeBaseId"], listed["status"]) == (base, "ACTIVE")
    fails("ValidationException", 400, place.agent.start_ingestion_job, **which)
    gone = place.agent.delete_knowledge_base_documents(documentIdentifiers=named, **which)
    assert gone["documentDetails"][0]["status"] == "DELETING"
    place.agent.delete_data_source(**which)
    place.agent.delete_knowledge_base(knowledgeBaseId=base)
    fails("ResourceNotFoundException", 404, place.agent.get_knowledge_base, knowledgeBaseId=base)


TESTS = [
    the_program_of_the_readme_works,
    a_flow_lives,
    traces_are_told,
    documents_keep_their_type,
    a_failure_is_an_exception_in_the_stream,
    what_keeps_a_run_from_beginning_is_said,
    an_execution_is_started_and_followed,
    lists_come_in_pages,
    a_token_makes_a_thing_once,
    what_is_wrong_with_a_definition_is_said,
    a_stored_prompt_is_run_as_it_was,
    tags_are_kept,
    what_is_not_answered_yet_says_so,
    public_definitions_are_taken_once_their_names_are_filled_in,
    an_agent_lives,
    a_knowledge_base_lives,
    models_converse,
    a_knowledge_base_is_asked,
    models_are_invoked,
    only_the_owners_key_is_let_in,
]


def main():
    failed = 0
    with running():
        place = Place()
        for test in TESTS:
            try:
                test(place)
                print(f"ok   {test.__name__}")
            except Exception:
                failed += 1
                print(f"FAIL {test.__name__}")
                traceback.print_exc()
    print(f"{len(TESTS) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
