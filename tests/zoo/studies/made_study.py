"""A small study whose runs are there, without networks: what its page is made of."""

import dataclasses
import json

from tests.zoo.ensembling import members
from tests.zoo.studies import small_study
from zoo.evaluation import run_evaluation
from zoo.evaluation.results.settings import Settings
from zoo.studies import runner, steps

TEXT = """\
title = "Rings <b> & solids"
source = "Nobody, 2026"
task = "liver_fibrosis"
by_image = true

[phantom]
plan = "liver"

[paper]
patients = "100"
age = "?"

[[flow]]
number = 12
what = "found"

[[train]]
name = "one"
recipe = "acdc_cnn3d"

[[train]]
name = "more"
recipe = "acdc_cnn3d"
variant = true

[[table]]
title = "Table 1"
columns = ["accuracy", "validation auc", "f1"]

[[table.rows]]
label = "One"
of = "one"
paper = [0.96, 0.9, "?"]

[[table.rows]]
label = "More"
of = "more"

[[figure]]
title = "ROC"
of = "one"
file = "roc.png"

[[figure]]
title = "Nothing"
of = "one"
file = "nothing.png"

[[deviation]]
setting = "epochs"
paper = "?"
here = "2"
reason = "a trial"
"""
DATA_SET = {
    "flow": {
        "unit": "study",
        "found": 9,
        "excluded": [{"code": "plane", "meaning": "another plane", "number": 1}],
        "included": 8,
    },
    "counts": {"test": {"samples": 8, "patients": 8, "classes": {"well": 4, "ill": 4}}},
}


def make(folder, **options):
    """The request, with everything that its steps would have made."""
    invented = {"kind": "phantom", "source": None, "labels": None}
    asked = small_study.request(folder, text=TEXT, **(invented | options))
    asked.out.mkdir()
    for protocol in asked.protocols:
        signal = 3.0 if protocol else 1.0
        run = steps.run_path(asked, f"one{protocol}")
        run.parent.mkdir(exist_ok=True)
        members.member(run, 1, signal=signal)
        run_evaluation.write(run, settings=Settings(bootstrap=200), out=run)
        data = steps.data_path(asked, "liver_fibrosis", protocol)
        data.mkdir(parents=True)
        (data / "dataset.json").write_text(json.dumps(DATA_SET), encoding="utf-8")
    (asked.out / "begun.json").write_text('{"options": {}}', encoding="utf-8")
    (asked.out / "steps").mkdir()
    for step in steps.steps(asked):
        content = {"step": step.name, "command": "python -m it", "seconds": 60.0}
        content["processor_seconds"] = 90.0
        path = runner.record(asked, step)
        path.write_text(json.dumps(content), encoding="utf-8")
    return asked


def without_images(asked):
    """The same without the images that are dealt, too."""
    return dataclasses.replace(asked, by_image=False)
