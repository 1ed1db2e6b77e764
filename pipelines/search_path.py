"""Where a command of this project finds modules: not in the working directory.

`python -m` puts it first. A folder of the user's that is called as a package is (`csv`,
`resources`) would be loaded in its place, by whatever library asks for it. Last is no
better: gdcm asks for `dl`, which Python 3 has not, and goes on without where there is
none. A network of the user's own (`--arch mynet:build`) is looked for there when it is
named, see `zoo.architectures.user_defined`; console scripts do all this by themselves.
"""

import os
import sys


def leave_out_working_directory() -> None:
    """Takes it off the search path of a command that `python -m` begins.

    To be called while the package of the command is being imported: `sys.argv` begins
    with `-m` then, and only then. Where the project itself is in the working directory,
    not installed, that comes last instead: child processes have to find it.
    """
    looked_up = sys.argv[:1] == ["-m"] and not sys.flags.safe_path
    if not looked_up or sys.path[0] not in ("", os.getcwd()):
        return
    del sys.path[0]
    project = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    if os.path.realpath(project) == os.path.realpath(os.getcwd()):
        sys.path.append(project)
