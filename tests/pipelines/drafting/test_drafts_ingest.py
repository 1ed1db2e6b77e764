"""A drafted task file ingests at once: real studies, and a cohort of three vendors."""

import csv

import pytest

from pipelines.drafting import draft_file
from pipelines.drafting.request import DraftRequest
from pipelines.ingestion import ingest_cohort
from pipelines.ingestion.request import Request
from pipelines.phantoms import cohort
from pipelines.phantoms.plan import Plan
from pipelines.tasks.task import load


def drafted(folder, **fields):
    request = DraftRequest(out=folder / "task.toml", **fields)
    draft = draft_file.draft(request, terminal=False, show=lambda text: None)
    return request, draft


def ingested(request, folder):
    return ingest_cohort.ingest(
        Request(
            kind=request.kind,
            source=request.source,
            labels=request.labels,
            task=load(str(request.out)),
            key=folder / "project.key",
            out=folder / "dataset",
        )
    )


def table(folder, rows):
    path = folder / "volumes.csv"
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("patient_id", "study_id", "sequence", "path"))
        writer.writerows(rows)
    return path


def answers(folder, text):
    path = folder / "answers.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_prostate_without_labels(shared_data, tmp_path):
    source = shared_data / "prostatex"
    request, draft = drafted(tmp_path, kind="dicom", source=source)
    assert draft.placeholder and draft.checked.flow.included == 1
    assert "T2WI_axial" in request.out.read_text(encoding="utf-8")


def test_a_glioma_whose_sequences_lie_apart(shared_data, tmp_path):
    request, draft = drafted(
        tmp_path, kind="table", source=glioma(shared_data, tmp_path)
    )
    assert draft.placeholder and draft.checked.flow.included == 1
    assert 'registration = "rigid"' in request.out.read_text(encoding="utf-8")


def test_hearts_with_labels(shared_data, tmp_path):
    source = hearts(shared_data, tmp_path)
    labels = shared_data / "acdc" / "labels.csv"
    request, draft = drafted(tmp_path, kind="table", source=source, labels=labels)
    task = load(str(request.out))
    assert draft.checked.sound and draft.checked.flow.included == 50
    assert set(task.target.classes) == {"NOR", "MINF", "DCM", "HCM", "RV"}
    assert task.covariates == ("height_cm", "weight_kg")
    assert (task.split.kind, task.steps.registration) == ("folds", "none")


@pytest.mark.slow
def test_a_prostate_is_ingested_by_series(shared_data, tmp_path):
    request, _ = drafted(
        tmp_path,
        kind="dicom",
        source=shared_data / "prostatex",
        answers=answers(tmp_path, 'learn = "sequence"'),
    )
    result = ingested(request, tmp_path)
    assert result.flow.included == 9 and not result.rejections


@pytest.mark.slow
def test_hearts_are_ingested(shared_data, tmp_path):
    source = hearts(shared_data, tmp_path)
    labels = shared_data / "acdc" / "labels.csv"
    request, _ = drafted(tmp_path, kind="table", source=source, labels=labels)
    result = ingested(request, tmp_path)
    assert result.flow.included == 50 and not result.rejections


@pytest.mark.slow
def test_three_vendors_are_ingested(tmp_path):
    plan = Plan(
        patients=6,
        sequences=("T2WI", "T1WI", "DWI", "ADC", "DTI"),
        slices=(6, 7),
        matrix=(24, 28),
        disarranged=True,
    )
    written = cohort.write(tmp_path / "cohort", plan=plan)
    request, draft = drafted(
        tmp_path,
        kind="dicom",
        source=written / "dicom",
        labels=written / "labels.csv",
        answers=answers(
            tmp_path, 'sequences = "T1WI, T2WI_axial, DWI_b800, ADC, DTI_b800"'
        ),
    )
    assert draft.checked.sound
    result = ingested(request, tmp_path)
    assert result.flow.included == 6 and not result.rejections


def glioma(shared_data, folder):
    (images,) = (p for p in (shared_data / "tcga-fg-6692").iterdir() if p.is_dir())
    endings = {"T1": "t1", "T1C": "t1c", "T2": "t2", "FLAIR": "fla"}
    rows = [
        ("P1", "S1", name, *images.glob(f"*_{ending}.nii.gz"))
        for name, ending in endings.items()
    ]
    return table(folder, rows)


def hearts(shared_data, folder):
    rows = [
        (patient.name, patient.name, name, patient / f"{name}.nii.gz")
        for patient in sorted((shared_data / "acdc").glob("patient*"))
        for name in ("ED", "ES")
    ]
    return table(folder, rows)
