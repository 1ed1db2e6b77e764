import numpy as np

from pipelines.phantoms import vendors
from pipelines.phantoms.protocols import PROTOCOLS


def test_every_vendor_names_every_protocol():
    for vendor in vendors.VENDORS:
        assert set(vendor.descriptions) == set(PROTOCOLS)


def test_each_vendor_states_the_b_value_in_its_own_way():
    siemens = vendors.diffusion(vendors.SIEMENS, 400, derived=False)
    assert siemens[-1].tag == (0x0019, 0x100C) and siemens[-1].value == 400
    ge = vendors.diffusion(vendors.GE, 400, derived=False)
    assert ge[-1].tag == (0x0043, 0x1039) and ge[-1].value[0] == 1_000_000_400
    philips = vendors.diffusion(vendors.PHILIPS, 400, derived=False)
    assert [e.tag for e in philips] == [(0x0018, 0x9087)]


def test_only_siemens_leaves_a_b_value_on_a_map():
    found = [bool(vendors.diffusion(v, 800, derived=True)) for v in vendors.VENDORS]
    assert found == [True, False, False]
    assert vendors.diffusion(vendors.GE, None, derived=False) == []


def test_stored_integers_carry_the_vendors_scale():
    picture = np.array([[[0.0, 0.5, 1.0]]], np.float32)
    scaled = vendors.stored(picture, vendors.PHILIPS, liver=400, slope=2.5)
    assert scaled.pixels.dtype == np.uint16
    assert scaled.pixels.ravel().tolist() == [0, 200, 400]
    assert scaled.values.ravel().tolist() == [0, 500, 1000]
    signed = vendors.stored(picture, vendors.GE, liver=2000, slope=None)
    assert signed.pixels.dtype == np.int16
    assert signed.values.max() == 2000


def test_stored_integers_keep_within_the_stored_bits():
    picture = np.full((1, 1, 1), 1e6, np.float32)
    highest = [
        int(vendors.stored(picture, vendor, liver=1, slope=None).pixels.max())
        for vendor in vendors.VENDORS
    ]
    assert highest == [4095, 32767, 4095]
