"""Threads that ask `requests` whether a proxy is to be bypassed leave each other's environment alone."""

from __future__ import annotations

import os
import threading
import typing as t
from concurrent.futures import ThreadPoolExecutor

from requests import utils

from ansible_collections.presence.office.plugins.plugin_utils.fleet.thread_safety import share_requests


def test_two_threads_do_not_meet_in_the_environment(monkeypatch):
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.setattr(utils, "set_environ", utils.set_environ)
    share_requests()
    set_environ: t.Any = utils.set_environ
    seen = []
    inside, second_began = threading.Event(), threading.Event()

    def first():
        with set_environ("no_proxy", "*"):
            inside.set()
            second_began.wait(10)

    def second():
        inside.wait(10)
        second_began.set()
        with set_environ("no_proxy", "other"):
            seen.append(os.environ["no_proxy"])

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(first), pool.submit(second)]:
            done.result(20)

    assert seen == ["other"]
    assert "no_proxy" not in os.environ
