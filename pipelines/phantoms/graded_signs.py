"""Signs of a severity: what the pictures of a study cohort show of its targets.

None of them is brightness: in the organ that bears a sign the signal has one mean and
one spread at every severity, only where it is bright and where dark differs.

* `nodules`: coarse lobules give way to fine nodules.
* `islands`: bright septa around dark cells give way to bright islands.
* `rim`: bright blotches give way to a bright rim about a dark core, of one volume.
* `surface`: a smooth outline of the organ becomes a bumpy one, of one size.

A graded sign is drawn once a patient; every sequence sees the same one.
"""

import dataclasses
from dataclasses import dataclass

import numpy as np

from pipelines.phantoms.anatomy import Body, Organ, Ripples, inside
from pipelines.phantoms.bodies import replaced
from pipelines.phantoms.plans.cohort_plan import SignPlan

_WAVES = 14
_SAMPLES = 4000  # points of the organ that say how its values are spread
_BRIGHT = {"islands": 0.35, "rim": 0.5}  # share of the organ
_SOFTNESS = 0.25  # half width of an edge, in standard deviations of the score
_STEEPNESS = 1.7
_BUMPS = 0.22
_RIPPLES_PER_RADIAN = (5.0, 9.0)


@dataclass(frozen=True, kw_only=True, eq=False)
class Waves:
    """A random field: vectors in radians per mm, `[N, 3]`, and phases, `[N]`."""

    vectors: np.ndarray
    phases: np.ndarray

    def at(self, points_mm: np.ndarray) -> np.ndarray:
        """Mean about 0, standard deviation about 1; `[3, P]` to float32 `[P]`."""
        total = np.zeros(points_mm.shape[1], np.float32)
        for vector, phase in zip(self.vectors, self.phases):
            total += np.cos(vector.astype(np.float32) @ points_mm + np.float32(phase))
        return total * np.float32(np.sqrt(2 / len(self.phases)))


@dataclass(frozen=True, kw_only=True, eq=False)
class GradedSign:
    """A patient's sign in one organ.

    Args:
        share: of the last class's look, 0 to 1.
        middle, spread: of the score over the organ.
        threshold: of the score in units of the spread; none = no threshold.
        above: organs that hide a part of it.
    """

    plan: SignPlan
    organ: Organ
    share: float
    fine: Waves
    coarse: Waves
    middle: float = 0.0
    spread: float = 1.0
    threshold: float | None = None
    above: tuple[Organ, ...] = ()


def share_of(severity: float, strength: float) -> float:
    """The share of the last class's look: half of it midway between the classes."""
    return float(1 / (1 + np.exp(-_STEEPNESS * (severity - strength / 2))))


def draw(
    plan: SignPlan, body: Body, severity: float, generator: np.random.Generator
) -> tuple[Body, GradedSign | None]:
    """The body with the sign, and the sign where it lies in the signal."""
    share = share_of(severity, plan.strength)
    fine = _waves(generator, plan.fine_mm)
    coarse = _waves(generator, plan.coarse_mm)
    if plan.kind == "surface":
        return replaced(body, plan.organ, ripples=_ripples(generator, share)), None
    number = next(n for n, o in enumerate(body.organs) if o.tissue == plan.organ)
    sign = GradedSign(
        plan=plan,
        organ=body.organs[number],
        share=share,
        fine=fine,
        coarse=coarse,
        above=body.organs[number + 1 :],
    )
    if plan.kind == "nodules":
        return body, sign
    scores = _score(sign, _points_in(sign.organ, generator))
    middle, spread = float(scores.mean()), float(scores.std())
    edge = float(np.quantile((scores - middle) / spread, 1 - _BRIGHT[plan.kind]))
    return body, dataclasses.replace(sign, middle=middle, spread=spread, threshold=edge)


def factor(sign: GradedSign, points_mm: np.ndarray, sequence: str) -> np.ndarray:
    """What the signal of a sequence is multiplied by, float32 `[D, H, W]`.

    Args:
        points_mm: LPS, `[3, D, H, W]`.
    """
    result = np.ones(points_mm.shape[1:], np.float32)
    gain = (sign.plan.gains or {}).get(sequence, 0.0)
    if not gain:
        return result
    filled = inside(sign.organ, points_mm)
    for organ in sign.above:
        filled = filled * (1 - inside(organ, points_mm))
    bears = filled > 0
    pattern = _pattern(sign, points_mm[:, bears])
    result[bears] += np.float32(gain) * filled[bears] * pattern
    return result


def _pattern(sign: GradedSign, points_mm: np.ndarray) -> np.ndarray:
    """Mean 0, standard deviation 1 over the organ; `[P]`."""
    score = _score(sign, points_mm)
    if sign.threshold is None:
        return np.clip(score, -2.5, 2.5)
    score = (score - np.float32(sign.middle)) / np.float32(sign.spread)
    step = (score - np.float32(sign.threshold)) / np.float32(2 * _SOFTNESS)
    bright = np.clip(step + np.float32(0.5), 0, 1)
    part = _BRIGHT[sign.plan.kind]
    return (bright - np.float32(part)) / np.float32(np.sqrt(part * (1 - part)))


def _score(sign: GradedSign, points_mm: np.ndarray) -> np.ndarray:
    """Where it is bright, the first class's look and the last one's mixed."""
    if sign.plan.kind == "nodules":
        first, last = sign.coarse.at(points_mm), sign.fine.at(points_mm)
    elif sign.plan.kind == "islands":
        field = sign.fine.at(points_mm)
        first, last = (0.8 - np.abs(field)) / np.float32(0.6), field
    else:
        radius = np.sqrt(_squared_radius(sign.organ, points_mm))
        first = sign.fine.at(points_mm)
        last = (radius - np.float32(0.75)) / np.float32(0.2)
    share = np.float32(sign.share)
    return np.sqrt(share) * last + np.sqrt(1 - share) * first


def _squared_radius(organ: Organ, points_mm: np.ndarray) -> np.ndarray:
    x, y, z = (points_mm[axis] - np.float32(organ.centre_mm[axis]) for axis in range(3))
    cosine, sine = np.cos(organ.turn_radians), np.sin(organ.turn_radians)
    a, b, c = organ.semi_axes_mm
    along = x * np.float32(cosine / a) + y * np.float32(sine / a)
    across = y * np.float32(cosine / b) - x * np.float32(sine / b)
    return along * along + across * across + np.square(z * np.float32(1 / c))


def _points_in(organ: Organ, generator: np.random.Generator) -> np.ndarray:
    """Points spread evenly over an organ, float32 `[3, P]`."""
    unit = generator.normal(size=(_SAMPLES, 3))
    unit /= np.linalg.norm(unit, axis=1, keepdims=True)
    unit *= generator.uniform(0, 1, (_SAMPLES, 1)) ** (1 / 3)
    x, y, z = (unit * np.array(organ.semi_axes_mm)).T
    cosine, sine = np.cos(organ.turn_radians), np.sin(organ.turn_radians)
    turned = np.stack([x * cosine - y * sine, x * sine + y * cosine, z])
    return (turned + np.array(organ.centre_mm)[:, None]).astype(np.float32)


def _waves(generator: np.random.Generator, lengths_mm: tuple[float, float]) -> Waves:
    directions = generator.normal(size=(_WAVES, 3))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    lengths = generator.uniform(*lengths_mm, (_WAVES, 1))
    return Waves(
        vectors=directions * 2 * np.pi / lengths,
        phases=generator.uniform(0, 2 * np.pi, _WAVES),
    )


def _ripples(generator: np.random.Generator, share: float) -> Ripples:
    directions = generator.normal(size=(_WAVES, 3))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    rates = generator.uniform(*_RIPPLES_PER_RADIAN, (_WAVES, 1))
    return Ripples(
        height=_BUMPS * share,
        vectors=directions * rates,
        phases=generator.uniform(0, 2 * np.pi, _WAVES),
    )
