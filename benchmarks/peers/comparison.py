"""Steps of several networks in turn, and the ratios of their times."""

import contextlib
import statistics
import time

from peers.conversation import conversation

KINDS = ("train", "infer")
WARM_UP = 2  # steps: tracing, and memory that is asked for once
BREATH_SECONDS = 0.05  # until idle threads of the process before have gone to sleep
TOLERANCE = 0.01


def compare(competing, order, repeats, *, with_limit=False):
    """The figures of every contender, ours first.

    Args:
        competing: contenders.
        order: `order(network)`.
        repeats: rounds.
        with_limit: whether the convolutions of ours are timed alone, too.
    """
    with contextlib.ExitStack() as stack:
        talks = [
            stack.enter_context(conversation(contender, order(contender.network)))
            for contender in competing
        ]
        measured = [
            {
                "label": contender.label,
                "remark": contender.remark,
                "is_ours": contender.is_ours,
                **talk.traits(),
            }
            for contender, talk in zip(competing, talks)
        ]
        for figures, talk in zip(measured, talks):
            warm_up(figures, talk)
        for number in range(repeats):
            run_round(list(zip(measured, talks)), number)
        for figures, talk in zip(measured, talks):
            figures["train_mib"] = talk.ask("memory")
        if with_limit:
            for figures, talk in zip(measured, talks):
                if figures["is_ours"]:
                    figures["limit_share"] = limit_share(talk, repeats)
    for figures in measured[1:]:
        figures["matched"] = matched(measured[0], figures)
        for kind in KINDS:
            for clock in ("", "cpu_"):
                figures[f"{kind}_{clock}ratio"] = ratio(
                    measured[0], figures, f"{kind}_{clock}seconds"
                )
    return measured


def warm_up(figures, talk):
    """Inference first: its memory is read before any training."""
    for kind in reversed(KINDS):
        for _ in range(WARM_UP):
            talk.ask(kind)
        figures[f"{kind}_mib"] = talk.ask("memory")
        figures[f"{kind}_seconds"], figures[f"{kind}_cpu_seconds"] = [], []


def run_round(pairs, number):
    """A step of each kind by each network, beginning with another one every time."""
    turn = number % len(pairs)
    for kind in KINDS:
        for figures, talk in pairs[turn:] + pairs[:turn]:
            time.sleep(BREATH_SECONDS)
            taken = talk.ask(kind)
            figures[f"{kind}_seconds"].append(taken["wall"])
            figures[f"{kind}_cpu_seconds"].append(taken["cpu"])


def limit_share(talk, repeats):
    """What share of a training step its convolutions alone take: median of rounds."""
    for _ in range(WARM_UP):
        talk.ask("limit")
    shares = []
    for _ in range(repeats):
        time.sleep(BREATH_SECONDS)
        alone = talk.ask("limit")["wall"]
        shares.append(alone / talk.ask("train")["wall"])
    return statistics.median(shares)


def matched(ours, peer):
    """Whether the two do the same work at the same sizes."""
    near = all(
        abs(peer[name] - ours[name]) <= TOLERANCE * ours[name]
        for name in ("parameters", "multiply_adds")
    )
    return near and ours["sizes"] == peer["sizes"]


def ratio(ours, peer, name):
    """Median and quartiles of ours to theirs, round by round."""
    ratios = [o / p for o, p in zip(ours[name], peer[name], strict=True)]
    low, _, high = statistics.quantiles(ratios, n=4) if len(ratios) > 1 else ratios * 3
    return {"median": statistics.median(ratios), "quartiles": (low, high)}
