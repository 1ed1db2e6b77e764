"""Diffusion of three vendors to an ADC: phantom DICOM, ingest, and a new study."""

import dataclasses

import numpy as np
import pytest
import SimpleITK as sitk

from pipelines.ingestion import check, ingest_cohort
from pipelines.ingestion.dicom_candidates import Candidate
from pipelines.ingestion.dicom_choice import choose
from pipelines.ingestion.new_study import dicom_records, nifti_record
from pipelines.ingestion.request import Request
from pipelines.phantoms import cohort, protocols
from pipelines.phantoms.plan import Plan
from pipelines.readers.dicom import scan
from pipelines.records.data_set import read_manifest
from pipelines.records.directory import open_dataset
from pipelines.records.encode import parser
from pipelines.records.shards import read
from pipelines.tasks import task as tasks
from pipelines.tasks.sequence import Match, Sequence

PLAN = Plan(
    patients=6, sequences=("T2WI", "DWI", "ADC"), slices=(8, 9), matrix=(44, 48)
)
B_VALUES = (50, 400, 800)


def source_of(stated, **changes):
    match = Match(b_value=(stated, stated), not_image_type=("ADC",), plane="axial")
    source = Sequence(name=f"DWI_b{stated}", channel=False, match=match)
    return dataclasses.replace(source, **changes)


def task_of(folder, *sources):
    """T2WI, the scanner's map, the fitted one and how far off the fit is."""
    task = tasks.load(str(folder / "task.toml"))
    names = ", ".join(f"DWI_b{b}" for b in B_VALUES)
    made = (
        Sequence(name="fitted", derive=f"adc({names})"),
        Sequence(name="off", derive=f"adc_residual({names})"),
    )
    kept = tuple(one for one in task.sequences if one.name != "DWI")
    return dataclasses.replace(
        task,
        sequences=(*kept, *(sources or map(source_of, B_VALUES)), *made),
        grid=dataclasses.replace(task.grid, shape=(8, 32, 32), reference="T2WI"),
    )


def phantom_of(folder, signal_to_noise, monkeypatch):
    quiet = dataclasses.replace(
        protocols.PROTOCOLS["DWI"], signal_to_noise=signal_to_noise
    )
    with monkeypatch.context() as patched:
        patched.setitem(protocols.PROTOCOLS, "DWI", quiet)
        return cohort.write(folder, plan=PLAN)


def request_of(folder, task, out):
    return Request(
        kind="dicom",
        source=folder / "dicom",
        labels=folder / "labels.csv",
        task=task,
        key=out / "project.key",
        out=out / "dataset",
    )


def ingested(folder, task, out):
    return ingest_cohort.ingest(request_of(folder, task, out))


def fields_of(data):
    """What the records hold, channels first."""
    parse = parser(data.task, require_target=False)
    for shard in data.shards:
        for record in read(data.shard_path(shard)):
            found = parse(record)
            volume, foreground = (
                np.moveaxis(found[name].numpy(), -1, 0)
                for name in ("volume", "foreground")
            )
            yield volume, foreground


@pytest.fixture(scope="module")
def quiet(tmp_path_factory):
    """Next to no noise; what is known comes out."""
    folder = tmp_path_factory.mktemp("quiet")
    with pytest.MonkeyPatch.context() as monkeypatch:
        return phantom_of(folder / "cohort", 1e6, monkeypatch)


def test_the_coefficient_of_the_tissues_comes_out(quiet, tmp_path):
    result = ingested(quiet, task_of(quiet), tmp_path)
    data = open_dataset(result.path)
    assert not result.rejections
    assert data.task.channels == ("T2WI", "ADC", "fitted", "off")
    header = (result.path / "manifest.csv").read_text(encoding="utf-8").splitlines()[0]
    assert "hash:fitted" in header and "DWI_b" not in header
    hashes = [row.channel_hashes for row in read_manifest(data)]
    assert all(len({*of}) == PLAN.patients and all(of) for of in zip(*hashes))
    everyone = list(fields_of(data))
    assert len(everyone) == len(hashes) == PLAN.patients
    liver = []
    for volume, foreground in everyone:
        _, known, fitted, off = volume
        both = foreground[1] & foreground[2]
        assert 0.2 < both.mean() < 0.9
        # The map of the phantom has a grain and noise of its own.
        assert np.median(fitted[both] / known[both]) == pytest.approx(1, abs=0.02)
        assert np.median(off[foreground[3]]) < 0.002
        liver.extend(fitted[both & (abs(known - 1200) < 100)])
    assert np.median(liver) == pytest.approx(1200, rel=0.005)


def test_the_residual_grows_with_noise(quiet, tmp_path, monkeypatch):
    medians = []
    for noise, folder in (
        (0, quiet),
        (1, phantom_of(tmp_path / "loud", 20, monkeypatch)),
    ):
        out = tmp_path / str(noise)
        out.mkdir()
        data = open_dataset(ingested(folder, task_of(folder), out).path)
        medians.append(np.median([np.median(v[3][f[3]]) for v, f in fields_of(data)]))
    assert medians[1] == pytest.approx(0.03, abs=0.01)
    assert medians[0] < medians[1] / 10


def test_a_new_study_has_the_records_of_ingest(quiet, tmp_path):
    task = task_of(quiet)
    data = open_dataset(ingested(quiet, task, tmp_path).path)
    ingested_volumes = {volume.tobytes() for volume, _ in fields_of(data)}
    parse = parser(task, require_target=False)
    new = [parse(one.record) for one in dicom_records(quiet / "dicom", task)]
    assert len(new) == PLAN.patients
    assert {
        np.moveaxis(one["volume"].numpy(), -1, 0).tobytes() for one in new
    } == ingested_volumes


@pytest.mark.parametrize(
    ("changed", "code", "said"),
    [
        (
            {"b_value": 900.0},
            "other_b_value",
            "DWI_b800 has b = 800 s/mm2, and the task file says 900",
        ),
        (
            {"match": Match(image_type=("ADC",)), "b_value": 800.0},
            "no_b_value",
            "fitted is fitted to acquired images, and DWI_b800 is a map",
        ),
        (
            {"match": Match(description="T2", plane="sagittal")},
            "no_b_value",
            "fitted is fitted over b-values, and the images of DWI_b800 state none",
        ),
    ],
    ids=["another b-value", "a map", "no diffusion"],
)
def test_refused_by_headers_alone(quiet, tmp_path, changed, code, said):
    task = task_of(quiet, *map(source_of, B_VALUES[:2]), source_of(800, **changed))
    kept = tuple(one for one in task.sequences if one.name != "ADC")
    checked = check.check(
        request_of(quiet, dataclasses.replace(task, sequences=kept), tmp_path)
    )
    assert checked.flow.included == 0
    assert {one.code for one in checked.flow.excluded} == {code}
    assert said in checked.text()


def test_nifti_says_it_in_the_task_file(quiet, tmp_path):
    """Each b-value of one patient as a file, which states none."""
    task = task_of(quiet)
    series = scan.scan(quiet / "dicom").series
    first = [one for one in series if one.study_uid == series[0].study_uid]
    chosen = choose(Candidate(series=tuple(first)), task)
    files = {name: tmp_path / f"{name}.nii.gz" for name in chosen}
    for name, path in files.items():
        sitk.WriteImage(scan.read_image(chosen[name]), path)
    refused = nifti_record(files, task)
    assert refused.error.code == "no_b_value"
    stated = dataclasses.replace(
        task,
        sequences=tuple(
            dataclasses.replace(one, b_value=float(one.name.removeprefix("DWI_b")))
            if one.name.startswith("DWI_b")
            else one
            for one in task.sequences
        ),
    )
    made = nifti_record(files, stated)
    assert made.record is not None, made.error
    wanted = [one.record for one in dicom_records(quiet / "dicom", task)]
    parse = parser(task, require_target=False)
    volume = parser(stated, require_target=False)(made.record)["volume"].numpy()
    nearest = min(
        float(np.abs(parse(one)["volume"].numpy()[..., 2] - volume[..., 2]).max())
        for one in wanted
    )
    assert nearest <= 2  # of about 1000: geometry passed through float32
