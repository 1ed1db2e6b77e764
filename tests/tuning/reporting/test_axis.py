from tests.tuning.reporting import made_up
from tuning.reporting import axis
from tuning.space import space as spaces

VALUES = {"arch": "resnet3d18", "optimisation.learning_rate": 1e-3}


def of(tmp_path, *values):
    (tmp_path / "space.toml").write_text(made_up.SPACE, encoding="utf-8")
    trials = [made_up.trial(n, 0.5, each) for n, each in enumerate(values)]
    found = axis.axes(spaces.load(str(tmp_path / "space.toml")), trials)
    return {one.name: one for one in found}, trials


def test_choices_stand_in_the_middle_of_their_share(tmp_path):
    axes, _ = of(tmp_path, VALUES)
    assert axes["arch"].position("cnn3d") == 0.25
    assert axes["arch"].position("resnet3d18") == 0.75


def test_an_axis_has_the_ends_and_the_logarithm_of_the_space(tmp_path):
    rate = of(tmp_path, VALUES)[0]["optimisation.learning_rate"].scale
    assert (rate.low, rate.high, rate.logarithmic) == (1e-5, 1e-2, True)


def test_what_no_trial_has_is_no_axis(tmp_path):
    assert set(of(tmp_path, VALUES)[0]) == set(VALUES)


def test_what_the_space_has_not_is_one(tmp_path):
    epochs = "optimisation.epochs"
    axes, _ = of(tmp_path, VALUES | {epochs: 2}, VALUES | {epochs: 6})
    assert axes[epochs].scale.position(4) == 0.5


def test_those_vary_that_have_two_values(tmp_path):
    axes, trials = of(tmp_path, VALUES, VALUES | {"arch": "cnn3d"})
    assert [one.name for one in axis.varying(axes.values(), trials)] == ["arch"]
