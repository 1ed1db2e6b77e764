"""The model that a run trains: by MixMatch where its recipe says so."""

import keras

from zoo.recipes.recipe import Recipe
from zoo.training.data.training_data import TrainingData
from zoo.training.loop.mixmatch_step import MixMatchModel


def learner_of(
    training: keras.Model, training_data: TrainingData, recipe: Recipe
) -> keras.Model:
    """The training model, or where the recipe says so one that learns by MixMatch."""
    if not recipe.mixmatch.learns:
        return training
    return MixMatchModel(
        training,
        recipe.mixmatch,
        class_weights=training_data.weighted_outputs[0].weights,
        steps=training_data.steps,
    )
