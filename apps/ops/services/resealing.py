"""Sealing every stored secret with today's first key, so that old keys can be thrown away."""

from dataclasses import dataclass, field

from django.apps import apps
from django.db import transaction
from django.db.models import Model

from apps.core.secrets import EncryptedTextField, SecretUnreadable


@dataclass
class Resealed:
    """How many secrets are sealed with the first key now, and which cannot be opened."""

    count: int = 0
    unreadable: list[str] = field(default_factory=list)


def reseal_secrets() -> Resealed:
    """Seal each secret anew; one that no key opens stays as it is and is named."""
    done = Resealed()
    for model in apps.get_models():
        names = [one.name for one in model._meta.fields if isinstance(one, EncryptedTextField)]
        if names:
            rows = model._default_manager.order_by("pk")
            for pk in rows.values_list("pk", flat=True).iterator():
                reseal(model, pk, names, done)
    return done


@transaction.atomic
def reseal(model: type[Model], pk: int, names: list[str], done: Resealed) -> None:
    """Seal one record's secrets anew."""
    row = model._default_manager.select_for_update().filter(pk=pk).first()
    for name in names if row else ():
        try:
            setattr(row, name, getattr(row, name).resealed())
            done.count += bool(getattr(row, name))
        except SecretUnreadable:
            done.unreadable.append(f"{name} of {model._meta.verbose_name} {row}")
    if row:
        row.save(update_fields=names)
