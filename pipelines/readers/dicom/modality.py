"""Which files are images of a body by one modality, by SOP class and Modality.

A segmentation, a screenshot or a dose map may bear description and geometry of the
series that it was made of; only its SOP class (PS3.4, B.5) says what it is.
"""

from pipelines.readers.dicom.headers import Series

_UID = "1.2.840.10008.5.1.4.1.1."
_IMAGES = {
    _UID + "4": "MR",  # MR Image Storage
    _UID + "4.1": "MR",  # Enhanced MR
    _UID + "4.4": "MR",  # Legacy Converted Enhanced MR
    _UID + "2": "CT",
    _UID + "2.1": "CT",
    _UID + "2.2": "CT",
    _UID + "128": "PT",
    _UID + "130": "PT",
    _UID + "128.1": "PT",
}
_OTHERS = {
    _UID + "4.2": "MR spectra",
    _UID + "4.3": "MR images in colour",
    _UID + "7": "secondary captures",
    _UID + "7.1": "secondary captures",
    _UID + "7.2": "secondary captures",
    _UID + "7.3": "secondary captures",
    _UID + "7.4": "secondary captures",
    _UID + "30": "parametric maps",
    _UID + "66": "raw data",
    _UID + "66.4": "segmentations",
    _UID + "66.7": "segmentations",
    _UID + "481.1": "radiotherapy images",
    _UID + "481.2": "radiotherapy doses",
}
_STANDARD = "1.2.840.10008."


def modality_of(sop_class: str, stated: str) -> str:
    """The modality of an image in capitals, "" where nothing says it.

    Args:
        sop_class: SOP class UID; "" = unknown.
        stated: Modality as the header has it, which wins.
    """
    return stated.strip().upper() or _IMAGES.get(sop_class, "")


def image_kind(series: Series) -> str:
    """What the SOP class makes of a series: a modality whose image it is, or itself."""
    return _IMAGES.get(series.sop_class, series.sop_class)


def is_image(series: Series) -> bool:
    """Whether the SOP class is that of images by the modality that is stated.

    Private and unknown classes are judged by the modality alone.
    """
    if not series.sop_class.startswith(_STANDARD):
        return True
    return _IMAGES.get(series.sop_class) == series.modality


def unwanted(series: Series, modalities: frozenset[str]) -> str:
    """Why a series is none of images by `modalities`; "" = it is one of them.

    An image of which neither SOP class nor Modality is known is taken for one.

    Returns:
        Words of ours: what a header says is not repeated, unless it is a modality's
        code of two capitals.
    """
    if not is_image(series):
        kind = _OTHERS.get(series.sop_class)
        if kind is None and series.sop_class in _IMAGES:
            kind = f"{_IMAGES[series.sop_class]} images that call themselves otherwise"
        return kind or "objects of another kind than images of slices"
    if series.modality in modalities or not series.modality:
        return ""
    code = series.modality
    stated = code if len(code) == 2 and code.isalpha() and code.isascii() else "other"
    return f"images of modality {stated}"
