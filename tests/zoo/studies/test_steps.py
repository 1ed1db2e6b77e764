"""The commands that a study is made of."""

from tests.zoo.studies import small_study
from zoo import compare
from zoo.studies import steps

PHANTOM = small_study.TEXT.replace("[paper]", '[phantom]\nplan = "heart"\n\n[paper]')


def names(request):
    return [step.name for step in steps.steps(request)]


def test_in_order(tmp_path):
    assert names(small_study.request(tmp_path)) == [
        *("ingest-acdc", "train-one", "train-two", "ensemble-both", "compare-better")
    ]


def test_what_quick_leaves_out_takes_its_ensembles_and_claims_with_it(tmp_path):
    asked = small_study.request(tmp_path, quick=True)
    assert names(asked) == ["ingest-acdc", "train-one"]


def test_gains_are_compared_in_pairs(tmp_path):
    old, new = (
        'of = ["one", "two"]\nclaim',
        'gains = [["one", "two"], ["more", "both"]]',
    )
    text = small_study.TEXT.replace(old, f"{new}\nholdout = true\nclaim")
    asked = small_study.request(tmp_path, text=text, variants=True)
    *_, step = steps.steps(asked)
    runs = [f"{asked.out}/runs/{n}:holdout" for n in ("one", "two", "more", "both")]
    assert step.arguments[:7] == (*runs, "--gains", "--figure", "auc")
    compare.parser().parse_args(step.arguments)
    assert "compare-better" not in names(small_study.request(tmp_path, text=text))


def test_groups_of_patients_are_judged_once_a_run(tmp_path):
    row = 'paper = [0.96, "?"]\n'
    groups = "".join(
        f'[[table.rows]]\nlabel = "{g}"\nof = "one"\nby = "age:60"\ngroup = "{g}"\n'
        for g in ("<60", "≥60")
    )
    text = small_study.TEXT.replace(row, f"{row}\n{groups}")
    asked = small_study.request(tmp_path, text=text)
    (step,) = [s for s in steps.steps(asked) if s.module == "zoo.evaluate"]
    assert step.name == "subgroups-one-age" and step.output.parent.name == "subgroups"
    run, data = asked.out / "runs" / "one", asked.out / "datasets" / "acdc"
    assert step.arguments[:5] == (str(run), "--by", "age:60", "--data", str(data))


def test_a_phantom_is_written_first(tmp_path):
    invented = {"kind": "phantom", "source": None, "labels": None, "scale": 0.2}
    asked = small_study.request(tmp_path, text=PHANTOM, quick=True, seed=3, **invented)
    first, second, *_ = steps.steps(asked)
    assert first.arguments[1:] == (
        *("--plan", "heart", "--seed", "3", "--scale", "0.2", "--quick"),
    )
    assert second.arguments[:2] == ("--dicom", f"{asked.out}/cohort/dicom")


def test_images_are_dealt_beside_patients(tmp_path):
    text = small_study.TEXT.replace('task = "acdc"', 'task = "acdc"\nby_image = true')
    asked = small_study.request(tmp_path, text=text, by_image=True)
    every = {step.name: step for step in steps.steps(asked)}
    assert "--split-by" not in every["ingest-acdc"].arguments
    assert "--split-by" in every["ingest-acdc-by-image"].arguments
    assert every["train-one-by-image"].output == asked.out / "runs" / "one-by-image"


def test_private_places_are_shown_by_a_word(tmp_path):
    asked = small_study.request(tmp_path)
    shown = steps.steps(asked)[0].shown(steps.private_places(asked))
    assert shown == (
        "python -m pipelines.ingest --table SOURCE --labels LABELS --task acdc --out "
        "OUT/datasets/acdc --key OUT/project.key --allow-rejects"
    )
