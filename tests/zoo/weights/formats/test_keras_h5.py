import h5py
import keras
import numpy as np
import pytest
from keras.src.legacy.saving.legacy_h5_format import save_weights_to_hdf5_group

from pipelines.errors import DataError
from zoo.architectures import applications, convnext
from zoo.weights.formats import keras_h5

slow = pytest.mark.slow

PUBLISHED = {
    "mobilenet_v3_small": keras.applications.MobileNetV3Small,
    "xception": keras.applications.Xception,
    "efficientnet_b0": keras.applications.EfficientNetB0,
    "efficientnetv2_b0": keras.applications.EfficientNetV2B0,
    "inception_v3": keras.applications.InceptionV3,
    "densenet121": keras.applications.DenseNet121,
    "convnext_tiny": keras.applications.ConvNeXtTiny,
}
SHAPE = (96, 80, 3)


def theirs_of(name):
    """Keras' model with weights that leave nothing at 0 or 1."""
    model = PUBLISHED[name](include_top=False, weights=None, input_shape=SHAPE)
    generator = np.random.default_rng(0)
    arrays = []
    for weight in model.weights:
        array = keras.ops.convert_to_numpy(weight)
        if array.ndim == 1:
            array = array + generator.uniform(0, 0.2, array.shape)
        arrays.append(array)
    model.set_weights(arrays)
    return model


def ours_of(name):
    builder = getattr(applications, name, convnext.build_tiny)
    return builder(SHAPE, 2, 0)


def pixels(theirs, x):
    """What becomes of the input before the first layer that ours has too."""
    for layer in theirs.layers:
        if isinstance(layer, keras.layers.Rescaling | keras.layers.Normalization):
            x = layer(x)
    return x


def write(path, model, below="/"):
    with h5py.File(path, "w") as file:
        save_weights_to_hdf5_group(file.require_group(below), model)
    return path


@pytest.fixture
def small():
    """Two layers with weights and one without, as any backbone has them."""
    inputs = keras.Input((8, 8, 3))
    x = keras.layers.Conv2D(4, 3, name="a")(inputs)
    x = keras.layers.ReLU(name="b")(x)
    return keras.Model(inputs, keras.layers.BatchNormalization(name="c")(x))


@slow
@pytest.mark.parametrize("name", PUBLISHED)
def test_a_published_file_gives_the_published_features(name, tmp_path):
    theirs = theirs_of(name)
    path = write(tmp_path / "published.h5", theirs)
    ours = ours_of(name)
    arrays = keras_h5.by_order(keras_h5.read(path), ours)
    for layer in ours.layers:
        for weight in layer.weights:
            weight.assign(arrays[f"{layer.name}/{weight.name}"])
    x = np.random.default_rng(1).uniform(0, 255, (2, *SHAPE)).astype("float32")
    expected = keras.ops.convert_to_numpy(theirs(x))
    found = keras.ops.convert_to_numpy(ours(pixels(theirs, x)))
    assert np.isfinite(expected).all()
    assert expected.std() > 1e-3
    tolerance = 1e-5 * max(1.0, np.abs(expected).max())
    np.testing.assert_allclose(found, expected, atol=tolerance)


def test_reads_layers_and_weights_in_order(small, tmp_path):
    path = write(tmp_path / "w.h5", small)
    entries = keras_h5.read(path)
    assert [layer for layer, _ in entries] == [layer.name for layer in small.layers]
    found = {layer: [name for name, _ in weights] for layer, weights in entries}
    assert found["a"] == ["a/kernel", "a/bias"]
    assert found["b"] == []
    kernel = dict(entries)["a"][0][1]
    np.testing.assert_array_equal(kernel, small.get_layer("a").get_weights()[0])


def test_a_saved_model_and_lists_in_parts(small, tmp_path):
    """As `model.save` nests them, and as h5py must split what exceeds 64 KiB."""
    path = write(tmp_path / "w.h5", small, below="model_weights")
    expected = keras_h5.read(path)
    with h5py.File(path, "r+") as file:
        group = file["model_weights"]
        names = list(group.attrs["layer_names"])
        del group.attrs["layer_names"]
        group.attrs["layer_names0"] = names[:3]
        group.attrs["layer_names1"] = names[3:]
    found = keras_h5.read(path)
    assert [layer for layer, _ in found] == [layer for layer, _ in expected]
    assert keras_h5.by_order(found, small).keys() == {
        *("a/kernel", "a/bias", "c/gamma", "c/beta"),
        *("c/moving_mean", "c/moving_variance"),
    }


def test_weights_of_keras_2_have_other_names(small, tmp_path):
    """`conv2d_7/kernel:0`, a slash within a layer's name: the order alone counts."""
    path = tmp_path / "w.h5"
    weights = {
        "stem/conv": {"kernel:0": np.ones((3, 3, 3, 4)), "bias:0": np.ones(4)},
        "normalization": {
            "normalization/mean:0": np.ones(3),
            "normalization/variance:0": np.ones(3),
            "normalization/count:0": np.int64(0),
        },
        "bn_1": {f"bn_1/{i}:0": np.full(4, i) for i in range(4)},
    }
    with h5py.File(path, "w") as file:
        file.attrs["layer_names"] = [name.encode() for name in weights]
        for layer, arrays in weights.items():
            group = file.create_group(layer)
            group.attrs["weight_names"] = [name.encode() for name in arrays]
            for name, array in arrays.items():
                group[name] = array
    arrays = keras_h5.by_order(keras_h5.read(path), small)
    np.testing.assert_array_equal(arrays["a/bias"], np.ones(4))
    np.testing.assert_array_equal(arrays["c/moving_variance"], np.full(4, 3))
    assert len(arrays) == 6


def entries_of(model):
    return tuple(
        (
            layer.name,
            tuple((w.name, keras.ops.convert_to_numpy(w)) for w in layer.weights),
        )
        for layer in model.layers
    )


def test_shapes_are_strict(small):
    entries = dict(entries_of(small))
    kernel = np.zeros((3, 3, 1, 4))
    entries["a"] = (("kernel:0", kernel), entries["a"][1])
    with pytest.raises(
        DataError, match="6 weights do not fit the network's 6"
    ) as raised:
        keras_h5.by_order(tuple(entries.items()), small)
    expected = "a/kernel:0 (3, 3, 1, 4) in the place of a/kernel (3, 3, 3, 4)"
    assert expected in str(raised.value)


def test_too_few_and_too_many_weights(small):
    entries = entries_of(small)
    with pytest.raises(DataError, match=r"c/gamma \(4,\): not in the file"):
        keras_h5.by_order(entries[:-1], small)
    head = (("predictions", (("kernel", np.zeros((4, 1000))),)),)
    with pytest.raises(
        DataError, match=r"predictions/kernel \(4, 1000\): not in the n"
    ):
        keras_h5.by_order(entries + head, small)


def test_many_differences_are_counted(small):
    entries = (("x", tuple((str(i), np.zeros(9)) for i in range(10))),)
    with pytest.raises(DataError, match="and 4 more. Take the weights"):
        keras_h5.by_order(entries, small)


def test_a_depthwise_layer_takes_no_other_shape():
    inputs = keras.Input((8, 8, 3))
    model = keras.Model(inputs, keras.layers.DepthwiseConv2D(3, name="d")(inputs))
    entries = (("d", (("kernel", np.zeros((3, 3, 2, 2))), ("bias", np.zeros(3)))),)
    with pytest.raises(DataError, match=r"d/kernel \(3, 3, 2, 2\) in the place of"):
        keras_h5.by_order(entries, model)


def test_no_file(tmp_path):
    with pytest.raises(DataError, match="no weights to read: .*absent.h5 does not"):
        keras_h5.read(tmp_path / "absent.h5")


def test_no_hdf5(tmp_path):
    path = tmp_path / "w.h5"
    path.write_bytes(b"PK no HDF5")
    with pytest.raises(DataError, match="w.h5 is no HDF5 file"):
        keras_h5.read(path)


def test_another_hdf5_file(small, tmp_path):
    path = tmp_path / "new.weights.h5"
    small.save_weights(path)
    with pytest.raises(DataError, match="no attribute layer_names. Received: .*layers"):
        keras_h5.read(path)


@pytest.fixture
def damaged(small, tmp_path):
    """Writes a good file and lets the caller spoil the group of layer `a`."""
    path = write(tmp_path / "w.h5", small)

    def spoil(change):
        with h5py.File(path, "r+") as file:
            change(file["a"])
        return path

    return spoil


def test_a_weight_that_is_listed_but_missing(damaged):
    path = damaged(lambda group: group.pop("a/bias"))
    with pytest.raises(DataError, match="lists a/bias, but holds no such thing"):
        keras_h5.read(path)


def test_a_link_to_another_file(damaged):
    def change(group):
        del group["a/bias"]
        group["a/bias"] = h5py.ExternalLink("elsewhere.h5", "/secret")

    with pytest.raises(DataError, match="Received: ExternalLink at 'bias'"):
        keras_h5.read(damaged(change))


def test_a_group_in_the_place_of_an_array(damaged):
    def change(group):
        del group["a/bias"]
        group.create_group("a/bias")

    with pytest.raises(DataError, match="Received: Group, expected Dataset"):
        keras_h5.read(damaged(change))


def test_text_in_the_place_of_numbers(damaged):
    def change(group):
        del group["a/bias"]
        group["a/bias"] = ["text"]

    with pytest.raises(DataError, match="no array of numbers.*Received: dtype object"):
        keras_h5.read(damaged(change))
