"""Secrets out of text."""

from __future__ import annotations

import pytest

from jarvis_ai.redaction import MASK, protect, redact


@pytest.mark.parametrize(
    "text",
    [
        "key sk-or-v1-0123456789abcdef",
        "sk-ant-api03-abcdefgh",
        "Authorization: Bearer abc.def-ghi",
        '{"x-api-key": "abcdefgh1234"}',
        "api_key=abcdefgh1234",
        "gsk_abcdefgh1234",
        "token hf_abcdefgh1234abcdefgh",
        "ghp_abcdefgh1234abcdefgh",
        "xoxb-abcdefgh1234",
        "AIzaabcdefgh1234abcdefgh",
        "Incorrect API key provided: abcdefgh1234. You can find yours in the settings.",
    ],
)
def test_every_form_of_a_key_is_masked(text: str):
    assert MASK in redact(text)
    assert "abcdef" not in redact(text)


def test_a_key_is_masked_and_what_is_said_of_it_stays():
    said = redact("Incorrect API key provided: abcdefgh1234 (no such key)")
    assert said == f"Incorrect API key provided: {MASK} (no such key)"


def test_words_that_only_resemble_one_stay():
    assert redact("The bear ate a risk-free task.") == "The bear ate a risk-free task."


def test_a_secret_that_this_process_was_given_is_masked_whatever_it_looks_like():
    protect("opensesame", "opensesame-42", "", "short")
    assert redact("Token 'opensesame-42' was rejected, in short") == f"Token '{MASK}' was rejected, in short"
