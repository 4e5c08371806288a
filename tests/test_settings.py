"""What can be set from outside, and what is said about a value that is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from jarvis_ai.errors import ConfigurationError
from jarvis_ai.policy import Deadlines
from jarvis_ai.runtime.composition import policy_of
from jarvis_ai.settings import Settings, keyless

KEY = "sk-or-v1-" + "0" * 64


def test_without_any_key_it_is_demo_mode_with_a_database_of_its_own():
    settings = Settings.from_environment({"JARVIS_DATA_DIR": "somewhere"})
    assert settings.demo
    assert settings.database == Path("somewhere/demo.db")


def test_with_a_key_it_is_live():
    settings = Settings.from_environment({"OPENROUTER_API_KEY": KEY})
    assert (settings.demo, settings.database) == (False, Path("data/usage.db"))


def test_a_server_of_ones_own_needs_no_key():
    assert not Settings.from_environment({"OPENAI_BASE_URL": "http://127.0.0.1:11434/v1"}).demo


def test_real_variables_win_over_the_file(tmp_path: Path):
    file = tmp_path / ".env"
    file.write_text("LOG_LEVEL=DEBUG\nOPENROUTER_PREFERRED_MODEL=openai/gpt-4o-mini\n")
    settings = Settings.from_environment({"LOG_LEVEL": "ERROR"}, file)
    assert (settings.log_level, settings.preferred_model) == ("ERROR", "openai/gpt-4o-mini")


def test_quotes_and_spaces_around_a_key_are_left_out_and_mentioned():
    settings = Settings.from_environment({"OPENROUTER_API_KEY": f' "{KEY}" '})
    assert settings.openrouter_api_key == KEY
    assert "spaces or quotes" in settings.warnings[0]


def test_a_key_with_another_prefix_is_mentioned_without_its_value():
    settings = Settings.from_environment({"OPENROUTER_API_KEY": "wrong-key"})
    assert "sk-or-" in settings.warnings[0]
    assert "wrong-key" not in settings.warnings[0]


@pytest.mark.parametrize("key", [KEY, "sk-ant-api03-0000"])
def test_a_key_of_another_provider_is_mentioned(key: str):
    [warning] = Settings.from_environment({"OPENAI_API_KEY": key}).warnings
    assert "another provider" in warning
    assert key not in warning


@pytest.mark.parametrize(
    ("name", "key"), [("OPENROUTER_API_KEY", KEY), ("OPENAI_API_KEY", "sk-proj-0"), ("ANTHROPIC_API_KEY", "sk-ant-0")]
)
def test_a_key_that_looks_right_is_taken_without_a_word(name: str, key: str):
    assert Settings.from_environment({name: key}).warnings == ()


def test_the_placeholder_of_an_example_is_not_taken_for_a_key():
    [warning] = Settings.from_environment({"OPENROUTER_API_KEY": "sk-or-your-api-key-here"}).warnings
    assert "put your own key" in warning


def test_keys_never_show():
    settings = Settings.from_environment({"OPENROUTER_API_KEY": KEY, "JARVIS_API_TOKEN": "open-sesame"})
    assert KEY not in repr(settings)
    assert "open-sesame" not in repr(settings)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OPENROUTER_FALLBACK_ENABLED", "perhaps"),
        ("OPENROUTER_BASE_URL", "user:secret@openrouter.ai"),
        ("LOG_LEVEL", "LOUD"),
        ("USAGE_DATABASE_URL", "mysql://user:secret@host/db"),
        ("USAGE_DURABILITY", "eternal"),
        ("USAGE_RETENTION_BODIES_DAYS", "-1"),
        ("USAGE_RETENTION_FACTS_DAYS", "0"),
        ("USAGE_RETENTION_FACTS_DAYS", "nan"),
        ("OPENROUTER_BASE_URL", "http://localhost:99999/v1"),
        ("OPENAI_BASE_URL", "https:///v1"),
        ("OPENAI_BASE_URL", "https://user:secret@host/v1"),
        ("JARVIS_API_TOKEN", "secret tok\u00e9n"),
        ("JARVIS_DEMO_SPEED", "0"),
        ("JARVIS_DEADLINE_SILENCE", "soon"),
        ("JARVIS_DEADLINE_TOTAL", "3601"),
        ("JARVIS_DEADLINE_ANSWER", "0"),
        ("OPENROUTER_API_KEY", "sk-or-v1 two"),
    ],
)
def test_a_value_that_cannot_be_used_is_refused_by_name_and_not_repeated_if_secret(name: str, value: str):
    with pytest.raises(ConfigurationError, match=name) as refusal:
        Settings.from_environment({name: value})
    assert "secret" not in str(refusal.value)
    assert "two" not in str(refusal.value)


def test_only_the_deadlines_that_were_set_are_there():
    assert Settings.from_environment({}).deadlines == {}
    settings = Settings.from_environment({"JARVIS_DEADLINE_FIRST_TOKEN": "2.5", "JARVIS_DEADLINE_TOTAL": ""})
    assert settings.deadlines == {"first_token": 2.5}
    assert policy_of(settings).deadlines == Deadlines(first_token=2.5)


def test_a_file_that_is_no_text_is_named(tmp_path: Path):
    file = tmp_path / ".env"
    file.write_bytes(b"LOG_LEVEL=\xff\xfe")
    with pytest.raises(ConfigurationError, match="not UTF-8"):
        Settings.from_environment({}, file)


def test_without_keys_the_wishes_stay_and_nobody_can_be_asked():
    given = Settings(
        openrouter_api_key="sk-or-v1-1",
        openai_api_key="sk-2",
        openai_base_url="http://localhost:11434/v1",
        anthropic_api_key="sk-ant-3",
        preferred_model="acme/best",
        hedging=False,
        usage_database_url="sqlite:///elsewhere.db",
    )
    bare = keyless(given)
    assert bare.demo and bare.database == given.data_dir / "demo.db"
    assert (bare.preferred_model, bare.hedging) == ("acme/best", False)
