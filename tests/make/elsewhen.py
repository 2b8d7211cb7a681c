"""A coordinator of the garden whose clock is wrong: `python -m tests.make.elsewhen`."""

import tests.make.gardener  # noqa: F401

# isort: split
from django.core.management import call_command

if __name__ == "__main__":
    call_command("coordinator")
