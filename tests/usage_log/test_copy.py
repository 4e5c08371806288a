"""A log is moved from one database to the other and back, and nothing of it is lost on the way."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import pytest

from jarvis_ai.domain import Fact
from jarvis_ai.usage_log import Retention, copy
from jarvis_ai.usage_log.__main__ import kept, main
from jarvis_ai.usage_log.rebuild import verify
from tests.databases import Place
from tests.usage_log.facts import (
    HAIKU,
    NOON,
    answered,
    asked,
    completed,
    failed,
    opened,
    operation,
    store,
    table,
    target,
    whole,
)

TABLES = {"operations": "id", "attempts": "operation_id, attempt_no", "bodies": "operation_id"}


def argument(place: Place) -> str:
    return str(place) if isinstance(place, Path) else place.url


def contents(place: Place) -> dict[str, list[tuple[object, ...]]]:
    return {name: table(place, f"SELECT * FROM {name} ORDER BY {key}") for name, key in TABLES.items()}


def differences(place: Place) -> int:
    with opened(place) as connection:
        return sum(count for _, count in verify(connection))


def traffic(place: Place) -> Place:
    """Three days, the oldest of which are pruned but counted, and a call in flight."""
    facts: list[Fact] = []
    for number in range(40):
        op = operation(number, at=NOON + number * 6000, text=f"Question {number}")
        facts += whole(op, failed(op), answered(op, 2, HAIKU, nanos=None, latency=1 + number))
    pending = operation(99, at=NOON + 250_000)
    store(place, *facts, pending, asked(pending))
    writing = target(place)
    while writing.keep_up(Retention(bodies=2, facts=2), round((NOON + 250_000) * 1000)):
        pass
    writing.close()
    return place


@pytest.fixture
def other(place: Place, request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """A new log in the other kind of database."""
    found: Place = request.getfixturevalue("server") if isinstance(place, Path) else tmp_path / "copy.db"
    return found


def test_a_copy_has_the_same_rows_and_counts_the_same(
    place: Place, other: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    traffic(place)
    assert main(["copy", argument(place), argument(other)]) == 0
    assert contents(other) == contents(place)
    assert 0 < len(contents(other)["operations"]) < 41
    counted = "SELECT start, SUM(operations) FROM operation_cells GROUP BY start ORDER BY start"
    made = "SELECT cut, level, start, operations, latency_ms FROM operation_chunks ORDER BY cut, level, start"
    assert table(other, counted) == table(place, counted)
    assert table(other, made) == table(place, made) != []
    assert differences(other) == 0
    assert main(["verify", argument(other)]) == 0
    assert "hush-hush" not in "".join(capsys.readouterr())


def test_a_copy_that_was_stopped_goes_on_and_brings_what_came_meanwhile(
    place: Place, other: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    traffic(place)
    monkeypatch.setattr(copy, "OPERATIONS", 5)
    with opened(place) as source, kept(other) as begun:
        assert [step.operations for step in islice(copy.copy(source, begun), 2)] == [5, 10]
    late = operation(99, at=NOON + 250_000)
    store(place, answered(late), completed(late, answered(late)))
    assert main(["copy", argument(place), argument(other)]) == 0
    assert main(["copy", argument(place), argument(other)]) == 0
    assert contents(other) == contents(place)
    assert differences(other) == 0


def test_a_copied_log_is_written_like_any_other(place: Place, other: Place) -> None:
    traffic(place)
    main(["copy", argument(place), argument(other)])
    new = operation(500, at=NOON + 260_000, task="a task that nobody had")
    store(other, *whole(new, answered(new)))
    assert differences(other) == 0


def test_a_log_with_calls_of_its_own_is_left_alone(
    place: Place, other: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    own = operation(7)
    store(place, *whole(own, answered(own)))
    store(other, *whole(own, answered(own)))
    assert main(["copy", argument(place), argument(other)]) == 2
    assert "calls of its own" in capsys.readouterr().err


def test_the_hash_chain_comes_along_and_holds(place: Place, other: Place) -> None:
    traffic(place)
    assert main(["chain", argument(place)]) == 0
    assert main(["copy", argument(place), argument(other)]) == 0
    assert table(other, "SELECT COUNT(*) FROM chain") == table(place, "SELECT COUNT(*) FROM chain")
    assert main(["verify", argument(other)]) == 0


def test_links_of_pruned_operations_come_along_too(
    place: Place, other: Place, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(copy, "LINKS", 2)
    ops = [operation(number, at=NOON + number * 6000) for number in range(6)]
    store(place, *[fact for op in ops for fact in whole(op, answered(op))])
    assert main(["chain", argument(place)]) == 0
    writing = target(place)
    while writing.keep_up(Retention(facts=0.2), round((NOON + 36_000) * 1000)):
        pass
    writing.close()
    assert 0 < len(table(place, "SELECT id FROM operations")) < 6
    assert main(["copy", argument(place), argument(other)]) == 0
    links = "SELECT * FROM chain ORDER BY no"
    assert table(other, links) == table(place, links)
    assert main(["verify", argument(other)]) == 0
    assert "Nothing was changed" in capsys.readouterr().out


def test_an_address_that_cannot_be_one_is_refused_without_repeating_it(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["verify", "postgresql://user:secret@host:port/"])
    said = capsys.readouterr().err
    assert "cannot be used" in said
    assert "secret" not in said
