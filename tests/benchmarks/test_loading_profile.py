"""The pipelines that the profile of loading is made of."""

import numpy as np


def test_each_pipeline_goes_one_step_further(tmp_path):
    from loading_profile import steps
    from noise_data import write_data_set

    data = write_data_set(tmp_path, 8, (8, 8, 8))
    ends = {
        name: next(iter(way.elements)) for name, way in steps(data, "zscore").items()
    }
    assert [*ends] == [
        "read, checksum of the record",
        "map",
        "parse the example",
        "parse the tensor",
        "other features, statistics",
        "decode and normalise (zscore)",
        "flip",
        "batch",
        "shuffle, epochs, prefetch",
        "from memory",
    ]
    assert ends["parse the tensor"].shape == (8, 8, 8, 1)
    inside = ends["parse the tensor"].numpy() != 0
    normalised = ends["decode and normalise (zscore)"]["volume"].numpy()
    assert abs(normalised[inside].mean()) < 1e-5
    assert np.sort(ends["flip"]["volume"], axis=None).tolist() == (
        np.sort(normalised, axis=None).tolist()
    )
    for whole in ("batch", "shuffle, epochs, prefetch", "from memory"):
        assert ends[whole]["volume"].shape == (4, 8, 8, 8, 1)


def test_what_a_step_takes_is_the_difference_to_the_row_above(tmp_path, monkeypatch):
    import loading_profile

    taken = {
        "read": [(0.5, 0.001), (0.5, 0.002), (0.5, 0.003)],
        "decode": [(0.25, 0.004), (0.25, 0.004), (0.25, 0.004)],
        "from memory": [(0.1, 0.001), (0.1, 0.001), (0.1, 0.001)],
    }
    monkeypatch.setattr("loading_ways.in_turn", lambda *_: taken)
    monkeypatch.setattr(loading_profile, "steps", lambda *_: {})
    rows = loading_profile.measure((8, 8, 8), "zscore", 3)
    assert [round(row["cpu_ms"], 6) for row in rows] == [2, 4, 1]
    assert [round(row["step_cpu_ms"], 6) for row in rows] == [2, 2, 1]
    assert loading_profile.table({"8x8x8": rows}).splitlines()[2:] == [
        "| read | 2.00 | 2.00 | 2 |",
        "| decode | 2.00 | 4.00 | 4 |",
        "| from memory | 1.00 | 1.00 | 10 |",
    ]
