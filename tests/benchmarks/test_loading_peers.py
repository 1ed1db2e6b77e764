"""What stands beside what where loading is compared."""

import nibabel
import numpy as np
import pytest
import tensorflow as tf

KNOWN = {"monai": "python-of-monai"}


def figures(**seconds):
    return [
        {
            "way": way,
            "label": label,
            "versions": "1.0",
            "seconds": [wall, wall],
            "cpu_seconds": [wall, wall],
            "volumes_per_second": 1 / wall,
        }
        for label, (way, wall) in seconds.items()
    ]


def test_nifti_files_hold_the_records_voxels(tmp_path):
    from loading_peers import write_volumes
    from noise_data import serialized_volumes
    from peers.loading_order import LoadingOrder

    from pipelines.records.directory import open_dataset

    write_volumes(tmp_path, 3, (4, 5, 6))
    order = LoadingOrder(
        operation="CacheDataset",
        shape=(4, 5, 6, 1),
        batches=1,
        batch=1,
        threads=1,
        directory=str(tmp_path),
    )
    data = open_dataset(tmp_path / "records")
    for path, serialized in zip(order.files, serialized_volumes(data), strict=True):
        image = nibabel.load(path)
        assert image.get_data_dtype() == np.int16
        codes = tf.io.parse_tensor(serialized, tf.int16).numpy()[..., 0]
        np.testing.assert_array_equal(np.asanyarray(image.dataobj), codes)


def test_every_way_has_a_process_of_its_package():
    from loading_peers import contenders

    competing = contenders(KNOWN)
    assert [one.label for one in competing[:2]] == [
        "ours, from memory",
        "ours, cache off",
    ]
    assert {one.interpreter for one in competing[2:]} == {"python-of-monai"}
    assert len({one.label for one in competing}) == 12


def test_ours_stands_beside_what_keeps_volumes_where_it_does():
    from loading_peers import add_ratios, fastest

    measured = figures(
        memory=("from memory", 0.1),
        off=("cache off", 0.2),
        slow=("CacheDataset", 0.8),
        fast=("CacheDataset in workers", 0.3),
        files=("PersistentDataset", 0.5),
    )
    for peer in measured[2:]:
        add_ratios(peer, measured)
    ratios = [peer["ratio"]["median"] for peer in measured[2:]]
    assert ratios == pytest.approx([8, 3, 2.5])
    assert [(ours, peer["label"]) for ours, peer in fastest(measured)] == [
        ("memory", "fast"),
        ("off", "files"),
    ]
