"""What is saved takes effect without a restart, in every process, and breaks nobody's calls."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from jarvis_ai.catalog import Catalog, Model
from jarvis_ai.chains import Defaults, Migration, Wishes, save_defaults, save_migration, written
from jarvis_ai.chains.versions import KIND, save
from jarvis_ai.documents import Documents
from jarvis_ai.domain import PROVIDERS, Prompt, Source
from jarvis_ai.runtime import Runtime
from jarvis_ai.runtime.planning import Planning
from jarvis_ai.settings import Settings

NIGHT = written("night", [{"link": "openai/gpt-4o-mini"}, {"link": "keyword"}])


def planning(folder: Path) -> Planning:
    return Planning(Wishes(), PROVIDERS, Documents(folder / "operator.db"))


def test_what_another_process_saved_is_taken_in(tmp_path: Path):
    ours = planning(tmp_path)
    save(Documents(tmp_path / "operator.db"), NIGHT, now=1.0)
    assert ours.reload() == []
    assert ours.planner.plan(chain="night").name == "night"


def test_without_news_the_planner_and_its_work_are_kept(tmp_path: Path):
    ours = planning(tmp_path)
    before = ours.planner
    ours.reload()
    assert ours.planner is before


def test_a_new_catalogue_keeps_what_is_saved_and_news_keep_the_catalogue(tmp_path: Path):
    ours, documents = planning(tmp_path), Documents(tmp_path / "operator.db")
    save(documents, NIGHT, now=1.0)
    ours.reload()
    ours.use(Catalog([Model("openai/gpt-4o-mini", context_length=128_000)]))
    documents.remove(KIND, "night", now=2.0)
    save(documents, written("day", [{"link": "openai/gpt-4o-mini"}]), now=3.0)
    ours.reload()
    assert list(ours.planner.saved.chains) == ["day"]
    assert ours.planner.plan(chain="day").links[0].context_length == 128_000


def test_a_damaged_file_leaves_the_plans_as_they_were_and_is_told_once(tmp_path: Path):
    ours = planning(tmp_path)
    save(Documents(tmp_path / "operator.db"), NIGHT, now=1.0)
    ours.reload()
    sound = (tmp_path / "operator.db").read_bytes()
    (tmp_path / "operator.db").write_bytes(b"not a database" * 100)
    assert [problem[:42] for problem in ours.reload()] == ["What is saved about chains cannot be read,"]
    assert ours.reload() == []
    assert list(ours.planner.saved.chains) == ["night"]
    (tmp_path / "operator.db").write_bytes(sound)
    ours.reload()
    assert ours.problems == ()


def test_a_runtime_plans_what_was_just_saved_and_the_log_knows_version_and_arm(tmp_path: Path):
    with closing(Runtime(Settings(data_dir=tmp_path, demo_speed=50.0), quiet=True)) as runtime:
        version = save(runtime.documents, NIGHT, now=1.0)
        save_migration(runtime.documents, Migration(0, "salt"), now=2.0)
        runtime.reload_saved()
        named = runtime.start(Prompt.of("Hi"), runtime.plan("chain:night"), source=Source.API)
        moved = runtime.start(Prompt.of("Hi"), runtime.plan(caller=""), source=Source.API)
        for run in (named, moved):
            list(run.tail())
        rows = [runtime.analytics.operation(run.operation_id) for run in (named, moved)]
    assert [(row["chain_hash"], row["arm"]) for row in rows if row] == [
        (version.hash, ""),
        (moved.operation.chain.hash, "direct"),
    ]
    assert rows[1] is not None and rows[1]["provider"] == "openai"


def test_a_runtime_tells_of_what_is_saved_and_cannot_be_used(tmp_path: Path):
    Documents(tmp_path / "operator.db").save(KIND, "bad", {}, now=1.0)
    with closing(Runtime(Settings(data_dir=tmp_path), quiet=True)) as runtime:
        assert any("'bad'" in notice for notice in runtime.notices)


def test_a_link_that_never_answers_is_told_where_its_chain_is_in_use(tmp_path: Path):
    documents = Documents(tmp_path / "operator.db")
    save(documents, written("odd", [{"link": "openai/gpt-4oo"}, {"link": "keyword"}]), now=1.0)
    save(documents, written("idle", [{"link": "openai/gpt-4ooo"}]), now=2.0)
    save_defaults(documents, Defaults("odd", {"fast": "odd"}), now=3.0)
    with closing(Runtime(Settings(data_dir=tmp_path), quiet=True)) as runtime:
        told = [notice for notice in runtime.notices if notice.startswith("Chain ")]
    assert told == ["Chain odd: openai/gpt-4oo is not in OpenRouter's catalogue. Did you mean openai/gpt-4o?"]
