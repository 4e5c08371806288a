"""Going on with an answer that broke off: what is asked, and how the seam is proved."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from jarvis_ai.domain import Link, Prompt
from jarvis_ai.policy.rescue import ANCHOR, Seam, SeamBroken, anchor_of, continuation, takes_prefill

SHOWN = "The tide comes in twice a day, and it goes out as often, becau"
PROMPT = Prompt.of("Why are there tides?", system="Be brief.")


def joined(shown: str, anchor: str, *pieces: str) -> str:
    seam = Seam(shown, anchor)
    text = shown + "".join(seam.take(piece) for piece in pieces)
    assert seam.found
    return text


def test_the_anchor_is_the_last_words_from_the_beginning_of_one():
    assert anchor_of(SHOWN, ANCHOR) == "goes out as often, becau"


def test_an_anchor_occurs_once_so_it_grows_where_the_text_repeats_itself():
    shown = "one two three four five six seven eight. Once more: three four five six seven eight."
    anchor = anchor_of(shown, 8)
    assert shown.count(anchor) == 1
    assert anchor.endswith("seven eight.")


def test_a_short_text_is_its_own_anchor():
    assert anchor_of("Hello", ANCHOR) == "Hello"


def test_the_plain_request_leaves_the_callers_messages_alone_and_comes_after_the_shown_text():
    asked = continuation(PROMPT, SHOWN, prefill=False)
    *before, answer, request = asked.prompt.messages
    assert tuple(before) == PROMPT.messages
    assert answer == {"role": "assistant", "content": SHOWN}
    assert request["role"] == "user"
    assert request["content"].endswith(asked.anchor)


def test_a_prefill_holds_back_the_anchor_and_ends_without_white_space():
    asked = continuation(PROMPT, SHOWN, prefill=True)
    assert asked.prompt.messages[-1] == {
        "role": "assistant",
        "content": "The tide comes in twice a day, and it goes out as",
    }
    assert asked.anchor == "often, becau"
    assert asked.prefilled


def test_a_text_too_short_for_a_prefill_is_asked_for_plainly():
    assert not continuation(PROMPT, "Hello", prefill=True).prefilled


def test_an_assistants_message_of_the_callers_own_is_gone_on_with():
    prompt = Prompt((*PROMPT.messages, {"role": "assistant", "content": "Answer: "}))
    asked = continuation(prompt, SHOWN, prefill=False)
    assert asked.prompt.messages[-2]["content"] == "Answer: " + SHOWN


@pytest.mark.parametrize(
    "name", ["openrouter:anthropic/claude-haiku-4.5", "anthropic:claude-sonnet-4-5", "mistralai/m"]
)
def test_some_models_are_known_to_take_a_prefill(name: str):
    assert takes_prefill(Link.parse(name))


@pytest.mark.parametrize(
    "name", ["openai/gpt-4o", "openai:gpt-4o", "anthropic/claude-sonnet-4.6", "anthropic:claude-sonnet-5"]
)
def test_others_are_not(name: str):
    assert not takes_prefill(Link.parse(name))


def test_what_follows_the_anchor_is_the_missing_part_however_it_is_cut_into_pieces():
    anchor = anchor_of(SHOWN, ANCHOR)
    assert joined(SHOWN, anchor, "\n\ngoes out as", " often, because of", " the moon.") == SHOWN + "se of the moon."


def test_an_answer_that_begins_anew_with_all_of_the_shown_text_goes_on_as_well():
    assert joined(SHOWN, anchor_of(SHOWN, ANCHOR), SHOWN[:5], SHOWN[5:] + "se!") == SHOWN + "se!"


@pytest.mark.parametrize("answer", ["Sure! Here", "se of the moon.", "The tide comes in once", "goes out as often as"])
def test_anything_else_is_no_seam(answer: str):
    with pytest.raises(SeamBroken):
        Seam(SHOWN, anchor_of(SHOWN, ANCHOR)).take(answer)


def test_where_only_white_space_was_shown_an_answer_that_begins_with_it_goes_on_and_no_other():
    assert joined(" \n", " \n", " ", "\nHello") == " \nHello"
    with pytest.raises(SeamBroken):
        Seam(" \n", " \n").take("Hello")
    assert continuation(PROMPT, " \n", prefill=True).prompt == PROMPT


@given(st.text(min_size=1, max_size=200), st.integers(1, 40))
def test_an_anchor_is_the_end_of_its_text_and_in_it_once(shown: str, least: int):
    anchor = anchor_of(shown, least)
    assert shown.endswith(anchor)
    assert shown.find(anchor) == len(shown) - len(anchor)


@given(st.text(min_size=1, max_size=200), st.data())
def test_whoever_repeats_the_anchor_and_goes_on_gives_back_the_healthy_text(healthy: str, data: st.DataObject):
    cut = data.draw(st.integers(1, len(healthy)))
    shown = healthy[:cut]
    assume(shown.strip())
    anchor = anchor_of(shown, data.draw(st.sampled_from((8, 24))))
    answer = healthy[cut - len(anchor) :]
    bits = data.draw(st.integers(1, 7))
    assert joined(shown, anchor, *(answer[at : at + bits] for at in range(0, len(answer), bits))) == healthy
