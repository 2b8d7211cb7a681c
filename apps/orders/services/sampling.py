"""Opening the sample shop."""

from datetime import datetime

from django.db import transaction

from apps.customers.services import change_customer, find_or_create_customer
from apps.customers.starter import PEOPLE
from apps.orders.adapters.sample import SampleShop
from apps.orders.models import Shop
from apps.orders.services.mirroring import mirror_orders
from apps.orders.states import Adapter

SLUG = "juniper-pine"


@transaction.atomic
def open_sample_shop(*, at: datetime) -> Shop:
    """Make the sample shop with its customers and orders A-1001 to A-1030; once is enough."""
    shop, fresh = Shop.objects.get_or_create(
        slug=SLUG, defaults={"name": "Juniper & Pine", "adapter": Adapter.SAMPLE}
    )
    for person in PEOPLE if fresh else ():
        customer = find_or_create_customer(value=person.email, name=person.name)
        change_customer(customer_id=customer.pk, language=person.language)
    orders = SampleShop(slug=shop.slug, opened_at=shop.created_at).orders()
    mirror_orders(found=orders, at=at)
    return shop
