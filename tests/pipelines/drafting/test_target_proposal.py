import tomllib

import pytest

from pipelines.cohort import labels
from pipelines.drafting.label_table import StudyIds, facts
from pipelines.drafting.questions import Asker
from pipelines.drafting.target_proposal import propose
from pipelines.errors import DataError, UsageError
from pipelines.storage import config_files
from pipelines.tasks.task import Task

_IDS = [f"P{n:02}" for n in range(12)]


def _facts(tmp_path, **columns):
    """A table of the first twelve patients, a column for each argument."""
    path = tmp_path / "labels.csv"
    lines = [";".join(["patient_id", *columns])]
    for place, name in enumerate(_IDS):
        cells = [cells[place % len(cells)] for cells in columns.values()]
        lines.append(";".join([name, *cells]))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return facts(path, StudyIds(patients=dict.fromkeys(_IDS, 1)))


def _proposal(tmp_path, answers=None, **columns):
    return propose(_facts(tmp_path, **columns), Asker(answers or {}, terminal=False))


def _target(proposal):
    return tomllib.loads(proposal.text)["target"]


def _task(proposal):
    head = {
        "name": "drafted",
        "covariates": list(proposal.covariates),
        "covariate_levels": {k: [*v] for k, v in proposal.covariate_levels.items()},
        "sequences": [{"name": "T2"}],
        "grid": {"shape": [4, 4, 4]},
    }
    fields = head | tomllib.loads(proposal.text)
    return config_files.build(Task, fields, name="drafted")


def test_classes_of_words(tmp_path):
    found = _proposal(tmp_path, label=["NOR", "DCM", "RV"], age=["61", "48", "77"])
    assert _target(found) == {
        "kind": "classification",
        "columns": ["label"],
        "classes": ["DCM", "NOR", "RV"],
    }
    assert found.covariates == ("age",) and not found.placeholder
    assert found.classes_of["P01"] == "DCM" and len(found.classes_of) == 12
    assert '"NOR" 4' in found.text


def test_of_two_classes_the_positive_one_is_second(tmp_path):
    found = _proposal(tmp_path, cancer=["yes", "no", "no"])
    assert _target(found)["classes"] == ["no", "yes"]
    assert (
        '# Rows: "no" 8, "yes" 4. The second one is the positive class.' in found.text
    )
    assert _target(_proposal(tmp_path, cancer=["1", "0"]))["classes"] == ["0", "1"]


@pytest.mark.parametrize(
    "grades", [("0", "1", "2", "4"), ("I", "II", "III", "IV"), ("F0", "F1", "F2")]
)
def test_grades_are_ordinal_unless_told_otherwise(tmp_path, grades):
    found = _proposal(tmp_path, grade=[*reversed(grades)])
    assert _target(found) == {
        "kind": "ordinal",
        "columns": ["grade"],
        "classes": [*grades],
    }
    other = _proposal(tmp_path, {"target_kind": "classification"}, grade=[*grades])
    assert _target(other)["kind"] == "classification"


def test_grades_that_are_numbers_may_be_a_regression(tmp_path):
    found = _proposal(tmp_path, {"target_kind": "regression"}, isup=["1", "2", "5"])
    assert _target(found) == {"kind": "regression", "columns": ["isup"]}


def test_a_number_is_a_regression(tmp_path):
    found = _proposal(tmp_path, volume_ml=["1,5", "2,25", "8"])
    assert _target(found) == {"kind": "regression", "columns": ["volume_ml"]}
    assert {*found.classes_of.values()} == {""} and len(found.classes_of) == 12


def test_several_columns_of_0_and_1_are_labels(tmp_path):
    columns = {"oedema": ["0", "1", "1"], "nodule": ["0", "0", "1", ""]}
    found = _proposal(tmp_path, {"target": "oedema, nodule"}, **columns)
    assert _target(found) == {
        "kind": "multilabel",
        "columns": ["oedema", "nodule"],
        "classes": ["oedema", "nodule"],
    }
    assert '"oedema" 8, "nodule" 3' in found.text
    # the rarest label that a row has, as the split takes it
    assert [found.classes_of[f"P{n:02}"] for n in (0, 1, 2)] == ["", "oedema", "nodule"]


def test_several_numbers(tmp_path):
    columns = {"edv": ["140,5", "90"], "esv": ["61,5", "70"]}
    found = _proposal(tmp_path, {"target": "esv,edv"}, **columns)
    assert _target(found) == {"kind": "regression", "columns": ["esv", "edv"]}


def test_columns_that_do_not_go_together(tmp_path):
    with pytest.raises(UsageError, match="one column of classes, or several columns"):
        _proposal(tmp_path, {"target": "a, b"}, a=["x", "y"], b=["0", "1"])


def test_what_cannot_be_seen_is_asked_and_stays_open(tmp_path):
    asker = Asker({}, terminal=False)
    found = propose(_facts(tmp_path, a=["0", "1"], b=["1", "0", "0"]), asker)
    assert found.placeholder and "PLACEHOLDER" in found.text
    assert [question.key for question in asker.open] == ["target"]
    assert asker.open[0].choices == ("a", "b")
    with pytest.raises(DataError, match="write a column of the label file"):
        _task(found)


def test_a_single_study_gets_a_class_to_be_told_from(tmp_path):
    path = tmp_path / "labels.csv"
    path.write_text("patient_id,label\nP00,glioma\n", encoding="utf-8")
    one = facts(path, StudyIds(patients={"P00": 1}))
    found = propose(one, Asker({}, terminal=False))
    assert not found.placeholder and "Nothing is learned by it" in found.comments[0]
    assert _task(found).target.classes == ("glioma", "not glioma")
    assert {*found.classes_of.values()} == {"glioma"}


def test_without_a_table_the_target_is_a_placeholder():
    found = propose(None, Asker({}, terminal=False))
    assert found.placeholder and found.covariates == ()


def test_a_table_without_anything_to_predict(tmp_path):
    found = _proposal(tmp_path, same=["1"], comment=[f"words {n}" for n in range(12)])
    assert found.placeholder
    assert found.comments[0] == "no column of the label table holds classes or numbers"


def test_covariates_are_what_is_known_of_a_person(tmp_path):
    found = _proposal(
        tmp_path,
        Sex=["M", "F"],
        label=["a", "b"],
        height=["1,75", "1,62"],
        gleason=["6", "7", "9"],
        site=["x", "y"],
    )
    assert found.covariates == ("Sex", "height")
    assert found.covariate_levels == {"Sex": ("F", "M")}
    assert found.comments == ("further columns that could be: gleason",)


def test_covariates_are_asked_for(tmp_path):
    columns = {"sex": ["M", "F"], "label": ["a", "b"], "psa": ["4,5", "12"]}
    chosen = _proposal(tmp_path, {"covariates": "PSA"}, **columns)
    assert chosen.covariates == ("psa",) and chosen.covariate_levels == {}
    assert _proposal(tmp_path, {"covariates": "none"}, **columns).covariates == ()


def test_a_covariate_that_ingest_can_not_read_is_left_out(tmp_path):
    found = _proposal(tmp_path, label=["a", "b"], age=["063Y", "071Y"])
    assert found.covariates == ()
    (comment,) = found.comments
    assert comment.startswith("age is no covariate yet") and "063" not in comment


def test_who_has_no_label_is_counted(tmp_path):
    found = _proposal(tmp_path, label=["a", "b", ""])
    assert found.unlabelled == 4 and "P02" not in found.classes_of
    assert found.comments[0].startswith("4 without a label: missing_label says")


def test_cells_that_say_not_known_are_no_class(tmp_path):
    found = _proposal(tmp_path, label=["a", "b", "NA"])
    assert _target(found)["classes"] == ["a", "b"] and found.unlabelled == 4
    assert found.comments[0].startswith("some cells of label are not as ingest wants")


def test_rows_of_nobody_do_not_count(tmp_path):
    table = tmp_path / "labels.csv"
    table.write_text("patient_id,label\nP1,a\nP2,b\nP9,c\n", encoding="utf-8")
    found = facts(table, StudyIds(patients={"P1": 1, "P2": 1}))
    proposal = propose(found, Asker({}, terminal=False))
    assert _target(proposal)["classes"] == ["a", "b"]


def test_titles_and_classes_of_any_letters(tmp_path):
    columns = {'"分级 ""x"""': ["轻度", "重度", "中度"], '"Age\n(years)"': ["61", "49"]}
    found = _proposal(tmp_path, **columns)
    assert _target(found)["columns"] == ['分级 "x"']
    assert _target(found)["classes"] == ["轻度", "中度", "重度"]
    assert found.covariates == ("Age\n(years)",)


@pytest.mark.parametrize(
    "columns",
    [
        {"label": ["a", "b"], "age": ["61", "49"], "Sex": ["F", "M", ""]},
        {"ISUP grade": ["0", "1", "2", "5"], "weight": ["70,5", ""]},
        {"volume": ["1,5", "2,5", "9"]},
        {"Label": ["Yes", "yes", "no"]},
    ],
)
def test_ingest_reads_what_is_proposed(tmp_path, columns):
    found = _facts(tmp_path, **columns)
    proposal = propose(found, Asker({}, terminal=False))
    task = _task(proposal)
    read = labels.read(found.path, task)
    for name, label in proposal.classes_of.items():
        values = read.find(patient_id=name, study_id="", series_id="")
        if label:
            assert task.target.classes[int(values.target[0])] == label
        assert len(values.covariates) == len(proposal.covariates)
