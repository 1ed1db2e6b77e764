"""Predictions of new studies as lines of the terminal."""

from collections.abc import Iterable, Iterator, Sequence

from zoo.prediction import output_format
from zoo.prediction.result_file import Prediction
from zoo.targets.target_output import TargetOutput


def lines(
    predictions: Iterable[Prediction],
    target_outputs: Sequence[TargetOutput],
    *,
    ids: bool,
) -> Iterator[str]:
    """Tab-separated; the terminal may see what was wrong with private names.

    Args:
        ids: whether the source's ids stand in them.
    """
    for prediction in predictions:
        cells = [str(prediction.number), prediction.name]
        if ids:
            cells += [f"{name} {value}" for name, value in prediction.ids.items()]
        if prediction.error is not None:
            yield "\t".join([*cells, f"failed: {prediction.error}"])
            continue
        for target_output in target_outputs:
            cells += output_format.words(prediction.outputs, target_output)
        yield "\t".join(cells)
