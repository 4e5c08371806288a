"""The bearer token of the HTTP API."""

from __future__ import annotations

import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path

from jarvis_ai.errors import ConfigurationError


def kept_token(data_dir: Path) -> str:
    """The bearer token of the API, made on the first start and readable by its owner alone.

    Raises `ConfigurationError` when the file that keeps it is empty.
    """
    path = data_dir / "api_token"
    data_dir.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        _make(path)
    token = path.read_text().strip()
    if not token:
        raise ConfigurationError(f"{path} is empty. Delete it: the next start makes a new token.")
    return token


def _make(path: Path) -> None:
    """Write a new token. The file appears whole, and the first of several processes that start together wins."""
    handle, draft = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_urlsafe(32))
    with suppress(FileExistsError):
        os.link(draft, path)
    Path(draft).unlink()
