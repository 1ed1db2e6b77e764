import numpy as np
import pytest

from pipelines.covariates.encoding import NO_COVARIATES, Covariate, Encoding, fit
from pipelines.errors import DataError, UsageError
from tests.pipelines.records import small

NAN = float("nan")


def task(covariates=("age", "sex", "psa"), **levels):
    return small.task(covariates=covariates, covariate_levels=levels)


def test_numbers_are_standardised_and_levels_are_the_tasks():
    values = np.array([[50, 1, 2], [70, NAN, 2], [NAN, 1, 2]])
    found = fit(values, task(sex=("F", "M")), ("sex", "age", "psa"))
    assert found == Encoding(
        covariates=(
            Covariate(name="sex", levels=("F", "M")),
            Covariate(name="age", mean=60, deviation=10),
            Covariate(name="psa", mean=2, deviation=1),  # it does not vary
        )
    )
    assert found.names == (
        *("sex=F", "sex=M", "sex missing"),
        *("age", "age missing", "psa", "psa missing"),
    )


def test_none_wanted():
    assert fit(np.zeros((3, 3)), task(), ()) == NO_COVARIATES


@pytest.mark.parametrize("names", [("weight",), ("age", "age")])
def test_a_covariate_that_is_not_there(names):
    with pytest.raises(UsageError, match="each once: age, sex, psa. Received: "):
        fit(np.zeros((3, 3)), task(), names)


def test_a_data_set_without_covariates():
    with pytest.raises(UsageError, match="it has none. Received: age"):
        fit(np.zeros((3, 0)), task(()), ("age",))


def test_a_covariate_that_nobody_knows():
    with pytest.raises(DataError, match="no sample of the training split knows .* age"):
        fit(np.full((3, 3), NAN), task(), ("age",))


@pytest.mark.parametrize("change", [{"deviation": 0.0}, {"mean": NAN}])
def test_a_covariate_checks_itself(change):
    with pytest.raises(ValueError, match="mean is finite and deviation positive"):
        Covariate(name="age", **change)
