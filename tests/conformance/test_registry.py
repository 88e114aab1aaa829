"""The table of registry cases on the virtual machine and in Wine: `reg.exe` through cmd, and StdRegProv through COM."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.conformance import registry_differences as differences
from tests.conformance.registry_backends import (
    PARTS,
    VirtualMachine,
    calls,
    part,
    reg_outcome,
    reg_requests,
    wmi_outcome,
    wmi_requests,
)
from tests.conformance.registry_cases import CASES


@pytest.fixture(scope="module")
def ours():
    """Yield the virtual machine's side."""
    side = VirtualMachine()
    yield side
    side.machine.close()


def answers(wine, cases, requests):
    """Return an iterator over the probe's answers for each part of the cases."""
    parts: list[list[str]] = [[] for _number in range(PARTS)]
    for case in cases:
        parts[part(case)] += requests(case)
    with ThreadPoolExecutor(PARTS) as pool:
        return [iter(one) for one in pool.map(wine.ask, parts)]


def wine_lacks_method(case):
    """Return whether a case needs a method of StdRegProv that Wine lacks."""
    return any(one.method in differences.NO_METHOD for one in calls(case))


def describe(case, outcome, other):
    """Describe the outcome of one side, with the registry afterwards if the sides differ in it."""
    return f"{outcome.answer}{'' if outcome.after == other.after else f' and then {outcome.after}'}"[:2000]


def compare(cases, theirs, ours, listed):
    """Return the problems: differences that are not listed, and listed cases that agree."""
    problems = []
    for case in cases:
        wines, own = theirs(case), ours(case)
        if wines == own and case.title in listed:
            problems.append(f"{case.title}: agrees now, yet is listed: {listed[case.title]}")
        elif wines != own and case.title not in listed:
            problems.append(f"{case.title}\n  Wine: {describe(case, wines, own)}\n  ours: {describe(case, own, wines)}")
    problems += [
        f"{title}: listed, but there is no such case" for title in listed.keys() - {case.title for case in cases}
    ]
    return "\n".join(problems)


def test_the_table_is_large_enough():
    assert len(CASES) >= 100
    assert len({case.title for case in CASES}) == len(CASES)


def test_reg_exe(wine, ours, record_property):
    wine_answers = answers(wine, CASES, reg_requests)
    problems = compare(CASES, lambda case: reg_outcome(case, wine_answers[part(case)]), ours.reg, differences.REG_EXE)
    assert not problems, problems
    record_property("registry cases beside Wine's reg.exe", len(CASES))


def test_std_reg_prov(wine, ours, record_property):
    cases = [case for case in CASES if calls(case) and not wine_lacks_method(case)]
    assert len(cases) >= 100
    wine_answers = answers(wine, cases, wmi_requests)
    problems = compare(
        cases, lambda case: wmi_outcome(case, wine_answers[part(case)]), ours.wmi, differences.STD_REG_PROV
    )
    assert not problems, problems
    record_property("registry cases beside Wine's StdRegProv", len(cases))


def test_methods_that_wine_lacks(wine, ours):
    """A method that Wine has learnt must be removed from the list, so that its cases are compared."""
    without = [case for case in CASES if wine_lacks_method(case)]
    assert {one.method for case in without for one in calls(case)} == differences.NO_METHOD
    case_by_method = {one.method: case for case in reversed(without) for one in calls(case)}
    wine_answers = answers(wine, list(case_by_method.values()), wmi_requests)
    outcomes = {case.title: wmi_outcome(case, wine_answers[part(case)]) for case in case_by_method.values()}
    for method, case in case_by_method.items():
        assert outcomes[case.title].answer == f"{method} unknown"
        assert ours.wmi(case).answer.startswith(f"{method} ")
