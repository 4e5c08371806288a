"""The second vote is learnt: the same rows make the same table, which reads back as it was written."""

from __future__ import annotations

import json
from collections import Counter
from itertools import chain
from pathlib import Path

import pytest

from jarvis_ai.assistant.keyword.features import Features
from jarvis_ai.assistant.keyword.grammar import filled
from jarvis_ai.assistant.keyword.grammar import read as sections_in
from jarvis_ai.assistant.keyword.train import SEEN, Example, examples_in, learnt, main
from jarvis_ai.assistant.keyword.votes import Weights, read, written

PLACES, DISHES = ("Oslo", "Rome", "Lima", "Cairo", "Quito"), ("soup", "pasta", "curry", "stew", "salad")
ROWS = [("is it raining in " + place, "weather") for place in PLACES] + [
    ("how do I cook " + dish, "unknown") for dish in DISHES
]


@pytest.fixture(scope="module")
def weights() -> Weights:
    found, _ = learnt([Example.of(text, intent) for text, intent in ROWS])
    return found


def likeliest(weights: Weights, text: str) -> str:
    shares = weights.probabilities(Example.of(text, "").seen)
    return max(shares, key=lambda intent: shares[intent])


def test_what_was_learnt_holds_for_messages_never_seen(weights: Weights):
    assert likeliest(weights, "is it raining in Tokyo") == "weather"
    assert likeliest(weights, "how do I cook rice") == "unknown"


def test_the_same_rows_make_the_same_table(weights: Weights):
    again, _ = learnt([Example.of(text, intent) for text, intent in ROWS])
    assert written(again) == written(weights)


def test_a_table_reads_back_as_it_was_written(weights: Weights):
    assert read(written(weights)) == weights


def test_no_word_of_few_messages_is_in_the_table(weights: Weights):
    assert weights.rows
    seen = Counter(name for each in map(example, ROWS) for name in {*chain.from_iterable(each.seen)})
    assert min(seen[name] for name in weights.rows) >= SEEN
    assert not [name for name in weights.rows if any(word.lower() in name for word in PLACES + DISHES)]


def example(row: tuple[str, str]) -> Example:
    return Example.of(*row)


def test_figures_are_of_rows_not_trained_on():
    rows = [*map(example, ROWS), Example.of("wake me at dawn", "wake_up_call")]
    _, score = learnt(rows)
    assert (score.rows, score.right, score.chat, score.chat_kept) == (11, 10, 5, 5)


def test_probabilities_add_up_to_one_whatever_was_learnt(weights: Weights):
    assert sum(weights.probabilities(Features(["w:is"], [], [])).values()) == pytest.approx(1)
    assert weights.probabilities(Features([], [], [])) == {"unknown": 0.5, "weather": 0.5}


def test_a_feature_says_what_its_weight_is(weights: Weights):
    assert weights.says("w:raining", "weather") > 0 > weights.says("w:raining", "unknown")
    assert weights.says("w:never heard", "weather") == 0


def test_the_command_writes_a_table_and_says_how_good_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    file, out = tmp_path / "rows.jsonl", tmp_path / "weights.tsv"
    file.write_text("\n".join(json.dumps({"text": text, "intent": intent}) for text, intent in ROWS))
    grammar = tmp_path / "grammar.txt"
    grammar.write_text("[{what}]\nit\nthat\n[cancel]\nstop {what}\n")
    main([str(file), "--out", str(out), "--grammar", str(grammar)])
    assert {"weather", "unknown", "cancel"} <= set(read(out.read_text()).intents)
    assert "In 5 folds of 10 rows: right" in capsys.readouterr().out


@pytest.mark.parametrize("line", ["{", "[]", '{"text": "hello"}', "null"])
def test_a_line_that_is_no_example_is_named(line: str):
    with pytest.raises(ValueError, match="Line 2 is no JSON object with text and intent"):
        examples_in(['{"text": "hello", "intent": "general_chat"}', line])


def test_a_way_of_asking_walks_through_the_words_of_its_slots():
    sections = sections_in("# ours\n[{who}]\nAnn\nBo\n[make_call]\ncall {who}\nredial\n")
    messages = list(filled(sections["make_call"], sections))
    assert set(messages) == {"call Ann", "call Bo", "redial"}
    assert messages == list(filled(sections["make_call"], sections))
