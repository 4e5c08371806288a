"""Assistant as a user meets it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from urllib.parse import parse_qs

import pytest
from streamlit.testing.v1 import AppTest

from jarvis_ai.analytics import Filters, Period
from jarvis_ai.console.assistant import conversation
from jarvis_ai.domain import Source
from jarvis_ai.runtime import Runtime
from jarvis_ai.simulator.faults import Fault
from tests.pages.conftest import open_page, words
from tests.pages.logs import newest

PHRASE = "Wake me up at 7 AM tomorrow"
MODEL, KEYWORD = "Model", "Keyword link"


@pytest.fixture
def assistant(app: AppTest) -> AppTest:
    return open_page(app, "assistant.py")


def say(app: AppTest, text: str) -> AppTest:
    app.text_area(key="assistant_text").set_value(text).run()
    assert not app.exception
    return app


def press(app: AppTest, key: str) -> AppTest:
    app.button(key=key).click().run()
    assert not app.exception
    return app


def at_tab(app: AppTest, name: str) -> AppTest:
    app.session_state["assistant_tab"] = name
    app.run()
    assert not app.exception
    return app


def moments(app: AppTest) -> list[str]:
    """The moments in the tables, the model's first."""
    values = [table.value.T.to_dict("records")[0] for table in app.table]
    return [str(each["Moment"]).replace("\\", "") for each in values if "Moment" in each]


def figures(app: AppTest) -> dict[str, dict[str, str]]:
    """What was measured, by who was asked."""
    table = next(each.value for each in app.dataframe if "Intent right" in each.value.index)
    return {str(name): column for name, column in table.to_dict().items()}


def test_without_a_message_the_page_says_what_to_do(assistant: AppTest) -> None:
    assert "Nothing said yet" in words(assistant)
    assert assistant.button(key="assistant_ask").disabled


def test_words_alone_show_at_once_and_the_model_when_it_is_asked(assistant: AppTest) -> None:
    press(assistant, f"assistant_phrase_{PHRASE}")
    assert "Not asked about this message yet" in words(assistant)
    assert len(moments(assistant)) == 1
    press(assistant, "assistant_ask")
    model, keyword = moments(assistant)
    assert model == keyword
    assert datetime.fromisoformat(model).hour == 7


def test_it_is_said_what_matched_and_why(assistant: AppTest) -> None:
    say(assistant, PHRASE)
    tables = [table.value.T.to_dict("records")[0] for table in assistant.table]
    reasons = next(each for each in tables if "Decided" in each)
    assert reasons["Decided"]
    assert "wake" in reasons["Read as"]


def test_the_price_stands_there_before_the_model_is_asked(assistant: AppTest) -> None:
    say(assistant, PHRASE)
    assert r"2 calls of openai/gpt\-4o\-mini, 4 if every answer has to be asked for again" in words(assistant)
    assert "nobody is billed" in words(assistant)


def test_an_answer_is_of_its_message_and_of_no_other(assistant: AppTest) -> None:
    press(say(assistant, PHRASE), "assistant_ask")
    say(assistant, "Will it rain?")
    assert "Not asked about this message yet" in words(assistant)


def test_each_question_is_an_operation_of_the_assistants(demo: Runtime, assistant: AppTest) -> None:
    press(say(assistant, PHRASE), "assistant_ask")
    for tag in ("intent_v2", "time_v2"):
        operation = demo.analytics.operation(newest(demo, source=Source.ASSISTANT, tag=tag))
        assert operation is not None
        assert (operation["task"], operation["model"]) == ("routine", "openai/gpt-4o-mini")


def test_the_reference_time_and_the_zone_decide(assistant: AppTest) -> None:
    assistant.datetime_input(key="assistant_now").set_value(datetime(2027, 3, 27, 22, 0))  # noqa: DTZ001 - a wall's
    assistant.selectbox(key="assistant_zone").set_value("Europe/Berlin")
    press(say(assistant, "Remind me in 9 hours"), "assistant_ask")
    assert moments(assistant) == ["2027-03-28T08:00:00+02:00"] * 2


def test_what_a_model_says_is_shown_as_it_came_beside_what_was_sent(assistant: AppTest) -> None:
    press(say(assistant, PHRASE), "assistant_ask")
    sent, came = assistant.code[0].value, assistant.code[1].value
    assert "You sort the messages" in sent
    assert '"intent": "wake_up_call"' in came


@pytest.fixture
def _nobody(demo: Runtime) -> Iterator[None]:
    """Every vendor refuses the request itself, so that nothing stands in."""
    assert demo.simulator is not None
    for provider in ("openrouter", "openai", "anthropic"):
        demo.simulator.faults.set(provider, Fault("moderated"))
    yield
    demo.simulator.faults.clear(None)


@pytest.mark.usefixtures("_nobody")
def test_when_no_model_answers_words_stand_in_and_the_page_says_so(assistant: AppTest) -> None:
    press(say(assistant, PHRASE), "assistant_ask")
    assert len(moments(assistant)) == 2
    assert "No model could be reached, so words alone decided" in words(assistant)


def test_a_model_that_reads_the_words_otherwise_is_less_sure_and_the_page_says_so(assistant: AppTest) -> None:
    press(say(assistant, "Wake me at half past six tomorrow"), "assistant_ask")
    assert "Model and local parser disagree: the parser reads tomorrow" in words(assistant).replace("\\", "")


def test_our_example_is_measured_by_words_at_once(assistant: AppTest) -> None:
    press(at_tab(assistant, "A file of messages"), "assistant_use_sample")
    assert list(figures(assistant)) == [KEYWORD]
    assert figures(assistant)[KEYWORD]["Intent right"] == "100.0%"
    assert figures(assistant)[KEYWORD]["Cost"] == "$0.00"


def test_the_model_is_measured_beside_it_when_that_is_pressed(assistant: AppTest) -> None:
    press(at_tab(assistant, "A file of messages"), "assistant_use_sample")
    assert "46 calls" in words(assistant)
    press(assistant, "assistant_measure")
    found = figures(assistant)
    assert list(found) == [MODEL, KEYWORD]
    assert (found[MODEL]["Messages"], found[MODEL]["Decided by words alone"]) == ("23", "0")
    assert found[MODEL]["Cost"].startswith("$0.00")
    downloads = {button.proto.id for button in assistant.get("download_button")}
    assert len(downloads) == 3


def test_the_models_requests_can_be_opened(demo: Runtime, assistant: AppTest) -> None:
    press(at_tab(assistant, "A file of messages"), "assistant_use_sample")
    press(assistant, "assistant_measure")
    link = next(each.proto for each in assistant.get("page_link") if each.proto.label == "Open the model's requests")
    query = parse_qs(link.query_string)
    stretch = Period(float(query["from"][0]), float(query["to"][0]))
    rows = demo.analytics.operations(stretch, Filters(sources=tuple(query["history_source"])), limit=100)
    assert len(rows) >= 46


def test_a_measurement_that_was_stopped_keeps_what_it_has(assistant: AppTest) -> None:
    press(at_tab(assistant, "A file of messages"), "assistant_use_sample")
    press(assistant, "assistant_measure")
    evaluation = assistant.session_state["assistant_measurement"].evaluation
    del evaluation.measured[6:]
    evaluation.stop()
    assistant.run()
    assert "Stopped: the model was asked about 6 of 23 messages" in words(assistant)
    assert figures(assistant)[MODEL]["Messages"] == "6"


def test_an_uploaded_file_is_measured(assistant: AppTest) -> None:
    at_tab(assistant, "A file of messages")
    data = b"text,intent,datetime\nRing Ana,cancel,\nWake me at 7,wake_up_call,\n"
    assistant.file_uploader(key="assistant_sheet").upload("mine.csv", data, "text/csv").run()
    assert not assistant.exception
    assert figures(assistant)[KEYWORD]["Intent right"] == "50.0%"
    misses = assistant.dataframe[-1].value
    assert misses[["Row", "Right", "Said"]].to_numpy().tolist() == [[2, "cancel", "make_call"]]


def test_mistakes_in_a_file_are_named_by_row_and_column(assistant: AppTest) -> None:
    at_tab(assistant, "A file of messages")
    data = b"text,intent\nRing Ana,make_cal\n"
    assistant.file_uploader(key="assistant_sheet").upload("mine.csv", data, "text/csv").run()
    assert not assistant.exception
    assert "Row 2, column intent" in assistant.error[0].value
    assert "Did you mean" in assistant.error[0].value


def test_after_a_file_with_mistakes_our_example_can_be_measured_and_stays(assistant: AppTest) -> None:
    at_tab(assistant, "A file of messages")
    assistant.file_uploader(key="assistant_sheet").upload("mine.csv", b"text,intent\nRing,x\n", "text/csv").run()
    press(assistant, "assistant_use_sample")
    assert not assistant.error
    press(assistant, "assistant_measure")
    assert list(figures(assistant)) == [MODEL, KEYWORD]


def test_the_prompts_of_today_can_be_read(assistant: AppTest) -> None:
    at_tab(assistant, "Prompts")
    assert ["You sort" in code.value or "You find" in code.value for code in assistant.code] == [True, True]
    assert [heading.value for heading in assistant.subheader] == ["intent_v2", "time_v2"]
    assert "a strict JSON schema" in words(assistant)


def test_a_conversation_is_read_line_by_line() -> None:
    assert conversation("Who is my dentist?\n\nassistant: Dr. Wu: the best.\nnote: a colon") == (
        {"role": "user", "content": "Who is my dentist?"},
        {"role": "assistant", "content": "Dr. Wu: the best."},
        {"role": "user", "content": "note: a colon"},
    )
