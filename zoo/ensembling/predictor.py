"""What an ensemble says of new samples: every member's networks, then the rule."""

import dataclasses
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import tensorflow as tf

from zoo.ensembling import ensemble as ensembles
from zoo.ensembling import member as members_of
from zoo.ensembling.ensemble import Ensemble
from zoo.ensembling.member import Member
from zoo.prediction import last_stage, predictor
from zoo.prediction.output_format import Outputs
from zoo.prediction.predictor import Predictor


def answer(ensemble: Ensemble, each: Mapping[str, Outputs]) -> dict[str, np.ndarray]:
    """What the ensemble says of one sample.

    Args:
        each: the outputs of networks, by `network_name`; a member of which there is
            none abstains.

    Returns:
        As `zoo.prediction.predictor.Predictor.answer`; the numbers are those that
        `Ensemble.combine` gives, rounded to float32.
    """
    combined = {}
    for output in ensemble.target_outputs:
        by_fold = {}
        for fold in ensemble.folds:
            said = np.full((len(ensemble.members), 1, len(output.names)), np.nan)
            for number, name in enumerate(ensemble.names):
                outputs = each.get(network_name(name, fold))
                if outputs is not None:
                    said[number, 0] = outputs[output.shown_output]
            by_fold[fold] = said
        numbers = ensemble.combine(output, by_fold).astype(np.float32)
        combined[output.shown_output] = tf.constant(numbers)
    answered = last_stage.answer([combined], [1.0], ensemble.target_outputs)
    return {name: predictor.as_numpy(values[0]) for name, values in answered.items()}


def network_name(member: str, fold: str) -> str:
    """Of a member's network: the member's name, with `/<fold>` where it has folds."""
    return f"{member}/{fold}" if fold else member


def networks_of(members: Sequence[Member]) -> Predictor:
    """The networks of members of one task, by `network_name`.

    Raises:
        DataError: a model that can't be loaded.
    """
    networks = {}
    for member in members:
        loaded = predictor.load(member.path, with_stage=False)  # the rule asks networks
        networks |= {
            network_name(member.name, fold): network
            for fold, network in loaded.networks.items()
        }
    return Predictor(run=members[0].run, networks=networks)


@dataclass(frozen=True, kw_only=True, eq=False)
class EnsemblePredictor(Predictor):
    """An ensemble whose members take the same records, ready to predict.

    Args:
        run: of the first member: whose task, channels and targets they are.
        networks: by `network_name`.
        ensemble: how they answer together.
    """

    ensemble: Ensemble

    def answer(self, each: Mapping[str, Outputs]) -> dict[str, np.ndarray]:
        """What the ensemble says of one sample, see `answer`."""
        return answer(self.ensemble, each)


def load(path: str | os.PathLike) -> EnsemblePredictor:
    """Loads an ensemble whose members take the same records.

    Raises:
        UsageError: it does not exist, or members want records of their own.
        DataError: a member that is gone, was trained anew or can't be loaded.
    """
    ensemble = ensembles.opened(path)
    members = members_of.reopened(ensemble)
    members_of.check_one_record(ensemble, members)
    together = networks_of(members)
    fields = {
        field.name: getattr(together, field.name)
        for field in dataclasses.fields(Predictor)
    }
    return EnsemblePredictor(**fields, ensemble=ensemble)
