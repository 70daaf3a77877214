"""Every sentence that the phone page says, in the reader's language.

Keys ending in ``.one`` and ``.other`` are the plural forms of one sentence; ``{name}`` is filled in by the page.
"""

from __future__ import annotations

from flask_babel import gettext as _


def texts() -> dict[str, str]:
    """Return the sentences by key; the page's `t(key)` reads them."""
    parts = (_frame, _enrolment, _route, _door, _outcome, _kinds, _report, _map, _rest)
    return {key: sentence for part in parts for key, sentence in part().items()}


def _frame() -> dict[str, str]:
    return {
        "title": _("Rounds"),
        "tab.route": _("Route"),
        "tab.map": _("Map"),
        "tab.report": _("Report"),
        "tab.more": _("More"),
        "back": _("Back"),
        "close": _("Close"),
        "state.offline": _("offline"),
        "state.waiting": _("{n} waiting"),
        "state.sending": _("sending {n} …"),
        "state.sent": _("all sent {time}"),
        "state.loaded": _("up to date {time}"),
        "state.loading": _("fetching today's route …"),
        "state.foreign": _("the Wi-Fi asks for a sign-in"),
        "state.server": _("Rounds does not answer"),
        "state.needs": _("{n} to look at"),
        "state.ended": _("signed out"),
        "more.language": _("Language"),
        "more.phone": _("This phone"),
        "more.storage.yes": _("The phone keeps unsent outcomes even when its storage runs low."),
        "more.storage.no": _("The phone may clear this page's storage when it runs low. Send before that happens."),
        "more.code": _("Enter another code"),
        "more.clock": _("The phone's clock is off by {minutes} min. Please set it to network time."),
        "more.copy": _("Today's route on this phone is from {time}. It holds no debts."),
        "more.position": _("Add my position to what I record"),
        "more.position.why": _("It supports your report. It is sent with an outcome, at no other time."),
    }


def _enrolment() -> dict[str, str]:
    return {
        "enrol.title": _("Enrol this phone"),
        "enrol.lead": _("Your coordinator gives you a code. It works once."),
        "enrol.code": _("Code"),
        "enrol.go": _("Enrol"),
        "enrol.going": _("Asking the office …"),
        "enrol.empty": _("Please type the code."),
        "enrol.kept.one": _("{n} outcome waits on this phone. It is sent as soon as the phone is enrolled."),
        "enrol.kept.other": _("{n} outcomes wait on this phone. They are sent as soon as the phone is enrolled."),
        "enrol.ended": _("This phone's access has ended. Ask for a new code."),
        "enrol.route": _("Back to the route"),
        "trouble.offline": _("There is no network here. Try again when there is."),
        "trouble.foreign": _("A Wi-Fi sign-in page answers instead of Rounds. Sign in there, or switch Wi-Fi off."),
        "trouble.server": _("Rounds does not answer at the moment. It will be tried again."),
        "trouble.room": _("Not saved: the phone has no room left. Free some space, then press Save again."),
    }


def _route() -> dict[str, str]:
    return {
        "route.title": _("Today's route"),
        "route.progress": _("{done} of {of} stops done"),
        "route.next": _("NEXT"),
        "route.leg": _("{minutes} min · {km} km"),
        "route.leg.time": _("{minutes} min from the stop before"),
        "route.leg.near": _("{minutes} min · on foot"),
        "route.navigate": _("Navigate"),
        "route.start": _("Start"),
        "route.stops.one": _("{n} stop"),
        "route.stops.other": _("{n} stops"),
        "route.done": _("Done"),
        "route.all": _("All {n} stops are done."),
        "route.home": _("Back to {place}."),
        "route.none": _("No route for today"),
        "route.none.why": _("When your coordinator publishes a plan for your team, the route appears here."),
        "route.look": _("Look again"),
        "route.copy": _("Not connected: the route is as of {time}."),
        "route.changed": _("The route has changed: {added} new, {removed} taken away, {moved} at another time."),
        "route.changed.more": _("Show what changed"),
        "route.changed.added": _("New: {stops}"),
        "route.changed.removed": _("Taken away: {stops}"),
        "route.changed.moved": _("Other time: {stops}"),
        "route.saved": _("Saved: {what}"),
        "route.change": _("Change"),
        "route.ahead": _("Days ahead"),
        "day.lead": _("Not today: for reading and preparing. Outcomes are recorded on the day itself."),
        "day.times": _("From {start} to {end}"),
        "day.from": _("From {start} to {end}, beginning at {place}"),
        "day.gone": _("This day has no published route any more."),
        "route.rest": _("Break {start}, {minutes} min"),
        "list.comma": _(", "),
    }


def _door() -> dict[str, str]:
    return {
        "stop.title": _("Stop {order}"),
        "stop.gone": _("This stop is no longer on the route."),
        "stop.later": _("Planned for {day}. Name, debts and the outcome belong to that day, at the door."),
        "stop.why": _("Why today"),
        "stop.why.later": _("Why that day"),
        "stop.arrival": _("{from}–{to} · {minutes} min at the door"),
        "stop.precision.village": _("The door's place is not known: navigation leads to the village."),
        "stop.precision.town": _(
            "The place of the village is not known: planned by the town of {town}. Ask for the way there."
        ),
        "stop.precision.none": _("No place is known for this door: ask for the way there."),
        "route.ask": _("Ask for the way: the place is not known"),
        "route.ask.town": _("Ask for the way in {town}: the place of the village is not known"),
        "outcome.marks": _("This village has no place yet; your record will mark it."),
        "outcome.marks.not": _(
            "This village has no place yet. Switch on “Add my position to what I record” under More, "
            "then your record will mark it."
        ),
        "stop.door": _("At the door"),
        "stop.card": _("Show your card."),
        "stop.ask": _("Is this {name}?"),
        "stop.yes": _("Yes"),
        "stop.no": _("No, somebody else"),
        "stop.asking": _("Fetching the details …"),
        "stop.after": _("Details appear after that. Each look is recorded."),
        "stop.not": _("Say nothing about a debt, not to relatives and not to neighbours. Record “Not here”."),
        "stop.hide": _("Hide details"),
        "stop.again": _("Try again"),
        "stop.call": _("Call {number}"),
        "stop.accounts": _("Loans"),
        "stop.noaccounts": _("No open loan is on record here."),
        "stop.record": _("Record outcome"),
        "stop.recorded": _("Recorded: {what}"),
        "stop.change": _("Change the outcome"),
        "account.loan": _("Loan"),
        "account.outstanding": _("Outstanding"),
        "account.due_date": _("Due"),
    }


def _outcome() -> dict[str, str]:
    return {
        "outcome.title": _("Stop {order} · What happened"),
        "outcome.correct": _("Stop {order} · Change"),
        "outcome.kind": _("What happened?"),
        "outcome.nokind": _("Choose what happened."),
        "outcome.amount": _("Amount"),
        "outcome.noamount": _("Type the amount as a number, for example 1200 or 1200.50."),
        "outcome.receipt": _("Receipt or transfer number"),
        "outcome.day": _("Day"),
        "outcome.noday": _("Choose a day from today on."),
        "outcome.days": _("in {n} days"),
        "outcome.note": _("Note"),
        "outcome.note.why": _("What was said and agreed; no opinions."),
        "outcome.save": _("Save"),
        "outcome.saving": _("Saving …"),
        "outcome.works": _("works offline"),
    }


def _kinds() -> dict[str, str]:
    return {
        "kind.met": _("Met"),
        "kind.not_met": _("Not here"),
        "kind.paid": _("Paid"),
        "kind.promise": _("Promise"),
        "kind.refuses": _("Refuses"),
        "kind.moved": _("Moved"),
        "kind.deceased_to_verify": _("Deceased – to verify"),
        "kind.asked_to_be_left_alone": _("Asked to be left alone"),
        "hint.not_met": _("Leave no open note and tell nobody why you came."),
        "hint.paid": _("Take no cash. Record what was paid by transfer or at the counter."),
        "hint.promise": _("Only a day and an amount that the person named."),
        "hint.refuses": _("Do not argue. Write down the reason that was given."),
        "hint.moved": _("Note the new place only if you were told it. Do not ask neighbours about the debt."),
        "hint.deceased_to_verify": _("Give your condolences and leave. The office verifies first."),
        "hint.asked_to_be_left_alone": _("Leave now. Visits pause until somebody at the office has looked at it."),
    }


def _report() -> dict[str, str]:
    return {
        "report.title": _("What this phone recorded"),
        "report.empty": _("Nothing recorded yet. What you save at a door appears here, with whether it has been sent."),
        "report.send": _("Send now"),
        "report.waiting": _("waiting"),
        "report.sent": _("sent"),
        "report.review": _("sent, somebody at the office looks at it"),
        "report.conflict": _("needs the office: two different reports"),
        "report.refused": _("not accepted"),
        "report.tries": _("tried {n} times"),
        "report.correct": _("Correct"),
        "report.again": _("Send again"),
        "report.replaces": _("correction"),
    }


def _map() -> dict[str, str]:
    return {
        "map.title": _("Map"),
        "map.me": _("My position"),
        "map.all": _("Whole route"),
        "map.denied": _("The phone does not give its position. Allow it in the browser's settings."),
        "map.searching": _("Looking for the position …"),
        "map.no": _("No stop of today has a known place."),
        "map.failed": _("The map could not be loaded; the route works without it."),
        "map.stop": _("Stop {order}, {village}"),
        "map.stops": _("Stops {orders}"),
        "map.in": _("Zoom in"),
        "map.out": _("Zoom out"),
    }


def _rest() -> dict[str, str]:
    return {
        "rest.open": _("Late, or a road is closed"),
        "rest.title": _("The rest of today"),
        "rest.what": _("How late are you?"),
        "rest.late": _("{minutes} min late"),
        "rest.closed": _("Or which village cannot be reached?"),
        "rest.order": _("The order may change"),
        "rest.look": _("What no longer fits?"),
        "rest.asking": _("Asking the office …"),
        "rest.office": _("This needs a network. If it cannot wait, call the office."),
        "rest.nothing": _("Nothing is left of today's route."),
        "rest.fits": _("Everything still fits."),
        "rest.removed.one": _("{n} stop no longer fits"),
        "rest.removed.other": _("{n} stops no longer fit"),
        "rest.kept": _("{kept} of {of} stops stay in their order."),
        "rest.retimed": _("New times"),
        "rest.accept": _("Leave these out"),
        "rest.times": _("Take the new times"),
    }
