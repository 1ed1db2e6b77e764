"""Every kind of model that the page can serve, asked in a browser by a person.

All names are German and Chinese, and what is shown is what `zoo.predict` says.
"""

import dataclasses
import io
import json
import re
import shutil
import zipfile

import pydicom
import pytest

from pipelines import command
from pipelines.covariates.encoding import Covariate, Encoding
from pipelines.tasks.steps import Steps
from pipelines.tasks.target import Target
from tests.zoo.ensembling import several_tasks
from tests.zoo.prediction import networks, stages
from tests.zoo.serving import exported
from tests.zoo.serving.gate import in_process
from tests.zoo.serving.page import browsers, pages
from zoo import export, predict
from zoo.evaluation.rejection.rules import LargestProbability
from zoo.recipes.recipe import Head, Recipe
from zoo.targets.standardisation import ColumnStatistics, Standards

pytestmark = pytest.mark.slow

GRADE = Target(
    kind="ordinal", classes=("niedrig", "höher", "最高"), columns=("g",), name="grade"
)
FAT = Target(kind="regression", columns=("Fettanteil 脂肪",), name="fat")
FINDINGS = Target(
    kind="multilabel",
    classes=("Ödem", "出血"),
    columns=("oedema", "bleeding"),
    name="findings",
)
STANDARDS = Standards(
    column_statistics=(
        ColumnStatistics(name="Fettanteil 脂肪", mean=12.0, deviation=3.0),
    )
)
SEXES = ("männlich", "女")
SEEN = Standards(
    encoding=Encoding(
        covariates=(
            Covariate(name="Geschlecht", levels=SEXES),
            Covariate(name="年龄", mean=50.0, deviation=10.0),
        )
    )
)


@pytest.fixture(scope="module")
def masked(task, tmp_path_factory):
    """A run whose task crops to a mask, and whose network sees covariates."""
    cropped = dataclasses.replace(
        task,
        name="Tumor 肿瘤",
        steps=Steps(roi_share=0.5),
        covariates=("年龄", "Geschlecht"),
        covariate_levels={"Geschlecht": SEXES},
    )
    return networks.run(
        tmp_path_factory.mktemp("masked") / "run",
        task=cropped,
        recipe=Recipe(arch="cnn3d", head=Head(covariates=("Geschlecht", "年龄"))),
        standards=SEEN,
    )


@pytest.fixture(scope="module")
def rejecting(task, tmp_path_factory):
    """A run with further targets of each kind, to which every study is unknown."""
    made = networks.run(
        tmp_path_factory.mktemp("rejecting") / "run",
        task=dataclasses.replace(task, further_targets=(GRADE, FAT, FINDINGS)),
        recipe=Recipe(arch="cnn3d"),
        standards=STANDARDS,
    )
    stages.write(made, threshold=0.5, reject=LargestProbability(threshold=2.0))
    return made


@pytest.fixture(scope="module")
def ensemble(task, tmp_path_factory):
    """A network for each of the sequences, of which one may abstain."""
    folder = tmp_path_factory.mktemp("members")
    whole = dataclasses.replace(task, further_targets=(FAT,))
    return several_tasks.of_sequences(folder, whole, standards=STANDARDS)


@pytest.fixture(scope="module")
def page_of(browser, masked, rejecting, ensemble, tmp_path_factory):
    """Gives a page of all of them, a model chosen."""
    root = tmp_path_factory.mktemp("page-models") / "saved_models"
    exported.written(masked.path, root, name="masked")
    exported.written(rejecting.path, root, name="rejecting")
    with in_process.gate():
        called = [str(ensemble), "--name", "both", "--to", str(root)]
        assert command.run(export.main, called) == 0
    with pages.page_port(pages.served(root, "both", "masked", "rejecting")) as port:

        def opened(name, **options):
            return browsers.opened(browser, port, model=f"{name}/1", **options)

        yield opened


def predicted(run, out, *arguments):
    """The first result of `zoo.predict`."""
    called = [str(each) for each in (run, *arguments, "--out", out)]
    assert command.run(predict.main, called) == 0
    return json.loads(out.read_text(encoding="utf-8"))["results"][0]


def bars(page):
    """Names and numbers beside bars, of all targets."""
    lines = page.locator(".bars .line").all_inner_texts()
    return [tuple(line.split("\n")) for line in lines]


def wanted(probabilities):
    return [(name, f"{value:.3f}") for name, value in probabilities.items()]


def report(page):
    """The Structured Report of the study that is shown, as text."""
    with page.expect_download() as download:
        page.click("#report")
    with zipfile.ZipFile(io.BytesIO(download.value.path().read_bytes())) as archive:
        dataset = pydicom.dcmread(io.BytesIO(archive.read("study-1-report.dcm")))
    return json.dumps(dataset.to_json_dict(), ensure_ascii=False)


def fill_in(page, age):
    """Says sex and age in the dialog."""
    page.get_by_label("Geschlecht").select_option("女")
    page.get_by_label("年龄").fill(age)
    assert browsers.violations(page) == {}
    page.click("#choice button[value=ask]")


def test_a_mask_and_covariates_of_nifti_files(page_of, masked, nifti, region, tmp_path):
    cells = ("--covariates", "Geschlecht=女", "年龄=61", "--mask", region)
    named = [f"{name}={path}" for name, path in nifti.items()]
    out = tmp_path / "r.json"
    expected = predicted(masked.path, out, "--nifti", *named, *cells)
    with page_of("masked") as page:
        page.click("#facts summary")
        facts = page.inner_text("#facts")
        assert "a mask of the region of interest (NIfTI)" in facts
        assert "if known: Geschlecht, 年龄" in facts
        browsers.choose(page, [*nifti.values(), region])
        page.wait_for_selector("#choice[open]")
        assert page.input_value("#mask") == region.name  # by its name
        levels = page.get_by_label("Geschlecht").locator("option").all_inner_texts()
        assert levels == ["not known", *SEXES]
        fill_in(page, "61")
        page.wait_for_selector("#queue li[data-state=done]")
        assert bars(page) == wanted(expected["probabilities"])
        assert page.inner_text("#result .class") == expected["class"]


def test_a_mask_lies_in_the_folder_of_its_dicom_study(
    page_of, masked, patient, region, tmp_path
):
    folder = shutil.copytree(patient, tmp_path / "Fall 一")
    shutil.copy(region, folder)
    (tmp_path / "c.csv").write_text(
        f"patient_id,Geschlecht,年龄\n{patient.name},女,\n", encoding="utf-8"
    )
    more = ("--covariates", tmp_path / "c.csv", "--mask", region)
    out = tmp_path / "r.json"
    expected = predicted(masked.path, out, "--dicom", patient, *more)
    with page_of("masked") as page:
        page.set_input_files("#folder", str(folder))
        page.wait_for_selector("#choice[open]")
        assert page.input_value("#mask").endswith("/roi.nii.gz")
        fill_in(page, "")
        page.wait_for_selector("#queue li[data-state=done]")
        assert bars(page) == wanted(expected["probabilities"])
        said = report(page)  # with the same mask and covariates, and nobody is asked
        assert bars(page) == wanted(expected["probabilities"])
        for name, value in expected["probabilities"].items():
            assert f"Probability of {name}" in said and str(value) in said


def test_without_a_mask_it_is_said_where_to_put_it(page_of, patient, tmp_path):
    packed = shutil.make_archive(str(tmp_path / "Fall"), "zip", patient)
    with page_of("masked") as page:
        page.set_input_files("#folder", str(patient))
        page.wait_for_selector("#choice[open]")
        assert "into the study's folder" in page.inner_text("#choice")
        assert browsers.violations(page) == {}
        page.click("#choice button[value=ask]")  # which waits for the mask
        assert page.is_visible("#choice")
        page.click("#choice button[value=cancel]")
        page.wait_for_selector("#queue li[data-state=failed]")
        browsers.choose(page, [packed])
        page.locator("#queue li[data-state=failed]").nth(1).wait_for()
        left_out, failed = page.locator("#queue .failed").all_inner_texts()
        assert left_out == "left out" and "into the study's folder" in failed


def test_a_study_is_unknown_and_every_target_is_shown(
    page_of, rejecting, patient, tmp_path
):
    out = tmp_path / "r.json"
    expected = predicted(rejecting.path, out, "--dicom", patient)
    further = expected["further_targets"]
    size = {"width": 360, "height": 800}
    with page_of("rejecting", size=size, color_scheme="dark") as page:
        page.set_input_files("#folder", str(patient))
        page.wait_for_selector("#queue li[data-state=done]")
        classes = page.locator("#result .class").all_inner_texts()
        assert classes == ["unknown", further["grade"]["class"]]
        assert page.locator("#result .unknown").count() == 1
        assert "unlike those that the model learned from" in page.inner_text("#result")
        assert page.inner_text("#queue .line span") == "unknown"
        targets = ("grade", "findings")
        assert bars(page) == [
            *wanted(expected["probabilities"]),
            *(
                each
                for name in targets
                for each in wanted(further[name]["probabilities"])
            ),
        ]
        text = page.inner_text("#result")
        ((column, value),) = further["fat"]["predictions"].items()
        assert re.search(rf"{column}\s+{value:.3f}", text)
        assert re.search(rf"score of the reject rule\s+{expected['score']:.3f}", text)
        page.click("#result summary:has-text('Before calibration')")
        before = page.inner_text("#result details")
        for name, value in expected["probabilities_uncalibrated"].items():
            assert re.search(rf"{re.escape(name)}\s+{value:.3f}", before)
        page.click("#facts > details > summary")
        assert "it may say that a study is unknown to it" in page.inner_text("#facts")
        said = report(page)
        assert '"Unknown"' in said and "最高" in said and column in said
        assert browsers.violations(page) == {}
        assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_an_ensemble_of_several_tasks_and_who_abstains(
    page_of, ensemble, patient, nifti, tmp_path
):
    out = tmp_path / "r.json"
    expected = predicted(ensemble, out, "--dicom", patient)
    with page_of("both") as page:
        page.set_input_files("#folder", str(patient))
        page.wait_for_selector("#queue li[data-state=done]")
        assert bars(page) == wanted(expected["probabilities"])
        page.click("summary:has-text('What each network says')")
        each = page.locator("#result details li").all_inner_texts()
        assert [line.split(":")[0] for line in each] == [*expected["members"]]
        for line, fields in zip(each, expected["members"].values(), strict=True):
            for name, value in fields["probabilities"].items():
                assert f"{name} {value:.3f}" in line
        assert page.locator("canvas").count() == 2
        said = report(page)
        assert "networks by the rule weighted" in said and "Größe <b>" in said
        browsers.choose(page, [nifti["T2WI"]])
        page.wait_for_selector("#choice[open]")
        page.locator("#sequence-T1WI").select_option("")
        page.click("#choice button[value=ask]")
        page.locator("#queue li[data-state=done]").nth(1).wait_for()
        page.locator("[id^=show-1-]").click()
        page.click("summary:has-text('What each network says')")
        (alone,) = page.locator("#result details li").all_inner_texts()
        assert alone.startswith("t2wi:")
        assert browsers.violations(page) == {}
