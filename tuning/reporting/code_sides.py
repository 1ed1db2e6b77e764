"""Which version of the code trained a trial, by a letter: A is the sweep's first."""

from tuning.trials.sweep import Sweep
from tuning.trials.trial import Trial

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def versions(sweep: Sweep) -> dict[str, str]:
    """The letters by the digests of the code that the sweep went on with."""
    digests = [
        code.get("digest", "") for code in (sweep.settings.code, *sweep.accepted_code)
    ]
    different = [digest for digest in dict.fromkeys(digests) if digest]
    return {
        digest: _LETTERS[number] if number < len(_LETTERS) else digest
        for number, digest in enumerate(different)
    }


def side(sweep: Sweep, trial: Trial) -> str:
    """`A`, of two versions `A+B`; a digest that the sweep does not know as it is."""
    letters = versions(sweep)
    return "+".join(letters.get(part, part) for part in trial.code.split("+"))


def is_of_another(sweep: Sweep, trial: Trial) -> bool:
    """Whether the code was, even in part, another than the sweep began with."""
    return bool(trial.code) and trial.code != sweep.settings.code.get("digest", "")
