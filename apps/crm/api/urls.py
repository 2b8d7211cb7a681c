"""Where CRMs reach us."""

from django.urls import path

from apps.crm.api.views import CrmWebhook

urlpatterns = [path("crm/<str:connection>/webhook/", CrmWebhook.as_view())]
