"""The page in a browser, as a person with a study uses it."""

import json
import re
import shutil

import nibabel
import numpy as np
import pytest

from tests.zoo.serving.page import browsers, pages


@pytest.fixture
def page(browser, port):
    with browsers.opened(browser, port) as page:
        yield page


def test_a_folder_is_answered_and_its_slices_scroll(page, port, patient):
    page.set_input_files("#folder", str(patient))
    page.wait_for_selector("#queue li[data-state=done]")
    (result,) = pages.upload(port, pages.folder_files(patient)).head["results"]
    probabilities = result["result"]["probabilities"]
    lines = page.locator(".bars li").all_inner_texts()
    assert lines == [f"{name}\n{value:.3f}" for name, value in probabilities.items()]
    assert page.inner_text("#result .class") == result["result"]["class"]
    assert page.locator("canvas").count() == 2
    label = page.locator("canvas").first
    assert label.get_attribute("aria-label").startswith("T2WI: slice 5 of 8")
    label.focus()
    page.keyboard.press("ArrowDown")
    assert "slice 6 of 8" in label.get_attribute("aria-label")
    label.hover()
    page.mouse.wheel(0, -120)
    page.locator("canvas[aria-label*='slice 5 of 8']").first.wait_for()
    page.locator("#slice").fill("1")
    for canvas in page.locator("canvas").all():  # both scroll together
        assert "slice 1 of 8" in canvas.get_attribute("aria-label")


def test_the_picture_is_the_record_by_window_and_level(page, port, nifti):
    """Row and column as they are, grey by the formula of window and level."""
    browsers.choose(page, nifti.values())
    page.click("#choice button[value=ask]")
    page.wait_for_selector("#queue li[data-state=done]")
    page.locator("#slice").fill("3")
    page.locator("#view-1-window").fill("100")
    page.locator("#view-1-level").fill("150")
    label = page.locator("canvas").nth(1).get_attribute("aria-label")
    window, level = map(float, re.findall(r"(?:window|level) ([\d.]+)", label))
    files = {path.name: path.read_bytes() for path in nifti.values()}
    sequences = {name: {"file": path.name} for name, path in nifti.items()}
    answer = pages.upload(port, files, sequences=sequences)
    volume = answer.volume(answer.head["results"][0]["sequences"][1])
    grey = (255 * (volume[2] - (level - window / 2)) / window).clip(0, 255)
    pixels = page.evaluate(
        "() => { const c = document.querySelectorAll('canvas')[1];"
        "const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;"
        "return [...d].filter((_, place) => place % 4 === 0); }"
    )
    assert pixels == pytest.approx(grey.ravel().tolist(), abs=2)
    assert len(set(pixels)) > 5


def test_which_file_is_which_is_proposed_and_may_be_changed(page, nifti):
    browsers.choose(page, nifti.values())
    page.wait_for_selector("#choice[open]")
    chosen = page.locator("#choice select")
    names = [path.name for path in nifti.values()]
    assert [each.input_value() for each in chosen.all()] == names
    page.locator("#sequence-T1WI").select_option("")
    page.click("#choice button[value=ask]")
    page.wait_for_selector("#queue li[data-state=done]")
    assert "The study lacks this sequence" in page.inner_text("#viewer")


def test_frames_by_their_b_value_where_a_sidecar_has_it(page, port, nifti, tmp_path):
    """Each frame of one file is a sequence; its number can then not be said, too."""
    image = nibabel.load(nifti["T2WI"])
    voxels = np.asanyarray(image.dataobj)
    frames = np.stack([voxels, voxels[::-1] // 2], axis=-1)
    path, sidecar = tmp_path / "dwi.nii.gz", tmp_path / "dwi.bval"
    nibabel.save(nibabel.Nifti1Image(frames, image.affine), path)
    sidecar.write_text("50 800\n", encoding="utf-8")
    browsers.choose(page, [path, sidecar])
    page.wait_for_selector("#choice[open]")
    for name, b_value in zip(nifti, ("800", "50")):
        page.locator(f"#sequence-{name}").select_option(path.name)
        page.locator(f"#sequence-{name}-b").fill(b_value)
        assert page.locator(f"#sequence-{name}-frame").is_disabled()
    page.click("#choice button[value=ask]")
    page.wait_for_selector("#queue li[data-state=done]")
    sequences = {
        name: {"file": path.name, "frame": frame} for name, frame in zip(nifti, (1, 0))
    }
    files = {path.name: path.read_bytes()}
    (result,) = pages.upload(port, files, sequences=sequences).head["results"]
    wanted = result["result"]["probabilities"]
    lines = page.locator(".bars li").all_inner_texts()
    assert lines == [f"{name}\n{value:.3f}" for name, value in wanted.items()]


def test_without_one_no_b_value_is_asked_for(page, nifti):
    browsers.choose(page, nifti.values())
    page.wait_for_selector("#choice[open]")
    assert page.locator("#choice [id$='-frame']").count() == len(nifti)
    assert page.locator("#choice [id$='-b']").count() == 0


def test_an_error_says_what_to_do_and_the_queue_goes_on(page, patient, tmp_path):
    letter = tmp_path / "letter.bin"
    letter.write_bytes(b"Dear colleague")
    browsers.choose(page, [letter])
    page.set_input_files("#folder", str(patient))
    page.wait_for_selector("#queue li[data-state=done]")
    (failed,) = page.locator("#queue li[data-state=failed]").all_inner_texts()
    assert "no DICOM images below what was dropped" in failed
    assert "Drop the folder or the zip file of a DICOM export" in failed
    assert "unpacked" not in failed  # the page takes zip files
    assert page.locator("#queue li").count() == 2


def test_one_slice_of_a_series_is_answered_with_a_warning(page, patient, tmp_path):
    (folder,) = patient.rglob("01_*")
    shutil.copy(min(folder.iterdir()), tmp_path / "slice.dcm")
    browsers.choose(page, [tmp_path / "slice.dcm"])
    page.wait_for_selector("#queue li[data-state=done]")
    shown = page.inner_text("#result")
    assert "t2_tse_tra; 1 image" in shown
    assert "One image alone for T2WI" in shown
    assert "names one of these classes whatever it is shown" in shown


def test_an_empty_folder_is_said_to_be_empty(page, tmp_path):
    page.set_input_files("#folder", str(tmp_path))
    page.wait_for_selector("#problem:not([hidden])")
    assert page.inner_text("#problem").startswith("There is no file in it.")


def test_the_queue_is_saved_as_csv_and_json(page, source, patient, port):
    for folder in (patient, source / "dicom"):
        page.set_input_files("#folder", str(folder))
    page.locator("#queue li[data-state=done]").nth(1).wait_for()
    saved = {}
    for label, end in (("Save as CSV", "csv"), ("Save as JSON", "json")):
        with page.expect_download() as download:
            page.get_by_role("button", name=label).click()
        assert download.value.suggested_filename == f"small-1.{end}"
        saved[end] = download.value.path().read_bytes()
    answer = pages.upload(port, pages.folder_files(source / "dicom"))
    results = answer.head["results"]
    cells = [results[0]["cells"], *(result["cells"] for result in results)]
    lines = [[str(n), f"study {n}", *row[2:]] for n, row in enumerate(cells, 1)]
    text = saved["csv"].decode("utf-8-sig")
    assert text.splitlines() == [
        ",".join(line) for line in (answer.head["columns"], *lines)
    ]
    content = json.loads(saved["json"])
    assert content["model"] == {"name": "small", "version": 1}
    assert [result["number"] for result in content["results"]] == [1, 2, 3]
    assert content["results"][2]["class"] == results[1]["result"]["class"]


def test_names_are_text_whatever_they_hold(page):
    hostile = "<img src=x onerror=document.title='taken'>.bin"
    browsers.drop(page, [hostile])
    page.wait_for_selector("#queue li[data-state=failed]")
    assert hostile in page.inner_text("#queue")
    assert page.locator("#queue img").count() == 0
    assert "taken" not in page.title()
    page.click("#facts summary")
    assert "Größe <b>, 实性" in page.inner_text("#facts")


def test_the_token_is_asked_for_and_kept_in_memory_alone(browser, models, patient):
    with (
        pages.page_port(models, token=pages.TOKEN) as port,
        browsers.opened(browser, port) as page,
    ):
        page.wait_for_selector("#token-form:not([hidden])")
        assert browsers.violations(page) == {}
        page.fill("#token", "a wrong token of them")
        page.keyboard.press("Enter")
        page.wait_for_selector("#problem:not([hidden])")
        assert page.inner_text("#problem") == "The server refuses this token."
        page.fill("#token", pages.TOKEN)
        page.keyboard.press("Enter")
        page.wait_for_selector("#facts summary")
        page.set_input_files("#folder", str(patient))
        page.wait_for_selector("#queue li[data-state=done]")
        kept = (
            "JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])"
        )
        assert page.evaluate(kept) == '[{},{},""]'
        assert pages.TOKEN not in page.content()
        page.reload()
        page.wait_for_selector("#token-form:not([hidden])")


@pytest.mark.parametrize(
    ("width", "scheme"),
    [
        (360, "dark"),
        pytest.param(360, "light", marks=pytest.mark.slow),
        pytest.param(1280, "dark", marks=pytest.mark.slow),
        pytest.param(1280, "light", marks=pytest.mark.slow),
    ],
)
def test_axe_finds_nothing_and_nothing_is_cut_off(browser, port, nifti, width, scheme):
    size = {"width": width, "height": 800}
    with browsers.opened(browser, port, size=size, color_scheme=scheme) as page:
        page.wait_for_selector("#facts summary")
        for summary in page.locator("#facts > details > summary").all():
            summary.click()
        browsers.choose(page, nifti.values())
        page.wait_for_selector("#choice[open]")
        assert browsers.violations(page) == {}
        page.click("#choice button[value=ask]")
        browsers.drop(page, ["letter.bin"])
        page.wait_for_selector("#queue li[data-state=failed]")
        page.wait_for_selector("#queue li[data-state=done]")
        assert browsers.violations(page) == {}
        across = "document.documentElement.scrollWidth"
        assert page.evaluate(across) <= width


_DRAWN = """async ([inside, unknown]) => {
  const answer = await import("/page/answer.js");
  const fields = {
    class: unknown ? "unknown" : "ring", probabilities: { ring: 0.7, solid: 0.3 },
    is_unknown: unknown, prediction_set: inside,
  };
  const drawn = document.createElement("div");
  const targets = [{ name: "", set_level: 0.9, fields }];
  drawn.append(...answer.elements({ result: {}, targets }));
  const names = [...drawn.querySelectorAll(".bars li.inside")];
  return [drawn.querySelector(".set").textContent, names.map((li) => li.textContent)];
}"""


def test_the_set_of_classes_is_marked_and_said_in_words(page):
    def drawn(*inside, unknown=False):
        return page.evaluate(_DRAWN, [[*inside], unknown])

    said, marked = drawn("ring", "solid")
    assert said == "With 90 % coverage the answer is one of: ring, solid."
    assert marked == ["ringin the set0.700", "solidin the set0.300"]
    said, marked = drawn("solid")
    assert said == "With 90 % coverage the answer is: solid."
    assert marked == ["solidin the set0.300"]
    said, marked = drawn()
    assert said.startswith("With 90 % coverage none of the classes fits") and not marked
    said, _ = drawn("ring", unknown=True)
    assert "(ring) is promised" in said and "so not for this one" in said
    assert drawn(unknown=True)[0] == "None of the classes fits it."
