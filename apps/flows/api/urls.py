"""Addresses of the ways in."""

from django.urls import path

from apps.flows.api.views import InboundMail

urlpatterns = [path("inbound/mail/", InboundMail.as_view())]
