"""WQL: supported and refused queries."""

from __future__ import annotations

import pytest

from tests.virtual_windows.wmi import CimType, Instance, Property, WbemError, WbemStatus
from tests.virtual_windows.wmi.wql import Query

PROPERTIES = (
    Property("Born", CimType.DATETIME),
    Property("Count", CimType.UINT32),
    Property("Loaded", CimType.BOOLEAN),
    Property("Name"),
    Property("Names", array=True),
)
ROWS: list[Instance] = [
    {"Born": None, "Count": 1, "Loaded": True, "Name": "Ada O'Hara", "Names": []},
    {"Born": None, "Count": 20, "Loaded": False, "Name": r"C:\x_y%", "Names": ["a"]},
    {"Born": None, "Count": None, "Loaded": None, "Name": None, "Names": None},
    {"Born": None, "Count": 3, "Loaded": True, "Name": 'a "b"\nc', "Names": None},
]


def select(where):
    """Return the rows that a condition selects."""
    _unused, condition = Query(f"SELECT * FROM Thing WHERE {where}").bind(PROPERTIES)
    return [index for index, row in enumerate(ROWS) if condition(row)]


@pytest.mark.parametrize(
    ("where", "rows"),
    [
        ("Count = 1", [0]),
        ("count=1", [0]),
        ("Count <> 1", [1, 3]),
        ("Count != 1", [1, 3]),
        ("Count > 1 AND Count < 20", [3]),
        ("Count >= 3 and Count <= 20", [1, 3]),
        ("20 <= Count", [1]),
        ("1 < Count", [1, 3]),
        ("Count = '20'", [1]),
        ("Count > 2.5", [1, 3]),
        ("Loaded = TRUE", [0, 3]),
        ("Loaded = false", [1]),
        ("Loaded = 'True'", [0, 3]),
        ("Loaded = 0", [1]),
        ("Name = 'ada o\\'hara'", [0]),
        ('Name = "Ada O\'Hara"', [0]),
        (r"Name = 'C:\\x_y%'", [1]),
        ('Name = "a \\"b\\"\nc"', [3]),
        ("Name = NULL", [2]),
        ("Name <> NULL", [0, 1, 3]),
        ("Name IS NULL", [2]),
        ("Name is not null", [0, 1, 3]),
        ("Names IS NULL", [2, 3]),
        ("Name LIKE '%hara'", [0]),
        ("Name LIKE 'a%'", [0, 3]),
        ("Name LIKE 'a__%'", [0, 3]),
        ("Name LIKE 'c:\\\\\\\\x[_]y[%]'", []),
        ("Name LIKE 'c:\\\\x[_]y[%]'", [1]),
        ("Name LIKE '[a-b]%'", [0, 3]),
        ("Name LIKE '[^a-b]%'", [1]),
        ("Name LIKE '%'", [0, 1, 3]),
        ("NOT Name LIKE 'a%'", [1, 2]),
        ("NOT (Count = 1 OR Count = 3)", [1, 2]),
        ("Count = 1 OR Count = 3 AND Loaded = FALSE", [0]),
        ("(Count = 1 OR Count = 3) AND Loaded = TRUE", [0, 3]),
        ("NOT NOT Count = 1", [0]),
        ("((Count = 1))", [0]),
    ],
)
def test_conditions(where, rows):
    assert select(where) == rows


@pytest.mark.parametrize(
    "text",
    [
        "",
        "SELECT",
        "SELECT * FROM",
        "SELECT FROM Thing",
        "SELECT *, Name FROM Thing",
        "SELECT Name, FROM Thing",
        "SELECT Name Count FROM Thing",
        "SELECT Nothing FROM Thing",
        "SELECT * FROM Thing, Other",
        "SELECT * FROM Thing WHERE",
        "SELECT * FROM Thing WHERE Name",
        "SELECT * FROM Thing WHERE Name =",
        "SELECT * FROM Thing WHERE Name = 'a",
        "SELECT * FROM Thing WHERE Name = Count",
        "SELECT * FROM Thing WHERE 1 = 1",
        "SELECT * FROM Thing WHERE Name = 1",
        "SELECT * FROM Thing WHERE Name == 'a'",
        "SELECT * FROM Thing WHERE Nothing = 1",
        "SELECT * FROM Thing WHERE Count = 'many'",
        "SELECT * FROM Thing WHERE Count = TRUE",
        "SELECT * FROM Thing WHERE Count LIKE '1%'",
        "SELECT * FROM Thing WHERE Name LIKE 1",
        "SELECT * FROM Thing WHERE Name LIKE Name",
        "SELECT * FROM Thing WHERE 'a' LIKE Name",
        "SELECT * FROM Thing WHERE Name NOT LIKE 'a'",
        "SELECT * FROM Thing WHERE Name < NULL",
        "SELECT * FROM Thing WHERE Name IS 'a'",
        "SELECT * FROM Thing WHERE Loaded = 'maybe'",
        "SELECT * FROM Thing WHERE Loaded = 2",
        "SELECT * FROM Thing WHERE Names = 'a'",
        "SELECT * FROM Thing WHERE Names LIKE 'a'",
        "SELECT * FROM Thing WHERE Born > '20130101000000.000000+000'",
        "SELECT * FROM Thing WHERE (Count = 1",
        "SELECT * FROM Thing WHERE Count = 1)",
        "SELECT * FROM Thing WHERE Count = 1 Name = 'a'",
        "SELECT * FROM Thing WHERE Count = 1;",
        "SELECT * FROM Thing WHERE Count = 1x",
        "SELECT * FROM Thing WITHIN 5",
        "SELECT * FROM Thing WHERE __CLASS = 'Thing'",
        "SELECT * FROM Thing WHERE Name ISA 'Thing'",
        "ASSOCIATORS OF {Thing.Name='a'}",
        "UPDATE Thing",
    ],
)
def test_unsupported_queries(text):
    with pytest.raises(WbemError) as caught:
        Query(text).bind(PROPERTIES)
    assert caught.value.status is WbemStatus.INVALID_QUERY
    assert caught.value.subject == text


def test_properties_come_in_the_order_of_the_class():
    query = Query("  select name , COUNT\nfrom thing ")
    assert (query.everything, query.class_name) == (False, "thing")
    answered, condition = query.bind(PROPERTIES)
    assert [one.name for one in answered] == ["Count", "Name"]
    assert all(condition(row) for row in ROWS)
    query = Query("SELECT * FROM Thing")
    assert query.everything
    assert query.bind(PROPERTIES)[0] == list(PROPERTIES)
