"""What a chief tells its workers by a file."""

import dataclasses
import stat

import pytest

from pipelines.errors import UsageError
from tests.tuning.trials import sweeps
from tuning.cluster import chief_file
from tuning.sweeps.command_line import Options


@pytest.fixture
def sweep(tmp_path):
    return sweeps.begun(tmp_path / "o")


def test_its_owner_alone_can_read_it(sweep):
    chief_file.write(sweep, Options())
    mode = (sweep.path / chief_file.FILE).stat().st_mode
    assert stat.S_IMODE(mode) == 0o600


def test_it_reads_as_it_was_written(sweep, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "w.h5").touch()
    given = Options(budget="2h", max_parameters=7, weights_from="w.h5")
    written = chief_file.write(sweep, given)
    assert chief_file.read(sweep.path) == written
    assert (written.budget, written.max_parameters) == ("2h", 7)
    assert written.weights_from == str(tmp_path / "w.h5")


def test_the_token_stays_while_the_code_does(sweep):
    first, again = [chief_file.write(sweep, Options()) for _ in range(2)]
    code = {"digest": "another"}
    other = dataclasses.replace(sweep, accepted_code=(code,))
    assert again.token == first.token != chief_file.write(other, Options()).token


def test_a_sweep_without_a_chief_is_told(tmp_path):
    with pytest.raises(UsageError, match=r"no chief leads .* has no chief\.json"):
        chief_file.waited_for(tmp_path, 0.0)


def test_those_without_a_chief_keep_off(sweep):
    chief_file.check_not_led(sweep.path)
    chief_file.write(sweep, Options())
    with pytest.raises(UsageError, match="is led by a chief"):
        chief_file.check_not_led(sweep.path)
    chief_file.remove(sweep.path)
    chief_file.check_not_led(sweep.path)
