"""What the documents say is true."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
VARIABLES = set(
    re.findall(r'"((?:OPEN|ANTHROPIC|JARVIS|USAGE|LOG)[A-Z_]+)"', (ROOT / "jarvis_ai/settings.py").read_text())
)


def test_every_setting_is_documented_in_both_places():
    example = (ROOT / ".env.example").read_text()
    assert set(re.findall(r"^([A-Z_]+)=", example, re.MULTILINE)) == VARIABLES
    assert set(re.findall(r"`((?:OPEN|ANTHROPIC|JARVIS|USAGE|LOG)[A-Z_]+)`", README)) == VARIABLES


def test_every_file_that_the_documents_name_is_there():
    documents = [README, (ROOT / "docs/architecture.md").read_text()]
    named = {name for text in documents for name in re.findall(r"[`(]((?:jarvis_ai|docs|pages)/[\w./-]*)[`)]", text)}
    assert len(named) > 10
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []
