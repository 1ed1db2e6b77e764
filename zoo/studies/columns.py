"""The columns of papers' tables: which metric of metrics.json each one is."""

SPLITS = ("train", "validation", "test")
METRICS = {
    "accuracy": "accuracy",
    "auc": "auc",
    "sensitivity": "sensitivity",
    "recall": "sensitivity",
    "specificity": "specificity",
    "ppv": "ppv",
    "precision": "ppv",
    "npv": "npv",
    "f1": "f1",
    "kappa": "kappa",
    "balanced accuracy": "balanced_accuracy",
    "mae": "mae",
    "rmse": "rmse",
    "r2": "r2",
    "pearson": "pearson",
}
OF_NUMBERS = ("mae", "rmse", "r2", "pearson")  # where the target is a number
OF_CLASSES = ("sensitivity", "specificity", "ppv", "npv", "f1")  # not of all together


def parse(column: str) -> tuple[str, str]:
    """The split that a column names ("" = that of its row), and the metric's name.

    Raises:
        ValueError: no such column.

    >>> parse("validation accuracy")
    ('validation', 'accuracy')
    """
    first, _, rest = column.partition(" ")
    split, name = (first, rest) if first in SPLITS else ("", column)
    if name not in METRICS:
        raise ValueError(
            f"a column is one of {', '.join(METRICS)}, perhaps after "
            f"{', '.join(SPLITS)}. Received: {column!r}"
        )
    return split, METRICS[name]
