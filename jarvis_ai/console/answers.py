"""Answers of models as a page shows them: Markdown that can do nothing, and code word for word.

Model output is data. A fenced block becomes an element of its own, in which nothing is parsed; in all other text,
whatever would be a formula, an image or a mark of Streamlit's own is shown as the characters it is made of.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from jarvis_ai.console.formats import literal

FENCED = re.compile(
    r"^ {0,3}(?P<fence>`{3,}|~{3,})(?P<language>[^\n`]*)\n(?P<code>.*?)(?:^ {0,3}(?P=fence)[`~]*[ \t]*$\n?|\Z)",
    re.MULTILINE | re.DOTALL,
)
"""A block between fences; one that is still being written ends with the text."""

MARKS = re.compile(
    r"`[^`\n]*(?:\$|!\[)[^`\n]*`"  # a backslash in code would be seen: such code loses its look, not its characters
    r"|\\*(?:\$|!\[)"
    r"|:(?=[a-z]+(?:-[a-z]+)*\[)"
)


@dataclass(frozen=True, slots=True)
class Code:
    """A fenced block."""

    text: str
    language: str = ""


def show(place: DeltaGenerator, answer: str) -> None:
    """Paint an answer, or what has come of it, into `place`."""
    with place.container():
        for piece in pieces(answer):
            if isinstance(piece, Code):
                st.code(piece.text, language=piece.language or None, wrap_lines=True)
            else:
                st.markdown(inert(piece), anchors=False)


def pieces(answer: str) -> list[str | Code]:
    """Text and fenced blocks in their order."""
    found: list[str | Code] = []
    end = 0
    for block in FENCED.finditer(answer):
        found += [answer[end : block.start()], Code(block["code"].rstrip("\n"), block["language"].strip())]
        end = block.end()
    found.append(answer[end:])
    return [piece for piece in found if isinstance(piece, Code) or piece.strip()]


def inert(text: str) -> str:
    """Markdown that can do nothing: no formulas, no images fetched from elsewhere, no badges that look like ours."""
    return MARKS.sub(lambda mark: _escaped(mark[0]), text)


def _escaped(mark: str) -> str:
    """A mark that means nothing any more; one that the model has escaped itself stays as it is."""
    slashes = len(mark) - len(mark.lstrip("\\"))
    return mark if slashes % 2 else mark[:slashes] + literal(mark[slashes:])
