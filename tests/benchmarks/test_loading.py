"""The options of `benchmarks/loading.py`, and its way from data to table."""

import argparse

import pytest

from pipelines.errors import UsageError


def test_a_shape_is_three_sizes():
    from loading import shape_of

    assert shape_of("64x128x96") == (64, 128, 96)


@pytest.mark.parametrize("text", ["64", "64x64", "64x64x0", "axbxc", ""])
def test_no_other_shape_is_taken(text):
    from loading import shape_of

    with pytest.raises(argparse.ArgumentTypeError, match="slices x rows x columns"):
        shape_of(text)


@pytest.mark.parametrize(
    ("options", "match"),
    [
        (["--rounds", "0"], "numbers are 1 or more"),
        (["--step", "0"], "--step positive"),
        (["--samples", "3"], "fill a batch of 4. Received: 3"),
    ],
)
def test_numbers_that_measure_nothing_are_refused(options, match):
    from loading import check, parse

    with pytest.raises(UsageError, match=match):
        check(parse(options))


def test_larger_volumes_are_fewer():
    from loading import samples_of

    assert samples_of((64, 64, 64), None) == 128
    assert samples_of((64, 128, 128), None) == 32
    assert samples_of((64, 64, 64), 7) == 7


@pytest.mark.slow
def test_one_row_for_each_way(tmp_path, monkeypatch):
    import loading
    import loading_ways

    monkeypatch.setattr(loading_ways, "_SECONDS", 0.01)
    monkeypatch.setattr(loading_ways, "_PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(loading_ways, "_DRAIN_SECONDS", 0.01)
    monkeypatch.setattr("loading_memory.bytes_per_volume", lambda *_, **__: 2**20)
    asked = loading.parse(
        ["--samples", "8", "--rounds", "2", "--normalisation", "zscore"]
    )
    results = loading.measure_shape((8, 8, 8), asked)
    lines = loading.table("8x8x8", results).splitlines()
    assert lines[0] == "8x8x8, 8 volumes, cached in 1.00 MiB a volume"
    assert [line[:40].strip() for line in lines[2:]] == [
        "zscore: bare",
        "zscore: bare, parallel",
        "zscore: train_batches, from memory",
        "zscore: train_batches, cache off",
    ]
    ratios = results["normalisations"]["zscore"]["ratio_to_bare"]
    assert ratios["bare"] == 1
    assert min(ratios.values()) > 0
