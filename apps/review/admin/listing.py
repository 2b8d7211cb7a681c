"""Reviews as a list: filters, search, bulk accept, and what was decided by whom and why."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from apps.accounts.http import person
from apps.core.errors import DomainError
from apps.review.admin.workbench import Workbench
from apps.review.models import Review
from apps.review.services import decide_review
from apps.review.states import ReviewStatus


class StatusFilter(admin.SimpleListFilter):
    """What is open, unless something else is asked for."""

    title = "status"
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Every status, and all."""
        others = [(value, label) for value, label in ReviewStatus.choices if value != "open"]
        return [("all", "All"), *others]

    def choices(self, changelist: ChangeList) -> Any:
        """Django's own choices, the first of which is what is open."""
        first, *others = super().choices(changelist)
        yield {**first, "display": "Open"}
        yield from others

    def queryset(self, request: HttpRequest, queryset: QuerySet[Review]) -> QuerySet[Review]:
        """Open ones by default."""
        if self.value() == "all":
            return queryset
        return queryset.filter(status=self.value() or ReviewStatus.OPEN)


class SuggestedFilter(admin.SimpleListFilter):
    """By the suggested label, of those that are open now."""

    title = "suggested"
    parameter_name = "suggested"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Each label that an open review suggests."""
        labels = Review.objects.open().order_by("suggested").values_list("suggested", flat=True)
        return [(label, label or "nothing") for label in labels.distinct()[:100]]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Review]) -> QuerySet[Review]:
        """Those that suggest it."""
        return queryset if self.value() is None else queryset.filter(suggested=self.value())


@admin.register(Review)
class ReviewAdmin(Workbench, admin.ModelAdmin):
    """Who may change reviews decides them; nobody writes their fields."""

    change_list_template = "admin/review/review/change_list.html"
    list_display = [
        "id",
        "ticket",
        "subject",
        "suggestion",
        "runner",
        "at_risk",
        "status",
        "opened_at",
        "decided_by",
    ]
    list_filter = [StatusFilter, SuggestedFilter, "ticket__team"]
    list_select_related = ["ticket", "decided_by"]
    search_fields = ["=ticket__id", "ticket__subject"]
    search_help_text = "A ticket's number, or words of its subject"
    ordering = ["-risk", "opened_at"]
    show_full_result_count = False
    actions = ["accept"]
    fields = (
        "decide",
        "ticket",
        "customer_wrote",
        "suggestion",
        "runner",
        "evidence",
        "suggested_by",
        "at_risk",
        "status",
        "opened_at",
        "due_at",
        "claimed_by",
        "claimed_until",
        "decided",
        "decided_by",
        "decided_at",
        "why",
        "key",
    )
    readonly_fields = fields

    @admin.display(description="subject", ordering="ticket__subject")
    def subject(self, review: Review) -> str:
        """What the ticket is called."""
        return review.ticket.subject

    @admin.display(description="suggested", ordering="suggested")
    def suggestion(self, review: Review) -> str:
        """The suggested label with its confidence."""
        return with_confidence(review, review.suggested, review.confidence)

    @admin.display(description="runner-up", ordering="runner_up")
    def runner(self, review: Review) -> str:
        """The second best label with its confidence."""
        return with_confidence(review, review.runner_up, review.runner_up_confidence)

    @admin.display(description="risk", ordering="risk")
    def at_risk(self, review: Review) -> str:
        """How bad a wrong decision would be."""
        return f"{review.risk:.0%}"

    @admin.display(description="decided label")
    def decided(self, review: Review) -> str:
        """What a person decided."""
        return review.name_of(review.decided_label) or "none"

    @admin.display(description="the customer wrote")
    def customer_wrote(self, review: Review) -> SafeString:
        """The message, as text."""
        return format_html('<div class="review-text">{}</div>', review.message.visible)

    @admin.display(description="evidence")
    def evidence(self, review: Review) -> str:
        """Why a person is asked."""
        return " · ".join(review.reasons) or "none"

    @admin.display(description="")
    def decide(self, review: Review) -> SafeString | str:
        """The way to the workbench."""
        where = reverse("admin:review_review_look", args=[review.pk])
        return format_html('<a class="button" href="{}">Open at the workbench</a>', where)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Flows ask for reviews."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Fields are not written by hand; a decision is."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What was asked stays on record."""
        return False

    def get_urls(self) -> list[URLPattern]:
        """The workbench beside Django's own pages."""
        wrap = self.admin_site.admin_view
        return [
            path("queue/", wrap(self.queue_view), name="review_review_queue"),
            path("queue/next/", wrap(self.next_view), name="review_review_next"),
            path("queue/<int:review_id>/", wrap(self.look_view), name="review_review_look"),
            *super().get_urls(),
        ]

    @admin.action(description="Accept the suggested label", permissions=["decide"])
    def accept(self, request: HttpRequest, reviews: QuerySet[Review]) -> None:
        """Accept each suggestion, one by one, and say which could not be."""
        accepted = 0
        for review in reviews.order_by("pk"):
            try:
                decide_review(
                    review_id=review.pk,
                    label=review.suggested,
                    by=person(request),
                    why="Accepted with others.",
                    at=timezone.now(),
                )
            except DomainError as error:
                self.message_user(request, str(error), messages.WARNING)
            else:
                accepted += 1
        if accepted:
            plural = "s were" if accepted > 1 else " was"
            self.message_user(request, f"{accepted} suggestion{plural} accepted.")


def with_confidence(review: Review, label: str, confidence: float | None) -> str:
    """A label with its confidence in per cent, if there is one."""
    if not label:
        return "none"
    name = review.name_of(label)
    return name if confidence is None else f"{name} {confidence:.0%}"
