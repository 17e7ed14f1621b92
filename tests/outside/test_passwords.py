"""Passwords are hashed with argon2id at today's parameters, two at once at most."""

import statistics
import threading
import time

import argon2

from booking.outside import passwords


def test_a_password_is_verified_against_its_hash_only() -> None:
    stored = passwords.hashed("correct horse battery")
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert passwords.verified(stored, "correct horse battery")
    assert not passwords.verified(stored, "correct horse batterY")


def test_the_same_letters_typed_on_another_keyboard_are_the_same_password() -> None:
    assert passwords.verified(passwords.hashed("Z\u00fcrich geht gut"), "Zu\u0308rich geht gut")


def test_nobody_is_verified_where_nothing_or_nonsense_is_stored() -> None:
    assert not passwords.verified(None, "")
    assert not passwords.verified("not a hash", "correct horse battery")


def test_verifying_takes_as_long_where_there_is_no_account() -> None:
    assert not passwords.outdated(passwords.STAND_IN)
    stored = passwords.hashed("correct horse battery")

    def duration(hash_: str | None) -> float:
        begin = time.process_time()
        passwords.verified(hash_, "something else")
        return time.process_time() - begin

    known = statistics.median(duration(stored) for _ in range(7))
    unknown = statistics.median(duration(None) for _ in range(7))
    assert 0.5 < unknown / known < 2


def test_a_hash_with_older_parameters_is_outdated() -> None:
    older = argon2.PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash("x")
    assert passwords.outdated(older)


def test_at_most_two_hash_at_once() -> None:
    running, most = 0, 0
    lock = threading.Lock()
    real = passwords._places

    class Counting:
        def __enter__(self) -> None:
            nonlocal running, most
            real.acquire()
            with lock:
                running += 1
                most = max(most, running)

        def __exit__(self, *_: object) -> None:
            nonlocal running
            with lock:
                running -= 1
            real.release()

    passwords._places = Counting()  # type: ignore[assignment]
    try:
        threads = [threading.Thread(target=passwords.hashed, args=("x" * 8,)) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        passwords._places = real
    assert 0 < most <= 2


def test_the_list_holds_ten_thousand_passwords_that_would_pass_otherwise() -> None:
    assert len(passwords.common()) == 10_000
    assert {"password1", "qwertyuiop", "12345678"} <= passwords.common()
    assert all(len(word) >= 8 and word == word.lower() for word in passwords.common())
