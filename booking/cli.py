"""The `booking` command. Each of its commands ends with one clear line and a non-zero status when it can't work."""

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

import click
from flask import Flask
from flask.cli import AppGroup
from flask_babel import force_locale
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from booking import create_app, edge
from booking.actions import accounts, exports, imports, kinds, tokens
from booking.actions.call import Call
from booking.actions.imports import Outcome, Report, Verdict
from booking.models import health, migrate
from booking.models.database import db, reading
from booking.models.exports import copy_sqlite
from booking.models.health import Standing
from booking.models.loading import NotEmptyError
from booking.outside import children, clock, servers
from booking.rules.refusals import Absent, Refused, Unacceptable
from booking.rules.text import email_address, one_line
from booking.wording.imports import import_sentence
from booking.wording.problems import problem_sentence
from booking.worker import Worker, end_on_signals
from config import Settings, SettingsError, load_settings

EMAIL = "EMAIL"
LARGEST_FILE = 64 * 1024 * 1024


class Commands(AppGroup):
    """The group of all commands: whatever goes wrong in one becomes a line on standard error."""

    def main(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Run the command line and end the process with its status."""
        kwargs["standalone_mode"] = False
        try:
            status = super().main(*args, **kwargs)
        except click.exceptions.NoArgsIsHelpError as problem:
            problem.show()
            sys.exit(problem.exit_code)
        except click.ClickException as problem:
            _say_and_exit(_usage(problem), problem.exit_code)
        except (click.Abort, KeyboardInterrupt):
            _say_and_exit("Stopped.", 130)
        except Exception as problem:
            sentence = _sentence(problem)
            if not sentence:
                raise
            _say_and_exit(sentence, 1)
        sys.exit(status if isinstance(status, int) else 0)


def _say_and_exit(sentence: str, status: int) -> NoReturn:
    click.echo(sentence, err=True)
    sys.exit(status)


def _usage(problem: click.ClickException) -> str:
    """What to say of a command that was typed wrongly, on one line."""
    text = problem.message
    if isinstance(problem, click.BadParameter) and not isinstance(problem, click.MissingParameter):
        about = problem.param.get_error_hint(problem.ctx or click.get_current_context()) if problem.param else ""
        text = f"{about}: {text}" if about else text
    elif isinstance(problem, click.MissingParameter):
        text = problem.format_message()
    return " ".join(text.split())


def _sentence(problem: Exception) -> str:
    """What to say of a problem that is not our mistake; empty for all others."""
    if isinstance(problem, SettingsError | servers.Taken | NotEmptyError | migrate.BrokenReferencesError):
        return str(problem)
    if isinstance(problem, Unacceptable):
        return problem_sentence(problem.problems[0])
    if isinstance(problem, OSError):
        return f"{problem.filename or 'A file'}: {(problem.strerror or str(problem)).lower()}."
    reason = health.reason_of(problem)
    return f"The database did not answer: {reason}." if reason else ""


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Benchtime: makers find and book shared tools across a network of makerspaces."""


def _settings() -> Settings:
    return load_settings(os.environ)


def _application(settings: Settings, *, empty_too: bool = False) -> Flask:
    """The application on a database that is fit for use; stops with one line otherwise."""
    app = create_app(settings)
    with app.app_context():
        found = health.examine(db.engine)
    if found.standing is Standing.UNREACHABLE:
        raise click.ClickException(f"The database cannot be reached: {found.reason}.")
    if found.standing is Standing.OUTDATED or (found.standing is Standing.EMPTY and not empty_too):
        raise click.ClickException("The database is not at this release's revision: run booking upgrade first.")
    return app


@main.command(with_appcontext=False)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Port to listen on.")
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    help="Threads with SQLite (6 unless given), processes with PostgreSQL (two for each core).",
)
def serve(host: str, port: int, workers: int | None) -> None:
    """Serve the pages and the API."""
    settings = _settings()
    app = _application(settings)
    servers.check_free(host, port)
    click.echo(f"Serving on http://{host}:{port}, known as {settings.base_url}", err=True)
    if settings.database_url.startswith("sqlite"):
        servers.serve_threads(app, host, port, workers or 6)
    else:
        with app.app_context():
            db.engine.dispose()
        servers.serve_processes(lambda: create_app(settings), host, port, workers or 2 * (os.cpu_count() or 1))


@main.command(with_appcontext=False)
@click.option("--once", is_flag=True, help="Run what is due now and end.")
def worker(once: bool) -> None:
    """Run the jobs that are due: mail, calendars, expiry of requests."""
    crew = Worker(_application(_settings()))
    end_on_signals(crew)
    if once:
        count = crew.run_due()
        click.echo(f"{count} {'job' if count == 1 else 'jobs'} run.")
    else:
        crew.run()


@main.command(with_appcontext=False)
def upgrade() -> None:
    """Bring the database to this release, after a backup where one is possible."""
    settings = _settings()
    with create_app(settings).app_context():
        _upgrade(settings)


def _upgrade(settings: Settings) -> None:
    found = health.examine(db.engine)
    if found.standing is Standing.UNREACHABLE:
        raise click.ClickException(f"The database cannot be reached: {found.reason}.")
    if found.standing is Standing.OUTDATED and settings.database_url.startswith("sqlite"):
        copy = settings.instance / "backups" / f"before-upgrade-{clock.now():%Y%m%dT%H%M%SZ}.db"
        copy_sqlite(db.engine, copy)
        click.echo(f"A copy of the database as it was is at {copy}.")
    db.engine.dispose()
    migrate.upgrade(settings.database_url)
    edge.perform(_settle)
    already = found.standing is Standing.READY
    click.echo("The database was up to date already." if already else "The database is up to date.")


def _settle(call: Call) -> None:
    """What every database of this release has: the built-in kinds, and events rendered by its code."""
    with force_locale("en"):
        kinds.ensure_builtin(call)
    call.later("render", {"fill": True})


@main.command(with_appcontext=False)
@click.argument("email", metavar=EMAIL)
def admin(email: str) -> None:
    """Make EMAIL a network admin and print a link that works once."""
    with _application(_settings()).app_context():
        link = edge.perform(accounts.make_admin, _address(email))
    click.echo("This link sets the password. It works once, within a day:", err=True)
    click.echo(link)


@main.command(with_appcontext=False)
@click.argument("email", metavar=EMAIL)
@click.option("--scope", type=click.Choice(tokens.SCOPES), default="write", show_default=True, help="What it may do.")
@click.option("--name", default="Command line", show_default=True, help="What the list of tokens calls it.")
def token(email: str, scope: str, name: str) -> None:
    """Create an API token for the account EMAIL and print it once."""
    with _application(_settings()).app_context(), force_locale("en"):
        try:
            _, secret = edge.perform(tokens.create_for, _address(email), one_line(name, 80, "name"), scope)
        except Absent:
            raise click.ClickException(f"There is no account with the address {email}.") from None
        except Refused as refused:
            most = refused.refusals[0].data.get("most", "too many")
            raise click.ClickException(f"This account has {most} tokens already; revoke one first.") from None
    click.echo(secret)


def _address(text: str) -> str:
    try:
        return email_address(text)
    except Unacceptable:
        raise click.ClickException(f"{text!r} is not one plain mail address.") from None


@main.command("import", with_appcontext=False)
@click.argument("kind", type=click.Choice(imports.KINDS), metavar="KIND")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE")
@click.option("--dry-run", is_flag=True, help="Only report; change nothing.")
def import_file(kind: str, file: Path, dry_run: bool) -> None:
    """Read spaces, tools, members or certificates from a CSV file.

    Each line is taken as a whole or refused with its reasons; the report has a verdict for every line, and the
    status is 0 even when some were refused. A file that can't be read at all changes nothing and gives status 1.
    """
    if file.stat().st_size > LARGEST_FILE:
        raise click.ClickException(f"{file} is larger than {LARGEST_FILE // 1024**2} MiB.")
    data = file.read_bytes()
    with _application(_settings()).app_context(), force_locale("en"):
        try:
            plan = imports.plan(edge.read_call(), kind, data, operator=True)
            _tell(plan.report if dry_run else imports.carry_out(plan, edge.perform))
        except Unacceptable as refused:
            raise click.ClickException(f"{file}: {import_sentence(refused.problems[0])}") from None


def _tell(report: Report) -> None:
    """The report line by line: a table for people, tabs where another program reads."""
    lines = [(str(v.line), v.outcome.value, v.subject, _why(v)) for v in report.verdicts]
    if sys.stdout.isatty():
        table = Table("Line", "Verdict", "What", "Why")
        for line in lines:
            table.add_row(*line)
        Console().print(table, markup=False)
    else:
        for line in lines:
            click.echo("\t".join(line))
    if report.ignored:
        click.echo(f"Columns that mean nothing here: {', '.join(report.ignored)}.", err=True)
    counted = ", ".join(f"{report.count(outcome)} {outcome.value}" for outcome in Outcome)
    click.echo(f"{counted}.{' Nothing was changed, because this was a dry run.' if report.dry_run else ''}", err=True)


def _why(verdict: Verdict) -> str:
    """The reasons and remarks of a line in one sentence after another, on one line."""
    found = [*verdict.problems, *verdict.remarks]
    return " ".join(" ".join(import_sentence(problem) for problem in found).split())


@main.command(with_appcontext=False)
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), metavar="DIR")
def export(folder: Path) -> None:
    """Write all data as JSON and ICS into the folder DIR."""
    settings = _settings()
    with _application(settings).app_context(), reading(db.engine) as session:
        for name, count in exports.export(Call(session, None, clock.now(), settings), folder):
            click.echo(f"{folder / name}: {count}")


@main.command(with_appcontext=False)
@click.option("--size", type=click.Choice(["demo", "network"]), default="demo", show_default=True)
@click.option("--spaces", type=click.IntRange(1, 10_000), help="Spaces of a network; 342 unless given.")
@click.option("--tools", type=click.IntRange(1, 200_000), help="Tools of a network; 4100 unless given.")
@click.option("--bookings", type=click.IntRange(0, 50_000_000), help="Bookings of a network; 50000 unless given.")
@click.option(
    "--seed", "number", default=1, show_default=True, type=click.IntRange(0, 2**31), help="What chance grows from."
)
def seed(size: str, spaces: int | None, tools: int | None, bookings: int | None, number: int) -> None:
    """Fill an empty database with an invented network."""
    settings = _settings()
    with _application(settings, empty_too=True).app_context(), force_locale("en"):
        if health.examine(db.engine).standing is Standing.EMPTY:
            _upgrade(settings)
        if size == "demo":
            if (spaces, tools, bookings) != (None, None, None):
                raise click.ClickException("--spaces, --tools and --bookings belong to --size network.")
            _seed_demo(settings, number)
        else:
            wished = {"spaces": spaces, "tools": tools, "bookings": bookings}
            _seed_network(settings, {name: value for name, value in wished.items() if value is not None}, number)


def _seed_demo(settings: Settings, number: int) -> None:
    # What invents networks is large, and no other command needs it.
    from booking.seeding import demo as invented

    made = invented.seed(db.engine, settings, clock.now(), number)
    click.echo(f"{made.spaces} spaces, {made.tools} tools, {made.people} people, {made.bookings} bookings.")
    tell_log_ins(settings)


def tell_log_ins(settings: Settings) -> None:
    """Say who can sign in to an invented network and how; needs an application context."""
    from booking.seeding import log_ins

    password = log_ins.demo_password(settings)
    with reading(db.engine) as session:
        known = log_ins.open_with(session, password)
    if known:
        click.echo(f"Sign in as {', '.join(log_ins.NAMED)} with the password {password}")
    else:
        click.echo("This network is not new: its people sign in with the passwords that they have.")


def _seed_network(settings: Settings, wished: dict[str, int], number: int) -> None:
    from booking.seeding import network

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        made = network.seed(db.engine, settings, clock.now(), network.Size(**wished, number=number), _advance(bar))
    click.echo(f"{made.spaces} spaces, {made.tools} tools, {made.bookings} bookings.")


def _advance(bar: Progress) -> Callable[[str, int, int], None]:
    """Shows how far each step is."""
    steps: dict[str, TaskID] = {}

    def advance(step: str, done: int, of: int) -> None:
        if step not in steps:
            steps[step] = bar.add_task(step, total=of)
        bar.update(steps[step], completed=done, total=of)

    return advance


@main.command(with_appcontext=False)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Port to listen on.")
def demo(port: int) -> None:
    """Serve an invented network on 127.0.0.1, with a worker; fills the database when it is empty."""
    servers.check_free("127.0.0.1", port)
    environment = {"BOOKING_BASE_URL": f"http://127.0.0.1:{port}", "BOOKING_LOG_LEVEL": "warning", **os.environ}
    settings = load_settings(environment)
    with create_app(settings).app_context(), force_locale("en"):
        _upgrade(settings)
        try:
            _seed_demo(settings, 1)
        except NotEmptyError:
            tell_log_ins(settings)
        db.engine.dispose()
    click.echo(f"Benchtime is at {settings.base_url} (Ctrl-C stops it)")
    ended = _serve_and_work(port, environment)
    if ended:
        raise click.ClickException(f"The process of booking {ended} has ended, so the demo was stopped.")


def _serve_and_work(port: int, environment: dict[str, str]) -> str | None:
    commands: Sequence[Sequence[str]] = (("serve", "--port", str(port)), ("worker",))
    return children.run_together(commands, environment)


if __name__ == "__main__":
    main()
