"""Azure's own `az`, signed in to the sample tenant: everything but the token is its own.

`az` asks for a token only where a request goes to https, and only Microsoft's service gives it one. So the person's token is
handed over in the headers, as `az rest` allows, after a look that the command names the service that it needs a token for.
"""

import os
import runpy
import sys

arguments = sys.argv[1:]
if arguments[:1] != ["rest"]:
    sys.exit(f"az: only `az rest` is signed in here, not {arguments[:1]}")
if arguments[arguments.index("--resource") + 1] != os.environ["INTEROP_GRAPH"]:
    sys.exit("az: the token is for another resource")
# A run that is cut off sends its first change, and then nothing more.
cut = os.environ.get("INTEROP_CUT")
if cut and os.path.exists(cut):
    sys.exit("az: cut off")
if cut and "patch" in arguments:
    open(cut, "x", encoding="utf-8").close()
if "--headers" not in arguments:
    arguments.append("--headers")
at = arguments.index("--headers") + 1
arguments.insert(at, f"Authorization=Bearer {os.environ['INTEROP_TOKEN']}")

sys.argv = ["az", *arguments]
runpy.run_module("azure.cli", run_name="__main__", alter_sys=True)
