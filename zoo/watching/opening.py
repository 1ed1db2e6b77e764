"""The model that a command line names, opened to answer a watched folder."""

import argparse
import contextlib
import os
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import zoo
from pipelines.cohort import masks
from pipelines.errors import UsageError
from pipelines.tasks.task import Task
from zoo.ensembling import ensemble as ensembles
from zoo.ensembling import member, task_groups
from zoo.ensembling.identity import identity_of
from zoo.prediction import finished_runs
from zoo.prediction.model_facts import ModelFacts
from zoo.prediction.reports import model_identity
from zoo.prediction.study_source import StudySource
from zoo.serving.client import command_line
from zoo.watching.patience import Patience

if TYPE_CHECKING:  # it loads TensorFlow, and the command line is read before
    from zoo.watching.answering_model import AnsweringModel

    Load = Callable[[], AnsweringModel]


@contextlib.contextmanager
def opened(
    options: argparse.Namespace, source: StudySource, patience: Patience
) -> Iterator["Load"]:
    """What loads the model, once all that was named is known to fit it.

    Args:
        options: of `zoo.predict`.
        source: of the folder, with the tables that go with its studies.
        patience: that the model waits by.

    Raises:
        UsageError: what is named does not fit the model, or there is none.
        DataError: the model, or a table, can't be read.
    """
    if options.endpoint is not None:
        with _endpoint(options, source, patience) as load:
            yield load
    elif ensembles.is_there(options.run):
        yield _ensemble(options, source, patience)
    else:
        yield _run(options, source, patience)


def _run(
    options: argparse.Namespace, source: StudySource, patience: Patience
) -> "Load":
    runs = [*finished_runs.by_fold(options.run).values()]
    facts = finished_runs.facts_of(runs)
    _check(source, facts)

    def load() -> "AnsweringModel":
        from zoo.watching.answering import RunModel

        return RunModel(
            predictor=zoo.load(options.run),
            facts=facts,
            identity=model_identity.of_runs(runs),
            source=source,
            patience=patience,
        )

    return load


def _ensemble(
    options: argparse.Namespace, source: StudySource, patience: Patience
) -> "Load":
    ensemble = ensembles.opened(options.run)
    groups = task_groups.of_members(ensemble, member.reopened(ensemble))
    every = [group.facts for group in groups]
    for facts in every:
        own = task_groups.source_of(source, facts, every)
        if own is not None:
            _check(own, facts)

    def load() -> "AnsweringModel":
        from zoo.ensembling import predictor
        from zoo.watching.answering import EnsembleModel

        return EnsembleModel(
            ensemble=ensemble,
            groups=groups,
            networks=[predictor.networks_of(group.members) for group in groups],
            identity=identity_of(ensemble, groups),
            source=source,
            patience=patience,
        )

    return load


@contextlib.contextmanager
def _endpoint(
    options: argparse.Namespace, source: StudySource, patience: Patience
) -> Iterator["Load"]:
    asking = command_line.asking(options, os.environ)
    from zoo.serving.client import services

    with contextlib.closing(services.connect(asking)) as service:

        def load() -> "AnsweringModel":
            from zoo.serving.client import task_predictions
            from zoo.watching import endpoint_model

            model = endpoint_model.described(service, asking, patience, beginning=True)
            if model.tasks is None:
                _check(source, model.facts)
            else:
                task_predictions.reads(source, model, asking)
                _check_masks(source, model.facts.task)
            return endpoint_model.EndpointModel(
                service=service,
                asking=asking,
                source=source,
                patience=patience,
                model=model,
            )

        yield load


def _check(source: StudySource, facts: ModelFacts) -> None:
    source.records(facts)
    _check_masks(source, facts.task)


def _check_masks(source: StudySource, task: Task) -> None:
    """Masks by study: nobody can tell how many studies of a patient are to come.

    Raises:
        UsageError: one mask for all, or a table by patient.
    """
    if source.mask is None:
        return
    is_image = source.mask.lower().endswith((".nii", ".nii.gz"))
    if is_image or masks.read(source.mask, task).key != "study_id":
        raise UsageError(
            "with --watch, --mask is a table with the columns study_id and path, since "
            f"a patient may have further studies. Received: {source.mask}"
        )
