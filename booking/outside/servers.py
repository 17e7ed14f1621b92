"""The servers that carry the application: waitress for one process, gunicorn for several, and the access log."""

import gc
import logging
import signal
import socket
import time
from collections.abc import Callable, Iterable
from types import FrameType
from typing import Any

import waitress

from booking.outside.logs import redacted

Application = Callable[..., Iterable[bytes]]
LARGEST_REQUEST = 10 * 1024 * 1024

access_log = logging.getLogger("benchtime.access")


class Taken(Exception):
    """The address can't be listened on; the text is one line that says why."""


def check_free(host: str, port: int) -> None:
    """Raise Taken when the address can't be listened on."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as problem:
        reason = problem.strerror or "it cannot be used"
        raise Taken(f"Cannot listen on {host} port {port} ({reason}); choose another with --port.") from None


def keep_what_is_there() -> None:
    """Let the garbage collector pass over the application itself: it stays, and a long search need not wait for it."""
    gc.collect()
    gc.freeze()


def serve_threads(application: Application, host: str, port: int, threads: int) -> None:
    """Serve from this process with several threads, until SIGTERM or Ctrl-C."""
    check_free(host, port)
    signal.signal(signal.SIGTERM, _leave)
    keep_what_is_there()
    # Headers of proxies are left alone here: the application itself believes as many hops as the operator named.
    waitress.serve(
        with_access_log(application),
        host=host,
        port=port,
        threads=threads,
        ident=None,
        max_request_body_size=LARGEST_REQUEST,
        clear_untrusted_proxy_headers=False,
    )


def serve_processes(make: Callable[[], Application], host: str, port: int, processes: int) -> None:
    """Serve from several processes; each makes its own application, because connections don't survive a fork."""
    # Not installed on systems without fork.
    from gunicorn.app.base import BaseApplication
    from gunicorn.glogging import Logger

    check_free(host, port)

    class Quiet(Logger):  # type: ignore[misc]
        """Lets our own log write what gunicorn says."""

        def setup(self, cfg: Any) -> None:
            super().setup(cfg)
            self.error_log.handlers.clear()
            self.error_log.propagate = True

    class Service(BaseApplication):  # type: ignore[misc]
        """Benchtime as gunicorn wants it."""

        def load_config(self) -> None:
            for name, value in _options(host, port, processes).items():
                self.cfg.set(name, value)
            self.cfg.set("logger_class", Quiet)

        def load(self) -> Application:
            application = with_access_log(make())
            keep_what_is_there()
            return application

    Service().run()


def with_access_log(application: Application) -> Application:
    """Log one line for each request: method, path without its query and secrets, status, milliseconds."""

    def logged(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        began = time.perf_counter()

        def remember(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            path = redacted(environ.get("PATH_INFO", ""))
            took = (time.perf_counter() - began) * 1000
            access_log.info("%s %s %s %.0f ms", environ.get("REQUEST_METHOD"), path, status[:3], took)
            return start_response(status, headers, exc_info) if exc_info else start_response(status, headers)

        return application(environ, remember)

    return logged


def _options(host: str, port: int, processes: int) -> dict[str, object]:
    return {
        "bind": f"[{host}]:{port}" if ":" in host else f"{host}:{port}",
        "workers": processes,
        "worker_class": "sync",
        "timeout": 60,
        "graceful_timeout": 30,
        # Processes are renewed now and then, so that no leak grows for ever.
        "max_requests": 10_000,
        "max_requests_jitter": 1_000,
        "control_socket_disable": True,
    }


def _leave(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)
