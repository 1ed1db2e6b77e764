import dataclasses

import numpy as np
import pytest

from pipelines.phantoms import acquisition, anatomy, signs
from pipelines.phantoms.protocols import PROTOCOLS, Protocol


def _drawn(name, seed=0, protocol=None):
    protocol = protocol or PROTOCOLS[name]
    generator = np.random.default_rng(seed)
    body = anatomy.draw(generator)
    sign = signs.draw_texture(generator, 0)
    stack = acquisition.draw_stack(
        protocol, "axial", generator, slices=(6, 8), matrix=(40, 48)
    )
    return stack, acquisition.clean(protocol, stack, body, sign)


def test_fat_is_bright_on_t1_and_t2_and_dark_under_fat_saturation():
    for name in ("T1WI", "T2WI"):
        assert acquisition.tissue_signal(PROTOCOLS[name])["fat"] > 1.3
    assert acquisition.tissue_signal(PROTOCOLS["DWI"])["fat"] < 0.3


def test_kidney_is_brighter_than_liver_on_t2_and_darker_on_t1():
    assert acquisition.tissue_signal(PROTOCOLS["T2WI"])["kidney"] > 1.3
    assert acquisition.tissue_signal(PROTOCOLS["T1WI"])["kidney"] < 1


def test_signal_falls_with_the_b_value_as_the_map_says():
    stack, pictures = _drawn("DWI")
    assert len(pictures) == 3
    low, _, high = pictures
    body = low > 0.2
    coefficient = np.log(low[body] / high[body]) / 750  # b = 50 and 800 s/mm2
    assert 0.1e-3 < coefficient.min() < coefficient.max() < 3e-3


def test_diffusion_along_directions_has_the_isotropic_one_as_its_mean():
    protocol = dataclasses.replace(PROTOCOLS["DTI"], isotropic=True)
    weightings = protocol.weightings
    assert [one.b_value for one in weightings] == [0, *7 * [800]]
    stack, pictures = _drawn("DTI", protocol=protocol)
    directional = np.array(pictures[2:], np.float64)
    means = directional.mean(axis=(1, 2, 3))
    assert means.max() / means.min() > 1.1
    mean = np.prod(directional ** (1 / 6), axis=0)
    assert np.allclose(mean[pictures[1] > 0.01], pictures[1][pictures[1] > 0.01])


def test_diffusion_map_is_in_micro_units():
    _, (picture,) = _drawn("ADC")
    assert 800 < np.median(picture[picture > 0]) < 2000


def test_noise_of_air_is_rayleigh_distributed():
    stack, pictures = _drawn("T2WI")
    (noisy,) = acquisition.seen(
        pictures, PROTOCOLS["T2WI"], stack, np.random.default_rng(1), bias=0.2
    )
    air = noisy[pictures[0] == 0]
    sigma = 1 / PROTOCOLS["T2WI"].signal_to_noise
    assert air.mean() == pytest.approx(sigma * np.sqrt(np.pi / 2), rel=0.05)


def test_bias_field_is_smooth_and_multiplies():
    stack, pictures = _drawn("T2WI")
    quiet = {"signal_to_noise": 1e6}
    protocol = Protocol(**{**vars(PROTOCOLS["T2WI"]), **quiet})
    (seen,) = acquisition.seen(
        pictures, protocol, stack, np.random.default_rng(2), bias=0.3
    )
    body = pictures[0] > 0.5
    field = np.where(body, seen / np.where(body, pictures[0], 1), np.nan)
    assert np.nanstd(field) > 0.05
    assert np.nanmax(np.abs(np.diff(field, axis=2))) < 0.15


def test_a_diffusion_map_has_no_noise_in_air():
    stack, pictures = _drawn("ADC")
    (noisy,) = acquisition.seen(
        pictures, PROTOCOLS["ADC"], stack, np.random.default_rng(3), bias=0.2
    )
    assert noisy[pictures[0] == 0].max() == 0
    assert not np.array_equal(noisy, pictures[0])


def test_stacks_differ_in_matrix_voxel_size_and_number_of_slices():
    generator = np.random.default_rng(4)
    stacks = [
        acquisition.draw_stack(
            PROTOCOLS["T2WI"], "axial", generator, slices=(20, 28), matrix=(112, 144)
        )
        for _ in range(20)
    ]
    assert len({stack.shape[0] for stack in stacks}) > 4
    assert len({stack.shape[2] for stack in stacks}) > 4
    assert len({stack.spacing_mm for stack in stacks}) == 20
    assert any(stack.thickness_mm < stack.spacing_mm[0] for stack in stacks)
