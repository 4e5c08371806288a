"""The API's description as a page."""

from __future__ import annotations

import re

from starlette.testclient import TestClient

from jarvis_ai.api.reference import example, page


def test_it_shows_every_route_with_its_fields_and_an_example(stranger: TestClient) -> None:
    document = stranger.get("/api/v1/openapi.json").json()
    text = stranger.get("/api/v1/docs").text
    for path in document["paths"]:
        assert f"/api/v1{path}</h2>" in text
    assert "<code>max_tokens</code>" in text
    assert "&quot;Say hello in one word.&quot;" in text


def test_it_fetches_nothing_and_runs_nothing(stranger: TestClient) -> None:
    response = stranger.get("/api/v1/docs")
    assert re.findall(r"<script|<link|<img|src=|url\(|@import", response.text) == []
    assert response.headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_words_of_the_document_are_never_markup() -> None:
    about = {"title": "<b>", "summary": "&", "description": "<script>"}
    text = page({"info": about, "paths": {}, "components": {"schemas": {}}}, "/api/v1")
    assert "<script>" not in text
    assert "&lt;b&gt;: &amp;" in text
    assert example("Answer", {"examples": ["</pre>"]}) == "<p>Answer</p><pre>&quot;&lt;/pre&gt;&quot;</pre>"
