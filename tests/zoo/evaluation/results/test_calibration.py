import pytest

from tests.zoo.evaluation.cohorts import cohort, evaluated
from zoo.evaluation.results.settings import Settings


@pytest.mark.parametrize("samples_each", [1, 3])
def test_a_loss_has_one_interval_wherever_it_stands(samples_each):
    evidence = evaluated(cohort(40, samples_each=samples_each), Settings(bootstrap=200))
    calibration = evidence["calibration"]
    level = evidence["splits"][calibration["split"]][calibration["level"]]
    for name in ("log_loss", "brier"):
        entry = calibration["before"]["overall"][name]
        assert entry["value"] == pytest.approx(level[name]["value"])
        interval = entry["intervals"]["bootstrap_t"]
        assert interval == pytest.approx(level[name]["intervals"]["bootstrap_t"])
