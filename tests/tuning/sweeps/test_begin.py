"""What a sweep is begun with, and that it can't see what judges it."""

import dataclasses
from pathlib import Path

import pytest

import pipelines
from pipelines.errors import UsageError
from pipelines.records.data_set import read_manifest
from tests.tuning.sweeps import searches
from tests.zoo.training import trained
from tuning.sweeps import begin
from tuning.trials.abandonment import Abandonment
from zoo.runs import repeats
from zoo.training import train_repeats


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    counts = {("train", ""): 16, ("validation", ""): 8, ("test", ""): 8}
    folder = tmp_path_factory.mktemp("sweeps") / "data"
    return trained.data_set(folder, counts=counts)


@pytest.fixture(scope="module")
def held_out(tmp_path_factory):
    counts = {(f"fold-{number}", ""): 8 for number in range(3)} | {("holdout", ""): 8}
    folder = tmp_path_factory.mktemp("sweeps") / "data"
    return trained.data_set(folder, counts=counts, kind="folds", folds=3, holdout=0.25)


def asked(tmp_path, data, **options):
    return searches.search(tmp_path, data, **options)


def bytes_of(path):
    return b"".join(file.read_bytes() for file in path.rglob("*") if file.is_file())


def patients(data, groups):
    return {row.patient_id for row in read_manifest(data) if row.group in groups}


@pytest.mark.parametrize("source", ["data", "held_out"])
def test_the_dealt_data_has_no_byte_of_who_judges(source, request, tmp_path):
    source = request.getfixturevalue(source)
    sweep = begin.opened_or_begun(tmp_path / "o", asked(tmp_path, source, folds=2))
    dealt = pipelines.open_dataset(str(sweep.data_path))
    judges = patients(source, {"test", "holdout"})
    assert len(judges) == 8
    assert not judges & {row.patient_id for row in read_manifest(dealt)}
    content = bytes_of(sweep.path)
    assert not [patient for patient in judges if patient.encode() in content]


def test_trials_are_given_the_dealt_data_alone(data, tmp_path):
    given = set()

    class Noting(searches.Worker):
        def run(self, task):
            given.add((task.data, task.fold))
            return super().run(task)

    sweep = searches.go_on(
        tmp_path / "o", asked(tmp_path, data, folds=2, max_trials=1), Noting()
    )
    assert given == {(str(sweep.data_path), "0"), (str(sweep.data_path), "1")}


def test_repeats_are_those_that_zoo_train_deals(data, tmp_path):
    """Whom each fold of a repeat judges, and the seed that it is trained with."""
    given = []

    class Noting(searches.Worker):
        def run(self, task):
            dealt = pipelines.open_dataset(task.data)
            given.append((task.fold_name, task.recipe.seed, plays(dealt)[task.fold]))
            return super().run(task)

    asked_for = asked(tmp_path, data, folds=2, repeats=3, max_trials=1)
    sweep = searches.go_on(tmp_path / "o", asked_for, Noting())
    assert sweep.settings.repeats == 3
    assert sweep.settings.folds == ("0-0", "0-1", "1-0", "1-1", "2-0", "2-1")
    begun = repeats.begin(
        tmp_path / "again",
        recipe=sweep.recipe,
        data=pipelines.open_dataset(str(sweep.data_path)),
        repeats=3,
    )
    wanted = []

    def train_folds(validation, part):
        wanted.extend(
            (f"{len(wanted) // 2}-{fold}", validation.recipe.seed, plays(part)[fold])
            for fold in validation.folds
        )
        return ()

    train_repeats.train(
        begun, pipelines.open_dataset(str(sweep.data_path)), train_folds, lambda _: None
    )
    assert given == [tuple(each) for each in wanted]
    assert len({each[2] for each in given}) == 6


def plays(data):
    """Whom each fold judges."""
    return {
        fold: frozenset(
            row.patient_id for row in read_manifest(data) if row.fold == fold
        )
        for fold in {row.fold for row in read_manifest(data)}
    }


def test_a_single_split_is_one_fold(data, tmp_path):
    search = asked(tmp_path, data, exact=False)
    assert search.folds == ("",)
    assert search.rule is None
    sweep = searches.go_on(tmp_path / "o", search)
    assert (sweep.trial_path("0000") / "fold" / "result.json").is_file()


def test_trials_are_given_up_by_the_stated_chance(held_out, tmp_path):
    given = {"exact": False, "abandon": 0.05}
    assert asked(tmp_path, held_out, **given).rule == Abandonment(p=0.05)
    assert asked(tmp_path, held_out, tuner="hyperband", **given).rule is None
    assert asked(tmp_path, held_out, exact=True).rule is None


def test_an_objective_of_another_kind_is_told(data, tmp_path):
    with pytest.raises(UsageError, match="classification has no objective val_mae"):
        begin.check(asked(tmp_path, data, objective="val_mae"))


def test_an_objective_without_shares_of_patients_says_so(held_out, tmp_path, capsys):
    begin.check(asked(tmp_path, held_out, objective="kappa", exact=False))
    assert "no trial is given up by it" in capsys.readouterr().err
    begin.check(asked(tmp_path, held_out, exact=False))
    assert "given up" not in capsys.readouterr().err


def test_sites_that_are_dealt_together_are_spoken_of(tmp_path, capsys):
    counts = {
        (split, f"p00000000000000{site}"): number
        for site in ("aa", "bb")
        for split, number in (("site", 10), ("site_validation", 6))
    }
    data = trained.data_set(tmp_path / "sites", counts=counts, kind="site")
    begin.check(asked(tmp_path, data, folds=2))
    told = "The patients of all 2 sites are dealt together"
    assert told in capsys.readouterr().err
    begin.check(asked(tmp_path, data))
    assert told not in capsys.readouterr().err


def test_rounds_that_are_too_short_for_the_recipe_are_told(data, tmp_path):
    search = asked(tmp_path, data, tuner="hyperband")
    schedule = dataclasses.replace(
        search.recipe.optimisation.schedule, kind="plateau", plateau_epochs=2
    )
    optimisation = dataclasses.replace(
        search.recipe.optimisation, epochs=9, schedule=schedule
    )
    recipe = dataclasses.replace(search.recipe, optimisation=optimisation)
    begin.check(dataclasses.replace(search, recipe=recipe))
    warm = dataclasses.replace(schedule, warmup_epochs=3.0)
    optimisation = dataclasses.replace(optimisation, schedule=warm)
    recipe = dataclasses.replace(search.recipe, optimisation=optimisation)
    with pytest.raises(UsageError, match="rounds of few epochs, here 1"):
        begin.check(dataclasses.replace(search, recipe=recipe))


def test_outer_folds_share_the_time(data, tmp_path):
    search = asked(tmp_path, data, budget="4h", outer_folds=3, folds=2)
    sweep = begin.opened_or_begun(tmp_path / "o", search)
    assert search.budget(sweep).left == pytest.approx(3600, abs=5)


def test_a_nested_sweep_says_whom_it_leaves_out(held_out, tmp_path):
    search = asked(tmp_path, held_out, folds=2, outer_folds=3)
    inner = dataclasses.replace(search, left_out="1")
    sweep = begin.opened_or_begun(tmp_path / "o", inner)
    assert (sweep.settings.left_out, sweep.settings.outer_folds) == ("1", 0)
    dealt = pipelines.open_dataset(str(sweep.data_path))
    seen = {row.patient_id for row in read_manifest(dealt)}
    assert seen == patients(held_out, {"fold-0", "fold-2"})


def test_a_batch_that_no_dealt_fold_fills_is_told(data, tmp_path):
    search = asked(tmp_path, data, folds=2)
    optimisation = dataclasses.replace(search.recipe.optimisation, batch_size=16)
    recipe = dataclasses.replace(search.recipe, optimisation=optimisation)
    search = dataclasses.replace(search, recipe=recipe)
    begin.check(search)  # 16 train in the data set's own split, 12 in a fold
    with pytest.raises(UsageError, match="wants 16 samples, and the train split has"):
        begin.opened_or_begun(tmp_path / "o", search)
    assert not (tmp_path / "o").exists()


def test_a_place_with_something_else_is_told(data, tmp_path):
    (tmp_path / "o").mkdir()
    (tmp_path / "o" / "mine.txt").touch()
    with pytest.raises(UsageError, match="holds something else"):
        begin.opened_or_begun(Path(tmp_path / "o"), asked(tmp_path, data))
