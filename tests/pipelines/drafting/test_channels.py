"""What a source offers, and where its stacks lie."""

from collections import Counter

import pytest

from pipelines.drafting import channels
from pipelines.drafting.label_table import StudyIds
from pipelines.drafting.overview import vendor_of
from pipelines.drafting.survey import Survey, of_table
from pipelines.errors import DataError
from tests.pipelines.drafting.invented import T1, cohort, replaced, series
from tests.pipelines.readers import nifti_diffusion


def survey(studies):
    patients = {study: group[0].patient_id for study, group in studies.items()}
    ids = StudyIds(patients=Counter(patients.values()), study_uids=frozenset(studies))
    return Survey(ids=ids, patients=patients, series=studies)


def test_a_stack_is_where_its_slices_are():
    changes = {"spacing_mm": (4.0, 2.0, 3.0), "centre_mm": (10.0, -20.0, 30.0)}
    offer = channels.of(survey(cohort(changes, studies=1)))
    stack = offer.stacks["study 0"]["T2WI"]
    assert stack.shape == (20, 64, 64) and stack.spacing_mm == (4.0, 2.0, 3.0)
    # columns are 3 mm apart, and 63 / 2 of them lie between the first and the centre
    assert stack.centre_mm == pytest.approx((10.0 - 63.0 + 31.5 * 3.0, -20.0, 30.0))
    assert stack.extent_mm == (80.0, 128.0, 192.0)


def test_a_study_whose_slices_make_no_volume_does_not_count():
    studies = cohort({}, T1, studies=3)
    broken = studies["study 1"][0].frames
    studies = replaced(studies, "study 1", 0, frames=(*broken[:5], *broken[9:]))
    offer = channels.of(survey(studies))
    numbers = {one.name: len(one.studies) for one in offer.sequences}
    assert numbers == {"T1WI": 3, "T2WI": 2}


def test_nothing_that_a_task_could_take_is_told():
    studies = cohort({"echo_time_ms": None, "scanning_sequence": ()})
    with pytest.raises(DataError, match="one that a task could take.*Received: other"):
        channels.of(survey(studies))


def test_the_table_shows_ranges_and_no_words_of_headers():
    studies = cohort({"description": "T2 of Mrs Smith"}, studies=3)
    studies = replaced(studies, "study 1", 0, echo_time_ms=101.5)
    offer = channels.of(survey(studies))
    assert offer.overview.rows == (
        ("T2WI", "Siemens", "axial", "", "90-101.5 / 4000", "20", "4 x 1", "3"),
    )
    assert offer.overview.called == ("T2 of Mrs Smith",)


@pytest.mark.parametrize(
    "stated, vendor",
    [
        ("GE MEDICAL SYSTEMS", "GE"),
        ("Philips Healthcare", "Philips"),
        ("SIEMENS", "Siemens"),
        ("", "unknown"),
        ("Hospital of Mr Jones", "other"),
    ],
)
def test_a_vendor_is_one_that_is_known(stated, vendor):
    assert vendor_of(series("s", "1", manufacturer=stated)) == vendor


def test_a_table_that_names_several_directions_wants_their_trace(tmp_path):
    tensors = nifti_diffusion.tensors(shape=(4, 6, 3))
    nifti_diffusion.write(tmp_path / "dwi.nii.gz", nifti_diffusion.signals(tensors))
    frames = ("b=0", "b=400", "b=600", "2")  # of 600 there is none
    rows = [f"p,s,{frame.replace('=', ' ')},dwi.nii.gz,{frame}" for frame in frames]
    table = tmp_path / "volumes.csv"
    head = "patient_id,study_id,sequence,path,frame"
    table.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    offer = channels.of(of_table(table))
    wanted = {one.name: one.sequence.directions for one in offer.sequences}
    assert wanted == {"b 0": None, "b 400": "trace", "b 600": None, "2": None}
