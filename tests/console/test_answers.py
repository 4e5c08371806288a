"""What models write, as a page shows it."""

from __future__ import annotations

import pytest

from jarvis_ai.console.answers import Code, inert, pieces


@pytest.mark.parametrize(
    ("written", "markdown"),
    [
        ("It costs $5 or $6.", r"It costs \$5 or \$6."),
        (r"Escaped already: \$5, or not: \\$6", r"Escaped already: \$5, or not: \\\$6"),
        ("![x](http://nowhere.invalid/x.png)", r"\!\[x](http://nowhere.invalid/x.png)"),
        (":red[a] :blue-badge[b] at 12:30", r"\:red[a] \:blue-badge[b] at 12:30"),
        ("**Bold** and `code` stay.", "**Bold** and `code` stay."),
        ("Type `echo $HOME`.", r"Type \`echo \$HOME\`."),
    ],
)  # fmt: skip
def test_an_answer_keeps_its_layout_and_can_do_nothing(written: str, markdown: str) -> None:
    assert inert(written) == markdown


def test_fenced_code_is_shown_word_for_word() -> None:
    answer = "Run this:\n\n```bash\necho $HOME ![x](y)\n```\n\nThen:\n~~~\n```\n~~~\n"
    assert pieces(answer) == ["Run this:\n\n", Code("echo $HOME ![x](y)", "bash"), "\nThen:\n", Code("```")]


def test_code_that_is_still_being_written_is_code_already() -> None:
    assert pieces("Look:\n```python\nprint('$")[-1] == Code("print('$", "python")


def test_an_answer_without_code_is_one_piece() -> None:
    assert pieces("One `two` three") == ["One `two` three"]
