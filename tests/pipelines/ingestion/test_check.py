"""What ingest would make of a cohort, without a pixel and without a trace."""

import os
from dataclasses import replace

import pydicom
import pytest

from pipelines import command, ingest
from pipelines.errors import DataError, UsageError
from pipelines.ingestion import ingest_cohort
from pipelines.ingestion import request as ingest_request
from pipelines.ingestion.check import check
from pipelines.ingestion.request import SourceRequest
from pipelines.tasks.sequence import Match, Sequence
from pipelines.tasks.task import Split
from tests.pipelines.ingestion.test_ingest_cohort import only_new


def source_request(folder, task, **changes):
    fields = {
        "kind": "dicom",
        "source": folder / "dicom",
        "labels": folder / "labels.csv",
        "task": task,
    }
    return SourceRequest(**(fields | changes))


def files(folder):
    return sorted(path for path in folder.rglob("*"))


def two_sequences(task):
    """Asks for a b-value that no phantom has."""
    wanted = Sequence(name="DWI", match=Match(b_value=(900.0, 1000.0)))
    return replace(task, sequences=(*task.sequences, wanted))


def test_a_sound_cohort_comes_in_as_ingest_takes_it(phantom, small_task, request_of):
    checked = check(source_request(phantom, small_task))
    result = ingest_cohort.ingest(request_of(phantom))
    assert checked.sound and checked.flow == result.flow
    patients = {group: count.patients for group, count in result.counts.items()}
    assert checked.patients == patients
    assert "10 of 10 studies come in at most" in checked.text()


def test_pixels_are_not_looked_at_and_said_to_be_so(source, small_task, studies):
    damaged = sorted(studies(source)[0])[3]
    dataset = pydicom.dcmread(damaged)
    dataset.PixelData = bytes(len(dataset.PixelData))
    dataset.save_as(damaged)
    checked = check(source_request(source, small_task))
    assert checked.sound and "an image of one value" in checked.only_pixels


def test_what_only_the_steps_of_a_task_can_show(phantom, small_task):
    steps = replace(small_task.steps, n4=True)
    checked = check(source_request(phantom, replace(small_task, steps=steps)))
    assert "a bias correction that fails" in checked.only_pixels


def test_a_rule_that_takes_nothing_is_one_line_with_what_is_there(phantom, small_task):
    checked = check(source_request(phantom, two_sequences(small_task)))
    first = checked.text().splitlines()[0]
    assert first.startswith("10 studies excluded: DWI matches nothing; they hold ")
    assert "Survey axial, coronal, sagittal (4); " in first and "matches DWI" in first
    assert checked.split_fault == "no study is left" and not checked.sound


def test_a_label_that_is_no_class_shows_what_stands_there(source, small_task):
    lines = (source / "labels.csv").read_text(encoding="utf-8").splitlines()
    spelt = [line.replace("solid", "Solid") for line in lines[:3]]
    (source / "labels.csv").write_text(
        "\n".join([*spelt, *lines[3:]]) + "\n", encoding="utf-8"
    )
    wrong = sum("Solid" in line for line in spelt)
    checked = check(source_request(source, small_task))
    (left, *others) = checked.text().splitlines()
    assert f"{wrong} stud" in left
    assert "label is no class of the task; received 'Solid'. The classes are" in left


def test_a_split_that_fails_is_said_beside_the_rest(phantom, small_task):
    plan = Split(kind="folds", folds=11)
    checked = check(source_request(phantom, replace(small_task, split=plan)))
    assert "10 patients are too few for the split" in checked.split_fault
    assert not checked.sound and "no split: 10 patients" in checked.text()


def test_nothing_is_written(source, small_task, tmp_path):
    before = files(tmp_path)
    check(source_request(source, small_task), key=tmp_path / "new" / "my.key")
    assert files(tmp_path) == before


def test_the_patients_of_a_data_set_are_known_by_its_key(
    phantom, small_task, request_of, tmp_path
):
    before = ingest_cohort.ingest(request_of(phantom))
    extending = source_request(phantom, small_task, extend=before.path)
    counts = {group: count.patients for group, count in before.counts.items()}
    assert check(extending, key=tmp_path / "project.key").patients == counts
    with pytest.raises(UsageError, match="Name the key with --key. Received: none"):
        check(extending)
    with pytest.raises(UsageError, match="absent.key, which does not exist"):
        check(extending, key=tmp_path / "absent.key")


@pytest.fixture
def extending(phantom, small_task, request_of, dealing_key, tmp_path):
    """Makes the request to extend ten patients by a source that lacks three."""
    before = ingest_cohort.ingest(request_of(phantom)).path
    new = only_new(phantom, tmp_path, 3)

    def make(choice=None, task=small_task):
        return source_request(new, task, extend=before, absent=choice)

    return make


def test_samples_that_the_source_lacks_are_told(extending, tmp_path):
    checked = check(extending(), key=tmp_path / "project.key")
    assert "the source lacks 3 samples of 3 patients" in checked.text()
    assert "--absent keep" in checked.absent_fault
    assert not checked.sound and not checked.feasible and checked.flow.included == 7


def test_what_is_kept_of_them_counts(extending, tmp_path):
    checked = check(extending("keep"), key=tmp_path / "project.key")
    assert checked.sound and checked.flow.included == 10
    assert sum(checked.patients.values()) == 10
    assert "3 records kept of the data set that is extended" in checked.text()


def test_what_is_dropped_of_them_is_told(extending, tmp_path):
    checked = check(extending("drop"), key=tmp_path / "project.key")
    assert checked.sound and sum(checked.patients.values()) == 7
    assert "3 records dropped, which the source lacks" in checked.text()


def test_records_of_another_task_can_not_be_kept(extending, small_task, tmp_path):
    other = replace(small_task, grid=replace(small_task.grid, shape=(8, 16, 8)))
    checked = check(extending("keep", other), key=tmp_path / "project.key")
    assert "the task makes other ones" in checked.text() and not checked.feasible


def test_the_key_stays_out_of_the_source(phantom, small_task):
    with pytest.raises(UsageError, match="lies inside"):
        check(
            source_request(phantom, small_task), key=phantom / "dicom" / "project.key"
        )


@pytest.fixture
def arguments(source):
    asked = ["--dicom", source / "dicom", "--labels", source / "labels.csv"]
    return [str(one) for one in [*asked, "--task", source / "task.toml"]]


def test_an_interrupted_ingest_names_itself(arguments, tmp_path, monkeypatch, capsys):
    def interrupted(_):
        raise KeyboardInterrupt

    monkeypatch.setattr(ingest_request, "check_tables", interrupted)
    argv = [*arguments, "--key", str(tmp_path / "k"), "--out", str(tmp_path / "out")]
    assert command.run(ingest.main, argv) == 130
    assert capsys.readouterr().err.splitlines() == [
        "interrupted",
        f"next: python -m pipelines.ingest {' '.join(argv)}",
    ]


def test_the_file_of_labels_is_told_of_once(source, arguments, tmp_path, capsys):
    text = (source / "labels.csv").read_text(encoding="utf-8")
    labels = tmp_path / "labels.csv"
    labels.write_text(text.replace("patient_id", "MRN", 1), encoding="utf-8")
    arguments[arguments.index("--labels") + 1] = str(labels)
    assert ingest.main(["--check", *arguments, "--workers", "1"]) == 0
    note = f"note: {labels} has the patient_id in the column MRN\n"
    assert capsys.readouterr().err.count(note) == 1
    labels.write_text("MRN,nothing\n1,2\n", encoding="utf-8")
    with pytest.raises(DataError, match="lacks the columns .* Title columns of the"):
        ingest.main(["--check", *arguments])
    assert capsys.readouterr().err == note


def test_the_command_needs_neither_key_nor_place(arguments, capsys):
    assert ingest.main(["--check", *arguments, "--workers", "1"]) == 0
    shown = capsys.readouterr()
    assert "10 of 10 studies come in at most" in shown.out
    assert shown.err.splitlines()[-1] == (
        f"next: python -m pipelines.ingest {' '.join(arguments)} --workers 1 --key "
        "FILE --out DIR"
    )


def test_the_exit_code_tells_of_a_study_that_is_rejected(arguments, source, studies):
    os.remove(studies(source)[0][3])
    asked = ["--check", *arguments, "--workers", "1"]
    assert ingest.main(asked) == 1
    assert ingest.main([*asked, "--allow-rejects"]) == 0


def test_without_check_key_and_place_are_wanted(arguments, capsys):
    with pytest.raises(SystemExit) as ended:
        ingest.main(arguments)
    assert ended.value.code == 2
    assert "arguments are required: --key, --out" in capsys.readouterr().err


def test_rejections_are_printed_before_a_split_fails_for_them(
    arguments, source, tmp_path, capsys
):
    lines = (source / "labels.csv").read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines[1:] if "solid" in line]
    (source / "labels.csv").write_text(
        "\n".join([lines[0], *kept, "NOBODY,ring"]) + "\n", encoding="utf-8"
    )
    places = ["--key", str(tmp_path / "k" / "my.key"), "--out", str(tmp_path / "out")]
    task = (
        (source / "task.toml")
        .read_text(encoding="utf-8")
        .replace("[split]", "[split]\nfolds = 9")
    )
    text = task.replace('kind = "fractions"', 'kind = "folds"').replace("folds = 5", "")
    (source / "task.toml").write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match="too few for the split"):
        ingest.main([*arguments, "--workers", "1", *places])
    shown = capsys.readouterr().out
    assert f"{10 - len(kept)} studies rejected: no label" in shown
    assert shown.count("E.g. patient") == 1


def test_every_key_of_a_task_file_is_printed(capsys):
    with pytest.raises(SystemExit) as ended:
        ingest.main(["--help-task"])
    assert ended.value.code == 0
    assert "  shape = [32, 128, 128]" in capsys.readouterr().out
