import dataclasses
from pathlib import Path

import pytest

from pipelines.errors import DataError
from tuning.trials import fold_task
from tuning.trials.fold_task import FoldTask
from zoo.recipes.recipe import Recipe

TASK = FoldTask(
    directory=Path("sweep/trials/0003/fold-1"),
    recipe=Recipe(arch="resnet18", sequences=("t2",), seed=7),
    data="s3://bucket/data",
    fold="1",
    objective="val_auc",
    max_seconds=90.0,
)


@pytest.mark.parametrize("fold", ["1", None])
def test_reads_back(fold):
    task = dataclasses.replace(TASK, fold=fold)
    assert fold_task.from_json(fold_task.to_json(task)) == task


def test_is_one_line():
    assert "\n" not in fold_task.to_json(TASK)


def test_text_of_another_kind_is_refused():
    with pytest.raises(DataError, match="a fold's task.*this key is missing"):
        fold_task.from_json("{}")


@pytest.mark.parametrize("limit", ["max_seconds", "max_parameters"])
def test_a_limit_lets_something_pass(limit):
    with pytest.raises(ValueError, match=f"{limit} is more than 0. Received: 0"):
        dataclasses.replace(TASK, **{limit: 0})
