"""Says what is in a data set, whether it is whole, and shows pictures of it."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines import command
from pipelines.augment import augmentation
from pipelines.augment.augmentation import Augmentation
from pipelines.augment.intensity import channels
from pipelines.errors import UsageError
from pipelines.inspection import command_line
from pipelines.records.data_set import DataSet, read_manifest
from pipelines.records.directory import open_dataset
from pipelines.records.manifest import Row
from pipelines.storage import config_files, output_paths
from pipelines.tasks.task import Task, load

if TYPE_CHECKING:
    from pipelines.inspection.slice_picture import Shown

_SHEET = Path("augmentation.png")


def main(argv: Sequence[str]) -> int:
    """Parses, gathers, prints; with --verify a damaged data set ends it with 1."""
    parser = command_line.parser()
    asked = parser.parse_args(argv)
    sources = [asked.dataset, asked.dicom, asked.table]
    if sum(source is not None for source in sources) != 1:
        parser.error("name one of DATASET, --dicom DIR and --table CSV")
    augmented = _augmentation(asked)
    _check_places(asked)
    return _raw_export(asked) if asked.dataset is None else _data_set(asked, augmented)


def _data_set(asked: argparse.Namespace, augmented: Augmentation | None) -> int:
    for name in ("task", "labels"):
        if getattr(asked, name):
            raise UsageError(f"--{name} goes with --dicom or --table alone")
    data = open_dataset(asked.dataset)
    if augmented is not None:
        channels.check(augmented.intensity.operations, len(data.task.channels))
    from pipelines.inspection import (
        contradictions,
        geometry,
        pictures,
        rejections,
        summary,
        text,
    )
    from pipelines.records.verification import verify

    if asked.alignment:
        pictures.check_alignable(data.task)
    if asked.verify:
        problems = verify(data)
        for problem in problems:
            print(problem, file=sys.stderr)
        if problems:
            return 1
        print("shards and manifest are as they were written", file=sys.stderr)
    rows = read_manifest(data)
    if asked.verify:
        people = contradictions.of_rows(rows)
        print(contradictions.text(people, data.task), file=sys.stderr)
    data_summary = summary.summarise(
        data,
        rows,
        geometry.geometries(data, progress=sys.stderr.isatty()),
        rejections.read_rejections(data),
    )
    if asked.json:
        print(
            json.dumps(config_files.plain(data_summary), indent=2, ensure_ascii=False)
        )
    else:
        print(text.render(data_summary))
    for line in _pictures(asked, augmented, data, rows):
        print(line, file=sys.stderr if asked.json else sys.stdout)
    command.say_next("zoo.plan", "--data", asked.dataset, "--out", "recipe.toml")
    return 0


def _raw_export(asked: argparse.Namespace) -> int:
    """What ingest would make of studies, and pictures of the first of them."""
    for name in ("augment", "json"):
        if getattr(asked, name):
            raise UsageError(f"--{name} wants a data set that pipelines.ingest wrote")
    if asked.task is None:
        return _without_task(asked)
    from pipelines.ingestion.request import SourceRequest, check_tables

    request = SourceRequest(
        kind="table" if asked.dicom is None else "dicom",
        source=asked.dicom or asked.table,
        labels=asked.labels,
        masks=asked.masks,
        task=load(asked.task),
        workers=os.cpu_count() or 1,
    )
    check_tables(request)
    from pipelines.ingestion import check  # what reads headers
    from pipelines.inspection import contradictions, pictures, raw_export

    if asked.alignment:
        pictures.check_alignable(request.task)
    checked = check.check(request, progress=True)
    print(checked.text())
    work_items = checked.work_items
    if asked.verify:
        people = raw_export.persons(work_items)
        print(contradictions.text(people, request.task), file=sys.stderr)
    if asked.montage or asked.alignment:
        shown, lines = raw_export.samples(work_items, request.task, asked.studies)
        for line in [*lines, *_of_samples(asked, shown, request.task, "none")]:
            print(line)
    if not checked.sound:
        return 1
    places = (f"--{request.kind}", request.source)
    labels = () if asked.labels is None else ("--labels", asked.labels)
    masks = () if asked.masks is None else ("--masks", asked.masks)
    places += (*labels, *masks, "--task", asked.task, "--key", "FILE", "--out", "DIR")
    command.say_next("pipelines.ingest", *places)
    return 0


def _without_task(asked: argparse.Namespace) -> int:
    """What kinds of series there are: what a task can be written from."""
    more = [
        n
        for n in ("labels", "masks", "verify", "montage", "alignment")
        if getattr(asked, n)
    ]
    if more or asked.dicom is None:
        what = f"--{more[0]}" if more else "--table"
        raise UsageError(
            f"{what} goes by a task: name it with --task. Without one, --dicom alone "
            "says which kinds of series there are"
        )
    from pipelines.inspection import export_kinds

    print(export_kinds.kinds(asked.dicom, workers=os.cpu_count() or 1, progress=True))
    command.say_next("pipelines.draft", "--dicom", asked.dicom, "--out", "task.toml")
    return 0


def _augmentation(asked: argparse.Namespace) -> Augmentation | None:
    """The one that a sheet is to be drawn of."""
    if asked.augment is not None:
        return augmentation.load(asked.augment)
    for name in ("out", "normalisation"):
        if getattr(asked, name) is not None:
            raise UsageError(
                f"--{name} goes with --augment alone. "
                f"Received: --{name} {getattr(asked, name)}"
            )
    return None


def _check_places(asked: argparse.Namespace) -> None:
    """What is to be written can be, before anything is read."""
    for name in ("montage", "alignment"):
        if getattr(asked, name):
            output_paths.check_directory(getattr(asked, name), f"--{name}")
    if asked.augment is not None:
        if asked.out is None:  # drawn anew for every augmentation that is tried
            output_paths.check_file(_SHEET, "the sheet of --augment")
        else:
            output_paths.check_new_file(asked.out, "--out")


def _pictures(
    asked: argparse.Namespace,
    augmented: Augmentation | None,
    data: DataSet,
    rows: tuple[Row, ...],
) -> Iterator[str]:
    """Draws what was asked for."""
    if asked.montage or asked.alignment:
        from pipelines.inspection import montage

        shown = montage.samples(data, rows)
        yield from _of_samples(asked, shown, data.task, data.task.steps.registration)
    if augmented is not None:
        from pipelines.inspection import augmentation_sheet

        path = augmentation_sheet.write(
            data,
            rows,
            asked.out or _SHEET,
            augmentation=augmented,
            normalisation=asked.normalisation or "zscore",
        )
        yield str(path)


def _of_samples(
    asked: argparse.Namespace, shown: list[Shown], task: Task, registration: str
) -> Iterator[str]:
    from pipelines.inspection import pictures

    if asked.alignment:
        yield from pictures.alignment_figures(
            shown, task, asked.alignment, registration=registration
        )
    if asked.montage:
        yield from map(str, pictures.montages(shown, task, asked.montage))


def start() -> None:
    """Runs the command and ends the process with its exit code."""
    command.leave(command.run(main))


if __name__ == "__main__":
    start()
