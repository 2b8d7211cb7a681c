"""Addresses of reviews."""

from django.urls import path

from apps.review.api.views import ReviewDecision, ReviewDetail, ReviewList

urlpatterns = [
    path("reviews/", ReviewList.as_view()),
    path("reviews/<int:review_id>/", ReviewDetail.as_view()),
    path("reviews/<int:review_id>/decision/", ReviewDecision.as_view()),
]
