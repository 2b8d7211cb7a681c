"""The workbench: one review after the other, as plain forms; keys only make it quicker."""

from typing import Any

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from apps.accounts.http import person
from apps.core.errors import DomainError
from apps.review.admin.present import page_of, rows_of
from apps.review.models import Review
from apps.review.queries import open_count, open_reviews, review_for_page
from apps.review.services import claim_next, claim_review, decide_review, reject_review

SHOWN = 50

SAID = {"approved": "accepted", "corrected": "corrected", "rejected": "rejected"}


class Workbench:
    """The pages under ``/admin/review/review/queue/``."""

    admin_site: AdminSite
    opts: Any
    message_user: Any

    def has_decide_permission(self, request: HttpRequest) -> bool:
        """Who may decide reviews."""
        return person(request).has_perm("review.change_review")

    def admit(self, request: HttpRequest) -> None:
        """Refuse who may not decide."""
        if not self.has_decide_permission(request):
            raise PermissionDenied

    def queue_view(self, request: HttpRequest) -> HttpResponse:
        """What is open, the most pressing first."""
        self.admit(request)
        at = timezone.now()
        reviews = list(open_reviews(at=at)[:SHOWN])
        context = {"rows": rows_of(reviews, at), "waiting": open_count(), "title": "Review queue"}
        return self.page(request, "queue", context)

    def next_view(self, request: HttpRequest) -> HttpResponse:
        """Take the next review (POST), or go back to the queue."""
        self.admit(request)
        return self.go_on(request) if request.method == "POST" else self.to_queue()

    def look_view(self, request: HttpRequest, review_id: int) -> HttpResponse:
        """One review; a POST claims or decides it."""
        self.admit(request)
        review = review_for_page(review_id)
        if review is None:
            self.message_user(request, f"There is no review {review_id}.", messages.WARNING)
            return self.to_queue()
        if request.method == "POST":
            return self.act(request, review)
        at = timezone.now()
        rows = rows_of(list(open_reviews(at=at)[:SHOWN]), at, now=review.pk)
        context = page_of(review, by=person(request), at=at)
        return self.page(request, "look", context | {"rows": rows, "waiting": open_count()})

    def act(self, request: HttpRequest, review: Review) -> HttpResponse:
        """Do what a button says, and say what came of it."""
        verdict = request.POST.get("verdict", "correct")
        here = reverse("admin:review_review_look", args=[review.pk])
        try:
            if verdict == "claim":
                claim_review(review_id=review.pk, by=person(request), at=timezone.now())
                return HttpResponseRedirect(here)
            decided = decide(request, review, verdict)
        except DomainError as error:
            self.message_user(request, str(error), messages.ERROR)
            return HttpResponseRedirect(here)
        label = decided.name_of(decided.decided_label)
        said = f"{decided} was {SAID[decided.status]}{f': {label}' if label else ''}."
        self.message_user(request, said, messages.SUCCESS)
        return self.to_queue() if verdict == "accept" else self.go_on(request, after=review.pk)

    def go_on(self, request: HttpRequest, after: int | None = None) -> HttpResponse:
        """Take the next review and show it."""
        review = claim_next(by=person(request), at=timezone.now(), after=after)
        if review is None:
            self.message_user(request, "Nothing else waits for a decision.")
            return self.to_queue()
        return HttpResponseRedirect(reverse("admin:review_review_look", args=[review.pk]))

    def to_queue(self) -> HttpResponse:
        """Back to the queue."""
        return HttpResponseRedirect(reverse("admin:review_review_queue"))

    def page(self, request: HttpRequest, name: str, context: dict[str, Any]) -> HttpResponse:
        """One page of the workbench."""
        whole = self.admin_site.each_context(request) | {"opts": self.opts} | context
        whole["is_nav_sidebar_enabled"] = False
        return render(request, f"admin/review/review/{name}.html", whole)


def decide(request: HttpRequest, review: Review, verdict: str) -> Review:
    """Decide as the form says: accept, accept_next, reject, or the label that was chosen."""
    by, why, at = person(request), request.POST.get("why", ""), timezone.now()
    if verdict == "reject":
        return reject_review(review_id=review.pk, by=by, why=why, at=at)
    if verdict in ("accept", "accept_next"):
        label = review.suggested
    else:
        label = request.POST.get("label") or request.POST.get("other", "")
    return decide_review(review_id=review.pk, label=label, by=by, why=why, at=at)
