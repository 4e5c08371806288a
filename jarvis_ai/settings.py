"""What can be set from outside. Read once, passed on as a value; real variables win over `.env`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit

from dotenv import dotenv_values

from jarvis_ai import address
from jarvis_ai.address import ServerAddress
from jarvis_ai.domain import LONGEST_OPERATION
from jarvis_ai.errors import ConfigurationError

OPENROUTER_URL = "https://openrouter.ai/api/v1"
OPENAI_URL = "https://api.openai.com/v1"
ANTHROPIC_URL = "https://api.anthropic.com"
PREFERRED_MODEL = "openai/gpt-4o"

KEY_PREFIXES = {
    "OPENROUTER_API_KEY": "sk-or-",
    "OPENROUTER_MANAGEMENT_KEY": "sk-or-",
    "OPENAI_API_KEY": "sk-",
    "ANTHROPIC_API_KEY": "sk-ant-",
}
"""How each key begins, as far as its vendor says."""

TRUE, FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off"}

DEADLINES = {
    "connect": "JARVIS_DEADLINE_CONNECT",
    "headers": "JARVIS_DEADLINE_HEADERS",
    "first_token": "JARVIS_DEADLINE_FIRST_TOKEN",
    "silence": "JARVIS_DEADLINE_SILENCE",
    "total": "JARVIS_DEADLINE_TOTAL",
    "answer": "JARVIS_DEADLINE_ANSWER",
}
"""The variable of each deadline that the policy knows."""

LIMITS = {
    "patience": "JARVIS_PATIENCE",
    "hedge_floor": "JARVIS_HEDGE_FLOOR",
    "hedge_share": "JARVIS_HEDGE_SHARE",
    "concurrency": "JARVIS_CONCURRENCY",
}
"""The variable of each further number that the policy knows."""

DURABILITIES = {"NORMAL", "FULL"}

MOST_DAYS = 36_500.0

LOG_LEVELS = {"DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"}


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything an operator can set. Keys never show in its `repr`."""

    openrouter_api_key: str = field(default="", repr=False)
    openrouter_base_url: str = OPENROUTER_URL
    openrouter_management_key: str = field(default="", repr=False)
    preferred_model: str = PREFERRED_MODEL
    fallback_enabled: bool = True
    cost_optimization: bool = True
    openai_api_key: str = field(default="", repr=False)
    openai_base_url: str = OPENAI_URL
    anthropic_api_key: str = field(default="", repr=False)
    anthropic_base_url: str = ANTHROPIC_URL
    usage_database_url: str = field(default="", repr=False)
    """Empty: `usage.db` in the data folder, or `demo.db` in demo mode."""
    usage_durability: str = "normal"
    """What rows survive: `normal`, the end of the process; `full`, that of the machine as well."""
    tamper_evidence: bool = False
    """Whether rows get a hash chain that shows edits."""
    retention_bodies_days: float = 30.0
    """0: bodies are not kept at all."""
    retention_facts_days: float = 400.0
    api_token: str = field(default="", repr=False)
    """Empty: made on first start and kept in the data folder."""
    log_level: str = "INFO"
    data_dir: Path = Path("data")
    demo_speed: float = 1.0
    """How many times faster than life the simulator answers in demo mode."""
    deadlines: Mapping[str, float] = field(default_factory=dict)
    """Seconds of those that were set, by the policy's name for them."""
    hedging: bool = True
    """Whether a second link may be asked beside one that is slow to speak."""
    limits: Mapping[str, float] = field(default_factory=dict)
    """Those of `LIMITS` that were set."""
    warnings: tuple[str, ...] = ()
    """What looks wrong and does not stop us: one sentence each, without the value."""

    @property
    def demo(self) -> bool:
        """Whether there is nobody to ask: no key, and no server of the operator's own."""
        keyless_server = self.openai_base_url != OPENAI_URL
        return not (self.openrouter_api_key or self.openai_api_key or self.anthropic_api_key or keyless_server)

    @property
    def database(self) -> Path | ServerAddress:
        """The file of the usage log, or the server it is on."""
        if self.demo:
            return self.data_dir / "demo.db"
        url = self.usage_database_url
        if urlsplit(url).scheme in address.SCHEMES:
            return ServerAddress(url)
        return Path(url.removeprefix("sqlite:///") or self.data_dir / "usage.db")

    @classmethod
    def from_environment(cls, environ: Mapping[str, str], dotenv: Path | None = None) -> Settings:
        """Read `environ`, and `dotenv` beneath it. Raises `ConfigurationError` for a value that cannot be used."""
        try:
            beneath = dotenv_values(dotenv) if dotenv and dotenv.is_file() else {}
        except UnicodeDecodeError as exc:
            raise ConfigurationError(f"{dotenv} is not UTF-8 text. Save it as such.") from exc
        values = {**{name: value or "" for name, value in beneath.items()}, **environ}
        return _Reader(values).settings()


def keyless(settings: Settings) -> Settings:
    """The same wishes without anybody who could be asked, as in demo mode."""
    nobody = Settings()
    return replace(
        settings,
        openrouter_api_key="",
        openrouter_management_key="",
        openai_api_key="",
        openai_base_url=nobody.openai_base_url,
        anthropic_api_key="",
        usage_database_url="",
        warnings=(),
    )


def doubts(name: str, key: str) -> list[str]:
    """What looks wrong with a key, in sentences that do not repeat it."""
    prefix = KEY_PREFIXES[name]
    others = {other for other in KEY_PREFIXES.values() if len(other) > len(prefix) and key.startswith(other)}
    doubtful = (
        (not key.startswith(prefix), f"{name} does not begin with '{prefix}': is it the right key?"),
        (bool(others), f"{name} begins with '{''.join(others)}': it looks like the key of another provider."),
        ("your-" in key.lower(), f"{name} still holds the words of an example: put your own key in its place."),
    )
    return [sentence for doubt, sentence in doubtful if doubt]


def is_web_address(url: str) -> bool:
    """Whether `url` names a host, and a port that there can be."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    whole = parts.scheme in {"http", "https"} and bool(parts.hostname) and port != 0 and not re.search(r"\s", url)
    # A name and a password belong into the key's variable: beside a key no client sends both.
    return whole and parts.username is None


class _Reader:
    """Turns text into settings and gathers what looks wrong on the way."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self.values = values
        self.warnings: list[str] = []

    def settings(self) -> Settings:
        return Settings(
            openrouter_api_key=self.key("OPENROUTER_API_KEY"),
            openrouter_base_url=self.url("OPENROUTER_BASE_URL", OPENROUTER_URL),
            openrouter_management_key=self.key("OPENROUTER_MANAGEMENT_KEY"),
            preferred_model=self.text("OPENROUTER_PREFERRED_MODEL", PREFERRED_MODEL),
            fallback_enabled=self.flag("OPENROUTER_FALLBACK_ENABLED"),
            cost_optimization=self.flag("OPENROUTER_COST_OPTIMIZATION"),
            openai_api_key=self.key("OPENAI_API_KEY"),
            openai_base_url=self.url("OPENAI_BASE_URL", OPENAI_URL),
            anthropic_api_key=self.key("ANTHROPIC_API_KEY"),
            anthropic_base_url=self.url("ANTHROPIC_BASE_URL", ANTHROPIC_URL),
            usage_database_url=self.database(),
            usage_durability=self.choice("USAGE_DURABILITY", DURABILITIES, "NORMAL").lower(),
            tamper_evidence=self.flag("USAGE_TAMPER_EVIDENCE", "False"),
            retention_bodies_days=self.days("USAGE_RETENTION_BODIES_DAYS", "30", least=0),
            retention_facts_days=self.days("USAGE_RETENTION_FACTS_DAYS", "400", least=1),
            api_token=self.token("JARVIS_API_TOKEN"),
            log_level=self.choice("LOG_LEVEL", LOG_LEVELS, "INFO"),
            data_dir=Path(self.text("JARVIS_DATA_DIR", "data")),
            demo_speed=self.number("JARVIS_DEMO_SPEED", "1", most=1e6),
            deadlines={part: self.seconds(name) for part, name in DEADLINES.items() if self.text(name)},
            hedging=self.flag("HEDGING"),
            limits={limit: self.seconds(name) for limit, name in LIMITS.items() if self.text(name)},
            warnings=tuple(dict.fromkeys(self.warnings)),  # last, when every reader has had its say
        )

    def text(self, name: str, default: str = "") -> str:
        return self.values.get(name, "").strip() or default

    def key(self, name: str) -> str:
        """A key without the quotes and spaces that people copy along with it."""
        given = self.values.get(name, "")
        key = given.strip().strip("\"'").strip()
        if key != given:
            self.warnings.append(f"{name} had spaces or quotes around it; they were left out.")
        if re.search(r"[^\x21-\x7e]", key):
            raise ConfigurationError(f"{name} contains a space or a character that no key has. Copy it again, whole.")
        own_server = name == "OPENAI_API_KEY" and self.url("OPENAI_BASE_URL", OPENAI_URL) != OPENAI_URL
        if key and not own_server:
            self.warnings += doubts(name, key)
        return key

    def token(self, name: str) -> str:
        token = self.text(name)
        if re.search(r"[^\x21-\x7e]", token):
            raise ConfigurationError(f"{name} may hold letters, digits and signs of ASCII only, and no space.")
        return token

    def url(self, name: str, default: str) -> str:
        url = self.text(name, default).rstrip("/")
        if not is_web_address(url):
            raise ConfigurationError(f"{name} must be a web address such as {default}.")
        return url

    def flag(self, name: str, default: str = "True") -> bool:
        value = self.text(name, default).lower()
        if value not in TRUE | FALSE:
            raise ConfigurationError(f"{name} must be True or False, not '{value}'.")
        return value in TRUE

    def choice(self, name: str, known: set[str], default: str) -> str:
        value = self.text(name, default).upper()
        if value not in known:
            raise ConfigurationError(f"{name} must be one of {', '.join(sorted(known))}, not '{value}'.")
        return value

    def seconds(self, name: str) -> float:
        return self.number(name, "", most=LONGEST_OPERATION)

    def number(self, name: str, default: str, *, most: float) -> float:
        value = self.text(name, default)
        try:
            number = float(value)
        except ValueError:
            number = 0.0
        if not 0 < number <= most:
            raise ConfigurationError(f"{name} must be a number above 0 and at most {most:,.0f}, not '{value}'.")
        return number

    def days(self, name: str, default: str, *, least: float) -> float:
        value = self.text(name, default)
        try:
            days = float(value)
        except ValueError:
            days = -1.0
        if not least <= days <= MOST_DAYS:
            raise ConfigurationError(f"{name} must be days from {least:g} to {MOST_DAYS:,.0f}, not '{value}'.")
        return days

    def database(self) -> str:
        url = self.text("USAGE_DATABASE_URL")
        if not url or re.match(r"sqlite:///.+", url):
            return url
        try:
            return ServerAddress.parse(url).url
        except ValueError as exc:
            # Not the address itself: it may hold a password.
            raise ConfigurationError(
                f"USAGE_DATABASE_URL must look like sqlite:///data/usage.db or {address.EXAMPLE}: {exc}."
            ) from None
