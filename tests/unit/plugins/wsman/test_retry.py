"""One budget of tries and time for a task, whoever asks for it."""

from __future__ import annotations

import pytest

from ansible_collections.presence.office.plugins.plugin_utils import limits
from ansible_collections.presence.office.plugins.plugin_utils.wsman.errors import ProtocolError
from ansible_collections.presence.office.plugins.plugin_utils.wsman.retry import RetryBudget


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


def budget(clock=None):
    pauses: list[float] = []
    return RetryBudget(pauses.append, clock or Clock()), pauses


@pytest.mark.parametrize(("writes", "tries"), [(False, limits.READ_TRIES), (True, limits.WRITE_TRIES)])
def test_there_is_one_retry_less_than_there_are_tries(writes, tries):
    retries, pauses = budget()

    assert [retries.try_again(writes=writes) for _unused in range(tries + 1)] == [True] * (tries - 1) + [False] * 2
    assert pauses == list(limits.BACK_OFF[: tries - 1])


def test_readers_and_writers_share_the_budget():
    retries, pauses = budget()

    assert retries.try_again()
    assert retries.try_again(writes=True)
    assert not retries.try_again(writes=True)
    assert retries.try_again()
    assert not retries.try_again()
    assert pauses == [0.5, 1.0, 2.0]


def test_a_retry_that_is_refused_does_not_wait():
    retries, pauses = budget()
    for _unused in range(limits.SHELLS_LEFT_OPEN):
        retries.shell_left_open()

    assert not retries.try_again(opens_shell=True)
    assert pauses == []
    assert retries.try_again()


def test_shells_that_may_be_open_are_counted_up_to_the_limit():
    retries, _pauses = budget()
    for _unused in range(limits.SHELLS_LEFT_OPEN):
        retries.check_shells()
        retries.shell_left_open()

    with pytest.raises(ProtocolError, match=f"{limits.SHELLS_LEFT_OPEN} remote shells"):
        retries.check_shells()


def test_time_is_counted_from_the_beginning_of_the_task():
    clock = Clock()
    retries, _pauses = budget(clock)
    clock.now += limits.TASK_TIME
    retries.check_time("a request")
    clock.now += 0.1

    with pytest.raises(ProtocolError, match="a request: the task took longer"):
        retries.check_time("a request")


def test_every_retry_has_its_pause():
    assert len(limits.BACK_OFF) >= max(limits.READ_TRIES, limits.WRITE_TRIES) - 1
