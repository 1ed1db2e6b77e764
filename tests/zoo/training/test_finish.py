import pytest

from pipelines.errors import DataError
from tests.zoo.training.trained import begin, data_set
from zoo.training import train_run
from zoo.training.loop import checkpoint


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A finished run, its data set, and the path of its kept checkpoint."""
    data = data_set(tmp_path_factory.mktemp("data") / "records")
    run = begin(tmp_path_factory.mktemp("run") / "run", data)
    train_run.train(run, data)
    (best,) = run.checkpoints_path.glob("best-*.keras")
    return run, data, best


def cut(content):
    return content[:-100]


def flip_a_bit(content):
    changed = bytearray(content)
    changed[len(content) // 2] ^= 1
    return bytes(changed)


@pytest.mark.parametrize("damage", [cut, flip_a_bit, lambda _: b"no model"])
def test_a_damaged_checkpoint_leaves_the_model_as_it_was(damage, trained):
    run, data, best = trained
    whole, model = best.read_bytes(), run.model_path.read_bytes()
    best.write_bytes(damage(whole))
    try:
        with pytest.raises(DataError, match=f"{best.name}, is damaged .*Copy it again"):
            train_run.train(run, data)
    finally:
        best.write_bytes(whole)
    assert run.model_path.read_bytes() == model
    assert not list(run.path.glob(".*"))


def test_training_a_finished_run_again_sweeps_what_killed_writers_left(trained):
    run, data, best = trained
    torn = run.checkpoints_path / ".epoch-0009.part"
    torn.mkdir()
    aside = run.path / ".model.keras.0a1b2c3d.part.keras"
    aside.write_text("half", encoding="utf-8")
    train_run.train(run, data)
    assert not torn.exists()
    assert not aside.exists()
    assert checkpoint.best_path(run.checkpoints_path, int(best.stem[-4:])).is_file()
