"""Two people change one ticket: nobody's change is overwritten unseen, nobody is asked twice."""

from apps.desk.merging import Change, merge, merge_tags

NOW = {"status": "pending", "priority": 2, "owner": 7, "team": None}


def changed(name: str, old, new) -> Change:
    return Change(type=name, payload={"old": old, "new": new})


def test_what_nobody_else_touched_is_changed():
    merged = merge(posted=NOW | {"priority": 4}, now=NOW, since=[])

    assert (merged.wanted, merged.conflicts) == ({"priority": 4}, frozenset())


def test_a_field_that_was_left_alone_does_not_undo_what_somebody_else_changed():
    since = [changed("StatusChanged", "open", "pending")]

    merged = merge(posted=NOW | {"status": "open", "priority": 4}, now=NOW, since=since)

    assert (merged.wanted, merged.conflicts) == ({"priority": 4}, frozenset())


def test_two_different_wishes_for_one_field_are_a_conflict_and_the_later_one_is_not_made():
    since = [changed("StatusChanged", "open", "pending")]

    merged = merge(posted=NOW | {"status": "solved"}, now=NOW, since=since)

    assert (merged.wanted, merged.conflicts) == ({}, frozenset({"status"}))


def test_the_same_wish_twice_is_no_conflict():
    since = [changed("OwnerChanged", None, 7)]

    merged = merge(posted={"owner": 7}, now=NOW, since=since)

    assert (merged.wanted, merged.conflicts) == ({}, frozenset())


def test_what_somebody_saw_is_before_the_first_of_several_changes():
    since = [changed("OwnerChanged", 1, 2), changed("OwnerChanged", 2, 7)]

    merged = merge(posted={"owner": 1}, now=NOW, since=since)

    assert (merged.wanted, merged.conflicts) == ({}, frozenset())


def test_tags_keep_what_both_added_and_removed():
    since = [Change(type="TagsChanged", payload={"added": ["theirs"], "removed": ["gone"]})]

    wanted = merge_tags(
        posted=["gone", "kept", "mine"], now=["kept", "old", "theirs"], since=since
    )

    assert wanted == {"kept", "mine", "theirs"}


def test_tags_that_stay_the_same_are_no_change():
    assert merge_tags(posted=["a", "b"], now=["b", "a"], since=[]) is None
