"""A user's own network, named on the command line as `package.module:function`.

    def build(input_shape, rank=3, seed=0) -> keras.Model

is called as the builders of the zoo are and must keep their contract: a model from
`[B, *spatial, C]` to a feature map `[B, *spatial', F]`, of Keras' own layers alone, so
that what is saved and served needs no module of the user's. The default of `rank` says
what it sees: 3 = whole volumes (also without a default), 2 = slices. Instead of a
function the name may stand for an `Architecture`, which also states a minimum size,
auxiliary heads or an input convention.
"""

import dataclasses
import importlib
import inspect
import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from pipelines.errors import UsageError
from zoo.architectures.architecture import Architecture

if TYPE_CHECKING:
    import keras

SEPARATOR = ":"
_SHAPES = {2: (224, 224, 3), 3: (64, 128, 128, 1)}
_ARGUMENTS = ("input_shape", "rank", "seed")


def load(name: str) -> Architecture:
    """The architecture that `package.module:function` stands for.

    Raises:
        UsageError: no such module or function, or one that can't be a builder. What
            only a built network shows is raised by its `build`.
    """
    builder = _find(name)
    if isinstance(builder, Architecture):
        return dataclasses.replace(
            builder, name=name, build=_checked(name, builder.build)
        )
    if not callable(builder):
        raise UsageError(
            f"{name} is neither a function nor an Architecture. "
            f"Received: {type(builder).__name__}"
        )
    rank = _rank(name, builder)
    return Architecture(
        name=name,
        rank=rank,
        build=_checked(name, builder),
        minimum_size=1,
        reference=_SHAPES[rank],
        citation="a network of the user's own",
    )


def _find(name: str) -> object:
    module_name, _, attribute = name.partition(SEPARATOR)
    if os.getcwd() not in sys.path:  # a console script does not look there
        sys.path.append(os.getcwd())
    try:
        module = importlib.import_module(module_name)
    except Exception as error:  # whatever a module of the user's ends with
        raise UsageError(
            f"{name}: the module {module_name} can't be imported "
            f"({type(error).__name__}: {error}). Call from the directory that holds "
            "it, or install it"
        ) from error
    if not hasattr(module, attribute):
        raise UsageError(
            f"{name}: the module {module_name} has no {attribute!r}. Name a function "
            "of it that builds the network"
        )
    return getattr(module, attribute)


def _rank(name: str, function: Callable) -> int:
    parameters = inspect.signature(function).parameters
    if tuple(parameters)[:3] != _ARGUMENTS:
        raise UsageError(
            f"{name} must take ({', '.join(_ARGUMENTS)}). "
            f"Received: ({', '.join(parameters)})"
        )
    rank = parameters["rank"].default
    if rank is inspect.Parameter.empty:
        return 3
    if rank not in _SHAPES:
        raise UsageError(
            f"{name}: the default of rank is 2, for slices, or 3, for volumes. "
            f"Received: {rank!r}"
        )
    return rank


def _checked(name: str, build: Callable) -> Callable:
    """`build`, with its result held against the contract."""

    def builder(input_shape: tuple[int, ...], rank: int, seed: int) -> "keras.Model":
        from zoo.architectures import user_contract

        try:
            model = build(input_shape, rank, seed)
        except Exception as error:
            raise UsageError(
                f"{name} failed to build a network for input {input_shape}: "
                f"{type(error).__name__}: {error}"
            ) from error
        user_contract.check(name, model, input_shape)
        return model

    return builder
