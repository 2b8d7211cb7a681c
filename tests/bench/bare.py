"""A bare Django view that stores what it is sent in one row: mail is held against it.

Settings and addresses in one module, without middleware and without apps.
"""

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path

from supportcoord.settings import *  # noqa: F403

INSTALLED_APPS: list[str] = []
MIDDLEWARE: list[str] = []
ROOT_URLCONF = "tests.bench.bare"
INSERT = "INSERT INTO bench_mail (raw) VALUES (%s) RETURNING id"


def store(request: HttpRequest) -> HttpResponse:
    """One row, committed before the answer."""
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [request.body])
        (number,) = cursor.fetchone()
    return HttpResponse(str(number), status=201)


urlpatterns = [path("", store)]
