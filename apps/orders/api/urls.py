"""Addresses of orders."""

from django.urls import path

from apps.orders.api.views import OrderDetail, OrderList

urlpatterns = [
    path("orders/", OrderList.as_view()),
    path("orders/<str:source>/<str:number>/", OrderDetail.as_view()),
]
