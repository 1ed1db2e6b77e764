"""Whatever is sent gets a readable answer, and nothing of it stays."""

import json
import tempfile

import pytest

from tests.zoo.serving.page import malformed, pages
from zoo.serving.page.limits import PageLimits

SMALL = PageLimits(
    total_bytes=8 * 2**20,
    file_bytes=4 * 2**20,
    files=60,
    archive_ratio=50,
    archive_small_bytes=2**20,
    manifest_bytes=2**16,
    work_s=60,
)
_PRIVATE = ("Traceback", "zoo-page-", ".py")


def readable(answer):
    """The words of an answer: an error with its cure, or a result of each study."""
    if answer.status == 200:
        words = [
            each["result"].get("error", "a class") for each in answer.head["results"]
        ]
        assert words
        reports = [each["report"] or {} for each in answer.head["results"]]
        words += [report["error"] for report in reports if "error" in report]
    else:
        assert 400 <= answer.status < 500, answer.body
        words = [answer.json["error"]["message"]]
        assert answer.error != "server_error"
    for text in words:
        assert len(text) > 5 and text.isprintable()
        private = (*_PRIVATE, tempfile.gettempdir())
        assert not [one for one in private if one in text]
    return words


def ask_all(models, patient, nifti, count, seed):
    """The words of all answers, by what was wrong."""
    study = [*pages.folder_files(patient).items()]
    good = dict(study[:24])
    told = {}
    with pages.page_port(models, limits=SMALL) as port:
        for kind, body in malformed.uploads(
            seed, count, dicom=good, nifti=nifti["T2WI"].read_bytes()
        ):
            answer = pages.ask(port, "POST", "/page/api/studies", body, pages.BINARY)
            told.setdefault(kind, set()).update(readable(answer))
            assert not pages.left_over()
        assert pages.upload(port, dict(study)).status == 200  # and it still answers
    return told


def test_malformed_uploads(models, patient, nifti):
    told = ask_all(models, patient, nifti, count=54, seed=0)
    assert len(told) == 18
    words = json.dumps({kind: sorted(texts) for kind, texts in told.items()})
    for expected in ("a link or a device", "larger than 4 MiB", "none within a folder"):
        assert expected in words


@pytest.mark.slow
def test_a_thousand_malformed_uploads(models, patient, nifti):
    told = ask_all(models, patient, nifti, count=1080, seed=1)
    assert len(told) == 18
