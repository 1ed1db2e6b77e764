"""The private file that resolves pseudonyms."""

import multiprocessing
import os
import signal
import stat
import time

import pytest

from pipelines.errors import DataError
from pipelines.privacy import linkage
from pipelines.privacy.linkage import Linkage
from pipelines.privacy.linkage_file import Link, read
from pipelines.storage import lock

NAME = "p00000000000000ab"


def save_some(path, start):
    rows = Linkage(path)
    for number in range(start, start + 20):
        rows.add("patient", f"p{number:016x}", f"P{number}")
    rows.save()


def test_links_are_merged_one_row_each_for_the_owner_alone(tmp_path):
    path = Linkage.beside(tmp_path / "project.key").path
    assert path == tmp_path / "linkage.csv"
    save_some(path, 0)
    save_some(path, 10)
    links = read(path)
    first = "p" + "0" * 16
    assert len(links) == 30
    assert links[first] == Link(kind="patient", pseudonym=first, source_id="P0")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["linkage.csv"]


def test_ids_with_commas_and_line_ends_survive(tmp_path):
    rows = Linkage(tmp_path / "linkage.csv")
    rows.add("site", NAME, 'Clinic "A", Main Street\n1')
    rows.save()
    assert read(rows.path)[NAME].source_id == 'Clinic "A", Main Street\n1'


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
    assert len(read(path)) == 100


def test_a_pseudonym_stands_for_one_id(tmp_path):
    rows = Linkage(tmp_path / "linkage.csv")
    rows.add("patient", NAME, "P1")
    rows.add("patient", NAME, "P1 ")
    with pytest.raises(DataError, match=f"pseudonym {NAME} stands for a patient and"):
        rows.add("study", NAME, "1.2.3")


def test_a_file_of_before_and_new_rows_become_one_row_each(tmp_path):
    path = tmp_path / "linkage.csv"
    old = [f"patient,{number:016x},P{number}" for number in range(10, 25)]
    path.write_text(
        "\n".join(["kind,pseudonym,source_id", *old]) + "\n", encoding="utf-8"
    )
    save_some(path, 0)
    content = path.read_text(encoding="utf-8")
    assert len(read(path)) == 25
    assert content.count("\n") == 26
    assert ",p" + "0" * 15 + "a,P10\n" in content and "patient,0" not in content


def test_what_a_version_of_before_added_since_is_the_same_row(tmp_path):
    path = tmp_path / "linkage.csv"
    save_some(path, 0)
    content = path.read_text(encoding="utf-8")
    path.write_text(content + f"patient,{3:016x},P3\n", encoding="utf-8")
    save_some(path, 0)
    assert path.read_text(encoding="utf-8") == content


def test_a_file_that_needs_no_change_is_left_alone(tmp_path):
    path = tmp_path / "linkage.csv"
    save_some(path, 0)
    before = path.stat()
    save_some(path, 0)
    assert path.stat().st_ino == before.st_ino


def test_a_file_that_is_no_linkage_file_is_kept(tmp_path):
    path = tmp_path / "linkage.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(DataError, match="is not a linkage file with the columns"):
        Linkage(path).save()
    assert path.read_text(encoding="utf-8") == "a,b\n1,2\n"


def test_what_a_killed_process_left_holds_nobody_back(tmp_path):
    # A lock file of the old kind, or of a process that was killed: nobody holds it.
    (tmp_path / ".linkage.csv.lock").write_text("1\n", encoding="utf-8")
    save_some(tmp_path / "linkage.csv", 0)
    assert [file.name for file in tmp_path.iterdir()] == ["linkage.csv"]


def test_a_process_killed_while_it_saves(tmp_path):
    path = tmp_path / "linkage.csv"
    context = multiprocessing.get_context("fork")
    inside = context.Event()
    process = context.Process(target=_save_for_ever, args=(path, inside))
    process.start()
    assert inside.wait(30)
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    assert (tmp_path / ".linkage.csv.lock").exists()
    save_some(path, 0)
    assert len(read(path)) == 20


def _save_for_ever(path, inside):
    def wait(*_):
        inside.set()
        time.sleep(60)

    linkage.write_private = wait
    save_some(path, 0)


def test_a_file_that_another_process_holds(tmp_path, monkeypatch):
    monkeypatch.setattr(linkage, "_WAIT_SECONDS", 0.05)
    path = tmp_path / "linkage.csv"
    with (
        lock.hold(tmp_path / ".linkage.csv.lock", subject="it"),
        pytest.raises(DataError, match="linkage.csv is in use by process"),
    ):
        Linkage(path).save()
