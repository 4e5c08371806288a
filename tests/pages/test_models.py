"""Models as a user meets it."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from jarvis_ai.catalog import Catalog, Model
from jarvis_ai.domain import Failure, FailureKind
from jarvis_ai.errors import ProviderError
from jarvis_ai.runtime import Runtime
from tests.pages.conftest import open_page, words


@pytest.fixture
def models(app: AppTest) -> AppTest:
    return open_page(app, "models.py")


def search(page: AppTest, text: str) -> AppTest:
    page.text_input(key="models_search").set_value(text).run()
    assert not page.exception
    return page


def test_the_whole_catalogue_is_there_with_prices_and_context(models: AppTest, demo: Runtime) -> None:
    table = models.dataframe[0].value
    assert len(table) == len(demo.catalog)
    row = table.set_index("model").loc["openai/gpt-4o"]
    model = demo.catalog.find("openai/gpt-4o")
    assert model is not None
    assert row["input"] == float(model.input_price * 1_000_000)
    assert row["context"] == model.context_length


def test_a_search_finds_by_name_and_by_parameter(models: AppTest) -> None:
    by_name = search(models, "GPT-4o").dataframe[0].value
    assert len(by_name) > 1
    assert all("gpt-4o" in name for name in by_name["model"])
    by_parameter = search(models, "include_reasoning").dataframe[0].value
    assert len(by_parameter) > 1
    assert all("include_reasoning" in parameters for parameters in by_parameter["parameters"])


def test_a_retired_name_says_what_it_resolves_to(models: AppTest, demo: Runtime) -> None:
    text = words(search(models, "claude-3-5-sonnet-20241022")).replace("\\", "")
    assert demo.catalog.resolve("anthropic/claude-3-5-sonnet-20241022").note in text


def test_a_name_that_nobody_has_is_met_with_a_suggestion(models: AppTest) -> None:
    page = search(models, "openai/gpt-4oo-mini")
    assert "Did you mean" in words(page)
    assert "openai/gpt-4o-mini" in [link.label for link in page.get("page_link")]


def test_a_variable_price_is_unknown_and_not_zero(app: AppTest, demo: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Runtime, "catalog", Catalog([Model("openrouter/auto")]))
    assert open_page(app, "models.py").dataframe[0].value["input"].isna().all()


def test_a_model_opens_to_its_details(models: AppTest) -> None:
    models.query_params["id"] = "openai/gpt-4o"
    models.run()
    facts = models.table[0].value
    assert not models.exception
    assert "a million tokens" in str(facts.loc["Input"].iloc[0])
    models.button(key="models_back").click().run()
    assert models.dataframe


def test_a_retired_model_opens_to_its_successor(models: AppTest) -> None:
    models.query_params["id"] = "google/gemini-pro-1.5"
    models.run()
    assert "is retired" in models.info[0].value
    assert models.table


def test_who_runs_a_model_is_asked_on_demand(models: AppTest) -> None:
    models.query_params["id"] = "openai/gpt-4o"
    models.run()
    models.button(key="models_endpoints").click().run()
    assert not models.exception
    assert len(models.dataframe[0].value)


def test_an_openrouter_that_does_not_answer_is_taken_calmly(
    models: AppTest, demo: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(self: Runtime, model_id: str) -> dict[str, object]:
        raise ProviderError(Failure(FailureKind.CONNECT_FAILED, "The connection was refused."))

    monkeypatch.setattr(Runtime, "endpoints", fail)
    models.query_params["id"] = "openai/gpt-4o"
    models.run()
    models.button(key="models_endpoints").click().run()
    assert "The connection was refused." in words(models)


def test_without_a_catalogue_the_page_says_so(app: AppTest, demo: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Runtime, "catalog", Catalog())
    assert "could not be read yet" in words(open_page(app, "models.py"))
