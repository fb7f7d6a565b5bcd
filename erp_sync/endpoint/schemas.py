"""What OpenAPI shows: requests and answers, and the problems that a call can end in."""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from pydantic import BaseModel

from erp_sync.endpoint import (
    answers,
    document_answers,
    edge_answers,
    feed_answers,
    kpi_answers,
    order_answers,
    plan_answers,
    promise_answers,
    reconciliation_answers,
    wire,
)
from erp_sync.masterdata import documents

Responses = dict[int | str, dict[str, Any]]
REF = "#/components/schemas/{name}"
MESSAGES = (
    wire.HelloMessage,
    wire.AcknowledgementsMessage,
    wire.BooksMessage,
    wire.ClosureMessage,
    wire.PromiseMessage,
    wire.ShipmentMessage,
    wire.ExtensionMessage,
    wire.AnswerMessage,
    *answers.ANSWERS,
    *document_answers.ANSWERS,
    *edge_answers.ANSWERS,
    *feed_answers.ANSWERS,
    *kpi_answers.ANSWERS,
    *order_answers.ANSWERS,
    *plan_answers.ANSWERS,
    *promise_answers.ANSWERS,
    *reconciliation_answers.ANSWERS,
)
MODELS: tuple[type[BaseModel], ...] = (
    documents.DefinitionDocument,
    documents.ScheduleDocument,
    documents.ReceiptsDocument,
)
# msgspec.Raw has no schema of its own, so the batch of facts is described here.
FACTS_BATCH = {
    "title": "FactsMessage",
    "type": "object",
    "description": wire.FactsMessage.__doc__,
    "required": ["epoch", "facts"],
    "additionalProperties": False,
    "properties": {
        "epoch": {"type": "integer", "minimum": 1},
        "facts": {
            "type": "array",
            "maxItems": wire.LARGEST_BATCH,
            "items": {"$ref": REF.format(name="Fact")},
        },
        "watermark": {
            "anyOf": [{"type": "integer"}, {"type": "null"}],
            "description": "All facts that occurred before it (microseconds UTC) are sent",
        },
    },
}
FACT = {
    "title": "Fact",
    "type": "object",
    "description": "A fact in its canonical bytes; docs/contracts.md, section 1",
}
PROBLEM_TEXTS = {
    401: "No token, or an unknown one",
    403: "The token lacks the scope",
    404: "There is no such thing",
    405: "The path has no such method",
    409: "It contradicts what is known; `type` and `mend` say how",
    410: "The cursor's feed is gone",
    413: "The body is too large",
    415: "The content type is not read here",
    422: "The content is not valid; `errors` names every fault",
    500: "The sync service failed",
    503: "The store cannot be used now",
}


def components() -> dict[str, Any]:
    """Schemas by name, for `components.schemas`."""
    _, named = msgspec.json.schema_components(MESSAGES, ref_template=REF)
    schemas: dict[str, Any] = {**named, "Fact": FACT, "FactsMessage": FACTS_BATCH}
    for model in MODELS:
        schema = model.model_json_schema(ref_template=REF.replace("{name}", "{model}"))
        schemas |= schema.pop("$defs", {})
        schemas[model.__name__] = schema
    return schemas


def body(name: str, *, files: Iterable[str] = ()) -> dict[str, Any]:
    """A route's `openapi_extra` for a JSON body of a named schema, or a file of these types."""
    content: dict[str, Any] = {"application/json": {"schema": {"$ref": REF.format(name=name)}}}
    for kind in files:
        is_text = kind.startswith("text/")
        content[kind] = {"schema": {"type": "string"} | ({} if is_text else {"format": "binary"})}
    return {"requestBody": {"required": True, "content": content}}


def responses(*names: str, problems: Sequence[int] = (), status: int = 200) -> Responses:
    """A route's `responses`: the answer's schemas, and problems beside the common ones."""
    shapes = [{"$ref": REF.format(name=name)} for name in names]
    schema = shapes[0] if len(shapes) == 1 else {"anyOf": shapes}
    content = {"application/json": {"schema": schema}}
    said: Responses = {status: {"description": "Done", "content": content}}
    for code in sorted({401, 403, 500, 503, *problems}):
        said[code] = problem(code)
    return said


def problem(code: int) -> dict[str, Any]:
    """A problem as an answer."""
    schema = {"$ref": REF.format(name="ProblemDocument")}
    return {
        "description": PROBLEM_TEXTS[code],
        "content": {"application/problem+json": {"schema": schema}},
    }
