"""A program of Dagster's over a history whose connections last: `python -m pipelines.program dagster._daemon run …`.

Daemon and web server write several hundred events before a run's process has begun: all that it is planned to make.
"""

import runpy
import sys

from pipelines.event_log import make_connections_last

if __name__ == "__main__":
    make_connections_last()
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
