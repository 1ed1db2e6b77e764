"""What a user asks for who wants a task file, checked before anything is read."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pipelines.errors import UsageError
from pipelines.storage import output_paths
from pipelines.tables import table_file


@dataclass(frozen=True, kw_only=True)
class DraftRequest:
    """What to look through, and what to write.

    Args:
        source: folder of DICOM files, or volumes.csv.
        out: the task file, which does not exist.
        answers: file of answers to what can't be known.
        html, sheet: a page and a picture sheet, where they are wanted, which do not
            exist either.

    Raises:
        UsageError: a place that does not exist, is of the wrong kind or can't be
            written, what is to be written is there, no worker.
    """

    kind: Literal["dicom", "table"]
    source: Path
    out: Path
    labels: Path | None = None
    answers: Path | None = None
    html: Path | None = None
    sheet: Path | None = None
    workers: int = 1

    def __post_init__(self):
        labels = self.labels and table_file.split_sheet(self.labels)[0]
        source = self.source
        if self.kind == "table":
            source, _ = table_file.split_sheet(source)
        _check_there(source, folder=self.kind == "dicom")
        for path in filter(None, (labels, self.answers)):
            _check_there(path, folder=False)
        if self.workers < 1:
            raise UsageError(f"--workers is 1 or more. Received: {self.workers}")
        if self.out.suffix != ".toml":
            raise UsageError(
                f"a task file ends in .toml, so that --task finds it. Received: --out "
                f"{self.out}"
            )
        for option in ("out", "html", "sheet"):
            if (path := getattr(self, option)) is not None:
                output_paths.check_new_file(path, f"--{option}")
        written = [p for p in (self.out, self.html, self.sheet) if p is not None]
        if len({path.absolute() for path in written}) < len(written):
            raise UsageError(
                "--out, --html and --sheet want different places. Received: "
                + ", ".join(map(str, written))
            )


def _check_there(path: Path, *, folder: bool) -> None:
    if not path.exists():
        raise UsageError(f"{path} does not exist")
    if path.is_dir() != folder:
        word = "directory" if folder else "file"
        raise UsageError(f"{path} is no {word}, and one is wanted here")
