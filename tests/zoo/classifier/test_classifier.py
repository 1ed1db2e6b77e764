import keras
import numpy as np
import pytest

from pipelines.batches.slices import Slices
from pipelines.errors import UsageError
from pipelines.tasks.target import Target
from zoo.architectures import cnn3d
from zoo.architectures.architecture import Architecture, InputConvention
from zoo.classifier import classifier, heads, pixel_values
from zoo.recipes.optimisation import Optimisation
from zoo.recipes.recipe import Head, Recipe
from zoo.recipes.transfer import Transfer
from zoo.targets.standardisation import ColumnStatistics
from zoo.targets.target_output import TargetOutput, outputs_of_classes

SHAPE = (6, 8, 9, 2)


def architecture(rank, **changes):
    """A small network at either rank, so that what is tested is the joining."""
    return Architecture(
        name="small",
        rank=rank,
        build=cnn3d.build,
        minimum_size=8,
        reference=(16,) * (rank + 1),
        citation="",
        **changes,
    )


def build(rank=2, recipe=None, shape=SHAPE, classes=3, covariates=0, **changes):
    recipe = recipe or Recipe(slices=Slices(train=2, evaluate=3))
    return classifier.build(
        recipe,
        architecture(rank, **changes),
        shape=shape,
        target_outputs=outputs_of_classes(classes),
        seed=0,
        covariates=covariates,
    )


def volumes(shape=SHAPE, batch=2):
    return np.random.default_rng(0).normal(size=(batch, *shape)).astype("float32")


def test_volume_probabilities_are_the_mean_over_the_looked_at_slices():
    model = build().inference
    x = volumes()
    found = model.predict_on_batch(x)
    each = np.stack(
        [
            model.predict_on_batch(np.repeat(x[:, i : i + 1], 6, axis=1))[
                "probabilities"
            ]
            for i in (1, 3, 5)
        ]
    )
    np.testing.assert_allclose(found["probabilities"], each.mean(0), rtol=1e-5)
    np.testing.assert_allclose(
        np.exp(found["logits"]), found["probabilities"], rtol=1e-5
    )


def test_slices_that_are_not_looked_at_change_nothing():
    model = build().inference
    x = volumes()
    changed = x.copy()
    changed[:, [0, 2, 4]] = 100
    found, again = model.predict_on_batch(x), model.predict_on_batch(changed)
    assert np.array_equal(found["logits"], again["logits"])


def test_training_and_inference_share_weights_and_agree():
    recipe = Recipe(slices=Slices(train=6))
    built = build(recipe=recipe)
    x = volumes()
    np.testing.assert_allclose(
        built.training.predict_on_batch(x)["logits"],
        built.inference.predict_on_batch(x)["logits"],
        rtol=1e-5,
    )
    assert len(built.training.weights) == len(built.inference.weights)


def test_training_takes_the_slices_that_are_drawn():
    assert build().training.input.shape == (None, 2, 8, 9, 2)
    assert build(3, shape=(8, 8, 9, 2)).training.input.shape == (None, 8, 8, 9, 2)


def test_auxiliary_heads_exist_in_training_alone():
    built = build(auxiliary=("relu1", "relu2"))
    assert list(built.training.output) == ["logits", "auxiliary_0", "auxiliary_1"]
    assert set(built.inference.output) == {"logits", "features", "probabilities"}
    found = built.training.predict_on_batch(volumes()[:, :2])
    assert {v.shape for v in found.values()} == {(2, 3)}
    assert len(built.training.weights) > len(built.inference.weights)


@pytest.mark.parametrize(("units", "dense"), [(None, (7,)), ((), ()), ((5, 4), (5, 4))])
def test_units_are_the_recipes_or_else_the_architectures(units, dense):
    recipe = Recipe(head=Head(units=units))
    head = build(recipe=recipe, head_units=(7,)).inference.get_layer("head")
    widths = [x.units for x in head.layers if isinstance(x, keras.layers.Dense)]
    assert widths == [*dense, 3]


def test_dropout_has_the_recipes_rate():
    built = build(recipe=Recipe(head=Head(dropout=0.4)))
    assert built.inference.get_layer("head").get_layer("head_dropout0").rate == 0.4


CONVENTION = InputConvention(scale=255.0, mean=(104.0, 117.0, 123.0), order="bgr")


def test_pixel_convention_only_with_the_weights():
    recipe = Recipe(weights="imagenet", normalisation="zscore")
    inside = build(recipe=recipe, imagenet=CONVENTION)
    without = build(recipe=Recipe(), imagenet=CONVENTION)
    x = volumes()
    np.testing.assert_allclose(
        inside.inference.predict_on_batch(x)["logits"],
        without.inference.predict_on_batch(x * 0.226 * 255)["logits"],
        rtol=1e-4,
        atol=1e-5,
    )


def test_imagenet_weights_want_a_known_range():
    recipe = Recipe(weights="imagenet", normalisation="none")
    with pytest.raises(UsageError, match="'none'. Choose percentile"):
        build(recipe=recipe, imagenet=CONVENTION)


def test_no_imagenet_weights_for_this_one():
    with pytest.raises(UsageError, match="no ImageNet weights for small"):
        build(recipe=Recipe(weights="imagenet"))


def test_neighbouring_slices_are_channels():
    built = build(recipe=Recipe(slices=Slices(train=2, evaluate=2, adjacent=3)))
    assert built.backbone.input.shape == (None, 8, 9, 6)
    assert built.training.input.shape == (None, 2, 8, 9, 6)
    x = volumes()
    beside = [
        np.concatenate(list(x[:, p - 1 : p + 2].swapaxes(0, 1)), -1) for p in (1, 4)
    ]
    np.testing.assert_allclose(
        built.inference.predict_on_batch(x)["logits"],
        built.training.predict_on_batch(np.stack(beside, 1))["logits"],
        rtol=1e-5,
    )


@pytest.mark.parametrize("kind", ["probabilities", "logits", "max", "attention"])
def test_slice_pooling_in_training_and_inference(kind):
    built = build(recipe=Recipe(slices=Slices(train=6, pooling=kind)))
    x = volumes()
    np.testing.assert_allclose(
        built.training.predict_on_batch(x)["logits"],
        built.inference.predict_on_batch(x)["logits"],
        rtol=1e-5,
        atol=1e-6,
    )
    assert len(built.training.weights) == len(built.inference.weights)


def test_attention_is_trained():
    built = build(recipe=Recipe(slices=Slices(train=2, pooling="attention")))
    built.training.compile("sgd", {"logits": "mse"})
    attention = built.inference.get_layer("attention")
    before = [w.copy() for w in attention.get_weights()]
    built.training.train_on_batch(volumes()[:, :2], {"logits": np.ones((2, 3))})
    for old, new in zip(before, attention.get_weights(), strict=True):
        assert not np.array_equal(old, new)


def test_every_place_of_the_map_may_go_into_the_head():
    recipe = Recipe(head=Head(pooling="flatten"), slices=Slices(train=1))
    built = build(recipe=recipe, shape=(1, 24, 16, 2))
    assert built.inference.output["features"].shape == (None, 3 * 2 * 128)


def test_a_frozen_prefix_is_not_trained():
    built = build(recipe=Recipe(transfer=Transfer(frozen=("relu2",))))
    assert not built.backbone.get_layer("convolution2").trainable
    assert built.backbone.get_layer("convolution3").trainable
    assert built.training.get_layer("head").trainable


@pytest.mark.parametrize(
    ("weights", "pixels", "convention", "expected"),
    [
        ("none", "auto", CONVENTION, "none"),
        ("imagenet", "auto", CONVENTION, "imagenet"),
        ("file", "auto", CONVENTION, "imagenet"),
        ("file", "auto", None, "none"),
        ("run", "auto", CONVENTION, "none"),
        ("run", "imagenet", CONVENTION, "imagenet"),
        ("imagenet", "none", CONVENTION, "none"),
    ],
)
def test_what_the_backbone_is_fed(weights, pixels, convention, expected):
    recipe = Recipe(weights=weights, pixels=pixels)
    net = architecture(2, imagenet=convention)
    assert pixel_values.effective_pixels(recipe, net) == expected


@pytest.mark.parametrize("name", ["train", "evaluate"])
def test_more_slices_than_the_volume_has(name):
    with pytest.raises(UsageError, match=f"slices.{name} wants 7 .* leaves 6"):
        build(recipe=Recipe(slices=Slices(**{name: 7})))


def with_covariates(rank, kind):
    """A network whose covariates count, and inputs for it."""
    shape = SHAPE if rank == 2 else (8, 8, 9, 2)
    slices = Slices(train=6, pooling=kind) if rank == 2 else Slices()
    built = build(rank, recipe=Recipe(slices=slices), shape=shape, covariates=2)
    kernel = np.arange(6, dtype="float32").reshape(2, 3) / 3
    layer = built.inference.get_layer("head").get_layer(heads.COVARIATE_LOGITS)
    layer.set_weights([kernel])
    clinical = np.array([[1, -1], [0.5, 2]], "float32")
    return built, {"volume": volumes(shape), "covariates": clinical}, clinical @ kernel


@pytest.mark.parametrize(
    ("rank", "kind"), [(2, "probabilities"), (2, "logits"), (2, "attention"), (3, "")]
)
def test_covariates_are_a_second_input(rank, kind):
    built, inputs, share = with_covariates(rank, kind)
    found = built.inference.predict_on_batch(inputs)
    trained = built.training.predict_on_batch(inputs)["logits"]
    np.testing.assert_allclose(trained, found["logits"], rtol=1e-4, atol=1e-5)
    without = built.inference.predict_on_batch(
        inputs | {"covariates": 0 * inputs["covariates"]}
    )
    if kind != "probabilities":  # there the slices' logits are not simply added
        np.testing.assert_allclose(
            found["logits"] - without["logits"], share, rtol=1e-3, atol=1e-5
        )
    assert not np.allclose(found["probabilities"], without["probabilities"])


def test_without_covariates_the_volume_is_the_only_input():
    built = build()
    assert [one.name for one in built.inference.inputs] == ["volume"]
    assert not isinstance(built.inference.input, dict)


def test_in_mixed_precision_heads_outputs_and_weights_stay_in_full():
    told = Recipe(
        slices=Slices(train=2, evaluate=3),
        optimisation=Optimisation(precision="mixed_bfloat16"),
    )
    mixed, full = build(recipe=told), build()
    assert mixed.backbone.get_layer("convolution1").compute_dtype == "bfloat16"
    assert mixed.inference.get_layer("head").compute_dtype == "float32"
    assert {w.dtype for w in mixed.training.weights} == {"float32"}
    found, wanted = (
        one.inference.predict_on_batch(volumes())["probabilities"]
        for one in (mixed, full)
    )
    assert found.dtype == np.float32
    assert not np.array_equal(found, wanted)
    np.testing.assert_allclose(found, wanted, atol=0.02)
    names = [[w.path for w in one.inference.weights] for one in (mixed, full)]
    assert names[0] == names[1], "one can follow the other"


LABELS = TargetOutput(
    target=Target(kind="multilabel", columns=("a", "b"), classes=("A", "B"))
)
GRADES = TargetOutput(
    target=Target(kind="ordinal", columns=("x",), classes=tuple("abcd"))
)
NUMBERS = TargetOutput(
    target=Target(kind="regression", columns=("u",)),
    column_statistics=(ColumnStatistics(name="u", mean=9.0, deviation=3.0),),
)


@pytest.mark.parametrize(
    ("target_output", "name"),
    [(LABELS, "probabilities"), (GRADES, "probabilities"), (NUMBERS, "predictions")],
)
def test_a_volume_is_the_mean_of_its_slices_whatever_the_target(target_output, name):
    recipe = Recipe(slices=Slices(train=6))
    shape = {"shape": SHAPE, "target_outputs": (target_output,), "seed": 0}
    built = classifier.build(recipe, architecture(2), **shape)
    x = volumes()
    found = built.inference.predict_on_batch(x)[name]
    each = [
        built.inference.predict_on_batch(np.repeat(x[:, i : i + 1], 6, axis=1))[name]
        for i in range(6)
    ]
    np.testing.assert_allclose(found, np.mean(each, axis=0), rtol=1e-4)
    trained = built.training.predict_on_batch(x)["logits"]
    numbers = keras.Input((target_output.size,))
    answers = keras.Model(
        numbers,
        target_output.kind.activation(
            numbers, target_output.suffix, target_output.column_statistics
        ),
    )
    again = answers.predict_on_batch(trained)[name]
    np.testing.assert_allclose(again, found, rtol=1e-4)


def test_auxiliary_heads_learn_the_main_target():
    further = TargetOutput(
        target=Target(classes=("x", "y"), columns=("z",), name="z"), offset=1
    )
    built = classifier.build(
        Recipe(slices=Slices(train=2)),
        architecture(2, auxiliary=("relu1",)),
        shape=SHAPE,
        target_outputs=(GRADES, further),
        seed=0,
    )
    shapes = {name: one.shape[-1] for name, one in built.training.output.items()}
    assert shapes == {"logits": 3, "logits_z": 2, "auxiliary_0": 3}
    steps = built.training.predict_on_batch(volumes()[:, :2])["auxiliary_0"]
    assert (np.diff(steps, axis=1) < 0).all()
