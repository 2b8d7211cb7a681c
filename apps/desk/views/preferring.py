"""What people set for themselves: their signature, and for how long a reply can be taken back."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from apps.accounts.http import person
from apps.accounts.services.preferring import MOST_UNDO, change_preferences
from apps.desk.views.access import desk_page

INVALID = 422


class PreferencesForm(forms.Form):
    """Everything on the page."""

    undo_seconds = forms.IntegerField(
        min_value=0,
        max_value=MOST_UNDO,
        error_messages={
            "required": "Say how many seconds; 0 sends at once.",
            "invalid": "Write a whole number of seconds.",
            "min_value": "Nothing waits for less than no time; 0 sends at once.",
            "max_value": f"A reply waits for {MOST_UNDO} seconds at most.",
        },
    )
    signature = forms.CharField(
        max_length=2000,
        required=False,
        strip=False,
        error_messages={"max_length": "A signature has 2000 characters at most."},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def preferences(request: HttpRequest) -> HttpResponse:
    """Show somebody's own settings, or take them."""
    me = person(request)
    if request.method != "POST":
        kept = {"undo_seconds": me.undo_seconds, "signature": me.signature}
        return render(request, "desk/preferences.html", {"form": PreferencesForm(initial=kept)})
    form = PreferencesForm(request.POST)
    if not form.is_valid():
        return render(request, "desk/preferences.html", {"form": form}, status=INVALID)
    change_preferences(user_id=me.pk, **form.cleaned_data)
    messages.success(request, "Your preferences are kept.")
    return redirect("desk:list")
