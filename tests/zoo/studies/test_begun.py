"""A study directory goes on with what it was begun with, and nothing else."""

import pytest

from pipelines.errors import UsageError
from tests.zoo.studies import small_study
from zoo.studies import begun, final_recipes


def begin(folder, **options):
    asked = small_study.request(folder, **options)
    begun.begin(asked, final_recipes.recipes(asked))
    return asked


def test_it_keeps_the_recipes_and_no_path(tmp_path):
    asked = begin(tmp_path)
    assert (asked.out / "recipes" / "one.toml").is_file()
    text = (asked.out / begun.FILE).read_text(encoding="utf-8")
    assert str(tmp_path) not in text and "patient_id" not in text


def test_the_same_goes_on(tmp_path):
    begin(tmp_path)
    begin(tmp_path)


def test_another_recipe_is_refused_with_the_difference(tmp_path):
    begin(tmp_path)
    text = small_study.TEXT.replace("optimisation.epochs = 2", "optimisation.epochs=9")
    match = r"(?s)recipes.one.optimisation.epochs was 2, is 9.*choose another --out"
    with pytest.raises(UsageError, match=match):
        begin(tmp_path, text=text)


def test_other_labels_are_refused(tmp_path):
    begin(tmp_path)
    (tmp_path / "labels.csv").write_text("patient_id\nnobody\n", encoding="utf-8")
    with pytest.raises(UsageError, match="source.labels was") as error:
        begin(tmp_path)
    assert "nobody" not in str(error.value)


def test_other_dicom_files_are_refused(tmp_path):
    folder = tmp_path / "dicom"
    folder.mkdir()
    (folder / "DOE^JANE").write_bytes(b"1")
    begin(tmp_path, kind="dicom", source=folder)
    (folder / "two").write_bytes(b"2")
    with pytest.raises(UsageError, match="source.files was 1, is 2"):
        begin(tmp_path, kind="dicom", source=folder)
    text = (tmp_path / "out" / begun.FILE).read_text(encoding="utf-8")
    assert "JANE" not in text


def test_what_is_no_study_is_kept(tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.txt").write_text("", encoding="utf-8")
    with pytest.raises(UsageError, match="exists and is no study"):
        begin(tmp_path)


def test_the_length_of_a_list_is_a_difference():
    assert list(begun.differences({"a": [1]}, {"a": []})) == ["a had 1 entries, has 0"]


def test_one_that_was_killed_as_it_began_goes_on(tmp_path):
    asked = begin(tmp_path)
    (asked.out / "recipes" / "two.toml").unlink()
    kept = (asked.out / "recipes" / "one.toml").read_bytes()
    begin(tmp_path)
    assert (asked.out / "recipes" / "two.toml").is_file()
    assert (asked.out / "recipes" / "one.toml").read_bytes() == kept
