"""The private file that resolves pseudonyms."""

import multiprocessing
import stat

import pytest

from pipelines.errors import DataError
from pipelines.privacy import linkage
from pipelines.privacy.linkage import Link, Linkage


def save_some(path, start):
    rows = Linkage(path)
    for number in range(start, start + 20):
        rows.add("patient", f"{number:016x}", f"P{number}")
    rows.save()


def test_links_are_merged_one_row_each_for_the_owner_alone(tmp_path):
    path = Linkage.beside(tmp_path / "project.key").path
    assert path == tmp_path / "linkage.csv"
    save_some(path, 0)
    save_some(path, 10)
    links = linkage.read(path)
    assert len(links) == 30
    assert links[0] == Link(kind="patient", pseudonym="0" * 16, source_id="P0")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["linkage.csv"]


def test_ids_with_commas_and_line_ends_survive(tmp_path):
    rows = Linkage(tmp_path / "linkage.csv")
    rows.add("site", "ab", 'Clinic "A", Main Street\n1')
    rows.save()
    assert linkage.read(rows.path)[0].source_id == 'Clinic "A", Main Street\n1'


def test_processes_that_save_at_once_lose_nothing(tmp_path):
    path = tmp_path / "linkage.csv"
    context = multiprocessing.get_context("fork")
    workers = [
        context.Process(target=save_some, args=(path, start))
        for start in range(0, 100, 20)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers] == [0] * 5
    assert len(linkage.read(path)) == 100


def test_a_pseudonym_stands_for_one_id(tmp_path):
    rows = Linkage(tmp_path / "linkage.csv")
    rows.add("patient", "ab", "P1")
    rows.add("patient", "ab", "P1 ")
    with pytest.raises(DataError, match="pseudonym ab stands for a patient and"):
        rows.add("study", "ab", "1.2.3")


def test_a_file_that_is_no_linkage_file_is_kept(tmp_path):
    path = tmp_path / "linkage.csv"
    path.write_text("a,b\n1,2\n")
    with pytest.raises(DataError, match="is not a linkage file with the columns"):
        Linkage(path).save()
    assert path.read_text() == "a,b\n1,2\n"


def test_a_lock_that_stays_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(linkage, "_WAIT_SECONDS", 0.05)
    (tmp_path / ".linkage.csv.lock").write_text("1\n")
    with pytest.raises(DataError, match="held by another process.*linkage.csv.lock"):
        Linkage(tmp_path / "linkage.csv").save()
