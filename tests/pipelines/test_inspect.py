import json
import shlex
import subprocess
import sys

import pydicom
import pytest

from pipelines import command, inspect
from pipelines.phantoms import cohort
from pipelines.phantoms.plan import Plan
from tests.pipelines.records.small import data_set, task


@pytest.fixture
def data(tmp_path):
    return data_set(tmp_path, task())


def _run(*asked):
    return command.run(inspect.main, [str(one) for one in asked])


def _flip_a_byte(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def test_it_says_what_is_in_the_data_set(data, capsys):
    assert _run(data.path) == 0
    assert "12 samples of 12 patients" in capsys.readouterr().out


def test_json_is_all_that_stdout_holds(data, capsys, tmp_path):
    assert _run(data.path, "--json", "--verify", "--montage", tmp_path / "p") == 0
    found = json.loads(capsys.readouterr().out)
    assert found["groups"]["train"] == {
        "samples": 7,
        "patients": 7,
        "classes": {"no": 4, "yes": 3},
    }


def test_a_whole_data_set_verifies(data, capsys):
    assert _run(data.path, "--verify") == 0
    assert "shards and manifest are as they were written" in capsys.readouterr().err


@pytest.mark.parametrize("asked", [["--verify"], []])
def test_a_flipped_byte_is_exit_code_1_and_names_the_shard(
    data, tmp_path, capsys, asked
):
    name = data.shards[1].name
    _flip_a_byte(tmp_path / name)
    assert _run(data.path, *asked) == 1
    shown = capsys.readouterr()
    assert name in shown.err
    assert shown.out == ""


def test_pictures_are_printed_last(data, capsys, tmp_path):
    assert _run(data.path, "--montage", tmp_path / "pictures") == 0
    last = capsys.readouterr().out.splitlines()[-1]
    assert last == str(tmp_path / "pictures" / "montage-T2.png")


def test_a_sheet_of_an_augmentation_is_printed_last(data, capsys, tmp_path):
    mine, sheet = tmp_path / "mine.toml", tmp_path / "sheet.png"
    mine.write_text("[spatial]\nflip = ['width']\n", encoding="utf-8")
    assert _run(data.path, "--augment", mine, "--out", sheet) == 0
    assert capsys.readouterr().out.splitlines()[-1] == str(sheet)
    assert sheet.stat().st_size > 1000


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (["--augment", "nonsense"], "no preset of augmentation named 'nonsense'"),
        (["--out", "sheet.png"], "--out goes with --augment alone"),
        (["--normalisation", "none"], "--normalisation goes with --augment alone"),
    ],
)
def test_wrong_usage_is_exit_code_2(data, capsys, asked, message):
    assert _run(data.path, *asked) == 2
    shown = capsys.readouterr()
    assert message in shown.err
    assert shown.out == ""


@pytest.mark.parametrize(
    "asked", [["--montage", "file/x"], ["--augment", "none", "--out", "file/x.png"]]
)
def test_a_place_that_can_not_be_written_is_told_first(tmp_path, capsys, asked):
    (tmp_path / "file").write_text("", encoding="utf-8")
    asked = [text.replace("file", str(tmp_path / "file")) for text in asked]
    assert _run(tmp_path / "no-data-set", *asked) == 2
    assert "file is no directory. Choose another place" in capsys.readouterr().err


def test_a_path_that_does_not_exist_is_wrong_usage(tmp_path, capsys):
    assert _run(tmp_path / "nowhere") == 2
    assert "nowhere does not exist. Name the directory" in capsys.readouterr().err


def test_no_data_set_is_exit_code_1(tmp_path, capsys):
    assert _run(tmp_path) == 1
    assert "holds no dataset.json" in capsys.readouterr().err


def test_help_has_examples_and_loads_no_tensorflow():
    program = (
        "import sys, pipelines.inspect as i\n"
        "try:\n    i.main(['--help'])\n"
        "except SystemExit:\n    assert 'tensorflow' not in sys.modules"
    )
    shown = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert "examples:" in shown.stdout


def test_verify_lists_who_is_somebody_else_in_the_header(tmp_path, capsys):
    aged = data_set(tmp_path, task(covariates=("age",)))
    assert _run(aged.path, "--verify") == 0
    assert "header and label file agree in age" in capsys.readouterr().err


def test_alignment_says_what_to_do_and_names_its_figures(data, capsys, tmp_path):
    assert _run(data.path, "--alignment", tmp_path / "pictures") == 0
    shown = capsys.readouterr()
    assert "sequences are apart by a voxel or more" in shown.out
    assert (tmp_path / "pictures" / "alignment-01.png").is_file()
    assert shown.err.splitlines()[-1] == (
        f"next: python -m zoo.plan --data {data.path} --out recipe.toml"
    )


def test_one_channel_has_nothing_to_lie_on(tmp_path, capsys):
    single = data_set(tmp_path, task(channels=("T1",)))
    assert _run(single.path, "--alignment", tmp_path / "pictures") == 2
    assert "compares the sequences of a study. Received: the task small" in (
        capsys.readouterr().err
    )


@pytest.fixture
def export(tmp_path):
    """A cohort of three patients with two sequences, as DICOM."""
    plan = Plan(patients=3, slices=(8, 8), matrix=(40, 48), sequences=("T2WI", "ADC"))
    folder = cohort.write(tmp_path / "cohort", plan=plan)
    text = (folder / "task.toml").read_text(encoding="utf-8")
    split = "[split]\ntrain = 1.0\n"
    (folder / "task.toml").write_text(
        text[: text.index("[split]")] + split, encoding="utf-8"
    )
    return folder


def _raw(folder):
    places = ("--dicom", folder / "dicom", "--labels", folder / "labels.csv")
    return (*places, "--task", folder / "task.toml")


def test_studies_that_are_not_ingested_yet(export, tmp_path, capsys):
    pictures = tmp_path / "pictures"
    asked = ("--montage", pictures, "--alignment", pictures, "--studies", 2)
    assert _run(*_raw(export), "--verify", *asked) == 0
    shown = capsys.readouterr()
    assert "3 of 3 studies come in at most" in shown.out
    assert "study 2: patient PHANTOM-" in shown.out
    assert "study 3" not in shown.out
    assert "neither sex nor age" in shown.err
    places = shlex.join(map(str, _raw(export)))
    assert shown.err.splitlines()[-1] == (
        f"next: python -m pipelines.ingest {places} --key FILE --out DIR"
    )
    assert sorted(path.name for path in pictures.iterdir()) == [
        "alignment-01.png",
        "alignment-02.png",
        "montage-ADC.png",
        "montage-T2WI.png",
        "side-by-side.png",
    ]


def test_without_a_task_it_says_which_kinds_of_series_there_are(export, capsys):
    assert _run("--dicom", export / "dicom") == 0
    shown = capsys.readouterr()
    assert "of 3 studies of 3 patients" in shown.out.splitlines()[0]
    assert "Survey axial, coronal, sagittal" in shown.out
    assert shown.err.splitlines()[-1] == (
        f"next: python -m pipelines.draft --dicom {export / 'dicom'} --out task.toml"
    )


def test_a_study_that_would_be_rejected_is_exit_code_1(export, capsys):
    lines = (export / "labels.csv").read_text(encoding="utf-8").splitlines()
    (export / "labels.csv").write_text("\n".join(lines[:-1]) + "\n", encoding="utf-8")
    assert _run(*_raw(export)) == 1
    assert "1 study rejected: no label" in capsys.readouterr().out


def test_no_study_that_can_be_shown_is_an_error(export, tmp_path, capsys):
    for path in (export / "dicom").rglob("*"):
        if path.is_file():
            dataset = pydicom.dcmread(path)
            dataset.PixelData = bytes(len(dataset.PixelData))
            dataset.save_as(path)
    assert _run(*_raw(export), "--montage", tmp_path / "pictures") == 1
    assert "no study can be shown. no picture of patient" in capsys.readouterr().err


def test_what_goes_with_what(data, export, capsys):
    for asked, message in (
        (["--dicom", export, "--verify"], "--verify goes by a task: name it with"),
        (["--table", export / "labels.csv"], "--table goes by a task: name it with"),
        ([*_raw(export), "--json"], "--json wants a data set"),
        ([data.path, "--task", "acdc"], "--task goes with --dicom or --table alone"),
    ):
        assert _run(*asked) == 2
        assert message in capsys.readouterr().err
    with pytest.raises(SystemExit):
        _run(data.path, "--dicom", export)
    assert "name one of DATASET, --dicom DIR and --table CSV" in capsys.readouterr().err
