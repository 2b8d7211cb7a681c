"""Words of the accounts: roles of people, scopes of keys."""

from django.db.models import TextChoices


class Role(TextChoices):
    """What somebody is here to do."""

    AGENT = "agent"
    REVIEWER = "reviewer"
    LEAD = "lead"
    ADMIN = "admin"
    SERVICE = "service"


class Scope(TextChoices):
    """What a key may be used for."""

    MAIL_WRITE = "mail:write"
    TICKETS_READ = "tickets:read"
    TICKETS_WRITE = "tickets:write"
    CUSTOMERS_READ = "customers:read"
    CUSTOMERS_WRITE = "customers:write"
    ORDERS_READ = "orders:read"
    ORDERS_WRITE = "orders:write"
    REVIEWS_READ = "reviews:read"
    REVIEWS_WRITE = "reviews:write"
    RUNS_READ = "runs:read"
    RUNS_WRITE = "runs:write"
    CRM_WRITE = "crm:write"
