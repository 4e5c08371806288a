"""The API does what its OpenAPI document says, and the document says what a reader needs."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from pydantic import BaseModel
from schemathesis import checks
from starlette.applications import Starlette
from starlette.testclient import TestClient

from jarvis_ai.api import schemas
from jarvis_ai.api.gateway.request import ChatRequest
from jarvis_ai.api.gateway.schemas import Catalogue, ChatAnswer, ModelAnswer, ModelRow
from jarvis_ai.api.routes import routes
from tests.api.fakes import TOKEN, FakeRuntime

ROUTES = {
    ("get", "/ai/health"),
    ("get", "/ai/models"),
    ("get", "/ai/models/{model_id}"),
    ("get", "/ai/usage"),
    ("post", "/ai/test"),
    ("get", "/ai/credits"),
    ("post", "/chat/completions"),
    ("get", "/models"),
    ("get", "/models/{model_id}"),
    ("get", "/model/{model_id}"),
}

app = Starlette(routes=routes(FakeRuntime))  # type: ignore[arg-type]  # a fake of the same shape
schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", app)

NOT_SAID_BY_A_SCHEMA = [
    # That 'from' lies before 'to', and that a model exists, is not a matter of types.
    checks.positive_data_acceptance,
]


@schema.parametrize()
@settings(
    max_examples=25,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_every_answer_is_one_that_the_document_promises(case: Any) -> None:
    # Parameters that OpenRouter has and we do not are passed over there, as its clients send them.
    lenient = [checks.negative_data_rejection] if case.operation.path == "/models" else []
    excluded = [*NOT_SAID_BY_A_SCHEMA, *lenient]
    case.call_and_validate(headers={"Authorization": f"Bearer {TOKEN}"}, excluded_checks=excluded)


@pytest.fixture
def document(stranger: TestClient) -> dict[str, Any]:
    read: dict[str, Any] = stranger.get("/api/v1/openapi.json").json()
    return read


def test_the_document_holds_every_route_and_where_they_are(document: dict[str, Any]) -> None:
    assert {(method, path) for path, methods in document["paths"].items() for method in methods} == ROUTES
    assert document["servers"] == [{"url": "/api/v1"}]


def test_every_route_says_that_it_needs_the_token(document: dict[str, Any]) -> None:
    for methods in document["paths"].values():
        for operation in methods.values():
            assert operation["security"] == [{"HTTPBearer": []}]
            assert "401" in operation["responses"]
            assert "422" not in operation["responses"]


EXEMPLARY = [
    *(schemas.HealthAnswer, schemas.ModelList, schemas.ModelDetail, schemas.UsageAnswer, schemas.TestAnswer),
    *(schemas.CreditsAnswer, schemas.ErrorResponse, schemas.TestRequest),
    *(ChatRequest, ChatAnswer, Catalogue, ModelRow, ModelAnswer, schemas.ChatErrorResponse),
]


@pytest.mark.parametrize("kind", EXEMPLARY)
def test_what_every_route_takes_and_gives_has_an_example_that_is_valid(kind: type[BaseModel]) -> None:
    examples = kind.model_json_schema()["examples"]
    assert examples
    for example in examples:
        kind.model_validate(example)
