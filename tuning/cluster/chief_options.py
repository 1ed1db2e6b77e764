"""What goes with --chief and with --worker on a command line."""

import dataclasses
from collections.abc import Sequence

from pipelines.errors import UsageError
from tuning.cluster import chief_address
from tuning.sweeps.command_line import Options

_NOT_WITH_CHIEF = {
    "join": "workers either ask a chief, or share the sweep without one",
    "parallel": "it trains nothing itself. Give it to --worker",
    "outer_folds": "search with --chief first, then give the command with "
    "--outer-folds to one process, on another --out",
}
_OF_A_WORKER = ("data", "out", "worker", "parallel", "weights_from", "recipe")


def check(options: Options, fixed: Sequence[str]) -> None:
    """Refuses what does not go together.

    Args:
        fixed: fields of the recipe that the command line sets.

    Raises:
        UsageError: it does not, or an address is none.
    """
    if options.worker is not None:
        _check_worker(options, fixed)
    elif options.chief is not None:
        _check_chief(options)


def _check_chief(options: Options) -> None:
    chief_address.parsed(options.chief, "--chief")
    if options.out is None:
        raise UsageError("--chief wants the --out DIR that its workers see as well")
    for name in _changed(options):
        if name in _NOT_WITH_CHIEF:
            why = _NOT_WITH_CHIEF[name]
            raise UsageError(f"--chief doesn't go with {_option(name)}: {why}")


def _check_worker(options: Options, fixed: Sequence[str]) -> None:
    chief_address.parsed(options.worker, "--worker")
    for name in ("data", "out"):
        if getattr(options, name) is None:
            raise UsageError(
                "--worker wants --data DATASET and the --out DIR of its chief. "
                f"Received: no --{name}"
            )
    changed = [name for name in _changed(options) if name not in _OF_A_WORKER]
    if changed or fixed:
        others = ", ".join(map(_option, (*changed, *fixed)))
        raise UsageError(
            "--worker goes with --data, --out, --parallel and --weights-from; all "
            f"else is the chief's to say. Received: {others}"
        )
    if options.parallel < 1:
        raise UsageError(f"--parallel is 1 or more. Received: {options.parallel}")


def _changed(options: Options) -> list[str]:
    """Names of the options that are not as they are by default."""
    return [
        field.name
        for field in dataclasses.fields(Options)
        if field.default is not dataclasses.MISSING
        if getattr(options, field.name) != field.default
    ]


def _option(name: str) -> str:
    name = "recipe" if name == "recipe_name" else name
    return "--" + name.replace("_", "-")
