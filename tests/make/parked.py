"""Dead letters for tests: parked runs with a step that asked, as many as one likes."""

from django.db.models.functions import Now

from apps.coordination.models import Attempt, Run, Step
from apps.coordination.states import StepState


def parked(number: int = 1, **fields) -> list[Run]:
    """Parked runs of one kind, each of a street of its own."""
    known = {
        "flow": "post a parcel",
        "version": 1,
        "key_seq": 1,
        "state": "dead",
        "error_code": "no_such_street",
        "error": "There is no such street.",
        "input": {"to": "elm"},
        "due_at": None,
        "parked_at": Now(),
        "fence": 1,
    }
    return Run.objects.bulk_create(
        Run(**known | {"serial_key": f"street:{fields.get('flow')}{place}"} | fields)
        for place in range(number)
    )


def asked(run: Run, *, destination: str = "courier", request: object = None, error: str = "No."):
    """The call that a parked run stopped at, asked once."""
    Run.objects.filter(pk=run.pk).update(destination=destination)
    step = Step.objects.create(
        run=run,
        name="carry",
        kind="call",
        position=1,
        state=StepState.FAILED,
        destination=destination,
        idem_key=f"{run.pk}:carry",
        attempts=1,
        fence=run.fence,
    )
    return Attempt.objects.create(
        step=step, number=1, fence=run.fence, request=request or {}, outcome="failed", error=error
    )


def stopped_like(told: Run, *, error_code: str, error: str) -> Run:
    """A run like one that went well, parked at its first call, which was asked once in vain."""
    call = told.steps.filter(kind="call").earliest("position")
    (run,) = parked(
        flow=told.flow,
        version=told.version,
        input=told.input,
        lane=told.lane,
        serial_key="ticket:900",
        destination=call.destination,
        error_code=error_code,
        error=error,
    )
    for step in told.steps.filter(position__lt=call.position):
        copied(step, run).save()
    failed = copied(call, run)
    failed.state, failed.output = StepState.FAILED, None
    failed.save()
    failed.tries.create(number=1, fence=1, request={}, outcome="failed", error=error)
    return run


def copied(step: Step, run: Run) -> Step:
    """The same step, of another run."""
    copy = Step.objects.get(pk=step.pk)
    copy.pk, copy.run, copy.fence, copy.idem_key = None, run, run.fence, f"{run.pk}:{step.name}"
    return copy
