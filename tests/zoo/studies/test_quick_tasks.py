"""Under --quick a study ingests by a coarser task."""

import pytest

from pipelines.errors import UsageError
from tests.zoo.studies import small_study
from zoo.studies import begun, final_recipes, quick_tasks, steps

COARSE = small_study.TEXT.replace(
    'task = "acdc"', 'task = "acdc"\nquick_task = { grid.shape = [8, 16, 16] }'
)


def test_only_under_quick(tmp_path):
    asked = small_study.request(tmp_path, text=COARSE)
    assert quick_tasks.quick_tasks(asked) == {}
    asked = small_study.request(tmp_path, text=COARSE, quick=True)
    assert quick_tasks.quick_tasks(asked)["acdc"].grid.shape == (8, 16, 16)


def test_the_file_is_what_ingest_is_told(tmp_path):
    asked = small_study.request(tmp_path, text=COARSE, quick=True)
    begun.begin(asked, final_recipes.recipes(asked))
    words = steps.steps(asked)[0].arguments
    path = asked.out / "tasks" / "acdc.toml"
    assert words[words.index("--task") + 1] == str(path) and path.is_file()


def test_a_change_that_is_none_is_refused(tmp_path):
    text = COARSE.replace("grid.shape", "grid.nosuch")
    asked = small_study.request(tmp_path, text=text, quick=True)
    with pytest.raises(UsageError, match="study small, quick_task of acdc: .*nosuch"):
        quick_tasks.quick_tasks(asked)
