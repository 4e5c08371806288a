"""Compare as a user meets it."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from jarvis_ai.console import asking
from jarvis_ai.domain import Prompt, Source
from jarvis_ai.runtime import Runtime
from tests.pages.conftest import open_page, words


@pytest.fixture
def compare(app: AppTest) -> AppTest:
    return open_page(app, "compare.py")


def ask(app: AppTest, text: str) -> AppTest:
    app.text_area(key="compare_prompt").set_value(text)
    app.button(key="compare_ask").click().run()
    assert not app.exception
    return app


def figures(app: AppTest) -> list[list[str]]:
    """The names of the figures under each answer."""
    return [list(table.value.index) for table in app.table]


def test_the_price_stands_there_before_the_button_is_pressed(compare: AppTest) -> None:
    assert "At most" in words(compare)
    assert "nobody is billed" in words(compare)
    assert "Nothing compared yet" in words(compare)


def test_two_models_answer_side_by_side_and_stay_over_a_rerun(compare: AppTest) -> None:
    ask(compare, "Name three rivers")
    started = compare.session_state["compare_runs"]
    assert [run.completion.ok for run in started] == [True, True]
    assert {run.operation.source for run in started} == {Source.COMPARE}
    assert figures(compare) == [["First token", "Whole time", "Tokens in / out", "Total cost"]] * 2
    compare.slider(key="compare_temperature").set_value(1.0).run()
    assert compare.session_state["compare_runs"] is started
    assert len(figures(compare)) == 2


def test_each_model_is_asked_alone(compare: AppTest) -> None:
    ask(compare, "Name three rivers")
    assert [len(run.operation.chain.links) for run in compare.session_state["compare_runs"]] == [1, 1]


def test_one_model_is_not_a_comparison(compare: AppTest) -> None:
    only = compare.multiselect(key="compare_models").value[:1]
    compare.multiselect(key="compare_models").set_value(only).run()
    assert compare.button(key="compare_ask").disabled
    assert "Choose two models" in words(compare)


def test_an_empty_prompt_is_not_sent(compare: AppTest) -> None:
    compare.button(key="compare_ask").click().run()
    assert "Write a prompt first" in compare.warning[0].value


def test_the_price_is_of_all_models_together_and_unknown_as_soon_as_one_is(demo: Runtime) -> None:
    prompt = Prompt.of("x" * 800, max_tokens=1000)
    one, two = (asking.price_words(demo, models, prompt) for models in (["openai/gpt-4o"], ["openai/gpt-4o"] * 2))
    assert r"At most \$0.0105" in one
    assert r"At most \$0.0210" in two
    assert "not known beforehand" in asking.price_words(demo, ["openai/gpt-4o", "openrouter/auto"], prompt)


def test_the_highest_price_is_the_prompt_and_the_longest_answer(demo: Runtime) -> None:
    model = next(model for model in demo.catalog if model.id == "openai/gpt-4o")
    highest = asking.highest_cost(demo.catalog, model.id, Prompt.of("x" * 400, max_tokens=1000))
    assert highest.nanos == int((100 * model.input_price + 1000 * model.output_price) * 10**9)
