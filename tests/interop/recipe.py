"""The commands of `docs/command-line.md` for trying it on the sample tenant, by a shell, as they stand there."""

import os
import pathlib
import subprocess

from check import check

DOCUMENT = pathlib.Path(__file__).parents[2] / "docs" / "command-line.md"
# Where the document's sample tenant is. The one of this test takes free ports.
AUTHORITY = "http://127.0.0.1:9101"


def block():
    """The second block of the section: the first one starts the sample tenant."""
    section = DOCUMENT.read_text(encoding="utf-8").split("## Try it on the sample tenant\n")[1].split("\n## ")[0]
    return section.split("```sh\n")[2].split("```")[0]


def printed(process):
    """The lines that the sample tenant prints for a shell, and the origin of its sign-in service."""
    authority, lines = "", []
    for line in process.stdout:
        if line.startswith("  Sign-in service"):
            authority = line.split()[-1]
        if line.startswith(("  export ", "  on_sample() ")):
            lines.append(line)
        if line.startswith("  on_sample() "):
            return authority, "".join(lines)
    return authority, "".join(lines)


def run(path, folder):
    """Starts a sample tenant, and does what the document says."""
    command = [path, "sample", "--port", "0", "--people", "24", "--groups", "4"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        authority, lines = printed(process)
        script = lines + block().replace(AUTHORITY, authority)
        environment = {"PATH": f"{pathlib.Path(path).parent}{os.pathsep}{os.environ['PATH']}"}
        ran = subprocess.run(["sh"], input=script, cwd=folder, env=environment, capture_output=True, text=True, timeout=300)
        said = ran.stdout + ran.stderr
        check(ran.returncode == 0, "the last command of the recipe ends with 0" if ran.returncode == 0 else said)
        for words in ("passed   Token accepted", "people created", "lacks the permission Application.ReadWrite.OwnedBy", "would be made from", "Provisioning is set up and runs"):
            check(words in said, f"the recipe shows: {words}" if words in said else said)
    finally:
        process.terminate()
        process.wait(timeout=20)
