"""Bodies are found by their words, and those that are gone are not."""

from __future__ import annotations

from pathlib import Path

import pytest

from jarvis_ai.usage_log import Retention
from jarvis_ai.usage_log.store import Store
from jarvis_ai.usage_log.writers import LONGEST_MS, Writer
from tests.usage_log.facts import NOON, answered, asked, change, completed, operation, store, table, whole

NOON_MS = round(NOON * 1000)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "usage.db"


def keep_up(path: Path, *, now: int = NOON_MS, bodies: float = 1e6) -> None:
    target = Store(str(path), Writer.this(), busy_timeout=1)
    while target.keep_up(Retention(bodies=bodies, facts=1e6), now):
        pass
    target.close()


def found(path: Path, words: str) -> list[str]:
    """Operations whose bodies have these words."""
    sql = f"""SELECT t.operation_id FROM body_search f JOIN body_texts t ON t.id = f.rowid
        WHERE body_search MATCH '{words}' ORDER BY 1"""
    return [row[0] for row in table(path, sql)]


def test_words_of_the_request_and_of_the_answer_are_found(path: Path) -> None:
    for number, text in enumerate(("How long does an egg take?", "Wetter in Köln")):
        op = operation(number, text=text)
        store(path, op, answered(op), completed(op, answered(op), text=f"Answer {number}"))
    keep_up(path)
    assert [found(path, words) for words in ("egg", "koln", "answer", "egg answer", "user")] == [
        ["op-000000"],
        ["op-000001"],
        ["op-000000", "op-000001"],
        ["op-000000"],
        [],
    ]


def test_a_pending_operation_holds_up_those_behind_it_for_as_long_as_it_may_run(path: Path) -> None:
    pending, done = operation(1, text="first"), operation(2, text="second")
    store(path, pending, asked(pending))
    store(path, *whole(done, answered(done)))
    keep_up(path)
    assert found(path, "second") == []
    keep_up(path, now=NOON_MS + LONGEST_MS + 1)
    assert (found(path, "first"), found(path, "second")) == ([pending.id], [done.id])


def test_an_answer_that_came_after_all_is_found_in_place_of_what_was_there(path: Path) -> None:
    op = operation()
    store(path, *whole(op, answered(op)))
    keep_up(path)
    store(path, completed(op, answered(op), text="seven minutes"))
    assert (found(path, "hi"), found(path, "seven")) == ([], [op.id])


def test_what_was_pruned_is_not_found(path: Path) -> None:
    old, new = operation(1, at=NOON - 40 * 86400, text="same words"), operation(2, text="same words")
    store(path, *whole(old, answered(old)), *whole(new, answered(new)))
    keep_up(path)
    assert found(path, "same") == [old.id, new.id]
    keep_up(path, bodies=30)
    assert found(path, "same") == [new.id]
    assert table(path, "SELECT COUNT(*) FROM searchable") == [(1,)]


def test_a_file_that_somebody_compacted_goes_on(path: Path) -> None:
    ops = [operation(number, text=f"word{number}") for number in range(4)]
    for op in ops[:3]:
        store(path, *whole(op, answered(op)))
    keep_up(path)
    change(path, "DELETE FROM bodies WHERE operation_id < 'op-000002'", "VACUUM")
    store(path, *whole(ops[3], answered(ops[3])))
    keep_up(path)
    assert [found(path, f"word{number}") for number in range(4)] == [[], [], ["op-000002"], ["op-000003"]]


def test_a_body_that_is_no_json_is_searched_as_it_is(path: Path) -> None:
    op = operation()
    store(path, *whole(op, answered(op)))
    change(path, "UPDATE bodies SET request = 'plain words'")
    keep_up(path)
    assert found(path, "plain") == [op.id]
