"""Addresses of the ways in."""

from django.urls import path

from apps.flows.api.decisions import ArrivalConfirmation, SendingAgain
from apps.flows.api.views import InboundMail

urlpatterns = [
    path("inbound/mail/", InboundMail.as_view()),
    path("messages/<int:message_id>/confirm-arrival/", ArrivalConfirmation.as_view()),
    path("messages/<int:message_id>/send-again/", SendingAgain.as_view()),
]
