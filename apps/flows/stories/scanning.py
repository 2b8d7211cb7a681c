"""Files came with a message: each is checked for viruses before anybody gets it."""

from apps.channels.services.scanning import scan_file
from apps.coordination.flows import FlowRun, OnDead, flow
from apps.flows.steps import scanning
from apps.tickets.events import FilesArrived


@flow("scan files", version=1, on=FilesArrived, on_dead=OnDead.SKIP, lane="files")
def scan_files(run: FlowRun[FilesArrived]) -> None:
    """Ask about one file after the other; who gives it up lets them go as not to be checked."""
    message = run.input.message_id
    waiting = run.transact("look", scanning.look, message_id=message)
    run.undo("look", scanning.give_up, message_id=message)
    for number, attachment in enumerate(waiting, 1):
        found = run.call(f"ask {number}", scan_file, attachment_id=attachment)
        run.transact(f"write {number}", scanning.write, attachment_id=attachment, found=found)
