"""The two sides of a migration, and the versions of a chain, as the log has them."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from jarvis_ai.analytics import Period
from jarvis_ai.analytics.arms import Arms
from jarvis_ai.domain import Chain, Source
from tests.databases import Place, elsewhere
from tests.usage_log.facts import HAIKU, NOON, answered, failed, operation, store, whole

AROUND = Period(NOON - 3600, NOON + 3600)
NIGHT = Chain.of("openai/gpt-4o-mini")


@pytest.fixture
def arms(place: Place) -> Arms:
    """Three operations on OpenRouter's side, one on the direct one, one on none, a drill, and one of last week."""
    routed = [operation(number, at=NOON + number, arm="openrouter") for number in (1, 2, 3)]
    direct = operation(4, arm="direct", chain=NIGHT)
    aside, drill = operation(5, chain=NIGHT), operation(6, arm="direct", source=Source.DRILL, chain=NIGHT)
    old = operation(7, at=NOON - 7 * 86400, arm="direct", chain=NIGHT)
    return Arms(
        store(
            place,
            *whole(routed[0], answered(routed[0], latency=1.0, nanos=1_000)),
            *whole(routed[1], failed(routed[1]), answered(routed[1], 2, HAIKU, latency=3.0, nanos=3_000)),
            *whole(routed[2], failed(routed[2])),
            *whole(direct, answered(direct, latency=0.5, nanos=None)),
            *(fact for op in (aside, drill, old) for fact in whole(op, answered(op))),
        )
    )


def test_each_side_has_its_counts_times_and_mean_cost(arms: Arms) -> None:
    routed, direct = arms.compare(AROUND).to_dict("records")
    assert routed == {
        "arm": "openrouter", "operations": 3, "ok": 2, "failed": 1, "fallbacks": 1, "p50": 1.0, "p95": 3.1,
        "cost": pytest.approx(4_000 / 3 / 1e9), "unknown_cost_operations": 0,
    }  # fmt: skip
    assert (direct["arm"], direct["operations"], direct["p95"]) == ("direct", 1, 0.5)
    assert math.isnan(direct["cost"]) and direct["unknown_cost_operations"] == 1


def test_a_side_without_an_answer_has_no_times(place: Place) -> None:
    lost = operation(1, arm="direct")
    [row] = Arms(store(place, *whole(lost, failed(lost)))).compare(AROUND).to_dict("records")
    assert (row["ok"], row["failed"]) == (0, 1)
    assert math.isnan(row["p50"])


def test_operations_are_counted_by_the_version_that_they_went_down(arms: Arms) -> None:
    assert arms.operations_of([NIGHT.hash, "0" * 12], AROUND) == {NIGHT.hash: 2}


def test_no_more_than_the_newest_operations_are_read(arms: Arms, place: Place) -> None:
    few = Arms(place, most=3)  # the three of OpenRouter's side began last
    assert few.compare(AROUND)["operations"].tolist() == [3]
    assert few.operations_of([NIGHT.hash], AROUND) == {}


def test_a_log_that_is_not_there_yet_answers_like_an_empty_one(place: Place, tmp_path: Path) -> None:
    arms = Arms(elsewhere(place, tmp_path))
    assert arms.compare(AROUND).empty
    assert arms.operations_of([NIGHT.hash], AROUND) == {}
