"""The bearer token of the HTTP API."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def kept_token(data_dir: Path) -> str:
    """The bearer token of the API, made on the first start and readable by its owner alone."""
    path = data_dir / "api_token"
    data_dir.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(handle, "w") as file:
        token = secrets.token_urlsafe(32)
        file.write(token)
    return token
