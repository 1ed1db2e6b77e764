"""What may change when a sweep goes on, and what may not."""

import dataclasses

import pytest

from pipelines.errors import UsageError
from tests.tuning.sweeps import searches
from tuning.sweeps import begin
from tuning.trials import sweep as sweeps


@pytest.fixture
def asked(tmp_path, data):
    return searches.search(tmp_path, data)


def changed(asked, **options):
    return dataclasses.replace(
        asked, options=dataclasses.replace(asked.options, **options)
    )


@pytest.mark.parametrize(
    "options",
    [
        {"max_trials": 50},
        {"budget": "2h"},
        {"parallel": 3},
        {"max_parameters": 7},
        {"max_trial_time": "1h"},
    ],
    ids=str,
)
def test_more_trials_time_or_workers_are_no_change(options, asked, tmp_path):
    begin.opened_or_begun(tmp_path / "o", asked)
    sweep = begin.opened_or_begun(tmp_path / "o", changed(asked, **options))
    assert sweep.settings == asked.settings


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"tuner": "bayesian"}, "tuner: random then, bayesian now"),
        ({"objective": "val_loss"}, "objective: val_auc then, val_loss now"),
        ({"aggregate": "pooled"}, "aggregate: mean then, pooled now"),
        ({"exact": False}, "abandonment: none then, .*paired.* now"),
        ({"deterministic": True}, "deterministic: false then, true now"),
    ],
    ids=str,
)
def test_another_setting_is_told(options, message, asked, tmp_path):
    begin.opened_or_begun(tmp_path / "o", asked)
    with pytest.raises(UsageError, match=message):
        begin.opened_or_begun(tmp_path / "o", changed(asked, **options))


def test_other_folds_are_told(asked, tmp_path):
    begin.opened_or_begun(tmp_path / "o", asked)
    with pytest.raises(UsageError, match='folds: .*"0", "1", "2".* then, .*"0", "1"'):
        begin.opened_or_begun(tmp_path / "o", changed(asked, folds=2))


def test_another_recipe_is_told(asked, tmp_path):
    begin.opened_or_begun(tmp_path / "o", asked)
    recipe = dataclasses.replace(asked.recipe, normalisation="percentile")
    with pytest.raises(
        UsageError, match="--normalisation: zscore then, percentile now"
    ):
        begin.opened_or_begun(tmp_path / "o", dataclasses.replace(asked, recipe=recipe))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (searches.SPACE.replace("1e-2", "1e-1"), "other values of optimisation.learn"),
        ('"head.dropout" = { range = [0.0, 0.5] }', "without optimisation.learning"),
        (searches.SPACE + '"slices.train" = { choice = [1, 2] }', "with slices.train"),
        (
            "\n".join(reversed(searches.GRID.strip().split("\n"))),
            "its parameters in another order",
        ),
    ],
)
def test_another_space_is_told(text, message, asked, tmp_path, data):
    before = asked
    if "order" in message:
        before = searches.search(tmp_path, data, searches.GRID)
    begin.opened_or_begun(tmp_path / "o", before)
    with pytest.raises(UsageError, match=f"space: .*{message}"):
        begin.opened_or_begun(tmp_path / "o", searches.search(tmp_path, data, text))


def test_another_data_set_is_told(asked, tmp_path):
    begin.opened_or_begun(tmp_path / "o", asked)
    other = dataclasses.replace(asked.data, digest="f" * 64)
    with pytest.raises(UsageError, match=r"data: [0-9a-f]{16} then, f{16} now"):
        begin.opened_or_begun(tmp_path / "o", dataclasses.replace(asked, data=other))


def test_other_code_is_told_unless_it_is_accepted(asked, tmp_path, monkeypatch):
    searches.go_on(tmp_path / "o", changed(asked, max_trials=1))
    other = {"digest": "b", "keras": "3.99"}
    monkeypatch.setattr(
        "tuning.trials.code_version.to_fields", lambda version: dict(other)
    )
    with pytest.raises(UsageError, match="other code.*keras 3.99 instead of 3"):
        begin.opened_or_begun(tmp_path / "o", asked)
    accepted = changed(asked, accept_changed_code=True, max_trials=2)
    sweep = searches.go_on(tmp_path / "o", accepted)
    first, second = (sweep.trial(name) for name in ("0000", "0001"))
    assert first.code == asked_code(sweep) and second.code == "b"
    again = begin.opened_or_begun(tmp_path / "o", asked)  # it is known by now
    assert again.accepted_code == (other,)


def asked_code(sweep):
    return sweep.settings.code["digest"]


def test_a_trial_that_two_codes_trained_names_both(asked, tmp_path):
    one = changed(asked, max_trials=1)

    class Interrupted(searches.Worker):
        def run(self, task):
            if task.fold == "2":
                raise KeyboardInterrupt
            return super().run(task)

    with pytest.raises(KeyboardInterrupt):
        searches.go_on(tmp_path / "o", one, Interrupted())
    sweep = sweeps.accept_code(sweeps.opened(tmp_path / "o"), {"digest": "b"})
    before = sweep.trial("0000").code
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "tuning.trials.code_version.to_fields", lambda version: {"digest": "b"}
        )
        searches.go_on(tmp_path / "o", one)
    assert sweep.trial("0000").code == f"{before}+b"
