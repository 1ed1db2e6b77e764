import math

import pytest

from pipelines.errors import UsageError
from zoo.serving.client.address import read
from zoo.serving.client.asking import Asking
from zoo.serving.client.model_choice import ModelChoice

WHERE = {"address": read("http://a"), "choice": ModelChoice(name="liver")}


@pytest.mark.parametrize("timeout_s", [0.0, -1.0, math.nan, math.inf])
def test_a_time_that_is_none(timeout_s):
    with pytest.raises(UsageError, match="--timeout wants a positive number"):
        Asking(**WHERE, timeout_s=timeout_s)


@pytest.mark.parametrize("parallel", [0, 257])
def test_a_number_of_studies_that_is_none(parallel):
    with pytest.raises(UsageError, match="--parallel wants 1 to 256"):
        Asking(**WHERE, parallel=parallel)


def test_a_token_is_not_shown():
    assert "secret" not in repr(Asking(**WHERE, token="secret"))


def test_certificates_where_there_is_no_tls():
    with pytest.raises(UsageError, match="goes with grpcs.* Received: .*http://a:80"):
        Asking(**WHERE, ca_file="ca.pem")
