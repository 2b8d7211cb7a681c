"""Reviews over HTTP: check the input, call a service, shape the output."""

from collections.abc import Mapping
from typing import ClassVar

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.http import person
from apps.accounts.states import Scope
from apps.coordination.api.idempotency import once
from apps.core.api.paging import Ordering
from apps.core.errors import NotFound
from apps.review.api.filters import ReviewFilters
from apps.review.api.serializers import DecisionIn, ReviewOut, WholeReviewOut
from apps.review.models import Review
from apps.review.queries import review_with_text
from apps.review.services import decide_review, reject_review


class ReviewList(ListAPIView):
    """Reviews, the newest first. Those that wait for a person are `status=open`."""

    required_scopes: ClassVar = {"GET": Scope.REVIEWS_READ}
    serializer_class = ReviewOut
    filterset_class = ReviewFilters
    queryset = Review.objects.all()
    sorts: ClassVar[Mapping[str, Ordering]] = {
        "-opened_at": ("-id",),
        "opened_at": ("id",),
        "-risk": ("-risk", "-id"),
    }


class ReviewDetail(APIView):
    required_scopes: ClassVar = {"GET": Scope.REVIEWS_READ}

    @extend_schema(responses=WholeReviewOut)
    def get(self, request: Request, review_id: int) -> Response:
        """Read a review with what the customer wrote."""
        return shown(review_id)


class ReviewDecision(APIView):
    required_scopes: ClassVar = {"POST": Scope.REVIEWS_WRITE}

    @extend_schema(request=DecisionIn, responses=WholeReviewOut)
    @once
    def post(self, request: Request, review_id: int) -> Response:
        """Decide an open review; the flow that waits for it goes on at once.

        409 when it is already decided, when somebody is looking at it, or when the label is not
        among its choices.
        """
        given = DecisionIn(data=request.data)
        given.is_valid(raise_exception=True)
        asked = given.validated_data
        by, why, at = person(request), asked.get("why", ""), timezone.now()
        if asked.get("reject"):
            reject_review(review_id=review_id, by=by, why=why, at=at)
        else:
            decide_review(review_id=review_id, label=asked["label"], by=by, why=why, at=at)
        return shown(review_id)


def shown(review_id: int) -> Response:
    """A review as it is now."""
    review = review_with_text(review_id)
    if review is None:
        raise NotFound(thing="review", key=review_id)
    return Response(WholeReviewOut(review).data)
