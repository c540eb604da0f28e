#!/usr/bin/env python3
"""Runs a command and says how much memory it took at most.

    measured.py FILE COMMAND...     writes KiB to FILE; ends as the command ended
"""
import os
import resource
import subprocess
import sys

# What a sanitizer keeps of freed memory would be counted as the program's.
options = [os.environ[name] for name in ("ASAN_OPTIONS",) if os.environ.get(name)]
environment = dict(os.environ, ASAN_OPTIONS=":".join(options + ["quarantine_size_mb=4"]))
status = subprocess.run(sys.argv[2:], env=environment, check=False).returncode
most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
with open(sys.argv[1], "w", encoding="ascii") as file:
    print(most // 1024 if sys.platform == "darwin" else most, file=file)
sys.exit(status if status >= 0 else 128 - status)
