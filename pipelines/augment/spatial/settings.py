"""What may happen to the geometry of a training volume: settings alone."""

from dataclasses import dataclass, fields
from typing import Literal, get_args

Axis = Literal["depth", "height", "width"]
AXES: tuple[str, ...] = get_args(Axis)
SMALLEST = 0.01  # share of the size that a crop keeps or a scaling leaves
MOST_POINTS = 100
ONE_TO_ONE = 0.4  # of the distance of control points: 1 / 2.479, see `elastic`


@dataclass(frozen=True, kw_only=True)
class Spatial:
    """Random changes of geometry: one map of all that is drawn, and one resampling.

    What the picture undergoes, in this order: scale, shear, rotation, perspective,
    translation, elastic deformation, crop, flip. Every kind happens with a chance of
    its own. Amounts are drawn evenly, between minus and plus what is stated, or from,
    to. Rotation and shear are those of the body: they heed the spacing of the study's
    voxels, which its record tells, whatever the grid's `fit`. What comes in from
    outside the volume is 0. What is drawn from a volume by slices comes from the share
    of the depth that the slices say, before a flip.

    Args:
        flip: axes that may be mirrored. Off by default: left and right matter in the
            body.
        flip_chance: of each of these axes to be mirrored.
        rotation_degrees: about the axes D, H, W. The first turns within the slices;
            the others turn through them, which takes several times as long.
        rotation_chance: of a rotation.
        shear_degrees: in the plane that D stands on columns slide along with the rows;
            in that of H columns, and in that of W rows, slide along with the slices.
            The latter two take several times as long.
        shear_chance: of a shear.
        scale: factor, from, to, of rows and columns; 2 = twice as large.
        scale_depth: the depth too is scaled, by the same factor.
        scale_chance: of a scaling.
        translation: share of the size along D, H, W.
        translation_chance: of a translation.
        perspective: share by which two opposite edges of a slice, both upper and lower
            and left and right, grow and shrink against its middle; below 0.5.
        perspective_chance: of a change of perspective.
        elastic: greatest displacement of a control point along D, H, W, as a share of
            the size; the deformation is a cubic B-spline between control points
            (Rueckert et al., IEEE TMI 1999). Times the number of distances between
            control points it may not exceed 0.4, so that nothing folds (Choi and Lee,
            Graphical Models 2000).
        elastic_points: control points along D, H, W, from edge to edge; 1 = the same
            displacement all along. More than 1 along D, or a displacement along it,
            take several times as long.
        elastic_chance: of an elastic deformation.
        crop: share of height and width that is kept, from, to, at a random place; it
            is resized to the whole.
        crop_chance: of a crop.
    """

    flip: tuple[Axis, ...] = ()
    flip_chance: float = 0.5
    rotation_degrees: tuple[float, float, float] = (0.0, 0.0, 0.0)
    rotation_chance: float = 1.0
    shear_degrees: tuple[float, float, float] = (0.0, 0.0, 0.0)
    shear_chance: float = 1.0
    scale: tuple[float, float] = (1.0, 1.0)
    scale_depth: bool = False
    scale_chance: float = 1.0
    translation: tuple[float, float, float] = (0.0, 0.0, 0.0)
    translation_chance: float = 1.0
    perspective: float = 0.0
    perspective_chance: float = 1.0
    elastic: tuple[float, float, float] = (0.0, 0.0, 0.0)
    elastic_points: tuple[int, int, int] = (1, 4, 4)
    elastic_chance: float = 1.0
    crop: tuple[float, float] = (1.0, 1.0)
    crop_chance: float = 1.0

    def __post_init__(self):
        if len({*self.flip}) < len(self.flip):
            raise ValueError(
                f"spatial.flip names each axis once. Received: {', '.join(self.flip)}"
            )
        unknown = {*self.flip} - {*AXES}
        if unknown:
            raise ValueError(
                f"axes to flip are {', '.join(AXES)}. "
                f"Received: {', '.join(sorted(unknown))}"
            )
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name.endswith("_chance") and not 0 <= value <= 1:
                raise ValueError(f"{field.name} is within 0..1. Received: {value}")
        self._check_within("rotation_degrees", 180)
        self._check_within("shear_degrees", 60)
        self._check_within("translation", 1)
        self._check_elastic()
        if not SMALLEST <= self.scale[0] <= self.scale[1] <= 1 / SMALLEST:
            raise ValueError(
                f"scale is from, to, within {SMALLEST}..{1 / SMALLEST:g}. "
                f"Received: {self.scale}"
            )
        if not 0 <= self.perspective < 0.5:
            raise ValueError(
                f"perspective is 0 or more, below 0.5. Received: {self.perspective}"
            )
        if not SMALLEST <= self.crop[0] <= self.crop[1] <= 1:
            raise ValueError(
                f"crop is from, to, within {SMALLEST}..1. Received: {self.crop}"
            )

    def _check_within(self, name: str, limit: float) -> None:
        value = getattr(self, name)
        if not all(0 <= amount <= limit for amount in value):
            raise ValueError(
                f"{name} are three numbers, D, H, W, each within 0..{limit}. "
                f"Received: {value}"
            )

    def _check_elastic(self) -> None:
        self._check_within("elastic", 1)
        if not all(1 <= points <= MOST_POINTS for points in self.elastic_points):
            raise ValueError(
                f"elastic_points are three numbers, D, H, W, each within "
                f"1..{MOST_POINTS}. Received: {self.elastic_points}"
            )
        for share, points in zip(self.elastic, self.elastic_points):
            if share * (points - 1) > ONE_TO_ONE:
                raise ValueError(
                    f"elastic times (elastic_points - 1) is {ONE_TO_ONE} or less along "
                    "each axis, or the volume would fold. "
                    f"Received: {self.elastic}, {self.elastic_points}"
                )

    @property
    def acting(self) -> dict[str, bool]:
        """For every kind of change but the flip, whether it ever does anything."""
        asked = {
            "rotation": max(self.rotation_degrees) > 0,
            "shear": max(self.shear_degrees) > 0,
            "scale": self.scale != (1, 1),
            "translation": max(self.translation) > 0,
            "perspective": self.perspective > 0,
            "elastic": max(self.elastic) > 0,
            "crop": self.crop != (1, 1),
        }
        return {
            kind: wanted and getattr(self, f"{kind}_chance") > 0
            for kind, wanted in asked.items()
        }

    @property
    def moves_along_depth(self) -> bool:
        """Whether slices as wholes may come to lie between slices."""
        acts = self.acting
        scales = acts["scale"] and self.scale_depth
        return scales or acts["translation"] and self.translation[0] > 0

    @property
    def bends_through_slices(self) -> bool:
        """Whether the elastic deformation differs between slices, or moves them."""
        along = self.elastic[0] > 0 or self.elastic_points[0] > 1
        return self.acting["elastic"] and along

    @property
    def turns_through_slices(self) -> bool:
        """Whether a slice may be made of several."""
        acts = self.acting
        turned = acts["rotation"] and max(self.rotation_degrees[1:]) > 0
        slanted = acts["shear"] and max(self.shear_degrees[1:]) > 0
        return turned or slanted or self.bends_through_slices
