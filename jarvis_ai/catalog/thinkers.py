"""Models that reason before their first word, told by their names where no catalogue says so."""

from __future__ import annotations

import re

THINKS = re.compile(
    r"""
      (?:^|[/~])o[1-9](?:$|[-:])            # OpenAI's o1, o3, o4-mini…
    | (?:^|/)gpt-5(?!\.\d)(?!.*chat)        # gpt-5, -mini, -nano; from 5.1 on reasoning can be switched off
    | [-:](?:thinking|reasoner|reasoning)\b
    | deepseek-r1 | \bqwq- | \bmagistral-
    | gemini-(?:2\.5|3[\d.]*)-pro            # cannot be told not to think
    | grok-(?:3-mini|4(?:$|-\d{4}))
    """,
    re.VERBOSE,
)


def thinks_by_name(model_id: str) -> bool:
    """Whether a model of this name, with or without its maker's, always reasons first, as far as names tell."""
    return not model_id.endswith("non-reasoning") and THINKS.search(model_id) is not None
