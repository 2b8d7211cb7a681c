"""Forms of the administration: a person's role decides what the flags of Django say."""

from typing import Any

from django import forms
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm

from apps.accounts.models import ApiKey, User
from apps.accounts.rules import is_administrator, uses_admin
from apps.accounts.states import Role, Scope


class RoleForm(forms.ModelForm):
    """Sets ``is_staff`` and ``is_superuser`` by the role, so that nobody has to know them."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.instance.is_superuser:
            self.initial["role"] = Role.ADMIN

    def clean_lead(self) -> User | None:
        """Nobody is told about their own late tickets a second time."""
        lead: User | None = self.cleaned_data["lead"]
        if lead and lead.pk == self.instance.pk:
            raise forms.ValidationError("Choose somebody else.")
        return lead

    def clean_role(self) -> str:
        """The flags follow; with one's own role they stay as they are."""
        role = str(self.cleaned_data["role"])
        self.instance.is_superuser = is_administrator(role)
        self.instance.is_staff = uses_admin(role)
        return role


class PersonForm(RoleForm, UserChangeForm):
    """Somebody who works here."""

    class Meta(UserChangeForm.Meta):
        model = User


class NewPersonForm(RoleForm, AdminUserCreationForm):
    """Somebody new, or a program, which signs in with no password."""

    class Meta(AdminUserCreationForm.Meta):
        model = User


class KeyForm(forms.ModelForm):
    """A new key: for whom, what for, how long."""

    scopes = forms.MultipleChoiceField(
        choices=[(scope, scope) for scope in Scope.values], widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = ApiKey
        fields = ("name", "user", "scopes", "expires_at")
