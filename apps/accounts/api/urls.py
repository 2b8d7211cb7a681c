"""Addresses of people and teams."""

from django.urls import path

from apps.accounts.api.views import PersonList, TeamList

urlpatterns = [
    path("teams/", TeamList.as_view()),
    path("users/", PersonList.as_view()),
]
