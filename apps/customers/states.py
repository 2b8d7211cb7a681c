"""Words of the customers: kinds of names, tiers."""

from django.db.models import TextChoices


class IdentityKind(TextChoices):
    EMAIL = "email"
    PHONE = "phone"
    SHOP = "shop", "shop account"
    CRM = "crm", "CRM contact"


class Tier(TextChoices):
    STANDARD = "standard"
    PLUS = "plus"
    VIP = "vip", "VIP"
