"""The figures of a comparison, for reading."""

import statistics

from peers.comparison import KINDS


def table(architecture, results):
    """What was found, for reading."""
    shape = "x".join(map(str, results["shape"]))
    lines = [
        f"{architecture}: {results['batch']} x {shape}, {results['threads']} threads, "
        f"{results['repeats']} rounds",
        f"{'':46}{'seconds (CPU)':>15}{'ratio':>18}{'of CPU':>8}{'MiB':>7}",
    ]
    for figures in results["networks"]:
        for kind in KINDS:
            label = figures["label"] if kind == KINDS[0] else ""
            lines.append(f"{label:40}{kind:6}{_row(figures, kind)}")
    if len(results["networks"]) > 1:
        lines += [_agreement(figures) for figures in results["networks"]]
        lines += [best_peer(results["networks"], kind) for kind in KINDS]
    lines += [_limit(figures) for figures in results["networks"]]
    for name in results["left_out"]:
        lines.append(f"  left out: {name} (no --peer {name}=PYTHON)")
    return "\n".join(line for line in lines if line)


def _row(figures, kind):
    wall, cpu = (
        statistics.median(figures[f"{kind}_{name}"])
        for name in ("seconds", "cpu_seconds")
    )
    against = " " * 26
    if f"{kind}_ratio" in figures:
        low, high = figures[f"{kind}_ratio"]["quartiles"]
        whole = f"{figures[f'{kind}_ratio']['median']:.2f} ({low:.2f}-{high:.2f})"
        against = f"{whole:>18}{figures[f'{kind}_cpu_ratio']['median']:8.2f}"
    return f"{f'{wall:.3f} ({cpu:.2f})':>15}{against}{figures[f'{kind}_mib']:7.0f}"


def _agreement(figures):
    """A line on what stands beside what."""
    verdict = {None: "ours", True: "matched", False: "NOT MATCHED"}
    sizes = " > ".join(figures["sizes"])
    line = (
        f"  {figures['label']}, {verdict[figures.get('matched')]}: "
        f"{figures['parameters']:,} parameters, "
        f"{figures['multiply_adds'] / 1e9:.2f} G multiply-adds, {sizes}; "
        f"{figures['versions']}"
    )
    return line + (f"; {figures['remark']}" if figures["remark"] else "")


def _limit(figures):
    """A line on what the convolutions take; empty where nobody asked."""
    if "limit_share" not in figures:
        return ""
    return (
        f"  {figures['label']}: its convolutions alone take "
        f"{figures['limit_share']:.2f} of a training step"
    )


def best_peer(networks, kind):
    """A line on the matched peer that ours does worst against; empty without one."""
    peers = [
        figures
        for figures in networks[1:]
        if figures["matched"] and not figures["is_ours"]
    ]
    if not peers:
        return ""
    best = max(peers, key=lambda peer: peer[f"{kind}_ratio"]["median"])
    median = best[f"{kind}_ratio"]["median"]
    return f"  {kind}: {median:.2f} of the best peer's time, {best['label']}"
