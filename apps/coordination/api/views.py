"""Runs over HTTP: what the engine did and does, and what an operator decides about it."""

from collections.abc import Callable
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from apps.accounts.http import person
from apps.accounts.states import Scope
from apps.coordination.api.filters import RunFilters
from apps.coordination.api.idempotency import once
from apps.coordination.api.serializers import MaybeReasonIn, ReasonIn, RunOut, WholeRunOut
from apps.coordination.models import Run
from apps.coordination.queries import whole_run
from apps.coordination.services.operating import give_up, run_again, settle_outside


class RunList(ListAPIView):
    """Runs of all flows, the newest first. Dead letters are `state=dead` and `state=in_doubt`."""

    required_scopes: ClassVar = {"GET": Scope.RUNS_READ}
    serializer_class = RunOut
    filterset_class = RunFilters
    queryset = Run.objects.all()
    ordering = ("-id",)


class RunDetail(APIView):
    required_scopes: ClassVar = {"GET": Scope.RUNS_READ}

    @extend_schema(responses=WholeRunOut)
    def get(self, request: Request, run_id: int) -> Response:
        """Read a run with its steps and each time the outside was asked."""
        return Response(WholeRunOut(whole_run(run_id)).data)


class RunAgain(APIView):
    required_scopes: ClassVar = {"POST": Scope.RUNS_WRITE}

    @extend_schema(request=MaybeReasonIn, responses=RunOut)
    @once
    def post(self, request: Request, run_id: int) -> Response:
        """Let a parked run try again: finished steps stay finished, keys stay the same."""
        return decided(request, MaybeReasonIn, run_again, run_id)


class RunGiveUp(APIView):
    required_scopes: ClassVar = {"POST": Scope.RUNS_WRITE}

    @extend_schema(request=ReasonIn, responses=RunOut)
    @once
    def post(self, request: Request, run_id: int) -> Response:
        """End a run for good: a worker takes back what it did, then it is `cancelled`."""
        return decided(request, ReasonIn, give_up, run_id)


class RunWasDone(APIView):
    required_scopes: ClassVar = {"POST": Scope.RUNS_WRITE}

    @extend_schema(request=ReasonIn, responses=RunOut)
    @once
    def post(self, request: Request, run_id: int) -> Response:
        """Say that the step in doubt was done outside, and let the run go on."""
        return decided(request, ReasonIn, settle_outside, run_id)


def decided(
    request: Request, shape: type[Serializer], service: Callable[..., Any], run_id: int
) -> Response:
    """Check the reason, decide, show the run."""
    reason = shape(data=request.data)
    reason.is_valid(raise_exception=True)
    why = reason.validated_data.get("why", "")
    service(run_id=run_id, by=f"user:{person(request).pk}", why=why)
    return Response(RunOut(whole_run(run_id)).data)
