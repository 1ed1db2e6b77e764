"""From a disarranged export to a task file that ingest takes at once."""

import base64
import csv
import re

import pytest

from pipelines.drafting import draft_file
from pipelines.drafting.request import DraftRequest
from pipelines.errors import DataError, UsageError
from pipelines.tasks.task import load

PATIENTS = 4


def drafted(request):
    """The draft, and what was on the screen."""
    shown = []
    return draft_file.draft(request, terminal=False, show=shown.append), "\n".join(
        shown
    )


def answers(folder, text):
    path = folder / "answers.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def everything(disarranged, tmp_path_factory):
    """A draft with labels, page and sheet: its request, itself, and the screen."""
    folder = tmp_path_factory.mktemp("draft")
    request = DraftRequest(
        kind="dicom",
        source=disarranged / "dicom",
        labels=disarranged / "labels.csv",
        out=folder / "task.toml",
        html=folder / "page.html",
        sheet=folder / "sheet.png",
    )
    return request, *drafted(request)


def test_three_vendors_with_wrong_and_chinese_words_come_in(everything):
    request, draft, screen = everything
    assert draft.checked.sound and draft.checked.flow.included == PATIENTS
    assert not draft.placeholder and not draft.open
    task = load(str(request.out))
    assert task.channels == ("T1WI", "T2WI_axial", "DWI_b800", "ADC")
    assert "轴位T2加权" in screen and "(nothing)" in screen


def test_the_file_says_how_many_studies_each_rule_matches(everything):
    text = everything[0].out.read_text(encoding="utf-8")
    assert f"# T2WI_axial (axial): matches in {PATIENTS} of {PATIENTS} studies." in text
    assert f"# DWI_b400 (axial, b = 400): matches in {PATIENTS} of" in text
    assert '# name = "DWI_b400"' in text


def test_nothing_tells_whose_the_studies_are(everything, disarranged):
    request, _, screen = everything
    with open(disarranged / "labels.csv", encoding="utf-8", newline="") as file:
        ids = [row["patient_id"] for row in csv.DictReader(file)]
    page = request.html.read_text(encoding="utf-8")
    written = request.out.read_text(encoding="utf-8") + re.sub(
        "base64,[^\"']*", "", page
    )
    for private in (*ids, "2.25.", "Phantom^", str(disarranged), "Synthetic Hospital"):
        assert private not in written
    sheet = base64.b64encode(request.sheet.read_bytes()).decode()
    assert sheet in page and "T2WI_axial" in page


def test_without_labels_the_file_is_refused_until_the_target_is_named(
    request_of, tmp_path
):
    request = request_of(labels=None)
    draft, _ = drafted(request)
    assert draft.placeholder and draft.checked.flow.included == PATIENTS
    assert not draft.checked.split_fault
    with pytest.raises(DataError, match=r"line \d+.*write a column of the label file"):
        load(str(request.out))


def test_without_labels_a_series_can_be_named(request_of, tmp_path):
    asked = answers(tmp_path, 'learn = "sequence"')
    request = request_of(labels=None, answers=asked)
    draft, _ = drafted(request)
    task = load(str(request.out))
    assert (task.unit, task.target.source) == ("series", "sequence")
    assert task.target.classes == (
        *("T1WI", "T2WI_axial", "T2WI_sagittal"),
        *("DWI_b50", "DWI_b400", "DWI_b800", "ADC"),
    )
    assert draft.checked.sound and draft.checked.flow.included == PATIENTS * 7


def test_a_table_with_several_ids_goes_through_as_it_is(
    request_of, disarranged, tmp_path
):
    with open(disarranged / "labels.csv", encoding="utf-8", newline="") as file:
        rows = [(row["patient_id"], row["label"]) for row in csv.DictReader(file)]
    path = tmp_path / "clinic.csv"
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("No.", "PatientID", "AccessionNumber", "Befund"))
        for number, (patient, label) in enumerate(rows, 1):
            writer.writerow((number, patient, f"X{number}", label))
    request = request_of(labels=path)
    draft, screen = drafted(request)
    assert draft.checked.sound and draft.checked.flow.included == PATIENTS
    assert load(str(request.out)).key_column == {"patient_id": "PatientID"}
    assert f"{PATIENTS} of its {PATIENTS} values are PatientIDs" in screen
    assert "title the column" not in screen and "running number" in screen


def test_an_answer_that_nothing_asks_for_is_refused(request_of, tmp_path):
    request = request_of(answers=answers(tmp_path, 'lern = "sequence"'))
    with pytest.raises(UsageError, match="nothing was asked"):
        drafted(request)
    assert not request.out.exists()


def test_channels_by_answer(request_of, tmp_path):
    asked = answers(tmp_path, 'sequences = ["T2WI_axial", "DWI_b50"]')
    request = request_of(answers=asked)
    draft, _ = drafted(request)
    assert load(str(request.out)).channels == ("T2WI_axial", "DWI_b50")
    assert draft.checked.flow.included == PATIENTS


def test_a_folder_without_images_is_told(request_of, tmp_path):
    (tmp_path / "empty").mkdir()
    request = request_of(source=tmp_path / "empty", labels=None)
    with pytest.raises(
        DataError, match="no DICOM images below .* of modality MR or CT or PT"
    ):
        drafted(request)


def test_nothing_is_left_where_ingest_refuses_the_labels(request_of, tmp_path):
    labels = tmp_path / "labels.csv"
    with open(request_of().labels, encoding="utf-8") as file:
        lines = file.read().splitlines()
    labels.write_text("\n".join([*lines, lines[1]]) + "\n", encoding="utf-8")
    with pytest.raises(DataError, match="have the same patient_id"):
        drafted(request_of(labels=labels))
    assert [path.name for path in tmp_path.iterdir()] == ["labels.csv"]


def test_the_folder_is_made(request_of, tmp_path):
    request = request_of(out=tmp_path / "new" / "task.toml")
    drafted(request)
    assert request.out.is_file()
