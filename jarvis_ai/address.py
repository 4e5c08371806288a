"""Where a database server is. The address holds a password, and shows it nowhere."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit, urlunsplit

SCHEMES = frozenset({"postgresql", "postgres"})
EXAMPLE = "postgresql://user:password@host:5432/database"
SECRET_FIELDS = ("password", "sslpassword", "passfile")
"""Fields of the query that libpq takes and nobody is to read."""


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """A PostgreSQL database by its URL. As text and in errors it shows neither password nor options."""

    url: str = field(repr=False)

    @classmethod
    def parse(cls, url: str) -> ServerAddress:
        """Raises `ValueError`, in words that do not repeat the address."""
        try:
            parts = urlsplit(url)
            parts.port  # noqa: B018 - raises for a port that there cannot be
        except ValueError as exc:
            raise ValueError("it is no address: look at the host and the port") from exc
        if parts.scheme not in SCHEMES:
            raise ValueError(f"it does not begin with {EXAMPLE.partition(':')[0]}://")
        if not parts.path.strip("/"):
            raise ValueError("it names no database after the host")
        if any(name in parts.query.lower() for name in SECRET_FIELDS):
            raise ValueError("a password belongs before the host")
        return cls(url)

    @property
    def password(self) -> str:
        """Empty where there is none."""
        return unquote(urlsplit(self.url).password or "")

    def without_password(self, text: str) -> str:
        """`text` with nothing of it that is secret in this address."""
        secrets = {self.url, self.password, urlsplit(self.url).password or ""} - {""}
        for secret in sorted(secrets, key=len, reverse=True):
            text = text.replace(secret, "•••" if secret != self.url else str(self))
        return text

    def __str__(self) -> str:
        parts = urlsplit(self.url)
        host = parts.netloc.rpartition("@")[2]
        user = f"{parts.username}@" if parts.username else ""
        return urlunsplit((parts.scheme, user + host, parts.path, "", ""))
