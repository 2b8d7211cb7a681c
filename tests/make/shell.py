"""A shell that stays open at a running desk: what tests lay out there costs no start of Django."""

import json
import subprocess
import sys
from contextlib import AbstractContextManager

from tests.make.stack import ROOT, RunningStack

LISTEN = """
import json, sys
from contextlib import redirect_stdout
from io import StringIO
from traceback import format_exc
for line in sys.stdin:
    said, wrong = StringIO(), ""
    try:
        with redirect_stdout(said):
            exec(json.loads(line), {})
    except Exception:
        wrong = format_exc()
    print(json.dumps([said.getvalue(), wrong]), flush=True)
"""


class Shell(AbstractContextManager["Shell"]):
    """Runs code at a stack, one piece after the other, each by itself."""

    def __init__(self, stack: RunningStack) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "shell", "-v0", "-c", LISTEN],
            cwd=ROOT,
            env=stack.abroad,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, code: str) -> str:
        """What it prints; it must come to a good end."""
        self.process.stdin.write(f"{json.dumps(code)}\n")
        self.process.stdin.flush()
        said, wrong = json.loads(self.process.stdout.readline())
        assert not wrong, wrong
        return str(said).strip()

    def __exit__(self, *_: object) -> None:
        self.process.communicate(timeout=30)
