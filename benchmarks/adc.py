"""The fitted apparent diffusion coefficient against a scanner's own map.

    python benchmarks/adc.py DICOM...

Of each study below a folder, every b-value of the isotropic images in one plane and the
ADC map, on the b-values' own voxels, as `derive = "adc(...)"` fits them. Prints for
each study the b-values, how many voxels both call foreground, the mean of both, the
median relative difference (signed, and of its size), the correlation, and the median of
`adc_residual`.
"""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

from pipelines.canonical.canonicalise import Canonical, canonicalise
from pipelines.cohort.maps import acquired_b_value
from pipelines.ingestion.dicom_candidates import Candidate, candidates
from pipelines.ingestion.dicom_choice import check_acquired, choose
from pipelines.ingestion.make_record import read_source
from pipelines.ingestion.work_item import DicomSource
from pipelines.readers.dicom import scan
from pipelines.readers.volume import Study
from pipelines.tasks.sequence import Match, Sequence
from pipelines.tasks.target import Target
from pipelines.tasks.task import Grid, Task

_TRACE = ("TRACEW",)  # what Siemens calls an isotropic image
_CALCULATED = ("ADC", "CALC_BVALUE")


def main() -> None:
    """Parses, prints a line a study."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("dicom", nargs="+", type=Path)
    for folder in parser.parse_args().dicom:
        for number, (task, canonical) in enumerate(_studies(folder), 1):
            print(f"{folder.name}, study {number}: {_text(task, canonical)}")


def _studies(folder: Path) -> Iterator[tuple[Task, Canonical]]:
    scanned = scan.scan(folder)
    for candidate in candidates(scanned, _task((0.0, 1.0), (1, 1, 1))):
        b_values = _b_values(candidate)
        if len(b_values) < 2:
            continue
        shape = _shape(candidate, b_values[0])
        task = _task(b_values, shape)
        chosen = choose(candidate, task)
        check_acquired(chosen, task)
        volumes = {
            name: read_source(DicomSource(series=series), name)
            for name, series in chosen.items()
        }
        study = Study(study_id="s", patient_id="p", volumes=volumes)
        yield task, canonicalise(study, task)


def _b_values(candidate: Candidate) -> tuple[float, ...]:
    """Of the isotropic images of the series that has most of them."""
    found: dict[str, set[float]] = {}
    for series in candidate.series:
        b_value = acquired_b_value(series)
        words = {*series.image_type}
        if b_value is not None and {*_TRACE} <= words and not words & {*_CALCULATED}:
            found.setdefault(series.series_uid, set()).add(b_value)
    return tuple(sorted(max(found.values(), key=len, default=())))


def _shape(candidate: Candidate, b_value: float) -> tuple[int, int, int]:
    """Slices, rows and columns of a b-value's images."""
    series = next(
        one
        for one in candidate.series
        if acquired_b_value(one) == b_value and {*_TRACE} <= {*one.image_type}
    )
    return len(series.frames), series.frames[0].rows, series.frames[0].columns


def _task(b_values: tuple[float, ...], shape: tuple[int, int, int]) -> Task:
    """A grid of as many voxels as the first b-value has, in their place."""
    sources = tuple(
        Sequence(
            name=f"b{b:.0f}",
            channel=False,
            match=Match(b_value=(b, b), image_type=_TRACE, not_image_type=_CALCULATED),
        )
        for b in b_values
    )
    names = ", ".join(one.name for one in sources)
    made = [Sequence(name="fitted", derive=f"adc({names})")]
    if len(sources) > 2:
        made.append(Sequence(name="off", derive=f"adc_residual({names})"))
    vendors = Sequence(name="map", match=Match(image_type=("ADC",)))
    return Task(
        name="adc",
        sequences=(*sources, vendors, *made),
        target=Target(classes=("a", "b")),
        grid=Grid(shape=shape, reference=sources[0].name),
    )


def _text(task: Task, canonical: Canonical) -> str:
    inside = {
        name: canonical.voxels[..., channel] != canonical.fill[channel]
        for channel, name in enumerate(task.channels)
    }
    values = {
        name: canonical.voxels[..., channel].astype(np.float64)
        for channel, name in enumerate(task.channels)
    }
    both = inside["fitted"] & inside["map"]
    fitted, vendors = values["fitted"][both], values["map"][both]
    relative = (fitted - vendors) / vendors
    sources = [one.name for one in task.sequences if not one.channel]
    lines = [
        f"{', '.join(sources)}; {both.sum()} voxels in both, "
        f"{(inside['map'] & ~inside['fitted']).sum()} in the map alone, "
        f"{(inside['fitted'] & ~inside['map']).sum()} in the fit alone",
        f"mean {fitted.mean():.0f} against {vendors.mean():.0f} (1e-6 mm2/s); "
        f"median relative difference {np.median(relative):+.1%}, "
        f"of its size {np.median(abs(relative)):.1%}; "
        f"correlation {np.corrcoef(fitted, vendors)[0, 1]:.4f}",
    ]
    if "off" in values:
        lines.append(f"median residual of ln S {np.median(values['off'][both]):.3f}")
    return "\n  ".join(lines)


if __name__ == "__main__":
    main()
