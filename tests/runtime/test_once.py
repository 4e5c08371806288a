"""What is made once, whichever thread asks first."""

from __future__ import annotations

import threading

import pytest

from jarvis_ai.runtime.once import Once


def test_threads_that_ask_together_get_the_same_thing_made_once():
    together = threading.Barrier(8)
    got: list[object] = []
    thing = Once(object)

    def ask() -> None:
        together.wait()
        got.append(thing())

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 8
    assert len(set(map(id, got))) == 1


def test_what_could_not_be_made_is_tried_again():
    answers: list[str] = []
    thing = Once(answers.pop)
    with pytest.raises(IndexError):
        thing()
    answers.append("here")
    assert thing() == thing() == "here"
