"""Whatever the command line says ends in a run, or in one sentence and no run."""

import contextlib
import dataclasses
import io
import itertools
import shutil
import tomllib
from typing import Literal, get_args, get_origin

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.errors import DataError, UsageError
from pipelines.records.directory import open_dataset
from pipelines.storage import config_files
from tests.pipelines.records import small
from tests.zoo.training.trained import SPLITS
from zoo.recipes.recipe import Recipe
from zoo.runs.run import Run
from zoo.training import command_line, new_run
from zoo.weights.published import download

WHOLE = ("0", "1", "2", "3", "4", "7", "99", "-1", "4294967296", "9" * 30)
BROKEN = ("0.5", "0.25", "1.5", "1e-3", "1e-320", "1e30", "1e308", "nan", "inf", "-inf")
WORDS = ("none", "all", "50%", "0%", "nan%", "T1", "T2", "age", "", "a b", "../x")
ARCHITECTURES = ("cnn3d", "resnet18", "resnet18", "nonsense", ":", "json:dumps")
OTHERS = {
    "--devices": int,
    "--fold": str,
    "--weights-from": str,
    "--augment": str,
    "--leave-test": bool,
}


def fields_of(section, prefix="--"):
    """Every option of a recipe with the type of its field."""
    for field in dataclasses.fields(section):
        value = getattr(section, field.name)
        name = prefix + field.name.replace("_", "-")
        if dataclasses.is_dataclass(value):
            yield from fields_of(value, f"{name}.")
        else:
            yield name, field.type


def choices(kind):
    """Words of the literals in a type, however deep they stand."""
    if get_origin(kind) is Literal:
        return [str(word) for word in get_args(kind)]
    return list(itertools.chain.from_iterable(map(choices, get_args(kind))))


def values(name, kind):
    """A strategy of values of an option, mostly of about its form."""
    if name == "--arch":
        return st.sampled_from(ARCHITECTURES).map(lambda arch: [arch])
    if kind is bool:
        return st.just([])
    words = choices(kind)
    if "float" in str(kind):
        words += WHOLE + BROKEN
    elif "int" in str(kind):
        words += WHOLE + BROKEN[:1]
    elif not words:
        words += WORDS
    item = st.sampled_from(words)
    if get_origin(kind) is not tuple and "tuple" not in str(kind):
        return item.map(lambda word: [word])
    items = get_args(kind)
    fixed = get_origin(kind) is tuple and Ellipsis not in items
    length = len(items) if fixed else 0
    right = st.lists(item, min_size=length, max_size=length or 2)
    return right if fixed else st.one_of(right, item.map(lambda word: [word] * 2))


def options():
    """A strategy of single options of the command line, each with a value."""

    def option(name, kind):
        return values(name, kind).map(lambda chosen: [name, *chosen])

    every = [*fields_of(Recipe()), *OTHERS.items()]
    return st.one_of([option(name, kind) for name, kind in every])


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data") / "records"
    folder.mkdir()
    small.data_set(folder, small.task(shape=(8, 16, 16)), SPLITS)
    return folder


@pytest.fixture(autouse=True)
def offline(monkeypatch, tmp_path):
    def fetch(url, part):
        raise DataError(f"{url} can't be fetched")

    monkeypatch.setenv("ZOO_WEIGHTS", str(tmp_path / "weights"))
    monkeypatch.setattr(download, "fetch", fetch)


def refusal(argv, data, out, errors=(UsageError, DataError)):
    """What is said of a command line that makes no run; empty if one is made.

    Args:
        errors: those that may be raised.
    """
    shown = io.StringIO()
    try:
        with contextlib.redirect_stderr(shown):
            parsed = command_line.parse([*argv, "--data", str(data), "--out", str(out)])
            new_run.begin(
                out,
                recipe=parsed.recipe,
                data=open_dataset(str(data)),
                fold=parsed.fold,
                options=command_line.for_the_record(parsed, argv),
                weights_from=parsed.weights_from,
                devices=parsed.devices,
            )
    except errors as error:
        assert "\n" not in str(error)
        return str(error)
    except SystemExit as left:
        assert left.code == 2
        return shown.getvalue()
    return ""


def check(argv, data, runs):
    """One command line ends in one sentence and no directory, or in a whole run."""
    out = runs / "run"
    said = refusal(argv, data, out)
    if said:
        assert "Traceback" not in said and len(said.split()) > 5
        assert not runs.exists(), "a directory was left"
        return
    recipe = Run.resume(out).recipe
    written = tomllib.loads(config_files.to_toml(recipe))
    assert config_files.build(Recipe, written, name="recipe") == recipe
    shutil.rmtree(runs)


SMALL = ("--arch", "cnn3d", "--optimisation.batch-size", "4")


def drawn_options(examples):
    """A test over lists of drawn options, the same at every run."""

    def decorated(test):
        bounded = settings(
            derandomize=True,
            deadline=None,
            max_examples=examples,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        return bounded(given(drawn=st.lists(options(), min_size=1, max_size=2))(test))

    return decorated


@drawn_options(50)
def test_any_options_end_in_a_run_or_in_one_sentence(data, tmp_path, drawn):
    argv = [word for option in drawn for word in option]
    check([*SMALL, *argv], data, tmp_path / "runs")


@pytest.mark.slow
@drawn_options(400)
def test_more_options_end_in_a_run_or_in_one_sentence(data, tmp_path, drawn):
    argv = [word for option in drawn for word in option]
    check([*SMALL, *argv], data, tmp_path / "runs")


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        ("--seed -1", "seed must be from 0 to 4294967295. Received: -1"),
        ("--seed 4294967296", "seed must be from 0 to 4294967295"),
        (
            "--mixmatch.weight 75 --augmentation.mixing.mixup 0.5",
            "mixmatch mixes the samples itself",
        ),
        ("--augment nash --mixmatch.weight 75", "mixmatch mixes the samples itself"),
        ("--transfer.batch-normalisation frozen", "no statistics that could stay"),
        (
            "--transfer.frozen all none --transfer.epochs 1 "
            "--optimisation.schedule.warmup-epochs 2",
            "every stage wants more epochs than its warm-up",
        ),
        ("--optimisation.balance 1 nan", "balance must be from 1e-12"),
        ("--head.units 0", "head.units must be from 1 to 65536"),
        ("--arch resnet18 --slices.adjacent 99", "slices.adjacent wants 99"),
        ("--arch resnet18 --slices.train 9", "slices.train wants 9"),
        ("--batch 10", "a batch wants 10 samples, and the train split has 9"),
        ("--devices 99", "--devices is between 1 and"),
        ("--optimisation.xla", "--optimisation.xla wants a GPU"),
        ("--optimisation.precision mixed_float16", "mixed_float16 wants a GPU"),
        ("--lr auto", "a range test wants 20 updates or more"),
    ],
)
def test_what_is_refused_is_wrong_usage(argv, message, data, tmp_path):
    said = refusal([*SMALL, *argv.split()], data, tmp_path / "runs" / "run", UsageError)
    assert message in " ".join(said.replace("│", " ").split())
    assert not (tmp_path / "runs").exists()
