"""A mark where the grid's centre lies, if it was found from the images."""

from matplotlib.axes import Axes

from pipelines.tasks.task import Task

_COLOUR = "cyan"
_INNER, _OUTER = 0.03, 0.09  # of the slice's longer side: what is marked stays bare


def centre_of(task: Task) -> tuple[float, float] | None:
    """Row and column of the centre in every slice of a record, to within a voxel.

    Returns:
        None where nothing found it: the middle of the image, or about a mask.
    """
    if task.grid.centre == "middle":
        return None
    _, rows, columns = task.grid.shape
    return (rows - 1) / 2, (columns - 1) / 2


def title_of(task: Task) -> str:
    """What stands above the pictures of a task, with what the mark means."""
    if centre_of(task) is None:
        return task.name
    of = " and ".join(task.grid.centre_of)
    return f"{task.name} (cross: the centre by {task.grid.centre} of {of})"


def draw(
    axis: Axes, centre: tuple[float, float] | None, shape: tuple[int, int]
) -> None:
    """An open cross, or nothing where there is no centre.

    Args:
        centre: row and column.
        shape: rows and columns of the slice.
    """
    if centre is None:
        return
    row, column = centre
    inner, outer = _INNER * max(shape), _OUTER * max(shape)
    for sign in (-1, 1):
        ends = (sign * inner, sign * outer)
        along, across = [column + end for end in ends], [row + end for end in ends]
        axis.plot(along, [row, row], color=_COLOUR, linewidth=1)
        axis.plot([column, column], across, color=_COLOUR, linewidth=1)
