"""The DICOM reports of the page in a browser: asked for, saved, and nowhere else."""

import io
import re
import zipfile

import pydicom
import pytest

from tests.zoo.serving.page import browsers, dying, pages
from zoo.serving.page import dicom_reports, prepared

BUTTON, ALL = "#report", "#all-reports"


@pytest.fixture
def page(browser, port):
    with browsers.opened(browser, port) as page:
        yield page


def saved(page, button):
    """The name of the zip file that a button saves, and its files by name."""
    with page.expect_download() as download:
        page.click(button)
    content = download.value.path().read_bytes()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        files = {name: archive.read(name) for name in archive.namelist()}
    return download.value.suggested_filename, files


def patients(files):
    """The patient of each file."""
    read = {name: pydicom.dcmread(io.BytesIO(body)) for name, body in files.items()}
    return {name: dataset.PatientID for name, dataset in read.items()}


def test_the_report_of_a_study_is_made_when_it_is_asked_for(page, patient):
    page.set_input_files("#folder", str(patient))
    page.wait_for_selector("#queue li[data-state=done]")
    page.locator("#slice").fill("2")
    answered = page.inner_text("#result .bars")
    assert "personal data" in page.inner_text("#report-hint")
    assert "sent once more" in page.inner_text("#report-hint")
    name, files = saved(page, BUTTON)
    assert name == "small-1-study-1.zip"
    assert patients(files) == {
        "study-1-report.dcm": patient.name,
        "study-1-picture.dcm": patient.name,
    }
    assert page.inner_text("#status") == "One DICOM report was made."
    assert page.inner_text("#result .bars") == answered
    assert page.input_value("#slice") == "2"
    assert "sent once more" not in page.inner_text("#report-hint")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    assert saved(page, BUTTON) == (name, files)  # it is in the browser now
    assert all(url.startswith("blob:") for url in asked)
    assert browsers.violations(page) == {}
    assert not pages.left_over()


def test_those_of_all_are_one_file(page, source, patient, nifti):
    browsers.choose(page, nifti.values())
    page.click("#choice button[value=ask]")
    page.wait_for_selector("#queue li[data-state=done]")
    assert not page.is_visible(ALL) and not page.is_visible(BUTTON)
    why = dicom_reports.OF_NIFTI
    assert page.inner_text("#result").endswith(f"No DICOM report: {why}.")
    page.set_input_files("#folder", str(source / "dicom"))
    page.locator("#queue li[data-state=done]").nth(1).wait_for()
    name, files = saved(page, ALL)
    first, second = sorted(each.name for each in (source / "dicom").iterdir())
    assert name == "small-1-reports.zip"
    assert patients(files) == {
        **dict.fromkeys(("study-2-report.dcm", "study-2-picture.dcm"), first),
        **dict.fromkeys(("study-3-report.dcm", "study-3-picture.dcm"), second),
    }
    page.get_by_role("button", name=re.compile(", study 2$")).click()
    name, files = saved(page, BUTTON)
    assert name == "small-1-study-3.zip"
    assert {*patients(files).values()} == {second}


def test_why_there_is_none_is_said_and_the_answer_stays(page, patient, monkeypatch):
    page.set_input_files("#folder", str(patient))
    page.wait_for_selector("#queue li[data-state=done]")
    answered = page.inner_text("#result .bars")
    monkeypatch.setattr(prepared, "prepare", dying.die)
    page.click(BUTTON)
    page.wait_for_selector("#result .problem")
    assert "the files could not be read" in page.inner_text("#result .problem")
    assert page.inner_text("#result .bars") == answered
    monkeypatch.undo()
    monkeypatch.setattr(dicom_reports, "make", dying.die)
    page.click(BUTTON)
    page.wait_for_selector("text=No DICOM report: making it took too long")
    assert page.inner_text("#result .bars") == answered
    assert page.locator("#queue li[data-state=done]").count() == 1
    assert not page.is_visible(ALL) and not page.is_visible(BUTTON)
