"""Whether this machine's CPU computes in bfloat16 by instructions of its own."""

from pathlib import Path

BFLOAT16 = ("avx512_bf16", "amx_bf16")
_CPU_INFO = Path("/proc/cpuinfo")


def has_bfloat16(cpu_info: Path = _CPU_INFO) -> bool:
    """Whether the system names one of them; where it names none, there is none."""
    try:
        lines = cpu_info.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return False
    flags = next((line for line in lines if line.startswith("flags")), "")
    return any(name in flags.split() for name in BFLOAT16)
