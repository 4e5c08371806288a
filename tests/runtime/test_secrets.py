"""What a runtime was given to keep, it keeps."""

from __future__ import annotations

from pathlib import Path

from jarvis_ai.redaction import MASK, redact
from jarvis_ai.runtime import Runtime
from jarvis_ai.settings import Settings


def test_a_key_that_looks_like_no_key_is_masked_once_a_runtime_has_it(tmp_path: Path) -> None:
    settings = Settings(
        data_dir=tmp_path,
        openai_api_key="opal-lantern-77",
        openai_base_url="http://127.0.0.1:9",
        api_token="velvet-door-9",
    )
    Runtime(settings, quiet=True).close()
    assert redact("Token 'opal-lantern-77' was rejected; velvet-door-9") == f"Token '{MASK}' was rejected; {MASK}"
