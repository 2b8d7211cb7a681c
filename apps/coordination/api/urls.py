"""Addresses of runs."""

from django.urls import path

from apps.coordination.api.views import RunAgain, RunDetail, RunGiveUp, RunList, RunWasDone

urlpatterns = [
    path("runs/", RunList.as_view()),
    path("runs/<int:run_id>/", RunDetail.as_view()),
    path("runs/<int:run_id>/again/", RunAgain.as_view()),
    path("runs/<int:run_id>/give-up/", RunGiveUp.as_view()),
    path("runs/<int:run_id>/was-done/", RunWasDone.as_view()),
]
