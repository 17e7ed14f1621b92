"""The worker: takes jobs one by one, does each outside any write transaction, and records what became of it."""

import logging
import os
import platform
import re
import signal
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from flask import Flask, current_app
from flask_babel import force_locale

from booking import edge
from booking.actions import (
    arrivals,
    audit,
    deadlines,
    jobs,
    lapsing,
    mails,
    offers,
    plans,
    proposals,
    renderings,
    waitlist,
)
from booking.actions.call import Call
from booking.actions.mails import Letter
from booking.models import reports
from booking.models.database import db, reading
from booking.models.jobs import JobCard, is_due
from booking.outside import clock, images, mail
from booking.outside.mail import Mail
from booking.rules.spans import Span
from booking.wording.display import f_yours
from booking.wording.visits import conditions

POLL_SECONDS = 1.5
SECONDS_AFTER_TROUBLE = 5.0
TEND_EVERY = timedelta(minutes=1)

BLANK_LINES = re.compile(r"\n\s*\n+")

logger = logging.getLogger(__name__)


class Worker:
    """One worker of an installation. Any number of them may run at once."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._stop = threading.Event()
        self._tended_at: datetime | None = None

    def stop(self) -> None:
        """End after the job at hand."""
        self._stop.set()

    def run(self) -> None:
        """Do jobs as they become due, until told to stop."""
        logger.info("the worker waits for jobs")
        while not self._stop.is_set():
            try:
                busy = self._step()
            except Exception:
                # The database is away, or a job did what no job should: others must still have their turn.
                logger.exception("the worker could not go on and waits a little")
                self._stop.wait(SECONDS_AFTER_TROUBLE)
                continue
            if not busy:
                self._stop.wait(POLL_SECONDS)

    def run_due(self) -> int:
        """Do everything that is due now; how many jobs that were."""
        count = 0
        while not self._stop.is_set() and self._step():
            count += 1
        return count

    def _step(self) -> bool:
        """Do the next job, if any is due; whether there was one."""
        with self._app.app_context():
            self._tend()
            with reading(db.engine) as session:
                if not is_due(session, clock.now()):
                    return False
            job = edge.perform(jobs.take)
            if job is not None:
                do(job)
            return job is not None

    def _tend(self) -> None:
        now = clock.now()
        if self._tended_at is None or now - self._tended_at >= TEND_EVERY:
            edge.perform(jobs.tend, f"{platform.node()}:{os.getpid()}")
            self._tended_at = now


def end_on_signals(worker: Worker) -> None:
    """Let SIGTERM and Ctrl-C end the worker after the job at hand."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: worker.stop())


def do(job: JobCard) -> None:
    """Do a claimed job and record the outcome; what goes wrong in it stays with it."""
    handler = HANDLERS.get(job.kind)
    try:
        if handler is None:
            edge.perform(jobs.fail, job, f"No worker knows jobs of the kind {job.kind!r}.", for_good=True)
            return
        if job.attempts > jobs.MOST_TRIES:
            edge.perform(jobs.fail, job, job.last_error or "The worker died each time it did this.", for_good=True)
            return
        handler(job)
    except (mail.Undeliverable, mails.Unwritable) as problem:
        _failed(job, str(problem), for_good=True)
    except mail.Unreachable as problem:
        _failed(job, str(problem))
    except Exception as problem:
        logger.exception("job %s of the kind %s failed", job.id, job.kind)
        _failed(job, f"{type(problem).__name__}: {problem}")
    else:
        edge.perform(jobs.finish, job)


def _failed(job: JobCard, reason: str, *, for_good: bool = False) -> None:
    logger.warning("job %s of the kind %s did not work: %s", job.id, job.kind, reason)
    edge.perform(jobs.fail, job, reason, for_good=for_good)


def _mail(job: JobCard) -> None:
    if mails.is_for_managers(job.payload):
        edge.perform(mails.spread, job.id, job.payload)
        return
    with reading(db.engine) as session:
        letter = mails.letter(Call(session, None, clock.now(), edge.settings()), job.payload)
    if letter is not None:
        mail.send(edge.settings().mail_url, _written(job, letter))


def _written(job: JobCard, letter: Letter) -> Mail:
    """The letter in the words of its reader."""
    settings = edge.settings()
    with force_locale(letter.reader.language):
        words = _words(letter)
        subject, text = (_rendered(letter.event, ending, words) for ending in ("subject.txt", "txt"))
        html = _rendered(letter.event, "html", {**words, "subject": subject})
    return Mail(
        name=f"{job.id:010d}",
        message_id=f"<job.{job.id}.{int(job.created_at.timestamp())}@{settings.uid_domain}>",
        written_at=job.created_at,
        sender=settings.mail_from,
        sender_name=settings.network_name,
        to=letter.reader.email,
        subject=subject,
        text=text,
        html=html,
    )


def _words(letter: Letter) -> dict[str, object]:
    """What the templates may name."""
    space, times = letter.space, letter.times
    yours = ""
    if space and times:
        yours = f_yours(times.start, times.end, space.time_zone, letter.reader.time_zone)
    return {
        "reader": letter.reader,
        "link": letter.link,
        "booking": letter.booking,
        "times": times,
        "earlier": letter.earlier,
        "yours": yours,
        "space": space,
        "place": ", ".join(part for part in (space.address, space.city) if part) if space else "",
        "certificate": letter.certificate,
        "outage": letter.outage,
        "report": letter.report,
        "visit": letter.visit,
        "conditions": conditions(letter.visit) if letter.visit else (),
        "expires_at": _instant(letter, "expires_at"),
        "briefing_at": _instant(letter, "briefing_at"),
        "details": letter.details,
        "network_name": edge.settings().network_name,
        "base_url": edge.settings().base_url,
    }


def _instant(letter: Letter, name: str) -> datetime | None:
    """An instant among the details, or None."""
    said = letter.details.get(name)
    return datetime.fromisoformat(said) if said else None


def _rendered(event: str, ending: str, words: dict[str, object]) -> str:
    text = current_app.jinja_env.get_template(f"email/{event}.{ending}").render(words)
    # Parts that have nothing to say leave blank lines behind.
    return BLANK_LINES.sub("\n\n", text).strip()


def _expire(job: JobCard) -> None:
    edge.perform(plans.expire, int(job.payload["booking_id"]))


def _missed(_job: JobCard) -> None:
    for booking_id in edge.perform(arrivals.overdue):
        edge.perform(arrivals.miss, booking_id)


def _remind(job: JobCard) -> None:
    edge.perform(deadlines.remind, int(job.payload["booking_id"]), datetime.fromisoformat(job.payload["until"]))


def _escalate(job: JobCard) -> None:
    edge.perform(deadlines.escalate, int(job.payload["booking_id"]), datetime.fromisoformat(job.payload["until"]))


def _freed(job: JobCard) -> None:
    span = Span(*(datetime.fromisoformat(job.payload[name]) for name in ("from", "until")))
    counted_for = (job.payload.get("holder_id"), job.payload.get("holder_team_id"))
    edge.perform(offers.offer_freed, int(job.payload["tool_id"]), span, *counted_for)


def _waiting(_job: JobCard) -> None:
    for tool_id, span in edge.perform(offers.wanted):
        edge.perform(offers.offer_freed, tool_id, span)


def _offer_over(job: JobCard) -> None:
    edge.perform(offers.lapse, int(job.payload["offer_id"]))


def _proposal_over(job: JobCard) -> None:
    edge.perform(proposals.lapse, int(job.payload["proposal_id"]))


def _wait_over(job: JobCard) -> None:
    edge.perform(waitlist.end, int(job.payload["entry_id"]))


def _render(job: JobCard) -> None:
    edge.perform(renderings.run, dict(job.payload))


def _certificates(_job: JobCard) -> None:
    edge.perform(lapsing.count_uses)
    while edge.perform(lapsing.remind):
        pass


def _seal(_job: JobCard) -> None:
    while edge.perform(audit.seal):
        pass


def _discard(job: JobCard) -> None:
    """Remove photos whose report has lost its maker, now that this is committed."""
    for file in job.payload["files"]:
        images.discard(edge.settings().instance / reports.FOLDER, file)


def _sweep(_job: JobCard) -> None:
    edge.perform(jobs.sweep)
    edge.perform(renderings.forget_old)


HANDLERS: dict[str, Callable[[JobCard], None]] = {
    "mail": _mail,
    "expire": _expire,
    "remind": _remind,
    "escalate": _escalate,
    "missed": _missed,
    "freed": _freed,
    "waiting": _waiting,
    "offer_over": _offer_over,
    "proposal_over": _proposal_over,
    "wait_over": _wait_over,
    "render": _render,
    "certificates": _certificates,
    "seal": _seal,
    "sweep": _sweep,
    "discard": _discard,
}
