"""Documents: versions pile up, the latest is what there is."""

from pathlib import Path

import pytest

from jarvis_ai.documents import Documents


@pytest.fixture
def documents(tmp_path: Path) -> Documents:
    return Documents(tmp_path / "deep" / "operator.db")


def test_the_latest_version_is_what_there_is(documents: Documents) -> None:
    documents.save("chain", "night", {"links": ["a"]}, now=1.0)
    second = documents.save("chain", "night", {"links": ["b"]}, now=2.0)
    assert documents.find("chain", "night") == second
    assert documents.all("chain") == [second]


def test_older_versions_can_still_be_read_latest_first(documents: Documents) -> None:
    first = documents.save("chain", "night", {"links": ["a"]}, now=1.0)
    second = documents.save("chain", "night", {"links": ["b"]}, now=2.0)
    assert documents.versions("chain", "night") == [second, first]
    assert documents.versions("chain", limit=1) == [second]


def test_a_removed_document_is_gone_and_its_versions_stay(documents: Documents) -> None:
    kept = documents.save("chain", "night", {}, now=1.0)
    documents.remove("chain", "night", now=2.0)
    assert documents.find("chain", "night") is None
    assert documents.all("chain") == []
    assert documents.versions("chain", "night") == [kept]


def test_kinds_do_not_mix_and_documents_come_by_name(documents: Documents) -> None:
    for name in ("b", "a"):
        documents.save("view", name, {}, now=1.0)
    documents.save("chain", "c", {}, now=1.0)
    assert [document.name for document in documents.all("view")] == ["a", "b"]


def test_two_who_open_the_same_file_see_the_same(documents: Documents, tmp_path: Path) -> None:
    saved = documents.save("view", "mine", {"days": 7}, now=1.0)
    assert Documents(tmp_path / "deep" / "operator.db").find("view", "mine") == saved


def test_what_is_not_json_is_refused_and_nothing_is_lost(documents: Documents) -> None:
    kept = documents.save("view", "mine", {"days": 7}, now=1.0)
    with pytest.raises(TypeError):
        documents.save("view", "mine", {"days": object()}, now=2.0)
    assert documents.find("view", "mine") == kept
