"""The process of a step: a command of the project that ends when the study does.

    python -m zoo.studies.step_process MODULE ARGUMENTS...

A step whose study was killed would go on beside the one that resumes it.
"""

import runpy
import sys

from zoo.training import fold_process

if __name__ == "__main__":
    fold_process.end_with_parent()
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
