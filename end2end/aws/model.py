"""Writes `server/src/api/aws/model.json`, the table of AWS's operations and of what their inputs must be.

It is read out of the service models that botocore carries. `python model.py` writes it, `python model.py --check`
says whether it is what this botocore's models give.
"""

import json
import pathlib
import sys

import botocore.session

TABLE = pathlib.Path(__file__).resolve().parents[2] / "server/src/api/aws/model.json"

SERVICES = ["bedrock-agent", "bedrock-agent-runtime", "bedrock-runtime"]

# Of operations that are answered, the inputs are kept; of the others the name alone, to say that they are not.
ANSWERED = [
    *("CreateFlow GetFlow UpdateFlow DeleteFlow ListFlows PrepareFlow ValidateFlowDefinition").split(),
    *("CreateFlowVersion GetFlowVersion DeleteFlowVersion ListFlowVersions").split(),
    *("CreateFlowAlias GetFlowAlias UpdateFlowAlias DeleteFlowAlias ListFlowAliases").split(),
    *("CreatePrompt GetPrompt UpdatePrompt DeletePrompt ListPrompts CreatePromptVersion").split(),
    *("CreateKnowledgeBase GetKnowledgeBase UpdateKnowledgeBase DeleteKnowledgeBase ListKnowledgeBases").split(),
    *("CreateDataSource GetDataSource UpdateDataSource DeleteDataSource ListDataSources").split(),
    *("StartIngestionJob GetIngestionJob StopIngestionJob ListIngestionJobs").split(),
    *("IngestKnowledgeBaseDocuments GetKnowledgeBaseDocuments").split(),
    *("DeleteKnowledgeBaseDocuments ListKnowledgeBaseDocuments").split(),
    *("TagResource UntagResource ListTagsForResource").split(),
    *("CreateAgent GetAgent UpdateAgent DeleteAgent ListAgents PrepareAgent").split(),
    *("GetAgentVersion ListAgentVersions DeleteAgentVersion").split(),
    *("CreateAgentAlias GetAgentAlias UpdateAgentAlias DeleteAgentAlias ListAgentAliases").split(),
    *("CreateAgentActionGroup GetAgentActionGroup UpdateAgentActionGroup").split(),
    *("DeleteAgentActionGroup ListAgentActionGroups").split(),
    *("AssociateAgentCollaborator GetAgentCollaborator UpdateAgentCollaborator").split(),
    *("DisassociateAgentCollaborator ListAgentCollaborators").split(),
    *("AssociateAgentKnowledgeBase GetAgentKnowledgeBase UpdateAgentKnowledgeBase").split(),
    *("DisassociateAgentKnowledgeBase ListAgentKnowledgeBases").split(),
    *("InvokeFlow StartFlowExecution GetFlowExecution ListFlowExecutions StopFlowExecution").split(),
    *("ListFlowExecutionEvents GetExecutionFlowSnapshot InvokeAgent").split(),
    *("Retrieve RetrieveAndGenerate RetrieveAndGenerateStream Rerank").split(),
    *("Converse ConverseStream InvokeModel InvokeModelWithResponseStream CountTokens").split(),
]


def table():
    """The operations, and the shapes that their inputs are made of. Shapes of two services may share a name."""
    operations, shapes, places = [], {}, set()
    for service in SERVICES:
        model = botocore.session.get_session().get_service_model(service)
        for name in model.operation_names:
            operation = model.operation_model(name)
            path = operation.http["requestUri"].split("?")[0]
            place = (operation.http["method"], path.rstrip("/"))
            if place in places:  # Tags of runtime's sessions, where flows and prompts have theirs.
                continue
            places.add(place)
            entry = {"name": name, "service": service.removeprefix("bedrock-"), "method": place[0], "path": place[1]}
            if name in ANSWERED and operation.input_shape:
                entry["input"] = add(shapes, service, operation.input_shape)
            operations.append(entry)
    unknown = set(ANSWERED) - {operation["name"] for operation in operations}
    assert not unknown, unknown
    return {"operations": sorted(operations, key=lambda o: (o["service"], o["path"], o["method"])), "shapes": shapes}


def add(shapes, service, shape):
    """Adds a shape and those in it. Returns its name in the table."""
    name = f"{service.removeprefix('bedrock-')}.{shape.name}"
    if name in shapes:
        return name
    entry = shapes[name] = {"type": shape.type_name}
    known = shape.metadata
    for limit in ("min", "max"):
        if limit in known:
            entry[limit] = known[limit]
    if "pattern" in known:
        entry["pattern"] = known["pattern"]
    if "enum" in known:
        entry["enum"] = sorted(known["enum"])
    if shape.type_name == "structure":
        structure(shapes, service, shape, entry)
    elif shape.type_name == "list":
        entry["member"] = add(shapes, service, shape.member)
    elif shape.type_name == "map":
        entry["key"], entry["value"] = add(shapes, service, shape.key), add(shapes, service, shape.value)
    return name


def structure(shapes, service, shape, entry):
    if getattr(shape, "is_document_type", False):
        entry["type"] = "document"
        return
    if getattr(shape, "is_tagged_union", False):
        entry["type"] = "union"
    payload = shape.serialization.get("payload")
    required = set(shape.required_members)
    entry["members"] = {}
    for name, member in shape.members.items():
        known = entry["members"][name] = {"shape": add(shapes, service, member)}
        if name in required:
            known["required"] = True
        place = member.serialization.get("location")
        if place:
            wire = member.serialization.get("name", name)
            known["in"] = {"uri": "path", "querystring": "query"}.get(place, place)
            if wire != name:
                known["as"] = wire
        elif payload == name:
            known["in"] = "payload"


def written():
    """The table as it is kept: one operation or shape a line, so that a change can be read."""
    found = table()
    line = lambda value: json.dumps(value, ensure_ascii=False, separators=(", ", ": "))
    operations = ",\n".join("    " + line(operation) for operation in found["operations"])
    shapes = ",\n".join(f"    {line(name)}: {line(found['shapes'][name])}" for name in sorted(found["shapes"]))
    return f'{{\n  "operations": [\n{operations}\n  ],\n  "shapes": {{\n{shapes}\n  }}\n}}\n'


if __name__ == "__main__":
    if "--check" in sys.argv[1:]:
        if TABLE.read_text(encoding="utf-8") != written():
            sys.exit(f"{TABLE} is not what this botocore's models give. Write it anew: python {__file__}")
    else:
        TABLE.write_text(written(), encoding="utf-8")
