"""What a collection from several hospitals looks like: words that can't be relied on.

Descriptions that are empty, Chinese, or another series'; times and sequences that each
vendor sets in its own way; all files in a few folders under names that say nothing.
"""

import hashlib
from dataclasses import dataclass

from pipelines.phantoms.protocols import PROTOCOLS, Protocol
from pipelines.phantoms.vendors import Vendor

CHINESE = {
    "T2WI": "轴位T2加权",
    "T1WI": "轴位T1加权",
    "DWI": "弥散加权",
    "ADC": "表观弥散系数",
    "DTI": "弥散张量",
    "LOCALIZER": "定位像",
    "T2_SAGITTAL": "矢状位T2加权",
}
_HABITS = ("empty", "chinese", "wrong", "right")  # of patients, in turn
# Echo and repetition time against those of the protocol.
_TIMES = {"siemens": (1.0, 1.0), "ge": (1.35, 0.9), "philips": (1.15, 0.8)}


@dataclass(frozen=True, kw_only=True)
class Setting:
    """How a vendor runs a protocol.

    Args:
        scanning_sequence: ScanningSequence, none = as usual.
    """

    echo_time_ms: float
    repetition_time_ms: float
    scanning_sequence: str | None = None


def description(vendor: Vendor, protocol: str, index: int) -> str:
    """SeriesDescription for the `index`-th patient.

    A wrong one is that of the protocol before it.
    """
    habit = _HABITS[index % len(_HABITS)]
    if habit == "empty":
        return ""
    if habit == "chinese":
        return CHINESE[protocol]
    if habit == "wrong":
        names = list(PROTOCOLS)
        protocol = names[names.index(protocol) - 1]
    return vendor.descriptions[protocol]


def setting(vendor: Vendor, protocol: Protocol) -> Setting:
    """Times that differ by vendor; GE's T1WI is a gradient echo."""
    if vendor.name == "ge" and protocol.name == "T1WI":
        return Setting(
            echo_time_ms=2.1, repetition_time_ms=160.0, scanning_sequence="GR"
        )
    echo, repetition = _TIMES[vendor.name]
    return Setting(
        echo_time_ms=round(protocol.echo_time_ms * echo, 1),
        repetition_time_ms=round(protocol.repetition_time_ms * repetition),
    )


def place(uid: str) -> str:
    """Folder and name of a file, by its SOPInstanceUID."""
    digits = hashlib.sha256(uid.encode()).hexdigest()
    return f"{digits[0]}/{digits[:16]}"
