"""The precision that a sweep's recipe leaves open."""

import dataclasses
import json

import pytest

from pipelines.errors import DataError
from tests.tuning.sweeps import searches
from tests.tuning.trials import sweeps as small
from tests.zoo.training import trained
from tuning.trials import precision
from zoo.recipes.recipe import Recipe
from zoo.training import precision_choice

SPACE = """
"optimisation.batch_size" = { choice = [2, 4] }
"head.dropout" = { choice = [0.0, 0.3] }
"""
BRAIN = "mixed_bfloat16"


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    counts = {("train", ""): 8, ("validation", ""): 4, ("test", ""): 4}
    return trained.data_set(tmp_path_factory.mktemp("p") / "data", counts=counts)


class Noting(searches.Worker):
    """Notes what each fold is to compute in."""

    def __init__(self):
        super().__init__()
        self.named = []

    def run(self, task):
        self.named.append(task.recipe.optimisation.precision)
        return super().run(task)


def left_open(recipe: Recipe) -> Recipe:
    return precision_choice.computing_in(recipe, "auto")


@pytest.fixture
def search(tmp_path, data):
    def made(**options):
        asked = searches.search(tmp_path, data, SPACE, tuner="grid", **options)
        return dataclasses.replace(asked, recipe=left_open(asked.recipe))

    return made


@pytest.fixture
def clock(monkeypatch):
    """Says that bfloat16 is faster, or not; notes for which batches it was asked."""

    def says(named):
        asked = []

        def decided(recipe, shape, *, deterministic):
            asked.append((recipe.optimisation.batch_size, shape, deterministic))
            return named, "as told"

        monkeypatch.setattr(precision_choice, "decided", decided)
        return asked

    return says


def test_it_is_settled_once_for_each_network(tmp_path, search, clock):
    asked, worker = clock(BRAIN), Noting()
    sweep = searches.go_on(tmp_path / "o", search(max_trials=4), worker)
    assert asked == [(2, (16, 16, 16, 2), False), (4, (16, 16, 16, 2), False)]
    assert worker.named == [BRAIN] * 4
    recipes = [
        path.read_text(encoding="utf-8")
        for path in sweep.trials_path.glob("*/recipe.toml")
    ]
    assert all(f'precision = "{BRAIN}"' in text for text in recipes)
    assert BRAIN in sweep.best_path.read_text(encoding="utf-8")


def test_who_goes_on_takes_it_as_written(tmp_path, search, clock):
    clock(BRAIN)
    searches.go_on(tmp_path / "o", search(max_trials=1))
    asked, worker = clock("float32"), Noting()
    searches.go_on(tmp_path / "o", search(max_trials=4), worker)
    assert [batch for batch, *_ in asked] == [4]  # the other network was settled
    assert worker.named == [BRAIN, "float32", "float32"]


def test_a_deterministic_sweep_says_so(tmp_path, search, clock):
    asked = clock("float32")
    searches.go_on(tmp_path / "o", search(max_trials=1, deterministic=True))
    assert [deterministic for *_, deterministic in asked] == [True]


def test_what_is_named_is_not_settled(tmp_path, clock):
    asked = clock(BRAIN)
    recipe = Recipe(arch="cnn3d")
    assert precision.settled(small.begun(tmp_path / "s"), recipe, "nowhere") == recipe
    assert not asked


def test_a_sweep_inside_another_begins_with_what_that_settled(tmp_path, search, clock):
    clock(BRAIN)
    sweep = searches.go_on(tmp_path / "o", search(max_trials=1))
    inside = small.begun(tmp_path / "inside")
    precision.inherit(sweep, inside.path)
    assert precision.networks(inside) == precision.networks(sweep) != {}
    (inside.path / precision.FILE).write_text("{}", encoding="utf-8")
    precision.inherit(sweep, inside.path)
    assert precision.networks(inside) == {}  # what it has itself stays


def test_a_damaged_file_is_told(tmp_path):
    sweep = small.begun(tmp_path / "s")
    (sweep.path / precision.FILE).write_text(json.dumps({"a": 1}), encoding="utf-8")
    with pytest.raises(DataError, match="damaged: the entry 'a' is a dict"):
        precision.networks(sweep)
