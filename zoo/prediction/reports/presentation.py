"""How a report reads where a viewer shows its tree as text, line by line.

Viewers go by three things. The title: OHIF takes a report that is called "Imaging
Measurement Report" (126000, DCM) for one of regions that it can draw, and shows nothing
of one that has none; CID 7021 may be extended, and a title of its own is shown above
the tree. The continuity of containers: items of continuous ones are run together
without their names. And the order: of a long list of images the result would be last.
"""

from collections.abc import Iterator

from highdicom.sr import CodedConcept
from pydicom import Dataset

from zoo.prediction import output_format
from zoo.prediction.model_facts import ModelFacts
from zoo.prediction.output_format import Outputs
from zoo.prediction.reports import codes, wording
from zoo.prediction.result_file import Prediction
from zoo.targets.target_output import TargetOutput


def title() -> CodedConcept:
    """The name of the document."""
    return codes.private(wording.REPORT, "title of a report")


def summary(
    prediction: Prediction, facts: ModelFacts, model_name: str
) -> Iterator[str]:
    """A line of each target, what it says in the words of the terminal.

    Args:
        model_name: as `content.algorithm_name` has it.
    """
    for target_output in facts.target_outputs:
        *first, values = words(prediction.outputs, target_output)
        heading = wording.title_of(target_output, facts.task)
        said = ": ".join((heading, *first[:1]))
        shown = target_output.kind.outputs[target_output.kind.shown]
        line = f"{said} ({shown}: {values}), by {model_name}"
        if first[1:]:
            line += f". {wording.set_line(facts.set_level, *first)}"
        yield line


def words(outputs: Outputs, target_output: TargetOutput) -> list[str]:
    """As `output_format.words`, where the name of the target stands before them."""
    start = f"{target_output.target.name}: "
    return [
        each.removeprefix(start) for each in output_format.words(outputs, target_output)
    ]


def separate_items(container: Dataset) -> None:
    """Declares the items of a container, and of those within, not to be one text."""
    container.ContinuityOfContent = "SEPARATE"
    for item in container.get("ContentSequence", ()):
        if item.ValueType == "CONTAINER":
            separate_items(item)
