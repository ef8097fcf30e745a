"""Started as `PYTHON runagent_worker` (the folder): makes the package importable, and leaves no trace on sys.path."""

import os
import sys

if __name__ == "__main__":
    here = os.path.dirname(os.path.abspath(__file__))
    if sys.path and os.path.abspath(sys.path[0]) == here:
        del sys.path[0]
    sys.path.insert(0, os.path.dirname(here))
    from runagent_worker.bytecode import keep_bytecode

    keep_bytecode()
    from runagent_worker.main import main

    del sys.path[0]
    main()
