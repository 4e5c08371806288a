"""Who goes first when callers are moved a share at a time."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from jarvis_ai.chains import ARMS, DIRECT, Migration
from jarvis_ai.domain import OPENROUTER

SHARES = st.integers(0, 100)


@given(st.text(), st.text(max_size=8), SHARES, SHARES)
def test_a_caller_stays_on_its_side_while_the_share_only_grows(caller: str, salt: str, one: int, other: int):
    small, large = sorted((one, other))
    before, after = Migration(small, salt).arm(caller), Migration(large, salt).arm(caller)
    assert before in ARMS
    assert after in (OPENROUTER, before)


@given(st.text(), st.text(max_size=8))
def test_nobody_moves_at_nothing_and_everybody_at_a_hundred(caller: str, salt: str):
    assert Migration(0, salt).arm(caller) == DIRECT
    assert Migration(100, salt).arm(caller) == OPENROUTER


@given(SHARES, st.integers(0, 2**32))
def test_the_share_of_callers_is_the_share_that_was_set(share: int, seed: int):
    migration = Migration(share, str(seed))
    routed = sum(migration.arm(f"caller {number}") == OPENROUTER for number in range(2000))
    assert abs(routed / 20 - share) < 6  # five standard deviations of two thousand draws


def test_without_a_migration_nobody_is_on_a_side():
    assert Migration().arm("ann") == ""


def test_another_salt_sends_others_first():
    callers = [f"caller {number}" for number in range(200)]
    one, other = ({caller for caller in callers if Migration(30, salt).arm(caller) == DIRECT} for salt in "ab")
    assert one != other
