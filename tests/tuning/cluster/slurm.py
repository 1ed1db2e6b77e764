"""A Slurm cluster of one node, on this machine, with ports and files of its own."""

import contextlib
import getpass
import os
import shutil
import socket
import subprocess
import sys

from tests.zoo.training.test_fold_process import waited

PROGRAMS = ("slurmctld", "slurmd", "sbatch", "scancel", "squeue", "sinfo")
_CONFIGURATION = """
ClusterName=tests
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={ports[0]}
SlurmdPort={ports[1]}
AuthType=auth/none
CredType=cred/none
SlurmUser={user}
SlurmdUser={user}
MpiDefault=none
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SchedulerType=sched/builtin
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmdSpoolDir={folder}/spool
StateSaveLocation={folder}/state
ReturnToService=2
NodeName={host} NodeAddr=127.0.0.1 CPUs={cores} RealMemory=1000 State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
"""


def is_there():
    """Whether Slurm is installed, and this account may start it."""
    return os.geteuid() == 0 and all(map(shutil.which, PROGRAMS))


class Cluster:
    """What runs, and how it is asked."""

    def __init__(self, folder):
        self.environment = os.environ | {"SLURM_CONF": str(folder / "slurm.conf")}
        self.environment["PYTHON"] = sys.executable
        self._folder = folder
        self._daemons = []

    def start(self, *command):
        log = (self._folder / f"{command[0]}.log").open("w", encoding="utf-8")
        with log:
            self._daemons.append(
                subprocess.Popen(command, env=self.environment, stdout=log, stderr=log)
            )

    def asked(self, *command):
        return subprocess.check_output(
            list(map(str, command)), env=self.environment, encoding="utf-8"
        ).strip()

    def is_idle(self):
        with contextlib.suppress(subprocess.CalledProcessError):
            return self.asked("sinfo", "-h", "-o", "%t") == "idle"
        return False

    def is_empty(self):
        """Whether no job waits, runs or is being ended."""
        return self.asked("squeue", "-h") == ""

    def end(self):
        """Ends what still runs, and the daemons."""
        with contextlib.suppress(subprocess.CalledProcessError):
            user = getpass.getuser()
            self.asked("scancel", "--signal=KILL", "--full", "--user", user)
            waited(self.is_empty, seconds=10)
        for daemon in reversed(self._daemons):  # a node waits for its controller
            daemon.terminate()
            try:
                daemon.wait(10)
            except subprocess.TimeoutExpired:
                daemon.kill()
                daemon.wait()


@contextlib.contextmanager
def cluster(folder):
    """A cluster that runs while the block does."""
    host = socket.gethostname().partition(".")[0]
    for name in ("spool", "state"):
        (folder / name).mkdir(parents=True)
    with contextlib.ExitStack() as probes:
        taken = [probes.enter_context(socket.socket()) for _ in range(2)]
        for probe in taken:
            probe.bind(("127.0.0.1", 0))
        ports = [probe.getsockname()[1] for probe in taken]
    text = _CONFIGURATION.format(
        folder=folder,
        host=host,
        ports=ports,
        user=getpass.getuser(),
        cores=os.cpu_count(),
    )
    (folder / "slurm.conf").write_text(text, encoding="utf-8")
    made = Cluster(folder)
    try:
        made.start("slurmctld", "-D")
        made.start("slurmd", "-D", "-N", host)
        assert waited(made.is_idle), made.asked("sinfo")
        yield made
    finally:
        made.end()
