"""What the documents say is true."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from jarvis_ai.api import create_api
from jarvis_ai.api.errors import STATUS_OF_KIND
from jarvis_ai.assistant.examples import COLUMNS
from jarvis_ai.assistant.results import INTENTS, TIME_TYPES
from jarvis_ai.policy import Concurrency, Deadlines, Hedging, Policy
from jarvis_ai.settings import DEADLINES, Settings

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
HTTP_API = (ROOT / "docs/http-api.md").read_text()
VARIABLES = set(
    re.findall(r'"((?:OPEN|ANTHROPIC|HEDGING|JARVIS|USAGE|LOG)[A-Z_]*)"', (ROOT / "jarvis_ai/settings.py").read_text())
)


def test_every_setting_is_documented_in_both_places():
    example = (ROOT / ".env.example").read_text()
    assert set(re.findall(r"^([A-Z_]+)=", example, re.MULTILINE)) == VARIABLES
    assert set(re.findall(r"`((?:OPEN|ANTHROPIC|HEDGING|JARVIS|USAGE|LOG)[A-Z_]*)`", README)) == VARIABLES


def test_every_file_that_the_documents_name_is_there():
    documents = [README, (ROOT / "docs/architecture.md").read_text()]
    named = {name for text in documents for name in re.findall(r"[`(]((?:jarvis_ai|docs|pages)/[\w./-]*)[`)]", text)}
    assert len(named) > 10
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []


def test_the_example_of_an_environment_changes_nothing_as_it_stands():
    assert Settings.from_environment({}, ROOT / ".env.example") == Settings.from_environment({})


def test_the_defaults_in_the_table_are_those_of_the_settings():
    settings = Settings.from_environment({})
    rows = dict(re.findall(r"^\| `([A-Z_]+)` \| `([^`]+)` \|", README, re.MULTILINE))
    assert rows == {
        "OPENROUTER_PREFERRED_MODEL": settings.preferred_model,
        "OPENROUTER_FALLBACK_ENABLED": str(settings.fallback_enabled),
        "OPENROUTER_COST_OPTIMIZATION": str(settings.cost_optimization),
        "USAGE_DATABASE_URL": f"sqlite:///{settings.data_dir}/usage.db",
        "USAGE_DURABILITY": settings.usage_durability,
        "USAGE_TAMPER_EVIDENCE": str(settings.tamper_evidence),
        "USAGE_RETENTION_BODIES_DAYS": f"{settings.retention_bodies_days:g}",
        "USAGE_RETENTION_FACTS_DAYS": f"{settings.retention_facts_days:g}",
        "JARVIS_DATA_DIR": str(settings.data_dir),
        "JARVIS_DEMO_SPEED": f"{settings.demo_speed:g}",
        **{name: f"{getattr(Deadlines(), part):g}" for part, name in DEADLINES.items()},
        "HEDGING": str(settings.hedging),
        "JARVIS_HEDGE_FLOOR": f"{Hedging().floor:g}",
        "JARVIS_HEDGE_SHARE": f"{Hedging().share:g}",
        "JARVIS_PATIENCE": f"{Policy().patience:g}",
        "JARVIS_CONCURRENCY": f"{Concurrency().limit}",
        "LOG_LEVEL": settings.log_level,
    }


def test_every_command_that_the_readme_names_can_be_made():
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"(?:`|^|\d )make ([a-z]+)", README, re.MULTILINE))
    assert named >= {"run", "test", "bench"}
    assert named <= targets


def test_every_route_has_its_section_with_all_that_it_takes():
    document = create_api(lambda: pytest.fail("A description needs no runtime.")).openapi()
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            heading = f"`{method.upper()} {path.replace('{model_id}', '{id}')}`"
            section = HTTP_API.partition(heading)[2].partition("\n## ")[0]
            assert section, f"{heading} has no section in docs/http-api.md"
            taken = [each["name"] for each in operation.get("parameters", []) if each["in"] == "query"]
            taken += body_fields(operation, document)
            assert [name for name in taken if f"`{name}`" not in section] == []


def body_fields(operation: Mapping[str, Any], document: Mapping[str, Any]) -> list[str]:
    """The fields of a route's body; none when it takes no body."""
    content = operation.get("requestBody", {}).get("content", {})
    named = [each["schema"]["$ref"].rpartition("/")[2] for each in content.values()]
    return [field for name in named for field in document["components"]["schemas"][name]["properties"]]


def test_every_address_that_the_documents_call_is_a_route():
    paths = create_api(lambda: pytest.fail("A description needs no runtime.")).openapi()["paths"]
    routes = {re.sub(r"\{.*\}", ".+", path) for path in paths}
    called = re.findall(r"(?:\$API|localhost:\d+/api/v1)(/[\w./-]+)", README + HTTP_API)
    assert len(called) > 8
    assert [path for path in called if not any(re.fullmatch(route, path) for route in routes)] == []


def test_every_status_that_is_said_of_a_failure_is_documented():
    table = HTTP_API.partition("\n## Errors\n")[2]
    documented = {
        int(status) for cell in re.findall(r"^\| ([\d, ]+) \|", table, re.MULTILINE) for status in cell.split(",")
    }
    assert documented >= {400, 401, 404, 405, 413, 500, 503, *STATUS_OF_KIND.values()}


def test_every_intent_type_of_time_and_column_of_the_assistant_is_documented():
    text = (ROOT / "docs/assistant.md").read_text()
    for heading, known in (("Intents", INTENTS), ("Times", TIME_TYPES), ("Measuring", COLUMNS)):
        section = text.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
        rows = re.findall(r"^\| `(\w+)` \| (.+) \|$", section, re.MULTILINE)
        assert {name: said.replace("`", "") for name, said in rows} == dict(known)
