"""What is known about the money, and what cannot be known."""

from __future__ import annotations

from jarvis_ai.runtime.account import NO_LIMIT, ZEROS, read_credits


def test_what_remains_is_the_difference():
    credits = read_credits({"limit": 10, "limit_remaining": 8.25}, {"total_credits": 100.5, "total_usage": 25.75})
    assert (credits.remaining, credits.key_limit_remaining, credits.notes) == (74.75, 8.25, ())


def test_a_key_without_a_limit_says_nothing_about_the_balance():
    assert read_credits({"limit": None}, None).notes == (NO_LIMIT,)


def test_two_zeros_for_an_ordinary_key_are_taken_as_unknown():
    credits = read_credits({"limit": 1}, {"total_credits": 0, "total_usage": 0})
    assert (credits.remaining, credits.notes) == (None, (ZEROS,))


def test_two_zeros_for_a_management_key_are_zeros():
    credits = read_credits({"limit": 1, "is_management_key": True}, {"total_credits": 0, "total_usage": 0})
    assert credits.remaining == 0
