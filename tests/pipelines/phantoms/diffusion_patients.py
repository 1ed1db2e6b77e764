"""Phantom patients of each vendor whose diffusion has directions."""

import functools
from dataclasses import replace

from pipelines.phantoms import examination, vendors
from pipelines.phantoms.plan import Plan
from pipelines.phantoms.protocols import Weighting

PLAN = Plan(patients=12, sequences=("DTI",), slices=(5, 7), matrix=(32, 44), seed=2)
VENDORS = {vendor.name: vendor for vendor in vendors.VENDORS}


@functools.cache
def patient_of(name):
    """One patient of a vendor with the series DTI alone: b = 0, 6 directions of 800."""
    drawn = (
        examination.patient(PLAN, index, distractors=False)
        for index in range(PLAN.patients)
    )
    return next(one for one in drawn if one.scanner.vendor is VENDORS[name])


def with_isotropic(one):
    """The same patient with an isotropic image of b = 800 after the directions."""
    (acquired,) = one.series
    protocol = replace(acquired.protocol, isotropic=True)
    values = sum(part.stored.pixels // 6 for part in acquired.parts[1:])
    part = replace(
        acquired.parts[0],
        weighting=Weighting(b_value=800),
        stored=replace(acquired.parts[1].stored, pixels=values),
    )
    parts = (*acquired.parts, part)
    return replace(one, series=(replace(acquired, protocol=protocol, parts=parts),))
