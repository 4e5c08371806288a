"""The OpenAPI document as a page to read: plain HTML that fetches nothing from anywhere."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

HEADERS = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}

STYLE = """
:root { color-scheme: light dark }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 52rem; margin: 2rem auto; padding: 0 1rem }
pre { overflow-x: auto; padding: .75rem; border: 1px solid #8885; border-radius: 6px }
td { vertical-align: top; padding: .2rem 1rem .2rem 0 }
h2 { margin-top: 3rem; font-family: ui-monospace, monospace; font-size: 1.1rem }
"""

Document = Mapping[str, Any]


def page(document: Document, prefix: str) -> str:
    """The whole page: what the API is, then each of its routes, whose paths are beneath `prefix`."""
    about = document["info"]
    routes = "".join(
        route(f"{method.upper()} {prefix}{path}", operation, document)
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
    )
    title = escape(f"{about['title']}: {about['summary']}")
    head = f'<meta charset="utf-8"><title>{title}</title><style>{STYLE}</style>'
    body = f"<h1>{title}</h1><p>{escape(about['description'])}</p>{routes}"
    return f'<!doctype html><html lang="en"><head>{head}</head><body>{body}</body></html>'


def route(heading: str, operation: Mapping[str, Any], document: Document) -> str:
    """What a route takes and gives, with an example of each."""
    body = schema_of(operation.get("requestBody", {}), document)
    answer = schema_of(operation["responses"]["200"], document)
    rows = "".join(
        f"<tr><td><code>{escape(name)}</code></td><td>{escape(said)}</td></tr>"
        for name, said in fields(operation, body)
    )
    return (
        f"<h2>{escape(heading)}</h2><p>{escape(operation['description'])}</p><table>{rows}</table>"
        f"{example('Request', body)}{example('Answer', answer)}"
    )


def fields(operation: Mapping[str, Any], body: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Parameters and fields of the body, with what is said about each."""
    for parameter in operation.get("parameters", ()):
        yield parameter["name"], parameter.get("description", "")
    for name, field in body.get("properties", {}).items():
        yield name, field.get("description", "")


def schema_of(content: Mapping[str, Any], document: Document) -> Mapping[str, Any]:
    """The schema of a request's or an answer's JSON; empty when there is none."""
    named = content.get("content", {}).get("application/json", {}).get("schema", {}).get("$ref", "")
    found: Mapping[str, Any] = document["components"]["schemas"].get(named.rpartition("/")[2], {})
    return found


def example(title: str, schema: Mapping[str, Any]) -> str:
    """The first example of a schema; nothing when it has none."""
    shown = "".join(json.dumps(each, indent=2, ensure_ascii=False) for each in schema.get("examples", ())[:1])
    return f"<p>{title}</p><pre>{escape(shown)}</pre>" if shown else ""
