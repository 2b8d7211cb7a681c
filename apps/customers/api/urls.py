"""Addresses of customers."""

from django.urls import path

from apps.customers.api.views import CustomerDetail, CustomerList, IdentityList

urlpatterns = [
    path("customers/", CustomerList.as_view()),
    path("customers/<int:customer_id>/", CustomerDetail.as_view()),
    path("customers/<int:customer_id>/identities/", IdentityList.as_view()),
]
