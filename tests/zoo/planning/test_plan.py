import pytest

from pipelines.augment.spatial.settings import Spatial
from tests.zoo.planning.made import facts
from zoo.planning import plan, rule_table
from zoo.planning.device import Device
from zoo.planning.memory_need import Need

TABLE = rule_table.shipped()


def planned(known=None, **more):
    return plan.make(known or facts(), TABLE, **more)


def setting(made, field):
    (only,) = [one for one in made.settings if one.field == field]
    return only


@pytest.mark.parametrize(
    ("patients", "batch"), [(50, 8), (200, 8), (499, 8), (500, 32), (1000, 32)]
)
def test_the_batch_goes_by_patients(patients, batch):
    made = planned(facts(patients=patients, samples=patients))
    assert made.recipe.optimisation.batch_size == batch
    assert made.recipe.arch == "cnn3d"


def test_many_large_volumes_have_the_deeper_network_and_its_rate():
    large = {"shape": (64, 128, 128), "device": Device(gpu=True, memory_bytes=2**36)}
    many = planned(facts(**large, patients=1000, samples=4000)).recipe
    few = planned(facts(**large)).recipe
    assert (many.arch, many.optimisation.learning_rate) == ("resnet3d18", 1e-4)
    assert many.optimisation.batch_size == 4
    assert (few.arch, few.optimisation.learning_rate) == ("cnn3d", 1e-3)


def test_flat_volumes_are_seen_by_slices():
    assert planned(facts(shape=(7, 64, 64))).recipe.arch == "resnet18"
    assert planned(facts(shape=(8, 64, 64))).recipe.arch == "cnn3d"


def test_shapes_are_neither_normalised_nor_resampled():
    shapes = planned(facts(foreground="constant")).recipe
    assert shapes.normalisation == "none"
    assert shapes.augmentation.spatial == Spatial()
    intensities = planned().recipe
    assert intensities.normalisation == "zscore"
    assert intensities.augmentation.spatial.rotation_degrees == (15, 0, 0)


def test_nothing_is_mirrored_but_along_the_axes_named():
    assert planned().recipe.augmentation.spatial.flip == ()
    mirrored = planned(mirror=("width", "depth")).recipe
    assert mirrored.augmentation.spatial.flip == ("depth", "width")


def test_the_batch_is_no_larger_than_the_smallest_training_split():
    made = planned(facts(patients=5, samples=5))
    assert made.recipe.optimisation.batch_size == 5
    assert setting(made, "optimisation.batch_size").rule == "smallest-split"


@pytest.mark.parametrize(
    ("samples", "batch"),
    [(30, 7), (31, 7), (11, 5), (8, 8), (1, 1), (9, 8)],  # of 9 none leaves out none
)
def test_an_epoch_leaves_out_little(samples, batch):
    made = planned(facts(patients=samples, samples=samples))
    assert made.recipe.optimisation.batch_size == batch


def test_the_batch_fits_into_memory_with_a_margin():
    gigabyte = Device(gpu=False, memory_bytes=10**9)
    need = Need(fixed_bytes=4 * 10**8, voxel_bytes=10**8 / 28**3)
    made = planned(facts(device=gigabyte), measured=need)
    assert made.recipe.optimisation.batch_size == 4  # 6 without the margin of 1.5
    assert setting(made, "optimisation.batch_size").rule == "memory"


def test_classes_are_weighted_where_they_are_very_unequal():
    counts = {"train": {"no": 100, "yes": 10}}
    unequal = planned(facts(classes=counts)).recipe.optimisation
    assert unequal.class_weights == "balanced"
    assert planned().recipe.optimisation.class_weights == "none"


@pytest.mark.parametrize(
    ("changes", "monitor", "why"),
    [
        ({}, "val_auc", "ranking"),
        ({"every_class_validates": False}, "val_loss", "without validation patients"),
        ({"kind": "regression", "classes": {}}, "val_loss", "regression has no AUC"),
        ({"kind": "ordinal"}, "val_auc", "ranking"),
    ],
)
def test_the_epoch_is_chosen_by_what_is_defined(changes, monitor, why):
    made = planned(facts(**changes))
    assert made.recipe.optimisation.monitor == monitor
    assert why in setting(made, "optimisation.monitor").why


def test_a_gpu_chooses_its_precision_and_a_cpu_keeps_to_float32():
    gpu = Device(gpu=True, memory_bytes=2**35)
    assert planned(facts(device=gpu)).recipe.optimisation.precision == "auto"
    assert planned().recipe.optimisation.precision == "float32"


def test_every_setting_says_which_rule_and_why():
    names = {rule.name for rule in TABLE.rules} | {"monitor"}
    for one in planned().settings:
        assert one.rule in names
        assert one.why
