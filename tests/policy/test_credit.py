"""What is asked for where a balance is small."""

from __future__ import annotations

from dataclasses import replace

import pytest

from jarvis_ai.domain import Failure, FailureKind, Prompt
from jarvis_ai.policy.credit import LEAST, judged, within

UNLIMITED = Prompt.of("Hello", max_tokens=None)
SHORT = Failure(FailureKind.NO_CREDIT, affordable=3395)


def test_a_limit_of_tokens_mends_a_balance_that_is_enough_for_an_answer():
    failure = judged(SHORT, UNLIMITED)
    assert failure.kind is FailureKind.UNAFFORDABLE
    assert within(UNLIMITED, failure) == replace(UNLIMITED, max_tokens=3395)


@pytest.mark.parametrize(
    ("failure", "prompt"),
    [
        (SHORT, Prompt.of("Hello", max_tokens=65_536)),
        (SHORT, replace(UNLIMITED, extra={"max_completion_tokens": 65_536})),
        (replace(SHORT, affordable=LEAST - 1), UNLIMITED),
        (replace(SHORT, affordable=None), UNLIMITED),
        (replace(SHORT, kind=FailureKind.RATE_LIMITED), UNLIMITED),
    ],
)
def test_a_callers_own_limit_is_not_lowered_and_nothing_else_is_mended(failure: Failure, prompt: Prompt):
    assert judged(failure, prompt) == failure
    assert within(prompt, failure) == prompt
