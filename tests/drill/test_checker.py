"""The judge notices what is lost, repeated or out of order: a drill is as honest as its judge."""

from tests.drill.checker import Kind, judge


def said(facts):
    return {(finding.kind, finding.said) for finding in judge(facts)}


def one(rows, **values):
    """The first row with these values."""
    return next(row for row in rows if values.items() <= row.items())


def again(rows, row, **changes):
    """Put a row there a second time."""
    rows.append({**row, **changes})


def test_a_day_that_went_well_breaks_no_promise(facts):
    done = {run["flow"] for run in facts.runs if run["state"] == "done"}

    assert judge(facts) == []
    assert {"take in", "intake", "send reply", "tell the CRM of a new ticket"} <= done
    assert {entry["kind"] for entry in facts.outside} == {"asked", "applied", "taken"}


def test_it_reads_the_database_and_not_what_it_hopes(before_and_after):
    _, after = before_and_after

    assert (Kind.LOST, "MailStored mail:1/1 began no run of 'take in'.") in said(after)


def test_an_acknowledged_mail_that_is_gone_is_lost(facts):
    facts.mails.remove(one(facts.mails, message_id_header="<c1-1@drill.example>"))

    assert (Kind.LOST, "Mail c1-1 was acknowledged and is not stored.") in said(facts)


def test_an_acknowledged_mail_that_nobody_decided_is_lost(facts):
    one(facts.mails, message_id_header="<c1-1@drill.example>")["outcome"] = "received"

    assert (Kind.LOST, "Mail c1-1 was never decided.") in said(facts)


def test_a_mail_on_the_wrong_ticket_is_lost(facts):
    mail = one(facts.mails, message_id_header="<c1-1@drill.example>")
    ticket = mail["ticket_id"]
    mail["ticket_id"] = 0

    told = f"Mail c1-1 is not on ticket {ticket}, which it answers."
    assert (Kind.LOST, told) in said(facts)


def test_an_acknowledged_note_that_is_gone_is_lost(facts):
    note = one(facts.messages, text="Said by c1-2.")
    facts.messages.remove(note)

    told = f"note c1-2 was acknowledged and is not on ticket {note['ticket_id']}."
    assert (Kind.LOST, told) in said(facts)


def test_an_answer_that_was_not_kept_is_lost(facts):
    facts.inbox.remove(one(facts.inbox, external_id="c1-2"))

    assert (Kind.LOST, "note c1-2 was acknowledged and has no inbox row.") in said(facts)


def test_a_note_that_is_there_twice_is_a_repetition(facts):
    again(facts.messages, one(facts.messages, text="Said by c1-2."), id=0)

    assert (Kind.REPEATED, "Text Said by c1-2. is there 2 times.") in said(facts)


def test_a_run_begun_twice_is_a_repetition(facts):
    run = one(facts.runs, flow="take in")
    again(facts.runs, run, id=0)

    told = f"{run['serial_key']}/1 began 2 runs of 'take in'."
    assert (Kind.REPEATED, told) in said(facts)


def test_a_run_that_does_not_move_is_lost(facts):
    run = one(facts.runs, flow="take in")
    run["state"] = "ready"

    told = f"Run {run['id']} (take in) is ready and does not move."
    assert (Kind.LOST, told) in said(facts)


def test_a_run_that_slept_through_its_event_is_lost(facts):
    run = one(facts.runs, flow="watch promises", state="waiting")
    last = one(facts.events, stream=run["serial_key"])
    again(facts.events, last, seq=99, type="PriorityChanged", at=last["at"] + 60)
    run["wait_match"] = {}

    told = f"Run {run['id']} (watch promises) sleeps though PriorityChanged happened."
    assert (Kind.LOST, told) in said(facts)


def test_a_finished_run_with_an_open_step_is_lost(facts):
    step = one(facts.steps, name="decide")
    step["state"] = "started"

    told = f"Run {step['run_id']} is done, its step 'decide' is started."
    assert (Kind.LOST, told) in said(facts)


def test_a_database_step_whose_effect_is_there_twice_is_a_repetition(facts):
    event = one(facts.events, type="MailDecided")
    again(facts.events, event, seq=99)

    told = f"Step 'decide' of run {event['run_id']} was done again at {event['stream']}/99."
    assert (Kind.REPEATED, told) in said(facts)


def test_a_call_made_after_it_was_done_is_a_repetition(facts):
    note = one(facts.outside, kind="applied", what="note")
    step = one(facts.steps, idem_key=note["key"])
    again(facts.attempts, one(facts.attempts, step_id=step["id"]), started_at=2e9)

    told = f"Step {step['name']!r} of run {step['run_id']} was asked after it was done."
    assert (Kind.REPEATED, told) in said(facts)


def test_an_unsafe_call_made_again_without_a_person_is_a_repetition(facts):
    step = one(facts.steps, destination="smtp")
    attempt = one(facts.attempts, step_id=step["id"])
    attempt["outcome"] = "in_doubt"
    again(facts.attempts, attempt, number=2, outcome="done")

    told = f"Unsafe step 'send' of run {step['run_id']} was asked again."
    assert (Kind.REPEATED, told) in said(facts)


def test_a_note_the_crm_has_twice_is_a_repetition(facts):
    note = one(facts.outside, kind="applied", what="note")
    again(facts.outside, note)

    assert (Kind.REPEATED, f"The CRM did note {note['key']} 2 times.") in said(facts)


def test_a_note_under_a_second_key_is_a_repetition(facts):
    note = one(facts.outside, kind="applied", what="note")
    again(facts.outside, note, key="7:another")

    told = f"The CRM holds note {note['about']} under {note['key']}, 7:another."
    assert (Kind.REPEATED, told) in said(facts)
    assert (Kind.REPEATED, "The CRM holds note 7:another, which no step asked for.") in said(facts)


def test_a_note_that_never_reached_the_crm_is_lost(facts):
    note = one(facts.outside, kind="applied", what="note")
    facts.outside.remove(note)
    step = one(facts.steps, idem_key=note["key"])

    told = f"Step {step['name']!r} of run {step['run_id']}: the CRM has no {note['data']['id']}."
    assert (Kind.LOST, told) in said(facts)


def test_a_mail_taken_twice_is_a_repetition(facts):
    taken = one(facts.outside, kind="taken")
    again(facts.outside, taken)

    assert (Kind.REPEATED, f"The mail server took {taken['message_id']} 2 times.") in said(facts)


def test_a_reply_that_counts_as_sent_and_is_not_is_lost(facts):
    taken = one(facts.outside, kind="taken")
    facts.outside.remove(taken)
    reply = one(facts.messages, message_id_header=taken["message_id"])

    told = f"Reply {reply['id']} counts as sent; the mail server has never seen it."
    assert (Kind.LOST, told) in said(facts)


def test_a_hole_in_a_story_is_disorder(facts):
    stream = one(facts.streams, next_seq=3)["key"]
    facts.events.remove(one(facts.events, stream=stream, seq=2))

    told = f"{stream} has places 1 to 2; these do not fit: [2]."
    assert (Kind.DISORDERED, told) in said(facts)


def test_an_event_committed_before_the_one_before_it_is_disorder(facts):
    event = one(facts.events, seq=2)
    event["committed"] = -1.0

    told = f"{event['stream']}/2 was committed before the event before it."
    assert (Kind.DISORDERED, told) in said(facts)


def test_runs_of_a_ticket_out_of_order_are_disorder(facts):
    first, second = [run for run in facts.runs if run["flow"] == "send reply"]
    for step in facts.steps:
        if step["run_id"] == second["id"]:
            step["started_at"] -= 3600

    told = f"{first['serial_key']} mail: run {second['id']} began before run {first['id']}."
    assert (Kind.DISORDERED, told) in said(facts)


def test_replies_that_arrive_out_of_order_are_disorder(facts):
    first, _ = [entry for entry in facts.outside if entry["kind"] == "taken"]
    facts.outside.remove(first)
    facts.outside.append(first)

    assert [f.kind for f in judge(facts)] == [Kind.DISORDERED]
    assert "arrived in the order" in judge(facts)[0].said


def test_a_write_that_stands_before_an_earlier_one_is_disorder(facts):
    begun = one(facts.asked, kind="begun", key="c1-2")
    begun["at"] += 3600

    stream = one(facts.events, type="NoteWritten")["stream"]
    told = f"{stream}: c1-2 stands before what was acknowledged earlier."
    assert (Kind.DISORDERED, told) in said(facts)
