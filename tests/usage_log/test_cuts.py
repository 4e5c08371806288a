"""A cut keeps what a question asks for, and never mixes in rehearsals."""

from __future__ import annotations

from jarvis_ai.usage_log.cells import Key
from jarvis_ai.usage_log.cuts import CUTS, FULL, cut_for, cut_of, names

ANSWER = Key("operation", "openrouter", "openai/gpt-4o", "api", "fast", "ok", "", 0)
DRILL = ANSWER._replace(source="drill")


def test_the_cut_for_a_question_keeps_what_the_question_asks_for() -> None:
    asked = (["provider"], ["model", "status"], ["source"], ["task"], ["failure"], ["model", "source"], [])
    assert [cut_for(dimensions) for dimensions in asked] == [
        "model", "model", "source", "task", "failure", "model_source", "source"
    ]  # fmt: skip
    assert cut_for(["model", "source", "task"]) == cut_for(["failure", "source"]) == FULL


def test_a_cut_leaves_out_what_it_does_not_keep_and_never_mixes_in_rehearsals() -> None:
    model = cut_of(ANSWER, "model")
    assert model == ANSWER._replace(source="", task="")
    assert cut_of(DRILL, "model") == model._replace(source="drill")
    assert cut_of(ANSWER, "source").source == "api"
    assert all(cut_of(ANSWER._replace(status="failed"), cut).status == "failed" for cut in CUTS)


def test_keys_that_a_cut_puts_together_are_named_by_the_first_of_them() -> None:
    keys = {3: ANSWER, 5: ANSWER._replace(task="complex"), 6: DRILL, 9: ANSWER._replace(task="vision", source="api")}
    named = names(keys, "model")
    assert [int(named[number]) for number in keys] == [3, 3, 6, 3]
    assert [int(names(keys, FULL)[number]) for number in keys] == list(keys)
    assert len(names({}, FULL)) == 1
