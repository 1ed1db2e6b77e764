"""What a worker is told of a chief that does not answer as it should."""

import dataclasses
import shutil

import keras_tuner
import pytest
from keras_tuner.engine.trial import TrialStatus

from pipelines.errors import DataError, UsageError
from tests.tuning.oracles import searches
from tests.tuning.trials import sweeps
from tuning.cluster import chief_calls, chief_file, chief_services
from tuning.cluster.chief_address import ChiefAddress
from tuning.cluster.chief_client import ChiefClient
from tuning.cluster.chief_server import ChiefServer
from tuning.cluster.leased_oracle import LeasedOracle
from tuning.cluster.presence import Presence
from tuning.sweeps.command_line import Options
from tuning.trials.work import TrialTakenError


@pytest.fixture
def sweep(tmp_path):
    made = sweeps.begun(tmp_path / "o")
    chief_file.write(made, Options())
    return made


@pytest.fixture
def server():
    made = ChiefServer(ChiefAddress(port=0))
    yield made
    made.stop()


def client(sweep, target="127.0.0.1:1", token="right"):
    host, _, port = target.rpartition(":")
    return ChiefClient(
        ChiefAddress(host=host, port=int(port)),
        token=token,
        sweep=sweep,
        objective=keras_tuner.Objective("val_auc", "max"),
        is_spent=lambda: False,
    )


def test_nobody_answers(sweep, monkeypatch):
    monkeypatch.setattr(chief_calls, "_CONNECT_SECONDS", 0.0)
    with pytest.raises(UsageError, match=r"no chief answers at 127\.0\.0\.1:1"):
        client(sweep).connect()


def served(server, sweep):
    """Has a chief answer; gives a client of it."""
    presence = Presence(60.0)
    oracle = LeasedOracle(
        searches.oracle("random", sweep.path, most_trials=1),
        sweep=sweep,
        presence=presence,
        stops=lambda: False,
        held={},
    )
    chief_services.add(server.grpc, oracle, presence=presence, sweep=sweep.path)
    server.start(token="right", heard=presence.heard)


def test_a_chief_that_stays_away_is_told(sweep, server, monkeypatch):
    served(server, sweep)
    monkeypatch.setattr(chief_calls, "_AWAY_SECONDS", 0.0)
    left = client(sweep, server.address.target)
    left.connect()
    server.stop()
    with pytest.raises(DataError, match="is away for too long"):
        left.create_trial("tuner0")


def test_a_copy_of_the_directory_is_refused(sweep, server, tmp_path):
    served(server, sweep)
    copy = dataclasses.replace(sweep, path=tmp_path / "copy")
    shutil.copytree(sweep.path, copy.path)
    with pytest.raises(UsageError, match="does not see what is written into .*copy"):
        client(copy, server.address.target).connect()
    assert list(copy.path.glob(".joined*")) == []


def test_a_directory_that_can_not_be_written_is_told(sweep, tmp_path):
    elsewhere = dataclasses.replace(sweep, path=tmp_path / "nosuch")
    with pytest.raises(DataError, match="nosuch can't be written"):
        client(elsewhere).connect()


def test_the_chief_of_another_sweep_answers(sweep, server):
    server.start(token="right", heard=str)
    with pytest.raises(
        UsageError, match=f"{server.address.target} leads another sweep than"
    ):
        client(sweep, server.address.target, token="wrong").connect()


def test_what_is_no_chief_fails(sweep, server):
    server.start(token="right", heard=str)
    with pytest.raises(DataError, match=f"{server.address.target} has failed: "):
        client(sweep, server.address.target).check("0000")  # a server without services


def test_a_chief_that_is_gone_has_ended_the_sweep(sweep):
    late = client(sweep)
    chief_file.remove(sweep.path)
    late.connect()
    assert late.create_trial("tuner0").status == TrialStatus.STOPPED
    with pytest.raises(TrialTakenError, match="0000"):
        late.check("0000")
