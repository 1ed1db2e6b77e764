"""Which columns of labels.csv a task uses: key, targets and covariates."""

from collections.abc import Mapping, Sequence

from pipelines.tasks.target import Target


def check_key_column(key_column: Mapping[str, str] | None, unit: str) -> None:
    """Checks which column of labels.csv says whose row it is.

    Args:
        key_column: its title, by the id that it holds; none = not stated.

    Raises:
        ValueError: not one title of one id, or one of series where the unit is another.
    """
    if key_column is None:
        return
    if len(key_column) != 1 or not all(key_column.values()):
        raise ValueError(
            "key_column is one id and the title of its column, as in "
            f'{{ patient_id = "PatientID" }}. Received: {dict(key_column)}'
        )
    if "series_id" in key_column and unit != "series":
        raise ValueError(
            "key_column names a series_id where unit = 'series'. Received: "
            f"unit = {unit!r}"
        )


def check_targets(targets: Sequence[Target]) -> None:
    """Holds the targets of a task against each other.

    Args:
        targets: the main one first.

    Raises:
        ValueError: a further one without a name, a name or a column twice.
    """
    main, *further = targets
    names = [target.name for target in further]
    if main.name or not all(names) or len({*names}) < len(names):
        raise ValueError(
            "further_targets want different names, and [target], the main one, has "
            f"none. Received: {main.name!r} and {names}"
        )
    if any(target.source != "labels" for target in further):
        raise ValueError(
            "further_targets come from labels.csv; only [target] may be the name of "
            "the sequence. Received: source = 'sequence'"
        )
    columns = [column for target in targets for column in target.columns]
    if len({*columns}) < len(columns):
        raise ValueError(
            f"targets want different columns, each its own. Received: {columns}"
        )


def check_covariates(
    covariates: Sequence[str],
    levels: Mapping[str, Sequence[str]],
    target_columns: Sequence[str],
) -> None:
    """Holds the covariates of a task against its targets, and their levels.

    Args:
        levels: of the categorical ones.
        target_columns: of labels.csv.

    Raises:
        ValueError: a covariate twice, or one that is a target; levels of none, or such
            as make no sense.
    """
    if {*target_columns} & {*covariates} or len({*covariates}) < len(covariates):
        raise ValueError(
            "covariates want different names, none of them a target column "
            "(that would hand the answer to the network). "
            f"Received: {list(covariates)}"
        )
    for name, names in levels.items():
        if name not in covariates:
            raise ValueError(
                f"covariate_levels are of some of the covariates {list(covariates)}. "
                f"Received: {name!r}"
            )
        if len({*names}) < max(len(names), 2) or "" in names:
            raise ValueError(
                f"levels of {name} want two or more different names (an empty cell is "
                f"missing and no level). Received: {list(names)}"
            )


def check_centre(centre: str, centre_of: Sequence[str], fit: str) -> None:
    """Checks a centre that is found from the images.

    Args:
        centre: `"middle"`, `"motion"` or `"centroid"`.
        centre_of: the sequences that it is found from.
        fit: of the grid.

    Raises:
        ValueError: a number of sequences that it can't be found from, or no crop.
    """
    wanted = {"middle": 0, "motion": 2, "centroid": 1}[centre]
    if len({*centre_of}) != wanted or len(centre_of) != wanted:
        raise ValueError(
            "grid.centre_of names two different sequences for centre = 'motion', one "
            "for 'centroid', none for 'middle'. "
            f"Received: centre={centre!r}, centre_of={list(centre_of)}"
        )
    if wanted and fit != "crop_or_pad":
        raise ValueError(
            f"centre = {centre!r} goes with fit = 'crop_or_pad'. Received: {fit!r}"
        )
