"""The backbone of a finished run as the start of another."""

import zipfile
import zlib

import keras

from pipelines.errors import DataError
from zoo.architectures.reseeding import stable_names
from zoo.classifier.classifier import Classifier
from zoo.runs.run import Run
from zoo.weights import assign as assign_weights


def load(classifier: Classifier, run: Run) -> None:
    """Gives the backbone the weights of a run's.

    What the maker of a network left unnamed has the same name in both, however many
    networks a process built before.

    Raises:
        DataError: the model can't be read, or has another backbone.
    """
    backbone = classifier.backbone
    name = stable_names(classifier.inference)[backbone.name]
    try:
        model = keras.models.load_model(run.model_path, compile=False)
        present = {stable: present for present, stable in stable_names(model).items()}
        theirs = model.get_layer(present[name])
    except (OSError, ValueError, KeyError, zipfile.BadZipFile, zlib.error) as error:
        raise DataError(f"{run.model_path} holds no {name}: {error}") from error
    arrays = {
        name: keras.ops.convert_to_numpy(weight)
        for name, weight in _by_stable_name(theirs).items()
    }
    assign_weights.assign(_by_stable_name(backbone), arrays, str(run.model_path))


def _by_stable_name(backbone: keras.Model) -> dict[str, keras.Variable]:
    """Every weight by `<layer>/<number>/<weight>`, see `stable_names`.

    The number tells weights of the same name within one layer, if that is a model.
    """
    names = stable_names(backbone)
    return {
        f"{names[layer.name]}/{number}/{weight.name}": weight
        for layer in backbone.layers
        for number, weight in enumerate(layer.weights)
    }
