"""A small study file, and what its steps would leave, without training anything."""

import json
from pathlib import Path

from zoo.studies import study
from zoo.studies.request import Request

TEXT = """\
title = "Rings <b> & solids"
source = "Nobody, 2026"
task = "acdc"

[paper]
patients = "100"
age = "?"

[[flow]]
number = 12
what = "found"

[[train]]
name = "one"
recipe = "acdc_cnn3d"
folds = true
changes = { optimisation.epochs = 2 }
quick = { optimisation.epochs = 1 }

[[train]]
name = "two"
recipe = "acdc_cnn3d"
folds = true
in_quick = false

[[train]]
name = "more"
recipe = "acdc_cnn3d"
folds = true
variant = true

[[ensemble]]
name = "both"
of = ["one", "two"]

[[compare]]
name = "better"
of = ["one", "two"]
claim = "two is better"

[[table]]
title = "Table 1"
columns = ["accuracy", "validation auc"]

[[table.rows]]
label = "One"
of = "one"
paper = [0.96, "?"]
"""


def write(folder: Path, text: str = TEXT) -> Path:
    """The file of the study."""
    path = folder / "small.toml"
    path.write_text(text, encoding="utf-8")
    return path


def request(folder: Path, *, text: str = TEXT, **options) -> Request:
    """On a table of files that nobody reads."""
    table, labels = folder / "volumes.csv", folder / "labels.csv"
    for path in (table, labels):
        if not path.exists():
            path.write_text("patient_id\n", encoding="utf-8")
    given = {"kind": "table", "source": table, "labels": labels, "name": "small"}
    given |= {"study": study.load(str(write(folder, text))), "out": folder / "out"}
    return Request(**(given | options))


class Commands:
    """Stands in for the commands: makes their outputs, and counts."""

    def __init__(self, fail: str = "", code: int = 1):
        self.called = []
        self.fail, self.code = fail, code

    def __call__(self, command):
        module, *words = command[3:]
        self.called.append((module, *words))
        out = Path(words[words.index("--out") + 1] if "--out" in words else words[0])
        if module == self.fail:
            return self.code
        out.mkdir(parents=True, exist_ok=True)
        (out / "made.json").write_text(json.dumps(words), encoding="utf-8")
        return 0

    @property
    def modules(self):
        """Those that were run, in order."""
        return [module for module, *_ in self.called]
